"""Writing news: the list, the editor with its preview, versions, review, publishing, and urgent messages."""

from __future__ import annotations

import difflib
from typing import Any

from flask import Blueprint, Response, abort, current_app, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.articles import ArticleForm, BeginForm, NoteForm, PublishForm, RulesForm
from tbb.policy import Permission, may
from tbb.services import articles, content_shelf, picture_looks, picture_shelf, pictures, rich_text, writing
from tbb.services.articles import Article
from tbb.services.writing_hints import Hint
from tbb.web import content_words as words
from tbb.web.access import LONG, requires
from tbb.web.hypermedia import page, see_other
from tbb.web.shell import settings
from tbb.web.sitting import actor, notify

bp = Blueprint("articles", __name__, url_prefix="/arbetsyta/nyheter")


@bp.get("")
@requires(Permission.WRITE_CONTENT)
def shelf() -> Response:
    """List what has been written, and let something new be begun."""
    return _shelf(BeginForm(formdata=None).offer(content_shelf.places(actor())))


@bp.post("")
@requires(Permission.WRITE_CONTENT)
def begin() -> BaseResponse:
    """Begin an article."""
    places = content_shelf.places(actor())
    form = BeginForm().offer(places)
    if not form.validate():
        return _shelf(form, 422)
    (where,) = (place for place in places if place.code == form.where.data)
    made = articles.begin(actor(), form.title.data, organizer=where.organizer)
    return see_other(url_for("articles.edit", key=made.key))


@bp.get("/<key>")
@requires(Permission.WRITE_CONTENT)
def edit(key: str) -> Response:
    """Show the editor."""
    return _editor(_found(key))


@bp.post("/<key>")
@requires(Permission.WRITE_CONTENT, most_bytes=LONG)
def save(key: str) -> BaseResponse:
    """Save what was written, as a version."""
    article, form = _found(key), _offered(ArticleForm(), key)
    if not form.validate():
        return _editor(article, form, status=422)
    try:
        articles.save(actor(), article, form.answers(), seen=int(form.seen.data), note="")
    except articles.Overtaken as problem:
        return _editor(problem.article, form, theirs=problem.article, status=409)
    notify("Sparat.")
    return see_other(url_for("articles.edit", key=key))


@bp.post("/<key>/utkast")
@requires(Permission.WRITE_CONTENT, most_bytes=LONG, again=True)
def keep(key: str) -> Response:
    """Save while somebody writes, and show how it looks."""
    article, form = _found(key), _offered(ArticleForm(), key)
    writing.mark(actor(), f"article:{key}")
    if not form.validate():
        return _editor(article, form, status=422, fragment="side")
    try:
        kept = articles.save(actor(), article, form.answers(), seen=int(form.seen.data))
    except articles.Overtaken as problem:
        return _editor(article, form, theirs=problem.article, status=409, fragment="side")
    return _editor(kept, fragment="side")


@bp.get("/<key>/visa")
@requires(Permission.WRITE_CONTENT)
def preview(key: str) -> Response:
    """Show an article as its readers will see it."""
    article = _found(key)
    return page("articles/preview.html", article=article, words=words, **_looks(article.body))


@bp.get("/<key>/versioner")
@requires(Permission.WRITE_CONTENT)
def history(key: str) -> Response:
    """List the versions."""
    article = _found(key)
    kept = articles.versions_of(article)
    people = articles.writers(one.by_id for one in kept)
    return page("articles/versions.html", article=article, versions=kept, people=people)


@bp.get("/<key>/versioner/<int:number>")
@requires(Permission.WRITE_CONTENT)
def version(key: str, number: int) -> Response:
    """Show one version beside what the article says now."""
    article = _found(key)
    kept = articles.version(article, number) or abort(404)
    changes = [(name, _lines(getattr(kept, name), getattr(article, name))) for name in articles.FIELDS]
    return page("articles/version.html", article=article, kept=kept, changes=changes, form=NoteForm(formdata=None))


@bp.post("/<key>/versioner/<int:number>")
@requires(Permission.WRITE_CONTENT)
def restore(key: str, number: int) -> BaseResponse:
    """Put an earlier version back, as the newest."""
    article = _found(key)
    try:
        articles.restore(actor(), article, number)
    except articles.NotNow:
        abort(404)
    notify(f"Version {number} är återställd. Läsarna ser den när du publicerar.")
    return see_other(url_for("articles.edit", key=key))


@bp.get("/<key>/publicera")
@requires(Permission.WRITE_CONTENT)
def publishing(key: str) -> Response:
    """Ask when readers shall see it, or tell what must be put right first."""
    return _publishing(_found(key), PublishForm(formdata=None))


@bp.post("/<key>/publicera")
@requires(Permission.PUBLISH_CONTENT)
def publish(key: str) -> BaseResponse:
    """Publish, now or later."""
    article, form = _found(key), PublishForm()
    if not form.validate():
        return _publishing(article, form, 422)
    try:
        done = articles.publish(actor(), article, at=form.at.moment, until=form.until.moment, pinned=form.pinned.data)
    except (articles.NotReady, articles.NeedsAnother):
        return _publishing(article, form, 422)
    except articles.BadTimes:
        form.at.errors = ["Tiderna måste ligga framåt, och sluttiden efter starttiden."]
        return _publishing(article, form, 422)
    except articles.NotNow:
        form.at.errors = ["Nyheten är redan publicerad. Lämna fältet tomt för att uppdatera den nu."]
        return _publishing(article, form, 422)
    notify("Nyheten är publicerad." if done.state == "published" else "Nyheten publiceras vid den tid du valde.")
    return see_other(url_for("articles.shelf"))


