"""Drafts of the wheel: begun, saved so that nothing is lost between two devices, thrown away or forgotten in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tbb import clock
from tbb.database import case_keys, keyring, load, one_at_a_time, rows, transaction
from tbb.models import Unit, Wheel
from tbb.models.kinds import About, WheelTemplate
from tbb.policy import WORKER, Actor, Permission, may, require
from tbb.services import audit, borders, case_files, case_shelf, forgetting, sealed_fields
from tbb.services.keeping_both import mark_of, settled, touched
from tbb.services.plain_text import plain
from tbb.services.sealed_fields import Field
from tbb.services.wheel_texts import AREAS, FLAGGED, LEVELS, NEWEST

KEPT = timedelta(days=14)
"""How long a draft is kept after its last change."""
QUIET = timedelta(minutes=10)
"""While somebody goes on writing, the audit is told of it this often; nobody else can see a draft."""
STAGES = (
    "Under 1 år", "Hemma, 1 år", "Hemma, 2 år", "Hemma, 3 år", "Hemma, 4 år", "Hemma, 5 år",
    "Förskola, 1 år", "Förskola, 2 år", "Förskola, 3 år", "Förskola, 4 år", "Förskola, 5 år", "Förskoleklass",
    "Årskurs 1", "Årskurs 2", "Årskurs 3", "Årskurs 4", "Årskurs 5", "Årskurs 6", "Årskurs 7", "Årskurs 8",
    "Årskurs 9", "Gymnasiet, år 1", "Gymnasiet, år 2", "Gymnasiet, år 3", "Gymnasiet, år 4", "KAA",
)  # fmt: skip
"""Where in life a child is: stage and age or grade, never a date of birth."""
TOLD = ("yes", "not_yet", "no")
ABSENCE = tuple(f"absence.{step}" for step in ("detect", "investigate", "measures", "back"))
ABOUT_IT = {
    About.CHILD: ("child.label", "child.stage", "child.own_reference"),
    About.GROUP: ("group.label",),
    About.ANONYMOUS: (),
}
"""The fields that say whom it is about; in an anonymous consultation there are none (R22)."""
TOLD_FIELDS = ("told.child", "told.guardians", "told.child_says", "told.guardians_say")
CHOICES = {
    "child.stage": STAGES,
    "told.child": TOLD,
    "told.guardians": TOLD,
    **{f"area.{area}.level": LEVELS for area in AREAS},
    **{f"area.{area}.hidden": ("1",) for area in AREAS},
}
"""Answers that are one of a few. Of two devices the last decides; all other answers are texts, and are put together."""
LINES = (*ABOUT_IT[About.CHILD], *ABOUT_IT[About.GROUP], *(f"{step}.on" for step in ABSENCE))
"""Answers of one line: they are not put together either."""


_SENT = """
    SELECT w.key, w.reference, COALESCE(NULLIF(u.display_name, ''), u.name), w.sent_at, c.state,
           (SELECT COUNT(*) FROM case_note n WHERE n.wheel_id = w.id AND n.kind = 'question' AND c.state <> 'closed'
            AND NOT EXISTS (SELECT 1 FROM case_note a WHERE a.wheel_id = w.id AND a.answers = n.key))
    FROM wheel w JOIN casefile c ON c.id = w.case_id JOIN unit u ON u.id = w.unit_id
    WHERE w.author_id = ? AND w.state = 'sent' AND w.from_unit_id IN ({units}) ORDER BY w.sent_at DESC, w.id DESC
"""


class NotADraft(Exception):
    """The wheel has been sent, or is gone: it cannot be changed any more."""


@dataclass(frozen=True)
class Saved:
    """What became of answers that were saved. `merged` are texts that another device had changed: both are kept.

    `seen` tells what is there now, to be given back with the next change: {name: mark}.
    """

    at: datetime
    changed: tuple[str, ...]
    merged: dict[str, str]
    seen: dict[str, str]


@dataclass(frozen=True)
class Draft:
    """A wheel that its author still writes, opened."""

    wheel: Wheel
    fields: dict[str, Field]
    from_unit: Unit
    unit: Unit | None
    border: borders.Border

    @property
    def texts(self) -> dict[str, str]:
        """Every answer that says something."""
        return {name: field.text for name, field in self.fields.items() if field.text}

    @property
    def levels(self) -> dict[str, str]:
        """How each area is, of those that have been answered."""
        given = self.texts
        return {area: given[f"area.{area}.level"] for area in AREAS if f"area.{area}.level" in given}

    @property
    def flagged(self) -> tuple[str, ...]:
        """The areas of which the Barnets bästa-ansvarig is informed."""
        return tuple(area for area, level in self.levels.items() if level in FLAGGED)

    @property
    def seen(self) -> dict[str, str]:
        """What is there now: {name: mark}."""
        return {name: mark_of(self.wheel.key, name, field) for name, field in self.fields.items()}

    @property
    def forgotten_on(self) -> date:
        """The day it is forgotten unless it is changed before."""
        return clock.local(self.wheel.saved_at + KEPT).date()

    @property
    def mark(self) -> str:
        """What tells this state of the wheel from any other, so that just what was read through is sent."""
        wheel = self.wheel
        said = [f"{name}={field.version}" for name, field in sorted(self.fields.items())]
        return keyring().fingerprint(f"{wheel.key} {wheel.about} {wheel.unit_id} {' '.join(said)}")[:20]


@dataclass(frozen=True)
class Mine:
    """A draft of one's own in a list."""

    key: str
    reference: str
    about: str
    label: str
    unit: str
    flagged: int
    saved_at: datetime
    forgotten_on: date


