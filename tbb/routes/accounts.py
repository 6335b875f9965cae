"""Signing in and out, one's own account: password, reset, invitation, and the list of one's own sittings."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.accounts import (
    TOO_WEAK,
    WRONG,
    WRONG_OLD,
    ChangePasswordForm,
    ForgottenForm,
    NewPasswordForm,
    SignInForm,
)
from tbb.policy import Permission
from tbb.services import factors, federation, invitations, own_account, passwords, resets, sittings
from tbb.services.sign_in import attempt
from tbb.web import duty_words
from tbb.web.access import address_of, requires
from tbb.web.forms import csrf, stand_guard, who
from tbb.web.hypermedia import page, see_other
from tbb.web.shell import settings
from tbb.web.sitting import actor, browser_name, hand_out, lapsed, mark_of, notify, present, seconds_left, take_back

bp = Blueprint("accounts", __name__)


@bp.get("/logga-in")
@requires(Permission.SIGN_IN)
def sign_in() -> BaseResponse:
    """Ask who it is; whoever is signed in already goes on to where they were heading."""
    till = request.args.get("till", "")
    if actor().signed_in:
        return redirect(address_of(till), 303)
    away, out = lapsed(), "utloggad" in request.args
    response = page("accounts/sign_in.html", form=SignInForm(formdata=None, till=till), away=away, out=out)
    if away:
        take_back(response)
    return response


@bp.post("/logga-in")
@requires(Permission.SIGN_IN)
@csrf.exempt
def send_sign_in() -> BaseResponse:
    """Check an address and a password, and go on to the second factor."""
    person, form = stand_guard(), SignInForm()
    if form.validate():
        email, password = form.email.data, form.password.data
        secret = person and attempt(email, password, hasher=_hasher(), who=who(), browser=browser_name())
        if secret:
            return _enter(secret, form.till.data or "")
        form.form_errors = [WRONG]
    return page("accounts/sign_in.html", fragment="form", status=422, form=form, away=False, out=False)


@bp.post("/logga-ut")
@requires(Permission.OWN_ACCOUNT, again=True)
@csrf.exempt
def sign_out() -> BaseResponse:
    """End this sitting. A page that is older than its latest proof may do so too, so no token is asked for."""
    person, sitting = actor(), present()
    provider = federation.came_through(sitting, settings().identity_providers)
    own_account.end_this(person, sitting)
    return _out(provider.key if provider else "")


@bp.get("/konto/inbjudan/<token>")
@requires(Permission.SIGN_IN)
def invitation(token: str) -> Response:
    """Let somebody who is invited choose a password; nothing is used by looking."""
    account = invitations.look(token)
    if account is None:
        return page("accounts/link_gone.html", status=404, invited=True)
    return page("accounts/invitation.html", form=NewPasswordForm(formdata=None), account=account, token=token)


@bp.post("/konto/inbjudan/<token>")
@requires(Permission.SIGN_IN)
@csrf.exempt
def accept_invitation(token: str) -> BaseResponse:
    """Take an account in use."""
    person, form, account = stand_guard(), NewPasswordForm(), invitations.look(token)
    if account is None or not person:
        return page("accounts/link_gone.html", status=404, invited=True)
    if not (form.validate() and _is_good(form, own_account.words_of(account))):
        return page("accounts/invitation.html", fragment="form", status=422, form=form, account=account, token=token)
    try:
        secret = invitations.accept(token, _hasher().make(form.password.data), browser=browser_name())
    except invitations.NotInvited:
        return page("accounts/link_gone.html", status=404, invited=True)
    return _enter(secret, "")


@bp.get("/konto/glomt")
@requires(Permission.SIGN_IN)
def forgotten() -> Response:
    """Ask for whom a new password is wanted."""
    return page("accounts/forgot.html", form=ForgottenForm(formdata=None))


@bp.post("/konto/glomt")
@requires(Permission.SIGN_IN)
@csrf.exempt
def send_forgotten() -> BaseResponse:
    """Take a wish for a new password; the answer is the same for every address."""
    person, form = stand_guard(), ForgottenForm()
    if not form.validate():
        return page("accounts/forgot.html", fragment="form", status=422, form=form)
    if person:
        resets.ask(form.email.data, who=who())
    return see_other(url_for("accounts.letter_sent"))


@bp.get("/konto/glomt/skickat")
@requires(Permission.SIGN_IN)
def letter_sent() -> Response:
    """Say where to look for the letter."""
    return page("accounts/letter_sent.html")


@bp.get("/konto/aterstall/<token>")
@requires(Permission.SIGN_IN)
def reset(token: str) -> Response:
    """Let somebody choose a new password; nothing is used by looking."""
    account = resets.look(token)
    if account is None:
        return page("accounts/link_gone.html", status=404, invited=False)
    return page("accounts/reset.html", form=NewPasswordForm(formdata=None), account=account)


@bp.post("/konto/aterstall/<token>")
@requires(Permission.SIGN_IN)
@csrf.exempt
def send_reset(token: str) -> BaseResponse:
    """Change a forgotten password; the second factor is asked for as always."""
    person, form, account = stand_guard(), NewPasswordForm(), resets.look(token)
    if account is None or not person:
        return page("accounts/link_gone.html", status=404, invited=False)
    if not (form.validate() and _is_good(form, own_account.words_of(account))):
        return page("accounts/reset.html", fragment="form", status=422, form=form, account=account)
    try:
        secret = resets.change(token, _hasher().make(form.password.data), browser=browser_name())
    except resets.NotReset:
        return page("accounts/link_gone.html", status=404, invited=False)
    return _enter(secret, "")


@bp.get("/konto")
@requires(Permission.OWN_ACCOUNT)
def own() -> Response:
    """Show one's own account."""
    return page("accounts/own.html", own=own_account.about(actor()), words=duty_words)