@bp.post("/<key>/be-om-lasning")
@requires(Permission.WRITE_CONTENT)
def ask_for_review(key: str) -> BaseResponse:
    """Let a second person look."""
    article = _found(key)
    try:
        articles.ask_for_review(actor(), article)
        notify("Någon annan ser nu att nyheten väntar på läsning.")
    except articles.NotReady:
        return _publishing(article, PublishForm(formdata=None), 422)
    except articles.NotNow:
        notify("Nyheten väntar redan.")
    return see_other(url_for("articles.edit", key=key))


@bp.post("/<key>/godkann")
@requires(Permission.REVIEW_CONTENT)
def approve(key: str) -> BaseResponse:
    """Say that it may be published."""
    articles.approve(actor(), _found(key))
    notify("Du har läst och godkänt. Nu kan nyheten publiceras.")
    return see_other(url_for("articles.publishing", key=key))


@bp.post("/<key>/ta-bort")
@requires(Permission.PUBLISH_CONTENT)
def withdraw(key: str) -> BaseResponse:
    """Take in what readers see, or call off what was planned."""
    article = _found(key)
    try:
        articles.withdraw(actor(), article)
        notify("Läsarna ser inte nyheten längre.")
    except articles.NotNow:
        notify("Nyheten var inte publicerad.")
    return see_other(url_for("articles.shelf"))


@bp.post("/regler")
@requires(Permission.PUBLISH_CONTENT)
def rules() -> BaseResponse:
    """Decide whether a second person must look."""
    form = RulesForm()
    chosen = next((place for place in content_shelf.places(actor()) if place.code == form.where.data), None)
    if not form.validate() or chosen is None:
        abort(400)
    articles.want_another(actor(), chosen.organizer, form.wanted.data)
    notify("Sparat.")
    return see_other(url_for("articles.shelf"))


def _found(key: str) -> Article:
    return content_shelf.find(Article, actor(), key) or abort(404)


def _shelf(form: BeginForm, status: int = 200) -> Response:
    places = content_shelf.places(actor())
    asked = request.args.get("lage", "")[:20], request.args.get("q", "")[:100]
    return page(
        "articles/shelf.html",
        fragment="form",
        status=status,
        form=form,
        listed=articles.listed(actor(), *asked),
        asked=asked,
        states=[(code.value, words.state(code)[0]) for code in words.STATES],
        words=words,
        rules=[(place, articles.needs_another(place.organizer)) for place in places],
        rules_form=RulesForm(formdata=None),
    )


def _offered(form: ArticleForm, key: str) -> ArticleForm:
    """Let a form offer what may be chosen."""
    categories = [(code.value, words.swedish_category(code)) for code in words.CATEGORIES]
    return form.offer(categories, content_shelf.municipalities(), picture_shelf.choices(actor()))


def _filled(article: Article) -> ArticleForm:
    told: dict[str, Any] = {name: article.__data__[name] for name in articles.LIVE}
    told |= {name: str(told[name] or "") for name in ("municipality", "cover")}
    form = _offered(ArticleForm(formdata=None, data=told), article.key)
    form.seen.data = str(article.version)
    return form


def _editor(
    article: Article,
    form: ArticleForm | None = None,
    *,
    theirs: Article | None = None,
    status: int = 200,
    fragment: str = "form",
) -> Response:
    shown = form or _filled(article)
    return page(
        "articles/edit.html",
        fragment=fragment,
        status=status,
        article=article,
        form=shown,
        theirs=theirs,
        others=writing.others(actor(), f"article:{article.key}"),
        reading=articles.reading_of(article),
        pictures=picture_shelf.newest(actor()),
        hints=_hints(shown),
        words=words,
        **_looks(shown.body.data or ""),
    )


def _hints(form: ArticleForm) -> tuple[Hint, ...]:
    """What may be hard to see in the pictures that are chosen."""
    keys = [*rich_text.pictures_in(form.body.data or ""), *picture_shelf.keys_of(form.cover.data or "")]
    return picture_looks.hints(settings().instance, list(dict.fromkeys(keys)))


def _looks(body: str) -> dict[str, object]:
    known = pictures.shown(rich_text.pictures_in(body))
    draw = current_app.jinja_env.globals["ui"].figure
    return {"body": rich_text.to_html(body, picture=lambda key: draw(known[key]) if key in known else "")}


def _publishing(article: Article, form: PublishForm, status: int = 200) -> Response:
    return page(
        "articles/publish.html",
        fragment="form",
        status=status,
        article=article,
        form=form,
        note=NoteForm(formdata=None),
        reading=articles.reading_of(article),
        needs_another=articles.needs_another(article.organizer_id) and article.reviewed_by_id is None,
        may_review=may(actor(), Permission.REVIEW_CONTENT, content_shelf.place_of(article)),
        words=words,
    )


def _lines(before: str, after: str) -> list[tuple[str, str]]:
    """What differs between two texts, line by line: (sign, words), the sign one of blank, - and +."""
    found = difflib.ndiff(before.splitlines(), after.splitlines())
    return [(line[0], line[2:]) for line in found if line[0] in " -+"]
