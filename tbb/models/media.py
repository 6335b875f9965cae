"""Pictures and files that communicators put up; their contents lie in the instance folder, under random names."""

from __future__ import annotations

from peewee import BooleanField, CharField, Check, ForeignKeyField, IntegerField, TextField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account
from tbb.models.directory import Organizer


class Picture(BaseModel):
    """A picture, made anew from its pixels in several sizes. `alt` is needed unless it is `decorative`.

    `widths` is JSON [480, 960, …]: the sizes there are, each as AVIF, WebP and JPEG. `focus_x` and `focus_y` are the
    per cent of width and height that a crop keeps in sight.
    """

    key = CharField(max_length=32, unique=True)
    organizer = ForeignKeyField(Organizer, null=True, backref="pictures", on_delete="SET NULL")
    alt = CharField(max_length=300, default="")
    decorative = BooleanField(default=False)
    credit = CharField(max_length=120, default="")
    width = IntegerField()
    height = IntegerField()
    focus_x = IntegerField(default=50)
    focus_y = IntegerField(default=50)
    widths = TextField()
    digest = CharField(max_length=64)
    by = ForeignKeyField(Account, null=True, backref="pictures", on_delete="SET NULL")
    at = UtcDateTimeField()

    class Meta:
        constraints = [
            Check("focus_x BETWEEN 0 AND 100"),
            Check("focus_y BETWEEN 0 AND 100"),
            Check("decorative OR alt <> ''"),
        ]


class MediaFile(BaseModel):
    """A file to fetch or to play: a document, a film, captions. `findings` is JSON: what looking through it showed.

    `name` is what it is called when fetched, `kind` what its content is, whatever its name said.
    """

    key = CharField(max_length=32, unique=True)
    organizer = ForeignKeyField(Organizer, null=True, backref="files", on_delete="SET NULL")
    name = CharField(max_length=120)
    kind = CharField(max_length=10)
    content_type = CharField(max_length=60)
    size = IntegerField()
    digest = CharField(max_length=64)
    findings = TextField(default="{}")
    by = ForeignKeyField(Account, null=True, backref="files", on_delete="SET NULL")
    at = UtcDateTimeField()

    class Meta:
        constraints = [
            Check("kind IN ('pdf', 'film', 'sound', 'captions', 'picture', 'office')"),
            Check("size >= 0"),
        ]
