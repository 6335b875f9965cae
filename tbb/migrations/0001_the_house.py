"""The directory, the people in it, the search index, and what the service keeps about itself."""

from peewee import (
    BlobField,
    BooleanField,
    CharField,
    Check,
    CompositeKey,
    DateField,
    DateTimeField,
    DoubleField,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)

TABLES = (
    "audit_row",
    "municipality",
    "organizer",
    "school",
    "unit",
    "feedback",
    "letter",
    "meta",
    "person",
    "term",
    "posting",
    "rate_count",
    "responsibility",
    "unit_alias",
    "unit_id",
    "former_slug",
    "version",
)

OVERLAP = """
    SELECT 1 FROM responsibility AS other
    WHERE other.unit_id = NEW.unit_id AND other.role = 'bba' AND other.id <> NEW.id
      AND other.starts_on <= COALESCE(NEW.ends_on, '9999-12-31')
      AND COALESCE(other.ends_on, '9999-12-31') >= NEW.starts_on
"""
SQLITE_GUARDS = (
    *(
        f"""
        CREATE TRIGGER responsibility_one_bba_{verb.lower()} BEFORE {verb} ON responsibility
        WHEN NEW.role = 'bba' AND EXISTS ({OVERLAP.replace("other.id <> NEW.id", "other.id IS NOT NEW.id")})
        BEGIN SELECT RAISE(ABORT, 'one active BBA per unit'); END
        """
        for verb in ("INSERT", "UPDATE")
    ),
    *(
        f"""
        CREATE TRIGGER audit_row_no_{verb.lower()} BEFORE {verb} ON audit_row
        BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
        """
        for verb in ("UPDATE", "DELETE")
    ),
)
POSTGRESQL_GUARDS = (
    # The row lock on the unit makes two simultaneous appointments wait for each other.
    f"""
    CREATE FUNCTION responsibility_one_bba() RETURNS trigger AS $$
    BEGIN
        IF NEW.role = 'bba' THEN
            PERFORM 1 FROM unit WHERE id = NEW.unit_id FOR UPDATE;
            IF EXISTS ({OVERLAP}) THEN
                RAISE EXCEPTION 'one active BBA per unit' USING ERRCODE = 'exclusion_violation';
            END IF;
        END IF;
        RETURN NEW;
    END $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER responsibility_one_bba BEFORE INSERT OR UPDATE ON responsibility
    FOR EACH ROW EXECUTE FUNCTION responsibility_one_bba()
    """,
    """
    CREATE FUNCTION audit_row_append_only() RETURNS trigger AS $$
    BEGIN RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'restrict_violation'; END $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER audit_row_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_row
    FOR EACH STATEMENT EXECUTE FUNCTION audit_row_append_only()
    """,
    # Swedish order and prefix search are computed in Python, so these columns compare byte by byte.
    'ALTER TABLE unit ALTER COLUMN sort_key TYPE varchar(400) COLLATE "C"',
    'ALTER TABLE unit ALTER COLUMN folded TYPE varchar(400) COLLATE "C"',
    'ALTER TABLE municipality ALTER COLUMN sort_key TYPE varchar(200) COLLATE "C"',
    'ALTER TABLE term ALTER COLUMN text TYPE varchar(60) COLLATE "C"',
)
INDEXES = (
    "CREATE INDEX posting_by_weight ON posting (term_id, weight DESC, unit_id)",
    "CREATE UNIQUE INDEX responsibility_one_open_bba ON responsibility (unit_id)"
    " WHERE role = 'bba' AND ends_on IS NULL",
    "CREATE INDEX responsibility_of_unit ON responsibility (unit_id, role, starts_on)",
)


