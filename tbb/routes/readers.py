"""Looking after those who get newsletters: how many they are, and taking over an old list."""

from __future__ import annotations

from flask import Blueprint, Response, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.newsletters import ImportForm, PlainForm
from tbb.policy import Permission
from tbb.services import reader_import
from tbb.web import newsletter_words as words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("readers", __name__, url_prefix="/arbetsyta/lasare")


@bp.get("")
@requires(Permission.KEEP_READERS)
def shelf() -> Response:
    """Show how many readers there are, and the newest, masked."""
    return _shelf(ImportForm(formdata=None))


@bp.post("")
@requires(Permission.KEEP_READERS, most_bytes=reader_import.MOST_BYTES + 2**16)
def look() -> Response:
    """Look a list through, and show what it would change."""
    form = ImportForm().offer(words.swedish_topics())
    if not form.validate():
        return _shelf(form, 422)
    data = form.file.data.read(reader_import.MOST_BYTES + 1)
    try:
        secret, plan = reader_import.look(actor(), data, basis=form.basis.data, topics=form.topics.data)
    except reader_import.NotUnderstood as problem:
        form.file.errors = [words.NOT_UNDERSTOOD[problem.why]]
        return _shelf(form, 422)
    return page("newsletters/list_plan.html", plan=plan, secret=secret, form=PlainForm(formdata=None), words=words)


@bp.post("/<token>")
@requires(Permission.KEEP_READERS)
def take(token: str) -> BaseResponse:
    """Take over a list that was looked through."""
    number = reader_import.take(actor(), token)
    if number is None:
        notify("Listan är för gammal eller redan införd. Ladda upp den igen.")
    else:
        notify(f"{number} nya läsare är införda.")
    return see_other(url_for("readers.shelf"))


def _shelf(form: ImportForm, status: int = 200) -> Response:
    form.offer(words.swedish_topics())
    return page(
        "newsletters/readers.html",
        fragment="form",
        status=status,
        form=form,
        numbers=reader_import.numbers(actor()),
        newest=reader_import.newest(actor()),
        words=words,
    )
