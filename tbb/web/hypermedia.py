"""Pages and their fragments: one template per page, and the fragments are its blocks."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, current_app, make_response, redirect, request
from flask_htmx import HTMX
from jinja2_fragments.flask import render_block
from peewee import PeeweeException
from werkzeug.wrappers import Response as BaseResponse

from tbb.web.language import current
from tbb.web.shell import color_scheme, holds_demo_data, participants
from tbb.web.sitting import COOKIES, notice, signed_in_person

htmx = HTMX()


def install(app: Flask) -> None:
    """Let the application recognise htmx."""
    htmx.init_app(app)


def wants_fragment() -> bool:
    """Whether the browser will put the answer into a page it already has."""
    kind = request.headers.get("HX-Request-Type")
    if kind is not None:
        return kind == "partial"
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(
    template: str, *, fragment: str | None = None, also: tuple[str, ...] = (), status: int = 200, **context: Any
) -> Response:
    """Render a template whole, or only its block `fragment` (and the blocks `also`) when a fragment is wanted."""
    context |= frame()
    if fragment and wants_fragment():
        body = "".join(render_block(template, block, **context) for block in (fragment, *also))
    else:
        body = current_app.jinja_env.get_template(template).render(context | {"notice": notice()})
    return make_response(body, status)


def frame() -> dict[str, Any]:
    """Give base.html its variables."""
    language = current()
    return {
        "page_lang": language.code,
        "page_dir": language.direction,
        "color_scheme": color_scheme(),
        "me": signed_in_person(),
        "at_work": any(name in request.cookies for name in COOKIES),
        **_of_the_database(),
    }


def _of_the_database() -> dict[str, Any]:
    """What the frame takes from the database; nothing when it is away, for the page that says so has this frame too."""
    try:
        return {"is_demo": holds_demo_data(), "participants": participants()}
    except PeeweeException:
        return {"is_demo": False, "participants": []}


def see_other(address: str) -> BaseResponse:
    """After a successful change, lead on to a page."""
    if wants_fragment():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = address
        return response
    return redirect(address, 303)
