"""The library of metodstöd, words to find things by, and newsletters with their readers."""

from peewee import (
    BlobField,
    CharField,
    Check,
    CompositeKey,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

TABLES = (
    "material",
    "material_version",
    "content_word",
    "newsletter",
    "newsletter_section",
    "subscriber",
    "suppression",
    "newsletter_letter",
)
INDEXES = ("CREATE INDEX content_word_of ON content_word (word)",)


def up(migrator, db):
    class Organizer(Model):
        class Meta:
            database = db
            table_name = "organizer"

    class Picture(Model):
        class Meta:
            database = db
            table_name = "picture"

    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class MediaFile(Model):
        class Meta:
            database = db
            table_name = "media_file"

    class Municipality(Model):
        class Meta:
            database = db
            table_name = "municipality"

    class Article(Model):
        class Meta:
            database = db
            table_name = "article"

    class Happening(Model):
        class Meta:
            database = db
            table_name = "happening"

    class Material(Model):
        key = CharField(unique=True, max_length=32)
        slug = CharField(unique=True, max_length=120)
        short = CharField(unique=True, max_length=12)
        kind = CharField(max_length=12)
        state = CharField(max_length=10, default="draft")
        organizer = ForeignKeyField(Organizer, null=True, on_delete="SET NULL")
        title = CharField(max_length=120)
        lead = TextField(default="")
        body = TextField(default="")
        owner_name = CharField(max_length=120, default="")
        audience = CharField(max_length=120, default="")
        areas = CharField(max_length=80, default="")
        level = CharField(max_length=12, default="")
        standing = CharField(max_length=12, default="")
        language = CharField(max_length=5, default="sv")
        cover = ForeignKeyField(Picture, null=True, on_delete="SET NULL")
        version = IntegerField(default=1)
        author = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        created_at = DateTimeField()
        saved_at = DateTimeField()
        published_at = DateTimeField(null=True)
        changed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "material"
            constraints = [
                Check("kind IN ('film', 'work', 'symbols', 'form', 'report')"),
                Check("state IN ('draft', 'review', 'scheduled', 'published', 'withdrawn')"),
                Check("level IN ('', 'promotive', 'preventive', 'remedial')"),
                Check("standing IN ('', 'pilot', 'evaluated', 'included')"),
            ]

    db.create_tables([Material], safe=False)

    class MaterialVersion(Model):
        material = ForeignKeyField(Material, on_delete="CASCADE")
        number = IntegerField()
        dated = DateField()
        file = ForeignKeyField(MediaFile, null=True, on_delete="RESTRICT")
        captions = ForeignKeyField(MediaFile, null=True, on_delete="SET NULL")
        url = CharField(max_length=300, default="")
        transcript = TextField(default="")
        note = CharField(max_length=200, default="")
        by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        at = DateTimeField()
        published_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "material_version"
            constraints = [
                Check("file_id IS NOT NULL OR url <> ''"),
            ]
            indexes = ((("material", "number"), True),)

    db.create_tables([MaterialVersion], safe=False)

    class ContentWord(Model):
        thing = CharField(max_length=50)
        word = CharField(max_length=60)
        weight = IntegerField()

        class Meta:
            database = db
            table_name = "content_word"
            primary_key = CompositeKey("thing", "word")
            constraints = [
                Check("weight > 0"),
            ]

    db.create_tables([ContentWord], safe=False)

    class Newsletter(Model):
        key = CharField(unique=True, max_length=32)
        slug = CharField(unique=True, max_length=120)
        organizer = ForeignKeyField(Organizer, null=True, on_delete="SET NULL")
        title = CharField(max_length=120)
        term = CharField(max_length=6)
        lead = TextField(default="")
        language = CharField(max_length=5, default="sv")
        state = CharField(max_length=10, default="draft")
        topics = CharField(max_length=200, default="")
        places = CharField(max_length=200, default="")
        rendered = TextField(default="")
        pdf = ForeignKeyField(MediaFile, null=True, on_delete="SET NULL")
        version = IntegerField(default=1)
        author = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        created_at = DateTimeField()
        saved_at = DateTimeField()
        send_at = DateTimeField(null=True)
        began_at = DateTimeField(null=True)
        sent_at = DateTimeField(null=True)
        published_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "newsletter"
            constraints = [
                Check("state IN ('draft', 'scheduled', 'queued', 'sending', 'paused', 'sent', 'added')"),
            ]

    db.create_tables([Newsletter], safe=False)

    class NewsletterSection(Model):
        newsletter = ForeignKeyField(Newsletter, on_delete="CASCADE")
        position = IntegerField()
        kind = CharField(max_length=12)
        title = CharField(max_length=120, default="")
        body = TextField(default="")
        municipality = ForeignKeyField(Municipality, null=True, on_delete="SET NULL")
        article = ForeignKeyField(Article, null=True, on_delete="SET NULL")
        happening = ForeignKeyField(Happening, null=True, on_delete="SET NULL")
        material = ForeignKeyField(Material, null=True, on_delete="SET NULL")
        picture = ForeignKeyField(Picture, null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "newsletter_section"
            constraints = [
                Check(
                    "kind IN ('current', 'ahead', 'independent', 'inspiration', 'sip', 'methods', 'webinar',"
                    " 'contact', 'own')"
                ),
            ]

    db.create_tables([NewsletterSection], safe=False)

    class Subscriber(Model):
        key = CharField(unique=True, max_length=32)
        email = BlobField()
        digest = CharField(unique=True, max_length=64)
        topics = CharField(max_length=200, default="")
        places = CharField(max_length=200, default="")
        language = CharField(max_length=5, default="sv")
        basis = CharField(max_length=200)
        confirmed_at = DateTimeField()
        changed_at = DateTimeField()
        soft_bounces = IntegerField(default=0)
        bounced_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "subscriber"

    db.create_tables([Subscriber], safe=False)

    class Suppression(Model):
        digest = CharField(unique=True, max_length=64)
        why = CharField(max_length=12)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "suppression"
            constraints = [
                Check("why IN ('bounced', 'complained', 'asked')"),
            ]

    db.create_tables([Suppression], safe=False)

    class NewsletterLetter(Model):
        newsletter = ForeignKeyField(Newsletter, on_delete="CASCADE")
        digest = CharField(max_length=64)
        dedupe = CharField(unique=True, max_length=120)
        at = DateTimeField()
        ended = CharField(max_length=12, default="")

        class Meta:
            database = db
            table_name = "newsletter_letter"
            constraints = [
                Check("ended IN ('', 'bounced', 'complained', 'unsubscribed')"),
            ]
            indexes = ((("newsletter", "digest"), True),)

    db.create_tables([NewsletterLetter], safe=False)

    for statement in INDEXES:
        db.execute_sql(statement)


def down(migrator, db):
    for table in reversed(TABLES):
        db.execute_sql(f'DROP TABLE "{table}"')
