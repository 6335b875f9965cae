"""The library of metodstöd: materials, their versions that are all kept, and words to find everything by."""

from __future__ import annotations

from peewee import CharField, Check, CompositeKey, DateField, ForeignKeyField, IntegerField, TextField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account
from tbb.models.content_kinds import ContentState, MaterialKind
from tbb.models.directory import Organizer, one_of
from tbb.models.media import MediaFile, Picture


class Material(BaseModel):
    """A film, a work material, bildstöd, a form or a report. `short` is the address for slides and posters.

    `areas` and `audience` are codes with commas between. `level` is the level of prevention, `standing` whether it is a
    pilot, being evaluated, or part of the model.
    """

    key = CharField(max_length=32, unique=True)
    slug = CharField(max_length=120, unique=True)
    short = CharField(max_length=12, unique=True)
    kind = CharField(max_length=12)
    state = CharField(max_length=10, default=ContentState.DRAFT)
    organizer = ForeignKeyField(Organizer, null=True, backref="materials", on_delete="SET NULL")
    title = CharField(max_length=120)
    lead = TextField(default="")
    body = TextField(default="")
    owner_name = CharField(max_length=120, default="")
    audience = CharField(max_length=120, default="")
    areas = CharField(max_length=80, default="")
    level = CharField(max_length=12, default="")
    standing = CharField(max_length=12, default="")
    language = CharField(max_length=5, default="sv")
    cover = ForeignKeyField(Picture, null=True, backref="material_covers", on_delete="SET NULL")
    version = IntegerField(default=1)
    author = ForeignKeyField(Account, null=True, backref="materials", on_delete="SET NULL")
    created_at = UtcDateTimeField()
    saved_at = UtcDateTimeField()
    published_at = UtcDateTimeField(null=True)
    changed_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("kind", MaterialKind),
            one_of("state", ContentState),
            Check("level IN ('', 'promotive', 'preventive', 'remedial')"),
            Check("standing IN ('', 'pilot', 'evaluated', 'included')"),
        ]


class MaterialVersion(BaseModel):
    """One version of a material: a file here, or an address elsewhere. Old ones are kept and can be reached."""

    material = ForeignKeyField(Material, backref="versions", on_delete="CASCADE")
    number = IntegerField()
    dated = DateField()
    file = ForeignKeyField(MediaFile, null=True, backref="material_versions", on_delete="RESTRICT")
    captions = ForeignKeyField(MediaFile, null=True, backref="captioned_versions", on_delete="SET NULL")
    url = CharField(max_length=300, default="")
    transcript = TextField(default="")
    note = CharField(max_length=200, default="")
    by = ForeignKeyField(Account, null=True, backref="material_versions", on_delete="SET NULL")
    at = UtcDateTimeField()
    published_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [Check("file_id IS NOT NULL OR url <> ''")]
        indexes = ((("material", "number"), True),)


class ContentWord(BaseModel):
    """That a word stands in a published article, happening, material or newsletter, and how much it weighs there."""

    thing = CharField(max_length=50)
    word = CharField(max_length=60)
    weight = IntegerField()

    class Meta:
        primary_key = CompositeKey("thing", "word")
        constraints = [Check("weight > 0")]


ContentWord.add_index(ContentWord.index(ContentWord.word, name="content_word_of"))
