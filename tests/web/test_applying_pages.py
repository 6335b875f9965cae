"""The pages on which an independent organisation applies, as an applicant, a stranger and a robot meet them."""

from __future__ import annotations

import json

import pytest

from tbb.database import connection, rows
from tbb.models import Application, AuditRow, Letter
from tbb.policy import VISITOR
from tbb.services import agreements, application_links, applying, reviewing
from tests import applications
from tests.applications import BBA, CONTACT, EMAIL, ORGANIZATION, SIGNER
from tests.conftest import go
from tests.people import send, submit

FIELDS = {"organisation": ORGANIZATION, "firmatecknare": SIGNER, "kontakt": CONTACT}
STEPS = pytest.mark.parametrize("part", FIELDS)
GONE = "x" * 43


@pytest.fixture
def draft(county):
    """The address of a confirmed draft without answers."""
    with connection():
        return f"/anslut/{applications.begun()}"


@pytest.fixture
def whole(county):
    """The address of a draft with every answer."""
    with connection():
        return f"/anslut/{applications.filled_in()}"


def mine() -> Application:
    """The application of these tests; the demonstration has others."""
    return Application.get(Application.email == EMAIL)


def stored() -> dict:
    """What the application holds."""
    with connection():
        return json.loads(mine().data)


def everything() -> list:
    """All that a form could change."""
    with connection():
        tables = ("application", "application_event", "letter", "audit_row", "unit", "account", "receipt", "rate_count")
        return [rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]


# The start


def test_the_start_says_what_it_means_and_sets_no_cookie(client):
    page = go(client, "/anslut", language="sv")
    for word in ("Det här innebär", "Det här frågar vi om", "Det här händer sedan", "kvart"):
        assert word in page.words
    assert "Set-Cookie" not in page.response.headers


def test_every_address_gets_the_same_answer(client):
    def answer(email: str) -> tuple:
        response = submit(client, "/anslut", {"email": email}, follow=False, status=303)
        return (
            response.status_code,
            response.headers["Location"],
            len(response.data),
            response.headers.getlist("Set-Cookie"),
        )

    answers = {str(answer(email)) for email in (EMAIL, EMAIL, "ny@ekollonet.example", "rektor+x@ekollonet.example")}
    assert len(answers) == 1 and "[]" in answers.pop()
    with connection():
        while application_links.answer_next():
            pass
        assert Letter.select().where(Letter.template == "application_start").count() == 2


@pytest.mark.parametrize("email", ["", "inte en adress", "a@b", "121212-1212@ekollonet.example"])
def test_an_address_that_is_none_is_asked_for_again(client, email):
    before = everything()
    page = submit(client, "/anslut", {"email": email}, status=422)
    assert page.title.startswith("Fel:") and page.fields()["email"] == email
    assert everything() == before


def test_a_robot_is_thanked_and_forgotten(client):
    before = everything()
    submit(client, "/anslut", {"email": EMAIL, "homepage": "https://spam.example"})
    assert everything() == before


def test_the_eleventh_address_from_one_house_must_wait(client):
    for number in range(application_links.PER_SENDER):
        submit(client, "/anslut", {"email": f"namn{number}@ekollonet.example"})
    page = submit(client, "/anslut", {"email": EMAIL}, status=429)
    assert int(page.response.headers["Retry-After"]) > 0


# The link


def test_an_unknown_link_says_so_kindly_and_offers_a_new_one(client):
    for path in ("", "/organisation", "/verksamheter", "/ansvariga", "/overenskommelse", "/granska", "/kvitto"):
        page = go(client, f"/anslut/{GONE}{path}", status=404)
        assert page.heading == "Länken gäller inte" and "email" in page.fields()
        assert "no-store" in page.response.headers["Cache-Control"]


def test_opening_the_link_confirms_nothing_and_the_button_does(county, client):
    with connection():
        path = f"/anslut/{applications.link()}"
    before = everything()
    assert "Bekräfta" in go(client, path).heading
    go(client, f"{path}/organisation", status=404)
    assert everything() == before
    page = submit(client, path)
    assert page.heading == "Din ansökan"
    with connection():
        assert mine().email_confirmed_at is not None


