"""Promises of the search: what is found, in which order, and what a result says."""

from datetime import date
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tbb.models import Unit
from tbb.services import search
from tbb.services.search import Filters
from tests import make

TODAY = date(2026, 11, 23)
NASTY = (
    "\x00",
    "\ud800",
    "a" * 100_000,
    "%",
    "_",
    "'; DROP TABLE unit; --",
    '"' * 50,
    "\\",
    "*",
    "-",
    "m:1",
    "k:preschool",
    "?",
    "NULL",
    "🏫",
    "مدرسة",
    "\u202eskola",
    "1" * 60,
    " ".join("abcdefghij" * 20),
    "ﷺ" * 90,
)


@pytest.fixture
def town(db):
    """A small directory with what makes names hard: forms, aliases, saints, parts of schools, places."""
    east, west = make.municipality("Österexempel"), make.municipality("Flenby")
    public = make.organizer("Österexempels kommun")
    private = make.organizer("Exempelkooperativet AB", "independent")
    region = make.organizer("Region Sörexempel", "region")
    beacon = make.school("Fyrholmsgymnasiet", east)
    lily = {"organizer": private, "aliases": ("Näckrosens friskola",)}
    make.unit("Näckrosens Fri Förskola", "preschool", east, **lily)
    make.unit("Regnbågens Förskola", "preschool", east, organizer=public, street="Exempelvägen 3")
    make.unit("Förskolan Regnbågen", "preschool", west, organizer=private)
    make.unit("S:t Exempels gymnasium", "upper_secondary", east, organizer=public)
    make.unit("Fyrholmsgymnasiet 1", "upper_secondary", east, organizer=public, school=beacon)
    make.unit("Fyrholmsgymnasiet 2", "upper_secondary", east, organizer=public, school=beacon)
    make.unit("Anpassade programmet", "upper_secondary_adapted", east, organizer=public, school=beacon)
    make.unit("Mottagningen Solsidan", "bvc", west, organizer=region)
    make.unit("Ungdomsstödet", "kaa", west, organizer=public)
    make.unit("Flenbys skola", "compulsory", west, organizer=public, postal_code="64100")
    make.unit("Ängsskolan", "compulsory", west, organizer=private)
    make.unit("Vilande skolan", "compulsory", west, organizer=public, status="dormant")
    make.unit("Stängda skolan", "compulsory", west, organizer=public, status="closed")
    search.reindex(today=TODAY)
    return {"east": east, "west": west}


def labels(result):
    return [row.label for row in result.rows]


def find(query, **more):
    return search.find(query, today=TODAY, **more)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("näckrosens friskola", "Näckrosens Fri Förskola"),
        ("nackrosens frskola", "Näckrosens Fri Förskola"),
        ("regnbagen osterexempel", "Regnbågens Förskola"),
        ("regnbågens förskola", "Regnbågens Förskola"),
        ("förskola flenby regnbågens", "Förskolan Regnbågen"),
        ("st exempels", "S:t Exempels gymnasium"),
        ("sankt exempel", "S:t Exempels gymnasium"),
        ("fyrholm 2", "Fyrholmsgymnasiet 2"),
        ("2 fyrholmsgymnasiet", "Fyrholmsgymnasiet 2"),
        ("bvc flenby", "Mottagningen Solsidan"),
        ("barnavårdscentralen", "Mottagningen Solsidan"),
        ("region sorexempel", "Mottagningen Solsidan"),
        ("kommunala aktivitetsansvaret", "Ungdomsstödet"),
        ("exempelvägen 3", "Regnbågens Förskola"),
        ("641 00", "Flenbys skola"),
        ("fyrh", "Fyrholmsgymnasiet 1"),
        ("ängss", "Ängsskolan"),
        ("solsdian", "Mottagningen Solsidan"),
        ("regnbågensförskola", "Regnbågens Förskola"),
        ("ängs skolan", "Ängsskolan"),
        ("holmsgymn", "Fyrholmsgymnasiet 1"),
    ],
)
def test_finds_what_was_meant(town, query, first):
    assert labels(find(query))[0] == first
    assert search.suggest(query)[0].label == first or search.suggest(query)[1].label == first


def test_both_word_orders_and_forms_find_the_same(town):
    expected = {"Regnbågens Förskola", "Förskolan Regnbågen"}
    for query in ("regnbagen", "förskolan regnbågen", "Regnbågens förskola", "REGNBÅGE", "dagis regnb"):
        assert set(labels(find(query))) == expected, query


def test_a_name_comes_before_a_place(town):
    assert labels(find("flenby"))[0] == "Flenbys skola"
    assert set(labels(find("flenby"))) > {"Flenbys skola", "Mottagningen Solsidan"}


@pytest.mark.parametrize(("own", "first"), [("osterexempel", "Regnbågens Förskola"), ("flenby", "Förskolan Regnbågen")])
def test_the_own_municipality_comes_first(town, own, first):
    assert labels(find("regnbågens förskola", own_municipality=own))[0] == first
    assert search.suggest("regnbåg", own_municipality=own)[0].label == first
    assert search.suggest("r", own_municipality=own)[0].label == "Regnbågens Förskola"
    assert [row.municipality_slug for row in find("", own_municipality=own).rows][0] == own


def test_an_unknown_own_municipality_changes_nothing(town):
    assert find("regnbågen", own_municipality="ingenstans") == find("regnbågen")


def test_units_of_one_school_stand_together(town):
    found = find("gymnasium")
    schools = [row.school for row in found.rows]
    assert schools.count("Fyrholmsgymnasiet") == 3
    first = schools.index("Fyrholmsgymnasiet")
    assert schools[first : first + 3] == ["Fyrholmsgymnasiet"] * 3
    assert labels(find("fyrholmsgymnasiet"))[:3] == [
        "Fyrholmsgymnasiet 1",
        "Fyrholmsgymnasiet 2",
        "Anpassade programmet",
    ]


