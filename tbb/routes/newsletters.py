"""Writing newsletters: the list, the parts and their order, the preview, and old ones for the archive."""

from __future__ import annotations

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.newsletters import BeginForm, HeadForm, MoveForm, NewPartForm, OldForm, PartForm, PlainForm
from tbb.policy import Permission
from tbb.services import content_shelf, media_files, newsletter_render, newsletters, writing
from tbb.services.newsletters import Newsletter, NewsletterSection, SectionKind
from tbb.web import content_words
from tbb.web import newsletter_words as words
from tbb.web.access import LONG, requires
from tbb.web.hypermedia import page, see_other
from tbb.web.shell import settings
from tbb.web.sitting import actor, notify

bp = Blueprint("newsletters", __name__, url_prefix="/arbetsyta/nyhetsbrev")
MOST_BYTES = 10 * 2**20
OVERTAKEN = (
    "Någon annan har sparat under tiden. Din text står kvar här men är inte sparad."
    " Öppna sidan i en ny flik och jämför."
)
NOT_NOW = "Nyhetsbrevet är på väg eller skickat och kan inte ändras."


@bp.get("")
@requires(Permission.WRITE_CONTENT)
def shelf() -> Response:
    """List newsletters, and let a new one be begun."""
    return _shelf(BeginForm(formdata=None).offer(content_shelf.places(actor())))


@bp.post("")
@requires(Permission.WRITE_CONTENT)
def begin() -> BaseResponse:
    """Begin a newsletter with the county's fixed parts."""
    places = content_shelf.places(actor())
    form = BeginForm().offer(places)
    if not form.validate():
        return _shelf(form, 422)
    (where,) = (place for place in places if place.code == form.where.data)
    made = newsletters.begin(
        actor(), form.title.data, form.term.data, organizer=where.organizer, headings=words.HEADINGS
    )
    return see_other(url_for("newsletters.edit", key=made.key))


@bp.get("/gammalt")
@requires(Permission.PUBLISH_CONTENT)
def old() -> Response:
    """Ask for an old newsletter."""
    return page("newsletters/old.html", form=OldForm(formdata=None).offer(content_shelf.places(actor())))


@bp.post("/gammalt")
@requires(Permission.PUBLISH_CONTENT, most_bytes=MOST_BYTES + 2**18)
def add_old() -> BaseResponse:
    """Put an old newsletter in the archive."""
    places = content_shelf.places(actor())
    form = OldForm().offer(places)
    if not form.validate():
        return page("newsletters/old.html", fragment="form", status=422, form=form)
    (where,) = (place for place in places if place.code == form.where.data)
    told = {"organizer": where.organizer, "lead": form.lead.data, "body": form.body.data}
    try:
        pdf = media_files.receive(
            actor(), settings().instance, form.file.data.stream, form.file.data.filename or "nyhetsbrev.pdf",
            organizer=where.organizer, kinds=("pdf",),
        )  # fmt: skip
    except media_files.BadFile as problem:
        form.file.errors = [words.BAD_FILE[problem.why]]
        return page("newsletters/old.html", fragment="form", status=422, form=form)
    newsletters.add_old(actor(), form.title.data, form.term.data, pdf=pdf, **told)
    notify("Nyhetsbrevet finns nu i arkivet.")
    return see_other(url_for("newsletters.shelf"))


@bp.get("/<key>")
@requires(Permission.WRITE_CONTENT)
def edit(key: str) -> Response:
    """Show a newsletter with its parts."""
    return _editor(_found(key))


@bp.post("/<key>")
@requires(Permission.WRITE_CONTENT)
def save(key: str) -> BaseResponse:
    """Save title, lead, term and language."""
    newsletter, form = _found(key), HeadForm()
    if not form.validate():
        return _editor(newsletter, form, 422)
    try:
        newsletters.save(actor(), newsletter, form.answers(), seen=int(form.seen.data))
    except newsletters.Overtaken:
        form.title.errors = [OVERTAKEN]
        return _editor(newsletter, form, 409)
    except newsletters.NotNow:
        notify(NOT_NOW)
    else:
        notify("Sparat.")
    return see_other(url_for("newsletters.edit", key=key))


@bp.get("/<key>/visa")
@requires(Permission.WRITE_CONTENT)
def preview(key: str) -> Response:
    """Show a newsletter as its readers will see it."""
    newsletter = _found(key)
    drawn = newsletter_render.draw(newsletter_render.words_of(newsletter))
    return page("newsletters/preview.html", newsletter=newsletter, drawn=drawn)


@bp.post("/<key>/delar")
@requires(Permission.WRITE_CONTENT)
def add_part(key: str) -> BaseResponse:
    """Add a part at the end."""
    newsletter, form = _found(key), _new_part()
    if not form.validate():
        return _editor(newsletter, status=422)
    kind = SectionKind(form.kind.data)
    try:
        made = newsletters.add_part(actor(), newsletter, kind, words.HEADINGS.get(kind, ""))
    except newsletters.NotNow:
        notify(NOT_NOW)
        return see_other(url_for("newsletters.edit", key=key))
    return see_other(url_for("newsletters.part", key=key, number=made.id))


