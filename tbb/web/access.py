"""The door: every route says who may enter, and the application does not start with one that does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request

from tbb.policy import SHOWROOM_VISITOR, VISITOR, Actor, Permission, may
from tbb.web.shell import holds_demo_data, settings

View = TypeVar("View", bound=Callable[..., Any])


class UndeclaredRoute(Exception):
    """A route bears neither @public nor @requires."""


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare which permission a view's visitor must have."""

    def declare(view: View) -> View:
        view.permission = permission
        return view

    return declare


public = requires(Permission.READ_PUBLIC)


def actor() -> Actor:
    """Who is asking."""
    showroom = not settings().production or holds_demo_data()
    return SHOWROOM_VISITOR if showroom else VISITOR


def check_routes(app: Flask) -> None:
    """Refuse to start with an undeclared route; raise UndeclaredRoute naming it."""
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "permission", None) is None:
            raise UndeclaredRoute(f"The route {rule.rule} ({rule.endpoint}) does not say who may enter it.")


def install(app: Flask) -> None:
    """Stand at the door of every request."""

    @app.before_request
    def guard_the_door() -> None:
        if request.endpoint is None:
            return
        permission = getattr(current_app.view_functions[request.endpoint], "permission", None)
        # A stranger is told nothing, not even that the page exists.
        if permission is None or (permission != Permission.READ_PUBLIC and not may(actor(), permission)):
            abort(404)

    @app.before_request
    def refuse_what_no_text_holds() -> None:
        values = (*request.view_args.values(),) if request.view_args else ()
        if "\x00" in request.query_string.decode("latin-1") or "%00" in request.query_string.decode("latin-1"):
            abort(400)
        if any("\x00" in value for value in values if isinstance(value, str)):
            abort(400)
        if request.method == "POST" and any("\x00" in text for text in request.form.values()):
            abort(400)
