"""The written pages: start, the model, what happens, orosanmälan, the statements and the lättläst ones."""

from __future__ import annotations

from flask import Blueprint, Response, request

from tbb.services import banners, directory, happenings, news, published
from tbb.web import content_words, happening_words
from tbb.web.access import public
from tbb.web.cache import cached
from tbb.web.hypermedia import page
from tbb.web.shell import settings

bp = Blueprint("pages", __name__)


@bp.get("/")
@public
@cached
def start() -> Response:
    """Lead a visitor to the right person, and show what is new in the county or in a chosen municipality."""
    chosen = request.args.get("kommun", "")[:60]
    return page(
        "content/start.html",
        municipalities=directory.participating_municipalities(),
        chosen=chosen,
        news=news.newest(chosen),
        coming=happenings.coming(3, chosen),
        materials=published.newest("material", 3),
        happening_words=happening_words,
        banners=banners.now_shown(chosen),
        words=content_words,
    )


@bp.get("/modellen")
@public
@cached
def model() -> Response:
    """Explain the model."""
    return page("content/model.html")


@bp.get("/sa-gar-det-till")
@public
@cached
def process() -> Response:
    """Tell families what happens when they get in touch."""
    return page("content/process.html")


@bp.get("/for-barn")
@public
@cached
def children() -> Response:
    """Speak to children themselves."""
    return page("content/children.html")


@bp.get("/orosanmalan")
@public
@cached
def concern() -> Response:
    """Explain the orosanmälan and whom to call in each municipality."""
    return page("content/concern.html", contacts=directory.concern_contacts())


@bp.get("/tillganglighet")
@public
@cached
def accessibility() -> Response:
    """Show the accessibility statement that the law demands."""
    known = settings()
    return page(
        "content/accessibility.html",
        authority_name=known.authority_name,
        authority_url=known.authority_url,
        report_url=known.authority_report_url,
        assessed_on=known.assessed_on,
        updated_on=known.updated_on,
        contact_email=known.contact_email,
    )


@bp.get("/personuppgifter")
@public
@cached
def privacy() -> Response:
    """Tell what is stored about whom, and why."""
    return page("content/privacy.html", contact_email=settings().contact_email)


@bp.get("/dina-uppgifter")
@public
@cached
def your_data() -> Response:
    """Tell families what becomes of what is said when somebody sends a wheel."""
    return page("content/your_data.html", contact_email=settings().contact_email)


@bp.get("/kakor")
@public
@cached
def cookies() -> Response:
    """Tell which cookies there are: hardly any."""
    return page("content/cookies.html")


@bp.get("/kontakt")
@public
@cached
def contact() -> Response:
    """Tell whom to contact about what."""
    return page("content/contact.html", contact_email=settings().contact_email)


@bp.get("/lattlast")
@public
@cached
def easy_start() -> Response:
    """The start page in lättläst Swedish."""
    return page("content/easy_start.html")


@bp.get("/lattlast/modellen")
@public
@cached
def easy_model() -> Response:
    """The model in lättläst Swedish."""
    return page("content/easy_model.html")


@bp.get("/lattlast/vem-ar-ansvarig")
@public
@cached
def easy_responsible() -> Response:
    """Who is responsible, in lättläst Swedish."""
    return page("content/easy_responsible.html")
