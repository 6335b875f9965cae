"""The whole answer to "who may?": permissions, small predicates, and one readable table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from tbb.models.kinds import FOLLOWED, Duty


class Permission(StrEnum):
    """Everything that can be allowed. A route names one; a service requires one."""

    READ_PUBLIC = "public:read"
    TELL_US = "feedback:create"
    SEE_STYLE_GUIDE = "style-guide:read"
    VISIT_DEMO = "demo:visit"
    SIGN_IN = "account:sign-in"
    FINISH_SIGN_IN = "account:finish"
    OWN_ACCOUNT = "account:own"
    SEE_DESK = "desk:read"
    READ_ENTRY = "entry:read"
    CHANGE_ENTRY = "entry:change"
    CONFIRM_ENTRY = "entry:confirm"
    APPROVE_CONTACT = "contact:approve"
    APPOINT = "bba:appoint"
    CONFIRM_HANDOVER = "handover:confirm"
    FLAG_ENTRY = "entry:flag"
    SETTLE_FLAG = "flag:settle"
    READ_FAULTS = "fault:read"
    HANDLE_FAULT = "fault:handle"
    READ_COVERAGE = "coverage:read"
    REMIND_MANY = "coverage:remind"
    IMPORT_UNITS = "units:import"
    APPROVE_IMPORT = "units:approve-import"
    KEEP_DIRECTORY = "directory:keep"
    READ_ACCOUNTS = "account:read"
    INVITE = "account:invite"
    CHANGE_ACCOUNT = "account:change"
    READ_AUDIT = "audit:read"
    EXPORT_AUDIT = "audit:export"
    REVIEW_AUDIT = "audit:review"
    READ_LETTERS = "letter:read"
    DECIDE_LETTER = "letter:decide"
    OPEN_LETTER = "letter:open"
    APPLY_TO_JOIN = "application:write"
    READ_APPLICATIONS = "application:read"
    REVIEW_APPLICATION = "application:review"
    APPROVE_APPLICATION = "application:approve"
    READ_JOINING = "joining:read"
    NOTE_JOINING = "joining:note"
    RENEW_JOINING = "joining:renew"
    INFORM = "wheel:inform"
    OWN_WHEEL = "wheel:own"
    READ_CASES = "cases:list"
    READ_CASE = "case:read"
    MAP_CASE = "case:map"
    DECIDE_CASE = "case:decide"
    DELEGATE_CASE = "case:delegate"
    HAND_OVER_CASE = "case:hand-over"
    SEE_READERS = "case:readers"
    EXPORT_CASE = "case:export"
    RELEASE_EXTRACT = "extract:release"
    HOLD_CASE = "case:hold"
    KEEP_RULES = "rules:keep"
    PROPOSE_FORGETTING = "forgetting:propose"
    APPROVE_FORGETTING = "forgetting:approve"
    KEEP_ACTORS = "actors:keep"
    WRITE_ASSESSMENT = "assessment:write"
    READ_ASSESSMENT = "assessment:read"


@dataclass(frozen=True)
class Place:
    """Where a thing belongs and whose it is: numbers of its unit and organizer, of the account that began it
    and of the account it is about. Nothing at all means the whole county.

    Of a case also who works with it by delegation today, whether its unit's BBA is away, and whether the unit has
    neither a BBA nor a deputy who could answer.
    """

    unit: int | None = None
    organizer: int | None = None
    begun_by: int | None = None
    about: int | None = None
    delegates: frozenset[int] = frozenset()
    bba_away: bool = False
    unanswered: bool = False


COUNTY = Place()


@dataclass(frozen=True)
class Held:
    """A duty somebody holds today: for one unit, for one organizer, or for the county when it names neither.

    A duty for a unit also knows the unit's organizer, in `of`.
    """

    duty: Duty
    unit: int | None = None
    organizer: int | None = None
    of: int | None = None

    def covers(self, place: Place | None) -> bool:
        """Whether the duty reaches a place; None asks whether it reaches anything at all."""
        if place is None or (self.unit is None and self.organizer is None):
            return True
        if self.unit is not None:
            return self.unit == place.unit
        return self.organizer == place.organizer


@dataclass(frozen=True)
class Actor:
    """Somebody or something that acts. `name` is what the audit writes down.

    `account` is a signed-in account's number; `halfway` is one who still owes the second factor; `strong` one who
    signed in with two factors.
    """

    name: str
    account: int | None = None
    held: frozenset[Held] = field(default=frozenset())
    halfway: bool = False
    strong: bool = False
    trusted_command: bool = False
    in_showroom: bool = False
    in_demo: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether this is a person who has signed in all the way."""
        return self.account is not None and not self.halfway

    def has(self, *duties: Duty) -> bool:
        """Whether one of these duties is held anywhere."""
        return any(held.duty in duties for held in self.held)

    def units(self, *duties: Duty) -> frozenset[int]:
        """The units for which one of these duties is held by name."""
        return frozenset(held.unit for held in self.held if held.unit is not None and held.duty in duties)

    def organizers(self, *duties: Duty) -> frozenset[int]:
        """The organizers for which one of these duties is held as a whole."""
        return frozenset(held.organizer for held in self.held if held.organizer is not None and held.duty in duties)

    def in_county(self, *duties: Duty) -> bool:
        """Whether one of these duties is held for the whole county."""
        return any(held.unit is None and held.organizer is None and held.duty in duties for held in self.held)


