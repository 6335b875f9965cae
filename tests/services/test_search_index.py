"""Promises of the index: it says what is, all of it, and nothing that was."""

from datetime import date, timedelta

import pytest

from tbb.database import rows
from tbb.models import Person, Posting, Responsibility, Term, Unit
from tbb.services import search, versions
from tests import make

TODAY = date(2026, 11, 23)


def find(query, today=TODAY):
    return [row.label for row in search.find(query, today=today).rows]


def postings():
    return rows(
        "SELECT posting.unit_id, term.text, posting.weight, term.df FROM posting"
        " JOIN term ON term.id = posting.term_id ORDER BY posting.unit_id, term.text"
    )


@pytest.fixture
def unit(db):
    return make.unit("Näckrosskolan", organizer=make.organizer())


def test_indexing_some_is_the_same_as_indexing_all(unit):
    others = [make.unit(name, "preschool") for name in ("Solens förskola", "Månens förskola")]
    search.reindex([unit.id, *(other.id for other in others)], today=TODAY)
    step_by_step = postings()
    search.reindex(today=TODAY)
    assert postings() == step_by_step
    Unit.update(name="Solrosens förskola").where(Unit.id == others[0].id).execute()
    search.reindex([others[0].id], today=TODAY)
    step_by_step = postings()
    search.reindex(today=TODAY)
    assert postings() == step_by_step
    assert not Term.select().where(Term.text == "solens").exists()


def test_a_change_is_found_at_once_and_what_was_is_not(unit):
    search.reindex(today=TODAY)
    before = versions.current(versions.SEARCH)
    Unit.update(name="Liljeskolan", folded="liljeskolan").where(Unit.id == unit.id).execute()
    search.reindex([unit.id], today=TODAY)
    assert versions.current(versions.SEARCH) == before + 1
    assert find("liljeskolan") == ["Liljeskolan"]
    assert find("näckrosskolan") == []


def test_a_closed_unit_leaves_nothing_behind(unit):
    search.reindex(today=TODAY)
    Unit.update(status="closed").where(Unit.id == unit.id).execute()
    search.reindex([unit.id], today=TODAY)
    assert Posting.select().count() == Term.select().count() == 0
    assert find("näckrosskolan") == find("") == []


def test_the_index_follows_its_transaction(unit, db):
    search.reindex(today=TODAY)
    with pytest.raises(ZeroDivisionError), db.atomic():
        Unit.update(name="Liljeskolan").where(Unit.id == unit.id).execute()
        search.reindex([unit.id], today=TODAY)
        raise ZeroDivisionError
    assert find("näckrosskolan") == ["Näckrosskolan"]


def test_the_responsible_person_is_found_and_shown(unit):
    make.responsible(unit)
    search.reindex(today=TODAY)
    (row,) = search.find("helena exempelsson", today=TODAY).rows
    assert (row.contact.name, row.contact.title, row.contact.phone) == (
        "Helena Exempelsson",
        "Biträdande rektor",
        "070-174 06 11",
    )
    assert (row.contact.role, row.contact.away) == ("bba", False)


def test_a_protected_person_is_a_function_and_a_switchboard_and_is_not_searched_for(unit):
    hidden = make.person(
        "", phone="", protected=True, function_name="Barnets bästa-ansvarig", switchboard="08-465 004 10"
    )
    make.responsible(unit, hidden)
    search.reindex(today=TODAY)
    (row,) = search.find("näckrosskolan", today=TODAY).rows
    assert (row.contact.name, row.contact.phone) == ("Barnets bästa-ansvarig", "08-465 004 10")
    assert row.contact.protected


def test_a_deputy_answers_while_the_responsible_person_is_away(unit):
    make.responsible(unit, away_from=TODAY, away_until=TODAY + timedelta(days=3))
    make.responsible(unit, make.person("Omar Exempelsson"), "deputy")
    search.reindex(today=TODAY)
    (row,) = search.find("näckros", today=TODAY).rows
    assert (row.contact.name, row.contact.role) == ("Omar Exempelsson", "deputy")
    (row,) = search.find("näckros", today=TODAY + timedelta(days=4)).rows
    assert (row.contact.name, row.contact.role) == ("Helena Exempelsson", "bba")


def test_one_who_is_away_with_no_deputy_is_shown_as_away(unit):
    until = TODAY + timedelta(days=3)
    make.responsible(unit, away_from=TODAY, away_until=until)
    search.reindex(today=TODAY)
    (row,) = search.find("näckros", today=TODAY).rows
    assert (row.contact.away, row.contact.away_until) == (True, until)


def test_nobody_is_shown_before_or_after_their_time(unit):
    make.responsible(unit, starts_on=TODAY + timedelta(days=2), ends_on=TODAY + timedelta(days=9))
    search.reindex(today=TODAY)
    assert search.find("näckros", today=TODAY).rows[0].contact is None
    assert find("exempelsson") == []


def test_the_night_finds_who_began_and_forgets_who_ended(unit):
    make.responsible(unit, starts_on=TODAY + timedelta(days=2), ends_on=TODAY + timedelta(days=9))
    search.reindex(today=TODAY)
    assert search.reindex_changed_by_date(TODAY + timedelta(days=2)) == 1
    assert find("exempelsson", TODAY + timedelta(days=2)) == ["Näckrosskolan"]
    assert search.reindex_changed_by_date(TODAY + timedelta(days=10)) == 1
    assert find("exempelsson", TODAY + timedelta(days=10)) == []
    assert search.reindex_changed_by_date(TODAY + timedelta(days=100)) == 0
    assert Responsibility.select().count() == Person.select().count() == 1


def test_a_display_name_and_the_registers_name_both_lead_to_the_unit(db):
    make.unit("Anpassad gymnasieskola", "upper_secondary_adapted", display_name="Näckrosgymnasiet")
    search.reindex(today=TODAY)
    for query in ("näckrosgymnasiet", "anpassad gymnasieskola", "särskola"):
        assert find(query) == ["Näckrosgymnasiet"]


def test_an_index_never_made_finds_nothing_and_does_not_fail(unit):
    assert find("näckrosskolan") == []
    assert search.suggest("näckrosskolan") == []
    assert find("") == ["Näckrosskolan"]
