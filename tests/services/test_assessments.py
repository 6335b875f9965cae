"""Barnkonsekvensanalyser: nobody's words vanish, only the author writes, and the organizer reads what is shared."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Assessment, AuditRow
from tbb.policy import VISITOR, Refused
from tbb.services import actors, assessment_report, assessments, demo_assessments
from tbb.services.assessment_texts import FIELDS, NEEDED, name_of
from tbb.services.demo_cast import account_of


@pytest.fixture
def town(county):
    """The cast as actors, on the demo county."""
    with connection():
        yield lambda persona: actors.of_account(account_of(persona))


def begun(actor, title: str = "Ny skolgård", **answers) -> str:
    """Let somebody have begun an analysis."""
    return assessments.begin(actor, title, assessments.places(actor)[0], answers)


WHOLE = demo_assessments.MOVE | {"follow_on": f"{clock.today() + timedelta(days=100)}"}


def test_each_one_writes_where_they_work_and_visitors_nowhere(town):
    assert len(assessments.places(town("personal"))) == 1
    assert [where.label for where in assessments.places(town("huvudman"))] == ["Eskilstuna kommun"]
    assert not assessments.places(town("processledare")) and not assessments.places(VISITOR)
    with pytest.raises(Refused):
        assessments.begin(town("granne"), "Ny skolgård", assessments.places(town("personal"))[0])


def test_only_the_author_sees_one_until_it_is_shared_and_then_only_the_organizer(town):
    author, colleague, other = town("bba"), town("personal"), town("granne")
    key = begun(author)
    assert [shown.key for shown in assessments.mine(author)] == [key]
    assert assessments.find(colleague, key) is None and not assessments.library(colleague)
    assessments.share(author, key, True)
    assert assessments.find(colleague, key).title == "Ny skolgård" and not assessments.find(colleague, key).mine
    assert [shown.key for shown in assessments.library(colleague, "SKOLGÅRD ny")] == [key]
    assert not assessments.library(colleague, "badhus") and not assessments.library(author)
    for stranger in (other, town("processledare"), town("region"), VISITOR):
        assert assessments.find(stranger, key) is None and not assessments.library(stranger)
    for deed in (
        lambda: assessments.save(colleague, key, {"decision": "x"}, {}),
        lambda: assessments.finish(colleague, key),
        lambda: assessments.share(colleague, key, False),
        lambda: assessments.remove(colleague, key),
        lambda: assessments.copy(other, key),
    ):
        with pytest.raises(Refused):
            deed()
    assessments.share(author, key, False)
    assert assessments.find(colleague, key) is None


def test_what_two_windows_change_apart_is_kept_from_both(town):
    author = town("bba")
    key = begun(author, decision="Före", children="Alla")
    seen = assessments.find(author, key).marks
    assert assessments.save(author, key, {"decision": "Den ena"}, seen) == ("decision",)
    old_page = {"decision": "Före", "children": "Den andra", "title": "Ny skolgård"}
    assert assessments.save(author, key, old_page, seen) == ("children",)
    answers = assessments.find(author, key).answers
    assert (answers["decision"], answers["children"]) == ("Den ena", "Den andra")
    assert Assessment.get(Assessment.key == key).version == 3


def test_what_two_windows_change_differently_is_told_of_and_nothing_is_saved(town):
    author = town("bba")
    key = begun(author, decision="Före")
    seen = assessments.find(author, key).marks
    assessments.save(author, key, {"decision": "Den ena"}, seen)
    with pytest.raises(assessments.Overtaken) as told:
        assessments.save(author, key, {"decision": "Den andra", "children": "Alla"}, seen)
    (conflict,) = told.value.conflicts
    assert (conflict.name, conflict.mine, conflict.theirs) == ("decision", "Den andra", "Den ena")
    assert assessments.find(author, key).answers == {"title": "Ny skolgård", "decision": "Den ena"}
    merged = told.value.answers | {"decision": "Båda"}
    assert assessments.save(author, key, merged, told.value.marks) == ("decision", "children")


def test_the_same_change_in_two_windows_is_no_conflict(town):
    author = town("bba")
    key = begun(author, decision="Före")
    seen = assessments.find(author, key).marks
    assessments.save(author, key, {"decision": "Efter"}, seen)
    assert assessments.save(author, key, {"decision": "Efter"}, seen) == ()


def test_one_is_finished_when_nothing_is_missing_and_then_only_read(town):
    author = town("bba")
    key = begun(author)
    with pytest.raises(assessments.Unfinished) as told:
        assessments.finish(author, key)
    assert told.value.missing == [name for name in NEEDED if name != "title"]
    assessments.save(author, key, WHOLE, assessments.find(author, key).marks)
    assessments.finish(author, key)
    shown = assessments.find(author, key)
    assert shown.finished and shown.finished_on == clock.today() and not shown.due
    assert shown.touched == ("halsa", "larande", "relationer", "trygghet")
    for deed in (assessments.finish, assessments.remove):
        with pytest.raises(assessments.Closed):
            deed(author, key)
    with pytest.raises(assessments.Closed):
        assessments.save(author, key, {"decision": "x"}, {})


def test_a_copy_has_all_but_the_day_and_belongs_to_who_copies(town):
    author, colleague = town("huvudman"), town("personal")
    key = begun(author, "Flytten", **WHOLE)
    assessments.share(author, key, True)
    own, theirs = assessments.copy(author, key), assessments.copy(colleague, key)
    assert assessments.find(author, own).title == "Flytten"
    copied = assessments.find(colleague, theirs)
    assert copied.title == "Kopia av Flytten" and copied.mine and not copied.shared and copied.follow_on is None
    assert copied.answers["conclusion"] == WHOLE["conclusion"]


def test_a_draft_can_be_removed_wholly_and_every_change_is_on_record(town):
    author = town("bba")
    key = begun(author, decision="Något")
    assessments.share(author, key, True)
    assessments.remove(author, key)
    assert assessments.find(author, key) is None and not Assessment.select().exists()
    rows = AuditRow.select(AuditRow.action, AuditRow.fields).where(AuditRow.thing == "assessment").order_by(AuditRow.id)
    assert [(row.action, row.fields) for row in rows] == [
        ("assessment:begin", "title"),
        ("assessment:share", "shared"),
        ("assessment:remove", ""),
    ]


def test_every_field_can_be_told_alone():
    assert len({name_of(name) for name in FIELDS}) == len(FIELDS)


@pytest.mark.parametrize("odd", ["", "🙂 العربية\u200f " + "x" * 400 + " <b>&amp; #[typst] $x$\n\n\\"])
def test_the_report_is_tagged_and_tells_the_wheel_in_words_whatever_is_written(town, odd):
    author = town("bba")
    key = begun(author, **(WHOLE | {"decision": odd, "trygghet.losses": odd}))
    with pikepdf.open(BytesIO(assessment_report.pdf(assessments.find(author, key)))) as made:
        assert made.Root.MarkInfo.Marked and str(made.Root.Lang).startswith("sv")
        assert made.docinfo.get("/Title") == "Barnkonsekvensanalys: Ny skolgård"
        told = [
            str(thing.get("/Alt"))
            for thing in made.objects
            if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing
        ]
    assert any("Trygghet: blir sämre" in text for text in told)
