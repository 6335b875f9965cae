"""Consent to share, and how long what is said of children is kept."""

from peewee import (
    BlobField,
    BooleanField,
    CharField,
    Check,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

TABLES = (
    "consent",
    "consent_voice",
    "consent_party",
    "owner_rules",
    "retention_rule",
    "hold",
    "forgetting",
    "doomed_key",
    "case_export",
)


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class Case(Model):
        class Meta:
            database = db
            table_name = "casefile"

    class Organizer(Model):
        class Meta:
            database = db
            table_name = "organizer"

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

        class Meta:
            database = db
            table_name = "consent"
            constraints = [
                Check("wheel_id IS NOT NULL OR case_id IS NOT NULL"),
            ]

    db.create_tables([Consent], safe=False)

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
            indexes = (
                (
                    (
                        "consent",
                        "who",
                    ),
                    True,
                ),
            )

    db.create_tables([ConsentVoice], safe=False)

    class ConsentParty(Model):
        consent = ForeignKeyField(Consent, on_delete="CASCADE")
        unit = ForeignKeyField(Unit, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "consent_party"
            indexes = (
                (
                    (
                        "consent",
                        "unit",
                    ),
                    True,
                ),
            )

    db.create_tables([ConsentParty], safe=False)

    class OwnerRules(Model):
        organizer = ForeignKeyField(Organizer, unique=True, on_delete="CASCADE")
        guardians = CharField(max_length=5, default="both")
        boards = TextField(default="{}")
        regime = CharField(max_length=10, default="osl")
        decided_on = DateField(null=True)
        decision = CharField(max_length=120, default="")
        changed_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        changed_at = DateTimeField()

        class Meta:
            database = db
            table_name = "owner_rules"
            constraints = [
                Check("guardians IN ('both', 'one')"),
                Check("regime IN ('osl', 'skollagen')"),
            ]

    db.create_tables([OwnerRules], safe=False)

    class RetentionRule(Model):
        organizer = ForeignKeyField(Organizer, on_delete="CASCADE")
        document = CharField(max_length=20)
        days = IntegerField()
        decided_on = DateField()
        decision = CharField(max_length=120)
        changed_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        changed_at = DateTimeField()

        class Meta:
            database = db
            table_name = "retention_rule"
            constraints = [
                Check("days BETWEEN 30 AND 11000"),
            ]
            indexes = (
                (
                    (
                        "organizer",
                        "document",
                    ),
                    True,
                ),
            )

    db.create_tables([RetentionRule], safe=False)

    class Hold(Model):
        case = ForeignKeyField(Case, on_delete="CASCADE")
        key = CharField(unique=True, max_length=32)
        reason = BlobField()
        by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        at = DateTimeField()
        ended_at = DateTimeField(null=True)
        ended_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "hold"

    db.create_tables([Hold], safe=False)

    class Forgetting(Model):
        key = CharField(unique=True, max_length=32)
        organizer = ForeignKeyField(Organizer, on_delete="CASCADE")
        items = TextField()
        drawn_at = DateTimeField()
        proposed_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        proposed_at = DateTimeField(null=True)
        approved_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        approved_at = DateTimeField(null=True)
        done_at = DateTimeField(null=True)
        done = IntegerField(default=0)
        state = CharField(max_length=10, default="drawn")

        class Meta:
            database = db
            table_name = "forgetting"
            constraints = [
                Check("state IN ('drawn', 'proposed', 'approved', 'done', 'stopped')"),
                Check("approved_by_id IS NULL OR approved_by_id <> proposed_by_id"),
            ]

    db.create_tables([Forgetting], safe=False)

    class DoomedKey(Model):
        seal = CharField(unique=True, max_length=32)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "doomed_key"

    db.create_tables([DoomedKey], safe=False)

    class CaseExport(Model):
        case = ForeignKeyField(Case, on_delete="CASCADE")
        key = CharField(unique=True, max_length=32)
        kind = CharField(max_length=10)
        reason = BlobField()
        choices = BlobField(null=True)
        by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        at = DateTimeField()
        released_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        released_at = DateTimeField(null=True)
        refused = BooleanField(default=False)
        taken_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "case_export"
            constraints = [
                Check("kind IN ('archive', 'extract', 'guardians')"),
                Check("released_by_id IS NULL OR released_by_id <> by_id"),
            ]

    db.create_tables([CaseExport], safe=False)


def down(migrator, db):
    for table in reversed(TABLES):
        db.execute_sql(f'DROP TABLE "{table}"')
