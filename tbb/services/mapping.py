"""The mapping (kartläggning) of a case: its sealed fields by name, saving them, and what a decision still lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Case, Wheel
from tbb.models.kinds import CaseEventKind, CaseState, WheelTemplate
from tbb.policy import Actor, Permission, require
from tbb.services import audit, case_files, case_names, case_shelf, sealed_fields
from tbb.services.wheel_texts import AREAS

VOICES = ("voice.own", "voice.guardians", "voice.child")
"""Of whom the mapping asks, besides the one who informed (R10)."""
PARTS = ("level", "see", "child", "strength", "hidden")
"""What is said of each area."""
FACTORS = ("factor.disability", "factor.illness", "factor.economy")
"""What else to think of, so that it is not only about psychological ill health (domain A5)."""
ABSENCE_STEPS = tuple(case_names.STEPS)
NO_VOICE = "voice.child.none"
MAPPING_FIELDS = (
    *(f"{voice}{more}" for voice in VOICES for more in ("", ".hidden")),
    NO_VOICE,
    *(f"now.{area}.{part}" for area in AREAS for part in PARTS),
    *FACTORS,
)
ABSENCE_FIELDS = tuple(f"absence.{step}.{part}" for step in ABSENCE_STEPS for part in ("on", "text", "child"))
QUESTIONS = tuple(range(1, 6))
QUESTION_FIELDS = tuple(f"question.{number}{more}" for number in QUESTIONS for more in ("", ".none"))
KNOWN = frozenset((*MAPPING_FIELDS, *ABSENCE_FIELDS, *QUESTION_FIELDS))
"""Every field that may be saved here. What is decided has fields of its own; see outcomes."""


class NotReceived(Exception):
    """Nobody has received the case yet; that comes first."""


class Closed(Exception):
    """The case is closed. It must be opened again before anything is changed."""


@transaction
def save(
    actor: Actor, case: Case, answers: Mapping[str, str], seen: Mapping[str, int] | None = None
) -> tuple[str, ...]:
    """Save answers of the mapping and name those that changed; the first ones make the case one that is mapped.

    `seen` gives the version that each answer had when it was shown. Raises sealed_fields.Overtaken when one has
    changed since, NotReceived, Closed, Refused, and ValueError for a field that is not the mapping's.
    """
    require(actor, Permission.MAP_CASE, case_shelf.place_of(case))
    if unknown := set(answers) - KNOWN:
        raise ValueError(f"The mapping has no fields named {sorted(unknown)}.")
    stands = latest(case)
    open_for_work(stands)
    changed = sealed_fields.save(stands, answers, by=actor.account, seen=seen)
    if not changed:
        return ()
    if stands.state == CaseState.RECEIVED:
        Case.update(state=CaseState.MAPPING, mapping_at=clock.now()).where(Case.id == stands.id).execute()
        case_files.note_event(actor, stands, CaseEventKind.MAPPING)
    else:
        Case.update(touched_at=clock.now(), version=Case.version + 1).where(Case.id == stands.id).execute()
    if any(name.endswith(".level") for name in changed):
        refresh_card(stands)
    # Which areas were written about says something of the child, so the audit names only the parts.
    parts = {name.partition(".")[0] for name in changed}
    audit.record(actor, "case:map", "case", stands.reference, place=case_shelf.place_of(stands), fields=parts)
    return changed


def latest(case: Case) -> Case:
    """Within a transaction, read a case as it stands, once nobody else is changing it."""
    one_at_a_time(f"case:{case.id}")
    return load(Case, "id = ?", (case.id,))[0]


def open_for_work(case: Case) -> None:
    """Let through a case that is received and not closed; raise NotReceived or Closed."""
    if case.state == CaseState.SENT:
        raise NotReceived
    if case.state == CaseState.CLOSED:
        raise Closed


def levels_now(texts: Mapping[str, str]) -> dict[str, str]:
    """How each area is by the mapping's own wheel; empty when it has none."""
    return {area: texts[f"now.{area}.level"] for area in AREAS if texts.get(f"now.{area}.level")}


def refresh_card(case: Case) -> None:
    """Within the caller's transaction, let lists show the levels of the mapping, else of the newest wheel."""
    levels = levels_now(sealed_fields.texts(case)) or _levels_of_newest_wheel(case)
    case_files.keep_card(case, replace(case_files.card_of(case), levels=levels))


def missing(texts: Mapping[str, str]) -> tuple[str, ...]:
    """Name what a decision still lacks: ``question.N`` without answer or reason (R11), ``voice.child`` (R10)."""

    def said(name: str, instead: str) -> bool:
        return bool(texts.get(name, "").strip() or texts.get(instead, "").strip())

    asked = [f"question.{number}" for number in QUESTIONS]
    lacking = [name for name in asked if not said(name, f"{name}.none")]
    return tuple(lacking if said("voice.child", NO_VOICE) else [*lacking, "voice.child"])


def follows_absence(case: Case) -> bool:
    """Whether a wheel of the case is of the template for extensive absence."""
    return bool(rows("SELECT 1 FROM wheel WHERE case_id = ? AND template = ?", (case.id, WheelTemplate.ABSENCE)))


def _levels_of_newest_wheel(case: Case) -> dict[str, str]:
    found = load(Wheel, "case_id = ? ORDER BY sent_at DESC, id DESC LIMIT 1", (case.id,))
    return case_files.card_of_wheel(case.about, sealed_fields.texts(found[0])).levels if found else {}
