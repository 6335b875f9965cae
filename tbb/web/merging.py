"""Putting two people's words together: what the page shows when somebody else has saved the same answers meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms.fields.core import Field as FormField

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


def told_apart(mine: FlaskForm, theirs: FlaskForm) -> list[tuple[str, str]]:
    """List what somebody else has saved otherwise than it is written here: (label, what is saved)."""
    mine.seen.data = theirs.seen.data  # so that saving once more is an answer to what is shown now
    return [
        (field.label.text, _in_words(field))
        for field in theirs
        if field.name in mine.data and field.name not in ("seen", "csrf_token") and not isinstance(field, FileField)
        if (field.data or "") != (mine[field.name].data or "")
    ]


def _in_words(field: FormField) -> str:
    """What a field holds, as people read it."""
    chosen = field.data if isinstance(field.data, list) else [field.data]
    names = {choice.value: choice.label for choice in getattr(field, "choices", None) or ()}
    said = ", ".join(str(names.get(one, one)) for one in chosen if one not in (None, False))
    return "Ja" if said == "True" else said or "Inget"


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