@bp.get("/konto/losenord")
@requires(Permission.OWN_ACCOUNT)
def password() -> Response:
    """Ask for the present password and a new one."""
    own = own_account.about(actor())
    if not own.has_password:
        abort(404)
    return page("accounts/password.html", form=ChangePasswordForm(formdata=None), own=own)


@bp.post("/konto/losenord")
@requires(Permission.OWN_ACCOUNT, again=True)
def change_password() -> BaseResponse:
    """Change the password; all other sittings end, and this one goes on under a new secret."""
    form, own = ChangePasswordForm(), own_account.about(actor())
    if not own.has_password:
        abort(404)
    secret = _changed(form) if form.validate() else ""
    if not secret:
        return page("accounts/password.html", fragment="form", status=422, form=form, own=own)
    notify("Lösenordet är ändrat. Du är utloggad på alla andra enheter.")
    response = see_other(url_for("accounts.own"))
    hand_out(response, secret)
    return response


@bp.get("/konto/inloggningar")
@requires(Permission.OWN_ACCOUNT)
def browsers() -> Response:
    """List the browsers in which one is signed in."""
    return page("accounts/sittings.html", browsers=own_account.browsers(actor(), present()))


@bp.post("/konto/inloggningar/<int:number>/avsluta")
@requires(Permission.OWN_ACCOUNT)
def end_browser(number: int) -> BaseResponse:
    """Sign out in one browser."""
    if number == present().id:
        own_account.end_browser(actor(), number)
        return _out()
    if not own_account.end_browser(actor(), number):
        abort(404)
    notify("Inloggningen är avslutad.")
    return see_other(url_for("accounts.browsers"))


@bp.post("/konto/inloggningar/avsluta-alla")
@requires(Permission.OWN_ACCOUNT)
def end_everywhere() -> BaseResponse:
    """Sign out in every browser, this one too."""
    own_account.end_everywhere(actor())
    return _out()


@bp.get("/konto/inloggad")
@requires(Permission.OWN_ACCOUNT)
def signed_in() -> Response:
    """Tell a page that comes back from the browser's memory whether it may still be seen; see sitting.js."""
    return _time_left()


@bp.post("/konto/forlang")
@requires(Permission.OWN_ACCOUNT, again=True)
@csrf.exempt
def extend() -> Response:
    """Stay signed in: being here is enough. An older page may ask too, so no token is asked for."""
    return _time_left()


def _hasher() -> passwords.Hasher:
    return passwords.hasher(settings().password_memory)


def _enter(secret: str, till: str) -> BaseResponse:
    """Hand out the cookie of a sitting that owes the second factor, in place of any other, and lead on to that."""
    old, new = present(), sittings.find(secret)
    if old is not None:
        sittings.end(old.id, old.account_id)
    step = "factors.second" if factors.count(new.account_id) else "factors.enrol"
    response = see_other(url_for(step, till=till or None))
    hand_out(response, secret)
    return response


def _out(provider: str = "") -> BaseResponse:
    """Take the cookie back; whoever came through a provider is led on to sign out there too."""
    there = url_for("federation.signed_out", hos=provider) if provider else url_for("accounts.sign_in", utloggad=1)
    response = see_other(there)
    take_back(response)
    return response


def _is_good(form: NewPasswordForm, own: tuple[str, ...]) -> bool:
    """Put on the field why a password may not be chosen."""
    reason = passwords.weakness(form.password.data, own)
    form.password.errors = [TOO_WEAK[reason]] if reason else []
    return not reason


def _changed(form: ChangePasswordForm) -> str:
    """Give the sitting's new secret; empty when the form now says what is wrong."""
    try:
        return own_account.change_password(
            actor(), present(), old=form.old.data, new=form.password.data, hasher=_hasher()
        )
    except own_account.WrongPassword:
        form.old.errors = [WRONG_OLD]
    except passwords.TooWeak as problem:
        form.password.errors = [TOO_WEAK[problem.reason]]
    return ""


def _time_left() -> Response:
    sitting = present()
    idle, whole = seconds_left(sitting)
    response = jsonify(mark=mark_of(sitting), idle=idle, whole=whole)
    response.headers["Cache-Control"] = "no-store"
    return response
