"""Writing webinars and events: the list, the form, publishing, and the recording afterwards."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb import clock
from tbb.forms.happenings import BeginHappeningForm, HappeningForm, RecordingForm
from tbb.policy import Permission
from tbb.services import content_shelf, happening_writing, happenings, media_files, picture_shelf
from tbb.services.happening_writing import Happening, NotReady, Overtaken
from tbb.web import content_words, happening_words, merging
from tbb.web.access import requires
from tbb.web.file_words import FILE_WHY
from tbb.web.hypermedia import page, see_other
from tbb.web.shell import settings
from tbb.web.sitting import actor, notify

bp = Blueprint("happening_writing", __name__, url_prefix="/arbetsyta/webbinarier")
MOST_BYTES = 520 * 2**20


@bp.get("")
@requires(Permission.WRITE_CONTENT)
def shelf() -> Response:
    """List what has been written, with the captions that are due, and let something new be begun."""
    return _shelf(BeginHappeningForm(formdata=None).offer(content_shelf.places(actor())))


@bp.post("")
@requires(Permission.WRITE_CONTENT)
def begin() -> BaseResponse:
    """Begin a webinar or an event."""
    places = content_shelf.places(actor())
    form = BeginHappeningForm().offer(places)
    if not form.validate():
        return _shelf(form, 422)
    (where,) = (place for place in places if place.code == form.where.data)
    told = {"kind": form.kind.data, "organizer": where.organizer}
    made = happening_writing.begin(actor(), form.title.data, form.wall, form.minutes.data, **told)
    return see_other(url_for("happening_writing.edit", key=made.key))


@bp.get("/<key>")
@requires(Permission.WRITE_CONTENT)
def edit(key: str) -> Response:
    """Show the form."""
    return _editor(_found(key))


@bp.post("/<key>")
@requires(Permission.WRITE_CONTENT)
def save(key: str) -> BaseResponse:
    """Save what was written."""
    one, form = _found(key), _offered(HappeningForm())
    if not form.validate():
        return _editor(one, form, 422)
    try:
        happening_writing.save(actor(), one, form.answers(), form.minutes.data, seen=int(form.seen.data))
    except Overtaken:
        fresh = _found(key)
        return _editor(fresh, form, 409, theirs=merging.told_apart(form, _filled(fresh)))
    except NotReady as problem:
        form.form_errors += [content_words.hint(hint) for hint in problem.reading.stops] or ["Skriv en ingress."]
        return _editor(one, form, 422)
    notify("Sparat.")
    return see_other(url_for("happening_writing.edit", key=key))


@bp.post("/<key>/publicera")
@requires(Permission.PUBLISH_CONTENT)
def publish(key: str) -> BaseResponse:
    """Let readers see it."""
    one = _found(key)
    try:
        happening_writing.publish(actor(), one)
        notify("Sidan är publicerad.")
    except NotReady as problem:
        form = _filled(one)
        form.form_errors += [content_words.hint(hint) for hint in problem.reading.stops] or ["Skriv en ingress först."]
        return _editor(one, form, 422)
    return see_other(url_for("happening_writing.edit", key=key))


@bp.post("/<key>/ta-bort")
@requires(Permission.PUBLISH_CONTENT)
def withdraw(key: str) -> BaseResponse:
    """Let readers see it no longer."""
    happening_writing.withdraw(actor(), _found(key))
    notify("Läsarna ser inte sidan längre.")
    return see_other(url_for("happening_writing.edit", key=key))


@bp.post("/<key>/stall-in")
@requires(Permission.PUBLISH_CONTENT)
def call_off(key: str) -> BaseResponse:
    """Say that it will not be held."""
    happening_writing.call_off(actor(), _found(key))
    notify("Sidan säger nu att det är inställt, och kalendrar som följer den också.")
    return see_other(url_for("happening_writing.edit", key=key))


@bp.get("/<key>/inspelning")
@requires(Permission.WRITE_CONTENT)
def recording(key: str) -> Response:
    """Show what comes after: the recording, captions, words and chapters."""
    return _recording(_found(key))


@bp.post("/<key>/inspelning")
@requires(Permission.WRITE_CONTENT, most_bytes=MOST_BYTES)
def save_recording(key: str) -> BaseResponse:
    """Save the recording and what belongs to it."""
    one, form = _found(key), RecordingForm()
    if not form.validate():
        return _recording(one, form, 422)
    files = _files(one, form)
    if files is None:
        return _recording(one, form, 422)
    try:
        happening_writing.save_afterwards(actor(), one, form.answers(), seen=form.seen_version, **files)
    except Overtaken:
        fresh = _found(key)
        return _recording(fresh, form, 409, theirs=merging.told_apart(form, _filled_recording(fresh)))
    notify("Sparat.")
    return see_other(url_for("happening_writing.recording", key=key))


def _files(one: Happening, form: RecordingForm) -> dict[str, Any] | None:
    """Take the files that were sent; None when one of them is refused, which its field then says."""
    taken: dict[str, Any] = {}
    for name, kinds in (("recording", ("film",)), ("captions", ("captions",))):
        field = form[name]
        if not field.data or not field.data.filename:
            continue
        told = {"organizer": one.organizer_id, "kinds": kinds}
        try:
            taken[name] = media_files.receive(
                actor(), settings().instance, field.data.stream, field.data.filename, **told
            )
        except media_files.BadFile as problem:
            field.errors = [FILE_WHY[problem.why]]
            return None
    return taken


def _found(key: str) -> Happening:
    return content_shelf.find(Happening, actor(), key) or abort(404)


def _shelf(form: BeginHappeningForm, status: int = 200) -> Response:
    listed = happening_writing.listed(actor())
    told = {"words": content_words, "happening_words": happening_words, "today": clock.today()}
    return page("happening_writing/shelf.html", fragment="form", status=status, form=form, listed=listed, **told)


def _offered(form: HappeningForm) -> HappeningForm:
    return form.offer(content_shelf.municipalities(), picture_shelf.choices(actor()))


def _filled(one: Happening) -> HappeningForm:
    told: dict[str, Any] = {name: one.__data__[name] for name in happening_writing.FIELDS if name != "wall"}
    told |= {name: str(told[name] or "") for name in ("municipality", "cover")}
    told |= {
        "starts": clock.local(one.starts_at).replace(tzinfo=None),
        "minutes": round((one.ends_at - one.starts_at).total_seconds() / 60),
    }
    form = _offered(HappeningForm(formdata=None, data=told))
    form.seen.data = str(one.version)
    return form


def _editor(one: Happening, form: HappeningForm | None = None, status: int = 200, *, theirs: Any = None) -> Response:
    return page(
        "happening_writing/edit.html",
        fragment="form",
        status=status,
        one=one,
        form=form or _filled(one),
        theirs=theirs,
        reading=happening_writing.reading_of(one),
        phase=happenings.phase_of(one),
        words=content_words,
        captions_due=happening_writing.captions_due(one),
        today=clock.today(),
    )


def _filled_recording(one: Happening) -> RecordingForm:
    told = {name: one.__data__[name] for name in happening_writing.AFTERWARDS}
    form = RecordingForm(formdata=None, data=told)
    form.seen.data = str(one.version)
    return form


def _recording(one: Happening, form: RecordingForm | None = None, status: int = 200, *, theirs: Any = None) -> Response:
    return page(
        "happening_writing/recording.html",
        fragment="form",
        status=status,
        one=one,
        form=form or _filled_recording(one),
        theirs=theirs,
        captions_due=happening_writing.captions_due(one),
        today=clock.today(),
    )
