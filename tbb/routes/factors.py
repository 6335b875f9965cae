"""Second factors: giving one when signing in, proving once more who one is, and looking after one's own."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.factors import CodeForm, RecoveryForm, SureForm
from tbb.policy import Permission
from tbb.routes import apps, passkeys
from tbb.services import proving, recovery_codes
from tbb.services.factors import Unproven
from tbb.services.passkeys import MOST
from tbb.web.access import redirect_till, requires
from tbb.web.hypermedia import page, see_other
from tbb.web.proving import ask_for_factor, go_on, till, with_factor, without_factor
from tbb.web.sitting import actor, notify, present

WRONG_CODE = "Koden stämmer inte, eller så är den redan använd. Vänta tills appen visar nästa kod."
WRONG_RECOVERY_CODE = "Reservkoden stämmer inte, eller så är den redan använd."

bp = Blueprint("factors", __name__)
bp.register_blueprint(passkeys.bp)
bp.register_blueprint(apps.bp)


@bp.get("/logga-in/andra-steget")
@requires(Permission.FINISH_SIGN_IN)
@with_factor
def second() -> Response:
    """Ask for the second factor; the page is the same whatever factors there are."""
    return ask_for_factor(CodeForm(formdata=None))


@bp.post("/logga-in/andra-steget")
@requires(Permission.FINISH_SIGN_IN, again=True)
def send_second() -> BaseResponse:
    """Check a code from the app, and let the person in."""
    return _by_code()


@bp.get("/logga-in/andra-steget/reservkod")
@requires(Permission.FINISH_SIGN_IN)
@with_factor
def recovery() -> Response:
    """Ask for a recovery code."""
    return page("accounts/recovery.html", form=RecoveryForm(formdata=None), till=till())


@bp.post("/logga-in/andra-steget/reservkod")
@requires(Permission.FINISH_SIGN_IN, again=True)
def send_recovery() -> BaseResponse:
    """Check a recovery code, and let the person in."""
    return _by_recovery_code()


@bp.get("/konto/andra-steget/valj")
@requires(Permission.FINISH_SIGN_IN)
@without_factor
def enrol() -> Response:
    """Let somebody who has no second factor yet choose one."""
    return page("accounts/enrol.html", till=till())


@bp.get("/konto/bekrafta")
@requires(Permission.OWN_ACCOUNT)
def prove() -> Response:
    """Ask for a proof of who it is."""
    return ask_for_factor(CodeForm(formdata=None))


@bp.post("/konto/bekrafta")
@requires(Permission.OWN_ACCOUNT, again=True)
def send_proof() -> BaseResponse:
    """Check a code from the app, and go on to where the person was heading."""
    return _by_code()


@bp.get("/konto/bekrafta/reservkod")
@requires(Permission.OWN_ACCOUNT)
def prove_by_recovery() -> Response:
    """Ask for a recovery code as a proof."""
    return page("accounts/recovery.html", form=RecoveryForm(formdata=None), till=till())


@bp.post("/konto/bekrafta/reservkod")
@requires(Permission.OWN_ACCOUNT, again=True)
def send_recovery_proof() -> BaseResponse:
    """Check a recovery code, and go on to where the person was heading."""
    return _by_recovery_code()


@bp.post("/konto/bekrafta/demo")
@requires(Permission.OWN_ACCOUNT, again=True)
def prove_by_word() -> BaseResponse:
    """In the demonstration, take the visitor's word for it."""
    return go_on(proving.by_word(actor(), present()))


@bp.get("/konto/andra-steget")
@requires(Permission.OWN_ACCOUNT)
def own() -> Response:
    """Show one's own second factors."""
    return page("accounts/factors.html", own=proving.own(actor().account), most=MOST)


@bp.get("/konto/andra-steget/reservkoder")
@requires(Permission.OWN_ACCOUNT, fresh=True)
def codes() -> Response:
    """Ask whether to make new recovery codes."""
    own = proving.own(actor().account)
    return page("accounts/new_codes.html", form=SureForm(formdata=None), own=own) if own.count else abort(404)


@bp.post("/konto/andra-steget/reservkoder")
@requires(Permission.OWN_ACCOUNT, fresh=True)
def renew_codes() -> BaseResponse:
    """Make new recovery codes, and show them."""
    if not proving.has_factor(actor().account):
        abort(404)
    return see_other(url_for("factors.shown_codes", token=recovery_codes.renew(actor())))


@bp.get("/konto/andra-steget/reservkoder/<token>")
@requires(Permission.OWN_ACCOUNT, fresh=True)
def shown_codes(token: str) -> Response:
    """Show new recovery codes until they have been saved."""
    codes = recovery_codes.shown(actor(), token) or abort(404)
    shown = [recovery_codes.written(code) for code in codes]
    return page("accounts/codes.html", codes=shown, token=token, till=till(), first=_is_first())


@bp.post("/konto/andra-steget/reservkoder/<token>")
@requires(Permission.OWN_ACCOUNT)
def put_codes_away(token: str) -> BaseResponse:
    """Show the recovery codes no more, and go on to where the person was heading."""
    recovery_codes.put_away(actor(), token)
    if _is_first():
        return redirect_till(till())
    notify("Dina nya reservkoder gäller nu.")
    return see_other(url_for("factors.own"))


def _by_code() -> BaseResponse:
    """Check a code from the app; ask again with what is wrong when it is not good."""
    form = CodeForm()
    if form.validate():
        try:
            return go_on(proving.by_code(actor(), present(), form.code.data))
        except Unproven:
            form.code.errors = [WRONG_CODE]
    return ask_for_factor(form, status=422)


def _by_recovery_code() -> BaseResponse:
    form = RecoveryForm()
    if form.validate():
        try:
            return go_on(proving.by_recovery_code(actor(), present(), form.code.data))
        except Unproven:
            form.code.errors = [WRONG_RECOVERY_CODE]
    return page("accounts/recovery.html", status=422, form=form, till=till())


def _is_first() -> bool:
    """Whether these codes came with the very first factor, on the way in."""
    return "forst" in request.args
