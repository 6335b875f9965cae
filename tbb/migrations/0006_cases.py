"""The case of a child and the wheels that informed of it, every word of them sealed."""

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
    "casefile",
    "case_field",
    "case_event",
    "delegation",
    "area_actor",
    "wheel",
    "wheel_field",
    "case_note",
    "assessment",
)
INDEXES = (
    "CREATE INDEX casefile_of_unit ON casefile (unit_id, state, opened_at)",
    "CREATE INDEX casefile_by_end ON casefile (state, closed_at)",
    "CREATE INDEX case_event_of_case ON case_event (case_id, at)",
    "CREATE INDEX wheel_of_author ON wheel (author_id, state)",
    "CREATE INDEX wheel_by_age ON wheel (state, saved_at)",
    "CREATE INDEX assessment_of_organizer ON assessment (organizer_id, state)",
)
# Whom to think of when an area is flagged, as the county begins (it is edited in the service).
ACTORS = (
    ("halsa", ("BVC", "bvc"), ("Elevhälsans medicinska insats", "pupil_health"), ("Vårdcentral", ""),
     ("Ungdomsmottagning", "youth_clinic"), ("BUP", ""), ("Habilitering", "")),
    ("utveckling", ("BVC", "bvc"), ("Specialpedagog", ""), ("Logoped", ""), ("Habilitering", "")),
    ("larande", ("Mentor", ""), ("Specialpedagog", ""), ("Rektor", ""), ("Skolnärvaroteam", "")),
    ("omsorg", ("Familjecentral", "family_centre"), ("Socialtjänstens öppenvård", "social_services"),
     ("Föräldrastöd", "")),
    ("hemmet", ("Socialtjänst", "social_services"), ("Familjerätt", ""), ("Budget- och skuldrådgivning", "")),
    ("relationer", ("Kurator", "pupil_health"), ("Kontaktgrupp", ""), ("Fritid", "")),
    ("trygghet", ("Kurator", "pupil_health"), ("Socialtjänst", "social_services"), ("SSPF eller polis", "")),
)  # fmt: skip


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class Grant(Model):
        class Meta:
            database = db
            table_name = "grant"

    class Organizer(Model):
        class Meta:
            database = db
            table_name = "organizer"

    class Unit(Model):
        class Meta:
            database = db
            table_name = "unit"

    class Case(Model):
        key = CharField(unique=True, max_length=32)
        reference = CharField(unique=True, max_length=12)
        seal = CharField(max_length=32)
        unit = ForeignKeyField(Unit, index=False, on_delete="RESTRICT")
        about = CharField(max_length=10)
        edition = CharField(max_length=10)
        state = CharField(max_length=15, default="sent")
        outcome = CharField(max_length=10, default="")
        card = BlobField()
        version = IntegerField(default=1)
        opened_at = DateTimeField()
        received_at = DateTimeField(null=True)
        mapping_at = DateTimeField(null=True)
        decided_at = DateTimeField(null=True)
        closed_at = DateTimeField(null=True)
        touched_at = DateTimeField()
        reminded_on = DateField(null=True)

        class Meta:
            database = db
            table_name = "casefile"
            constraints = [
                Check("about IN ('child', 'group', 'anonymous')"),
                Check("state IN ('sent', 'received', 'mapping', 'collaborating', 'closed')"),
                Check("outcome IN ('', 'own', 'other', 'meeting', 'none')"),
                Check("state <> 'closed' OR closed_at IS NOT NULL"),
            ]

    db.create_tables([Case], safe=False)

    class CaseField(Model):
        case = ForeignKeyField(Case, on_delete="CASCADE")
        name = CharField(max_length=40)
        body = BlobField()
        version = IntegerField(default=1)
        saved_at = DateTimeField()
        saved_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "case_field"
            indexes = (
                (
                    (
                        "case",
                        "name",
                    ),
                    True,
                ),
            )

    db.create_tables([CaseField], safe=False)

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
            constraints = [
                Check(
                    "what IN ('sent', 'received', 'mapping', 'decided', 'closed', 'reopened', 'joined', "
                    "'parted', 'delegated', 'delegation_ended', 'offered', 'handed_over', 'offer_ended', "
                    "'exported', 'released', 'held', 'unheld')"
                ),
            ]

    db.create_tables([CaseEvent], safe=False)

    class Delegation(Model):
        case = ForeignKeyField(Case, on_delete="CASCADE")
        grant = ForeignKeyField(Grant, unique=True, on_delete="CASCADE")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "delegation"

    db.create_tables([Delegation], safe=False)

    class AreaActor(Model):
        area = CharField(max_length=12)
        name = CharField(max_length=80)
        kind = CharField(max_length=30, default="")
        position = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "area_actor"
            indexes = (
                (
                    (
                        "area",
                        "name",
                    ),
                    True,
                ),
            )

    db.create_tables([AreaActor], safe=False)

    class Wheel(Model):
        key = CharField(unique=True, max_length=32)
        reference = CharField(unique=True, max_length=12)
        seal = CharField(max_length=32)
        about = CharField(max_length=10, default="child")
        template = CharField(max_length=10, default="wheel")
        edition = CharField(max_length=10)
        author = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        from_unit = ForeignKeyField(Unit, null=True, on_delete="RESTRICT")
        unit = ForeignKeyField(Unit, null=True, on_delete="RESTRICT")
        case = ForeignKeyField(Case, null=True, on_delete="CASCADE")
        handover_of = ForeignKeyField(Case, null=True, on_delete="SET NULL")
        state = CharField(max_length=10, default="draft")
        crosses = BooleanField(default=False)
        concern_shown_at = DateTimeField(null=True)
        created_at = DateTimeField()
        saved_at = DateTimeField()
        sent_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "wheel"
            constraints = [
                Check("about IN ('child', 'group', 'anonymous')"),
                Check("template IN ('wheel', 'absence')"),
                Check("state IN ('draft', 'sent')"),
                Check(
                    "state <> 'sent' OR (unit_id IS NOT NULL AND from_unit_id IS NOT NULL AND case_id IS NOT "
                    "NULL AND sent_at IS NOT NULL)"
                ),
            ]

    db.create_tables([Wheel], safe=False)

    class WheelField(Model):
        wheel = ForeignKeyField(Wheel, on_delete="CASCADE")
        name = CharField(max_length=40)
        body = BlobField()
        version = IntegerField(default=1)
        saved_at = DateTimeField()

        class Meta:
            database = db
            table_name = "wheel_field"
            indexes = (
                (
                    (
                        "wheel",
                        "name",
                    ),
                    True,
                ),
            )

    db.create_tables([WheelField], safe=False)

    class CaseNote(Model):
        case = ForeignKeyField(Case, on_delete="CASCADE")
        key = CharField(unique=True, max_length=32)
        kind = CharField(max_length=10, default="note")
        wheel = ForeignKeyField(Wheel, null=True, on_delete="CASCADE")
        answers = CharField(max_length=32, default="")
        body = BlobField()
        hidden = BooleanField(default=False)
        by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "case_note"
            constraints = [
                Check("kind IN ('note', 'question', 'addition', 'correction')"),
            ]

    db.create_tables([CaseNote], safe=False)

    class Assessment(Model):
        key = CharField(unique=True, max_length=32)
        organizer = ForeignKeyField(Organizer, on_delete="CASCADE")
        unit = ForeignKeyField(Unit, null=True, on_delete="SET NULL")
        author = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        title = CharField(max_length=120)
        body = TextField(default="{}")
        state = CharField(max_length=10, default="draft")
        shared = BooleanField(default=False)
        version = IntegerField(default=1)
        edition = CharField(max_length=10)
        created_at = DateTimeField()
        saved_at = DateTimeField()
        finished_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "assessment"
            constraints = [
                Check("state IN ('draft', 'finished')"),
            ]

    db.create_tables([Assessment], safe=False)

    for statement in INDEXES:
        db.execute_sql(statement)
    AreaActor.insert_many(
        {"area": area, "name": name, "kind": kind, "position": position}
        for area, *actors in ACTORS
        for position, (name, kind) in enumerate(actors)
    ).execute()


def down(migrator, db):
    for table in reversed(TABLES):
        db.execute_sql(f'DROP TABLE "{table}"')
