"""Putting two people's words together: what the page shows when somebody else has saved the same answers meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tbb.forms.mapping import SealedForm
from tbb.forms.meeting_records import RecordForm
from tbb.services import case_names
from tbb.services.sealed_fields import Conflict, Field


@dataclass(frozen=True)
class Both:
    """One answer that two have changed. `choice` is one of a few; then there is nothing to put together."""

    name: str
    id: str
    label: str
    mine: str
    theirs: str
    together: str
    choice: bool
    options: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Names:
    """How the answers of a thing are named, and which of them are one of a few."""

    full_name: Callable[[str], str] = case_names.full_name
    in_words: Callable[[str, str], str] = case_names.in_words
    is_choice: Callable[[str], bool] = lambda name: name.endswith((".level", ".on"))


def merged(form: SealedForm | RecordForm, conflicts: Iterable[Conflict], names: Names | None = None) -> dict[str, Any]:
    """Give the merge page what it shows: the conflicts, `seen` of their newest versions, and what is sent along.

    A mark that hides something from guardians stays when either has set it. Nothing has been saved yet, so all other
    answers that were changed are sent along, with the versions they were shown in.
    """
    found = {conflict.name: conflict for conflict in conflicts}
    rest = {name: text for name, text in form.answers().items() if name not in found}
    rest |= {name: "1" for name in found if name.endswith(".hidden")}
    both = [_both(conflict, names or Names()) for name, conflict in found.items() if not name.endswith(".hidden")]
    seen = form.seen_after({name: Field(conflict.theirs, conflict.version) for name, conflict in found.items()})
    return {"both": both, "rest": rest, "seen": seen, "marks": any(name.endswith(".hidden") for name in found)}


def together(mine: str, theirs: str) -> str:
    """Put two texts after one another, unless one holds the other."""
    if mine in theirs:
        return theirs
    return mine if theirs in mine else f"{theirs}\n\n{mine}"


def _both(conflict: Conflict, names: Names) -> Both:
    name, choice = conflict.name, names.is_choice(conflict.name)
    options = ()
    if choice:
        said = (("theirs", conflict.theirs), ("mine", conflict.mine))
        options = tuple((who, text, names.in_words(name, text) or "Inget") for who, text in said)
    return Both(
        name=name,
        id=name.replace(".", "-"),
        label=names.full_name(name),
        mine=conflict.mine,
        theirs=conflict.theirs,
        together=together(conflict.mine, conflict.theirs),
        choice=choice,
        options=options,
    )
