"""The pages of accounts: signing in and out, invitation, reset, one's own account and its sittings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from werkzeug.test import Client

from tbb import clock
from tbb.database import connection
from tbb.models import Account, Letter, OneTimeToken, Sitting
from tbb.policy import COMMAND
from tbb.services import invitations, letters, resets, sittings
from tbb.web.sitting import COOKIES
from tests.conftest import go
from tests.members import CHEAP, PASSWORD, member
from tests.people import account, as_account, signed_in, submit

NEW = "fyra helt nya ord"


@pytest.fixture
def sara(county) -> int:
    """Somebody with a password."""
    with connection():
        return member("sara@skolan.example").id


def link_in(template: str) -> str:
    """Where the newest letter of a kind leads."""
    with connection():
        letter = Letter.select().where(Letter.template == template).order_by(Letter.id.desc()).first()
        return letters.facts_of(letter)["path"]


def invited() -> str:
    """Invite somebody; give the path in the letter."""
    with connection():
        invitations.invite(COMMAND, email="ny@skolan.example", name="Nils Provlund")
    return link_in("invitation")


def reset_link(email: str = "sara@skolan.example") -> str:
    """Ask for a reset; give the path in the letter."""
    with connection():
        resets.ask(email, who="192.0.2.7")
        while resets.answer_next():
            pass
    return link_in("reset")


def cookie(client: Client) -> str:
    """The browser's secret."""
    kept = client.get_cookie(COOKIES[1])
    return kept.value if kept else ""


def wrong(page) -> list[str]:
    """What the error summary says."""
    return [" ".join(line.get_text().split()) for line in page.soup.select(".ds-error-summary li")]


def test_signing_in_leads_to_the_second_factor_with_a_new_cookie(county, sara):
    client = county.test_client()
    client.set_cookie(COOKIES[1], "f" * 43)
    answer = submit(
        client, "/logga-in", {"email": "sara@skolan.example", "password": PASSWORD}, action="/logga-in", status=303,
        follow=False,
    )  # fmt: skip
    assert answer.location == "/konto/andra-steget/valj"
    assert cookie(client) not in ("", "f" * 43)
    assert answer.headers["Cache-Control"] == "no-store"
    set_cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie
    go(client, "/konto", status=303, follow=False)


def test_where_one_was_heading_is_carried_along(county, sara):
    client = county.test_client()
    shown = go(client, "/konto/inloggningar")
    assert shown.heading == "Logga in"
    assert shown.fields(-1)["till"]
    answer = submit(
        client, shown.response.request.full_path, {"email": "sara@skolan.example", "password": PASSWORD},
        action="/logga-in", status=303, follow=False,
    )  # fmt: skip
    assert "till=" in answer.location


@pytest.mark.parametrize("till", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "x.y"])
def test_no_other_site_can_be_led_to(county, till):
    client = signed_in(county, "enhetschef")
    assert go(client, "/logga-in", query_string={"till": till}, status=303, follow=False).location == "/arbetsyta"


def test_who_is_signed_in_already_goes_on(county):
    answer = go(signed_in(county, "bba"), "/logga-in", status=303, follow=False)
    assert answer.location == "/arbetsyta"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"email": "", "password": ""}, ["Skriv din e-postadress.", "Skriv ditt lösenord."]),
        ({"email": "inte en adress", "password": "x"}, ["Skriv en e-postadress, till exempel namn@exempel.se."]),
        ({"email": "sara@skolan.example", "password": "fel"}, ["Fel e-postadress eller lösenord."]),
        ({"email": "ingen@skolan.example", "password": PASSWORD}, ["Fel e-postadress eller lösenord."]),
    ],
)
def test_what_is_wrong_is_said_and_the_password_never_comes_back(county, sara, typed, says):
    client = county.test_client()
    shown = submit(client, "/logga-in", typed, action="/logga-in", status=422)
    assert wrong(shown) == says
    assert shown.title.startswith("Fel:")
    assert shown.soup.select_one("#email")["value"] == typed["email"]
    assert not shown.soup.select_one("#password").get("value")
    assert cookie(client) == ""


def test_too_many_tries_are_answered_in_words(county, sara):
    client = county.test_client()
    typed = {"email": "sara@skolan.example", "password": "fel"}
    for _ in range(5):
        submit(client, "/logga-in", typed, action="/logga-in", status=422)
    shown = submit(client, "/logga-in", typed | {"password": PASSWORD}, action="/logga-in", status=429)
    assert shown.heading == "Du har försökt för många gånger"
    assert int(shown.response.headers["Retry-After"]) <= 300


