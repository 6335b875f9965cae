"""Pictures, files, news, urgent messages, webinars and events."""

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
    "picture",
    "media_file",
    "article",
    "article_version",
    "writing",
    "content_rules",
    "banner",
    "last_seen",
    "happening",
    "guest",
)
INDEXES = (
    "CREATE INDEX article_by_day ON article (state, published_at)",
    "CREATE INDEX happening_by_day ON happening (state, starts_at)",
)


def up(migrator, db):
    class Organizer(Model):
        class Meta:
            database = db
            table_name = "organizer"

    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class Municipality(Model):
        class Meta:
            database = db
            table_name = "municipality"

    class Picture(Model):
        key = CharField(unique=True, max_length=32)
        organizer = ForeignKeyField(Organizer, null=True, on_delete="SET NULL")
        alt = CharField(max_length=300, default="")
        decorative = BooleanField(default=False)
        credit = CharField(max_length=120, default="")
        width = IntegerField()
        height = IntegerField()
        focus_x = IntegerField(default=50)
        focus_y = IntegerField(default=50)
        widths = TextField()
        digest = CharField(max_length=64)
        by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "picture"
            constraints = [
                Check("focus_x BETWEEN 0 AND 100"),
                Check("focus_y BETWEEN 0 AND 100"),
                Check("decorative OR alt <> ''"),
            ]

    db.create_tables([Picture], safe=False)

    class MediaFile(Model):
        key = CharField(unique=True, max_length=32)
        organizer = ForeignKeyField(Organizer, null=True, on_delete="SET NULL")
        name = CharField(max_length=120)
        kind = CharField(max_length=10)
        content_type = CharField(max_length=60)
        size = IntegerField()
        digest = CharField(max_length=64)
        findings = TextField(default="{}")
        by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "media_file"
            constraints = [
                Check("kind IN ('pdf', 'film', 'sound', 'captions', 'picture', 'office')"),
                Check("size >= 0"),
            ]

    db.create_tables([MediaFile], safe=False)

    class Article(Model):
        key = CharField(unique=True, max_length=32)
        slug = CharField(unique=True, max_length=120)
        category = CharField(max_length=15, default="news")
        state = CharField(max_length=10, default="draft")
        municipality = ForeignKeyField(Municipality, null=True, on_delete="SET NULL")
        organizer = ForeignKeyField(Organizer, null=True, on_delete="SET NULL")
        title = CharField(max_length=120)
        lead = TextField(default="")
        body = TextField(default="")
        language = CharField(max_length=5, default="sv")
        cover = ForeignKeyField(Picture, null=True, on_delete="SET NULL")
        live = TextField(default="")
        pinned = BooleanField(default=False)
        version = IntegerField(default=1)
        author = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        reviewed_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        created_at = DateTimeField()
        saved_at = DateTimeField()
        publish_at = DateTimeField(null=True)
        withdraw_at = DateTimeField(null=True)
        published_at = DateTimeField(null=True)
        changed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "article"
            constraints = [
                Check("category IN ('news', 'inspiration', 'independent', 'sip', 'methods')"),
                Check("state IN ('draft', 'review', 'scheduled', 'published', 'withdrawn')"),
                Check("state <> 'published' OR (published_at IS NOT NULL AND live <> '')"),
                Check("reviewed_by_id IS NULL OR reviewed_by_id <> author_id"),
            ]

    db.create_tables([Article], safe=False)

    class ArticleVersion(Model):
        article = ForeignKeyField(Article, on_delete="CASCADE")
        number = IntegerField()
        title = CharField(max_length=120)
        lead = TextField()
        body = TextField()
        note = CharField(max_length=120, default="")
        by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "article_version"
            indexes = ((("article", "number"), True),)

    db.create_tables([ArticleVersion], safe=False)

    class Writing(Model):
        thing = CharField(max_length=60)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "writing"
            indexes = ((("thing", "account"), True),)

    db.create_tables([Writing], safe=False)

    class ContentRules(Model):
        organizer = ForeignKeyField(Organizer, null=True, unique=True, on_delete="CASCADE")
        second_person = BooleanField(default=False)
        changed_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        changed_at = DateTimeField()

        class Meta:
            database = db
            table_name = "content_rules"

    db.create_tables([ContentRules], safe=False)

    class Banner(Model):
        text = CharField(max_length=300)
        link = CharField(max_length=300, default="")
        municipality = ForeignKeyField(Municipality, null=True, on_delete="CASCADE")
        organizer = ForeignKeyField(Organizer, null=True, on_delete="CASCADE")
        starts_at = DateTimeField()
        ends_at = DateTimeField()
        by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        ended_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "banner"
            constraints = [
                Check("ends_at > starts_at"),
            ]

    db.create_tables([Banner], safe=False)

    class LastSeen(Model):
        account = ForeignKeyField(Account, unique=True, on_delete="CASCADE")
        before_at = DateTimeField()
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "last_seen"

    db.create_tables([LastSeen], safe=False)

    class Happening(Model):
        key = CharField(unique=True, max_length=32)
        slug = CharField(unique=True, max_length=120)
        kind = CharField(max_length=12, default="webinar")
        state = CharField(max_length=10, default="draft")
        municipality = ForeignKeyField(Municipality, null=True, on_delete="SET NULL")
        organizer = ForeignKeyField(Organizer, null=True, on_delete="SET NULL")
        title = CharField(max_length=120)
        lead = TextField(default="")
        body = TextField(default="")
        audience = CharField(max_length=200, default="")
        speakers = TextField(default="")
        wall = CharField(max_length=16)
        starts_at = DateTimeField()
        ends_at = DateTimeField()
        place = CharField(max_length=200, default="")
        join_url = CharField(max_length=300, default="")
        join_from = IntegerField(default=30)
        live_on = DateField(null=True)
        recording = ForeignKeyField(MediaFile, null=True, on_delete="SET NULL")
        recording_url = CharField(max_length=300, default="")
        captions = ForeignKeyField(MediaFile, null=True, on_delete="SET NULL")
        captioned_elsewhere = BooleanField(default=False)
        transcript = TextField(default="")
        chapters = TextField(default="")
        discussion = TextField(default="")
        cover = ForeignKeyField(Picture, null=True, on_delete="SET NULL")
        sign_up = BooleanField(default=False)
        seats = IntegerField(null=True)
        uid = CharField(unique=True, max_length=80)
        sequence = IntegerField(default=0)
        version = IntegerField(default=1)
        author = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        created_at = DateTimeField()
        saved_at = DateTimeField()
        published_at = DateTimeField(null=True)
        changed_at = DateTimeField(null=True)
        called_off_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "happening"
            constraints = [
                Check("kind IN ('webinar', 'conference', 'workshop', 'course')"),
                Check("state IN ('draft', 'review', 'scheduled', 'published', 'withdrawn')"),
                Check("ends_at > starts_at"),
                Check("kind <> 'webinar' OR NOT sign_up"),
                Check("join_from BETWEEN 0 AND 10080"),
            ]

    db.create_tables([Happening], safe=False)

    class Guest(Model):
        key = CharField(unique=True, max_length=32)
        happening = ForeignKeyField(Happening, on_delete="CASCADE")
        wants = CharField(max_length=10)
        told = BlobField(null=True)
        digest = CharField(max_length=64)
        language = CharField(max_length=5, default="sv")
        asked_at = DateTimeField()
        confirmed_at = DateTimeField(null=True)
        reminded_at = DateTimeField(null=True)
        ended_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "guest"
            constraints = [
                Check("wants IN ('come', 'reminder')"),
            ]
            indexes = ((("happening", "wants", "digest"), True),)

    db.create_tables([Guest], safe=False)

    for statement in INDEXES:
        db.execute_sql(statement)


def down(migrator, db):
    for table in reversed(TABLES):
        db.execute_sql(f'DROP TABLE "{table}"')
