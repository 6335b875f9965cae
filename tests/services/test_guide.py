"""The guide leads every child of the model's table, and those whom it forgets, to the right kind of unit."""

from __future__ import annotations

from datetime import date

import pytest

from tbb.models import Unit, UnitSlug
from tbb.models.kinds import Kind
from tbb.services import guide
from tbb.services.directory import Moved
from tbb.services.guide import (
    Age,
    Function,
    Place,
    Preschool,
    Question,
    Reason,
    Situation,
    Stage,
    UpperSecondary,
)
from tests import make

TODAY = date(2026, 11, 23)
TOWNS = ("exempelby", "provstad")
SCHOOLS = (Kind.COMPULSORY, Kind.COMPULSORY_ADAPTED, Kind.SPECIAL_SCHOOL)
UPPER = (Kind.UPPER_SECONDARY, Kind.UPPER_SECONDARY_ADAPTED)
BABIES = Function.CHILD_HEALTH_AND_PRESCHOOL


def answered(**query: str) -> guide.Answers:
    """Read answers as an address would give them."""
    return guide.read(query, TOWNS)


# query without municipality → situation, function, first, beside, reasons, whose municipality
PATHS = {
    "small child in preschool": (
        {"skede": "fore-forskoleklass", "forskola": "forskola"},
        (
            Situation.BEFORE_SCHOOL,
            BABIES,
            (Kind.PRESCHOOL,),
            (Kind.BVC,),
            (Reason.ATTENDS_PRESCHOOL,),
            Place.UNIT,
        ),
    ),
    "small child in pedagogisk omsorg": (
        {"skede": "fore-forskoleklass", "forskola": "pedagogisk-omsorg"},
        (
            Situation.BEFORE_SCHOOL,
            BABIES,
            (Kind.FAMILY_DAYCARE,),
            (Kind.BVC,),
            (Reason.ATTENDS_FAMILY_DAYCARE,),
            Place.UNIT,
        ),
    ),
    "small child at home": (
        {"skede": "fore-forskoleklass", "forskola": "nej"},
        (Situation.BEFORE_SCHOOL, BABIES, (Kind.BVC,), (), (Reason.ATTENDS_NEITHER,), Place.UNIT),
    ),
    "pupil from förskoleklass to åk 9": (
        {"skede": "grundskola"},
        (Situation.COMPULSORY, Function.SCHOOL, SCHOOLS, (), (Reason.IN_COMPULSORY,), Place.UNIT),
    ),
    "gymnasium in Sörmland": (
        {"skede": "gymnasiet", "gymnasium": "sormland"},
        (Situation.UPPER_IN_COUNTY, Function.SCHOOL, UPPER, (), (Reason.UPPER_IN_COUNTY,), Place.UNIT),
    ),
    "gymnasium outside Sörmland": (
        {"skede": "gymnasiet", "gymnasium": "utanfor"},
        (
            Situation.UPPER_OUTSIDE_COUNTY,
            Function.HOME_FOLLOWUP,
            (Kind.HOME_FOLLOWUP,),
            (),
            (Reason.UPPER_OUTSIDE_COUNTY,),
            Place.HOME,
        ),
    ),
    "gymnasium not started": (
        {"skede": "inte-borjat"},
        (Situation.NOT_STARTED, Function.KAA, (Kind.KAA,), (), (Reason.NOT_STARTED,), Place.HOME),
    ),
    "dropped out": (
        {"skede": "hoppat-av"},
        (Situation.DROPPED_OUT, Function.KAA, (Kind.KAA,), (), (Reason.DROPPED_OUT,), Place.HOME),
    ),
    "over 18 in gymnasium in Sörmland: the school, and KAA anyway": (
        {"skede": "18-20", "gymnasium": "sormland"},
        (
            Situation.UPPER_IN_COUNTY,
            Function.SCHOOL,
            UPPER,
            (Kind.KAA,),
            (Reason.UPPER_IN_COUNTY, Reason.OVER_18),
            Place.UNIT,
        ),
    ),
    "over 18 in gymnasium outside Sörmland: KAA anyway": (
        {"skede": "18-20", "gymnasium": "utanfor"},
        (
            Situation.UPPER_OUTSIDE_COUNTY,
            Function.HOME_FOLLOWUP,
            (Kind.HOME_FOLLOWUP,),
            (Kind.KAA,),
            (Reason.UPPER_OUTSIDE_COUNTY, Reason.OVER_18),
            Place.HOME,
        ),
    ),
    "over 18, not started": (
        {"skede": "18-20", "gymnasium": "inte-borjat"},
        (
            Situation.NOT_STARTED,
            Function.KAA,
            (Kind.KAA,),
            (),
            (Reason.NOT_STARTED, Reason.OVER_18),
            Place.HOME,
        ),
    ),
    "over 18, dropped out": (
        {"skede": "18-20", "gymnasium": "hoppat-av"},
        (
            Situation.DROPPED_OUT,
            Function.KAA,
            (Kind.KAA,),
            (),
            (Reason.DROPPED_OUT, Reason.OVER_18),
            Place.HOME,
        ),
    ),
    "over 18, finished: outside the model, but somebody to talk to": (
        {"skede": "18-20", "gymnasium": "klar"},
        (
            Situation.FINISHED,
            Function.NONE,
            (Kind.YOUTH_CLINIC, Kind.SOCIAL_SERVICES),
            (),
            (Reason.FINISHED,),
            Place.HOME,
        ),
    ),
    "unsure, three years old": (
        {"skede": "vet-inte", "alder": "0-4", "forskola": "forskola"},
        (
            Situation.BEFORE_SCHOOL,
            BABIES,
            (Kind.PRESCHOOL,),
            (Kind.BVC,),
            (Reason.ATTENDS_PRESCHOOL,),
            Place.UNIT,
        ),
    ),
    "six and in förskoleklass: stage beats age": (
        {"skede": "vet-inte", "alder": "5-7", "forskola": "forskoleklass"},
        (
            Situation.COMPULSORY,
            Function.SCHOOL,
            SCHOOLS,
            (),
            (Reason.IN_COMPULSORY, Reason.STAGE_BEATS_AGE),
            Place.UNIT,
        ),
    ),
    "six and still in preschool: stage beats age": (
        {"skede": "vet-inte", "alder": "5-7", "forskola": "forskola"},
        (
            Situation.BEFORE_SCHOOL,
            BABIES,
            (Kind.PRESCHOOL,),
            (Kind.BVC,),
            (Reason.ATTENDS_PRESCHOOL, Reason.STAGE_BEATS_AGE),
            Place.UNIT,
        ),
    ),
    "unsure, ten years old": (
        {"skede": "vet-inte", "alder": "8-14"},
        (Situation.COMPULSORY, Function.SCHOOL, SCHOOLS, (), (Reason.IN_COMPULSORY,), Place.UNIT),
    ),
    "sixteen and in åk 9: stage beats age": (
        {"skede": "vet-inte", "alder": "15-17", "gymnasium": "grundskola"},
        (
            Situation.COMPULSORY,
            Function.SCHOOL,
            SCHOOLS,
            (),
            (Reason.IN_COMPULSORY, Reason.STAGE_BEATS_AGE),
            Place.UNIT,
        ),
    ),
    "unsure, sixteen and dropped out": (
        {"skede": "vet-inte", "alder": "15-17", "gymnasium": "hoppat-av"},
        (
            Situation.DROPPED_OUT,
            Function.KAA,
            (Kind.KAA,),
            (),
            (Reason.DROPPED_OUT, Reason.STAGE_BEATS_AGE),
            Place.HOME,
        ),
    ),
    "unsure, nineteen in gymnasium in Sörmland": (
        {"skede": "vet-inte", "alder": "18-20", "gymnasium": "sormland"},
        (
            Situation.UPPER_IN_COUNTY,
            Function.SCHOOL,
            UPPER,
            (Kind.KAA,),
            (Reason.UPPER_IN_COUNTY, Reason.OVER_18),
            Place.UNIT,
        ),
    ),
}


