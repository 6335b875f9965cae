"""Barnkonsekvensanalyser: what a decision means for children. They hold no persons, so they may be shared and found."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Assessment
from tbb.policy import Actor, Permission, Place, Refused, may, require
from tbb.services import audit
from tbb.services.assessment_texts import FIELDS, FOLLOW_ON, LONGEST_TITLE, TOUCHED, missing
from tbb.services.wheel_texts import AREAS, NEWEST

MOST_LISTED = 300
DRAFT, FINISHED = "draft", "finished"


class Unfinished(Exception):
    """Something is missing before the analysis can be finished. `missing` names it, by the keys of NEEDED."""

    def __init__(self, missing: list[str]):
        super().__init__(f"{len(missing)} answers are missing.")
        self.missing = missing


class Closed(Exception):
    """The analysis is finished: it is read, and copied to a new version, but not changed."""


@dataclass(frozen=True)
class Conflict:
    """An answer that was changed in two places at once: what is kept now, and what was sent."""

    name: str
    mine: str
    theirs: str


class Overtaken(Exception):
    """Some answers have changed meanwhile, in another window; nothing was saved.

    `answers` are all answers with what both changed apart; of the conflicts they hold what was sent.
    """

    def __init__(self, conflicts: list[Conflict], answers: dict[str, str], marks: dict[str, str]):
        super().__init__(f"{len(conflicts)} answers have changed meanwhile.")
        self.conflicts, self.answers, self.marks = conflicts, answers, marks


@dataclass(frozen=True)
class Where:
    """A place where the actor may write: a unit of an organizer, or an organizer as a whole."""

    code: str
    label: str
    place: Place


@dataclass(frozen=True)
class Shown:
    """An analysis as it is read: what it says, whose it is, and what the one who reads may do."""

    key: str
    answers: dict[str, str]
    state: str
    shared: bool
    author: str
    where: str
    saved_at: datetime
    finished_at: datetime | None
    mine: bool

    @property
    def title(self) -> str:
        """What it is about."""
        return self.answers["title"]

    @property
    def finished(self) -> bool:
        """Whether it is only read now."""
        return self.state == FINISHED

    @cached_property
    def effects(self) -> dict[str, str]:
        """What the decision means for each area that has been answered, in the model's order."""
        return {area: self.answers[f"{area}.effect"] for area in AREAS if self.answers.get(f"{area}.effect")}

    @property
    def touched(self) -> tuple[str, ...]:
        """The areas that the decision changes."""
        return tuple(area for area, effect in self.effects.items() if effect in TOUCHED)

    @property
    def follow_on(self) -> date | None:
        """When it is to be followed up."""
        text = self.answers.get(FOLLOW_ON, "")
        return date.fromisoformat(text) if text else None

    @property
    def finished_on(self) -> date | None:
        """The day it was finished, in Sweden."""
        return clock.local(self.finished_at).date() if self.finished_at else None

    @property
    def due(self) -> bool:
        """Whether the day to follow it up has come."""
        return self.finished and self.follow_on is not None and self.follow_on <= clock.today()

    @property
    def marks(self) -> dict[str, str]:
        """What tells each answer from any other, for the form to give back."""
        return {name: mark_of(self.answers.get(name, "")) for name in FIELDS}

    @property
    def missing(self) -> list[str]:
        """What it still lacks before it can be finished."""
        return missing(self.answers)


SELECT = """
    SELECT a.key, a.title, a.body, a.state, a.shared, a.saved_at, a.finished_at, a.author_id, c.name,
      COALESCE(NULLIF(u.display_name, ''), u.name, o.name), a.organizer_id, a.unit_id
    FROM assessment a JOIN organizer o ON o.id = a.organizer_id LEFT JOIN unit u ON u.id = a.unit_id
    LEFT JOIN account c ON c.id = a.author_id WHERE
"""


