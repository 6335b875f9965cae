"""Codes from an app: connecting one on the way in or later, and taking it away."""

from __future__ import annotations

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.factors import CodeForm, SureForm
from tbb.policy import Permission
from tbb.services import authenticators, proving
from tbb.services.cards import qr_svg
from tbb.services.factors import LastFactor, Unproven
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.proving import show_codes, till, without_factor
from tbb.web.sitting import actor, notify, present

WRONG = "Koden stämmer inte. Kontrollera att du har lagt till rätt konto i appen, och att enhetens klocka går rätt."

bp = Blueprint("app", __name__)


@bp.post("/konto/andra-steget/valj/app")
@requires(Permission.FINISH_SIGN_IN)
@without_factor
def begin_first() -> BaseResponse:
    """Make a secret for the first app, and show it."""
    return see_other(url_for("factors.app.first", token=authenticators.begin(actor()), till=till()))


@bp.get("/konto/andra-steget/valj/app/<token>")
@requires(Permission.FINISH_SIGN_IN)
@without_factor
def first(token: str) -> Response:
    """Show the secret of the first app, and ask for a code."""
    return _show(token, CodeForm(formdata=None))


@bp.post("/konto/andra-steget/valj/app/<token>")
@requires(Permission.FINISH_SIGN_IN, again=True)
@without_factor
def confirm_first(token: str) -> BaseResponse:
    """Check the first code, let the person in, and show their recovery codes."""
    form = CodeForm()
    if form.validate():
        try:
            return show_codes(proving.enrol_app(actor(), present(), token, form.code.data))
        except Unproven:
            form.code.errors = [WRONG]
        except LookupError:
            abort(404)
    return _show(token, form, status=422)


@bp.get("/konto/andra-steget/valj/app/<token>/qr")
@requires(Permission.FINISH_SIGN_IN)
@without_factor
def first_picture(token: str) -> Response:
    """Draw the secret of the first app."""
    return _picture(token)


@bp.get("/konto/andra-steget/app")
@requires(Permission.OWN_ACCOUNT, fresh=True)
def new() -> Response:
    """Say what connecting an app means."""
    return page("accounts/new_app.html", form=SureForm(formdata=None), own=proving.own(actor().account))


@bp.post("/konto/andra-steget/app")
@requires(Permission.OWN_ACCOUNT, fresh=True)
def begin() -> BaseResponse:
    """Make a secret for an app, and show it."""
    return see_other(url_for("factors.app.show", token=authenticators.begin(actor())))


@bp.get("/konto/andra-steget/app/<token>")
@requires(Permission.OWN_ACCOUNT, fresh=True)
def show(token: str) -> Response:
    """Show the secret of an app, and ask for a code."""
    return _show(token, CodeForm(formdata=None))


@bp.post("/konto/andra-steget/app/<token>")
@requires(Permission.OWN_ACCOUNT, fresh=True, again=True)
def confirm(token: str) -> BaseResponse:
    """Check the first code, and let the app be one's own."""
    form = CodeForm()
    if form.validate():
        try:
            authenticators.confirm(actor(), token, form.code.data)
        except Unproven:
            form.code.errors = [WRONG]
        except LookupError:
            abort(404)
        else:
            return _told("Appen är kopplad till ditt konto.")
    return _show(token, form, status=422)


@bp.get("/konto/andra-steget/app/<token>/qr")
@requires(Permission.OWN_ACCOUNT, fresh=True)
def picture(token: str) -> Response:
    """Draw the secret of an app."""
    return _picture(token)


@bp.get("/konto/andra-steget/app/ta-bort")
@requires(Permission.OWN_ACCOUNT, fresh=True)
def removal() -> Response:
    """Ask whether to take the app away."""
    own = proving.own(actor().account)
    if own.app is None:
        abort(404)
    return page("accounts/remove_factor.html", form=SureForm(formdata=None), key=None, last=own.count == 1)


@bp.post("/konto/andra-steget/app/ta-bort")
@requires(Permission.OWN_ACCOUNT, fresh=True)
def remove() -> BaseResponse:
    """Take the app away."""
    try:
        authenticators.remove(actor(), keep_sitting=present().id)
    except LookupError:
        abort(404)
    except LastFactor:
        return page("accounts/remove_factor.html", status=422, form=SureForm(), key=None, last=True)
    return _told("Appen är borttagen. Du är utloggad på alla andra enheter.")


def _show(token: str, form: CodeForm, *, status: int = 200) -> Response:
    pending = authenticators.pending(actor(), token) or abort(404)
    first_one = present().stage == "half"
    return page(
        "accounts/app.html", status=status, form=form, pending=pending, token=token, till=till(), first=first_one
    )


def _picture(token: str) -> Response:
    pending = authenticators.pending(actor(), token) or abort(404)
    return Response(qr_svg(pending.address, title="QR-kod för din app"), mimetype="image/svg+xml")


def _told(text: str) -> BaseResponse:
    notify(text)
    return see_other(url_for("factors.own"))
