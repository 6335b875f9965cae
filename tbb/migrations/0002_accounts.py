"""Who may sign in, by what means, with which duties, and the sittings in which they do."""

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
    "account",
    "grant",
    "passkey",
    "authenticator",
    "recovery_code",
    "identity",
    "sitting",
    "one_time_token",
    "receipt",
)
INDEXES = ('CREATE INDEX grant_of_account ON "grant" (account_id, ended_at)',)


def up(migrator, db):
    class Organizer(Model):
        class Meta:
            database = db
            table_name = "organizer"

    class Unit(Model):
        class Meta:
            database = db
            table_name = "unit"

    class Person(Model):
        class Meta:
            database = db
            table_name = "person"

    class Account(Model):
        key = CharField(unique=True, max_length=32)
        email = CharField(unique=True, max_length=254)
        name = CharField(max_length=120)
        state = CharField(max_length=10, default="invited")
        password = CharField(max_length=200, default="")
        person = ForeignKeyField(Person, null=True, unique=True, on_delete="SET NULL")
        organizer = ForeignKeyField(Organizer, null=True, on_delete="SET NULL")
        created_at = DateTimeField()
        signed_in_at = DateTimeField(null=True)
        disabled_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "account"
            constraints = [
                Check("state IN ('invited', 'active', 'disabled')"),
                Check("email = lower(email)"),
            ]

    db.create_tables([Account], safe=False)

    class Grant(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        duty = CharField(max_length=20)
        unit = ForeignKeyField(Unit, null=True, on_delete="CASCADE")
        organizer = ForeignKeyField(Organizer, null=True, on_delete="CASCADE")
        starts_on = DateField()
        ends_on = DateField(null=True)
        given_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        given_at = DateTimeField()
        ended_at = DateTimeField(null=True)
        ended_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "grant"
            constraints = [
                Check(
                    "duty IN ('staff', 'delegate', 'unit_head', 'organizer_admin', 'communicator', "
                    "'process_leader', 'steering', 'log_reviewer', 'operations')"
                ),
                Check("unit_id IS NULL OR organizer_id IS NULL"),
                Check("duty NOT IN ('staff', 'delegate', 'unit_head') OR unit_id IS NOT NULL"),
                Check("duty <> 'organizer_admin' OR organizer_id IS NOT NULL"),
                Check("duty NOT IN ('process_leader', 'operations') OR (unit_id IS NULL AND organizer_id IS NULL)"),
                Check("duty <> 'delegate' OR ends_on IS NOT NULL"),
                Check("ends_on IS NULL OR ends_on >= starts_on"),
            ]

    db.create_tables([Grant], safe=False)

    class Passkey(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        credential = CharField(unique=True, max_length=400)
        public_key = BlobField()
        sign_count = IntegerField(default=0)
        transports = CharField(max_length=100, default="")
        name = CharField(max_length=60)
        created_at = DateTimeField()
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "passkey"

    db.create_tables([Passkey], safe=False)

    class Authenticator(Model):
        account = ForeignKeyField(Account, unique=True, on_delete="CASCADE")
        secret = BlobField()
        confirmed_at = DateTimeField(null=True)
        last_step = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "authenticator"

    db.create_tables([Authenticator], safe=False)

    class RecoveryCode(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        digest = CharField(unique=True, max_length=64)
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "recovery_code"

    db.create_tables([RecoveryCode], safe=False)

    class Identity(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        issuer = CharField(max_length=300)
        subject = CharField(max_length=255)
        created_at = DateTimeField()
        seen_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "identity"
            indexes = (
                (
                    (
                        "issuer",
                        "subject",
                    ),
                    True,
                ),
            )

    db.create_tables([Identity], safe=False)

    class Sitting(Model):
        digest = CharField(unique=True, max_length=64)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        stage = CharField(max_length=5, default="half")
        method = CharField(max_length=30, default="")
        strong = BooleanField(default=False)
        browser = CharField(max_length=60, default="")
        began_at = DateTimeField()
        seen_at = DateTimeField()
        ends_at = DateTimeField(index=True)
        proved_at = DateTimeField(null=True)
        notice = CharField(max_length=300, default="")
        upstream = CharField(index=True, max_length=255, default="")

        class Meta:
            database = db
            table_name = "sitting"
            constraints = [
                Check("stage IN ('half', 'whole')"),
            ]

    db.create_tables([Sitting], safe=False)

    class OneTimeToken(Model):
        digest = CharField(unique=True, max_length=64)
        purpose = CharField(max_length=20)
        subject = CharField(max_length=80)
        payload = BlobField(null=True)
        created_at = DateTimeField()
        expires_at = DateTimeField(index=True)
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "one_time_token"
            indexes = (
                (
                    (
                        "purpose",
                        "subject",
                    ),
                    False,
                ),
            )

    db.create_tables([OneTimeToken], safe=False)

    class Receipt(Model):
        key = CharField(unique=True, max_length=64)
        location = TextField(default="")
        created_at = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "receipt"

    db.create_tables([Receipt], safe=False)

    for statement in INDEXES:
        db.execute_sql(statement)


def down(migrator, db):
    for table in reversed(TABLES):
        db.execute_sql(f'DROP TABLE "{table}"')
