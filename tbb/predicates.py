"""The small questions that the rules of the policy are put together from: who, in relation to which place."""

from __future__ import annotations

from collections.abc import Callable

from tbb.acting import Actor, Place
from tbb.models.kinds import Duty

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


def for_the_county(predicate: Predicate) -> Predicate:
    """Make the predicate of those who hold it for what is the county's own, and for no unit or organizer."""

    def holds(actor: Actor, place: Place | None) -> bool:
        return predicate(actor, place) and (place is None or (place.unit is None and place.organizer is None))

    return holds


def works_here(actor: Actor, place: Place | None) -> bool:
    """Whoever has a duty at the unit itself."""
    near = (held for held in actor.held if held.unit is not None)
    return actor.signed_in and any(held.covers(place) for held in near)


def belongs_to_the_organizer(actor: Actor, place: Place | None) -> bool:
    """Whoever has a duty at the organizer or at one of its units."""
    own = {held.organizer or held.of for held in actor.held} - {None}
    return actor.signed_in and bool(own) and (place is None or place.organizer in own)


def when_nobody_coordinates(predicate: Predicate) -> Predicate:
    """Make the predicate of those who keep a plan while it has no samordningsperson with an account."""

    def holds(actor: Actor, place: Place | None) -> bool:
        return predicate(actor, place) and (place is None or place.coordinator is None)

    return holds


def takes_part(actor: Actor, place: Place | None) -> bool:
    """Whoever takes part in the meeting, the plan or the forum, from whatever service, signed in with two factors."""
    return actor.signed_in and actor.strong and (place is None or actor.account in place.participants)


def coordinates(actor: Actor, place: Place | None) -> bool:
    """Whoever is the samordningsperson, signed in with two factors."""
    return actor.signed_in and actor.strong and (place is None or place.coordinator == actor.account)


is_bba = within(Duty.BBA)
is_deputy = within(Duty.DEPUTY)
leads_the_unit = within(Duty.UNIT_HEAD)
runs_the_organizer = within(Duty.ORGANIZER_ADMIN)
leads_the_process = within(Duty.PROCESS_LEADER)
communicates = within(Duty.COMMUNICATOR)
steers = within(Duty.STEERING)
reviews_the_log = with_two_factors(within(Duty.LOG_REVIEWER))
keeps_the_machine = within(Duty.OPERATIONS)
stands_in = when_away(is_deputy)
holds_the_fort = when_unanswered(leads_the_unit)
maps_by_delegation = by_delegation(within(Duty.DELEGATE))
answering = tuple(with_two_factors(predicate) for predicate in (is_bba, stands_in, holds_the_fort))
"""Who answers for a unit's cases today: its BBA; while away the deputy; and when there is neither, the unit's head."""