VISITOR = Actor("public")
SHOWROOM_VISITOR = Actor("public", in_showroom=True)
COMMAND = Actor("command", trusted_command=True)
WORKER = Actor("worker", trusted_command=True)

Predicate = Callable[[Actor, Place | None], bool]


def anyone(actor: Actor, place: Place | None) -> bool:
    """Whoever comes, signed in or not."""
    return True


def works_at_the_server(actor: Actor, place: Place | None) -> bool:
    """Whoever may run commands on the machine itself."""
    return actor.trusted_command


def visits_the_showroom(actor: Actor, place: Place | None) -> bool:
    """Whoever looks at a development or demo installation."""
    return actor.in_showroom


def visits_the_demo(actor: Actor, place: Place | None) -> bool:
    """Whoever looks at the fictional county."""
    return actor.in_demo


def is_halfway(actor: Actor, place: Place | None) -> bool:
    """Whoever has given the first factor and owes the second."""
    return actor.account is not None and actor.halfway


def is_signed_in(actor: Actor, place: Place | None) -> bool:
    """Whoever has signed in all the way."""
    return actor.signed_in


def within(duty: Duty) -> Predicate:
    """Make the predicate of those who hold a duty that reaches the place."""

    def holds(actor: Actor, place: Place | None) -> bool:
        return actor.signed_in and any(held.duty is duty and held.covers(place) for held in actor.held)

    holds.__name__ = f"is_{duty.value}"
    return holds


def anywhere(duty: Duty) -> Predicate:
    """Make the predicate of those who hold a duty somewhere, for things whose place the service looks at itself."""

    def holds(actor: Actor, place: Place | None) -> bool:
        return actor.signed_in and actor.has(duty)

    return holds


def not_the_beginner(predicate: Predicate) -> Predicate:
    """Make the predicate of those others than the one who began it: what two must do, no one does alone."""

    def holds(actor: Actor, place: Place | None) -> bool:
        return predicate(actor, place) and (place is None or place.begun_by != actor.account)

    return holds


def about_another(predicate: Predicate) -> Predicate:
    """Make the predicate of those whom the thing is not about: nobody gives oneself anything."""

    def holds(actor: Actor, place: Place | None) -> bool:
        return predicate(actor, place) and (place is None or place.about != actor.account)

    return holds


def of_another_organizer(predicate: Predicate) -> Predicate:
    """Make the predicate of those who do not work for the organizer in question."""

    def holds(actor: Actor, place: Place | None) -> bool:
        own = {held.organizer or held.of for held in actor.held} - {None}
        return predicate(actor, place) and (place is None or place.organizer not in own)

    return holds


def with_two_factors(predicate: Predicate) -> Predicate:
    """Make the predicate of those who also signed in with two factors."""

    def holds(actor: Actor, place: Place | None) -> bool:
        return actor.strong and predicate(actor, place)

    return holds


def when_away(predicate: Predicate) -> Predicate:
    """Make the predicate of those who take over while the unit's BBA is away, or when there is none."""

    def holds(actor: Actor, place: Place | None) -> bool:
        return predicate(actor, place) and (place is None or place.bba_away or place.unanswered)

    return holds


def when_unanswered(predicate: Predicate) -> Predicate:
    """Make the predicate of those who answer when nobody else does."""

    def holds(actor: Actor, place: Place | None) -> bool:
        return predicate(actor, place) and (place is None or place.unanswered)

    return holds


