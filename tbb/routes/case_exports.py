"""Who has read a case, and the ways in which it leaves the service: print, archive, extract."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.case_exports import DecideForm, ExportForm, ExtractForm
from tbb.policy import Permission
from tbb.services import case_export, case_printing, case_readers, case_shelf, extracts
from tbb.services.case_printing import GUARDIANS, OWN
from tbb.services.limits import TooOften
from tbb.web import audit_words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("case_exports", __name__)
CASE = "/arenden/<key>"
FILE = "<any(pdf, json):form>"
TYPES = {"pdf": "application/pdf", "json": "application/json"}
TOO_MANY = "Du har tagit ut så mycket som går på ett dygn. Försök igen i morgon."
CHANGED = "Ärendet har ändrats sedan utdraget förbereddes. Det behöver förberedas på nytt."


@bp.get(f"{CASE}/lasare")
@requires(Permission.SEE_READERS, reads="case:readers")
def readers(key: str) -> Response:
    """Show who has read a case and what has been done with it."""
    case, whole = _case(key, Permission.SEE_READERS), request.args.get("alla") == "1"
    found = case_readers.look(actor(), case, before=None if whole else _before(), whole=whole)
    more = {"words": audit_words, "field_words": _field_words, "newest": whole or _before() is None}
    return _show("case_exports/readers.html", case, found=found, whole=whole, **more)


@bp.get(f"{CASE}/utskrift")
@requires(Permission.READ_CASE, reads="case:read")
def printout(key: str) -> Response:
    """Show a case as it will stand on paper, for own use or for the child and its guardians."""
    case, audience = _case(key, Permission.READ_CASE), _audience()
    sheet = case_printing.sheet(actor(), case, audience)
    return _show("case_exports/printout.html", case, sheet=sheet, audience=audience)


@bp.get(f"{CASE}/utskrift.pdf")
@requires(Permission.READ_CASE, reads="case:read")
def printout_pdf(key: str) -> Response:
    """Give the printout as PDF."""
    case, audience = _case(key, Permission.READ_CASE), _audience()
    name = f"utskrift-{case.reference.lower()}.pdf"
    return _file(case_printing.pdf(actor(), case, audience), "pdf", name)


@bp.get(f"{CASE}/exportera")
@requires(Permission.EXPORT_CASE, fresh=True)
def exporting(key: str) -> Response:
    """Ask why a case is to be taken out, and list what has been."""
    return _exporting(_case(key, Permission.EXPORT_CASE), ExportForm(formdata=None))


@bp.post(f"{CASE}/exportera")
@requires(Permission.EXPORT_CASE, fresh=True)
def export(key: str) -> BaseResponse:
    """Take a case out to the own diary or archive."""
    case, form = _case(key, Permission.EXPORT_CASE), ExportForm()
    if form.validate():
        try:
            made = case_export.make(actor(), case, form.reason.data)
            return see_other(url_for("case_exports.ready", key=key, export=made.key))
        except TooOften:
            form.form_errors.append(TOO_MANY)
    return _exporting(case, form, status=422)


@bp.get(f"{CASE}/exportera/<export>")
@requires(Permission.EXPORT_CASE, fresh=True)
def ready(key: str, export: str) -> Response:
    """Offer the files of an export."""
    case, found = _exported(key, export)
    return _show(
        "case_exports/ready.html",
        case,
        export=case_export.shown(found),
        may_fetch=case_export.may_fetch(actor(), found),
    )


@bp.post(f"{CASE}/exportera/<export>/{FILE}")
@requires(Permission.EXPORT_CASE, fresh=True, again=True)
def fetch(key: str, export: str, form: str) -> BaseResponse:
    """Give one of the files of an export."""
    case, found = _exported(key, export)
    try:
        body = case_export.fetch(actor(), case, found, form)
    except case_export.NotReady:
        return see_other(url_for("case_exports.ready", key=key, export=export))
    return _file(body, form, case_export.file_name(case, case_export.ARCHIVE, form))


@bp.get(f"{CASE}/utdrag")
@requires(Permission.EXPORT_CASE, fresh=True, reads="case:read")
def extracting(key: str) -> Response:
    """Let a registerutdrag be prepared, perhaps from the choices of an earlier one."""
    case = _case(key, Permission.EXPORT_CASE)
    earlier = extracts.earlier(actor(), case, request.args.get("fran", ""))
    return _extracting(case, ExtractForm(formdata=None, obj=earlier))


@bp.post(f"{CASE}/utdrag")
@requires(Permission.EXPORT_CASE, fresh=True, reads="case:read")
def extract(key: str) -> BaseResponse:
    """Let an extract wait for a second person."""
    case, form = _case(key, Permission.EXPORT_CASE), ExtractForm()
    if form.validate():
        try:
            made = extracts.prepare(actor(), case, form.chosen(), form.reason.data)
            notify("Utdraget väntar nu på granskning. Du får ett brev när det är klart.")
            return see_other(url_for("case_exports.prepared", key=key, export=made.key))
        except extracts.NobodyToRelease:
            form.form_errors.append("Ingen annan kan granska utdraget. Enhetschefen behöver ett konto först.")
        except TooOften:
            form.form_errors.append(TOO_MANY)
    return _extracting(case, form, status=422)


@bp.get(f"{CASE}/utdrag/<export>")
@requires(Permission.RELEASE_EXTRACT, fresh=True, reads="case:extract")
def prepared(key: str, export: str) -> Response:
    """Show an extract as it will read, to the one who prepared it and to those who may release it."""
    case, found = extracts.find(actor(), key, export) or abort(404)
    return _prepared(case, found, DecideForm(formdata=None))


@bp.post(f"{CASE}/utdrag/<export>")
@requires(Permission.RELEASE_EXTRACT, fresh=True, reads="case:extract")
def decide(key: str, export: str) -> BaseResponse:
    """Release an extract or send it back."""
    (case, found), form = extracts.find(actor(), key, export) or abort(404), DecideForm()
    if not form.validate():
        return _prepared(case, found, form, status=422)
    try:
        extracts.decide(actor(), case, found, release=form.answer.data == "release", reason=form.reason.data or "")
    except extracts.HasChanged:
        form.form_errors.append(CHANGED)
        return _prepared(case, found, form, status=422)
    except extracts.AlreadyDecided:
        notify("Någon annan hann före: utdraget är redan granskat.")
    else:
        notify("Tack. Den som förberedde utdraget får veta det.")
    return see_other(url_for("desk.show"))


@bp.post(f"{CASE}/utdrag/<export>/{FILE}")
@requires(Permission.EXPORT_CASE, fresh=True, again=True)
def fetch_extract(key: str, export: str, form: str) -> BaseResponse:
    """Give one of the files of a released extract."""
    case, found = extracts.find(actor(), key, export) or abort(404)
    try:
        body = extracts.fetch(actor(), case, found, form)
    except (case_export.NotReady, extracts.HasChanged):
        return see_other(url_for("case_exports.prepared", key=key, export=export))
    return _file(body, form, case_export.file_name(case, case_export.EXTRACT, form))


def _case(key: str, permission: Permission) -> Any:
    return case_shelf.case(actor(), key, permission) or abort(404)


def _exported(key: str, export: str) -> tuple[Any, Any]:
    case = _case(key, Permission.EXPORT_CASE)
    return case, case_export.find(case, export, case_export.ARCHIVE) or abort(404)


def _exporting(case: Any, form: ExportForm, status: int = 200) -> Response:
    made = case_export.exports(actor(), case)
    return _show("case_exports/exporting.html", case, fragment="form", status=status, form=form, exports=made)


def _extracting(case: Any, form: ExtractForm, status: int = 200) -> Response:
    groups = extracts.material(actor(), case)
    return _show("case_exports/extracting.html", case, fragment="form", status=status, form=form, groups=groups)


def _prepared(case: Any, found: Any, form: DecideForm, status: int = 200) -> Response:
    shown = extracts.show(actor(), case, found)
    return _show(
        "case_exports/prepared.html", case, fragment="form", status=status, form=form, shown=shown, sheet=shown.sheet
    )


def _show(name: str, case: Any, *, fragment: str | None = None, status: int = 200, **more: Any) -> Response:
    """Make one of the pages: all of them know which case it is by its number and its key alone."""
    return page(
        name,
        fragment=fragment,
        status=status,
        key=case.key,
        reference=case.reference,
        desk=url_for("cases.desk"),
        **more,
    )


def _file(body: bytes, form: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Vary": "Cookie"}
    return Response(body, mimetype=TYPES[form], headers=headers)


def _field_words(names: tuple[str, ...]) -> list[str]:
    """Name what was read or changed: answers as the forms call them, other fields as the audit does."""
    said = (case_readers.field_name(name) or audit_words.field_names([name]) for name in names)
    return list(dict.fromkeys(said))


def _audience() -> str:
    return GUARDIANS if request.args.get("for") == "vardnadshavare" else OWN


def _before() -> int | None:
    """The number that the rows asked for are lower than."""
    text = request.args.get("fore", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
