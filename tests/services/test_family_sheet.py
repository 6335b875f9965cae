"""The family's sheet: one tagged page in every language, whom to call, and nothing that is not for guardians."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pikepdf
import pytest

from tbb.database import connection
from tbb.models import AuditRow
from tbb.policy import Refused
from tbb.services import family_sheet, followups, plan_actions, plan_notes, plans, sealed_fields
from tbb.services.plan_actions import NewAction
from tbb.web.language import LANGUAGES
from tbb.web.plan_paper import paper
from tests.services.plan_cast import held_meeting, planned, wall, who
from tests.services.test_poster import elements, words

BASE = "https://tbb.example"
SECRET = "hemligt"


@pytest.fixture
def plan(county):
    """A plan with a booked follow-up, a link for the family, and much that is marked as not for guardians."""
    with connection(), county.test_request_context("/"):
        made = planned(held_meeting())
        bba, leader = who("bba"), who("ersattare")
        plan_notes.new_link(leader, made)
        followups.book(leader, made, wall=wall(30))
        plans.change(leader, made, {"goal.halsa.child": SECRET, "goal.halsa.hidden": "1", "goal.hemmet.own": SECRET})
        sealed_fields.save(made.case, {"now.hemmet.hidden": "1", "now.hemmet.see": "x"}, by=bba.account)
        for more in ({"area": "halsa"}, {"hidden": True}, {"area": "hemmet"}):
            plan_actions.add(leader, made, NewAction(SECRET, SECRET, due_on=date(2030, 1, 2), **more))
        yield type(made).get_by_id(made.id)


def pdf_of(plan, code: str) -> pikepdf.Pdf:
    """The sheet in a language."""
    return pikepdf.open(BytesIO(family_sheet.set_paper(paper(family_sheet.content(who("bba"), plan), code, BASE))))


@pytest.mark.parametrize("code", LANGUAGES)
def test_it_is_one_tagged_page_in_every_language_with_the_written_words_in_swedish(plan, code):
    pdf = pdf_of(plan, code)
    assert len(pdf.pages) == 1
    left, bottom, right, top = (float(edge) for edge in pdf.pages[0].MediaBox)
    assert (right - left, top - bottom) == pytest.approx((595.28, 841.89), abs=0.1)
    assert bool(pdf.Root.MarkInfo.Marked) is True and str(pdf.Root.Lang).lower().startswith(code)
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1" and "Alva" not in metadata["dc:title"]
    kinds = [str(element.S) for element in elements(pdf)]
    assert kinds.count("/H1") == 1 and kinds.count("/H2") == 4 and "/Table" in kinds and kinds.count("/TH") == 3
    (figure,) = [element for element in elements(pdf) if str(element.S) == "/Figure"]
    assert len(str(figure.Alt)) > 10
    said = " ".join(words(pdf).split())
    assert SECRET not in said and "Ringer varje fredag" in said and "Jag vill kunna" in said
    if code != "sv":
        spoken = {str(element.Lang) for element in elements(pdf) if "/Lang" in element}
        assert any(language.startswith("sv") for language in spoken)


def test_it_says_who_does_what_whom_to_call_and_that_it_is_no_sip(plan):
    said = " ".join(words(pdf_of(plan, "sv")).split())
    sheet = family_sheet.content(who("ersattare"), plan)
    for told in ("Detta är inte en SIP", "Ringer varje fredag", "vecka 1", "Vem ringer du?", sheet.contact.phone,
                 sheet.contact.name, sheet.link, "tbb.example/plan/"):  # fmt: skip
        assert told in said, told
    assert sheet.left_out == 5
    rows = AuditRow.select().where(AuditRow.action == "plan:print-sheet", AuditRow.thing_id == plan.reference)
    assert rows.count() == 2


def test_long_plans_and_letters_that_no_typeface_has_are_set_too(plan):
    leader = who("ersattare")
    for number in range(4):
        long = f"{number} " + "Vi pratar med varandra varje vecka. " * 5 + "x" * 90 + " 🦄 漢字"
        plan_actions.add(leader, plan, NewAction(long, "Alla", due_on=date(2030, 1, 2)))
    for code in ("sv", "ar"):
        said = words(pdf_of(plan, code))
        assert "¤" in said and "3 Vi pratar" in " ".join(said.split())


def test_only_who_holds_the_plan_together_or_answers_makes_it(plan):
    for persona in ("granne", "personal"):
        with pytest.raises(Refused):
            family_sheet.content(who(persona), plan)
