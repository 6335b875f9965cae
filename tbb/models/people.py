"""Who answers for a unit, from when to when, and with what mandate. Public work contact only."""

from __future__ import annotations

from peewee import SQL, BooleanField, CharField, Check, DateField, ForeignKeyField

from tbb.database import BaseModel
from tbb.models.directory import Unit, one_of
from tbb.models.kinds import Role


class Person(BaseModel):
    """Somebody's work contact. With a protected identity only the function and a switchboard are kept."""

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
        constraints = [
            Check("NOT protected OR (name = '' AND phone = '' AND email = '')"),
            Check("phone <> '' OR email <> '' OR switchboard <> ''"),
        ]

    @property
    def label(self) -> str:
        """What to call them in public."""
        return self.function_name if self.protected else self.name


class Responsibility(BaseModel):
    """A person's part in a unit for a time. The database lets no two BBA of one unit overlap (R1)."""

    unit = ForeignKeyField(Unit, backref="responsibilities", on_delete="CASCADE")
    person = ForeignKeyField(Person, backref="responsibilities", on_delete="RESTRICT")
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
        constraints = [
            one_of("role", Role),
            Check("mandate IN ('', 'decision_maker', 'delegated')"),
            Check("role <> 'bba' OR mandate <> ''"),
            Check("mandate <> 'delegated' OR mandate_by <> ''"),
            Check("ends_on IS NULL OR ends_on >= starts_on"),
            Check("away_from IS NULL OR away_until IS NULL OR away_until >= away_from"),
        ]


Responsibility.add_index(
    Responsibility.index(
        Responsibility.unit,
        unique=True,
        where=SQL("role = 'bba' AND ends_on IS NULL"),
        name="responsibility_one_open_bba",
    )
)
Responsibility.add_index(
    Responsibility.index(
        Responsibility.unit, Responsibility.role, Responsibility.starts_on, name="responsibility_of_unit"
    )
)
