"""The plan and its samordningsperson, the standing forums, and calendars."""

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
    "plan",
    "coordinator",
    "plan_field",
    "plan_action",
    "plan_note",
    "forum",
    "forum_member",
    "forum_date",
    "forum_item",
    "calendar_feed",
    "busy_source",
)
INDEXES = (
    "CREATE UNIQUE INDEX coordinator_one ON coordinator (case_id) WHERE ended_at IS NULL",
    "CREATE INDEX coordinator_of_account ON coordinator (account_id, ended_at)",
    "CREATE UNIQUE INDEX plan_one_at_a_time ON plan (case_id) WHERE state <> 'ended'",
    "CREATE INDEX plan_action_by_day ON plan_action (state, due_on)",
)


def up(migrator, db):
    class Case(Model):
        class Meta:
            database = db
            table_name = "casefile"

    class Meeting(Model):
        class Meta:
            database = db
            table_name = "meeting"

    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class Participant(Model):
        class Meta:
            database = db
            table_name = "participant"

    class Unit(Model):
        class Meta:
            database = db
            table_name = "unit"

    class Municipality(Model):
        class Meta:
            database = db
            table_name = "municipality"

    class Plan(Model):
        key = CharField(unique=True, max_length=32)
        reference = CharField(unique=True, max_length=12)
        case = ForeignKeyField(Case, on_delete="CASCADE")
        meeting = ForeignKeyField(Meeting, null=True, on_delete="SET NULL")
        followup = ForeignKeyField(Meeting, null=True, on_delete="SET NULL")
        state = CharField(max_length=10, default="active")
        version = IntegerField(default=1)
        made_at = DateTimeField()
        ended_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "plan"
            constraints = [
                Check("state IN ('active', 'changed', 'ended')"),
                Check("state <> 'ended' OR ended_at IS NOT NULL"),
            ]

    db.create_tables([Plan], safe=False)

    class Coordinator(Model):
        case = ForeignKeyField(Case, on_delete="CASCADE")
        meeting = ForeignKeyField(Meeting, null=True, on_delete="SET NULL")
        account = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        participant = ForeignKeyField(Participant, null=True, on_delete="SET NULL")
        unit = ForeignKeyField(Unit, null=True, on_delete="SET NULL")
        child_asked = BooleanField()
        as_wished = BooleanField()
        words = BlobField()
        appointed_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        starts_at = DateTimeField()
        ended_at = DateTimeField(null=True)
        ended_why = CharField(max_length=12, default="")

        class Meta:
            database = db
            table_name = "coordinator"
            constraints = [
                Check("ended_why IN ('', 'passed_on', 'left', 'plan_ended', 'consent')"),
            ]

    db.create_tables([Coordinator], safe=False)

    class PlanField(Model):
        plan = ForeignKeyField(Plan, on_delete="CASCADE")
        name = CharField(max_length=40)
        body = BlobField()
        version = IntegerField(default=1)
        saved_at = DateTimeField()
        saved_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "plan_field"
            indexes = ((("plan", "name"), True),)

    db.create_tables([PlanField], safe=False)

    class PlanAction(Model):
        plan = ForeignKeyField(Plan, on_delete="CASCADE")
        key = CharField(unique=True, max_length=32)
        area = CharField(max_length=12, default="")
        body = BlobField()
        unit = ForeignKeyField(Unit, null=True, on_delete="SET NULL")
        account = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        participant = ForeignKeyField(Participant, null=True, on_delete="SET NULL")
        due_on = DateField(null=True)
        state = CharField(max_length=10, default="planned")
        position = IntegerField(default=0)
        version = IntegerField(default=1)
        reminded_on = DateField(null=True)
        done_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "plan_action"
            constraints = [
                Check("state IN ('planned', 'doing', 'done', 'dropped')"),
            ]

    db.create_tables([PlanAction], safe=False)

    class PlanNote(Model):
        plan = ForeignKeyField(Plan, on_delete="CASCADE")
        key = CharField(unique=True, max_length=32)
        kind = CharField(max_length=10)
        unit = ForeignKeyField(Unit, null=True, on_delete="SET NULL")
        body = BlobField()
        by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        at = DateTimeField()
        settled_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "plan_note"
            constraints = [
                Check("kind IN ('deviation', 'family')"),
            ]

    db.create_tables([PlanNote], safe=False)

    class Forum(Model):
        key = CharField(unique=True, max_length=32)
        municipality = ForeignKeyField(Municipality, on_delete="CASCADE")
        name = CharField(max_length=80)
        about = TextField(default="")
        how = TextField(default="")
        version = IntegerField(default=1)
        closed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "forum"

    db.create_tables([Forum], safe=False)

    class ForumMember(Model):
        forum = ForeignKeyField(Forum, on_delete="CASCADE")
        unit = ForeignKeyField(Unit, on_delete="CASCADE")
        account = ForeignKeyField(Account, null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "forum_member"
            indexes = ((("forum", "unit"), True),)

    db.create_tables([ForumMember], safe=False)

    class ForumDate(Model):
        key = CharField(unique=True, max_length=32)
        forum = ForeignKeyField(Forum, on_delete="CASCADE")
        wall = CharField(max_length=16)
        starts_at = DateTimeField()
        ends_at = DateTimeField()
        place = CharField(max_length=120, default="")
        cancelled_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "forum_date"
            constraints = [
                Check("ends_at > starts_at"),
            ]
            indexes = ((("forum", "starts_at"), True),)

    db.create_tables([ForumDate], safe=False)

    class ForumItem(Model):
        key = CharField(unique=True, max_length=32)
        date = ForeignKeyField(ForumDate, on_delete="CASCADE")
        case = ForeignKeyField(Case, on_delete="CASCADE")
        brought_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        position = IntegerField(default=0)
        at = DateTimeField()
        ended_at = DateTimeField(null=True)
        ended_why = CharField(max_length=10, default="")

        class Meta:
            database = db
            table_name = "forum_item"
            constraints = [
                Check("ended_why IN ('', 'consent', 'taken_out')"),
            ]
            indexes = ((("date", "case"), True),)

    db.create_tables([ForumItem], safe=False)

    class CalendarFeed(Model):
        account = ForeignKeyField(Account, unique=True, on_delete="CASCADE")
        digest = CharField(unique=True, max_length=64)
        made_at = DateTimeField()
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "calendar_feed"

    db.create_tables([CalendarFeed], safe=False)

    class BusySource(Model):
        account = ForeignKeyField(Account, unique=True, on_delete="CASCADE")
        url = BlobField()
        busy = BlobField(null=True)
        tried_at = DateTimeField(null=True)
        fetched_at = DateTimeField(null=True)
        problem = CharField(max_length=40, default="")

        class Meta:
            database = db
            table_name = "busy_source"

    db.create_tables([BusySource], safe=False)

    for statement in INDEXES:
        db.execute_sql(statement)


def down(migrator, db):
    for table in reversed(TABLES):
        db.execute_sql(f'DROP TABLE "{table}"')
