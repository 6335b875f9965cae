"""What a visitor is told when something is wrong, in words: as a whole page or as a fragment."""

from __future__ import annotations

import logging

from flask import Flask, Response, request
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import HTTPException, SecurityError

from tbb.crypto import CannotOpen
from tbb.policy import Refused
from tbb.services.consents import NotCovered
from tbb.services.limits import TooOften
from tbb.web.hypermedia import page, wants_fragment
from tbb.web.surroundings import note_refusal

log = logging.getLogger("tbb.errors")

WORDS = {
    400: (
        _("Vi förstod inte det du skickade"),
        _("Gå tillbaka och försök igen. Skriv adressen på nytt om du kom hit via en länk."),
    ),
    403: (_("Du får inte göra det här"), _("Du kan se sidan men inte ändra den.")),
    404: (_("Sidan finns inte"), _("Den kan ha bytt adress. Sök efter verksamheten eller börja från startsidan.")),
    405: (_("Så går det inte att göra"), _("Gå tillbaka till sidan och använd knappen där.")),
    413: (_("Det du skickade är för stort"), _("Korta texten och skicka igen.")),
    429: (_("Du har försökt för många gånger"), _("Vänta en stund och försök sedan igen.")),
    500: (
        _("Något gick fel hos oss"),
        _("Felet är inte ditt. Försök igen om en stund. Inget du redan har skickat är borta."),
    ),
}
CLOSED = (
    "Innehållet kan inte öppnas just nu",
    "Det är låst, och nyckeln går inte att nå. Inget är borta och inget har ändrats. Försök igen om en stund.",
)
"""What those are told who work here, in Swedish only, when something sealed cannot be opened."""
NOT_COVERED = (
    "Samtycke saknas",
    "Det finns inget samtycke till att uppgifter delas med {} som gäller den dagen. Därför gick det inte, och inget har"
    " ändrats. Gå till ärendet och skriv in samtycket först.",
)
"""What those are told who skip a step: consent comes before everything that lets another service know."""


def install(app: Flask) -> None:
    """Answer every error with a page that says what happened and what to do."""

    @app.errorhandler(SecurityError)
    def another_host(problem: SecurityError) -> Response:
        # Under a host that is not ours no page can be made: it would be full of addresses there.
        return Response("400 Bad Request\n", 400, mimetype="text/plain", headers={"Cache-Control": "no-store"})

    @app.errorhandler(HTTPException)
    def known(problem: HTTPException) -> Response:
        if problem.response is not None or problem.code is None or problem.code < 400:
            return problem.get_response()
        response = tell(problem.code if problem.code in WORDS else 400 if problem.code < 500 else 500, problem.code)
        for name, value in problem.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
        return response

    @app.errorhandler(TooOften)
    def too_often(problem: TooOften) -> Response:
        response = tell(429)
        response.headers["Retry-After"] = str(problem.seconds)
        return response

    @app.errorhandler(Refused)
    def refused(problem: Refused) -> Response:
        note_refusal()
        return tell(403)

    @app.errorhandler(NotCovered)
    def not_covered(problem: NotCovered) -> Response:
        heading, advice = NOT_COVERED
        return tell(409, said=(heading, advice.format(_listed(problem.units))))

    @app.errorhandler(CannotOpen)
    def cannot_open(problem: CannotOpen) -> Response:
        log.error("%s %s at %s", request.environ.get("tbb.request_id"), type(problem).__name__, _place_of(problem))
        return tell(500, 503, said=CLOSED)

    @app.errorhandler(Exception)
    def unknown(problem: Exception) -> Response:
        # The kind and the place of the fault, never its message: that may hold what somebody wrote.
        log.error("%s %s at %s", request.environ.get("tbb.request_id"), type(problem).__name__, _place_of(problem))
        if app.testing or app.debug:
            raise problem
        return tell(500)


def tell(words: int, status: int | None = None, *, said: tuple[str, str] | None = None) -> Response:
    """Make the error page, or the small fragment that htmx puts among the messages."""
    heading, advice = said or WORDS[words]
    response = page(
        "errors/message.html" if wants_fragment() else "errors/error.html",
        status=status or words,
        code=status or words,
        heading=heading,
        advice=advice,
        request_id=request.environ.get("tbb.request_id", ""),
    )
    if wants_fragment():
        response.headers["HX-Retarget"] = "#messages"
        response.headers["HX-Reswap"] = "innerHTML"
    response.headers["Cache-Control"] = "no-store"
    return response


def _listed(units: tuple[str, ...]) -> str:
    *others, last = units or ("verksamheten",)
    return f"{', '.join(others)} eller {last}" if others else last


def _place_of(problem: BaseException) -> str:
    trace = problem.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "nowhere"
