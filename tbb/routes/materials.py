"""The library of metodstöd for readers, short addresses, and the search over all that is published."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.services import content_search, leaflets, materials, published, rich_text
from tbb.services.materials import Wanted
from tbb.web import content_words, material_words
from tbb.web.access import public
from tbb.web.cache import cached
from tbb.web.hypermedia import page
from tbb.web.shell import settings

bp = Blueprint("materials", __name__)


@bp.get("/material")
@public
@cached
def listed() -> Response:
    """List the library, by kind, area, audience and level."""
    asked = request.args
    wanted = Wanted(*(asked.get(name, "")[:20] for name in ("sort", "omrade", "for", "niva")))
    items = materials.listed(wanted)
    return page("materials/list.html", fragment="found", items=items, wanted=wanted, words=material_words)


@bp.get("/material/<slug>")
@public
@cached
def show(slug: str) -> Response:
    """Show a material with its newest version."""
    return _show(slug, None)


@bp.get("/material/<slug>/version-<int:number>")
@public
@cached
def version(slug: str, number: int) -> Response:
    """Show an earlier version of a material: its address stays."""
    return _show(slug, number)


@bp.get("/material/<slug>/qr.svg")
@public
@cached
def qr(slug: str) -> Response:
    """Draw the short address as a QR code, for slides and posters."""
    shown = materials.read(slug) or abort(404)
    address = f"{settings().base_url}{url_for('materials.short', code=shown.material.short)}"
    response = Response(leaflets.qr(address), mimetype="image/svg+xml")
    response.headers["Content-Disposition"] = f'inline; filename="qr-{shown.material.short}.svg"'
    return response


@bp.get("/m/<code>")
@public
def short(code: str) -> BaseResponse:
    """Lead from a short address to the material."""
    slug = materials.slug_of(code.lower()[:12]) or abort(404)
    return redirect(url_for("materials.show", slug=slug), 302)


@bp.get("/sok")
@public
@cached
def search() -> Response:
    """Search news, webinars, materials and newsletters together."""
    asked = request.args.get("q", "").strip()[:100]
    found = content_search.hits(content_search.find(asked))
    hits = [(hit, content_words.address(hit.sort, hit.slug)) for hit in found]
    return page("materials/search.html", fragment="found", asked=asked, hits=hits, words=content_words)


def _show(slug: str, number: int | None) -> Response:
    shown = materials.read(slug, number) or abort(404)
    body, transcript = (rich_text.to_html(text) for text in (shown.material.body, shown.chosen.transcript))
    return page(
        "materials/show.html",
        shown=shown,
        item=shown.item,
        body=body,
        transcript=transcript,
        words=material_words,
        related=published.related("material", shown.material.key),
        content_words=content_words,
        base=settings().base_url,
    )