@pytest.mark.parametrize(("query", "expected"), PATHS.values(), ids=PATHS.keys())
def test_every_path_leads_to_who_is_responsible(query, expected):
    answers = answered(**query)
    assert guide.next_question(answers) == Question.MUNICIPALITY
    result = guide.outcome(answers)
    assert (
        result.situation,
        result.function,
        result.first,
        result.beside,
        result.reasons,
        result.place,
    ) == expected
    assert result.shows_kaa is (Kind.KAA in expected[3])
    assert guide.next_question(answered(**query, kommun="provstad")) is None


def every_way(answers: guide.Answers):
    """Walk every way through the questions that are left."""
    question = guide.next_question(answers)
    if question == Question.MUNICIPALITY:
        yield answers
        return
    for choice in guide.choices(question, answers):
        yield from every_way(guide.read(answers.query() | {question.value: choice}, TOWNS))


def test_no_way_through_the_questions_is_a_dead_end_or_longer_than_four():
    ways = list(every_way(guide.Answers()))
    assert len(ways) == (3 + 1 + 2 + 1 + 1 + 5) + (3 + 4 + 1 + 5 + 5)
    for answers in ways:
        result = guide.outcome(answers)
        assert result and result.first and result.reasons
        assert len(guide.path(answers)) <= 4
        assert answers == guide.read(answers.query(), TOWNS)


