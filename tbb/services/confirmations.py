"""The question of each term, "stämmer uppgifterna?": who is asked, who has answered, and who is told of silence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from peewee import ModelSelect

from tbb import clock
from tbb.database import as_day, one_at_a_time, rows, transaction
from tbb.models import Person, Responsibility, TermConfirmation, Unit
from tbb.models.kinds import Role, Status
from tbb.policy import WORKER, Actor, Permission, Place, require
from tbb.services import audit, directory, entry_history, keepers, letters, shelf, terms, tokens, versions
from tbb.services.handovers import address_of
from tbb.services.terms import Starts, Term

REMIND_AFTER = (7, 14)
"""Days after the question when those who have not answered are reminded."""

UNIT_HEAD, ORGANIZER = 1, 2
TELL_AFTER = ((UNIT_HEAD, 21), (ORGANIZER, 28))
"""Days after the question when silence is told further up; the coverage board shows it all along."""

PURPOSE = "confirm-entry"
LINK_LASTS = timedelta(days=150)
MOST_NAMED = 20
LETTER = Actor("letter")
"""Who acts when somebody confirms by the link of a letter: whoever reads the mailbox, and nobody more certain."""


class NothingToConfirm(Exception):
    """The unit has no Barnets bästa-ansvarig today whose details could be confirmed."""


@dataclass(frozen=True)
class Entry:
    """One unit as the letter's page shows it: what everybody can see, and whether it has been answered."""

    responsibility: int
    page: directory.UnitPage
    answered_on: date | None


@dataclass(frozen=True)
class Question:
    """The page behind a letter's link."""

    term: str
    entries: tuple[Entry, ...]

    @property
    def open(self) -> tuple[Entry, ...]:
        """The units that wait for an answer."""
        return tuple(entry for entry in self.entries if entry.answered_on is None)


@dataclass(frozen=True)
class Unanswered:
    """A question that waits for its answer, in a list. `level`: 1 the unit head is told, 2 the organizer too."""

    slug: str
    label: str
    asked_on: date
    reminders: int
    level: int


@transaction
def watch(starts: Starts, units: Iterable[int] | None = None) -> None:
    """Ask, remind and tell further up, as the day demands. The worker does it every day; twice changes nothing.

    Only these units are asked, when some are named.
    """
    one_at_a_time("confirmations")
    term = terms.term_of(clock.today(), starts)
    _ask(term, units)
    _remind(term)
    _tell(term)


def look(secret: str) -> Question | None:
    """Find the question of a letter's link, changing nothing; None when the link is not good any more."""
    found = tokens.look(PURPOSE, secret)
    asked = _of_token(found) if found else []
    if not asked:
        return None
    return Question(Term(found.payload["term"], clock.today()).name, tuple(_entry(one) for one in asked))


@transaction
def confirm_by_letter(secret: str, responsibility: int | None = None) -> int | None:
    """Say by a letter's link that one unit's details are right, or those of all; count the new answers.

    None when the link is not good any more. Said twice it is the same answer.
    """
    one_at_a_time("confirmations")
    found = tokens.look(PURPOSE, secret)
    asked = _of_token(found) if found else []
    if not asked:
        return None
    wanted = [one for one in asked if responsibility in (None, one.responsibility_id)]
    return sum(_answer(LETTER, one, "confirmed") for one in wanted)


@transaction
def confirm(actor: Actor, slug: str) -> None:
    """Say, signed in, that the details of a unit's BBA are right; Refused, or NothingToConfirm without a BBA."""
    one_at_a_time("confirmations")
    unit = shelf.unit(actor, slug)
    part = _part_of(unit) if unit else None
    if part is None:
        raise NothingToConfirm
    require(actor, Permission.CONFIRM_ENTRY, shelf.place_of(unit))
    asked = _open_of(part)
    if asked is not None:
        _answer(actor, asked, "confirmed")
    else:
        _write_down(actor, part)


@transaction
def answer_by_change(actor: Actor, unit: Unit) -> bool:
    """Within the change of an entry by those who keep it, take an open question as answered; False when none is."""
    part = _part_of(unit)
    asked = _open_of(part) if part else None
    return asked is not None and _answer(actor, asked, "edited")


