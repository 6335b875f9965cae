"""The guide "Vem är ansvarig?": from a few answers about a child's stage to who is responsible, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from tbb.database import rows
from tbb.models.folding import fold
from tbb.models.kinds import Kind
from tbb.services import directory
from tbb.services.directory import MunicipalityRow, Neighbour, UnitPage

ELSEWHERE = "annan"
"""The answer to "where" when the unit or the home lies outside Sörmland."""


class Question(StrEnum):
    """What may be asked, in this order. The value is the answer's name in the address."""

    STAGE = "skede"
    AGE = "alder"
    PRESCHOOL = "forskola"
    UPPER_SECONDARY = "gymnasium"
    MUNICIPALITY = "kommun"


class Stage(StrEnum):
    """Where in life the child is, as the first question puts it."""

    BEFORE_SCHOOL = "fore-forskoleklass"
    COMPULSORY = "grundskola"
    UPPER_SECONDARY = "gymnasiet"
    NOT_STARTED = "inte-borjat"
    DROPPED_OUT = "hoppat-av"
    OVER_18 = "18-20"
    UNSURE = "vet-inte"


class Age(StrEnum):
    """How old the child is. At 5–7 and 15–17 age does not tell the stage, so the stage is asked for."""

    UP_TO_4 = "0-4"
    FROM_5_TO_7 = "5-7"
    FROM_8_TO_14 = "8-14"
    FROM_15_TO_17 = "15-17"
    FROM_18_TO_20 = "18-20"


class Preschool(StrEnum):
    """Where a small child is in the day."""

    SCHOOL = "forskoleklass"
    PRESCHOOL = "forskola"
    FAMILY_DAYCARE = "pedagogisk-omsorg"
    NEITHER = "nej"


class UpperSecondary(StrEnum):
    """Where a young person is in relation to the gymnasium."""

    STILL_IN_COMPULSORY = "grundskola"
    IN_COUNTY = "sormland"
    OUTSIDE_COUNTY = "utanfor"
    NOT_STARTED = "inte-borjat"
    DROPPED_OUT = "hoppat-av"
    FINISHED = "klar"


class Situation(StrEnum):
    """The rows of the model's table of who answers for whom, and the one whom it leaves out."""

    BEFORE_SCHOOL = "before_school"
    COMPULSORY = "compulsory"
    UPPER_IN_COUNTY = "upper_in_county"
    UPPER_OUTSIDE_COUNTY = "upper_outside_county"
    NOT_STARTED = "not_started"
    DROPPED_OUT = "dropped_out"
    FINISHED = "finished"


class Function(StrEnum):
    """Within what the function of Barnets bästa-ansvarig is organised, by the model's table."""

    CHILD_HEALTH_AND_PRESCHOOL = "child_health_and_preschool"
    SCHOOL = "school"
    HOME_FOLLOWUP = "home_followup"
    KAA = "kaa"
    NONE = "none"


class Reason(StrEnum):
    """Why the answer is what it is: first what the child does, then what else decides."""

    ATTENDS_PRESCHOOL = "attends_preschool"
    ATTENDS_FAMILY_DAYCARE = "attends_family_daycare"
    ATTENDS_NEITHER = "attends_neither"
    IN_COMPULSORY = "in_compulsory"
    UPPER_IN_COUNTY = "upper_in_county"
    UPPER_OUTSIDE_COUNTY = "upper_outside_county"
    NOT_STARTED = "not_started"
    DROPPED_OUT = "dropped_out"
    FINISHED = "finished"
    STAGE_BEATS_AGE = "stage_beats_age"
    OVER_18 = "over_18"


class Place(StrEnum):
    """What the municipality of the answer is: where the unit lies, or where the child is registered."""

    UNIT = "unit"
    HOME = "home"


@dataclass(frozen=True)
class Answers:
    """What has been answered so far; empty text means not yet. Nothing here tells who the child is."""

    stage: str = ""
    age: str = ""
    preschool: str = ""
    upper_secondary: str = ""
    municipality: str = ""
    unit: str = ""

    def of(self, question: Question) -> str:
        """The answer to one question."""
        return getattr(self, question.name.lower())

    def query(self) -> dict[str, str]:
        """The answers as the address says them, in the order of the questions."""
        said = {question.value: self.of(question) for question in Question} | {"enhet": self.unit}
        return {name: value for name, value in said.items() if value}

    @property
    def adult(self) -> bool:
        """Whether the young person has turned 18, and so is no child in the model's words."""
        return self.stage == Stage.OVER_18 or self.age == Age.FROM_18_TO_20


