"""News for readers: the list with its filters and archive, one article, the Atom feed, and the pictures."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, render_template, request, send_file, url_for

from tbb.services import directory, happenings, news, pictures
from tbb.services.news import Wanted
from tbb.web import content_words as words
from tbb.web import happening_words
from tbb.web.access import public
from tbb.web.cache import cached
from tbb.web.hypermedia import page
from tbb.web.shell import settings

bp = Blueprint("news", __name__)
FOR_EVER = "public, max-age=31536000, immutable"


@bp.get("/nyheter")
@public
@cached
def listed() -> Response:
    """List what is published, by municipality, category and term."""
    wanted, number = _wanted(), _number()
    items, count = news.listed(wanted, settings().term_starts, number)
    pages = max(1, -(-count // news.PER_PAGE))
    if number > pages:
        abort(404)
    return page(
        "news/list.html",
        fragment="found",
        items=items,
        count=count,
        number=number,
        pages=pages,
        wanted=wanted,
        words=words,
        coming=happenings.coming(3, wanted.municipality) if number == 1 else [],
        happening_words=happening_words,
        tabs=[
            (words.category(code), _address(kategori=code), wanted.category == code, None) for code in news.categories()
        ],
        municipalities=directory.participating_municipalities(),
        archive=news.archive(settings().term_starts),
        all_address=_address(kategori=None),
        page_of=lambda number: _address(sida=number if number > 1 else None),
    )


@bp.get("/nyheter/flode.atom")
@public
@cached
def feed() -> Response:
    """Give the newest articles as an Atom feed."""
    municipality = request.args.get("kommun", "")[:60]
    base, ui = settings().base_url, current_app.jinja_env.globals["ui"]
    entries = news.feed(municipality, base, lambda shown: ui.feed_picture(shown, base))
    newest = max((item.changed_at or item.published_at for item, _body in entries), default=None)
    body = render_template("news/feed.atom", base=base, entries=entries, newest=newest, municipality=municipality)
    return Response(body, mimetype="application/atom+xml")


@bp.get("/nyheter/<slug>")
@public
@cached
def article(slug: str) -> Response:
    """Show one article."""
    found = news.read(slug) or abort(404)
    shown = news.shown(found, current_app.jinja_env.globals["ui"].figure)
    return page("news/article.html", shown=shown, item=shown.item, words=words, base=settings().base_url)


@bp.get("/bilder/<key>-<int:width>.<form>")
@public
def picture(key: str, width: int, form: str) -> Response:
    """Give one size of a picture; what is at an address never changes."""
    known = pictures.shown([key]).get(key)
    if known is None or width not in known.widths or form not in pictures.TYPES:
        abort(404)
    path = pictures.path_of(settings().instance, key, width, form)
    if not path.is_file():
        abort(404)
    response = send_file(path, mimetype=pictures.TYPES[form], conditional=True)
    response.headers["Cache-Control"] = FOR_EVER
    return response


def _wanted() -> Wanted:
    asked = request.args
    category = asked.get("kategori", "")
    return Wanted(
        asked.get("kommun", "")[:60], category if category in words.CATEGORIES else "", asked.get("termin", "")[:6]
    )


def _number() -> int:
    given = request.args.get("sida", "1")
    return int(given) if given.isdecimal() and 0 < len(given) < 5 and int(given) > 0 else 1


def _address(**changed: str | int | None) -> str:
    """The address of the list with the same filters but for those that are changed."""
    kept = {name: request.args[name] for name in ("kommun", "kategori", "termin") if request.args.get(name)}
    return url_for("news.listed", **{name: value for name, value in (kept | changed).items() if value})