def test_closed_units_are_not_found_and_dormant_ones_are_marked(town):
    assert find("stängda").total == 0
    assert "Stängda skolan" not in labels(find("", page_size=100))
    assert [(row.label, row.status) for row in find("vilande").rows] == [("Vilande skolan", "dormant")]


def test_an_empty_query_lists_everything_in_swedish_order(town):
    found = find("")
    assert found.total == 12
    assert labels(found)[:4] == [
        "Anpassade programmet",
        "Fyrholmsgymnasiet 1",
        "Fyrholmsgymnasiet 2",
        "Flenbys skola",
    ]
    assert labels(found)[-1] == "Ängsskolan"
    assert found.exact and not found.near


def test_choices_of_one_filter_widen_and_different_filters_narrow(town):
    assert find("", filters=Filters(kinds=("bvc", "kaa"))).total == 2
    assert find("", filters=Filters(municipalities=("flenby",), kinds=("preschool",))).total == 1
    chosen = Filters(municipalities=("flenby", "osterexempel"), organizer_kinds=("independent",))
    assert set(labels(find("förskola", filters=chosen))) == {"Näckrosens Fri Förskola", "Förskolan Regnbågen"}


@pytest.mark.parametrize("query", ["", "skola", "regnbågen", "flenby", "gymnasium"])
def test_a_choice_leads_to_as_many_units_as_it_says(town, query):
    for filters in (Filters(), Filters(municipalities=("flenby",)), Filters(organizer_kinds=("municipal",))):
        facets = find(query, filters=filters).facets
        for value in facets.kind:
            narrowed = Filters(filters.municipalities, (value.value,), filters.organizer_kinds)
            assert find(query, filters=narrowed).total == value.count
        for value in facets.municipality:
            narrowed = Filters((value.value,), filters.kinds, filters.organizer_kinds)
            assert find(query, filters=narrowed).total == value.count


def test_a_chosen_filter_stays_to_be_taken_away_even_when_it_shows_nothing(town):
    found = find("regnbågen", filters=Filters(kinds=("bvc",)))
    assert (found.total, found.total_without_filters, found.rows) == (0, 2, ())
    assert [(value.value, value.count) for value in found.facets.kind if value.chosen] == [("bvc", 0)]
    assert {row.label for row in found.near} == {"Regnbågens Förskola", "Förskolan Regnbågen"}


def test_filters_that_do_not_exist_are_not_there(town):
    found = find("", filters=Filters(("atlantis",), ("castle",), ("crown",)))
    assert (found.total, found.filters) == (12, Filters())


def test_no_result_gives_what_is_like_it(town):
    nothing = find("fyrholm 3")
    assert nothing.total == 0 and not nothing.rows
    assert nothing.near[0].school == "Fyrholmsgymnasiet"
    assert search.near("fyrholm 3", today=TODAY) == nothing.near
    assert [place.slug for place in find("akvarium flenby").municipalities] == ["flenby"]
    assert {row.municipality for row in find("akvarium flenby").near} == {"Flenby"}


def test_says_when_the_rows_are_only_what_was_probably_meant(town):
    assert find("solsidan").exact
    assert not find("solsdian").exact


def test_suggests_municipalities_and_marks_what_is_only_alike(town):
    suggestions = search.suggest("flen")
    assert (suggestions[0].type, suggestions[0].slug) == ("municipality", "flenby")
    assert suggestions[1].label == "Flenbys skola" and not suggestions[1].near
    assert search.suggest("solsdian")[0].near
    assert [line.label for line in search.suggest("a")][:2] == ["Anpassade programmet", "Ängsskolan"]
    assert search.suggest("", limit=8) == [] and len(search.suggest("skola", limit=2)) == 2


def test_every_unit_is_on_one_page_and_only_one(db):
    where, other = make.municipality("Exempelby"), make.municipality("Annanby")
    for number in range(230):
        make.unit(f"Provskolan {number}", "compulsory", other if number % 5 == 0 else where)
    search.reindex(today=TODAY)
    for query in ("provskolan", "skola", ""):
        for own in (None, "annanby"):
            for filters in (Filters(), Filters(kinds=("compulsory",))):
                pages = [
                    find(query, page=page, page_size=30, own_municipality=own, filters=filters) for page in range(1, 9)
                ]
                seen = [row.id for page in pages for row in page.rows]
                assert (len(seen), len(set(seen)), pages[0].pages) == (230, 230, 8)
    assert find("", page=99, page_size=30).page == 8
    assert find("", page=-1).page == 1
    first = find("provskolan", own_municipality="annanby", page_size=46).rows
    assert {row.municipality for row in first} == {"Annanby"}


def test_answers_anything_that_can_be_typed(town):
    for query in NASTY:
        found = find(query, filters=Filters((query,), (query,), (query,)), own_municipality=query)
        assert found.query.isprintable() and len(found.query) <= 100
        search.suggest(query, own_municipality=query)
        search.near(query, today=TODAY)
    assert Unit.select().count() == 13


@given(query=st.text(max_size=60), page=st.integers(-5, 10**12), size=st.integers(-5, 10**6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_never_raises(town, query, page, size):
    found = find(query, page=page, page_size=size)
    assert len(found.rows) <= min(found.total, found.page_size)
    search.suggest(query)


def test_a_thread_of_its_own_finds_the_same(town, db):
    expected, found = find("regnbågen"), []

    def ask():
        db.connect(reuse_if_open=True)
        found.append(find("regnbågen"))
        db.close()

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4