def test_looking_changes_nothing(client, whole):
    key = stored()["units"][0]["key"]
    before = everything()
    for path in ("", "/organisation", "/verksamheter", "/verksamheter/utan-kod", f"/verksamheter/{key}/ta-bort",
                 "/ansvariga", f"/ansvariga/{key}", "/firmatecknare", "/kontakt", "/overenskommelse", "/granska",
                 "/ta-tillbaka"):  # fmt: skip
        page = go(client, whole + path, language="sv")
        assert "no-store" in page.response.headers["Cache-Control"]
        assert client.head(whole + path).status_code == 200
    assert everything() == before


# The steps


@STEPS
def test_a_step_is_saved_and_shown_again(client, draft, part):
    page = submit(client, f"{draft}/{part}", FIELDS[part])
    assert page.heading == "Din ansökan" and page.soup.select_one(f"#lage-{part}").text == "Klar"
    assert stored()[part] == FIELDS[part]
    again = go(client, f"{draft}/{part}").text
    assert all(value in again for value in FIELDS[part].values() if value)


@STEPS
def test_an_empty_step_says_what_is_missing_and_saves_nothing(client, draft, part):
    page = submit(client, f"{draft}/{part}", dict.fromkeys(FIELDS[part], ""), status=422)
    assert page.title.startswith("Fel:")
    assert len(page.soup.select(".ds-error-summary li")) >= 3
    assert part not in stored()


@STEPS
def test_a_step_may_be_left_half_done(client, draft, part):
    page = submit(client, f"{draft}/{part}", {"name": "Halvfärdig", "later": "1"})
    assert page.soup.select_one(f"#lage-{part}").text == "Påbörjad"
    assert stored()[part]["name"] == "Halvfärdig"


WRONG = (
    ("organisation", "orgnr", "55555", "Du har skrivit 5."),
    ("organisation", "orgnr", "556000-0002", "Kontrollsiffran"),
    ("organisation", "orgnr", "121212-1212", "personnummer"),
    ("organisation", "postal_code", "123", "fem siffror"),
    ("organisation", "website", "javascript:alert(1)", "webbadressen"),
    ("organisation", "name", "x" * 201, "högst 200"),
    ("organisation", "name", "Barnet 19121212-1212", "personnumret"),
    ("firmatecknare", "proof", "guess", "Välj"),
    ("firmatecknare", "title", "121212–1212", "personnumret"),
    ("kontakt", "phone", "ring mig", "riktnummer"),
    ("kontakt", "phone", "121212-1212", "personnumret"),
    ("kontakt", "questions", "Om 20121212-1212", "personnumret"),
    ("kontakt", "questions", "å" * 1001, "högst 1000"),
)


@pytest.mark.parametrize("later", [None, "1"])
def test_what_is_wrong_is_said_at_its_place_and_kept_as_written(client, draft, later):
    for part, field, value, says in WRONG:
        page = submit(client, f"{draft}/{part}", FIELDS[part] | {field: value, "later": later}, status=422)
        control = page.soup.select_one(f"[name={field}]")
        assert control["aria-invalid"] == "true"
        assert says in page.soup.select_one(f"#{field}-f").text
        if control.get("type") != "radio":
            assert (control.get("value") or control.text.lstrip()) == value
    assert stored() == {}


def test_fields_that_no_form_has_are_ignored(client, draft):
    more = {"state": "approved", "email": "annan@ekollonet.example", "first_by": "1", "units": "[]", "version": "9"}
    submit(client, f"{draft}/kontakt", CONTACT | more)
    assert stored() == {"kontakt": CONTACT}
    with connection():
        found = mine()
        assert (found.state, found.email, found.first_by_id) == ("draft", EMAIL, None)