def test_each_question_is_asked_in_its_turn():
    assert guide.next_question(answered()) == Question.STAGE
    assert guide.next_question(answered(skede="fore-forskoleklass")) == Question.PRESCHOOL
    assert guide.next_question(answered(skede="grundskola")) == Question.MUNICIPALITY
    assert guide.next_question(answered(skede="gymnasiet")) == Question.UPPER_SECONDARY
    assert guide.next_question(answered(skede="18-20")) == Question.UPPER_SECONDARY
    assert guide.next_question(answered(skede="vet-inte")) == Question.AGE
    assert guide.next_question(answered(skede="vet-inte", alder="5-7")) == Question.PRESCHOOL


def test_only_where_age_does_not_tell_is_the_school_stage_asked_for():
    def asked(age: Age, question: Question) -> tuple[str, ...]:
        return guide.choices(question, answered(skede="vet-inte", alder=age))

    assert Preschool.SCHOOL not in asked(Age.UP_TO_4, Question.PRESCHOOL)
    assert Preschool.SCHOOL in asked(Age.FROM_5_TO_7, Question.PRESCHOOL)
    assert asked(Age.FROM_8_TO_14, Question.PRESCHOOL) == ()
    assert UpperSecondary.STILL_IN_COMPULSORY in asked(Age.FROM_15_TO_17, Question.UPPER_SECONDARY)
    assert UpperSecondary.FINISHED in asked(Age.FROM_18_TO_20, Question.UPPER_SECONDARY)


def test_without_enough_answers_there_is_no_outcome():
    for query in (
        {},
        {"skede": "vet-inte"},
        {"skede": "gymnasiet"},
        {"skede": "18-20"},
        {"kommun": "provstad"},
    ):
        assert guide.outcome(answered(**query)) is None


def test_answers_that_are_unknown_or_of_another_path_are_left_out():
    assert answered(skede="<script>", kommun="atlantis", alder="6") == guide.Answers()
    assert answered(skede="grundskola", forskola="forskola", alder="5-7").query() == {"skede": "grundskola"}
    assert answered(skede="fore-forskoleklass", forskola="forskoleklass").preschool == ""
    assert answered(skede="gymnasiet", gymnasium="klar").upper_secondary == ""


def test_a_municipality_said_in_advance_is_kept():
    assert answered(kommun="provstad").municipality == "provstad"
    assert guide.next_question(answered(kommun="provstad", skede="grundskola")) is None


def test_a_gymnasium_in_sormland_cannot_lie_elsewhere():
    assert answered(skede="grundskola", kommun="annan").municipality == guide.ELSEWHERE
    assert answered(skede="gymnasiet", gymnasium="sormland", kommun="annan").municipality == ""


@pytest.mark.parametrize(
    ("query", "questions"),
    [
        ({}, 3),
        ({"skede": "fore-forskoleklass"}, 3),
        ({"skede": "grundskola"}, 2),
        ({"skede": "vet-inte"}, 4),
        ({"skede": "vet-inte", "alder": "8-14"}, 3),
        ({"skede": "vet-inte", "alder": "5-7"}, 4),
    ],
)
def test_the_number_of_questions_is_told_truly(query, questions):
    assert guide.length(answered(**query)) == questions


