"""The second step of a personal link: a browser that has given the code is known by a cookie for half an hour."""

from __future__ import annotations

from flask import current_app, request
from itsdangerous import BadSignature, TimestampSigner
from werkzeug.wrappers import Response

from tbb.services import meeting_links
from tbb.web.shell import settings

COOKIE = "tbb_steg"
SECONDS = 30 * 60


def has_stepped(participant: object) -> bool:
    """Whether the browser that asks has given the code of whom a link belongs to, and that code still holds."""
    try:
        mark = _signer().unsign(request.cookies.get(COOKIE, ""), max_age=SECONDS).decode()
    except BadSignature:
        return False
    return mark == meeting_links.step_mark(participant)


def with_step(response: Response, participant: object, path: str) -> Response:
    """Let an answer carry that the code has been given. The cookie goes nowhere but to personal links."""
    signed = _signer().sign(meeting_links.step_mark(participant).encode()).decode()
    response.set_cookie(
        COOKIE, signed, max_age=SECONDS, path=path, secure=settings().secure, httponly=True, samesite="Lax"
    )
    return response


def _signer() -> TimestampSigner:
    return TimestampSigner(str(current_app.secret_key), salt="tbb step of a link")
