"""Secrecy borders: whether something said of a child crosses from one authority or branch to another (domain C2)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tbb.database import load, rows
from tbb.models import OwnerRules, Unit
from tbb.models.kinds import Kind

BOARDS = {
    Kind.SOCIAL_SERVICES: "socialtjänsten",
    Kind.PUPIL_HEALTH: "elevhälsans medicinska insats",
    Kind.FAMILY_CENTRE: "familjecentralen",
    Kind.YOUTH_CLINIC: "ungdomsmottagningen",
    Kind.BVC: "barnhälsovården",
    Kind.OTHER: "annan verksamhet",
}
"""The nämnd or independent branch that each kind of unit belongs to unless its huvudman has said otherwise."""
EDUCATION = "förskola och skola"


@dataclass(frozen=True)
class Border:
    """What lies between a sender and a recipient. `why` is a sentence's end in Swedish; empty when nothing does."""

    crosses: bool
    why: str = ""


@dataclass(frozen=True)
class Rules:
    """What a huvudman has decided: whether one guardian's yes is enough, which board each kind of unit belongs to."""

    guardians: str
    boards: dict[str, str]
    regime: str


def rules_of(organizer: int | None) -> Rules:
    """Read a huvudman's rules; the county's defaults when it has decided nothing."""
    found = load(OwnerRules, "organizer_id = ?", (organizer,)) if organizer is not None else []
    if found:
        return Rules(found[0].guardians, json.loads(found[0].boards), found[0].regime)
    kind = rows("SELECT kind FROM organizer WHERE id = ?", (organizer,)) if organizer is not None else []
    return Rules("both", {}, "skollagen" if kind and kind[0][0] == "independent" else "osl")


def board_of(unit: Unit) -> str:
    """Name the nämnd or independent branch of a unit within its huvudman."""
    return rules_of(unit.organizer_id).boards.get(unit.kind) or default_board(unit.kind)


def default_board(kind: str) -> str:
    """Name the board that a kind of unit belongs to where its huvudman has said nothing."""
    return BOARDS.get(Kind(kind), EDUCATION)


def between(sender: Unit, recipient: Unit) -> Border:
    """Tell whether a secrecy border lies between two units: another huvudman, or another nämnd or branch of one."""
    if sender.organizer_id is None or sender.organizer_id != recipient.organizer_id:
        return Border(True, "mottagaren har en annan huvudman än du")
    if _same(board_of(sender)) != _same(board_of(recipient)):
        return Border(True, "mottagaren hör till en annan nämnd eller en annan verksamhetsgren än du")
    return Border(False)


def _same(board: str) -> str:
    """What makes two names of a board the same: not their letters' case nor their blanks."""
    return " ".join(board.casefold().split())