def waiting(actor: Actor) -> list[Unanswered]:
    """List the questions without an answer for the units that the actor may see, the oldest first."""
    where, params = shelf.units(actor)
    today = clock.today().isoformat()
    found = rows(
        "SELECT u.slug, COALESCE(NULLIF(u.display_name, ''), u.name), c.asked_at, c.reminders, c.level"
        " FROM term_confirmation c JOIN responsibility r ON r.id = c.responsibility_id"
        " JOIN unit u ON u.id = r.unit_id"
        " WHERE c.answered_at IS NULL AND u.status = 'active' AND r.starts_on <= ?"
        " AND (r.ends_on IS NULL OR r.ends_on >= ?) AND NOT EXISTS (SELECT 1 FROM term_confirmation newer"
        " WHERE newer.responsibility_id = c.responsibility_id AND newer.asked_at > c.asked_at)"
        f" AND {where} ORDER BY c.asked_at, u.sort_key, c.id",
        (today, today, *params),
    )
    return [Unanswered(slug, label, _day_of(at), reminders, level) for slug, label, at, reminders, level in found]


def _ask(term: Term, units: Iterable[int] | None) -> None:
    """Ask everybody who answers for an active unit and has not confirmed in this term, once."""
    asked = TermConfirmation.select(TermConfirmation.responsibility).where(TermConfirmation.term == term.code)
    unsure = Responsibility.confirmed_on.is_null() | (Responsibility.confirmed_on < term.starts_on)
    found = _answering().where(unsure, Responsibility.id.not_in(asked)).order_by(Responsibility.id)
    if units is not None:
        found = found.where(Responsibility.unit.in_(list(units)))
    made = [TermConfirmation.create(responsibility=part, term=term.code, asked_at=clock.now()) for part in list(found)]
    for one in made:
        audit.record(WORKER, "confirmation:ask", "responsibility", one.responsibility_id, place=_place(one))
    _send("confirm_entry", term, made, "0")


def _remind(term: Term) -> None:
    due: dict[int, list[TermConfirmation]] = defaultdict(list)
    for one in _unanswered(term):
        wanted = sum(_age(one) >= days for days in REMIND_AFTER)
        if wanted > one.reminders:
            due[wanted].append(one)
            TermConfirmation.update(reminders=wanted, reminded_at=clock.now()).where(
                TermConfirmation.id == one.id
            ).execute()
    for wanted, some in due.items():
        _send("confirm_reminder", term, some, str(wanted))


def _tell(term: Term) -> None:
    """Tell further up, one letter to each reader about all the units that are silent."""
    unanswered = _unanswered(term)
    for level, days in TELL_AFTER:
        told: dict[keepers.Keeper, list[str]] = defaultdict(list)
        for one in unanswered:
            if one.level < level and _age(one) >= days:
                TermConfirmation.update(level=level).where(TermConfirmation.id == one.id).execute()
                audit.record(WORKER, "confirmation:tell", "responsibility", one.responsibility_id, place=_place(one))
                unit = one.responsibility.unit
                admins = keepers.organizer_admins(unit.organizer_id)
                for keeper in keepers.unit_heads(unit.id) if level == UNIT_HEAD else admins:
                    told[keeper].append(unit.label)
        for keeper, labels in told.items():
            mark = letters.fingerprint(",".join(labels))
            facts = {"term": term.name, "units": labels[:MOST_NAMED], "more": max(0, len(labels) - MOST_NAMED)}
            letters.write(
                f"silence:{term.code}:{level}:{keeper.account}:{clock.today()}:{mark}",
                keeper.email,
                "confirm_silence",
                facts | {"path": "/arbetsyta/verksamheter"},
            )


def _send(template: str, term: Term, asked: Iterable[TermConfirmation], turn: str) -> None:
    """Write one letter to each reader about all their units; who has no address is asked through the unit head."""
    groups: dict[tuple[str, bool], list[TermConfirmation]] = defaultdict(list)
    for one in asked:
        part = one.responsibility
        own = address_of(part.person)
        heads = [] if own else keepers.unit_heads(part.unit_id)
        others = heads or ([] if own else keepers.organizer_admins(part.unit.organizer_id))
        for email in [own] if own else [keeper.email for keeper in others]:
            groups[email, bool(own)].append(one)
    for (email, yours), some in groups.items():
        numbers = sorted(one.responsibility_id for one in some)
        payload = {"term": term.code, "responsibilities": numbers}
        secret = tokens.issue(PURPOSE, f"{term.code}:{numbers[0]}", lasts=LINK_LASTS, payload=payload, alone=False)
        labels = [one.responsibility.unit.label for one in some]
        facts = {
            "term": term.name,
            "yours": yours,
            "units": labels[:MOST_NAMED],
            "more": max(0, len(labels) - MOST_NAMED),
            "path": f"/bekrafta/{secret}",
        }
        mark = letters.fingerprint(f"{email}:{numbers}")
        letters.write(f"confirm:{term.code}:{turn}:{mark}", email, template, facts, rather_twice=True)


