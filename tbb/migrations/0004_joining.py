"""How independent organisations join, and what the review of the audit leaves behind."""

from peewee import (
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
    "application",
    "application_event",
    "application_unit",
    "joining",
    "joining_note",
    "audit_sample",
    "alarm",
    "anchor",
)


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class Municipality(Model):
        class Meta:
            database = db
            table_name = "municipality"

    class Organizer(Model):
        class Meta:
            database = db
            table_name = "organizer"

    class Unit(Model):
        class Meta:
            database = db
            table_name = "unit"

    class Application(Model):
        key = CharField(unique=True, max_length=32)
        reference = CharField(unique=True, max_length=12)
        state = CharField(max_length=12, default="draft")
        version = IntegerField(default=0)
        email = CharField(max_length=254)
        email_confirmed_at = DateTimeField(null=True)
        orgnr = CharField(index=True, max_length=10, default="")
        data = TextField(default="{}")
        agreement = IntegerField(default=0)
        accepted_at = DateTimeField(null=True)
        created_at = DateTimeField()
        saved_at = DateTimeField()
        sent_at = DateTimeField(null=True)
        first_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        first_at = DateTimeField(null=True)
        called_back = CharField(max_length=300, default="")
        settled_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        settled_at = DateTimeField(null=True)
        organizer = ForeignKeyField(Organizer, null=True, on_delete="SET NULL")
        forget_on = DateField(index=True)

        class Meta:
            database = db
            table_name = "application"
            constraints = [
                Check("state IN ('draft', 'sent', 'asked', 'recommended', 'approved', 'declined', 'withdrawn')"),
                Check("state <> 'approved' OR settled_by_id IS NULL OR settled_by_id <> first_by_id"),
            ]

    db.create_tables([Application], safe=False)

    class ApplicationEvent(Model):
        application = ForeignKeyField(Application, on_delete="CASCADE")
        account = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        what = CharField(max_length=20)
        note = TextField(default="")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "application_event"

    db.create_tables([ApplicationEvent], safe=False)

    class ApplicationUnit(Model):
        application = ForeignKeyField(Application, on_delete="CASCADE")
        code = CharField(max_length=40)
        unit = ForeignKeyField(Unit, null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "application_unit"
            indexes = (
                (
                    (
                        "application",
                        "code",
                    ),
                    True,
                ),
            )

    db.create_tables([ApplicationUnit], safe=False)

    class Joining(Model):
        organizer = ForeignKeyField(Organizer, unique=True, on_delete="CASCADE")
        state = CharField(max_length=20, default="offered")
        changed_on = DateField()
        joined_on = DateField(null=True)
        renew_by = DateField(null=True)
        reminded_on = DateField(null=True)
        left_on = DateField(null=True)
        agreement = IntegerField(default=0)
        municipality = ForeignKeyField(Municipality, null=True, on_delete="SET NULL")
        wants_visit = BooleanField(default=False)

        class Meta:
            database = db
            table_name = "joining"
            constraints = [
                Check(
                    "state IN ('not_offered', 'offered', 'interested', 'meeting_booked', 'workshop_held', "
                    "'joined', 'declined')"
                ),
            ]

    db.create_tables([Joining], safe=False)

    class JoiningNote(Model):
        joining = ForeignKeyField(Joining, on_delete="CASCADE")
        account = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        on = DateField()
        how = CharField(max_length=20)
        note = CharField(max_length=500, default="")
        state = CharField(max_length=20, default="")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "joining_note"

    db.create_tables([JoiningNote], safe=False)

    class AuditSample(Model):
        week = CharField(max_length=8)
        organizer = ForeignKeyField(Organizer, null=True, on_delete="CASCADE")
        about = ForeignKeyField(Account, null=True, on_delete="CASCADE")
        rows = TextField()
        drawn_at = DateTimeField()
        due_on = DateField()
        outcome = CharField(max_length=10, default="")
        remark = CharField(max_length=1000, default="")
        signed_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        signed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "audit_sample"
            constraints = [
                Check("outcome IN ('', 'fine', 'questions', 'breach')"),
            ]
            indexes = (
                (
                    (
                        "week",
                        "organizer",
                        "about",
                    ),
                    True,
                ),
            )

    db.create_tables([AuditSample], safe=False)

    class Alarm(Model):
        rule = CharField(max_length=30)
        account = ForeignKeyField(Account, null=True, on_delete="CASCADE")
        window = CharField(max_length=30)
        count = IntegerField()
        raised_at = DateTimeField()
        settled_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        settled_at = DateTimeField(null=True)
        remark = CharField(max_length=500, default="")

        class Meta:
            database = db
            table_name = "alarm"
            indexes = (
                (
                    (
                        "rule",
                        "account",
                        "window",
                    ),
                    True,
                ),
            )

    db.create_tables([Alarm], safe=False)

    class Anchor(Model):
        row = IntegerField()
        digest = CharField(max_length=90)
        count = IntegerField()
        sent_at = DateTimeField()

        class Meta:
            database = db
            table_name = "anchor"

    db.create_tables([Anchor], safe=False)


def down(migrator, db):
    for table in reversed(TABLES):
        db.execute_sql(f'DROP TABLE "{table}"')
