"""The signed-in browser: its cookie, the token that guards its forms, who it is, and one sentence for the next page."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request
from flask.sessions import SessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user

from tbb import clock
from tbb.database import keyring
from tbb.models import Account, Sitting
from tbb.policy import SHOWROOM_VISITOR, VISITOR, Actor
from tbb.services import actors, sittings
from tbb.web.shell import holds_demo_data, settings

COOKIES = ("__Host-tbb_inloggad", "tbb_inloggad")
"""The name of the cookie over https, and over plain http on a developer's machine."""
login_manager = LoginManager()
login_manager.session_protection = None


class Tokens(dict, SessionMixin):
    """What Flask-WTF finds as the session: a form token that belongs to the sitting. Nothing is ever saved in it."""

    modified = False
    accessed = False


class NoCookieSession(SessionInterface):
    """Flask's session, without any cookie of its own."""

    def open_session(self, app: Flask, request: Any) -> Tokens:
        secret = secret_in(request, app)
        if not secret:
            return Tokens()
        key = str(app.secret_key).encode()
        return Tokens(csrf_token=hmac.new(key, b"form token" + secret.encode(), hashlib.sha256).hexdigest())

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save nothing: all that is remembered is in the sitting."""


class User(UserMixin):
    """The signed-in person as Flask-Login and the templates know them."""

    def __init__(self, account: Account, sitting: Sitting):
        self.account, self.sitting = account, sitting

    @property
    def name(self) -> str:
        """What to call them."""
        return self.account.name

    @property
    def mark(self) -> str:
        """What tells this sitting from others in the page itself; see sitting.js."""
        return mark_of(self.sitting)

    @property
    def seconds_left(self) -> tuple[int, int]:
        """How long until the sitting ends: if nothing is done, and in any case."""
        return seconds_left(self.sitting)

    def get_id(self) -> str:
        """A random name of the account, never its number."""
        return self.account.key


def install(app: Flask) -> None:
    """Let the application know who is signed in."""
    app.session_interface = NoCookieSession()
    login_manager.init_app(app)

    @login_manager.request_loader
    def load(_request: Any) -> User | None:
        sitting = present()
        if sitting is None or sitting.stage != "whole":
            return None
        return User(Account.get_by_id(sitting.account_id), sitting)


def signed_in_person() -> User | None:
    """The person of this sitting, for the frame of their pages; None on public pages, which are the same for all."""
    return current_user._get_current_object() if "actor" in g and current_user.is_authenticated else None


def cookie_name(app: Flask | None = None) -> str:
    """Name the cookie: `__Host-` wherever the service is reached over https."""
    return COOKIES[0] if (app or current_app).config["TBB"].secure else COOKIES[1]


def secret_in(request: Any, app: Flask | None = None) -> str:
    """Read the cookie's secret; empty when there is none that could be ours."""
    secret = request.cookies.get(cookie_name(app), "")
    return secret if 40 <= len(secret) <= 60 else ""


def present() -> Sitting | None:
    """The sitting of the browser that asks; None when it is not signed in. Read once per request."""
    if "sitting" not in g:
        secret = secret_in(request)
        g.sitting = sittings.find(secret) if secret else None
        if g.sitting is not None:
            sittings.touch(g.sitting)
    return g.sitting


def lapsed() -> bool:
    """Whether the browser was signed in, but its sitting has ended: by time, or because it was ended elsewhere."""
    return bool(secret_in(request)) and present() is None


def mark_of(sitting: Sitting) -> str:
    """Name a sitting for the page's script: the same through new secrets, of no use to anybody else."""
    # A database may give an ended sitting's number to the next one.
    named = f"sitting {sitting.id} {sitting.account_id} {sitting.began_at.isoformat()}"
    return keyring().fingerprint(named)[:16]


def seconds_left(sitting: Sitting) -> tuple[int, int]:
    """Tell how many seconds are left of a sitting: if nothing is done, and in any case."""
    moment = clock.now()
    idle, whole = sitting.seen_at + sittings.IDLE - moment, sitting.ends_at - moment
    return max(0, int(idle.total_seconds())), max(0, int(whole.total_seconds()))


def actor() -> Actor:
    """Who is asking, with the duties of this very moment."""
    if "actor" not in g:
        g.actor = _actor()
    return g.actor


def _actor() -> Actor:
    demo = holds_demo_data()
    sitting = present()
    if sitting is not None:
        return actors.of_account(sitting.account_id, halfway=sitting.stage == "half", strong=sitting.strong, demo=demo)
    if not settings().production or demo:
        return SHOWROOM_VISITOR if not demo else Actor("public", in_showroom=True, in_demo=True)
    return VISITOR


def hand_out(response: Response, secret: str) -> None:
    """Give the browser its cookie: no script reads it, no other site sends it, and it ends with the browser."""
    response.set_cookie(cookie_name(), secret, path="/", secure=settings().secure, httponly=True, samesite="Lax")
    response.headers["Cache-Control"] = "no-store"


def take_back(response: Response) -> None:
    """Take the cookie back and let the browser forget what it has kept of private pages."""
    response.delete_cookie(cookie_name(), path="/", secure=settings().secure, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.headers["Cache-Control"] = "no-store"


def notify(text: str) -> None:
    """Say one sentence on the next page that this browser is shown. Never anything about a child."""
    sitting = present()
    if sitting is not None:
        sittings.leave_notice(sitting, text)


def notice() -> str:
    """Give the sentence that was left for this page, once."""
    sitting = g.get("sitting") if has_request_context() else None
    return sittings.take_notice(sitting) if sitting is not None else ""


def browser_name() -> str:
    """Say in a few words which browser asks, for the list of one's own sittings: "Firefox på Windows"."""
    agent = request.headers.get("User-Agent", "")
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in agent), "Webbläsare")
    system = next((name for mark, name in systems if mark in agent), "")
    return f"{browser} på {system}" if system else browser
