"""What guards a form that anybody may send: where it comes from, when it was made, and a trap for robots."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from itsdangerous import BadSignature, TimestampSigner

from tbb.services.limits import neighbourhood
from tbb.web.shell import settings

OLDEST_SECONDS = 12 * 3600
csrf = CSRFProtect()


def install(app: Flask) -> None:
    """Guard every form that changes something: a signed-in one by its token, an anonymous one by `stand_guard`."""
    csrf.init_app(app)
    app.jinja_env.globals["form_stamp"] = form_stamp

    @app.errorhandler(CSRFError)
    def no_token(problem: CSRFError) -> None:
        abort(400)


def form_stamp() -> str:
    """Say, signed, when a form was given out. It needs no session, so that public pages set no cookie."""
    return _signer().sign(b"form").decode()


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


def who() -> str:
    """Tell who sends, for the limits: an address, or an IPv6 household."""
    return neighbourhood(request.remote_addr or "")


def _signer() -> TimestampSigner:
    return TimestampSigner(current_app.secret_key, salt="tbb anonymous form")
