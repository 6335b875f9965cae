"""Signing in through a real OpenID provider: the account it leads to, and everything that must not lead to one."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tbb import clock
from tbb.database import connection, rows
from tbb.models import Account, Grant, Identity, Sitting
from tests.oidc.conftest import BASE_URL
from tests.people import account


def accounts() -> list[Account]:
    """The accounts that came from the provider."""
    with connection():
        return [identity.account for identity in Identity.select().order_by(Identity.id)]


def sittings_of(found: Account) -> list[Sitting]:
    """The sittings of an account."""
    with connection():
        return list(Sitting.select().where(Sitting.account == found))


def refusals() -> list[tuple[str, str]]:
    """What the audit says of those who were refused: what it was about, and why."""
    with connection():
        return rows("SELECT thing, note FROM audit_row WHERE action = 'account:refused' ORDER BY id")


def give_duty(found: Account) -> None:
    """Let an account be its organisation's communicator."""
    with connection():
        Grant.create(
            account=found,
            duty="communicator",
            organizer=found.organizer,
            starts_on=clock.today(),
            given_at=clock.now(),
        )


def disable(found: Account) -> None:
    """Close an account as an admin would."""
    with connection():
        Account.update(state="disabled").where(Account.id == found.id).execute()


def test_the_first_time_makes_an_account_that_may_do_nothing_yet(somebody, provider):
    shown = somebody.sign_in()
    assert shown.heading == "Välkommen, Anna Exempelsson" and "inte knutet till någon verksamhet" in shown.words
    (found,) = accounts()
    assert (found.name, found.email, found.state, found.password) == (
        "Anna Exempelsson",
        "anna@skola.example",
        "active",
        "",
    )
    with connection():
        assert found.organizer.orgnr == "2120000357"
        assert rows('SELECT COUNT(*) FROM "grant" WHERE account_id = ?', (found.id,)) == [(0,)]
        identity = Identity.get()
    assert (identity.issuer, identity.subject) == (provider.issuer, "anna")
    (sitting,) = sittings_of(found)
    assert sitting.strong and sitting.stage == "whole" and sitting.method == "oidc"
    assert somebody.ours.get("/arbetsyta/katalogen").status_code == 404
    assert not refusals()


def test_the_second_time_leads_to_the_same_account_even_with_another_name_and_address(somebody, provider):
    somebody.sign_in()
    provider.now(name="Någon Annan", email="nagon@skola.example")
    somebody.sign_in()
    (found,) = accounts()
    assert found.name == "Anna Exempelsson"
    # The browser's earlier sitting ended with the new one, so that there is just one to end.
    assert len(sittings_of(found)) == 1


def test_an_address_is_never_a_key(somebody, provider):
    """Whoever the provider says to have somebody else's address gets an account of their own, without it."""
    with connection():
        taken = Account.get_by_id(account("huvudman"))
        Account.update(email="hugo@skola.example").where(Account.id == taken.id).execute()
    provider.now(user="mallory", email="hugo@skola.example")
    somebody.sign_in()
    (found,) = accounts()
    assert found.id != taken.id and found.email.endswith("@saknas.invalid")


@pytest.mark.parametrize("email", ["anna@elsewhere.example", "", "anna@skola.example@elsewhere.example"])
def test_an_address_that_the_organisation_may_not_speak_for_is_not_kept(somebody, provider, email):
    provider.now(email=email)
    somebody.sign_in()
    assert accounts()[0].email.endswith("@saknas.invalid")


def test_a_name_that_is_not_in_the_token_is_asked_for(somebody, provider):
    provider.now(nameInToken=False)
    assert somebody.sign_in().heading == "Välkommen, Anna Exempelsson"


def test_one_comes_to_where_one_was_heading_when_there_is_something_to_do(somebody, another):
    somebody.sign_in()
    give_duty(accounts()[0])
    led_away = another.ours.get("/konto/inloggningar").headers["Location"]
    till = parse_qs(urlsplit(led_away).query)["till"][0]
    assert another.sign_in(till=till).response.request.path == "/konto/inloggningar"
    assert another.ours.get("/logga-in/valkommen").headers["Location"] == "/arbetsyta"


@pytest.mark.parametrize("till", ["//elsewhere.example", "https://elsewhere.example", "/arbetsyta", ""])
def test_nobody_is_led_to_an_address_that_we_have_not_signed(somebody, till):
    somebody.sign_in()
    give_duty(accounts()[0])
    assert somebody.sign_in(till=till).response.request.path == "/arbetsyta"


def test_without_two_factors_one_is_in_but_not_strong_and_is_told(somebody, provider):
    provider.now(acr="loa2", amr=["pwd"])
    shown = somebody.sign_in()
    assert "utan ett andra steg" in shown.text
    assert not sittings_of(accounts()[0])[0].strong


