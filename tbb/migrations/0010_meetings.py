"""The samverkansmöte: rooms, who is asked, times, answers, letters, and what is written down."""

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

TABLES = (
    "room",
    "room_booking",
    "school_break",
    "meeting",
    "meeting_party",
    "participant",
    "meeting_slot",
    "slot_answer",
    "meeting_field",
    "meeting_letter",
    "meeting_agreement",
)
INDEXES = (
    "CREATE INDEX meeting_of_case ON meeting (case_id, state)",
    "CREATE INDEX meeting_by_start ON meeting (state, starts_at)",
    "CREATE INDEX participant_of_account ON participant (account_id, state)",
    "CREATE UNIQUE INDEX participant_once ON participant (meeting_id, account_id) WHERE (account_id IS NOT NULL)",
    "CREATE INDEX room_booking_of_room ON room_booking (room_id, starts_at)",
)

OVERLAP = """
    SELECT 1 FROM room_booking AS other WHERE other.room_id = NEW.room_id AND {another}
      AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
"""
SQLITE_GUARDS = tuple(
    f"""
    CREATE TRIGGER room_booking_no_overlap_{verb.lower()} BEFORE {verb} ON room_booking
    WHEN EXISTS ({OVERLAP.format(another="other.id IS NOT NEW.id")})
    BEGIN SELECT RAISE(ABORT, 'the room is taken'); END
    """
    for verb in ("INSERT", "UPDATE")
)
POSTGRESQL_GUARDS = (
    # The row lock on the room makes two simultaneous bookings wait for each other.
    f"""
    CREATE FUNCTION room_booking_no_overlap() RETURNS trigger AS $$
    BEGIN
        PERFORM 1 FROM room WHERE id = NEW.room_id FOR UPDATE;
        IF EXISTS ({OVERLAP.format(another="other.id <> NEW.id")}) THEN
            RAISE EXCEPTION 'the room is taken' USING ERRCODE = 'exclusion_violation';
        END IF;
        RETURN NEW;
    END $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER room_booking_no_overlap BEFORE INSERT OR UPDATE ON room_booking
    FOR EACH ROW EXECUTE FUNCTION room_booking_no_overlap()
    """,
)


