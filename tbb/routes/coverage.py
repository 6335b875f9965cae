"""The coverage board: which units have whom, and which lack."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.coverage import RemindForm
from tbb.policy import Permission
from tbb.services import coverage, reminding
from tbb.services.tables import csv_of
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.shell import settings
from tbb.web.sitting import actor, notify
from tbb.web.words import kind_name

bp = Blueprint("coverage", __name__)
WRONGS = {
    "missing": "Saknar ansvarig",
    "unconfirmed": "Obekräftad",
    "no_mandate": "Mandat saknas",
    "no_deputy": "Ersättare saknas",
    "planned": "Byte planerat",
}
COLORS = {
    "missing": "danger",
    "unconfirmed": "warning",
    "no_mandate": "warning",
    "no_deputy": "neutral",
    "planned": "info",
}
HEADER = (
    "Kommun", "Huvudman", "Verksamhet", "Typ", "Har ansvarig", "Bekräftad", "Har mandat", "Har ersättare",
    "Byte planerat",
)  # fmt: skip


@bp.get("/arbetsyta/laget")
@requires(Permission.READ_COVERAGE)
def board() -> Response:
    """Show the board."""
    choice, number = _choice(), request.args.get("sida", "1")
    shown = coverage.board(
        actor(), choice, settings().term_starts, page=int(number) if number.isdecimal() and len(number) < 6 else 1
    )
    return page("coverage/board.html", fragment="results", shown=shown, choice=choice, wrongs=WRONGS, colors=COLORS)


@bp.get("/arbetsyta/laget.csv")
@requires(Permission.READ_COVERAGE)
def csv() -> Response:
    """Give the board as a table: units for those who keep them, figures for the steering group. No persons."""
    shown = coverage.board(actor(), _choice(), settings().term_starts, page_size=100_000)
    if shown.shows_units:
        text = csv_of(HEADER, [_row(line) for line in shown.lines])
    else:
        sums = [(each.name, each.units, each.with_bba, each.confirmed) for each in shown.municipalities]
        text = csv_of(("Kommun", "Verksamheter", "Med ansvarig", "Bekräftade"), sums)
    response = Response(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="laget-{shown.today.isoformat()}.csv"'
    return response


@bp.post("/arbetsyta/laget/paminn")
@requires(Permission.REMIND_MANY, again=True)
def preview() -> BaseResponse:
    """Show who would get a letter about the chosen units; nothing is written yet."""
    form = RemindForm()
    if not form.validate():
        notify("Välj minst en verksamhet att påminna om.")
        return see_other(url_for("coverage.board"))
    shown = reminding.preview(actor(), form.numbers, settings().term_starts)
    return page("coverage/preview.html", shown=shown)


@bp.post("/arbetsyta/laget/paminn/skicka")
@requires(Permission.REMIND_MANY)
def remind() -> BaseResponse:
    """Write the letters; they leave in five minutes."""
    form = RemindForm()
    if not form.validate():
        abort(400)
    batch, _written = reminding.remind(actor(), form.numbers, settings().term_starts)
    return see_other(url_for("coverage.sent", batch=batch))


@bp.get("/arbetsyta/laget/paminn/<batch>")
@requires(Permission.REMIND_MANY)
def sent(batch: str) -> Response:
    """Say that the letters will leave, with a button to stop them."""
    written = reminding.waiting(actor(), batch) or abort(404)
    return page("coverage/sent.html", batch=batch, written=written)


@bp.post("/arbetsyta/laget/paminn/<batch>/angra")
@requires(Permission.REMIND_MANY)
def undo(batch: str) -> BaseResponse:
    """Stop the letters that have not left."""
    stopped = reminding.undo(actor(), batch)
    notify(f"{stopped} brev är stoppade." if stopped else "Breven har redan gått iväg.")
    return see_other(url_for("coverage.board"))


def _choice() -> coverage.Choice:
    """Read what the board is narrowed to."""
    args = {name: request.args.get(name, "")[:100] for name in ("municipality", "organizer", "wrong", "text")}
    return coverage.Choice(**args | {"wrong": args["wrong"] if args["wrong"] in WRONGS else ""})


def _row(line: coverage.UnitLine) -> tuple[str, ...]:
    answers = (line.has_bba, line.has_bba and line.confirmed, line.has_bba and line.has_mandate, line.has_deputy)
    yes_or_no = tuple("ja" if answer else "nej" for answer in answers)
    planned = (line.planned_on or line.ends_on).isoformat() if line.planned_on or line.ends_on else ""
    return (line.municipality, line.organizer, line.label, str(kind_name(line.kind)), *yes_or_no, planned)
