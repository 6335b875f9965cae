"""The county remarks and never changes; the owner answers; each is told by letter, without the words."""

from __future__ import annotations

from functools import partial

import pytest

from tbb.models import Account, AuditRow, Flag, Grant, Unit
from tbb.policy import Refused
from tbb.services import flags
from tests import make
from tests.services.keeping_cast import acting, all_at_once, assemble, letters_of

WORDS = "Webbplatsen leder fel."


@pytest.fixture
def cast(db):
    return assemble()


def raised(cast) -> Flag:
    return flags.raise_flag(acting(cast.county), cast.unit, WORDS)


def test_the_county_remarks_and_the_owners_are_told_without_the_words(cast):
    before = Unit.get_by_id(cast.unit.id).__data__
    flag = raised(cast)
    told = letters_of("flag_raised")
    assert set(told) == {cast.head.email, cast.admin.email}
    assert all(facts["path"].endswith(f"/flagga/{flag.id}") and WORDS not in facts.values() for facts in told.values())
    assert Unit.get_by_id(cast.unit.id).__data__ == before
    row = AuditRow.get()
    assert (row.action, row.fields, row.unit, WORDS in row.note) == ("flag:raise", "message", cast.unit.id, False)


def test_without_owners_the_responsible_is_told(cast):
    Grant.delete().where(Grant.account << [cast.head, cast.admin]).execute()
    raised(cast)
    assert set(letters_of("flag_raised")) == {cast.bba.email}


@pytest.mark.parametrize("who", ["head", "admin", "bba", "deputy", "stranger"])
def test_only_the_county_remarks(cast, who):
    with pytest.raises(Refused):
        flags.raise_flag(acting(getattr(cast, who)), cast.unit, WORDS)
    assert not Flag.select().exists()


@pytest.mark.parametrize("who", ["head", "admin", "bba"])
def test_an_owner_answers_and_the_county_is_told(cast, who):
    flag = raised(cast)
    flags.settle(acting(getattr(cast, who)), cast.unit, flag.id, "Rättat nu.")
    kept = Flag.get()
    assert (kept.answer, kept.settled_by_id) == ("Rättat nu.", getattr(cast, who).id)
    assert set(letters_of("flag_settled")) == {cast.county.email}
    assert flags.of_unit(cast.unit.id, still_open=True) == []
    (shown,) = flags.of_unit(cast.unit.id, still_open=False)
    assert (shown.raiser, shown.settler) == ("Petra Exempelsson", getattr(cast, who).name)


@pytest.mark.parametrize("who", ["county", "deputy", "stranger"])
def test_who_does_not_own_the_entry_answers_for_nobody(cast, who):
    flag = raised(cast)
    with pytest.raises(Refused):
        flags.settle(acting(getattr(cast, who)), cast.unit, flag.id, "Nej.")
    assert Flag.get().settled_at is None


def test_a_flag_is_of_its_own_unit(cast):
    other = make.unit("Bergskolan", organizer=cast.organizer)
    flag = raised(cast)
    assert flags.one(other.id, flag.id) is None
    with pytest.raises(Flag.DoesNotExist):
        flags.settle(acting(cast.admin), other, flag.id, "Nej.")


def test_who_raised_it_and_is_gone_gets_no_letter(cast):
    flag = raised(cast)
    Account.update(state="disabled").where(Account.id == cast.county.id).execute()
    flags.settle(acting(cast.head), cast.unit, flag.id, "Rättat.")
    assert letters_of("flag_settled") == {}


def test_of_two_answers_at_once_one_counts(cast):
    flag = raised(cast)
    found = all_at_once(
        partial(flags.settle, acting(cast.head), cast.unit, flag.id, "Ett"),
        partial(flags.settle, acting(cast.admin), cast.unit, flag.id, "Två"),
    )
    assert sorted(type(one).__name__ for one in found) == ["AlreadySettled", "NoneType"]
    assert len(letters_of("flag_settled")) == 1
