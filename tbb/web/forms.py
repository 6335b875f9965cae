"""What guards a form: where it comes from, when it was made, a trap for robots, and that it is acted on once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, make_response, request
from flask_wtf import CSRFProtect
from itsdangerous import BadSignature, TimestampSigner

from tbb.database import db, keyring
from tbb.services import receipts
from tbb.services.limits import neighbourhood
from tbb.web.hypermedia import see_other
from tbb.web.shell import settings

OLDEST_SECONDS = 12 * 3600
csrf = CSRFProtect()


def install(app: Flask) -> None:
    """Guard every form that changes something: a signed-in one by its token, an anonymous one by `stand_guard`."""
    csrf.init_app(app)
    app.jinja_env.globals.update(form_stamp=form_stamp, form_key=form_key)


def form_stamp() -> str:
    """Say, signed, when a form was given out. It needs no session, so that public pages set no cookie."""
    return _signer().sign(secrets.token_hex(8)).decode()


def comes_from_here() -> bool:
    """Whether the browser says that the form was sent from one of our own pages."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin).netloc in (request.host, urlsplit(settings().base_url).netloc)


def stand_guard() -> bool:
    """Refuse (400) an anonymous form that was not sent from our own page, or was given out too long ago.

    Gives False when the sender is a robot that filled the trap no person sees.
    """
    if not comes_from_here():
        abort(400)
    try:
        _signer().unsign(request.form.get("stamp", ""), max_age=OLDEST_SECONDS)
    except BadSignature:
        abort(400)
    return not request.form.get("homepage")


def mark_of_sending() -> str:
    """Tell one sending of an anonymous form from all others, so that what is sent again is not kept twice.

    A page that is kept for many visitors gives them the same stamp; therefore all that they wrote counts as well.
    """
    told = "\n".join(f"{name}={value}" for name, value in sorted(request.form.items(multi=True)))
    return keyring().fingerprint(f"{request.path}\n{told}")


def form_key() -> str:
    """Make a key for one form on one page: what is sent twice under it is acted on once."""
    return secrets.token_urlsafe(24)


def received_once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a view act once on each form, in one transaction; the second time it is led to where the first was.

    A form that is refused (422) is rolled back whole and may be sent again under the same key.
    """

    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:
        if request.method != "POST":
            return view(*args, **kwargs)
        given = request.form.get("once", "")
        if not 20 <= len(given) <= 64:
            abort(400)
        key = keyring().fingerprint(f"{given} {request.path}")
        with db.atomic() as work:
            if not receipts.note(key):
                return see_other(receipts.location(key) or request.path)
            response = make_response(view(*args, **kwargs))
            if response.status_code >= 400:
                work.rollback()
            else:
                receipts.keep(key, _leads_to(response))
        return response

    return once


def _leads_to(response: Response) -> str:
    return response.headers.get("Location", "") or response.headers.get("HX-Redirect", "")


def who() -> str:
    """Tell who sends, for the limits: an address, or an IPv6 household."""
    return neighbourhood(request.remote_addr or "")


def _signer() -> TimestampSigner:
    return TimestampSigner(current_app.secret_key, salt="tbb anonymous form")
