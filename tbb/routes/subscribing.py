"""Newsletters for readers: the archive, asking for them, saying so once more, changing one's mind, and ending it."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.subscribing import SubscribeForm, WishesForm
from tbb.policy import Permission
from tbb.services import media_files, newsletter_archive, readers, subscribing
from tbb.services.subscribing import Wish
from tbb.web import newsletter_words as words
from tbb.web.access import public, requires
from tbb.web.cache import cached
from tbb.web.forms import csrf, stand_guard, who
from tbb.web.hypermedia import page, see_other
from tbb.web.language import current
from tbb.web.shell import settings
from tbb.web.sitting import actor

bp = Blueprint("subscribing", __name__, url_prefix="/nyhetsbrev")
ONE_CLICK = "One-Click"


@bp.get("")
@public
def archive() -> Response:
    """Show the archive by term, and ask who wants the next one."""
    return _archive(SubscribeForm(formdata=None, language=current().code))


@bp.post("")
@requires(Permission.SUBSCRIBE)
@csrf.exempt
def ask() -> BaseResponse:
    """Take a wish for newsletters; the answer is the same for every address."""
    person, form = stand_guard(), _offered(SubscribeForm())
    if not form.validate():
        return _archive(form, 422)
    if person:
        subscribing.ask(actor(), who(), Wish(form.email.data, **form.wishes()))
    return see_other(url_for("subscribing.asked"))


@bp.get("/tack")
@public
def asked() -> Response:
    """Say what happens next."""
    return page("newsletters/asked.html")


@bp.get("/<slug>")
@public
@cached
def newsletter(slug: str) -> Response:
    """Show one newsletter of the archive."""
    found = newsletter_archive.read(slug) or abort(404)
    return page("newsletters/newsletter.html", shown=found, drawn=found.drawn, base=settings().base_url)


@bp.get("/<slug>/pdf")
@public
def pdf(slug: str) -> Response:
    """Give the PDF of an old newsletter, to be kept and not to be opened here."""
    file = newsletter_archive.pdf_of(slug) or abort(404)
    path = media_files.path_of(settings().instance, file)
    if not path.is_file():
        abort(404)
    response = send_file(path, mimetype=file.content_type, as_attachment=True, download_name=file.name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@bp.get("/bekrafta/<token>")
@requires(Permission.SUBSCRIBE)
def confirming(token: str) -> Response:
    """Ask once more; looking changes nothing."""
    return _confirming(token, "newsletters/confirm.html")


@bp.post("/bekrafta/<token>")
@requires(Permission.SUBSCRIBE)
@csrf.exempt
def confirm(token: str) -> BaseResponse:
    """Take the yes."""
    reader = subscribing.confirm(actor(), token) if stand_guard() else None
    if reader is None:
        return _confirming(token, "newsletters/confirm.html")
    return see_other(url_for("subscribing.own", token=readers.token_of(reader.key)))


@bp.get("/bekrafta/<token>/nej")
@requires(Permission.SUBSCRIBE)
def refusing(token: str) -> Response:
    """Ask whether it was somebody else who asked; looking changes nothing."""
    return _confirming(token, "newsletters/refuse.html")


@bp.post("/bekrafta/<token>/nej")
@requires(Permission.SUBSCRIBE)
@csrf.exempt
def refuse(token: str) -> BaseResponse:
    """Take the no."""
    if stand_guard():
        subscribing.refuse(actor(), token)
    return _unkept(page("newsletters/refused.html"))


@bp.get("/mina/<token>")
@requires(Permission.SUBSCRIBE)
def own(token: str) -> Response:
    """Show a reader what they get."""
    reader = readers.by_token(token)
    if reader is None:
        return _gone(token)
    told = {name: [code for code in getattr(reader, name).split(",") if code] for name in ("topics", "places")}
    return _own(token, WishesForm(formdata=None, data=told | {"language": reader.language}))


@bp.post("/mina/<token>")
@requires(Permission.SUBSCRIBE)
@csrf.exempt
def change(token: str) -> BaseResponse:
    """Change what a reader gets."""
    person, form, reader = stand_guard(), _offered(WishesForm()), readers.by_token(token)
    if reader is None:
        return _gone(token)
    if not form.validate():
        return _own(token, form, 422)
    if person:
        subscribing.change(actor(), reader, **form.wishes())
    return see_other(url_for("subscribing.own", token=token, sparat=1))


@bp.get("/mina/<token>/uppgifter.json")
@requires(Permission.SUBSCRIBE)
def export(token: str) -> Response:
    """Give a reader all that is kept about them."""
    reader = readers.by_token(token) or abort(404)
    body = json.dumps(subscribing.about(actor(), reader), ensure_ascii=False, indent=2)
    response = Response(body, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="nyhetsbrev.json"'
    return _unkept(response)


@bp.get("/avsluta/<token>")
@requires(Permission.SUBSCRIBE)
def ending(token: str) -> Response:
    """Show the button that ends it; a link scanner that looks ends nothing."""
    if readers.by_token(token) is None:
        return _gone(token)
    return _unkept(page("newsletters/end.html", token=token))


@bp.post("/avsluta/<token>")
@requires(Permission.SUBSCRIBE)
@csrf.exempt
def end(token: str) -> BaseResponse:
    """End it and forget the reader: by the page's button, or by the one press of a mail program (RFC 8058)."""
    if request.form.get("List-Unsubscribe") != ONE_CLICK and not stand_guard():
        return _gone(token)
    if not subscribing.end(actor(), token):
        abort(404)
    return _unkept(page("newsletters/ended.html"))


def _archive(form: SubscribeForm, status: int = 200) -> Response:
    shelves = newsletter_archive.by_term()
    return page("newsletters/archive.html", fragment="form", status=status, form=_offered(form), shelves=shelves)


def _offered(form: WishesForm) -> WishesForm:
    return form.offer(words.topics(), subscribing.places())


def _confirming(token: str, template: str) -> Response:
    wish = subscribing.look(token)
    if wish is None:
        return _gone("")
    names = dict(subscribing.places())
    told = {
        "topics": [words.topic(code) for code in wish.topics],
        "places": [names.get(code, "") for code in wish.places],
    }
    return _unkept(page(template, token=token, wish=wish, **told))


def _own(token: str, form: WishesForm, status: int = 200) -> Response:
    saved = request.args.get("sparat") == "1"
    return _unkept(
        page("newsletters/own.html", fragment="form", status=status, token=token, form=_offered(form), saved=saved)
    )


def _gone(token: str) -> Response:
    """Say that a link leads nowhere, or that its reader has ended it already."""
    if readers.key_of(token):
        return _unkept(page("newsletters/ended.html"))
    return _unkept(page("newsletters/gone.html", status=404))


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
