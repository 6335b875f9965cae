"""What machines ask: whether the service is well, and what robots may read."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for

from tbb.services import directory, published, versions
from tbb.web import content_words
from tbb.web.access import public
from tbb.web.cache import cached
from tbb.web.shell import settings

bp = Blueprint("health", __name__)


@bp.get("/halsa")
@public
def show() -> Response:
    """Answer 200 when the database answers."""
    versions.current(versions.DIRECTORY)
    response = Response("ok\n", mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Let robots read the public pages but not fill in forms."""
    lines = ("User-agent: *", "Disallow: /hitta/forslag", "Disallow: /enhet/*/fel", "Disallow: /utseende")
    sitemap = f"Sitemap: {settings().base_url}{url_for('health.sitemap')}"
    return Response("\n".join((*lines, sitemap, "")), mimetype="text/plain")


@bp.get("/sitemap.xml")
@public
@cached
def sitemap() -> Response:
    """List every public page for the search engines that families use."""
    pages = ("pages.start", "directory.municipalities", "guide.question", "pages.process", "pages.model")
    wheels = ("wheel.staff", "wheel.child", "wheel.preschool", "wheel.about")
    paths = [url_for(endpoint) for endpoint in (*pages, *wheels, "pages.children", "pages.concern", "pages.contact")]
    units, municipalities = directory.addresses()
    paths += [url_for("directory.municipality", slug=slug) for slug in municipalities]
    paths += [url_for("directory.unit", slug=slug) for slug in units]
    paths += [url_for(endpoint) for endpoint in ("news.listed", "happenings.listed", "materials.listed")]
    paths.append(url_for("subscribing.archive"))
    paths += [content_words.address(sort, slug) for sort, slug in published.addresses()]
    body = render_template("sitemap.xml", base=settings().base_url, paths=paths)
    return Response(body, mimetype="application/xml")
