"""Informing step by step, as browsers meet it: what each page refuses, keeps, saves by itself and never stores."""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager

import pytest

from tbb.database import connection, db, rows
from tbb.models import Case, DoomedKey, Wheel
from tbb.services import drafts, sealed_fields
from tbb.services.demo_cast import account_of
from tests.at_work import units
from tests.conftest import go
from tests.make_cases import ALVA, draft
from tests.people import filled_in, send, signed_in, submit
from tests.services.test_informing import give_account

HOME = "/arbetsyta/hjul"
NUMBER = "19121212-1212"


@pytest.fixture
def nurse(county):
    """The browser of somebody who works at the school."""
    return signed_in(county, "personal")


@contextmanager
def counted(*but: str):
    """Hold that no table grows or shrinks, but those named."""
    before = sizes()
    yield
    after = sizes()
    assert {name for name in before if before[name] != after[name]} <= set(but)


def sizes() -> dict[str, int]:
    """How many rows each table has."""
    with connection():
        return {name: rows(f'SELECT COUNT(*) FROM "{name}"')[0][0] for name in db.get_tables()}


def ready(to: str = "own", answers=ALVA, **more) -> str:
    """The address of a draft of the nurse's that is filled in."""
    with connection():
        found = units()
        return f"{HOME}/{draft(account_of('personal'), found['own'], found[to], answers, **more).key}"


def texts(address: str) -> dict[str, str]:
    """What a draft says now."""
    with connection():
        return sealed_fields.texts(Wheel.get(Wheel.key == address.split("/")[3]))


def test_from_the_first_question_to_the_receipt(nurse):
    page = submit(nurse, f"{HOME}/nytt", {"concern": "no", "protected": "no", "template": "wheel"}, action="/nytt")
    home = page.response.request.path
    own = go(nurse, f"{home}/mottagare").soup.select_one("button[name=unit]")["value"]
    submit(nurse, f"{home}/mottagare", {"unit": own}, action="/mottagare")
    submit(nurse, f"{home}/om", {"about": "child", "child.label": "Alva E", "child.stage": "Årskurs 6"}, action="/om")
    submit(nurse, f"{home}/hjulet", {"area.hemmet.level": "stod", "area.hemmet.child": "Inget eget rum."})
    submit(nurse, f"{home}/berattat", {"told.child": "yes", "told.guardians": "not_yet"})
    page = go(nurse, f"{home}/las-igenom")
    assert "Inget eget rum." in page.text and "Något saknas" not in page.text
    page = submit(nurse, f"{home}/skicka", action="/skicka")
    reference = page.soup.select_one(".reference").get_text()
    assert page.response.request.path == f"{home}/skickat" and reference in page.text and "Alva" not in page.text
    listed = go(nurse, HOME)
    assert reference in listed.text and "Alva" not in listed.text and "Skickat" in listed.text
    for step in ("", "/hjulet", "/las-igenom", "/skicka"):
        assert go(nurse, home + step, status=303, follow=False).headers["Location"].endswith("/skickat")
    submit(nurse, f"{home}/skickat", action="/angra")
    assert go(nurse, home).response.status_code == 200
    with connection():
        assert Case.select().count() == 0


def test_two_browsers_that_send_make_one_case(nurse):
    home = ready()
    first, second = go(nurse, f"{home}/skicka"), go(nurse, f"{home}/skicka")
    send(nurse, first, f"{home}/skicka", action="/skicka")
    page = send(nurse, second, f"{home}/skicka", action="/skicka")
    assert page.response.request.path == f"{home}/skickat"
    with connection():
        assert Case.select().count() == 1


def test_only_what_was_read_through_is_sent(nurse):
    home = ready()
    shown = go(nurse, f"{home}/skicka")
    submit(nurse, f"{home}/hjulet", {"strengths": "Kom till efteråt."})
    page = send(nurse, shown, f"{home}/skicka", action="/skicka", status=422)
    assert "har ändrats sedan du läste igenom" in page.text
    go(
        nurse,
        f"{home}/skicka",
        data=filled_in(shown.soup.select_one("main form")) | {"mark": "", "once": "x" * 24},
        status=422,
    )
    with connection():
        assert Case.select().count() == 0