def test_the_name_is_fetched_from_the_register_with_and_without_scripts(county, client, draft):
    applications.stage(county)
    with connection():
        name, orgnr = rows("SELECT name, orgnr FROM organizer WHERE kind = 'independent' ORDER BY id")[0]
    page = submit(client, f"{draft}/organisation", {"orgnr": orgnr, "street": "Exempelvägen 3", "look": "1"})
    fields = page.fields()
    assert (fields["name"], fields["street"]) == (name, "Exempelvägen 3") and "finns i registret" in page.words
    assert stored() == {}
    shown = go(client, f"{draft}/organisation")
    part = send(client, shown, "", {"orgnr": orgnr, "look": "1"}, fragment=True)
    assert name in part.text
    assert "inte i vårt register" in submit(client, f"{draft}/organisation", {"orgnr": "5560000001", "look": "1"}).words


def test_a_stale_save_shows_both_versions_and_lets_one_choose(client, draft):
    shown = go(client, f"{draft}/kontakt")
    submit(client, f"{draft}/kontakt", CONTACT)
    page = send(client, shown, f"{draft}/kontakt", CONTACT | {"name": "Den andra"}, status=409)
    assert "Rut Provlund" in page.words and "Den andra" in page.words
    assert stored()["kontakt"] == CONTACT
    send(client, page, f"{draft}/kontakt", {"later": "1"})
    assert stored()["kontakt"]["name"] == "Den andra"


@pytest.mark.parametrize("part", ["organisation", "kontakt"])
def test_a_form_that_is_sent_twice_counts_once(client, draft, part):
    shown = go(client, f"{draft}/{part}")
    for _ in range(3):
        send(client, shown, "", FIELDS[part], follow=False, status=303)
    with connection():
        assert mine().version == 1


@pytest.mark.parametrize("stamp", ["", "form.x.y"])
def test_a_form_without_its_guard_is_refused(client, draft, stamp):
    before = everything()
    submit(client, f"{draft}/kontakt", CONTACT | {"stamp": stamp}, status=400)
    submit(client, f"{draft}/kontakt", CONTACT | {"once": ""}, status=400)
    submit(client, f"{draft}/kontakt", CONTACT, headers={"Sec-Fetch-Site": "cross-site"}, status=400)
    assert everything() == before


# Units and those who answer for them


def test_a_unit_is_found_by_its_code_and_a_mismatch_is_shown(county, client, draft):
    applications.stage(county)
    page = submit(client, f"{draft}/verksamheter", {"code": "9900 0011"})
    assert "1 verksamhet i ansökan" in page.words and "Registret har en annan huvudman" in page.words
    with connection():
        (orgnr,) = rows("SELECT orgnr FROM organizer WHERE kind = 'independent' ORDER BY id")[0]
    submit(client, f"{draft}/organisation", ORGANIZATION | {"orgnr": orgnr})
    assert "Stämmer med registret" in go(client, f"{draft}/verksamheter").words
    again = submit(client, f"{draft}/verksamheter", {"code": "99000011"}, status=422)
    assert "finns redan" in again.words


@pytest.mark.parametrize("code", ["", "98765432", "skolan", "1"])
def test_a_code_that_is_not_there_is_told_and_kept_as_written(client, draft, code):
    page = submit(client, f"{draft}/verksamheter", {"code": code}, status=422)
    assert page.soup.select_one("#code")["aria-invalid"] == "true" and page.fields(0)["code"] == code
    assert "utan kod" in page.words and stored() == {}


def test_a_unit_without_a_code_says_why(client, draft):
    path = f"{draft}/verksamheter/utan-kod"
    empty = submit(client, path, {"name": "Förskolan Ekollonet"}, status=422)
    assert len(empty.soup.select(".ds-error-summary li")) == 7 and empty.fields()["name"] == "Förskolan Ekollonet"
    answers = {name: value for name, value in applications.OWN_UNIT.items() if name not in ("scheme", "code")}
    wrong = submit(client, path, answers | {"municipality": "0180"}, status=422)
    assert wrong.soup.select_one("#municipality")["aria-invalid"] == "true"
    page = submit(client, path, answers | {"municipality": "0482"})
    assert "Saknar kod: Öppnar i höst." in page.words
    submit(client, path, answers | {"municipality": "0482"}, status=422)


def test_a_unit_leaves_after_a_question(client, whole):
    key = stored()["units"][0]["key"]
    submit(client, f"{whole}/verksamheter/{key}/ta-bort")
    assert stored()["units"] == []
    go(client, f"{whole}/verksamheter/{key}/ta-bort", status=404)
    go(client, f"{whole}/ansvariga/{key}", status=404)


