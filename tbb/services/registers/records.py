"""What a source says about units, people and municipalities, before anybody compares it with what is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date


class NotUnderstood(Exception):
    """A whole file that cannot be read; the message is a Swedish sentence, and nothing has changed."""

    def __init__(self, file: str, reason: str):
        super().__init__(f"{file}: {reason}" if file else reason)
        self.file = file
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong on a line. A note (`error` false) tells of something left out on purpose."""

    file: str
    line: int
    field: str
    reason: str
    error: bool = True

    def __str__(self) -> str:
        where = f"{self.file}, rad {self.line}" if self.line else self.file
        return f"{where}, {self.field}: {self.reason}" if self.field else f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Source:
    """A register or list. A higher `rank` may change what a lower one said, never the other way round."""

    code: str
    name: str
    rank: int
    scheme: str


HAND = "hand"
GUESS = "gissning"
SOURCES = {
    source.code: source
    for source in (
        Source(GUESS, "en gissning", 0, ""),
        Source("slutbetyg", "Skolverkets slutbetyg i årskurs 9", 10, "skolenhetskod"),
        Source("forskolor", "Skolverkets uppgifter om förskolor", 20, "forskole_id"),
        Source("planned-educations", "Utbildningsguiden", 30, "skolenhetskod"),
        Source("skoldata", "öppna skoldata", 35, "own"),
        Source("skolenhetsregistret", "Skolenhetsregistret", 40, "skolenhetskod"),
        Source("egen-lista", "egen lista", 50, "own"),
        Source("kommuner", "lista över kommuner", 50, ""),
    )
}


def source_name(code: str) -> str:
    """Name a source for people; the code itself for one that is not known any more."""
    if code == HAND:
        return "satt för hand"
    return SOURCES[code].name if code in SOURCES else code


def source_rank(code: str) -> int:
    """Tell how much a source's word weighs; an unknown one weighs little, and the hand most."""
    if code == HAND:
        return 1000
    return SOURCES[code].rank if code in SOURCES else 5


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """What one source says of one unit. None means that the source says nothing, not that there is nothing."""

    source: str
    file: str = ""
    line: int = 0
    scheme: str | None = None
    value: str | None = None
    kind: str | None = None
    name: str | None = None
    municipality_code: str | None = None
    municipality_name: str | None = None
    organizer_name: str | None = None
    organizer_orgnr: str | None = None
    organizer_kind: str | None = None
    school_name: str | None = None
    street: str | None = None
    postal_code: str | None = None
    place: str | None = None
    post_street: str | None = None
    post_postal_code: str | None = None
    post_place: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    head_name: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    grade_from: int | None = None
    grade_to: int | None = None
    age_from: int | None = None
    age_to: int | None = None
    status: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    guessed: frozenset[str] = field(default=frozenset())

    @property
    def key(self) -> tuple[str, str] | None:
        """The register number, or None for a row that is known by what it is and where."""
        return (self.scheme, self.value) if self.scheme and self.value else None


PLAIN_FIELDS = (
    "kind", "name", "street", "postal_code", "place", "post_street", "post_postal_code", "post_place", "phone",
    "email", "website", "head_name", "latitude", "longitude", "grade_from", "grade_to", "age_from", "age_to",
    "status", "valid_from", "valid_to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A public work contact. With `protected`, only the function and the switchboard are filled in."""

    name: str = ""
    title: str = ""
    phone: str = ""
    email: str = ""
    phone_hours: str = ""
    languages: str = ""
    protected: bool = False
    function_name: str = ""
    switchboard: str = ""


@dataclass(frozen=True, slots=True)
class ResponsibleRecord:
    """That a person is BBA, deputy or holiday contact of the unit that the same row is about."""

    unit: UnitRecord
    role: str
    person: PersonRecord
    mandate: str = ""
    mandate_by: str = ""
    mandate_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class MunicipalityRecord:
    """What a source says of a municipality, such as where a report of concern is made."""

    source: str
    file: str = ""
    line: int = 0
    code: str = ""
    name: str | None = None
    legal_name: str | None = None
    orgnr: str | None = None
    website: str | None = None
    switchboard: str | None = None
    concern_phone: str | None = None
    concern_hours: str | None = None
    concern_url: str | None = None
    after_hours_phone: str | None = None
    participates: bool | None = None


MUNICIPALITY_FIELDS = (
    "name", "legal_name", "orgnr", "website", "switchboard", "concern_phone", "concern_hours", "concern_url",
    "after_hours_phone", "participates",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Records:
    """All that the files say, in the order of the files."""

    units: tuple[UnitRecord, ...] = ()
    responsible: tuple[ResponsibleRecord, ...] = ()
    municipalities: tuple[MunicipalityRecord, ...] = ()

    @classmethod
    def joined(cls, parts: Iterable[Records]) -> Records:
        """Put what several files say after one another."""
        parts = list(parts)
        return cls(
            tuple(unit for part in parts for unit in part.units),
            tuple(entry for part in parts for entry in part.responsible),
            tuple(entry for part in parts for entry in part.municipalities),
        )

    def __len__(self) -> int:
        return len(self.units) + len(self.responsible) + len(self.municipalities)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a recogniser made of one file."""

    records: Records
    errors: tuple[RowError, ...] = ()