def places(actor: Actor) -> list[Where]:
    """List where the actor may write analyses: their units by name, then the organizers they run."""
    found = []
    for unit, organizer in sorted({(held.unit, held.of) for held in actor.held if held.unit is not None}):
        (label,) = rows("SELECT COALESCE(NULLIF(display_name, ''), name) FROM unit WHERE id = ?", (unit,))[0]
        found.append(Where(f"unit-{unit}", label, Place(unit=unit, organizer=organizer)))
    for organizer in sorted({held.organizer for held in actor.held if held.organizer is not None}):
        (label,) = rows("SELECT name FROM organizer WHERE id = ?", (organizer,))[0]
        found.append(Where(f"organizer-{organizer}", label, Place(organizer=organizer)))
    return [where for where in found if may(actor, Permission.WRITE_ASSESSMENT, where.place)]


def mine(actor: Actor) -> list[Shown]:
    """List the actor's own analyses, the last saved first."""
    return _listed(actor, "a.author_id = ?", (actor.account,))


def library(actor: Actor, wanted: str = "") -> list[Shown]:
    """List what others of the actor's organizers share, the last saved first; `wanted` is part of the title."""
    found = _listed(actor, "a.shared AND (a.author_id IS NULL OR a.author_id <> ?)", (actor.account,))
    words = wanted.casefold().split()
    return [shown for shown in found if all(word in shown.title.casefold() for word in words)]


def find(actor: Actor, key: str) -> Shown | None:
    """Give an analysis that is one's own, or shared within one's organizer; None when there is none there."""
    found = _listed(actor, "a.key = ? AND (a.shared OR a.author_id = ?)", (key, actor.account))
    return found[0] if found else None


def check_own(actor: Actor, shown: Shown) -> None:
    """Let through the author of an analysis; raise Refused for others."""
    if not shown.mine:
        raise Refused(f"{actor.name} did not write this.")


@transaction
def begin(actor: Actor, title: str, where: Where, answers: Mapping[str, str] | None = None) -> str:
    """Begin an analysis and give its key. Raises Refused."""
    require(actor, Permission.WRITE_ASSESSMENT, where.place)
    moment = clock.now()
    made = Assessment.create(
        key=secrets.token_hex(16),
        organizer=where.place.organizer,
        unit=where.place.unit,
        author=actor.account,
        title=title[:LONGEST_TITLE],
        body=_packed(answers or {}),
        edition=NEWEST,
        created_at=moment,
        saved_at=moment,
    )
    audit.record(actor, "assessment:begin", "assessment", made.id, place=where.place, fields=("title",))
    return made.key


@transaction
def save(actor: Actor, key: str, answers: Mapping[str, str], seen: Mapping[str, str]) -> tuple[str, ...]:
    """Save answers and name those that changed. `seen` holds the mark that each had when it was shown.

    What only one side changed is kept from both. What both changed, to different things, raises Overtaken and saves
    nothing. Raises Closed and Refused.
    """
    found = _own(actor, key)
    if found.state != DRAFT:
        raise Closed
    kept = _answers(found)
    merged, conflicts = _merged(kept, {name: answers[name] for name in FIELDS if name in answers}, seen)
    if conflicts:
        raise Overtaken(conflicts, merged, {name: mark_of(kept.get(name, "")) for name in FIELDS})
    changed = tuple(name for name in FIELDS if merged.get(name, "") != kept.get(name, ""))
    if changed:
        found.title, found.body = merged["title"][:LONGEST_TITLE], _packed(merged)
        found.version += 1
        found.saved_at = clock.now()
        found.save()
        audit.record(actor, "assessment:save", "assessment", found.id, place=_place(found), fields=changed)
    return changed


@transaction
def finish(actor: Actor, key: str) -> None:
    """Finish an analysis; from then on it is only read. Raises Unfinished, Closed and Refused."""
    found = _own(actor, key)
    if found.state != DRAFT:
        raise Closed
    if lacking := missing(_answers(found)):
        raise Unfinished(lacking)
    found.state, found.finished_at = FINISHED, clock.now()
    found.version += 1
    found.save()
    audit.record(actor, "assessment:finish", "assessment", found.id, place=_place(found), fields=("state",))