@pytest.mark.parametrize("how", [{"acr": "loa3", "amr": ["pwd"]}, {"acr": "loa2", "amr": ["pwd", "mfa"]}])
def test_either_the_level_or_a_method_makes_it_two_factors(somebody, provider, how):
    provider.now(**how)
    assert "utan ett andra steg" not in somebody.sign_in().text
    assert sittings_of(accounts()[0])[0].strong


def test_who_is_refused_there_is_told_and_may_try_again(somebody, provider):
    provider.now(refuse=True)
    shown = somebody.sign_in(status=403)
    assert shown.heading == "Inloggningen avbröts" and "Eskilstuna kommun" in shown.words
    assert shown.link("Försök igen") == "/logga-in/valj-organisation"
    assert not accounts() and refusals() == [("identity-provider", "denied: access_denied")]
    provider.now(refuse=False)
    assert somebody.sign_in().heading.startswith("Välkommen")


def test_a_disabled_account_is_refused_in_words_and_no_new_one_is_made(somebody):
    somebody.sign_in()
    (found,) = accounts()
    disable(found)
    assert somebody.ours.get("/arbetsyta").status_code == 303
    shown = somebody.sign_in(status=403)
    assert shown.heading == "Ditt konto är stängt"
    assert len(accounts()) == 1 and refusals() == [("account", "disabled: oidc")]


def test_an_answer_counts_once(somebody):
    path = somebody.at_provider(somebody.begin())
    somebody.back(path)
    assert somebody.back(path, status=400).heading == "Inloggningen hann bli för gammal"
    assert len(sittings_of(accounts()[0])) == 1


def test_a_code_is_given_away_once_even_under_a_new_state(somebody):
    first = somebody.at_provider(somebody.begin())
    somebody.back(first)
    code = parse_qs(urlsplit(first).query)["code"][0]
    asked = parse_qs(urlsplit(somebody.begin()).query)
    again = urlencode({"state": asked["state"][0], "code": code, "iss": parse_qs(urlsplit(first).query)["iss"][0]})
    assert somebody.back(f"/logga-in/oidc/svar?{again}", status=400).heading == "Vi kunde inte lita på svaret"


def test_a_state_that_nobody_has_begun_leads_nowhere(somebody):
    shown = somebody.back("/logga-in/oidc/svar?state=" + "x" * 43 + "&code=y", status=400)
    assert shown.heading == "Inloggningen hann bli för gammal" and not accounts()


def test_an_attempt_belongs_to_the_browser_that_began_it(somebody, another, open_browser):
    """Nobody can be signed in as another by following a link (login CSRF); the one who began may still go on."""
    path = somebody.at_provider(somebody.begin())
    another.begin()
    for stranger in (another, open_browser()):
        assert stranger.back(path, status=400).heading == "Inloggningen påbörjades i en annan webbläsare"
    assert not accounts()
    assert somebody.back(path).heading.startswith("Välkommen")


def test_an_attempt_lasts_ten_minutes(somebody, at):
    path = somebody.at_provider(somebody.begin())
    at(clock.now() + timedelta(minutes=11))
    assert somebody.back(path, status=400).heading == "Inloggningen hann bli för gammal"


@pytest.mark.parametrize(
    "wrong", [lambda path: path.replace("iss=http", "iss=https"), lambda path: path.partition("&iss=")[0]]
)
def test_an_answer_from_another_issuer_is_not_believed(somebody, wrong):
    """RFC 9207: a mixed-up answer is refused before its code is given to anybody."""
    path = somebody.at_provider(somebody.begin())
    assert wrong(path) != path
    assert somebody.back(wrong(path), status=400).heading == "Vi kunde inte lita på svaret"
    assert refusals() == [("identity-provider", "token: iss of the answer")] and not accounts()


def test_a_rotated_key_is_fetched(somebody, another, provider):
    somebody.sign_in()
    provider.now(rotate=True, user="bertil", name="Bertil Provlund", email="bertil@skola.example")
    assert another.sign_in().heading == "Välkommen, Bertil Provlund"
    assert len(accounts()) == 2


@pytest.mark.parametrize("seconds", [-30, 30])
def test_clocks_may_differ_by_half_a_minute(somebody, at, seconds):
    path = somebody.at_provider(somebody.begin())
    at(clock.now() + timedelta(seconds=seconds))
    assert somebody.back(path).heading.startswith("Välkommen")


@pytest.mark.parametrize("minutes", [-5, 5])
def test_clocks_may_not_differ_by_five_minutes(somebody, at, minutes):
    path = somebody.at_provider(somebody.begin())
    at(clock.now() + timedelta(minutes=minutes))
    assert somebody.back(path, status=400).heading == "Klockorna går inte lika"
    assert not accounts() and refusals() == [("identity-provider", "clock: time")]


def test_what_is_asked_for_is_all_that_the_standards_want(somebody):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(somebody.begin()).query).items()}
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{BASE_URL}/logga-in/oidc/svar" and asked["acr_values"] == "loa3"
    again = {name: values[0] for name, values in parse_qs(urlsplit(somebody.begin()).query).items()}
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name]) >= 43 and asked[name] != again[name]
