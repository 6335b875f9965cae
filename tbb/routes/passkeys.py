"""Passkeys: signing in with one, proving with one, making one and taking one away; passkeys.js asks, forms answer."""

from __future__ import annotations

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.factors import AnonymousPasskeyForm, CodeForm, NewPasskeyForm, PasskeyForm, SureForm
from tbb.policy import Permission
from tbb.services import passkeys, proving, sittings
from tbb.services.factors import LastFactor, Unproven
from tbb.web.access import requires
from tbb.web.forms import csrf, stand_guard, who
from tbb.web.hypermedia import page, see_other
from tbb.web.proving import ask_for_factor, asked, go_on, party, show_codes, till, without_factor
from tbb.web.sitting import actor, browser_name, notify, present

FAILED = "Det gick inte att skapa nyckeln. Försök en gång till."
FULL = f"Du har redan {passkeys.MOST} nycklar. Ta bort någon som du inte använder."

bp = Blueprint("passkeys", __name__)


@bp.post("/logga-in/nyckel/fraga")
@requires(Permission.SIGN_IN)
@csrf.exempt
def ask_anybody() -> Response:
    """Ask a browser that has not signed in for a passkey."""
    if not stand_guard():
        abort(400)
    return asked(proving.ask_anybody(party(), who()))


@bp.post("/logga-in/nyckel")
@requires(Permission.SIGN_IN)
@csrf.exempt
def sign_in() -> BaseResponse:
    """Sign in by passkey alone."""
    person, form = stand_guard(), AnonymousPasskeyForm()
    if not (person and form.validate()):
        return page("accounts/passkey_failed.html", status=422)
    try:
        secret = proving.sign_in_by_passkey(party(), form.token.data, form.answer.data, browser=browser_name())
    except Unproven:
        return page("accounts/passkey_failed.html", status=422)
    if (old := present()) is not None:
        sittings.end(old.id, old.account_id)
    return go_on(secret)


@bp.post("/logga-in/andra-steget/nyckel/fraga")
@requires(Permission.FINISH_SIGN_IN, again=True)
def ask_second() -> Response:
    """Ask for a passkey as the second factor."""
    return asked(proving.ask_for_passkey(present(), party()))


@bp.post("/logga-in/andra-steget/nyckel")
@requires(Permission.FINISH_SIGN_IN, again=True)
def second() -> BaseResponse:
    """Take a passkey as the second factor, and let the person in."""
    return _by_passkey()


@bp.post("/konto/bekrafta/nyckel/fraga")
@requires(Permission.OWN_ACCOUNT, again=True)
def ask_proof() -> Response:
    """Ask for a passkey as a proof."""
    return asked(proving.ask_for_passkey(present(), party()))


@bp.post("/konto/bekrafta/nyckel")
@requires(Permission.OWN_ACCOUNT, again=True)
def prove() -> BaseResponse:
    """Take a passkey as a proof, and go on to where the person was heading."""
    return _by_passkey()


@bp.post("/konto/andra-steget/valj/nyckel/fraga")
@requires(Permission.FINISH_SIGN_IN, again=True)
@without_factor
def ask_first() -> Response:
    """Ask the browser to make the first passkey."""
    return asked(passkeys.ask_for_new(actor(), party()))


@bp.post("/konto/andra-steget/valj/nyckel")
@requires(Permission.FINISH_SIGN_IN, again=True)
@without_factor
def keep_first() -> BaseResponse:
    """Keep the first passkey, let the person in, and show their recovery codes."""
    form = PasskeyForm()
    if form.validate():
        try:
            given = form.token.data, form.answer.data, browser_name()
            return show_codes(proving.enrol_passkey(actor(), present(), party(), *given))
        except Unproven:
            pass
    return page("accounts/enrol.html", status=422, till=till(), failed=True)


@bp.get("/konto/andra-steget/nyckel")
@requires(Permission.OWN_ACCOUNT, fresh=True)
def new() -> Response:
    """Ask what to call a new passkey."""
    full = len(passkeys.of_account(actor().account)) >= passkeys.MOST
    return page("accounts/new_passkey.html", form=NewPasskeyForm(formdata=None, name=browser_name()), full=full)


@bp.post("/konto/andra-steget/nyckel/fraga")
@requires(Permission.OWN_ACCOUNT, fresh=True, again=True)
def ask_new() -> Response:
    """Ask the browser to make a passkey."""
    try:
        return asked(passkeys.ask_for_new(actor(), party()))
    except passkeys.TooMany:
        abort(409)


@bp.post("/konto/andra-steget/nyckel")
@requires(Permission.OWN_ACCOUNT, fresh=True, again=True)
def keep_new() -> BaseResponse:
    """Keep a new passkey."""
    form = NewPasskeyForm()
    if form.validate():
        try:
            made = passkeys.check_new(actor(), party(), form.token.data, form.answer.data)
            passkeys.keep(actor(), made, form.name.data)
        except Unproven:
            form.form_errors = [FAILED]
        except passkeys.TooMany:
            form.form_errors = [FULL]
        else:
            return _told("Nyckeln är sparad.")
    return page("accounts/new_passkey.html", status=422, form=form, full=False)


@bp.get("/konto/andra-steget/nyckel/<int(max=2147483647):number>/ta-bort")
@requires(Permission.OWN_ACCOUNT, fresh=True)
def removal(number: int) -> Response:
    """Ask whether to take a passkey away."""
    return _removal(number, SureForm(formdata=None))


@bp.post("/konto/andra-steget/nyckel/<int(max=2147483647):number>/ta-bort")
@requires(Permission.OWN_ACCOUNT, fresh=True)
def remove(number: int) -> BaseResponse:
    """Take a passkey away."""
    try:
        passkeys.remove(actor(), number, keep_sitting=present().id)
    except LookupError:
        abort(404)
    except LastFactor:
        return _removal(number, SureForm(), status=422)
    return _told("Nyckeln är borttagen. Du är utloggad på alla andra enheter.")


def _by_passkey() -> BaseResponse:
    """Check a passkey's answer; ask again when it is not good."""
    form = PasskeyForm()
    if form.validate():
        try:
            return go_on(proving.by_passkey(actor(), present(), party(), form.token.data, form.answer.data))
        except Unproven:
            pass
    return ask_for_factor(CodeForm(formdata=None), status=422, failed=True)


def _removal(number: int, form: SureForm, *, status: int = 200) -> Response:
    own = proving.own(actor().account)
    key = next((key for key in own.passkeys if key.id == number), None) or abort(404)
    return page("accounts/remove_factor.html", status=status, form=form, key=key, last=own.count == 1)


def _told(text: str) -> BaseResponse:
    notify(text)
    return see_other(url_for("factors.own"))
