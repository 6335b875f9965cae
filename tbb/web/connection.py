"""A database connection for the length of a request, and answers that change nothing are never stored."""

from __future__ import annotations

from flask import Flask, Response, current_app, request

from tbb.database import db
from tbb.web.sitting import COOKIES


def install(app: Flask) -> None:
    """Take a connection from the pool before a request and give it back after."""

    @app.before_request
    def take() -> None:
        db.connect(reuse_if_open=True)

    @app.teardown_request
    def give_back(problem: BaseException | None) -> None:
        if not db.is_closed():
            db.close()

    @app.after_request
    def keep_nothing_unless_told(response: Response) -> Response:
        if "Cache-Control" not in response.headers:
            private = request.method == "POST" or _is_private()
            response.headers["Cache-Control"] = "no-store, private" if private else "private, no-cache"
            response.headers.setdefault("Vary", "Accept-Language, Cookie, HX-Request, HX-Request-Type")
        return response


def _is_private() -> bool:
    """Whether the answer is for those who work here: of such pages a browser keeps nothing."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "in_swedish", False)) or any(name in request.cookies for name in COOKIES)
