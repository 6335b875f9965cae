"""The directory's pages: search with suggestions, a unit and what it can be taken home as, a municipality."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb import clock
from tbb.services import directory, leaflets, search
from tbb.web.access import public
from tbb.web.cache import cached
from tbb.web.hypermedia import page
from tbb.web.queries import Query
from tbb.web.shell import settings

bp = Blueprint("directory", __name__)


@bp.get("/hitta", endpoint="search")
@public
@cached
def find() -> Response:
    """Search the directory."""
    query = Query.of(request.args)
    found = search.find(
        query.text,
        filters=search.Filters(**query.filters),
        page=query.page,
        page_size=query.size,
        own_municipality=query.own_municipality,
        today=clock.today(),
    )
    return page("directory/search.html", fragment="results", query=query, found=found)


@bp.get("/hitta/forslag")
@public
@cached
def suggest() -> Response:
    """Suggest units while somebody types."""
    query = Query.of(request.args)
    found = search.suggest(query.text, own_municipality=query.own_municipality)
    return page("directory/suggestions.html", query=query, suggestions=found)


@bp.get("/enhet/<slug>")
@public
@cached
def unit(slug: str) -> Response | BaseResponse:
    """Show a unit and who answers for it."""
    try:
        shown = directory.unit_page(slug, clock.today()) or abort(404)
    except directory.Moved as moved:
        return redirect(url_for("directory.unit", slug=moved.slug), 301)
    return page("directory/unit.html", shown=shown)


@bp.get("/enhet/<slug>/affisch")
@public
@cached
def poster(slug: str) -> Response:
    """Show the poster as it will be printed."""
    shown = _unit(slug)
    text = leaflets.poster_text(shown, _address_of(slug))
    return page("directory/poster.html", shown=shown, text=text)


@bp.get("/enhet/<slug>/affisch.pdf")
@public
@cached
def poster_pdf(slug: str) -> Response:
    """Give the poster as PDF."""
    made = leaflets.poster(leaflets.poster_text(_unit(slug), _address_of(slug)))
    return _file(made, "application/pdf", f"affisch-{slug}.pdf", shown=True)


@bp.get("/enhet/<slug>/kort.vcf")
@public
@cached
def vcard(slug: str) -> Response:
    """Give the contact card for a phone's address book."""
    return _file(leaflets.contact_card(_unit(slug), _address_of(slug)), "text/vcard", f"{slug}.vcf")


@bp.get("/enhet/<slug>/qr.svg")
@public
@cached
def qr(slug: str) -> Response:
    """Give the QR code of a unit's page."""
    _unit(slug)
    return _file(leaflets.qr(_address_of(slug)).encode(), "image/svg+xml", f"qr-{slug}.svg", shown=True)


@bp.get("/kommuner")
@public
@cached
def municipalities() -> Response:
    """List the municipalities that take part."""
    return page("directory/municipalities.html", municipalities=directory.participating_municipalities())


@bp.get("/kommun/<slug>")
@public
@cached
def municipality(slug: str) -> Response:
    """Show a municipality's units and contacts."""
    shown = directory.municipality_page(slug, clock.today()) or abort(404)
    return page("directory/municipality.html", shown=shown)


def _unit(slug: str) -> directory.UnitPage:
    """Find a unit by its present address; 404 otherwise."""
    try:
        return directory.unit_page(slug, clock.today()) or abort(404)
    except directory.Moved:
        abort(404)


def _address_of(slug: str) -> str:
    """The short address that posters and cards carry: without a language, so that the reader's own is chosen."""
    return f"{settings().base_url}/enhet/{slug}"


def _file(content: bytes, kind: str, name: str, *, shown: bool = False) -> Response:
    response = make_response(content)
    response.mimetype = kind
    response.headers["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}"'
    return response