def up(migrator, db):
    class Unit(Model):
        class Meta:
            database = db
            table_name = "unit"

    class Municipality(Model):
        class Meta:
            database = db
            table_name = "municipality"

    class Organizer(Model):
        class Meta:
            database = db
            table_name = "organizer"

    class Case(Model):
        class Meta:
            database = db
            table_name = "casefile"

    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class Room(Model):
        unit = ForeignKeyField(Unit, on_delete="CASCADE")
        name = CharField(max_length=60)
        seats = IntegerField(default=6)
        step_free = BooleanField(default=False)
        hearing_loop = BooleanField(default=False)
        access = CharField(max_length=200, default="")
        closed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "room"
            constraints = [
                Check("seats BETWEEN 1 AND 500"),
            ]
            indexes = ((("unit", "name"), True),)

    db.create_tables([Room], safe=False)

    class RoomBooking(Model):
        room = ForeignKeyField(Room, index=False, on_delete="CASCADE")
        meeting = IntegerField(unique=True)
        starts_at = DateTimeField()
        ends_at = DateTimeField()

        class Meta:
            database = db
            table_name = "room_booking"
            constraints = [
                Check("ends_at > starts_at"),
            ]

    db.create_tables([RoomBooking], safe=False)

    class SchoolBreak(Model):
        municipality = ForeignKeyField(Municipality, on_delete="CASCADE")
        organizer = ForeignKeyField(Organizer, null=True, on_delete="CASCADE")
        name = CharField(max_length=40)
        starts_on = DateField()
        ends_on = DateField()

        class Meta:
            database = db
            table_name = "school_break"
            constraints = [
                Check("ends_on >= starts_on"),
            ]

    db.create_tables([SchoolBreak], safe=False)

    class Meeting(Model):
        key = CharField(unique=True, max_length=32)
        reference = CharField(unique=True, max_length=12)
        case = ForeignKeyField(Case, on_delete="CASCADE")
        kind = CharField(max_length=15, default="collaboration")
        state = CharField(max_length=10, default="draft")
        follows = ForeignKeyField("self", null=True, on_delete="SET NULL")
        minutes = IntegerField(default=60)
        answers_by = DateField(null=True)
        wall = CharField(max_length=16, default="")
        starts_at = DateTimeField(null=True)
        ends_at = DateTimeField(null=True)
        room = ForeignKeyField(Room, null=True, on_delete="SET NULL")
        place_words = CharField(max_length=120, default="")
        video = CharField(max_length=300, default="")
        travel_minutes = IntegerField(default=0)
        uid = CharField(unique=True, max_length=80)
        sequence = IntegerField(default=0)
        version = IntegerField(default=1)
        leaves_at = DateTimeField(null=True)
        created_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        created_at = DateTimeField()
        set_at = DateTimeField(null=True)
        held_at = DateTimeField(null=True)
        closed_at = DateTimeField(null=True)
        cancelled_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "meeting"
            constraints = [
                Check("kind IN ('collaboration', 'consultation', 'followup')"),
                Check("state IN ('draft', 'proposed', 'set', 'held', 'closed', 'cancelled')"),
                Check("minutes BETWEEN 10 AND 480"),
                Check("state NOT IN ('set', 'held', 'closed') OR (starts_at IS NOT NULL AND ends_at IS NOT NULL)"),
                Check("ends_at IS NULL OR ends_at > starts_at"),
            ]

    db.create_tables([Meeting], safe=False)

    class MeetingParty(Model):
        meeting = ForeignKeyField(Meeting, on_delete="CASCADE")
        unit = ForeignKeyField(Unit, on_delete="RESTRICT")
        least = IntegerField(default=1)
        ended_at = DateTimeField(null=True)
        ended_why = CharField(max_length=10, default="")

        class Meta:
            database = db
            table_name = "meeting_party"
            constraints = [
                Check("least BETWEEN 0 AND 20"),
                Check("ended_why IN ('', 'consent', 'taken_out')"),
            ]
            indexes = ((("meeting", "unit"), True),)

    db.create_tables([MeetingParty], safe=False)

    class Participant(Model):
        key = CharField(unique=True, max_length=32)
        meeting = ForeignKeyField(Meeting, on_delete="CASCADE")
        party = ForeignKeyField(MeetingParty, null=True, on_delete="CASCADE")
        role = CharField(max_length=12, default="professional")
        who = CharField(max_length=12, default="")
        account = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        person = BlobField(null=True)
        language = CharField(max_length=5, default="sv")
        state = CharField(max_length=10, default="draft")
        code = CharField(max_length=64, default="")
        link_ends_at = DateTimeField(null=True)
        asked_at = DateTimeField(null=True)
        reminded_at = DateTimeField(null=True)
        invited_at = DateTimeField(null=True)
        invited_sequence = IntegerField(default=-1)
        answered_at = DateTimeField(null=True)
        ended_at = DateTimeField(null=True)
        attended = CharField(max_length=10, default="")
        confirmed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "participant"
            constraints = [
                Check("role IN ('professional', 'guardian', 'child', 'interpreter', 'support')"),
                Check("state IN ('draft', 'asked', 'invited', 'accepted', 'tentative', 'declined', 'ended')"),
                Check("attended IN ('', 'yes', 'part', 'no')"),
                Check("who IN ('', 'guardian_1', 'guardian_2', 'child')"),
                Check("(role = 'professional') = (party_id IS NOT NULL)"),
            ]

    db.create_tables([Participant], safe=False)

    class MeetingSlot(Model):
        meeting = ForeignKeyField(Meeting, on_delete="CASCADE")
        wall = CharField(max_length=16)
        starts_at = DateTimeField()
        ends_at = DateTimeField()
        room = ForeignKeyField(Room, null=True, on_delete="SET NULL")
        proposed_by = ForeignKeyField(Participant, null=True, on_delete="SET NULL")
        withdrawn_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "meeting_slot"
            constraints = [
                Check("ends_at > starts_at"),
            ]
            indexes = ((("meeting", "starts_at"), True),)

    db.create_tables([MeetingSlot], safe=False)

    class SlotAnswer(Model):
        slot = ForeignKeyField(MeetingSlot, on_delete="CASCADE")
        participant = ForeignKeyField(Participant, on_delete="CASCADE")
        answer = CharField(max_length=10)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "slot_answer"
            constraints = [
                Check("answer IN ('yes', 'if_needed', 'no')"),
            ]
            indexes = ((("slot", "participant"), True),)

    db.create_tables([SlotAnswer], safe=False)

    class MeetingField(Model):
        meeting = ForeignKeyField(Meeting, on_delete="CASCADE")
        name = CharField(max_length=40)
        body = BlobField()
        version = IntegerField(default=1)
        saved_at = DateTimeField()
        saved_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "meeting_field"
            indexes = ((("meeting", "name"), True),)

    db.create_tables([MeetingField], safe=False)

    class MeetingLetter(Model):
        participant = ForeignKeyField(Participant, on_delete="CASCADE")
        what = CharField(max_length=12)
        sequence = IntegerField(default=0)
        dedupe = CharField(unique=True, max_length=120)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "meeting_letter"
            constraints = [
                Check("what IN ('ask', 'remind', 'request', 'change', 'cancel', 'code', 'confirm')"),
            ]

    db.create_tables([MeetingLetter], safe=False)

    class MeetingAgreement(Model):
        party = ForeignKeyField(MeetingParty, on_delete="CASCADE")
        consent_version = IntegerField(default=0)
        needed = BooleanField(default=True)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "meeting_agreement"

    db.create_tables([MeetingAgreement], safe=False)

    for statement in (*INDEXES, *(SQLITE_GUARDS if isinstance(db, SqliteDatabase) else POSTGRESQL_GUARDS)):
        db.execute_sql(statement)


def down(migrator, db):
    for table in reversed(TABLES):
        db.execute_sql(f'DROP TABLE "{table}"')
    if not isinstance(db, SqliteDatabase):
        db.execute_sql("DROP FUNCTION room_booking_no_overlap()")