def test_who_is_proposed_must_be_reachable_and_mandated(client, whole):
    path = f"{whole}/ansvariga/{stored()['units'][0]['key']}"
    before = stored()
    given = {"mandate": "delegated", "mandate_by": "Styrelsen", "mandate_on": "2026-01-01"}
    for changes, wrong in (
        ({"name": ""}, "name"),
        ({"email": "maja"}, "email"),
        ({"mandate": "delegated"}, "mandate_by"),
        (given | {"mandate_on": "i går"}, "mandate_on"),
        (given | {"mandate_on": "2999-01-01"}, "mandate_on"),
        ({"phone_hours": "19121212-1212"}, "phone_hours"),
    ):
        page = submit(client, path, BBA | changes, status=422)
        assert page.soup.select_one(f"[name={wrong}]")["aria-invalid"] == "true"
        assert page.soup.select_one(f"#{wrong}-f").text.endswith(".")
    assert stored() == before
    submit(client, path, BBA | given)
    assert stored()["responsible"].popitem()[1] == BBA | given
    assert 'value="2026-01-01"' in go(client, path).text


def test_the_same_person_can_be_chosen_for_the_rest(county, client, whole):
    applications.stage(county)
    submit(client, f"{whole}/verksamheter", {"code": "99000011"})
    page = submit(client, f"{whole}/ansvariga")
    assert page.words.count("Maja Skissberg") == 2


def test_the_agreement_must_be_ticked_and_be_the_one_of_today(client, draft, monkeypatch):
    path = f"{draft}/overenskommelse"
    assert "Kryssa i" in submit(client, path, status=422).words
    old = submit(client, path, {"accepted": "y", "version": "0"}, status=422)
    assert "Texten har ändrats" in old.words
    submit(client, path, {"accepted": "y"})
    with connection():
        found = mine()
        assert found.agreement == agreements.CURRENT and found.accepted_at is not None


# Sending


def test_what_is_left_is_pointed_out_before_it_is_sent(client, draft):
    page = go(client, f"{draft}/granska")
    assert "Något är inte ifyllt än" in page.words and not page.soup.select("main form")
    links = [link for link in page.links if link.startswith(draft)]
    assert f"{draft}/organisation" in links


def test_the_answers_are_looked_through_and_sent_once(client, whole):
    shown = go(client, f"{whole}/granska")
    for word in ("559900-1004", "Maja Skissberg", "Olle Testborg", "Kan det vara en kväll?", "Version 1"):
        assert word in shown.words
    for _ in range(2):
        page = send(client, shown, "")
        assert page.heading.startswith("Tack")
    with connection():
        found = mine()
        assert found.reference in page.words and found.state == "sent"
        assert [row.action for row in AuditRow.select()].count("application:send") == 1
        assert Letter.select().where(Letter.template == "application_received").count() == 1
    assert "granskar" in go(client, whole).words
    closed = go(client, f"{whole}/kontakt", status=409)
    assert "redan skickad" in closed.heading
    assert submit(client, f"{whole}/ta-tillbaka").heading == "Ansökan är återtagen"


def test_a_question_is_shown_and_its_answer_can_be_sent(county, client, whole):
    with connection():
        applying.send(VISITOR, whole.removeprefix("/anslut/"), tell_address="x@tbb.example")
        found = mine()
        reviewer = applications.leader(1)
        reviewing.ask(reviewer, found.reference, found.version, "Vad heter <b>vd:n</b>?")
        path = f"/anslut/{applications.newest_link()}"
    go(client, whole, status=404)
    page = go(client, path)
    assert "Vad heter <b>vd:n</b>?" in page.words
    submit(client, f"{path}/granska")
    with connection():
        assert mine().state == "sent" and mine().events.count() == 3


def test_a_draft_can_be_taken_back_and_is_then_gone(client, draft):
    assert submit(client, f"{draft}/ta-tillbaka").heading == "Ansökan är återtagen"
    with connection():
        assert not Application.select().where(Application.email == EMAIL).exists()
    go(client, draft, status=404)