@dataclass(frozen=True)
class Sent:
    """What one has sent: the reference, the day, the unit and how far it has come, and nothing that it says.

    `asked` tells that a question from the Barnets bästa-ansvarig waits for an answer.
    """

    key: str
    reference: str
    unit: str
    sent_at: datetime
    state: str
    asked: bool


@transaction
def begin(
    actor: Actor,
    *,
    from_unit: Unit,
    about: str = About.CHILD,
    template: str = WheelTemplate.WHEEL,
    levels: Mapping[str, str] | None = None,
    handover_of: object = None,
    answers: Mapping[str, str] | None = None,
) -> Wheel:
    """Begin a wheel at one's own unit. Raises Refused.

    `levels` ({area: level}) are brought from a talk; `answers` are fields by the names they are kept under.
    """
    require(actor, Permission.INFORM, case_shelf.place_of_unit(from_unit.id))
    moment = clock.now()
    wheel = Wheel.create(
        key=case_files.new_key(),
        reference=case_files.new_reference("H"),
        seal=case_keys().make(moment),
        about=about,
        template=template,
        edition=NEWEST,
        author=actor.account,
        from_unit=from_unit,
        handover_of=handover_of,
        created_at=moment,
        saved_at=moment,
    )
    brought = {f"area.{area}.level": level for area, level in (levels or {}).items()}
    kept = {name: text for name, text in (brought | dict(answers or {})).items() if _fits(wheel, name, text)}
    sealed_fields.save(wheel, kept)
    _note(actor, "wheel:begin", wheel)
    return wheel


def find(actor: Actor, key: str) -> Draft | None:
    """Open a draft of one's own; None when there is none there. Raises NotADraft when it has been sent."""
    wheel = case_shelf.wheel(actor, key)
    if wheel is None:
        return None
    if wheel.state != "draft":
        raise NotADraft
    return opened(wheel)


def opened(wheel: Wheel) -> Draft:
    """Open a wheel whose reader has been let in already."""
    sender = load(Unit, "id = ?", (wheel.from_unit_id,))[0]
    to = load(Unit, "id = ?", (wheel.unit_id,))[0] if wheel.unit_id else None
    border = borders.between(sender, to) if to else borders.Border(False)
    return Draft(wheel, sealed_fields.read(wheel), sender, to, border)


@transaction
def save(
    actor: Actor, key: str, answers: Mapping[str, str], seen: Mapping[str, str] | None = None, *, quiet: bool = False
) -> Saved:
    """Save answers of a draft. What another device has changed since `seen` is kept beside what is saved now.

    Names that the wheel has no field for, and choices that were not offered, are left out. `quiet` is for what the
    page saves by itself. Raises NotADraft.
    """
    one_at_a_time(f"wheel {key}")
    wheel = _draft(actor, key)
    before = sealed_fields.read(wheel)
    mine = {name: plain(text) for name, text in answers.items() if _fits(wheel, name, plain(text))}
    whole = {
        name: settled(key, name, text, before.get(name, Field()), seen, choice=name in CHOICES or name in LINES)
        for name, text in mine.items()
    }
    changed = sealed_fields.save(wheel, whole)
    if changed:
        _touch(actor, wheel, changed, tell=not quiet or clock.now() - wheel.saved_at >= QUIET)
    after = sealed_fields.read(wheel)
    return Saved(
        at=clock.now(),
        changed=changed,
        merged={
            name: text
            for name, text in whole.items()
            if text != mine[name] and touched(key, name, mine[name], seen or {})
        },
        seen={name: mark_of(key, name, after[name]) for name in mine if name in after},
    )


@transaction
def set_about(actor: Actor, key: str, about: str) -> Wheel:
    """Say whether it is about a child, a group or nobody by name; what said whom it was about before is forgotten."""
    one_at_a_time(f"wheel {key}")
    wheel = _draft(actor, key)
    if wheel.about != about:
        wheel.about = About(about)
        gone = [name for name in sealed_fields.read(wheel) if name not in fields_of(wheel)]
        sealed_fields.forget(wheel, gone)
        _touch(actor, wheel, ("about", *gone), tell=True)
    return wheel


