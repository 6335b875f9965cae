"""Consent by cells: areas and kinds for each service, single noes; more kinds of events of a case."""

from peewee import (
    BlobField,
    CharField,
    Check,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
)

TABLES = ("consent_exception",)


OLD_EVENTS = (
    "sent", "received", "mapping", "decided", "closed", "reopened", "joined", "parted", "delegated",
    "delegation_ended", "offered", "handed_over", "offer_ended", "exported", "released", "held", "unheld",
)  # fmt: skip
NEW_EVENTS = (
    "meeting_set", "meeting_cancelled", "meeting_closed", "coordinator", "plan_made", "plan_changed", "plan_ended",
    "forum",
)  # fmt: skip
EVENTS_INDEX = "CREATE INDEX case_event_of_case ON case_event (case_id, at)"


def rebuild(db, models, defaults):
    """Build tables anew in another shape, their rows with them: SQLite cannot change a check of a table.

    `models` stand with what others refer to first; `defaults` gives the values of columns that are new.
    """
    kept = {}
    for model in models:
        table = model._meta.table_name
        columns = {row[1] for row in db.execute_sql(f'PRAGMA table_info("{table}")').fetchall()}
        kept[table] = sorted(columns & {field.column_name for field in model._meta.sorted_fields})
        db.execute_sql(f'CREATE TEMPORARY TABLE "kept_{table}" AS SELECT * FROM "{table}"')
    for model in reversed(models):
        db.execute_sql(f'DROP TABLE "{model._meta.table_name}"')
    for model in models:
        table = model._meta.table_name
        db.create_tables([model], safe=False)
        shape = {field.column_name for field in model._meta.sorted_fields}
        new = {name: value for name, value in defaults.get(table, {}).items() if name in shape - set(kept[table])}
        into = ", ".join(f'"{name}"' for name in (*kept[table], *new))
        values = ", ".join((*(f'"{name}"' for name in kept[table]), *(f"'{value}'" for value in new.values())))
        db.execute_sql(f'INSERT INTO "{table}" ({into}) SELECT {values} FROM "kept_{table}"')
        db.execute_sql(f'DROP TABLE "kept_{table}"')


def earlier_tables(db, *, cells, events):
    """Describe consents and the events of cases as they are with or without what this step brings."""

    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class Case(Model):
        class Meta:
            database = db
            table_name = "casefile"

    class Unit(Model):
        class Meta:
            database = db
            table_name = "unit"

    class Wheel(Model):
        class Meta:
            database = db
            table_name = "wheel"

    class Consent(Model):
        key = CharField(unique=True, max_length=32)
        wheel = ForeignKeyField(Wheel, null=True, on_delete="CASCADE")
        case = ForeignKeyField(Case, null=True, on_delete="CASCADE")
        version = IntegerField(default=1)
        information = BlobField()
        ends_on = DateField()
        taken_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        taken_at = DateTimeField()
        withdrawn_at = DateTimeField(null=True)
        withdrawn_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        if cells:
            maturity = CharField(max_length=5, default="heard")

        class Meta:
            database = db
            table_name = "consent"
            constraints = [
                Check("wheel_id IS NOT NULL OR case_id IS NOT NULL"),
                *([Check("maturity IN ('heard', 'with', 'alone')")] if cells else []),
            ]

    class ConsentVoice(Model):
        consent = ForeignKeyField(Consent, on_delete="CASCADE")
        who = CharField(max_length=12)
        answer = CharField(max_length=10)
        way = CharField(max_length=10, default="")
        on = DateField(null=True)

        class Meta:
            database = db
            table_name = "consent_voice"
            constraints = [
                Check("answer IN ('yes', 'no', 'not_asked')"),
                Check("who IN ('guardian_1', 'guardian_2', 'child')"),
                Check("way IN ('', 'oral', 'written')"),
                Check("answer = 'not_asked' OR way <> ''"),
            ]
            indexes = ((("consent", "who"), True),)

    class ConsentParty(Model):
        consent = ForeignKeyField(Consent, on_delete="CASCADE")
        unit = ForeignKeyField(Unit, on_delete="RESTRICT")
        if cells:
            areas = CharField(max_length=80, default="")
            kinds = CharField(max_length=80, default="")

        class Meta:
            database = db
            table_name = "consent_party"
            indexes = ((("consent", "unit"), True),)

    class CaseEvent(Model):
        case = ForeignKeyField(Case, on_delete="CASCADE")
        what = CharField(max_length=20)
        by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        unit = ForeignKeyField(Unit, null=True, on_delete="SET NULL")
        reason = BlobField(null=True)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "case_event"
            constraints = [Check(f"what IN ({listed(events)})")]

    return Consent, ConsentVoice, ConsentParty, CaseEvent


def listed(words):
    """Write words as SQL lists them."""
    return ", ".join(f"'{word}'" for word in words)


def change_earlier_tables(db, *, cells, events):
    """Let consents have cells, and cases more kinds of events, or take that back."""
    if isinstance(db, SqliteDatabase):
        new = {"consent": {"maturity": "heard"}, "consent_party": {"areas": "", "kinds": ""}}
        rebuild(db, earlier_tables(db, cells=cells, events=events), new)
        db.execute_sql(EVENTS_INDEX)
        return
    for table, column, size, default in (
        ("consent", "maturity", 5, "heard"),
        ("consent_party", "areas", 80, ""),
        ("consent_party", "kinds", 80, ""),
    ):
        if cells:
            db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR({size}) NOT NULL DEFAULT '{default}'")
            db.execute_sql(f"ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT")
        else:
            db.execute_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
    if cells:
        db.execute_sql("ALTER TABLE consent ADD CHECK (maturity IN ('heard', 'with', 'alone'))")
    db.execute_sql("ALTER TABLE case_event DROP CONSTRAINT case_event_what_check")
    db.execute_sql(f"ALTER TABLE case_event ADD CHECK (what IN ({listed(events)}))")


def up(migrator, db):
    change_earlier_tables(db, cells=True, events=(*OLD_EVENTS, *NEW_EVENTS))

    class Consent(Model):
        class Meta:
            database = db
            table_name = "consent"

    class ConsentParty(Model):
        class Meta:
            database = db
            table_name = "consent_party"

    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class ConsentException(Model):
        consent = ForeignKeyField(Consent, on_delete="CASCADE")
        party = ForeignKeyField(ConsentParty, on_delete="CASCADE")
        who = CharField(max_length=12)
        area = CharField(max_length=12, default="")
        by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        withdrawn_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "consent_exception"
            constraints = [
                Check("who IN ('guardian_1', 'guardian_2', 'child')"),
            ]
            indexes = ((("party", "who", "area"), True),)

    db.create_tables([ConsentException], safe=False)


def down(migrator, db):
    for table in reversed(TABLES):
        db.execute_sql(f'DROP TABLE "{table}"')
    db.execute_sql(f"DELETE FROM case_event WHERE what IN ({listed(NEW_EVENTS)})")
    change_earlier_tables(db, cells=False, events=OLD_EVENTS)
