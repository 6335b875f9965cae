"""The search index: every word that leads to a unit, and how strongly."""

from __future__ import annotations

from peewee import CharField, CompositeKey, ForeignKeyField, IntegerField, Model

from tbb.database import BaseModel, db
from tbb.models.directory import Unit


class Term(BaseModel):
    """A folded word, and how many units it leads to."""

    text = CharField(max_length=60, unique=True)
    df = IntegerField(default=0)


class Posting(Model):
    """One word of one unit, weighted by where it stands: name before place."""

    term = ForeignKeyField(Term, backref="postings", on_delete="CASCADE", index=False)
    unit = ForeignKeyField(Unit, backref="postings", on_delete="CASCADE", index=False)
    weight = IntegerField()

    class Meta:
        database = db
        legacy_table_names = False
        primary_key = CompositeKey("unit", "term")


Posting.add_index(Posting.index(Posting.term, Posting.weight.desc(), Posting.unit, name="posting_by_weight"))