def test_a_forged_forwarded_for_does_not_help(county):
    client = county.test_client()
    for number in range(10):
        headers = {"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"198.51.100.{number}"}
        submit(client, "/logga-in", {"email": f"p{number}@x.example", "password": "fel"}, action="/logga-in",
               status=422, headers=headers)  # fmt: skip
    submit(client, "/logga-in", {"email": "p@x.example", "password": "fel"}, action="/logga-in", status=429,
           headers={"X-Forwarded-For": "203.0.113.99", "Forwarded": "for=203.0.113.99"})  # fmt: skip


def test_behind_one_proxy_only_its_own_word_counts(make_app, county_url):
    client = make_app(county_url, TBB_PROXIES="1").test_client()
    for number in range(11):
        headers = {"X-Forwarded-For": f"198.51.100.{number}, 2001:db8:5:5::{number:x}"}
        submit(client, "/logga-in", {"email": f"p{number}@x.example", "password": "fel"}, action="/logga-in",
               status=422 if number < 10 else 429, headers=headers)  # fmt: skip
    submit(client, "/logga-in", {"email": "q@x.example", "password": "fel"}, action="/logga-in", status=422,
           headers={"X-Forwarded-For": "2001:db8:5:6::1"})  # fmt: skip


def test_an_ended_sitting_is_explained_and_the_stale_cookie_taken_back(county, at):
    client = signed_in(county, "bba")
    at(clock.now() + timedelta(minutes=31))
    shown = go(client, "/konto")
    assert shown.heading == "Logga in"
    assert "Du är inte längre inloggad" in shown.words
    assert '"storage"' in shown.response.headers["Clear-Site-Data"]
    assert "Du är inte längre inloggad" not in go(client, "/logga-in").words


def test_signing_out_ends_the_sitting_and_forgets(county):
    client = signed_in(county, "bba")
    secret = cookie(client)
    answer = go(client, "/logga-ut", data={}, status=303, follow=False)
    assert answer.location == "/logga-in?utloggad=1"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert cookie(client) == ""
    with connection():
        assert sittings.find(secret) is None
    assert "Du är utloggad" in go(client, answer.location).words
    go(client, "/logga-ut", data={}, status=303, follow=False)


def test_an_invitation_is_looked_at_and_then_taken(county):
    client, path = county.test_client(), invited()
    shown = go(client, path)
    assert shown.heading == "Välkommen, Nils Provlund"
    assert shown.soup.select_one("#email")["value"] == "ny@skolan.example"
    for password, says in (("kort", "minst 12"), ("Sommar2026!!!", "lätt att gissa"), ("NilsProvlund1", "ditt namn")):
        assert says in wrong(submit(client, path, {"password": password}, status=422))[0]
    answer = submit(client, path, {"password": NEW}, status=303, follow=False)
    assert answer.location == "/konto/andra-steget/valj"
    gone = go(county.test_client(), path, status=404)
    assert gone.heading == "Länken fungerar inte längre"
    with connection():
        assert Account.get(Account.email == "ny@skolan.example").state == "active"


def test_a_reset_is_looked_at_and_then_done(county, sara):
    client, path = county.test_client(), reset_link()
    other = as_account(county, sara)
    assert go(client, path).heading == "Välj ett nytt lösenord"
    assert "lätt att gissa" in wrong(submit(client, path, {"password": "lösenord lösenord"}, status=422))[0]
    go(other, "/konto")
    submit(client, path, {"password": NEW}, status=303, follow=False)
    assert go(other, "/konto").heading == "Logga in"
    go(county.test_client(), path, status=404)
    with connection():
        assert CHEAP.fits(Account.get_by_id(sara).password, NEW)


@pytest.mark.parametrize("path", ["/konto/inbjudan/", "/konto/aterstall/"])
def test_a_link_of_another_kind_or_none_is_told_alike(county, sara, path):
    other = {"/konto/inbjudan/": reset_link, "/konto/aterstall/": invited}[path]().rpartition("/")[2]
    client = county.test_client()
    told = {go(client, path + token, status=404).words for token in ("x", "x" * 43, other)}
    assert len(told) == 1
    stamp = go(client, "/konto/glomt").fields()["stamp"]
    go(client, path + other, data={"stamp": stamp, "password": NEW}, status=404)
    with connection():
        assert not OneTimeToken.select().where(OneTimeToken.used_at.is_null(False)).exists()


def test_looking_at_links_changes_nothing(county, sara):
    paths = [invited(), reset_link()]
    with connection():
        before = list(OneTimeToken.select().order_by(OneTimeToken.id).tuples())
    for path in paths:
        for _ in range(3):
            go(county.test_client(), path)
            county.test_client().head(path).close()
    with connection():
        assert list(OneTimeToken.select().order_by(OneTimeToken.id).tuples()) == before


@pytest.mark.parametrize("path", ["/konto", "/konto/losenord", "/konto/inloggningar", "/konto/inloggad"])
def test_a_stranger_is_led_to_sign_in(county, sara, path):
    assert go(county.test_client(), path, status=303, follow=False).location.startswith("/logga-in?till=")
    with connection():
        half = sittings.begin(sara, method="password", halfway=True)
    client = county.test_client()
    client.set_cookie(COOKIES[1], half)
    assert go(client, path, status=303, follow=False).location.startswith("/logga-in/andra-steget")


def test_ones_own_page_says_who_one_is_and_what_one_may(county):
    shown = go(signed_in(county, "enhetschef"), "/konto")
    assert shown.heading == "Eva Testborg"
    assert "Enhetschef" in shown.words
    assert "Tills vidare" in shown.words
    assert shown.link("Mina inloggningar") == "/konto/inloggningar"
    assert "Byt lösenord" not in shown.words  # the cast has no passwords
    assert "Delegerad" in go(signed_in(county, "delegerad"), "/konto").words
    assert "Till och med" in go(signed_in(county, "delegerad"), "/konto").words
    assert "hela länet" in go(signed_in(county, "processledare"), "/konto").words
    assert "Barnets bästa-ansvarig" in go(signed_in(county, "bba"), "/konto").words


def test_the_password_is_changed_under_a_new_secret_and_others_are_out(county, sara):
    client, other = as_account(county, sara), as_account(county, sara)
    before = cookie(client)
    for old, new, says in (("fel", NEW, "inte ditt nuvarande"), (PASSWORD, "kort", "minst 12")):
        assert says in wrong(submit(client, "/konto/losenord", {"old": old, "password": new}, status=422))[0]
    go(other, "/konto")
    shown = submit(client, "/konto/losenord", {"old": PASSWORD, "password": NEW})
    assert "Lösenordet är ändrat" in shown.words
    assert cookie(client) != before
    assert go(other, "/konto").heading == "Logga in"
    with connection():
        assert CHEAP.fits(Account.get_by_id(sara).password, NEW)
        assert Letter.select().where(Letter.template == "password_changed").count() == 1


def test_guesses_at_the_present_password_are_counted(county, sara):
    client = as_account(county, sara)
    for _ in range(5):
        submit(client, "/konto/losenord", {"old": "fel", "password": NEW}, status=422)
    submit(client, "/konto/losenord", {"old": PASSWORD, "password": NEW}, status=429)
    go(client, "/konto")


def test_without_a_password_there_is_none_to_change(county):
    client = signed_in(county, "bba")
    go(client, "/konto/losenord", status=404)


def test_ones_sittings_are_listed_and_one_can_be_ended(county):
    mine, other, stranger = signed_in(county, "bba"), signed_in(county, "bba"), signed_in(county, "granne")
    shown = go(mine, "/konto/inloggningar")
    assert len(shown.soup.select("main tbody tr")) == 2
    assert "Den här" in shown.soup.select("main tbody tr")[0].get_text()
    with connection():
        theirs = sittings.find(cookie(stranger)).id
        second = sittings.find(cookie(other)).id
    submit(mine, "/konto/inloggningar", action=f"/{second}/avsluta")
    assert go(other, "/konto").heading == "Logga in"
    fields = dict.fromkeys(("once",), "x" * 30) | {"csrf_token": shown.soup.select_one("[name=csrf_token]")["value"]}
    go(mine, f"/konto/inloggningar/{theirs}/avsluta", data=fields, status=404)
    go(stranger, "/konto")


def test_signing_out_everywhere(county):
    mine, other = signed_in(county, "bba"), signed_in(county, "bba")
    submit(mine, "/konto/inloggningar", action="/avsluta-alla")
    assert go(mine, "/konto").heading == "Logga in"
    assert go(other, "/konto").heading == "Logga in"
    with connection():
        assert not Sitting.select().where(Sitting.account == account("bba")).exists()


def test_being_there_extends_the_sitting_and_tells_how_long(county, at):
    client = signed_in(county, "bba")
    moment = clock.now()
    at(moment + timedelta(minutes=26))
    told = go(client, "/konto/forlang", data={}).get_json()
    assert told["idle"] == 1800
    assert 0 < told["whole"] < 36000
    at(moment + timedelta(minutes=50))
    again = go(client, "/konto/inloggad").get_json()
    assert again["mark"] == told["mark"]
    at(moment + timedelta(minutes=81))
    go(client, "/konto/forlang", data={}, status=303, follow=False)


def test_every_page_tells_its_script_whose_it_is(county):
    mine, other = (go(signed_in(county, "bba"), "/konto").soup.select_one("#kvar") for _ in range(2))
    assert mine["data-sitting"] != other["data-sitting"]
    assert 1790 <= int(mine["data-idle"]) <= 1800


def test_another_sites_form_changes_nothing(county, sara):
    client = as_account(county, sara)
    for path in ("/logga-ut", "/konto/forlang", "/konto/losenord", "/konto/inloggningar/avsluta-alla", "/logga-in"):
        go(client, path, data={}, headers={"Sec-Fetch-Site": "cross-site"}, status=400)
        go(client, path, data={}, headers={"Sec-Fetch-Site": "same-site"}, status=400)
    go(client, "/konto")
