"""Rounds through every page that is in Swedish only: each opened by the first of the cast who may, or by a stranger.

A page joins by itself when its address has a sample in tests/at_work.py; else it is added here, or `ELSEWHERE` says
which tests open it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from flask import Flask
from flask.testing import FlaskClient

from tbb import clock
from tbb.database import connection
from tbb.models import ForumMember, Letter, Responsibility, Unit
from tbb.policy import COMMAND, VISITOR
from tbb.services import (
    actors,
    applying,
    authenticators,
    confirmations,
    demo_cast,
    invitations,
    letters,
    resets,
    sittings,
    terms,
)
from tbb.web.sitting import COOKIES
from tests import applications, make_cases, make_meetings
from tests.at_work import furnish, samples, units
from tests.conftest import go
from tests.factors import with_passkey
from tests.members import member
from tests.people import as_account, send, signed_in, submit
from tests.policy.test_doors import COLUMN, table

ORDER = ("huvudman", "processledare", "drift", "loggranskare", "enhetschef", "bba", "granne", "friskola", "personal")
STARTS = ((1, 10), (8, 20))
ELSEWHERE = {
    "federation.choose": "leads to the sign-in where no organisation has a provider: tests/oidc",
    "federation.answer": "needs a provider's answer: tests/oidc",
    "federation.signed_out": "leads on: tests/oidc",
    "transitions.check": "needs a handover that is begun: tests/web/test_transitions_pages.py",
    "forgetting.ask_to_approve": "needs a list that another has proposed: tests/services/test_forgetting.py",
    "calendars.feed": "is a file behind a secret address: tests/web/test_calendars_pages.py",
    "calendars.linked_file": "is a file behind a personal link: tests/web/test_calendars_pages.py",
    "calendars.again": "leads on: tests/web/test_calendars_pages.py",
    "federation.by_proxy": "does not exist without a proxy: tests/web/test_proxy_header.py",
}


@dataclass(frozen=True)
class Visit:
    """A page that somebody may open. `persona` is empty when it is nobody of the cast."""

    endpoint: str
    address: str
    client: FlaskClient
    persona: str = ""


def every(app: Flask) -> list[Visit]:
    """Every page that is in Swedish only, as somebody who may open it."""
    found = [*of_the_cast(app), *of_ones_own(app), *of_a_forum(app), *of_strangers(app)]
    return list({(visit.endpoint, visit.address): visit for visit in found}.values())


def of_the_cast(app: Flask) -> Iterator[Visit]:
    """The pages at work, near and far; what nobody of the cast may open is left out."""
    with connection():
        made = furnish()
    clients: dict[str, FlaskClient] = {}
    answers = table()
    for sample in list(samples(app, made, "GET")):
        cells = answers[app.view_functions[sample.rule.endpoint].permission]
        # Whoever may do it nowhere gets a 404, says tests/policy/test_doors.py.
        for persona in (persona for persona in ORDER if cells[COLUMN[persona]] != "-"):
            if persona not in clients:
                clients[persona] = signed_in(app, persona)
            with clients[persona].get(sample.address) as response:
                if response.status_code == 200:
                    yield Visit(sample.rule.endpoint, sample.address, clients[persona], persona)
                    break


def of_ones_own(app: Flask) -> Iterator[Visit]:
    """The pages of one's own account that take something to be there: a password, a factor, a half sitting."""
    with connection():
        sara, newcomer = member("sara@skolan.example"), member("ny@skolan.example")
    yield Visit("accounts.password", "/konto/losenord", as_account(app, sara.id))
    yield Visit("federation.welcome", "/logga-in/valkommen", as_account(app, newcomer.id))
    yield from _with_factors(app, "delegerad")
    yield from _halfway(app, "delegerad", "personal")
    client = signed_in(app, "huvudman")
    yield Visit("coverage.sent", reminded(client), client, "huvudman")
    client = signed_in(app, "loggranskare")
    things = [link for link in go(client, "/arbetsyta/logg").links if "/logg/sak/" in link]
    yield Visit("auditing.subject", things[0], client, "loggranskare")


def of_a_forum(app: Flask) -> Iterator[Visit]:
    """The agenda of a forum, for who comes for a service: one anonymous question is on it."""
    with connection():
        own, bba = units()["own"], demo_cast.account_of("bba")
        forum = make_meetings.forum(own, own)
        ForumMember.update(account=bba).where(ForumMember.forum == forum).execute()
        date = make_meetings.sitting(forum, clock.now() + timedelta(days=9))
        make_meetings.item(date, make_cases.case(own, about="anonymous", state="mapping", received_at=clock.now()))
    address = f"/samverkansforum/{forum.key}/traffar/{date.key}"
    yield Visit("forums.agenda", address, signed_in(app, "bba"), "bba")


def _with_factors(app: Flask, persona: str) -> Iterator[Visit]:
    own = "/konto/andra-steget"
    connect_app(persona)
    with_passkey(persona)
    client = signed_in(app, persona)
    listed = go(client, own)
    (removal,) = [link for link in listed.links if link.endswith("/ta-bort") and "/nyckel/" in link]
    yield Visit("factors.own", own, client, persona)
    yield Visit("factors.passkeys.removal", removal, client, persona)
    yield Visit("factors.app.removal", f"{own}/app/ta-bort", client, persona)
    yield Visit("factors.codes", f"{own}/reservkoder", client, persona)
    codes = submit(client, f"{own}/reservkoder").response.request.path
    yield Visit("factors.shown_codes", codes, client, persona)
    shown = submit(client, f"{own}/app").response.request.path
    yield Visit("factors.app.show", shown, client, persona)
    yield Visit("factors.app.picture", f"{shown}/qr", client, persona)