@dataclass(frozen=True)
class Outcome:
    """Who is responsible: which kinds of units to show, and the codes for why."""

    situation: Situation
    function: Function
    first: tuple[Kind, ...]
    beside: tuple[Kind, ...]
    reasons: tuple[Reason, ...]
    place: Place

    @property
    def shows_kaa(self) -> bool:
        """Whether KAA is shown beside somebody else."""
        return Kind.KAA in self.beside


SMALL_CHILD = (Preschool.PRESCHOOL, Preschool.FAMILY_DAYCARE, Preschool.NEITHER)
PUPIL = (UpperSecondary.IN_COUNTY, UpperSecondary.OUTSIDE_COUNTY)
YOUTH = (*PUPIL, UpperSecondary.NOT_STARTED, UpperSecondary.DROPPED_OUT)
SCHOOLS = (Kind.COMPULSORY, Kind.COMPULSORY_ADAPTED, Kind.SPECIAL_SCHOOL)
UPPER_SECONDARY_SCHOOLS = (Kind.UPPER_SECONDARY, Kind.UPPER_SECONDARY_ADAPTED)

# A word of the address means the same in every question, so that "grundskola" as a stage is found here too.
SITUATION_OF = {
    Preschool.SCHOOL: Situation.COMPULSORY,
    Preschool.PRESCHOOL: Situation.BEFORE_SCHOOL,
    Preschool.FAMILY_DAYCARE: Situation.BEFORE_SCHOOL,
    Preschool.NEITHER: Situation.BEFORE_SCHOOL,
    UpperSecondary.STILL_IN_COMPULSORY: Situation.COMPULSORY,
    UpperSecondary.IN_COUNTY: Situation.UPPER_IN_COUNTY,
    UpperSecondary.OUTSIDE_COUNTY: Situation.UPPER_OUTSIDE_COUNTY,
    UpperSecondary.NOT_STARTED: Situation.NOT_STARTED,
    UpperSecondary.DROPPED_OUT: Situation.DROPPED_OUT,
    UpperSecondary.FINISHED: Situation.FINISHED,
    Age.FROM_8_TO_14: Situation.COMPULSORY,
}
PRESCHOOL_FIRST = {
    Preschool.PRESCHOOL: (Reason.ATTENDS_PRESCHOOL, (Kind.PRESCHOOL,), (Kind.BVC,)),
    Preschool.FAMILY_DAYCARE: (Reason.ATTENDS_FAMILY_DAYCARE, (Kind.FAMILY_DAYCARE,), (Kind.BVC,)),
    Preschool.NEITHER: (Reason.ATTENDS_NEITHER, (Kind.BVC,), ()),
}
AFTER_PRESCHOOL = {
    Situation.COMPULSORY: (Reason.IN_COMPULSORY, Function.SCHOOL, SCHOOLS, Place.UNIT),
    Situation.UPPER_IN_COUNTY: (Reason.UPPER_IN_COUNTY, Function.SCHOOL, UPPER_SECONDARY_SCHOOLS, Place.UNIT),
    Situation.UPPER_OUTSIDE_COUNTY: (
        Reason.UPPER_OUTSIDE_COUNTY,
        Function.HOME_FOLLOWUP,
        (Kind.HOME_FOLLOWUP,),
        Place.HOME,
    ),
    Situation.NOT_STARTED: (Reason.NOT_STARTED, Function.KAA, (Kind.KAA,), Place.HOME),
    Situation.DROPPED_OUT: (Reason.DROPPED_OUT, Function.KAA, (Kind.KAA,), Place.HOME),
    Situation.FINISHED: (
        Reason.FINISHED,
        Function.NONE,
        (Kind.YOUTH_CLINIC, Kind.SOCIAL_SERVICES),
        Place.HOME,
    ),
}


def read(query: Mapping[str, str], municipalities: Iterable[str]) -> Answers:
    """Read answers from an address; what is unknown, or belongs to another path, is left out."""
    answers, places = Answers(unit=query.get("enhet", "")[:120]), (*municipalities, ELSEWHERE)
    for question in Question:
        said = query.get(question.value, "")
        if said in (places if question == Question.MUNICIPALITY else choices(question, answers)):
            answers = replace(answers, **{question.name.lower(): said})
    if answers.upper_secondary == UpperSecondary.IN_COUNTY and answers.municipality == ELSEWHERE:
        return replace(answers, municipality="")
    return answers


