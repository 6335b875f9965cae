"""The cast at work: a browser in which one of them is signed in, and forms sent as a browser would."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tbb.database import connection
from tbb.models import Account
from tbb.services import demo_cast, sittings
from tbb.web.sitting import COOKIES
from tests.conftest import go
from tests.page import Page


def signed_in(app: Flask, persona: str, *, strong: bool = True) -> FlaskClient:
    """Give a browser in which one of the cast has just signed in; `persona` is a key of demo_cast.CAST."""
    return as_account(app, account(persona), strong=strong)


def as_account(app: Flask, account_id: int, *, strong: bool = True) -> FlaskClient:
    """Give a browser in which an account has just signed in."""
    with connection():
        secret = sittings.begin(account_id, method="test", strong=strong)
    client = app.test_client()
    client.set_cookie(COOKIES[1], secret)
    return client


def account(persona: str) -> int:
    """The number of the account of one of the cast."""
    with connection():
        return demo_cast.account_of(persona)


def account_row(persona: str) -> Account:
    """The account of one of the cast, whole."""
    with connection():
        return Account.get_by_id(demo_cast.account_of(persona))


def submit(client: FlaskClient, path: str, data: dict | None = None, *, action: str = "", status: int = 200, **more):
    """Open a page, fill in its form as a browser would, and send it; give what `go` gives.

    The form is the one whose action ends with `action`, or the page's only form inside <main>. Hidden fields and
    what is already filled in are sent along; `data` overwrites; a value of None leaves a field out. Redirects are
    followed unless follow=False.
    """
    shown = go(client, path)
    return send(client, shown, path, data, action=action, status=status, **more)


def send(
    client: FlaskClient, shown: Page, path: str, data: dict | None = None, *, action: str = "", status=200, **more
):
    """Send a form of a page that is open already; see `submit`."""
    forms = list(shown.soup.select("main form[method=post]"))
    wanted = [form for form in forms if not action or form.get("action", path).endswith(action)]
    assert len(wanted) == 1, f"{len(wanted)} forms fit {action!r} on {path}: {[f.get('action') for f in forms]}"
    form = wanted[0]
    values = filled_in(form) | (data or {})
    values = {name: value for name, value in values.items() if value is not None}
    target = form.get("action") or path
    return go(client, target, data=values, status=status, **more)


def filled_in(form) -> dict[str, object]:
    """What a browser would send of a form that nobody has touched."""
    values: dict[str, object] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        name, kind = field["name"], field.get("type", "text")
        if kind in ("submit", "button", "file") or (kind in ("radio", "checkbox") and not field.has_attr("checked")):
            continue
        if field.name == "textarea":
            value = field.get_text().removeprefix("\n")
        elif field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            value = chosen.get("value", chosen.get_text()) if chosen else ""
        else:
            value = field.get("value", "on" if kind == "checkbox" else "")
        if kind == "checkbox" and name in values:
            value = [*(values[name] if isinstance(values[name], list) else [values[name]]), value]
        values[name] = value
    return values