def by_delegation(predicate: Predicate) -> Predicate:
    """Make the predicate of those to whom just this case is delegated."""

    def holds(actor: Actor, place: Place | None) -> bool:
        return predicate(actor, place) and (place is None or actor.account in place.delegates)

    return holds


def who_began(predicate: Predicate) -> Predicate:
    """Make the predicate of the one who began it, as long as the duty there lasts."""

    def holds(actor: Actor, place: Place | None) -> bool:
        return predicate(actor, place) and (place is None or place.begun_by == actor.account)

    return holds


def works_here(actor: Actor, place: Place | None) -> bool:
    """Whoever has a duty at the unit itself."""
    near = (held for held in actor.held if held.unit is not None)
    return actor.signed_in and any(held.covers(place) for held in near)


def belongs_to_the_organizer(actor: Actor, place: Place | None) -> bool:
    """Whoever has a duty at the organizer or at one of its units."""
    own = {held.organizer or held.of for held in actor.held} - {None}
    return actor.signed_in and bool(own) and (place is None or place.organizer in own)


is_bba = within(Duty.BBA)
is_deputy = within(Duty.DEPUTY)
leads_the_unit = within(Duty.UNIT_HEAD)
runs_the_organizer = within(Duty.ORGANIZER_ADMIN)
leads_the_process = within(Duty.PROCESS_LEADER)
steers = within(Duty.STEERING)
reviews_the_log = with_two_factors(within(Duty.LOG_REVIEWER))
keeps_the_machine = within(Duty.OPERATIONS)
stands_in = when_away(is_deputy)
holds_the_fort = when_unanswered(leads_the_unit)
maps_by_delegation = by_delegation(within(Duty.DELEGATE))
answering = tuple(with_two_factors(predicate) for predicate in (is_bba, stands_in, holds_the_fort))
"""Who answers for a unit's cases today: its BBA; while away the deputy; and when there is neither, the unit's head."""

