"""The door: every route says who may enter, and the application does not start with one that does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, current_app, make_response, redirect, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from tbb.policy import Permission, may
from tbb.services import audit, sittings
from tbb.web.forms import comes_from_here, received_once
from tbb.web.hypermedia import see_other
from tbb.web.sitting import actor, present
from tbb.web.surroundings import write_down

View = TypeVar("View", bound=Callable[..., Any])
OPEN = frozenset(
    {
        Permission.READ_PUBLIC,
        Permission.TELL_US,
        Permission.BOOK_TALK,
        Permission.SIGN_IN,
        Permission.APPLY_TO_JOIN,
        Permission.VISIT_DEMO,
        Permission.ANSWER_BY_LINK,
        Permission.SUBSCRIBE,
    }
)
"""What nobody needs to be signed in for: such forms are guarded by `stand_guard` and carry no token."""
HIDDEN = frozenset({Permission.SEE_STYLE_GUIDE, Permission.VISIT_DEMO, Permission.OPEN_LETTER})
"""What signing in does not help against: to others these pages do not exist."""
IN_EVERY_LANGUAGE = frozenset(
    {
        Permission.READ_PUBLIC,
        Permission.TELL_US,
        Permission.BOOK_TALK,
        Permission.SUBSCRIBE,
        Permission.SEE_STYLE_GUIDE,
    }
)
"""The pages for families; all others are for those who work here, in Swedish."""


LONG = 2**19
"""Bytes for a form of many texts: thirty answers of two thousand letters, of which each may take six bytes."""


class UndeclaredRoute(Exception):
    """A route bears neither @public nor @requires."""


def requires(
    permission: Permission,
    *,
    fresh: bool = False,
    reads: str = "",
    again: bool = False,
    swedish: bool | None = None,
    most_bytes: int | None = None,
) -> Callable[[View], View]:
    """Declare which permission a view's visitor must have.

    `fresh` also asks for a proof of who they are within ten minutes. `reads` names an action, such as
    ``audit:read``, that is written in the audit and committed before a byte of the answer leaves. A form that is
    sent twice is acted on once, unless `again` says that this is harmless or must count (checking a password, for
    example). `most_bytes` lets a form be larger than others.
    """

    def declare(view: View) -> View:
        kept = view if again or permission in OPEN else received_once(view)
        entered = _told_of(kept, reads) if reads else kept
        entered.permission = permission
        entered.fresh = fresh
        entered.reads = reads
        entered.again = again
        entered.most_bytes = most_bytes
        entered.in_swedish = permission not in IN_EVERY_LANGUAGE if swedish is None else swedish
        return entered

    return declare


public = requires(Permission.READ_PUBLIC)


def _told_of(view: View, action: str) -> View:
    """Write in the audit that somebody looks, committed before a byte is served; if that fails nothing is served."""

    @wraps(view)
    def told(*args: Any, **kwargs: Any) -> Any:
        try:
            response = make_response(view(*args, **kwargs))
        except NotFound:
            audit.record_refusal(actor(), action, request.endpoint)
            raise
        # A form that was refused is shown again with what is known, so that is looked at too.
        if response.status_code < 400 or response.status_code == 422:
            write_down(actor(), action, kwargs)
        return response

    return told


def check_routes(app: Flask) -> None:
    """Refuse to start with an undeclared route; raise UndeclaredRoute naming it."""
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "permission", None) is None:
            raise UndeclaredRoute(f"The route {rule.rule} ({rule.endpoint}) does not say who may enter it.")


def install(app: Flask) -> None:
    """Stand at the door of every request."""

    @app.before_request
    def make_room() -> None:
        if request.endpoint and (most := getattr(current_app.view_functions[request.endpoint], "most_bytes", None)):
            # The parser holds a file's pieces in the memory meant for fields, so that must be larger than a piece.
            request.max_content_length, request.max_form_memory_size = most, min(most, LONG)

    @app.before_request
    def refuse_what_no_text_holds() -> None:
        values = (*request.view_args.values(),) if request.view_args else ()
        if "\x00" in request.query_string.decode("latin-1") or "%00" in request.query_string.decode("latin-1"):
            abort(400)
        if any("\x00" in value for value in values if isinstance(value, str)):
            abort(400)
        if request.method == "POST" and any("\x00" in text for text in request.form.values()):
            abort(400)

    @app.before_request
    def guard_the_door() -> BaseResponse | None:
        if request.endpoint is None:
            return None
        view = current_app.view_functions[request.endpoint]
        permission = getattr(view, "permission", None)
        if permission is None:
            abort(404)
        if permission is Permission.READ_PUBLIC:
            return None
        if request.method == "POST" and permission not in OPEN and not comes_from_here():
            abort(400)
        if not may(actor(), permission):
            return turn_away(permission)
        if view.fresh and not sittings.is_fresh(present()):
            return see_other(url_for("factors.prove", till=till_here()))
        return None


def turn_away(permission: Permission) -> BaseResponse:
    """Lead those who are not signed in to where they can; a stranger is told nothing, not even that it exists."""
    who = actor()
    if permission is Permission.FINISH_SIGN_IN and who.signed_in:
        return see_other(address_of(request.args.get("till", "")))
    if permission in HIDDEN or who.signed_in:
        audit.record_refusal(who, permission, request.endpoint)
        abort(404)
    if who.halfway:
        return see_other(url_for("factors.second", till=till_here()))
    if permission is Permission.FINISH_SIGN_IN:
        return see_other(url_for("accounts.sign_in"))
    return see_other(url_for("accounts.sign_in", till=till_here()))


def till_here() -> str:
    """Sign the address of the page that was asked for, so that it can be gone to after signing in."""
    path = request.full_path.rstrip("?") if request.method == "GET" else ""
    return _signer().dumps(path) if path else request.args.get("till", "")


def address_of(till: str) -> str:
    """Read a signed address; the desk when it is missing or not ours. No other site can be led to."""
    try:
        path = _signer().loads(till)
    except BadSignature:
        path = ""
    return path or url_for("desk.show")


def redirect_till(till: str) -> BaseResponse:
    """Go on to where somebody was heading."""
    return redirect(address_of(till), 303)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="tbb till")
