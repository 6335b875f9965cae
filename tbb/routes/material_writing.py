"""Writing the library of metodstöd: the list, the form, new versions with files, and publishing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb import clock
from tbb.forms.materials import BeginMaterialForm, MaterialForm, VersionForm
from tbb.policy import Permission
from tbb.services import content_shelf, material_writing, media_files, picture_shelf
from tbb.services.material_writing import Material, NotReady, Overtaken
from tbb.web import content_words, material_words, merging
from tbb.web.access import requires
from tbb.web.file_words import FILE_WHY, findings
from tbb.web.hypermedia import page, see_other
from tbb.web.shell import settings
from tbb.web.sitting import actor, notify

bp = Blueprint("material_writing", __name__, url_prefix="/arbetsyta/material")
MOST_BYTES = 530 * 2**20


@bp.get("")
@requires(Permission.WRITE_CONTENT)
def shelf() -> Response:
    """List what has been written, and let something new be begun."""
    return _shelf(_new_form(BeginMaterialForm(formdata=None)))


@bp.post("")
@requires(Permission.WRITE_CONTENT)
def begin() -> BaseResponse:
    """Begin a material."""
    form = _new_form(BeginMaterialForm())
    if not form.validate():
        return _shelf(form, 422)
    where = next(place for place in content_shelf.places(actor()) if place.code == form.where.data)
    made = material_writing.begin(actor(), form.title.data, kind=form.kind.data, organizer=where.organizer)
    return see_other(url_for("material_writing.edit", key=made.key))


@bp.get("/<key>")
@requires(Permission.WRITE_CONTENT)
def edit(key: str) -> Response:
    """Show the form, the versions and what is missing."""
    return _editor(_found(key))


@bp.post("/<key>")
@requires(Permission.WRITE_CONTENT)
def save(key: str) -> BaseResponse:
    """Save what is said of a material."""
    one, form = _found(key), _offered(MaterialForm())
    if not form.validate():
        return _editor(one, form, status=422)
    try:
        material_writing.save(actor(), one, form.answers(), seen=form.seen_version)
    except Overtaken:
        fresh = _found(key)
        return _editor(fresh, form, status=409, theirs=merging.told_apart(form, _filled(fresh)))
    except NotReady as problem:
        form.form_errors += _lacking(problem)
        return _editor(one, form, status=422)
    notify("Sparat.")
    return see_other(url_for("material_writing.edit", key=key))


@bp.post("/<key>/version")
@requires(Permission.WRITE_CONTENT, most_bytes=MOST_BYTES)
def add_version(key: str) -> BaseResponse:
    """Add a version with its file or address."""
    one, form = _found(key), VersionForm()
    files = _files(one, form) if form.validate() else None
    if files is None:
        return _editor(one, version=form, status=422)
    told = {"url": form.url.data, "transcript": form.transcript.data, "note": form.note.data}
    material_writing.add_version(actor(), one, dated=form.dated.data, **told, **files)
    notify("Versionen är sparad. De tidigare finns kvar på sina adresser.")
    return see_other(url_for("material_writing.edit", key=key))


@bp.post("/<key>/publicera")
@requires(Permission.PUBLISH_CONTENT)
def publish(key: str) -> BaseResponse:
    """Let readers see it."""
    one = _found(key)
    try:
        material_writing.publish(actor(), one)
        notify("Materialet är publicerat.")
    except NotReady as problem:
        form = _filled(one)
        form.form_errors += _lacking(problem)
        return _editor(one, form, status=422)
    return see_other(url_for("material_writing.edit", key=key))


@bp.post("/<key>/ta-bort")
@requires(Permission.PUBLISH_CONTENT)
def withdraw(key: str) -> BaseResponse:
    """Let readers see it no longer."""
    material_writing.withdraw(actor(), _found(key))
    notify("Läsarna ser inte materialet längre.")
    return see_other(url_for("material_writing.edit", key=key))


def _found(key: str) -> Material:
    return content_shelf.find(Material, actor(), key) or abort(404)


def _files(one: Material, form: VersionForm) -> dict[str, Any] | None:
    """Take the files that were sent; None when one is refused, which its field then says."""
    taken: dict[str, Any] = {}
    for name, kinds in (("file", ("pdf", "film")), ("captions", ("captions",))):
        field = form[name]
        if field.data and field.data.filename:
            told = {"organizer": one.organizer_id, "kinds": kinds}
            try:
                taken[name] = media_files.receive(
                    actor(), settings().instance, field.data.stream, field.data.filename, **told
                )
            except media_files.BadFile as problem:
                field.errors = [FILE_WHY[problem.why]]
                return None
    return taken


def _lacking(problem: NotReady) -> list[str]:
    """Say what must be put right first."""
    said = [content_words.hint(hint) for hint in problem.reading.stops]
    said += ["Lägg till en fil eller en länk först."] if problem.no_version else []
    return said or ["Skriv en ingress."]


def _new_form(form: BeginMaterialForm) -> BeginMaterialForm:
    form.offer(content_shelf.places(actor()))
    return form.offer_kinds(material_words.swedish(material_words.KINDS))


def _shelf(form: BeginMaterialForm, status: int = 200) -> Response:
    listed = material_writing.listed(actor())
    told = {"words": content_words, "kinds": material_words.KINDS}
    return page("material_writing/shelf.html", fragment="form", status=status, form=form, listed=listed, **told)


def _offered(form: MaterialForm) -> MaterialForm:
    words = material_words
    return form.offer(
        kind=words.swedish(words.KINDS),
        audience=words.swedish(words.AUDIENCES),
        areas=words.swedish(words.AREAS),
        level=[("", "Inte vald"), *words.swedish(words.LEVELS)],
        standing=[("", "Inte valt"), *words.swedish(words.STANDINGS)],
        cover=[("", "Ingen bild"), *picture_shelf.choices(actor())],
    )


def _filled(one: Material) -> MaterialForm:
    told: dict[str, Any] = {name: one.__data__[name] for name in material_writing.FIELDS}
    told |= {name: [code for code in told[name].split(",") if code] for name in ("audience", "areas")}
    form = _offered(MaterialForm(formdata=None, data=told | {"cover": str(told["cover"] or "")}))
    form.seen.data = str(one.version)
    return form


def _editor(
    one: Material,
    form: MaterialForm | None = None,
    *,
    version: VersionForm | None = None,
    status: int = 200,
    theirs: Any = None,
) -> Response:
    return page(
        "material_writing/edit.html",
        status=status,
        one=one,
        form=form or _filled(one),
        theirs=theirs,
        version=version or VersionForm(formdata=None, data={"dated": clock.today()}),
        versions=[(kept, findings(material_writing.findings_of(kept))) for kept in material_writing.versions_of(one)],
        reading=material_writing.reading_of(one),
        words=content_words,
    )