def test_address_names_are_as_short_as_the_answers():
    said = answered(kommun="provstad", forskola="nej", skede="fore-forskoleklass", enhet="bvc-1")
    assert list(said.query().items()) == [
        ("skede", "fore-forskoleklass"),
        ("forskola", "nej"),
        ("kommun", "provstad"),
        ("enhet", "bvc-1"),
    ]
    assert said.stage == Stage.BEFORE_SCHOOL


@pytest.fixture
def town(db):
    """A town with two preschools, a BVC and KAA."""
    where = make.municipality("Provstad")
    make.municipality("Exempelby")
    lily = make.unit("Förskolan Näckrosen", "preschool", where, street="Provgatan 4")
    make.responsible(lily, make.person("Ada Testborg"))
    make.unit("Trollsländans förskola", "preschool", where, street="Ängsvägen 2")
    make.unit("BVC Provstad", "bvc", where)
    make.unit("KAA Provstad", "kaa", where)
    return where


def listed(name: str = "", **query: str) -> guide.Listing:
    """List what an address leads to."""
    answers = answered(**query)
    return guide.listing(guide.outcome(answers), answers, TODAY, name)


SMALL = {"skede": "fore-forskoleklass", "forskola": "forskola", "kommun": "provstad"}


def test_a_preschool_child_sees_the_preschools_first_and_bvc_beside(town):
    shown = listed(**SMALL)
    assert [(unit.label, unit.bba_name) for unit in shown.first] == [
        ("Förskolan Näckrosen", "Ada Testborg"),
        ("Trollsländans förskola", ""),
    ]
    assert [unit.label for unit in shown.beside] == ["BVC Provstad"]
    assert (shown.municipality.name, shown.total, shown.chosen, shown.is_only_one) == (
        "Provstad",
        2,
        None,
        False,
    )


@pytest.mark.parametrize("written", ["nackros", "NÄCKROSEN förskolan", "provgatan 4", "  näck  "])
def test_a_part_of_a_name_or_address_is_enough_however_it_is_spelt(town, written):
    shown = listed(written, **SMALL)
    assert [unit.label for unit in shown.first] == ["Förskolan Näckrosen"]
    assert shown.total == 2


def test_a_name_that_nothing_has_leaves_nothing_but_tells_how_many_there_are(town):
    shown = listed("atlantis", **SMALL)
    assert (shown.first, shown.total) == ((), 2)


def test_the_chosen_unit_is_shown_with_its_person(town):
    slug = listed(**SMALL).first[0].slug
    shown = listed(**SMALL, enhet=slug)
    assert (shown.chosen.unit.label, shown.chosen.bba.name) == ("Förskolan Näckrosen", "Ada Testborg")


def test_the_only_unit_is_shown_at_once(town):
    shown = listed(skede="hoppat-av", kommun="provstad")
    assert shown.is_only_one and shown.chosen.unit.label == "KAA Provstad"


def test_a_unit_of_another_kind_or_town_is_not_shown_as_the_answer(town):
    elsewhere = make.unit("Förskolan Annorstädes", "preschool", make.municipality("Testköping"))
    school = make.unit("Provskolan", "compulsory", town)
    for slug in (elsewhere.slug, school.slug, "finns-inte"):
        assert listed(**SMALL, enhet=slug).chosen is None


def test_a_unit_at_its_old_address_tells_the_new_one(town):
    UnitSlug.create(unit=Unit.get(Unit.name == "Förskolan Näckrosen"), slug="gamla-namnet")
    with pytest.raises(Moved):
        listed(**SMALL, enhet="gamla-namnet")


def test_a_town_without_such_units_and_a_town_elsewhere_are_told_apart(town):
    nothing = listed(skede="grundskola", kommun="exempelby")
    assert (nothing.municipality.name, nothing.first, nothing.total) == ("Exempelby", (), 0)
    assert listed(skede="grundskola", kommun=guide.ELSEWHERE).municipality is None