def test_what_leaves_the_huvudman_is_confirmed_by_name(nurse):
    with connection():
        other = units()["other"]
        give_account(other)
    home = ready("other", about="anonymous")
    page = submit(nurse, f"{home}/skicka", action="/skicka", status=422)
    assert "Bekräfta att hjulet ska lämna din huvudman." in page.text and "Flens kommun" in page.text
    assert "skickat" in submit(nurse, f"{home}/skicka", {"leaves": "y"}, action="/skicka").response.request.path


def test_a_border_asks_for_consent_or_takes_the_name_away(nurse):
    home = ready("other")
    assert "sekretessgräns" in go(nurse, f"{home}/sekretess").text
    assert "/las-igenom" in go(nurse, f"{home}/skicka").response.request.path
    go(
        nurse,
        f"{home}/sekretess",
        data=filled_in(go(nurse, f"{home}/sekretess").soup.select("main form")[1]),
        status=422,
    )
    page = submit(nurse, f"{home}/sekretess", action="/anonym")
    assert "anonym konsultation" in page.text and "child.label" not in texts(home)


def test_protected_personal_data_are_never_written_down(nurse):
    form = go(nurse, f"{HOME}/nytt")
    with counted():
        page = send(nurse, form, f"{HOME}/nytt", {"concern": "yes", "protected": "yes"}, action="/nytt")
    assert "Ring i stället" in page.text and "Ring 0" in page.text
    home = ready()
    page = submit(nurse, f"{home}/fragor", {"concern": "no", "protected": "yes"}, action="/fragor")
    assert "Inget är sparat" in page.text
    go(nurse, home, status=404)
    with connection():
        assert Wheel.select().count() == 0 and DoomedKey.select().count() == 1


def test_a_suspicion_shows_where_to_turn_and_only_that_it_was_shown_is_kept(nurse):
    page = submit(nurse, f"{HOME}/nytt", {"concern": "yes", "protected": "no"}, action="/nytt")
    assert "Socialtjänsten i Eskilstuna" in page.text and "Ring 112" in page.text
    assert "Socialtjänsten i Flen" in go(nurse, f"{page.response.request.path}?kommun=flen").text
    with connection():
        wheel = Wheel.get()
        assert wheel.concern_shown_at and not sealed_fields.read(wheel)
        shown = rows("SELECT thing_id, fields, note FROM audit_row WHERE action = 'wheel:concern-shown'")
    assert shown == [(wheel.reference, "", "")]


@pytest.mark.parametrize(
    ("step", "data", "said"),
    [
        ("om", {"about": "child", "child.label": ""}, "Skriv ett arbetsnamn eller initialer."),
        ("om", {"about": "child", "child.label": f"Alva {NUMBER}"}, "Ta bort personnumret"),
        ("hjulet", {"area.halsa.see": f"Hon heter {NUMBER}."}, "Ta bort personnumret"),
        ("hjulet", {"area.halsa.see": "x" * 2001}, "Skriv högst 2000 tecken."),
        ("berattat", {"told.child": None}, "Svara på om barnet vet."),
        ("fragor", {"concern": "no"}, "Svara på om barnets uppgifter är skyddade."),
    ],
)
def test_what_is_refused_is_kept_in_the_page_and_changes_nothing(nurse, step, data, said):
    home = ready()
    before = texts(home)
    page = submit(nurse, f"{home}/{step}", data, action=f"/{step}", status=422)
    assert said in page.text and page.soup.title.get_text().startswith("Fel:")
    assert all(value in page.text for value in data.values() if value)
    assert texts(home) == before


