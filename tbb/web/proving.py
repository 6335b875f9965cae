"""What a browser is shown and given when somebody proves who they are, and where the unproven are led."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.factors import CodeForm
from tbb.services import passkeys, proving
from tbb.services.factors import Party
from tbb.web.access import redirect_till
from tbb.web.hypermedia import page, see_other
from tbb.web.shell import settings
from tbb.web.sitting import actor, hand_out, present


def till() -> str:
    """The signed address that somebody is heading for, as it came."""
    return request.args.get("till", "")


def party() -> Party:
    """For whom passkeys are made here."""
    return passkeys.party_of(settings().base_url)


def ask_for_factor(form: CodeForm, *, status: int = 200, failed: bool = False) -> Response:
    """Ask for a second factor; `failed` says that a passkey was no good.

    Those who are on their way in see the same page whatever factors there are; those who are in see their own.
    """
    sitting, who = present(), actor()
    shown: dict[str, Any] = {"form": form, "till": till(), "failed": failed}
    if sitting.stage == "half":
        return page("accounts/second.html", status=status, **shown)
    by_word = who.in_demo and sitting.method == "demo"
    return page(
        "accounts/prove.html",
        status=status,
        own=proving.own(who.account),
        by_word=by_word,
        **shown,
    )


def go_on(secret: str) -> BaseResponse:
    """Give the browser its new cookie and lead on to where somebody was heading."""
    return with_cookie(redirect_till(till()), secret)


def show_codes(enrolled: proving.Enrolled) -> BaseResponse:
    """After the first factor, give the browser its new cookie and show the recovery codes."""
    address = url_for("factors.shown_codes", token=enrolled.codes, till=till(), forst=1)
    return with_cookie(see_other(address), enrolled.secret)


def with_cookie(response: BaseResponse, secret: str) -> BaseResponse:
    """Let an answer carry the new cookie."""
    hand_out(response, secret)
    return response


def asked(question: passkeys.Question) -> Response:
    """Put a question to the browser, for passkeys.js."""
    response = Response(f'{{"token":"{question.token}","options":{question.options}}}', mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def without_factor(view: Callable[..., Any]) -> Callable[..., Any]:
    """Lead those who have a factor to giving it: only who has none at all may choose one on their way in."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if proving.has_factor(actor().account):
            return see_other(url_for("factors.second", till=till()))
        return view(*args, **kwargs)

    return checked


def with_factor(view: Callable[..., Any]) -> Callable[..., Any]:
    """Lead those who have no factor yet to choosing one."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if not proving.has_factor(actor().account):
            return see_other(url_for("factors.enrol", till=till()))
        return view(*args, **kwargs)

    return checked