@transaction
def set_recipient(actor: Actor, key: str, unit: Unit) -> Wheel:
    """Choose the unit whose Barnets bästa-ansvarig is to be informed; the caller has seen that somebody answers."""
    one_at_a_time(f"wheel {key}")
    wheel = _draft(actor, key)
    if wheel.unit_id != unit.id:
        wheel.unit = unit
        _touch(actor, wheel, ("unit",), tell=True)
    return wheel


@transaction
def show_concern(actor: Actor, key: str) -> Wheel:
    """Note that the page about orosanmälan is shown; never whether anybody made one."""
    wheel = _draft(actor, key)
    wheel.concern_shown_at = clock.now()
    wheel.save(only=[Wheel.concern_shown_at])
    _note(actor, "wheel:concern-shown", wheel)
    return wheel


@transaction
def throw_away(actor: Actor, key: str) -> None:
    """Forget a draft for good, with its key. Raises NotADraft."""
    one_at_a_time(f"wheel {key}")
    _destroy(actor, "wheel:throw", _draft(actor, key))


@transaction
def forget_old() -> int:
    """Forget the drafts that nobody has changed for KEPT, with their keys; tell how many."""
    old = load(Wheel, "state = 'draft' AND saved_at < ? ORDER BY id", (Wheel.saved_at.db_value(clock.now() - KEPT),))
    for wheel in old:
        _destroy(WORKER, "wheel:forget", wheel)
    return len(old)


def mine(actor: Actor) -> list[Mine]:
    """List one's own drafts, the one changed last first."""
    found = load(Wheel, "author_id = ? AND state = 'draft' ORDER BY saved_at DESC, id DESC", (actor.account,))
    own = [wheel for wheel in found if may(actor, Permission.OWN_WHEEL, case_shelf.place_of_wheel(wheel))]
    return [_listed(opened(wheel)) for wheel in own]


def sent(actor: Actor) -> list[Sent]:
    """List what one has sent from where one still works, the newest first: never what it says."""
    units = sorted({held.unit for held in actor.held if held.unit is not None})
    if not units or not may(actor, Permission.INFORM):
        return []
    found = rows(_SENT.format(units=", ".join("?" * len(units))), [actor.account, *units])
    return [
        Sent(key, reference, unit, Wheel.sent_at.python_value(sent_at), state, bool(asked))
        for key, reference, unit, sent_at, state, asked in found
    ]


def fields_of(wheel: Wheel) -> frozenset[str]:
    """Name the fields that a wheel has: by whom it is about, and by its template."""
    areas = {f"area.{area}.{what}" for area in AREAS for what in ("level", "see", "child", "strength", "hidden")}
    told = set(TOLD_FIELDS) if wheel.about != About.ANONYMOUS else set()
    absence = {f"{step}.{what}" for step in ABSENCE for what in ("on", "text", "child")}
    more = absence if wheel.template == WheelTemplate.ABSENCE else set()
    return frozenset({*ABOUT_IT[About(wheel.about)], "strengths"} | areas | told | more)


def _fits(wheel: Wheel, name: str, text: str) -> bool:
    return name in fields_of(wheel) and (not text or name not in CHOICES or text in CHOICES[name])


def _draft(actor: Actor, key: str) -> Wheel:
    wheel = case_shelf.wheel(actor, key)
    if wheel is None or wheel.state != "draft":
        raise NotADraft
    return wheel


def _touch(actor: Actor, wheel: Wheel, fields: tuple[str, ...], *, tell: bool) -> None:
    wheel.saved_at = clock.now()
    wheel.save(only=[Wheel.saved_at, Wheel.about, Wheel.unit])
    if tell:
        _note(actor, "wheel:save", wheel, fields)


def _destroy(actor: Actor, action: str, wheel: Wheel) -> None:
    _note(actor, action, wheel)
    seal = wheel.seal
    wheel.delete_instance()
    forgetting.doom(seal)


def _note(actor: Actor, action: str, wheel: Wheel, fields: tuple[str, ...] = ()) -> None:
    place = case_shelf.place_of_wheel(wheel)
    audit.record(actor, action, "wheel", wheel.reference, place=place, fields=fields)


def _listed(draft: Draft) -> Mine:
    wheel, card = draft.wheel, case_files.card_of_wheel(draft.wheel.about, draft.texts)
    return Mine(
        key=wheel.key,
        reference=wheel.reference,
        about=wheel.about,
        label=card.label,
        unit=draft.unit.label if draft.unit else "",
        flagged=len(draft.flagged),
        saved_at=wheel.saved_at,
        forgotten_on=draft.forgotten_on,
    )