RULES: dict[Permission, tuple[Predicate, ...]] = {
    Permission.READ_PUBLIC: (anyone,),
    Permission.TELL_US: (anyone,),
    Permission.SEE_STYLE_GUIDE: (visits_the_showroom,),
    Permission.VISIT_DEMO: (visits_the_demo,),
    Permission.SIGN_IN: (anyone,),
    Permission.FINISH_SIGN_IN: (is_halfway,),
    Permission.OWN_ACCOUNT: (is_signed_in,),
    Permission.SEE_DESK: (is_signed_in,),
    Permission.READ_ENTRY: (is_bba, is_deputy, leads_the_unit, runs_the_organizer, leads_the_process),
    Permission.CHANGE_ENTRY: (is_bba, leads_the_unit, runs_the_organizer),
    Permission.CONFIRM_ENTRY: (is_bba, is_deputy, leads_the_unit, runs_the_organizer),
    Permission.APPROVE_CONTACT: (
        not_the_beginner(is_bba),
        not_the_beginner(leads_the_unit),
        not_the_beginner(runs_the_organizer),
    ),
    Permission.APPOINT: (leads_the_unit, runs_the_organizer),
    Permission.CONFIRM_HANDOVER: (is_bba, is_deputy, leads_the_unit, runs_the_organizer),
    Permission.FLAG_ENTRY: (leads_the_process,),
    Permission.SETTLE_FLAG: (is_bba, leads_the_unit, runs_the_organizer),
    Permission.READ_FAULTS: (is_bba, leads_the_unit, runs_the_organizer, leads_the_process),
    Permission.HANDLE_FAULT: (is_bba, leads_the_unit, runs_the_organizer, leads_the_process, works_at_the_server),
    Permission.READ_COVERAGE: (runs_the_organizer, leads_the_process, steers),
    Permission.REMIND_MANY: (runs_the_organizer, leads_the_process),
    Permission.IMPORT_UNITS: (anywhere(Duty.ORGANIZER_ADMIN), leads_the_process, works_at_the_server),
    Permission.APPROVE_IMPORT: (
        not_the_beginner(anywhere(Duty.ORGANIZER_ADMIN)),
        not_the_beginner(leads_the_process),
    ),
    Permission.KEEP_DIRECTORY: (works_at_the_server,),
    Permission.READ_ACCOUNTS: (leads_the_unit, runs_the_organizer, leads_the_process, works_at_the_server),
    Permission.INVITE: (leads_the_unit, runs_the_organizer, leads_the_process, works_at_the_server),
    Permission.CHANGE_ACCOUNT: (
        about_another(leads_the_unit),
        about_another(runs_the_organizer),
        about_another(leads_the_process),
        works_at_the_server,
    ),
    Permission.READ_AUDIT: (reviews_the_log,),
    Permission.EXPORT_AUDIT: (reviews_the_log,),
    Permission.REVIEW_AUDIT: (about_another(reviews_the_log),),
    Permission.READ_LETTERS: (keeps_the_machine, works_at_the_server),
    Permission.DECIDE_LETTER: (keeps_the_machine, works_at_the_server),
    Permission.OPEN_LETTER: (visits_the_demo,),
    Permission.APPLY_TO_JOIN: (anyone,),
    Permission.READ_APPLICATIONS: (leads_the_process,),
    Permission.REVIEW_APPLICATION: (of_another_organizer(leads_the_process),),
    Permission.APPROVE_APPLICATION: (not_the_beginner(of_another_organizer(leads_the_process)),),
    Permission.READ_JOINING: (leads_the_process, runs_the_organizer),
    Permission.NOTE_JOINING: (leads_the_process,),
    Permission.RENEW_JOINING: (runs_the_organizer,),
    Permission.INFORM: (with_two_factors(works_here),),
    Permission.OWN_WHEEL: (with_two_factors(who_began(works_here)),),
    Permission.READ_CASES: (*answering, with_two_factors(within(Duty.DELEGATE))),
    Permission.READ_CASE: (*answering, with_two_factors(maps_by_delegation)),
    Permission.MAP_CASE: (*answering, with_two_factors(maps_by_delegation)),
    Permission.DECIDE_CASE: answering,
    Permission.DELEGATE_CASE: answering,
    Permission.HAND_OVER_CASE: answering,
    Permission.SEE_READERS: answering,
    Permission.EXPORT_CASE: answering,
    Permission.RELEASE_EXTRACT: (
        *(not_the_beginner(predicate) for predicate in answering),
        not_the_beginner(with_two_factors(leads_the_unit)),
    ),
    Permission.HOLD_CASE: (*answering, with_two_factors(runs_the_organizer)),
    Permission.KEEP_RULES: (runs_the_organizer,),
    Permission.PROPOSE_FORGETTING: (with_two_factors(runs_the_organizer),),
    Permission.APPROVE_FORGETTING: (not_the_beginner(with_two_factors(runs_the_organizer)),),
    Permission.KEEP_ACTORS: (leads_the_process,),
    Permission.WRITE_ASSESSMENT: (works_here, runs_the_organizer),
    Permission.READ_ASSESSMENT: (belongs_to_the_organizer,),
}
"""A permission is given when any one of its predicates holds; what is not in the table is refused."""

GIVES: dict[Duty, frozenset[Duty]] = {
    Duty.UNIT_HEAD: frozenset({Duty.STAFF}),
    Duty.ORGANIZER_ADMIN: frozenset(
        {Duty.STAFF, Duty.UNIT_HEAD, Duty.ORGANIZER_ADMIN, Duty.COMMUNICATOR, Duty.STEERING, Duty.LOG_REVIEWER}
    ),
    Duty.PROCESS_LEADER: frozenset({Duty.ORGANIZER_ADMIN, Duty.COMMUNICATOR, Duty.STEERING}),
}
"""Which duties each duty may give and take within its scope. At the server itself every duty can be given."""


class Refused(Exception):
    """The actor may see the thing but not do this to it."""


def may(actor: Actor, permission: Permission, place: Place | None = None) -> bool:
    """Tell whether the actor may do this there; without a place, whether anywhere."""
    return any(holds(actor, place) for holds in RULES.get(permission, ()))


def require(actor: Actor, permission: Permission, place: Place | None = None) -> None:
    """Let the actor through or raise Refused."""
    if not may(actor, permission, place):
        raise Refused(f"{actor.name} may not {permission}.")


def may_give(actor: Actor, duty: Duty, place: Place) -> bool:
    """Tell whether the actor may give or take a duty at a place, to somebody else than themselves."""
    if duty in FOLLOWED or (place.about is not None and place.about == actor.account):
        return False
    return actor.trusted_command or any(
        held.covers(place) and duty in GIVES.get(held.duty, ()) for held in actor.held if actor.signed_in
    )
