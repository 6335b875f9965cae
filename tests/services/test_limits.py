"""Limits count together over all processes, let the last allowed try through, and keep no addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tbb.database import rows
from tbb.services import limits
from tbb.services.limits import TooOften, neighbourhood

NOON = datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC)


def spend(who: str = "192.0.2.1", what: str = "feedback") -> None:
    """Try once."""
    limits.spend(what, who, most=3, seconds=600)


def test_the_last_allowed_try_goes_through_and_the_next_does_not(db, at):
    at(NOON)
    for _ in range(3):
        spend()
    with pytest.raises(TooOften) as problem:
        spend()
    assert problem.value.seconds == 599


def test_others_and_other_things_are_not_hindered(db, at):
    at(NOON)
    for _ in range(3):
        spend()
    spend(who="192.0.2.2")
    spend(what="subscription")


def test_the_next_window_begins_anew_and_the_old_counts_are_forgotten(db, at):
    at(NOON)
    for _ in range(3):
        spend()
    at(NOON + timedelta(minutes=10))
    spend()
    limits.forget_old_counts()
    assert rows("SELECT count FROM rate_count") == [(1,)]


def test_no_address_is_kept_and_the_fingerprint_changes_every_day(db, at):
    at(NOON)
    spend(who="192.0.2.77")
    at(NOON + timedelta(days=1))
    spend(who="192.0.2.77")
    kept = [row[0] for row in rows("SELECT bucket FROM rate_count")]
    assert len(set(kept)) == 2
    assert not any("192.0.2.77" in bucket for bucket in kept)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("nonsense", "", True),
    ],
)
def test_an_ipv6_household_counts_as_one(one, other, same):
    assert (neighbourhood(one) == neighbourhood(other)) is same


def test_an_ipv4_address_in_ipv6_clothes_is_the_same_address():
    assert neighbourhood("::ffff:192.0.2.1") != neighbourhood("::ffff:192.0.2.2")
    assert neighbourhood("::ffff:192.0.2.1") == neighbourhood("192.0.2.1")
