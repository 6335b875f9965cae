"""Hours in which talks can be booked, the days that differ, and bookings that never overlap."""

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
    SqliteDatabase,
)

TABLES = ("talk_host", "talk_hours", "talk_exception", "talk_booking")

# The time after a talk that the host needs belongs to it: nothing else begins before `free_at`.
OVERLAP = """
    SELECT 1 FROM talk_booking AS other
    WHERE other.host_id = NEW.host_id AND other.state <> 'cancelled' AND other.id <> NEW.id
      AND other.starts_at < NEW.free_at AND NEW.starts_at < other.free_at
"""
SQLITE_GUARDS = tuple(
    f"""
    CREATE TRIGGER talk_booking_no_overlap_{verb.lower()} BEFORE {verb} ON talk_booking
    WHEN NEW.state <> 'cancelled' AND EXISTS ({OVERLAP.replace("other.id <> NEW.id", "other.id IS NOT NEW.id")})
    BEGIN SELECT RAISE(ABORT, 'talks of one host never overlap'); END
    """
    for verb in ("INSERT", "UPDATE")
)
POSTGRESQL_GUARDS = (
    # The row lock on the host makes two simultaneous bookings wait for each other, without any extension.
    f"""
    CREATE FUNCTION talk_booking_no_overlap() RETURNS trigger AS $$
    BEGIN
        IF NEW.state <> 'cancelled' THEN
            PERFORM 1 FROM talk_host WHERE id = NEW.host_id FOR UPDATE;
            IF EXISTS ({OVERLAP}) THEN
                RAISE EXCEPTION 'talks of one host never overlap' USING ERRCODE = 'exclusion_violation';
            END IF;
        END IF;
        RETURN NEW;
    END $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER talk_booking_no_overlap BEFORE INSERT OR UPDATE ON talk_booking
    FOR EACH ROW EXECUTE FUNCTION talk_booking_no_overlap()
    """,
)


def up(migrator, db):
    class Unit(Model):
        class Meta:
            database = db
            table_name = "unit"

    class TalkHost(Model):
        unit = ForeignKeyField(Unit, null=True, unique=True, on_delete="CASCADE")
        county = CharField(null=True, unique=True, max_length=6)
        open = BooleanField(default=False)
        minutes = IntegerField(default=30)
        buffer_minutes = IntegerField(default=15)
        notice_hours = IntegerField(default=24)
        weeks_ahead = IntegerField(default=6)
        cancel_hours = IntegerField(default=24)
        in_breaks = BooleanField(default=False)
        place = CharField(max_length=200, default="")
        video_link = CharField(max_length=300, default="")
        changed_at = DateTimeField()

        class Meta:
            database = db
            table_name = "talk_host"
            constraints = [
                Check("county = 'county'"),
                Check("(unit_id IS NULL) = (county IS NOT NULL)"),
                Check("minutes BETWEEN 10 AND 480"),
                Check("buffer_minutes BETWEEN 0 AND 240"),
                Check("notice_hours BETWEEN 0 AND 336"),
                Check("weeks_ahead BETWEEN 1 AND 26"),
                Check("cancel_hours BETWEEN 0 AND 168"),
            ]

    db.create_tables([TalkHost], safe=False)

    class TalkHours(Model):
        host = ForeignKeyField(TalkHost, on_delete="CASCADE")
        weekday = IntegerField()
        starts = IntegerField()
        ends = IntegerField()
        ways = CharField(max_length=20)

        class Meta:
            database = db
            table_name = "talk_hours"
            constraints = [
                Check("weekday BETWEEN 0 AND 6"),
                Check("starts >= 0 AND starts < ends AND ends <= 1440"),
                Check("ways <> ''"),
            ]
            indexes = ((("host", "weekday", "starts"), True),)

    db.create_tables([TalkHours], safe=False)

    class TalkException(Model):
        host = ForeignKeyField(TalkHost, on_delete="CASCADE")
        kind = CharField(max_length=6)
        first_day = DateField()
        last_day = DateField()
        starts = IntegerField(null=True)
        ends = IntegerField(null=True)
        ways = CharField(max_length=20, default="")

        class Meta:
            database = db
            table_name = "talk_exception"
            constraints = [
                Check("kind IN ('closed', 'extra')"),
                Check("last_day >= first_day"),
                Check("(starts IS NULL) = (ends IS NULL)"),
                Check("starts >= 0 AND starts < ends AND ends <= 1440"),
                Check("kind <> 'extra' OR (starts IS NOT NULL AND ways <> '' AND last_day = first_day)"),
            ]
            indexes = ((("host", "last_day"), False),)

    db.create_tables([TalkException], safe=False)

    class TalkBooking(Model):
        host = ForeignKeyField(TalkHost, on_delete="CASCADE")
        key = CharField(unique=True, max_length=32)
        once = CharField(unique=True, max_length=64)
        reference = CharField(unique=True, max_length=10)
        starts_at = DateTimeField()
        ends_at = DateTimeField()
        free_at = DateTimeField()
        way = CharField(max_length=6)
        topic = CharField(max_length=12, default="talk")
        language = CharField(max_length=8)
        interpreter = BooleanField(default=False)
        reads = CharField(max_length=8)
        contact = BlobField()
        network = CharField(max_length=64)
        mark = CharField(max_length=64)
        state = CharField(max_length=10, default="booked")
        sequence = IntegerField(default=0)
        created_at = DateTimeField()
        timed_at = DateTimeField()
        settled_at = DateTimeField(null=True)
        forget_on = DateField(index=True)

        class Meta:
            database = db
            table_name = "talk_booking"
            constraints = [
                Check("way IN ('phone', 'visit', 'video')"),
                Check("topic IN ('talk', 'workshop', 'information')"),
                Check("state IN ('booked', 'cancelled', 'held', 'no_show')"),
                Check("ends_at > starts_at AND free_at >= ends_at"),
            ]
            indexes = (
                (("host", "starts_at"), False),
                (("state", "starts_at"), False),
                (("network", "state"), False),
            )

    db.create_tables([TalkBooking], safe=False)
    for statement in SQLITE_GUARDS if isinstance(db, SqliteDatabase) else POSTGRESQL_GUARDS:
        db.execute_sql(statement)


def down(migrator, db):
    for table in reversed(TABLES):
        db.execute_sql(f'DROP TABLE "{table}"')
    if not isinstance(db, SqliteDatabase):
        db.execute_sql("DROP FUNCTION talk_booking_no_overlap()")