@transaction
def share(actor: Actor, key: str, shared: bool) -> None:
    """Let everybody of the organizer read one's analysis, or no longer. Raises Refused."""
    found = _own(actor, key)
    if found.shared != shared:
        found.shared = shared
        found.save()
        verb = "share" if shared else "unshare"
        audit.record(actor, f"assessment:{verb}", "assessment", found.id, place=_place(found), fields=("shared",))


@transaction
def copy(actor: Actor, key: str) -> str:
    """Begin a new analysis from one that can be read, and give its key. The day of follow-up is left out.

    It gets the title of one's own, as a new version; of somebody else's it is called a copy. Raises Refused.
    """
    read = find(actor, key)
    own = places(actor)
    if read is None or not own:
        raise Refused(f"{actor.name} may not copy this.")
    answers = {name: text for name, text in read.answers.items() if name not in ("title", FOLLOW_ON)}
    title = read.title if read.mine else f"Kopia av {read.title}"
    return begin(actor, title, own[0], answers)


@transaction
def remove(actor: Actor, key: str) -> None:
    """Remove one's own draft wholly. Raises Closed and Refused."""
    found = _own(actor, key)
    if found.state != DRAFT:
        raise Closed
    audit.record(actor, "assessment:remove", "assessment", found.id, place=_place(found))
    found.delete_instance()


def mark_of(text: str) -> str:
    """Tell a text from any other, shortly."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _merged(
    kept: Mapping[str, str], sent: Mapping[str, str], seen: Mapping[str, str]
) -> tuple[dict[str, str], list[Conflict]]:
    """Put what was sent together with what is kept: a conflict is what differs and was changed since it was shown."""
    merged, conflicts = dict(kept), []
    for name, mine in sent.items():
        theirs = kept.get(name, "")
        if seen.get(name, mark_of("")) == mark_of(mine):
            continue
        if mine != theirs and seen.get(name, mark_of("")) != mark_of(theirs):
            conflicts.append(Conflict(name, mine, theirs))
        merged[name] = mine
    return merged, conflicts


def _listed(actor: Actor, condition: str, params: tuple) -> list[Shown]:
    """List analyses of the actor's organizers that also meet a condition."""
    organizers = sorted({held.organizer or held.of for held in actor.held} - {None})
    if not may(actor, Permission.READ_ASSESSMENT) or not organizers:
        return []
    within = f"a.organizer_id IN ({', '.join('?' * len(organizers))})"
    sql = f"{SELECT} {within} AND {condition} ORDER BY a.saved_at DESC, a.id DESC LIMIT {MOST_LISTED}"
    return [_shown(actor, row) for row in rows(sql, (*organizers, *params))]


def _shown(actor: Actor, row: tuple) -> Shown:
    key, title, body, state, shared, saved_at, finished_at, author, name, where, organizer, unit = row
    place = Place(unit=unit, organizer=organizer)
    return Shown(
        key=key,
        answers={"title": title} | json.loads(body),
        state=state,
        shared=bool(shared),
        author=name or "",
        where=where,
        saved_at=Assessment.saved_at.python_value(saved_at),
        finished_at=Assessment.finished_at.python_value(finished_at) if finished_at else None,
        mine=author == actor.account and may(actor, Permission.WRITE_ASSESSMENT, place),
    )


def _own(actor: Actor, key: str) -> Assessment:
    """Take hold of one's own analysis, alone; raise Refused when it is somebody else's."""
    one_at_a_time("assessments")
    found = load(Assessment, "key = ?", (key,))
    if not found or found[0].author_id != actor.account:
        raise Refused(f"{actor.name} did not write this.")
    require(actor, Permission.WRITE_ASSESSMENT, _place(found[0]))
    return found[0]


def _place(found: Assessment) -> Place:
    return Place(unit=found.unit_id, organizer=found.organizer_id)


def _answers(found: Assessment) -> dict[str, str]:
    return {"title": found.title} | json.loads(found.body)


def _packed(answers: Mapping[str, str]) -> str:
    return json.dumps({name: answers[name] for name in FIELDS[1:] if answers.get(name)}, ensure_ascii=False)
