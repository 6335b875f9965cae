"""The whole answer to "who may?": permissions, and one readable table of who has them.

Who acts and where things belong is in tbb/acting.py, the small questions the rules are made of in tbb/predicates.py.
"""

from __future__ import annotations

from enum import StrEnum

from tbb.acting import COMMAND, COUNTY, SHOWROOM_VISITOR, VISITOR, WORKER, Actor, Held, Place
from tbb.models.kinds import FOLLOWED, Duty
from tbb.predicates import (
    Predicate,
    about_another,
    answering,
    anyone,
    anywhere,
    belongs_to_the_organizer,
    communicates,
    coordinates,
    for_the_county,
    is_bba,
    is_deputy,
    is_halfway,
    is_signed_in,
    keeps_the_machine,
    leads_the_process,
    leads_the_unit,
    maps_by_delegation,
    not_the_beginner,
    of_another_organizer,
    reviews_the_log,
    runs_the_organizer,
    steers,
    takes_part,
    visits_the_demo,
    visits_the_showroom,
    when_nobody_coordinates,
    who_began,
    with_two_factors,
    within,
    works_at_the_server,
    works_here,
)

__all__ = [
    "COMMAND",
    "COUNTY",
    "GIVES",
    "RULES",
    "SHOWROOM_VISITOR",
    "VISITOR",
    "WORKER",
    "Actor",
    "Held",
    "Permission",
    "Place",
    "Refused",
    "may",
    "may_give",
    "require",
]


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
    ANSWER_BY_LINK = "link:answer"
    LIST_MEETINGS = "meetings:list"
    READ_MEETING = "meeting:read"
    BOOK_MEETING = "meeting:book"
    RECORD_MEETING = "meeting:record"
    CLOSE_MEETING = "meeting:close"
    CONFIRM_MINUTES = "meeting:confirm"
    APPOINT_COORDINATOR = "coordinator:appoint"
    READ_PLAN = "plan:read"
    WORK_ON_PLAN = "plan:work"
    CHANGE_PLAN = "plan:change"
    HAND_ON_PLAN = "plan:hand-on"
    BOOK_FOLLOWUP = "followup:book"
    KEEP_ROOMS = "room:keep"
    KEEP_BREAKS = "break:keep"
    READ_FORUMS = "forums:list"
    KEEP_FORUM = "forum:keep"
    BRING_CASE = "forum:bring"
    READ_AGENDA = "forum:agenda"
    OWN_CALENDAR = "calendar:own"
    SUBSCRIBE = "subscription:own"
    WRITE_CONTENT = "content:write"
    REVIEW_CONTENT = "content:review"
    PUBLISH_CONTENT = "content:publish"
    SEND_NEWSLETTER = "newsletter:send"
    KEEP_READERS = "readers:keep"
    SEE_NEW = "new:read"
    BOOK_TALK = "talk:book"
    HOST_TALKS = "talk:host"


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
    Permission.ANSWER_BY_LINK: (anyone,),
    Permission.LIST_MEETINGS: (is_signed_in,),
    Permission.READ_MEETING: (*answering, with_two_factors(maps_by_delegation), takes_part, coordinates),
    Permission.BOOK_MEETING: (*answering, with_two_factors(maps_by_delegation), coordinates),
    Permission.RECORD_MEETING: (*answering, with_two_factors(maps_by_delegation), coordinates),
    Permission.CLOSE_MEETING: (*answering, coordinates),
    Permission.CONFIRM_MINUTES: (takes_part,),
    Permission.APPOINT_COORDINATOR: (*answering, with_two_factors(maps_by_delegation)),
    Permission.READ_PLAN: (*answering, with_two_factors(maps_by_delegation), takes_part, coordinates),
    Permission.WORK_ON_PLAN: (*answering, with_two_factors(maps_by_delegation), takes_part, coordinates),
    Permission.CHANGE_PLAN: (coordinates, *(when_nobody_coordinates(predicate) for predicate in answering)),
    Permission.HAND_ON_PLAN: (*answering, coordinates),
    Permission.BOOK_FOLLOWUP: (coordinates, *answering),
    Permission.KEEP_ROOMS: (is_bba, leads_the_unit, runs_the_organizer),
    Permission.KEEP_BREAKS: (runs_the_organizer, leads_the_process),
    Permission.READ_FORUMS: (is_signed_in,),
    Permission.KEEP_FORUM: (runs_the_organizer, leads_the_process),
    Permission.BRING_CASE: answering,
    Permission.READ_AGENDA: (takes_part,),
    Permission.OWN_CALENDAR: (is_signed_in,),
    Permission.SUBSCRIBE: (anyone,),
    Permission.WRITE_CONTENT: (communicates, leads_the_process),
    Permission.REVIEW_CONTENT: (not_the_beginner(communicates), not_the_beginner(leads_the_process)),
    Permission.PUBLISH_CONTENT: (communicates, leads_the_process),
    Permission.SEND_NEWSLETTER: (communicates, leads_the_process),
    Permission.KEEP_READERS: (communicates, leads_the_process),
    Permission.SEE_NEW: (is_signed_in,),
    Permission.BOOK_TALK: (anyone,),
    Permission.HOST_TALKS: (*answering, for_the_county(with_two_factors(leads_the_process))),
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
