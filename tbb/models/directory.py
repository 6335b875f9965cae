"""What is stored of the directory: municipalities, organizers, schools and units with their names and numbers."""

from __future__ import annotations

from peewee import BooleanField, CharField, Check, DateField, DoubleField, ForeignKeyField, IntegerField, TextField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.kinds import Kind, OrganizerKind, Status


def one_of(column: str, codes: type) -> Check:
    """A check constraint that lets only the enum's codes into a column."""
    listed = ", ".join(f"'{code.value}'" for code in codes)
    return Check(f"{column} IN ({listed})")


class Municipality(BaseModel):
    """A municipality, by SCB's four-digit code; the nine of Sörmland take part."""

    code = CharField(max_length=4, unique=True)
    name = CharField(max_length=80)
    legal_name = CharField(max_length=120, default="")
    orgnr = CharField(max_length=10, default="")
    slug = CharField(max_length=80, unique=True)
    sort_key = CharField(max_length=200, index=True)
    participates = BooleanField(default=False)
    website = CharField(max_length=300, default="")
    switchboard = CharField(max_length=40, default="")
    concern_phone = CharField(max_length=40, default="")
    concern_hours = CharField(max_length=200, default="")
    concern_url = CharField(max_length=300, default="")
    after_hours_phone = CharField(max_length=40, default="")


class Organizer(BaseModel):
    """A huvudman: a municipality, the region, or an independent (enskild) one."""

    name = CharField(max_length=200)
    kind = CharField(max_length=20)
    orgnr = CharField(max_length=10, null=True, unique=True)
    municipality = ForeignKeyField(Municipality, null=True, backref="organizers", on_delete="RESTRICT")
    website = CharField(max_length=300, default="")
    email = CharField(max_length=254, default="")
    phone = CharField(max_length=40, default="")

    class Meta:
        constraints = [one_of("kind", OrganizerKind)]


class School(BaseModel):
    """The school that several units belong to: families know the school, not its units."""

    name = CharField(max_length=200)
    municipality = ForeignKeyField(Municipality, backref="schools", on_delete="RESTRICT")

    class Meta:
        indexes = ((("municipality", "name"), True),)


class Unit(BaseModel):
    """A unit that children, guardians and staff can turn to. Empty text means: not known."""

    kind = CharField(max_length=30)
    name = CharField(max_length=200)
    display_name = CharField(max_length=200, default="")
    slug = CharField(max_length=120, unique=True)
    municipality = ForeignKeyField(Municipality, backref="units", on_delete="RESTRICT")
    organizer = ForeignKeyField(Organizer, null=True, backref="units", on_delete="RESTRICT")
    school = ForeignKeyField(School, null=True, backref="units", on_delete="SET NULL")
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
    status = CharField(max_length=10, default=Status.ACTIVE)
    valid_from = DateField(null=True)
    valid_to = DateField(null=True)
    provenance = TextField(default="{}")
    sort_key = CharField(max_length=400, index=True)
    folded = CharField(max_length=400, index=True)
    updated_at = UtcDateTimeField()

    class Meta:
        constraints = [one_of("kind", Kind), one_of("status", Status)]
        indexes = ((("municipality", "kind", "status"), False), (("status", "sort_key", "id"), False))

    @property
    def label(self) -> str:
        """The name people know: set by hand, else the register's."""
        return self.display_name or self.name


class UnitId(BaseModel):
    """A unit's number in a register: skolenhetskod, Skolverket's preschool number, or our own."""

    unit = ForeignKeyField(Unit, backref="ids", on_delete="CASCADE")
    scheme = CharField(max_length=20)
    value = CharField(max_length=40)

    class Meta:
        indexes = ((("scheme", "value"), True),)


class UnitAlias(BaseModel):
    """Another name people use for a unit."""

    unit = ForeignKeyField(Unit, backref="aliases", on_delete="CASCADE")
    name = CharField(max_length=200)

    class Meta:
        indexes = ((("unit", "name"), True),)


class UnitSlug(BaseModel):
    """An address a unit had before; it redirects for ever."""

    unit = ForeignKeyField(Unit, backref="old_slugs", on_delete="CASCADE")
    slug = CharField(max_length=120, unique=True)

    class Meta:
        table_name = "former_slug"  # "unit_slug" is the name of an index already
