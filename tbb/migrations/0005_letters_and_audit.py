"""Letters are made by template and keep their facts sealed; the audit tells more; what visitors tell has a state."""

import hashlib
import json

from peewee import (
    BlobField,
    BooleanField,
    CharField,
    DateTimeField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)

from tbb.database import keyring, rows, run

INDEXES = (
    "CREATE INDEX audit_row_by_actor ON audit_row (actor, at)",
    "CREATE INDEX audit_row_by_thing ON audit_row (thing, thing_id)",
    "CREATE INDEX audit_row_by_time ON audit_row (at)",
)
AUDIT_COLUMNS = (
    ("scheme", "INTEGER NOT NULL DEFAULT 1"),
    ("duty", "VARCHAR(20) NOT NULL DEFAULT ''"),
    ("unit", "INTEGER"),
    ("organizer", "INTEGER"),
    ("outcome", "VARCHAR(10) NOT NULL DEFAULT 'done'"),
    ("request", "VARCHAR(16) NOT NULL DEFAULT ''"),
    ("client", "VARCHAR(20) NOT NULL DEFAULT ''"),
)
FEEDBACK_COLUMNS = (
    ("state", "VARCHAR(10) NOT NULL DEFAULT 'new'"),
    ("answered_at", "{moment}"),
    ("answer", "{blob}"),
)
KEPT_OF_LETTERS = (
    "id, dedupe, recipient, message_id, state, attempts, next_at, leased_until, last_problem, created_at, sent_at"
)


def up(migrator, db):
    moment, blob = ("DATETIME", "BLOB") if isinstance(db, SqliteDatabase) else ("TIMESTAMP", "BYTEA")
    for table, columns in (("audit_row", AUDIT_COLUMNS), ("feedback", FEEDBACK_COLUMNS)):
        for name, kind in columns:
            db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {kind.format(moment=moment, blob=blob)}')
    letters_by_template(db)
    for statement in INDEXES:
        db.execute_sql(statement)


def letters_by_template(db):
    """Let letters say what they say by a template; those that wait keep their words, sealed."""
    before = rows(f"SELECT {KEPT_OF_LETTERS}, subject, body FROM letter ORDER BY id")
    db.execute_sql('DROP TABLE "letter"')

    class Letter(Model):
        dedupe = CharField(unique=True, max_length=120)
        recipient = CharField(max_length=254)
        template = CharField(max_length=40)
        facts = BlobField(null=True)
        language = CharField(max_length=5, default="sv")
        message_id = CharField(unique=True, max_length=120)
        state = CharField(max_length=12, default="queued")
        rather_twice = BooleanField(default=False)
        attempts = IntegerField(default=0)
        next_at = DateTimeField()
        leased_until = DateTimeField(null=True)
        last_problem = CharField(max_length=200, default="")
        created_at = DateTimeField()
        sent_at = DateTimeField(null=True)
        bounced_at = DateTimeField(null=True)
        remark = CharField(max_length=300, default="")

        class Meta:
            database = db
            table_name = "letter"
            indexes = (
                (
                    (
                        "state",
                        "next_at",
                    ),
                    False,
                ),
            )

    db.create_tables([Letter], safe=False)

    for *kept, subject, body in before:
        facts = keyring().seal(json.dumps({"subject": subject, "body": body}), place(kept[1])) if body else None
        run(
            f"INSERT INTO letter ({KEPT_OF_LETTERS}, template, facts, language, rather_twice, remark)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'plain', ?, 'sv', ?, '')",
            (*kept, facts, False),
        )
    _count_on(db)


def letters_by_words(db):
    """Let letters hold their words again; only those that came with words can have them back."""
    before = rows(f"SELECT {KEPT_OF_LETTERS}, template, facts FROM letter ORDER BY id")
    db.execute_sql('DROP TABLE "letter"')

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

    db.create_tables([Letter], safe=False)
    for *kept, template, facts in before:
        plain = template == "plain" and facts is not None
        words = json.loads(keyring().open(facts, place(kept[1]))) if plain else {"subject": template, "body": ""}
        run(
            f"INSERT INTO letter ({KEPT_OF_LETTERS}, subject, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*kept, words["subject"], words["body"]),
        )
    _count_on(db)


def place(dedupe):
    """Where a letter's facts belong, as `tbb.services.letters` seals them."""
    return f"letter.facts:{hashlib.sha256(dedupe.encode()).hexdigest()[:32]}"


def _count_on(db):
    """After rows were put in with their numbers, let PostgreSQL count on from the last one."""
    if not isinstance(db, SqliteDatabase):
        db.execute_sql(
            "SELECT setval(pg_get_serial_sequence('letter', 'id'),"
            " (SELECT COALESCE(MAX(id), 0) + 1 FROM letter), false)"
        )


def down(migrator, db):
    letters_by_words(db)
    for statement in INDEXES:
        name = statement.split(" ON ")[0].split()[-1]
        db.execute_sql(f"DROP INDEX {name}")
    for table, columns in (("audit_row", AUDIT_COLUMNS), ("feedback", FEEDBACK_COLUMNS)):
        for name, _kind in reversed(columns):
            db.execute_sql(f'ALTER TABLE "{table}" DROP COLUMN "{name}"')
