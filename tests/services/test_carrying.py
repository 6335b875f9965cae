"""Answers carried from the public wheel: seven levels, sealed, opened once, forgotten after half an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import rows
from tbb.policy import VISITOR
from tbb.services import carrying
from tbb.services.limits import TooOften

LEVELS = {"halsa": "uppm", "trygghet": "stod", "hemmet": "bra", "larande": "vetinte"}


def carry(levels=LEVELS, sender="192.0.2.1") -> str:
    return carrying.carry(VISITOR, sender, levels)


def kept() -> list:
    return rows("SELECT digest, subject, payload FROM one_time_token WHERE purpose = ?", (carrying.PURPOSE,))


def test_they_are_looked_at_and_taken_once_and_nothing_is_left(db):
    token = carry()
    assert carrying.look(token) == carrying.look(token) == LEVELS
    assert carrying.take(token) == LEVELS
    assert carrying.take(token) == carrying.look(token) == {} and kept() == []


def test_only_known_areas_and_levels_follow_along_and_they_are_sealed(db):
    noisy = LEVELS | {"omsorg": "hemskt", "namn": "Alva", "stamp": "x", "utveckling": ""}
    token = carry(noisy)
    ((digest, subject, payload),) = kept()
    assert subject == "" and token not in digest and b"stod" not in bytes(payload) and len(payload) > 40
    assert carrying.take(token) == LEVELS
    assert carrying.take(carry({})) == {}
    assert carrying.look("") == carrying.take("x" * 400) == {}


def test_after_half_an_hour_they_are_gone_also_from_the_table(db, at):
    began = clock.now()
    late, early = carry(), carry({"halsa": "bra"})
    at(began + timedelta(minutes=29))
    assert carrying.take(early) == {"halsa": "bra"} and carrying.forget_late() == 0
    at(began + timedelta(minutes=31))
    assert carrying.look(late) == carrying.take(late) == {}
    assert carrying.forget_late() == 1 and kept() == []


def test_two_are_carried_at_once_without_ending_each_other_but_not_any_number(db):
    first, second = carry(), carry({"halsa": "bra"})
    assert (carrying.take(second), carrying.take(first)) == ({"halsa": "bra"}, LEVELS)
    with pytest.raises(TooOften):
        for _ in range(carrying.PER_SENDER):
            carry()
    assert carrying.take(carry(sender="192.0.2.2")) == LEVELS