def test_a_draft_is_saved_though_it_lacks_answers(nurse):
    home = ready(answers={})
    submit(nurse, f"{home}/berattat", {"told.child_says": "Skönt.", "stay": "1"})
    submit(nurse, f"{home}/om", {"about": "group", "group.label": "6 B", "stay": "1"}, action="/om")
    assert texts(home) == {"told.child_says": "Skönt.", "group.label": "6 B"}


def test_the_page_saves_by_itself_and_two_devices_keep_each_others_words(nurse):
    home = ready()
    phone, computer = go(nurse, f"{home}/hjulet"), go(nurse, f"{home}/hjulet")

    def save(page, **fields):
        form = filled_in(page.soup.select_one("main form"))
        data = {"csrf_token": form["csrf_token"], "seen": form["seen"]} | fields
        return json.loads(go(nurse, f"{home}/spara", data=data).data)

    first = save(phone, **{"area.trygghet.see": "Går inte gärna ut. Står vid muren."})
    assert first["saved"].startswith("Sparat ") and first["saved"].endswith("Bara du ser utkastet.")
    second = save(computer, **{"area.trygghet.see": "Går hem på rasten.", "strengths": f"Född {NUMBER}"})
    assert second["merged"]["area.trygghet.see"] == "Går inte gärna ut. Står vid muren.\nGår hem på rasten."
    assert list(second["problems"]) == ["strengths"] and "strengths" not in texts(home)
    third = save(phone, **{"area.larande.see": "Bor på Exempelvägen 3.", "child.address": "X"})
    assert "adress" in third["warnings"]["area.larande.see"][0]
    # Without scripts the same form puts the words together, and shows them.
    page = send(nurse, computer, f"{home}/hjulet", {"area.trygghet.see": "Är ensam."})
    assert "Båda versionerna finns kvar" in page.text and "Är ensam." in texts(home)["area.trygghet.see"]
    assert "Står vid muren." in texts(home)["area.trygghet.see"] and texts(home)["area.larande.see"]


def test_a_unit_where_nobody_answers_is_refused_with_a_number_to_ring(nurse):
    home = ready()
    with connection():
        other = units()["other"]
    page = go(nurse, f"{home}/mottagare?q={other.label}")
    assert "Ingen här läser i tjänsten än." in page.text
    form = page.soup.select_one("main form[method=post]") or go(nurse, f"{home}/om").soup.select_one("main form")
    data = {"csrf_token": filled_in(form)["csrf_token"], "once": secrets.token_urlsafe(24), "unit": other.slug}
    assert "Ring i stället" in go(nurse, f"{home}/mottagare", data=data, status=422).text


def test_a_thrown_draft_is_gone_and_others_never_see_one(county, nurse):
    home = ready()
    for persona in ("bba", "enhetschef", "granne"):
        for step in ("", "/hjulet", "/skicka", "/skickat"):
            go(signed_in(county, persona), home + step, status=404)
    submit(nurse, f"{home}/kasta", {"sure": ""}, action="/kasta", status=422)
    assert "Utkastet är borta." in submit(nurse, f"{home}/kasta", action="/kasta").text
    go(nurse, home, status=404)


def test_only_who_works_at_a_unit_with_two_factors_comes_here(county):
    for persona in ("huvudman", "processledare", "drift"):
        go(signed_in(county, persona), HOME, status=404)
    go(signed_in(county, "personal", strong=False), f"{HOME}/nytt", status=404)


def test_looking_changes_nothing_and_no_title_says_whom_it_is_about(nurse):
    home = ready(template="absence")
    with connection():
        before = Wheel.get().saved_at
    with counted("sitting"):
        for step in (
            "",
            "/fragor",
            "/mottagare",
            "/om",
            "/hjulet",
            "/berattat",
            "/sekretess",
            "/las-igenom",
            "/skicka",
            "/kasta",
        ):
            page = go(nurse, home + step)
            assert "Alva" not in page.soup.title.get_text() and "orosanmälningar" in page.text, step
    with connection():
        assert Wheel.get().saved_at == before
        assert drafts.forget_old() == 0
