"""How the directory is kept true: changes, holds, handovers, confirmations, gaps, flags and uploads."""

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
    "entry_change",
    "contact_change",
    "handover",
    "term_confirmation",
    "gap",
    "flag",
    "coverage_record",
    "upload",
)


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class Unit(Model):
        class Meta:
            database = db
            table_name = "unit"

    class Person(Model):
        class Meta:
            database = db
            table_name = "person"

    class Responsibility(Model):
        class Meta:
            database = db
            table_name = "responsibility"

    class EntryChange(Model):
        unit = ForeignKeyField(Unit, on_delete="CASCADE")
        person = ForeignKeyField(Person, null=True, on_delete="SET NULL")
        account = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        by = CharField(max_length=120)
        what = CharField(max_length=40)
        before = TextField(default="{}")
        after = TextField(default="{}")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "entry_change"
            indexes = (
                (
                    (
                        "unit",
                        "at",
                    ),
                    False,
                ),
            )

    db.create_tables([EntryChange], safe=False)

    class ContactChange(Model):
        unit = ForeignKeyField(Unit, on_delete="CASCADE")
        person = ForeignKeyField(Person, null=True, on_delete="CASCADE")
        before = TextField()
        after = TextField()
        proposed_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        proposed_at = DateTimeField()
        due_at = DateTimeField(index=True)
        state = CharField(max_length=10, default="waiting")
        settled_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        settled_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "contact_change"
            constraints = [
                Check("state IN ('waiting', 'applied', 'stopped')"),
            ]

    db.create_tables([ContactChange], safe=False)

    class Handover(Model):
        unit = ForeignKeyField(Unit, on_delete="CASCADE")
        leaving = ForeignKeyField(Responsibility, unique=True, on_delete="CASCADE")
        coming = ForeignKeyField(Responsibility, null=True, on_delete="SET NULL")
        acting = BooleanField(default=False)
        reason = CharField(max_length=20, default="replaced")
        earlier_end = DateField(null=True)
        opened_at = DateTimeField()
        due_on = DateField()
        reminders = IntegerField(default=0)
        open_counts = TextField(default="{}")
        left_at = DateTimeField(null=True)
        left_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        left_note = CharField(max_length=300, default="")
        taken_at = DateTimeField(null=True)
        taken_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        taken_note = CharField(max_length=300, default="")
        closed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "handover"
            constraints = [
                Check("reason IN ('replaced', 'new_work', 'new_division', 'leave', 'other')"),
            ]

    db.create_tables([Handover], safe=False)

    class TermConfirmation(Model):
        responsibility = ForeignKeyField(Responsibility, on_delete="CASCADE")
        term = CharField(max_length=6)
        asked_at = DateTimeField()
        reminders = IntegerField(default=0)
        reminded_at = DateTimeField(null=True)
        level = IntegerField(default=0)
        answered_at = DateTimeField(null=True)
        answer = CharField(max_length=10, default="")
        answered_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "term_confirmation"
            constraints = [
                Check("answer IN ('', 'confirmed', 'edited')"),
            ]
            indexes = (
                (
                    (
                        "responsibility",
                        "term",
                    ),
                    True,
                ),
            )

    db.create_tables([TermConfirmation], safe=False)

    class Gap(Model):
        unit = ForeignKeyField(Unit, unique=True, on_delete="CASCADE")
        since = DateField()
        level = IntegerField(default=0)
        told_on = DateField(null=True)

        class Meta:
            database = db
            table_name = "gap"

    db.create_tables([Gap], safe=False)

    class Flag(Model):
        unit = ForeignKeyField(Unit, on_delete="CASCADE")
        by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        message = CharField(max_length=500)
        raised_at = DateTimeField()
        settled_at = DateTimeField(null=True)
        settled_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        answer = CharField(max_length=500, default="")

        class Meta:
            database = db
            table_name = "flag"

    db.create_tables([Flag], safe=False)

    class CoverageRecord(Model):
        term = CharField(max_length=6)
        municipality_code = CharField(max_length=4)
        organizer_id = IntegerField()
        units = IntegerField()
        with_bba = IntegerField()
        confirmed = IntegerField()
        taken_on = DateField()

        class Meta:
            database = db
            table_name = "coverage_record"
            indexes = (
                (
                    (
                        "term",
                        "municipality_code",
                        "organizer_id",
                    ),
                    True,
                ),
            )

    db.create_tables([CoverageRecord], safe=False)

    class Upload(Model):
        key = CharField(unique=True, max_length=32)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        name = CharField(max_length=120)
        content = TextField()
        plan_digest = CharField(max_length=64, default="")
        uploaded_at = DateTimeField()
        applied_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "upload"

    db.create_tables([Upload], safe=False)


def down(migrator, db):
    for table in reversed(TABLES):
        db.execute_sql(f'DROP TABLE "{table}"')