def _answer(actor: Actor, one: TermConfirmation, answer: str) -> bool:
    """Write an answer down, also to older questions that were never answered; of many at once one counts."""
    open_ones = (TermConfirmation.responsibility == one.responsibility_id) & TermConfirmation.answered_at.is_null()
    changed = (
        TermConfirmation.update(answered_at=clock.now(), answer=answer, answered_by=actor.account)
        .where(open_ones)
        .execute()
    )
    if changed:
        _write_down(actor, one.responsibility)
    return bool(changed)


def _write_down(actor: Actor, part: Responsibility) -> None:
    today = clock.today()
    Responsibility.update(confirmed_on=today).where(Responsibility.id == part.id).execute()
    versions.bump(versions.DIRECTORY)
    by = "Den som fick brevet" if actor is LETTER else ""
    before, after = {"confirmed_on": part.confirmed_on}, {"confirmed_on": today}
    entry_history.write(actor, part.unit, "confirm", before, after, part.person_id, by=by)
    place = shelf.place_of(part.unit)
    audit.record(actor, "entry:confirm", "responsibility", part.id, place=place, fields=("confirmed_on",))


def _of_token(found: tokens.Token) -> list[TermConfirmation]:
    """The questions that a link is about, for those who still answer for an active unit."""
    return list(
        _answering(TermConfirmation)
        .where(
            TermConfirmation.term == found.payload["term"],
            TermConfirmation.responsibility.in_(found.payload["responsibilities"]),
        )
        .order_by(Unit.sort_key, Unit.id)
    )


def _unanswered(term: Term) -> list[TermConfirmation]:
    found = _answering(TermConfirmation)
    return list(
        found.where(TermConfirmation.term == term.code, TermConfirmation.answered_at.is_null()).order_by(
            TermConfirmation.id
        )
    )


def _answering(of: type[Responsibility | TermConfirmation] = Responsibility) -> ModelSelect:
    """The query for those who answer for an active unit today, or for the questions put to them."""
    today = clock.today()
    query = Responsibility.select(Responsibility, Unit, Person)
    if of is TermConfirmation:
        query = TermConfirmation.select(TermConfirmation, Responsibility, Unit, Person).join(Responsibility)
    return (
        query.join(Unit)
        .switch(Responsibility)
        .join(Person)
        .where(
            Responsibility.role == Role.BBA,
            Responsibility.starts_on <= today,
            Responsibility.ends_on.is_null() | (Responsibility.ends_on >= today),
            Unit.status == Status.ACTIVE,
        )
    )


def _part_of(unit: Unit) -> Responsibility | None:
    return _answering().where(Responsibility.unit == unit).first()


def _open_of(part: Responsibility) -> TermConfirmation | None:
    """The newest question to somebody that has no answer; older terms' are no longer asked."""
    found = (
        TermConfirmation.select()
        .where(TermConfirmation.responsibility == part, TermConfirmation.answered_at.is_null())
        .order_by(TermConfirmation.asked_at.desc())
    )
    return found.first()


def _entry(one: TermConfirmation) -> Entry:
    part = one.responsibility
    shown = directory.unit_page(part.unit.slug, clock.today())
    answered = clock.local(one.answered_at).date() if one.answered_at else None
    return Entry(part.id, shown, answered)


def _age(one: TermConfirmation) -> int:
    """Days since the question, by the calendar here."""
    return (clock.today() - clock.local(one.asked_at).date()).days


def _day_of(value: object) -> date:
    moment = TermConfirmation.asked_at.python_value(value)
    return clock.local(moment).date() if moment else as_day(value)


def _place(one: TermConfirmation) -> Place:
    return shelf.place_of(one.responsibility.unit)