def choices(question: Question, answers: Answers) -> tuple[str, ...]:
    """List what a question may be answered with after earlier answers; empty when it is not asked at all."""
    if question == Question.STAGE:
        return tuple(Stage)
    if question == Question.AGE:
        return tuple(Age) if answers.stage == Stage.UNSURE else ()
    if question == Question.PRESCHOOL:
        if answers.stage == Stage.BEFORE_SCHOOL or answers.age == Age.UP_TO_4:
            return SMALL_CHILD
        return tuple(Preschool) if answers.age == Age.FROM_5_TO_7 else ()
    if question == Question.UPPER_SECONDARY:
        if answers.adult:
            return (*YOUTH, UpperSecondary.FINISHED)
        if answers.age == Age.FROM_15_TO_17:
            return (UpperSecondary.STILL_IN_COMPULSORY, *YOUTH)
        return PUPIL if answers.stage == Stage.UPPER_SECONDARY else ()
    return ()


def path(answers: Answers) -> tuple[Question, ...]:
    """List the questions that these answers lead through, as far as they tell."""
    return tuple(question for question in Question if question == Question.MUNICIPALITY or choices(question, answers))


def next_question(answers: Answers) -> Question | None:
    """Tell what to ask next; None when all is answered."""
    return next((question for question in path(answers) if not answers.of(question)), None)


def length(answers: Answers) -> int:
    """Tell how many questions there will be: one more than is known while the stage is open."""
    is_open = not answers.stage or (answers.stage == Stage.UNSURE and not answers.age)
    return len(path(answers)) + is_open


def outcome(answers: Answers) -> Outcome | None:
    """Tell who is responsible; None as long as the answers do not say. The municipality may still be missing."""
    decisive = answers.preschool or answers.upper_secondary or answers.age or answers.stage
    situation = SITUATION_OF.get(decisive)
    if situation is None or next_question(answers) not in (None, Question.MUNICIPALITY):
        return None
    more = (Reason.STAGE_BEATS_AGE,) if answers.age in (Age.FROM_5_TO_7, Age.FROM_15_TO_17) else ()
    if situation == Situation.BEFORE_SCHOOL:
        reason, first, beside = PRESCHOOL_FIRST[Preschool(answers.preschool)]
        function = Function.CHILD_HEALTH_AND_PRESCHOOL
        return Outcome(situation, function, first, beside, (reason, *more), Place.UNIT)
    reason, function, first, place = AFTER_PRESCHOOL[situation]
    if answers.adult and situation != Situation.FINISHED:
        more = (Reason.OVER_18,)
    # A pupil of 18 is no child by definition, but KAA reaches until 20: it is shown beside the school.
    beside = (Kind.KAA,) if answers.adult and function in (Function.SCHOOL, Function.HOME_FOLLOWUP) else ()
    return Outcome(situation, function, first, beside, (reason, *more), place)


@dataclass(frozen=True)
class Listing:
    """The units of an outcome in one municipality, and the page of the chosen one; all empty elsewhere."""

    municipality: MunicipalityRow | None
    first: tuple[Neighbour, ...] = ()
    beside: tuple[Neighbour, ...] = ()
    total: int = 0
    chosen: UnitPage | None = None

    @property
    def is_only_one(self) -> bool:
        """Whether there was nothing to choose among."""
        return self.total == 1


def listing(result: Outcome, answers: Answers, today: date, name: str = "") -> Listing:
    """Gather what an answer shows on one day, narrowed by a part of a name; Moved when the unit has moved."""
    found = rows(
        f"SELECT id, {directory.MUNICIPALITY_COLUMNS} FROM municipality WHERE slug = ? AND participates",
        (answers.municipality,),
    )
    if not found:
        return Listing(None)
    number, *values = found[0]
    first = directory.units_of_kinds(number, result.first, today)
    beside = directory.units_of_kinds(number, result.beside, today) if result.beside else ()
    wanted = answers.unit or (first[0].slug if len(first) == 1 else "")
    chosen = directory.unit_page(wanted, today) if wanted else None
    fits = chosen and chosen.unit.kind in (*result.first, *result.beside) and chosen.unit.municipality_id == number
    return Listing(MunicipalityRow(*values), matching(first, name), beside, len(first), chosen if fits else None)


def matching(units: Sequence[Neighbour], name: str) -> tuple[Neighbour, ...]:
    """Keep the units whose name or address holds every word that was written, however it is spelt."""
    words = fold(name).split()
    return tuple(
        unit for unit in units if all(word in fold(f"{unit.label} {unit.street} {unit.place}") for word in words)
    )
