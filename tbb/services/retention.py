"""How long each kind of document is kept by a huvudman, by which decision, and what has been kept for that long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tbb import clock
from tbb.database import as_day, load, rows, run, transaction
from tbb.models import Case, Organizer, RetentionRule
from tbb.models.kinds import Duty
from tbb.policy import Actor, Permission, Place, may, require
from tbb.services import audit

LEAST_DAYS, MOST_DAYS = 30, 11_000


@dataclass(frozen=True)
class Document:
    """A kind of document: its name in Swedish, from when its days are counted, and how many we propose."""

    code: str
    name: str
    since: str
    proposed: int


DOCUMENTS = {
    each.code: each
    for each in (
        Document("child", "Ärende om ett barn", "ärendet avslutades", 1_095),
        Document("group", "Ärende om en grupp barn", "ärendet avslutades", 1_095),
        Document("anonymous", "Anonym konsultation", "ärendet avslutades", 365),
        Document("assessment", "Barnkonsekvensanalys som inte blev klar", "någon senast sparade den", 180),
        Document("export", "Uppgift om att ett ärende har lämnats ut", "uttaget begärdes", 1_095),
    )
}
"""What a rule is decided for. Hjulet and everything else in a case follow the case."""

FORGOTTEN, KEPT = "forgotten", "kept"
"""What became of something on a list: it is gone, or it was left alone because it was no longer to go."""


@dataclass(frozen=True)
class Rule:
    """What is decided for a kind of document. Without `days` nothing is decided, and nothing is forgotten."""

    document: Document
    days: int | None = None
    decision: str = ""
    decided_on: date | None = None


@dataclass(frozen=True)
class Item:
    """Something that a rule lets go, or has let go: nothing of what is in it.

    `ended_on` is the day from which the days are counted; `outcome` is FORGOTTEN or KEPT once it is dealt with.
    """

    reference: str
    document: str
    unit: str
    ended_on: date
    days: int
    outcome: str = ""

    @property
    def name(self) -> str:
        """What kind of document it is."""
        return DOCUMENTS[self.document].name

    @property
    def same(self) -> tuple[str, str, date]:
        """What makes it the very same thing: a case that was reopened and closed again has ended on another day."""
        return self.reference, self.document, self.ended_on

    def as_list(self) -> list[object]:
        """As it is kept in JSON."""
        return [self.reference, self.document, self.unit, self.ended_on.isoformat(), self.days, self.outcome]

    @classmethod
    def read(cls, kept: list) -> Item:
        """From JSON."""
        reference, document, unit, ended_on, days, *outcome = kept
        return cls(reference, document, unit, date.fromisoformat(ended_on), days, *outcome)


def organizers(actor: Actor) -> list[Organizer]:
    """The huvudmän for which the actor may propose that something is forgotten, by name."""
    own = sorted(actor.organizers(Duty.ORGANIZER_ADMIN))
    found = [each for number in own for each in load(Organizer, "id = ?", (number,))]
    allowed = [each for each in found if may(actor, Permission.PROPOSE_FORGETTING, Place(organizer=each.id))]
    return sorted(allowed, key=lambda each: each.name)


def rules(organizer: int) -> list[Rule]:
    """What a huvudman has decided for each kind of document."""
    decided = {rule.document: rule for rule in load(RetentionRule, "organizer_id = ?", (organizer,))}
    return [
        Rule(each, decided[code].days, decided[code].decision, as_day(decided[code].decided_on))
        if code in decided
        else Rule(each)
        for code, each in DOCUMENTS.items()
    ]


@transaction
def decide(actor: Actor, organizer: int, document: str, *, days: int, decision: str, decided_on: date) -> None:
    """Write down what a huvudman has decided; it holds from the next list on."""
    require(actor, Permission.KEEP_RULES, Place(organizer=organizer))
    changed = {
        "days": days,
        "decision": decision[:120],
        "decided_on": decided_on,
        "changed_by": actor.account,
        "changed_at": clock.now(),
    }
    found = RetentionRule.get_or_none(
        RetentionRule.organizer == organizer, RetentionRule.document == DOCUMENTS[document].code
    )
    if found is None:
        RetentionRule.create(organizer=organizer, document=document, **changed)
    else:
        RetentionRule.update(**changed).where(RetentionRule.id == found.id).execute()
    audit.record(
        actor, "rules:retention", "organizer", organizer, place=Place(organizer=organizer),
        fields=(f"{document}.days", f"{document}.decision"),
    )  # fmt: skip


@transaction
def undo_decision(actor: Actor, organizer: int, document: str) -> bool:
    """Take a decision away, so that nothing more of the kind is forgotten; whether there was one."""
    require(actor, Permission.KEEP_RULES, Place(organizer=organizer))
    gone = run("DELETE FROM retention_rule WHERE organizer_id = ? AND document = ?", (organizer, document)).rowcount
    if gone:
        place = Place(organizer=organizer)
        audit.record(actor, "rules:retention", "organizer", organizer, place=place, fields=(document,))
    return bool(gone)


def due(organizer: int) -> list[Item]:
    """List what has been kept for as long as is decided and is not held back, kind by kind, oldest first."""
    found: list[Item] = []
    for rule in rules(organizer):
        if rule.days is not None:
            last = clock.today() - timedelta(days=rule.days)
            found += _DUE.get(rule.document.code, _cases)(organizer, rule, last)
    return found


def _cases(organizer: int, rule: Rule, last: date) -> list[Item]:
    found = rows(
        "SELECT c.reference, COALESCE(NULLIF(u.display_name, ''), u.name), c.closed_at FROM casefile c"
        " JOIN unit u ON u.id = c.unit_id"
        " WHERE u.organizer_id = ? AND c.state = 'closed' AND c.about = ? AND c.closed_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.case_id = c.id AND h.ended_at IS NULL)"
        # What it is offered by rests on its consent, until somebody has received it.
        " AND NOT EXISTS (SELECT 1 FROM wheel w JOIN casefile n ON n.id = w.case_id"
        " WHERE w.handover_of_id = c.id AND n.state = 'sent')"
        " ORDER BY c.closed_at, c.id",
        (organizer, rule.document.code, _before(last)),
    )
    return _items(rule, last, [(reference, unit, Case.closed_at.python_value(at)) for reference, unit, at in found])


def _assessments(organizer: int, rule: Rule, last: date) -> list[Item]:
    found = rows(
        "SELECT a.key, COALESCE(NULLIF(u.display_name, ''), u.name, ''), a.saved_at FROM assessment a"
        " LEFT JOIN unit u ON u.id = a.unit_id"
        " WHERE a.organizer_id = ? AND a.state = 'draft' AND a.saved_at < ? ORDER BY a.saved_at, a.id",
        (organizer, _before(last)),
    )
    return _items(rule, last, [(short("A", key), unit, Case.closed_at.python_value(at)) for key, unit, at in found])


def _exports(organizer: int, rule: Rule, last: date) -> list[Item]:
    found = rows(
        "SELECT e.key, COALESCE(NULLIF(u.display_name, ''), u.name), e.at FROM case_export e"
        " JOIN casefile c ON c.id = e.case_id JOIN unit u ON u.id = c.unit_id"
        " WHERE u.organizer_id = ? AND e.at < ?"
        " AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.case_id = c.id AND h.ended_at IS NULL) ORDER BY e.at, e.id",
        (organizer, _before(last)),
    )
    return _items(rule, last, [(short("U", key), unit, Case.closed_at.python_value(at)) for key, unit, at in found])


_DUE = {"assessment": _assessments, "export": _exports}


def short(kind: str, key: str) -> str:
    """Make a number to speak of a thing by from its key: A for an analysis, U for what was handed out."""
    return f"{kind}-{key[:8].upper()}"


def _items(rule: Rule, last: date, found: list) -> list[Item]:
    """Only whole Swedish days count: a thing goes when the day it ended is as long ago as is decided."""
    made = [
        Item(reference, rule.document.code, unit, clock.local(moment).date(), rule.days)
        for reference, unit, moment in found
    ]
    return [item for item in made if item.ended_on <= last]


def _before(last: date) -> object:
    """A moment after every one of that Swedish day, as the database keeps it; `_items` sees to the very day."""
    return Case.closed_at.db_value(datetime.combine(last + timedelta(days=2), time(), clock.STOCKHOLM))