def _halfway(app: Flask, with_factor: str, without: str) -> Iterator[Visit]:
    client = half_in(app, with_factor)
    yield Visit("factors.second", "/logga-in/andra-steget", client, with_factor)
    yield Visit("factors.recovery", "/logga-in/andra-steget/reservkod", client, with_factor)
    client = half_in(app, without)
    choose = "/konto/andra-steget/valj"
    yield Visit("factors.enrol", choose, client, without)
    first = submit(client, choose, action="/app").response.request.path
    yield Visit("factors.app.first", first, client, without)
    yield Visit("factors.app.first_picture", f"{first}/qr", client, without)


def half_in(app: Flask, persona: str) -> FlaskClient:
    """A browser in which somebody has given the first factor."""
    with connection():
        secret = sittings.begin(demo_cast.account_of(persona), method="password", halfway=True)
    client = app.test_client()
    client.set_cookie(COOKIES[1], secret)
    return client


def connect_app(persona: str) -> None:
    """Connect an app for codes to the account of one of the cast, now."""
    with connection():
        actor = actors.of_account(demo_cast.account_of(persona))
        token = authenticators.begin(actor)
        secret = authenticators.pending(actor, token).groups.replace(" ", "")
        authenticators.confirm(actor, token, pyotp.TOTP(secret).at(clock.now()))


def reminded(client: FlaskClient) -> str:
    """Remind a unit from the board; give the address of the page that says so."""
    board = "/arbetsyta/laget"
    listed = go(client, f"{board}?wrong=unconfirmed")
    unit = listed.soup.select_one("input[name=unit]")["value"]
    shown = submit(client, board, {"unit": unit}, action="/paminn")
    return send(client, shown, board, action="/skicka").response.request.path


def of_strangers(app: Flask) -> Iterator[Visit]:
    """The pages that take no signing in: the way in, what letters link to, the demonstration, and joining."""
    client = app.test_client()
    plain = {
        "accounts.sign_in": "/logga-in",
        "accounts.forgotten": "/konto/glomt",
        "accounts.letter_sent": "/konto/glomt/skickat",
        "applying.start": "/anslut",
        "applying.sent": "/anslut/skickat",
        "applying.withdrawn": "/anslut/borttagen",
        "demo.cast": "/demo",
        "mailing.demo_letters": "/demo/brev",
    }
    with connection():
        found = [*plain.items(), *_behind_letters(), *_of_joining()]
    for endpoint, address in found:
        yield Visit(endpoint, address, client)


def _behind_letters() -> Iterator[tuple[str, str]]:
    account = invitations.invite(COMMAND, email="nils@skolan.example", name="Nils Provlund")
    yield "accounts.invitation", path_in("invitation")
    resets.ask(member("rut@skolan.example").email, who="192.0.2.7")
    while resets.answer_next():
        pass
    yield "accounts.reset", path_in("reset")
    school = Unit.get(Unit.slug == "nackrosskolan-eskilstuna")
    asked = terms.term_of(clock.today(), STARTS).starts_on - timedelta(days=60)
    Responsibility.update(confirmed_on=asked).where(Responsibility.unit == school).execute()
    confirmations.watch(STARTS, [school.id])
    yield "confirming.by_letter", path_in("confirm_entry")
    letter = Letter.get(Letter.recipient == account.email)
    yield "mailing.demo_letter", f"/demo/brev/{letter.id}"


def path_in(template: str) -> str:
    """Where the newest letter of a kind leads."""
    letter = Letter.select().where(Letter.template == template).order_by(Letter.id.desc()).first()
    return letters.facts_of(letter)["path"]


def _of_joining() -> Iterator[tuple[str, str]]:
    yield "applying.tasks", f"/anslut/{applications.link('ny@ekollonet.example')}"
    yield "applying.tasks", f"/anslut/{applications.begun('tom@ekollonet.example')}"
    token = applications.filled_in("hel@ekollonet.example")
    (unit,) = applying.find(token).data["units"]
    for endpoint, rest in {
        "tasks": "",
        "step": "/organisation",
        "units": "/verksamheter",
        "own_unit": "/verksamheter/utan-kod",
        "ask_to_remove": f"/verksamheter/{unit['key']}/ta-bort",
        "responsible": "/ansvariga",
        "bba": f"/ansvariga/{unit['key']}",
        "agreement": "/overenskommelse",
        "check": "/granska",
        "ask_to_withdraw": "/ta-tillbaka",
    }.items():
        yield f"applying.{endpoint}", f"/anslut/{token}{rest}"
    for part in ("firmatecknare", "kontakt"):
        yield "applying.step", f"/anslut/{token}/{part}"
    waiting = applications.filled_in("sand@ekollonet.example", orgnr="5599002002")
    applying.send(VISITOR, waiting, tell_address="vakt@tbb.example")
    yield "applying.tasks", f"/anslut/{waiting}"
    yield "applying.receipt", f"/anslut/{waiting}/kvitto"