@bp.get("/<key>/delar/<int:number>")
@requires(Permission.WRITE_CONTENT)
def part(key: str, number: int) -> Response:
    """Show one part."""
    newsletter, section = _found_part(key, number)
    told = {name: getattr(section, name) for name in ("title", "body")}
    chosen = ("municipality", "article", "happening", "material")
    told |= {name: str(section.__data__[name] or "") for name in chosen}
    form = _offered(PartForm(formdata=None, data=told), newsletter)
    form.seen.data = newsletters.mark_of(section)
    return _part_page(newsletter, section, form)


@bp.post("/<key>/delar/<int:number>")
@requires(Permission.WRITE_CONTENT, most_bytes=LONG)
def save_part(key: str, number: int) -> BaseResponse:
    """Save one part."""
    newsletter, section = _found_part(key, number)
    form = _offered(PartForm(), newsletter)
    if not form.validate():
        return _part_page(newsletter, section, form, 422)
    try:
        newsletters.save_part(actor(), section, form.answers(), seen=form.seen.data or "")
    except newsletters.Overtaken:
        form.body.errors = [OVERTAKEN]
        return _part_page(newsletter, section, form, 409)
    except newsletters.NotNow:
        notify(NOT_NOW)
    else:
        notify("Sparat.")
    return see_other(url_for("newsletters.edit", key=key))


@bp.post("/<key>/delar/<int:number>/flytta")
@requires(Permission.WRITE_CONTENT)
def move(key: str, number: int) -> BaseResponse:
    """Let a part change places with its neighbour."""
    _newsletter, section = _found_part(key, number)
    form = MoveForm()
    if not form.validate():
        abort(400)
    try:
        newsletters.move_part(actor(), section, up=form.way.data == "upp")
    except newsletters.NotNow:
        notify(NOT_NOW)
    return see_other(url_for("newsletters.edit", key=key))


@bp.post("/<key>/delar/<int:number>/ta-bort")
@requires(Permission.WRITE_CONTENT)
def remove_part(key: str, number: int) -> BaseResponse:
    """Take a part away."""
    _newsletter, section = _found_part(key, number)
    try:
        newsletters.remove_part(actor(), section)
        notify("Delen är borttagen.")
    except newsletters.NotNow:
        notify(NOT_NOW)
    return see_other(url_for("newsletters.edit", key=key))


@bp.post("/<key>/ta-bort")
@requires(Permission.PUBLISH_CONTENT)
def remove(key: str) -> BaseResponse:
    """Remove a draft, or an old one from the archive."""
    newsletter = _found(key)
    try:
        newsletters.remove(actor(), newsletter)
    except newsletters.NotNow:
        notify(NOT_NOW)
        return see_other(url_for("newsletters.edit", key=key))
    notify("Nyhetsbrevet är borttaget.")
    return see_other(url_for("newsletters.shelf"))


def _found(key: str) -> Newsletter:
    return newsletters.find(actor(), key) or abort(404)


def _found_part(key: str, number: int) -> tuple[Newsletter, NewsletterSection]:
    newsletter = _found(key)
    return newsletter, newsletters.part(newsletter, number) or abort(404)


def _offered(form: PartForm, newsletter: Newsletter) -> PartForm:
    return form.offer(content_shelf.municipalities(), newsletters.to_choose(newsletter))


def _new_part() -> NewPartForm:
    form = NewPartForm()
    form.kind.choices = words.parts()
    return form


def _shelf(form: BeginForm, status: int = 200) -> Response:
    listed = newsletters.listed(actor())
    return page("newsletters/shelf.html", fragment="form", status=status, form=form, listed=listed, words=words)


def _editor(newsletter: Newsletter, form: HeadForm | None = None, status: int = 200) -> Response:
    if form is None:
        form = HeadForm(formdata=None, data={name: getattr(newsletter, name) for name in newsletters.HEAD})
        form.seen.data = str(newsletter.version)
    return page(
        "newsletters/edit.html",
        fragment="form",
        status=status,
        newsletter=newsletter,
        form=form,
        parts=(parts := newsletters.parts_of(newsletter)),
        readings={one.id: newsletters.reading_of(newsletter, one.title, one.body) for one in parts},
        new_part=_new_part(),
        plain=PlainForm(formdata=None),
        others=writing.others(actor(), f"newsletter:{newsletter.key}"),
        words=words,
        drafting=newsletter.state == "draft",
    )


def _part_page(newsletter: Newsletter, section: NewsletterSection, form: PartForm, status: int = 200) -> Response:
    return page(
        "newsletters/part.html", fragment="form", status=status, newsletter=newsletter, part=section, form=form,
        words=words, reading=newsletters.reading_of(newsletter, form.title.data or "", form.body.data or ""),
        content_words=content_words,
    )  # fmt: skip
