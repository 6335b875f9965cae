"""Second factors over HTTP: on the way in."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tbb.database import connection, rows
from tbb.models import Authenticator, Passkey, Sitting
from tbb.services import actors, demo_cast, recovery_codes, sittings
from tbb.web.access import HIDDEN, OPEN
from tbb.web.sitting import COOKIES
from tests import people
from tests.authenticator import Device
from tests.conftest import go
from tests.factors import (
    ENROL,
    HERE,
    NOON,
    OWN,
    PARTY,
    PROVE,
    SECOND,
    code,
    cookie,
    halfway,
    stage,
    touch,
    type_code,
    with_app,
    with_passkey,
)
from tests.people import send, submit


@pytest.fixture
def noon(at):
    """The clock stands at noon, or at so many seconds after."""
    at(NOON)
    return lambda seconds: at(NOON + timedelta(seconds=seconds))


def test_a_code_from_the_app_lets_in_under_a_new_cookie_and_leads_on(county, noon):
    client, secret = halfway(county), with_app()
    asked = client.get("/arbetsyta", headers=HERE)
    assert asked.location.startswith(SECOND)
    before = cookie(client)
    page = type_code(client, asked.location, f" {code(secret)[:3]} {code(secret)[3:]}")
    assert page.response.request.path == "/arbetsyta"
    assert stage(client) == "whole" and cookie(client) != before
    with connection():
        assert sittings.find(before) is None


def test_a_wrong_code_says_so_and_lets_nobody_in(county, noon):
    client, secret = halfway(county), with_app()
    for given, said in (("", "Skriv de sex"), ("12", "sex siffror"), ("000000", "stämmer inte")):
        page = type_code(client, SECOND, given, status=422)
        assert said in page.words and page.title.startswith("Fel:")
    assert stage(client) == "half"
    type_code(client, SECOND, code(secret))
    other = halfway(county)
    assert "redan använd" in type_code(other, SECOND, code(secret), status=422).words


def test_wrong_codes_are_counted_although_the_answer_is_422(county, noon):
    client, secret = halfway(county), with_app()
    for _ in range(5):
        type_code(client, SECOND, "000000", status=422)
    answer = type_code(client, SECOND, code(secret), status=429)
    assert int(answer.response.headers["Retry-After"]) <= 300
    assert stage(client) == "half"


def test_the_second_step_tells_nothing_about_which_factors_there_are(county, noon):
    with_app("enhetschef")
    with_passkey("huvudman")
    shown, refused, asked = set(), set(), set()
    for persona in ("enhetschef", "huvudman"):
        client = halfway(county, persona)
        page = go(client, SECOND)
        shown.add(str(page.soup.select_one("main").get_text()))
        refused.add(type_code(client, SECOND, "000000", status=422).words)
        form = page.soup.select_one("form[data-passkey]")
        question = client.post(form["data-ask"], data=people.filled_in(form), headers=HERE).json["options"]
        asked.add(json.dumps({**question, "challenge": ""}, sort_keys=True))
    assert len(shown) == len(refused) == len(asked) == 1


def test_a_passkey_lets_in_as_the_second_step(county):
    client, device = halfway(county), with_passkey()
    touch(client, SECOND, device)
    assert stage(client) == "whole"


def test_a_bad_passkey_is_told_of_and_lets_nobody_in(county):
    with_passkey()
    client, stranger = halfway(county), with_passkey("granne")
    page = touch(client, SECOND, stranger, status=422)
    assert "Nyckeln gick inte att använda" in page.words and stage(client) == "half"


def test_a_recovery_code_lets_in_and_says_how_many_are_left(county, noon):
    with_app()
    with connection():
        actor = actors.of_account(demo_cast.account_of("enhetschef"))
        codes = recovery_codes.shown(actor, recovery_codes.renew(actor))
    client = halfway(county)
    way = go(client, SECOND).link("Jag kommer inte åt")
    assert "stämmer inte" in type_code(client, way, "abcd-efgh-jkmn-pqrs", status=422).words
    assert "16 tecken" in type_code(client, way, "abcd", status=422).words
    page = type_code(client, way, codes[0].upper())
    assert stage(client) == "whole" and "Du har 9 reservkoder kvar." in page.text
    again = halfway(county)
    type_code(again, way, codes[0], status=422)
    assert stage(again) == "half"


def test_whoever_has_none_is_led_to_choosing_and_gets_recovery_codes_once(county, noon):
    client = halfway(county)
    page = go(client, SECOND)
    assert page.response.request.path == ENROL
    app = submit(client, ENROL, action="/app")
    where = app.response.request.path
    secret = app.soup.select_one(".secret").text.replace(" ", "")
    picture = client.get(app.soup.select_one(".appqr")["src"])
    assert picture.mimetype == "image/svg+xml" and "no-store" in picture.headers["Cache-Control"]
    assert "stämmer inte" in type_code(client, where, "000000", status=422).words
    codes = type_code(client, where, code(secret))
    shown = [spot.text for spot in codes.soup.select(".codesheet .secret")]
    assert len(shown) == 10 and stage(client) == "whole"
    desk = send(client, codes, codes.response.request.path)
    assert desk.response.request.path == "/arbetsyta"
    go(client, codes.response.request.path, status=404)
    assert go(client, where).response.request.path == "/arbetsyta"
    with connection():
        assert rows("SELECT COUNT(*) FROM recovery_code WHERE used_at IS NULL")[0][0] == 10


def test_a_first_passkey_lets_in_and_leads_on_to_where_the_person_was_heading(county):
    client = halfway(county)
    asked = go(client, "/konto/andra-steget")
    assert asked.response.request.path == ENROL
    codes = touch(client, asked.response.request.full_path, Device(PARTY.origin))
    assert len(codes.soup.select(".codesheet li")) == 10 and stage(client) == "whole"
    assert send(client, codes, codes.response.request.full_path).response.request.path == OWN


def test_who_has_a_factor_cannot_get_in_by_making_another(county, noon):
    client, fresh = halfway(county), halfway(county)
    token = go(fresh, ENROL) and submit(fresh, ENROL, action="/app").response.request.path  # before there was any
    form = go(client, ENROL).soup.select_one("form[data-passkey]")
    values = people.filled_in(form)
    question = json.loads(client.post(form["data-ask"], data=values, headers=HERE).data)
    secret = go(fresh, token).soup.select_one(".secret").text.replace(" ", "")
    with_app()
    values |= {"token": question["token"], "answer": Device(PARTY.origin).make(question["options"])}
    for who, path, data in (
        (client, form["data-ask"], values),
        (client, form["action"], values),
        (fresh, f"{ENROL}/app", values),
        (fresh, token, {"code": code(secret)}),
        (fresh, f"{OWN}/reservkoder", {}),
        (fresh, f"{OWN}/nyckel", values),
        (fresh, f"{PROVE}/demo", {}),
    ):
        answer = people.filled_in(go(who, SECOND).soup.select("main form")[-1]) | data
        response = who.post(path, data=answer | {"csrf_token": _token(who)}, headers=HERE)
        assert response.status_code == 303 and response.location.startswith(SECOND), path
    go(client, ENROL)
    assert stage(client) == stage(fresh) == "half"
    with connection():
        assert (Passkey.select().count(), Authenticator.select().count()) == (0, 1)
        assert rows("SELECT COUNT(*) FROM recovery_code")[0][0] == 0


def _token(client) -> str:
    return go(client, SECOND).soup.select_one("input[name=csrf_token]")["value"]


def test_half_a_sitting_reaches_nothing_but_the_second_step(county, noon):
    with_app()
    client, reached = halfway(county), []
    for rule in county.url_map.iter_rules():
        view = county.view_functions[rule.endpoint]
        if "GET" not in rule.methods:
            continue
        if view.permission in OPEN | HIDDEN:
            continue
        path = rule.rule
        for name in rule.arguments:
            path = path.replace(f":{name}>", f"<{name}>").replace(f"<{name}>", "1")
        path = path.split("<")[0] + "1" if "<" in path else path
        response = client.get(path)
        response.close()
        leads = response.status_code == 303 and response.location.startswith(SECOND)
        if response.status_code != 404 and not leads:
            reached.append((rule.endpoint, response.status_code))
    assert {endpoint for endpoint, _ in reached} == {"factors.second", "factors.recovery"}


def test_signing_in_by_passkey_takes_no_typing(county):
    device, client = with_passkey("processledare"), county.test_client()
    page = touch(client, "/logga-in", device)
    assert page.response.request.path == "/arbetsyta" and stage(client) == "whole"
    with connection():
        assert sittings.find(cookie(client)).method == "passkey"


def test_a_passkey_that_is_gone_signs_nobody_in(county):
    client = county.test_client()
    page = touch(client, "/logga-in", Device(PARTY.origin), status=422)
    assert "Det gick inte att logga in med nyckeln" in page.heading
    assert client.get_cookie(COOKIES[1]) is None


@pytest.mark.parametrize("path", ["/logga-in/nyckel", "/logga-in/nyckel/fraga"])
def test_signing_in_by_passkey_is_for_our_own_pages_and_people(county, path):
    client = county.test_client()
    stamp = go(client, "/logga-in").soup.select_one("form[data-passkey] input[name=stamp]")["value"]
    assert client.post(path, data={"stamp": stamp}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert client.post(path, data={"stamp": "x"}, headers=HERE).status_code == 400
    robot = client.post(path, data={"stamp": stamp, "homepage": "x"}, headers=HERE)
    assert robot.status_code in (400, 422)
    with connection():
        assert not rows("SELECT id FROM one_time_token") and not Sitting.select().count()


def test_questions_to_nobody_are_limited_by_household(county):
    client = county.test_client()
    stamp = go(client, "/logga-in").soup.select_one("form[data-passkey] input[name=stamp]")["value"]
    statuses = [
        client.post("/logga-in/nyckel/fraga", data={"stamp": stamp}, headers=HERE | {"X-Forwarded-For": f"192.0.2.{n}"})
        for n in range(61)
    ]
    assert [answer.status_code for answer in statuses] == [200] * 60 + [429]
