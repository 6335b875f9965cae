"""Browsers on their way in: half sittings, connected apps, devices with passkeys, and how each is used on a page."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pyotp

from tbb.database import connection
from tbb.models import Authenticator
from tbb.services import actors, authenticators, demo_cast, passkeys, sittings
from tbb.web.sitting import COOKIES
from tests import people
from tests.authenticator import Device
from tests.conftest import go

SECOND, ENROL = "/logga-in/andra-steget", "/konto/andra-steget/valj"
OWN, PROVE = "/konto/andra-steget", "/konto/bekrafta"
NOON = datetime(2026, 11, 23, 11, 0, 5, tzinfo=UTC)
PARTY = passkeys.party_of("http://127.0.0.1:8000")
HERE = {"Sec-Fetch-Site": "same-origin"}


def halfway(app, persona: str = "enhetschef"):
    """A browser in which somebody has given their password, and nothing more."""
    with connection():
        secret = sittings.begin(demo_cast.account_of(persona), method="password", halfway=True)
    client = app.test_client()
    client.set_cookie(COOKIES[1], secret)
    return client


def with_app(persona: str = "enhetschef") -> str:
    """Connect an app to a persona's account; give its secret."""
    with connection():
        actor = actors.of_account(demo_cast.account_of(persona))
        token = authenticators.begin(actor)
        secret = authenticators.pending(actor, token).groups.replace(" ", "")
        authenticators.confirm(actor, token, pyotp.TOTP(secret).at(NOON))
        Authenticator.update(last_step=0).execute()
    return secret


def with_passkey(persona: str = "enhetschef") -> Device:
    """Give a persona a passkey in a device."""
    device = Device(PARTY.origin)
    with connection():
        actor = actors.of_account(demo_cast.account_of(persona))
        question = passkeys.ask_for_new(actor, PARTY)
        passkeys.keep(
            actor, passkeys.check_new(actor, PARTY, question.token, device.make(question.options)), "Telefonen"
        )
    return device


def code(secret: str, seconds: int = 0) -> str:
    """What the app shows so many seconds after noon."""
    return pyotp.TOTP(secret).at(NOON + timedelta(seconds=seconds))


def touch(client, path: str, device: Device, *, status: int = 200, data: dict | None = None, **more):
    """Press the passkey's button of a page as passkeys.js does it; give what `go` gives."""
    shown = go(client, path)
    form = next(form for form in shown.soup.select("form[data-passkey]"))
    values = people.filled_in(form) | (data or {})
    asked = client.post(form["data-ask"], data=values, headers=HERE)
    assert asked.status_code == 200 and asked.headers["Cache-Control"] == "no-store", asked.status
    question = json.loads(asked.data)
    answer = device.make if form["data-passkey"] == "create" else device.answer
    values |= {"token": question["token"], "answer": answer(question["options"])}
    return go(client, form["action"], data=values, status=status, **more)


def cookie(client) -> str:
    """The secret that the browser holds."""
    return client.get_cookie(COOKIES[1]).value


def stage(client) -> str:
    """How far the browser has come: half, whole or out."""
    with connection():
        found = sittings.find(cookie(client))
        return found.stage if found else "out"


def type_code(client, path: str, given: str, *, status: int = 200):
    """Type a code on a page and send it; give what `go` gives."""
    shown = go(client, path)
    form = shown.soup.select_one("input[name=code]").find_parent("form")
    return go(client, form["action"], data=people.filled_in(form) | {"code": given}, status=status)