def up(migrator, db):
    class AuditRow(Model):
        at = DateTimeField()
        actor = CharField(max_length=80)
        action = CharField(max_length=60)
        thing = CharField(max_length=40)
        thing_id = CharField(max_length=40)
        fields = TextField(default="")
        note = CharField(max_length=300, default="")
        previous = CharField(max_length=64)
        digest = CharField(unique=True, max_length=64)

        class Meta:
            database = db
            table_name = "audit_row"

    db.create_tables([AuditRow])

    class Municipality(Model):
        code = CharField(unique=True, max_length=4)
        name = CharField(max_length=80)
        legal_name = CharField(max_length=120, default="")
        orgnr = CharField(max_length=10, default="")
        slug = CharField(unique=True, max_length=80)
        sort_key = CharField(index=True, max_length=200)
        participates = BooleanField(default=False)
        website = CharField(max_length=300, default="")
        switchboard = CharField(max_length=40, default="")
        concern_phone = CharField(max_length=40, default="")
        concern_hours = CharField(max_length=200, default="")
        concern_url = CharField(max_length=300, default="")
        after_hours_phone = CharField(max_length=40, default="")

        class Meta:
            database = db
            table_name = "municipality"

    db.create_tables([Municipality])

    class Organizer(Model):
        name = CharField(max_length=200)
        kind = CharField(max_length=20)
        orgnr = CharField(unique=True, null=True, max_length=10)
        municipality = ForeignKeyField(Municipality, null=True, on_delete="RESTRICT")
        website = CharField(max_length=300, default="")
        email = CharField(max_length=254, default="")
        phone = CharField(max_length=40, default="")

        class Meta:
            database = db
            table_name = "organizer"
            constraints = [
                Check("kind IN ('municipal', 'region', 'independent')"),
            ]

    db.create_tables([Organizer])

    class School(Model):
        name = CharField(max_length=200)
        municipality = ForeignKeyField(Municipality, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "school"
            indexes = ((("municipality", "name"), True),)

    db.create_tables([School])

    class Unit(Model):
        kind = CharField(max_length=30)
        name = CharField(max_length=200)
        display_name = CharField(max_length=200, default="")
        slug = CharField(unique=True, max_length=120)
        municipality = ForeignKeyField(Municipality, on_delete="RESTRICT")
        organizer = ForeignKeyField(Organizer, null=True, on_delete="RESTRICT")
        school = ForeignKeyField(School, null=True, on_delete="SET NULL")
        street = CharField(max_length=200, default="")
        postal_code = CharField(max_length=5, default="")
        place = CharField(max_length=80, default="")
        post_street = CharField(max_length=200, default="")
        post_postal_code = CharField(max_length=5, default="")
        post_place = CharField(max_length=80, default="")
        phone = CharField(max_length=40, default="")
        email = CharField(max_length=254, default="")
        website = CharField(max_length=300, default="")
        head_name = CharField(max_length=120, default="")
        latitude = DoubleField(null=True)
        longitude = DoubleField(null=True)
        grade_from = IntegerField(null=True)
        grade_to = IntegerField(null=True)
        age_from = IntegerField(null=True)
        age_to = IntegerField(null=True)
        status = CharField(max_length=10, default="active")
        valid_from = DateField(null=True)
        valid_to = DateField(null=True)
        provenance = TextField(default="{}")
        sort_key = CharField(index=True, max_length=400)
        folded = CharField(index=True, max_length=400)
        updated_at = DateTimeField()

        class Meta:
            database = db
            table_name = "unit"
            constraints = [
                Check(
                    "kind IN ('bvc', 'family_centre', 'preschool', 'family_daycare', 'compulsory',"
                    " 'compulsory_adapted', 'special_school', 'upper_secondary', 'upper_secondary_adapted',"
                    " 'home_followup', 'kaa', 'youth_clinic', 'pupil_health', 'social_services', 'other')"
                ),
                Check("status IN ('active', 'dormant', 'planned', 'closed')"),
            ]
            indexes = ((("municipality", "kind", "status"), False), (("status", "sort_key", "id"), False))

    db.create_tables([Unit])

    class Feedback(Model):
        key = CharField(unique=True, max_length=32)
        subject = CharField(max_length=20)
        unit = ForeignKeyField(Unit, null=True, on_delete="CASCADE")
        topic = CharField(max_length=30)
        page = CharField(max_length=200, default="")
        message = BlobField()
        reply_to = BlobField(null=True)
        created_at = DateTimeField()
        handled_at = DateTimeField(null=True)
        forget_on = DateField(index=True)

        class Meta:
            database = db
            table_name = "feedback"

    db.create_tables([Feedback])

    class Letter(Model):
        dedupe = CharField(unique=True, max_length=120)
        recipient = CharField(max_length=254)
        subject = CharField(max_length=200)
        body = TextField()
        message_id = CharField(unique=True, max_length=120)
        state = CharField(max_length=10, default="queued")
        attempts = IntegerField(default=0)
        next_at = DateTimeField()
        leased_until = DateTimeField(null=True)
        last_problem = CharField(max_length=200, default="")
        created_at = DateTimeField()
        sent_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "letter"
            indexes = ((("state", "next_at"), False),)

    db.create_tables([Letter])

    class Meta(Model):
        key = CharField(unique=True, max_length=40)
        value = CharField(max_length=200)

        class Meta:
            database = db
            table_name = "meta"

    db.create_tables([Meta])

    class Person(Model):
        name = CharField(max_length=120, default="")
        title = CharField(max_length=120, default="")
        phone = CharField(max_length=40, default="")
        email = CharField(max_length=254, default="")
        phone_hours = CharField(max_length=200, default="")
        languages = CharField(max_length=200, default="")
        protected = BooleanField(default=False)
        function_name = CharField(max_length=120, default="")
        switchboard = CharField(max_length=40, default="")

        class Meta:
            database = db
            table_name = "person"
            constraints = [
                Check("NOT protected OR (name = '' AND phone = '' AND email = '')"),
                Check("phone <> '' OR email <> '' OR switchboard <> ''"),
            ]

    db.create_tables([Person])

    class Term(Model):
        text = CharField(unique=True, max_length=60)
        df = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "term"

    db.create_tables([Term])

    class Posting(Model):
        term = ForeignKeyField(Term, on_delete="CASCADE", index=False)
        unit = ForeignKeyField(Unit, on_delete="CASCADE", index=False)
        weight = IntegerField()

        class Meta:
            database = db
            table_name = "posting"
            primary_key = CompositeKey("unit", "term")

    db.create_tables([Posting])

    class RateCount(Model):
        bucket = CharField(max_length=100)
        ends = IntegerField()
        count = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "rate_count"
            indexes = ((("bucket", "ends"), True), (("ends",), False))

    db.create_tables([RateCount])

    class Responsibility(Model):
        unit = ForeignKeyField(Unit, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="RESTRICT")
        role = CharField(max_length=10)
        starts_on = DateField()
        ends_on = DateField(null=True)
        mandate = CharField(max_length=20, default="")
        mandate_by = CharField(max_length=120, default="")
        mandate_on = DateField(null=True)
        away_from = DateField(null=True)
        away_until = DateField(null=True)
        confirmed_on = DateField(null=True)

        class Meta:
            database = db
            table_name = "responsibility"
            constraints = [
                Check("role IN ('bba', 'deputy', 'holiday')"),
                Check("mandate IN ('', 'decision_maker', 'delegated')"),
                Check("role <> 'bba' OR mandate <> ''"),
                Check("mandate <> 'delegated' OR mandate_by <> ''"),
                Check("ends_on IS NULL OR ends_on >= starts_on"),
                Check("away_from IS NULL OR away_until IS NULL OR away_until >= away_from"),
            ]

    db.create_tables([Responsibility])

    class UnitAlias(Model):
        unit = ForeignKeyField(Unit, on_delete="CASCADE")
        name = CharField(max_length=200)

        class Meta:
            database = db
            table_name = "unit_alias"
            indexes = ((("unit", "name"), True),)

    db.create_tables([UnitAlias])

    class UnitId(Model):
        unit = ForeignKeyField(Unit, on_delete="CASCADE")
        scheme = CharField(max_length=20)
        value = CharField(max_length=40)

        class Meta:
            database = db
            table_name = "unit_id"
            indexes = ((("scheme", "value"), True),)

    db.create_tables([UnitId])

    class UnitSlug(Model):
        unit = ForeignKeyField(Unit, on_delete="CASCADE")
        slug = CharField(unique=True, max_length=120)

        class Meta:
            database = db
            table_name = "former_slug"

    db.create_tables([UnitSlug])

    class Version(Model):
        key = CharField(unique=True, max_length=40)
        value = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "version"

    db.create_tables([Version])

    for statement in (*INDEXES, *(SQLITE_GUARDS if isinstance(db, SqliteDatabase) else POSTGRESQL_GUARDS)):
        db.execute_sql(statement)


def down(migrator, db):
    for table in reversed(TABLES):
        db.execute_sql(f'DROP TABLE "{table}"')
    if not isinstance(db, SqliteDatabase):
        db.execute_sql("DROP FUNCTION responsibility_one_bba()")
        db.execute_sql("DROP FUNCTION audit_row_append_only()")
