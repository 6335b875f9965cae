"""A database connection for the length of a request, and answers that change nothing are never stored."""

from __future__ import annotations

from flask import Flask, Response, request

from tbb.database import db


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
            response.headers["Cache-Control"] = "no-store" if request.method == "POST" else "private, no-cache"
            response.headers.setdefault("Vary", "Accept-Language, Cookie, HX-Request, HX-Request-Type")
        return response
