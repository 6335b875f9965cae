"""A consent as a matrix of service, person and area: what each has said to what, and what may be shared by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tbb import clock
from tbb.models import Case
from tbb.models.kinds import Answer
from tbb.services import consents
from tbb.services.consents import ALONE, CHILD, HEARD, WHO, Party, Shown
from tbb.services.wheel_texts import AREAS


class Said(StrEnum):
    """What one person has said to one cell. Some need not be asked; what they say of themselves is heard."""

    YES = "yes"
    NO = "no"
    TAKEN_BACK = "taken_back"
    NOT_ASKED = "not_asked"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class Cell:
    """One person's word on one service: wholly (`area` is ""), or on one area. `number` names it in addresses.

    `alone` is whether they have said no to just this, having said yes to the rest.
    """

    number: int
    who: str
    area: str
    said: Said
    at: datetime | None = None
    may_withdraw: bool = False
    alone: bool = False


@dataclass(frozen=True)
class Line:
    """One area of one service: what each has said, and whether it may be shared today."""

    area: str
    cells: tuple[Cell, ...]
    shared: bool


@dataclass(frozen=True)
class Service:
    """One service that a consent names. `why` tells why nothing may be shared, by a key of consents.WHY_NOT."""

    unit: int
    label: str
    whole: tuple[Cell, ...]
    lines: tuple[Line, ...]
    kinds: tuple[str, ...]
    left_out: tuple[str, ...]
    why: str

    @property
    def shared(self) -> tuple[str, ...]:
        """The areas that may be shared with it today."""
        return tuple(line.area for line in self.lines if line.shared)

    @property
    def noes(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Who has said no to just this service: to all of it (no areas are named), or to some areas."""
        found = []
        for place, whole in enumerate(self.whole):
            areas = tuple(line.area for line in self.lines if line.cells[place].alone)
            if whole.alone or areas:
                found.append((whole.who, () if whole.alone else areas))
        return tuple(found)

    @property
    def closed(self) -> tuple[str, ...]:
        """The areas that may not: somebody has said no, or they were never named."""
        shared = self.shared
        return tuple(area for area in AREAS if area not in shared)


@dataclass(frozen=True)
class Matrix:
    """The version of a consent that counts, cell by cell. `both` is whether every guardian's yes is needed."""

    consent: Shown
    who: tuple[str, ...]
    services: tuple[Service, ...]
    both: bool
    why: str


def of_case(case: Case) -> Matrix | None:
    """Show the newest version of a case's consent as a matrix; None before there is one."""
    shown = consents.of_case(case)
    return matrix(shown[0], consents.rule_of(case)) if shown else None


def matrix(shown: Shown, rule: str) -> Matrix:
    """Show one version as a matrix; `rule` says whether one guardian's yes is enough."""
    why = _why(shown, rule)
    return Matrix(
        consent=shown,
        who=tuple(who for who in WHO if who in shown.voices),
        services=tuple(_service(shown, party, why) for party in shown.parties),
        both=rule != "one",
        why=why,
    )


def cell(case: Case, number: int) -> tuple[Matrix, Service, Cell] | None:
    """Find a cell of the version that counts, if it is a yes that can be taken back."""
    found = of_case(case)
    for service in found.services if found else ():
        for each in (*service.whole, *(cell for line in service.lines for cell in line.cells)):
            if each.number == number and each.may_withdraw:
                return found, service, each
    return None


def _why(shown: Shown, rule: str) -> str:
    if shown.withdrawn_at is not None:
        return "withdrawn"
    if shown.ends_on < clock.today():
        return "ended"
    return consents.unsaid(shown.voices, shown.maturity, rule)


def _service(shown: Shown, party: Party, why: str) -> Service:
    still = () if why else party.open_areas(consents.deciders(shown.voices, shown.maturity))
    people = [who for who in WHO if who in shown.voices]
    return Service(
        unit=party.unit,
        label=party.label,
        whole=tuple(_cell(shown, party, who, "") for who in people),
        lines=tuple(
            Line(area, tuple(_cell(shown, party, who, area) for who in people), area in still) for area in party.areas
        ),
        kinds=party.kinds,
        left_out=tuple(area for area in AREAS if area not in party.areas),
        why=why or ("" if still else "cell"),
    )


def _cell(shown: Shown, party: Party, who: str, area: str) -> Cell:
    number = party.number * 24 + WHO.index(who) * 8 + (1 + AREAS.index(area) if area else 0)
    said, at = _said(shown, who), None
    nos = [no for no in party.noes if no.who == who and no.area in ("", area)]
    if shown.withdrawn_at is not None:
        said, at = Said.TAKEN_BACK, shown.withdrawn_at
    elif nos:
        said, at = (Said.TAKEN_BACK, nos[0].withdrawn_at) if nos[0].withdrawn_at else (Said.NO, None)
    may_withdraw = said == Said.YES and shown.newest
    return Cell(number, who, area, said, at, may_withdraw, alone=bool(nos))


def _said(shown: Shown, who: str) -> Said:
    answer = shown.voices[who].answer
    if answer != Answer.NOT_ASKED:
        return Said(str(answer))
    needs_none = (who != CHILD and shown.maturity == ALONE) or (who == CHILD and shown.maturity == HEARD)
    return Said.NOT_NEEDED if needs_none else Said.NOT_ASKED
