"""Signing in through an organisation's own identity provider, or through a proxy that it speaks by."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.federation import WayInForm
from tbb.identity_settings import IdentityProvider, ProxyIdentity
from tbb.policy import Permission
from tbb.services import federation, identity_providers, sittings
from tbb.services.federation import Answer, Entered, Refusal
from tbb.services.identity_providers import Unreachable
from tbb.services.identity_tokens import NotValid
from tbb.services.limits import spend
from tbb.web.access import address_of, requires
from tbb.web.forms import csrf, stand_guard, who
from tbb.web.hypermedia import page, see_other, wants_fragment
from tbb.web.refusal_words import REFUSALS
from tbb.web.shell import settings
from tbb.web.sitting import actor, browser_name, hand_out, present

bp = Blueprint("federation", __name__)
COOKIES = ("__Host-tbb_pa_vag", "tbb_pa_vag")
"""What ties an attempt to its browser, over https and over plain http on a developer's machine."""
WINDOW_SECONDS, MOST_PER_SENDER, MOST_IN_ALL = 600, 600, 6000
"""A whole municipality may come from one address at eight in the morning."""
WEAK = (
    "Du är inloggad utan ett andra steg. Därför kommer du inte åt allt. Logga in med två steg hos din organisation"
    " om du behöver mer."
)


@bp.record_once
def offer(state: BlueprintSetupState) -> None:
    """Let the templates ask which ways in there are."""
    state.app.jinja_env.globals.update(has_organisation_sign_in=has_organisation_sign_in, ways_to_prove=ways_to_prove)


def has_organisation_sign_in() -> bool:
    """Whether anybody can sign in through their organisation here."""
    return bool(settings().identity_providers or settings().proxy_identity)


def ways_to_prove() -> list[IdentityProvider]:
    """The providers through which the signed-in person can prove once more who they are."""
    found = actor().account
    return federation.providers_of(found, settings().identity_providers) if found else []


@bp.get("/logga-in/valj-organisation")
@requires(Permission.SIGN_IN)
def choose() -> BaseResponse:
    """Ask for which organisation somebody works."""
    if not has_organisation_sign_in():
        return redirect(url_for("accounts.sign_in"), 303)
    form = WayInForm(formdata=request.args)
    return page("accounts/providers.html", form=form, proxy=settings().proxy_identity)


@bp.post("/logga-in/oidc/<provider>")
@requires(Permission.SIGN_IN)
@csrf.exempt
def begin(provider: str) -> BaseResponse:
    """Begin to sign in at an organisation's provider."""
    person, form = stand_guard(), WayInForm()
    chosen = _provider(provider) or abort(404)
    if not person or not form.validate():
        return redirect(url_for("federation.choose"), 303)
    _count()
    return _leave(chosen, till=form.till.data or "", invitation=form.inbjudan.data or "")


@bp.post("/konto/bekrafta/organisation/<provider>")
@requires(Permission.OWN_ACCOUNT, again=True)
def prove(provider: str) -> BaseResponse:
    """Begin to prove once more who one is, at one's organisation's provider."""
    chosen = next((way for way in ways_to_prove() if way.key == provider), None) or abort(404)
    _count()
    return _leave(chosen, till=request.form.get("till", "")[:2000], proving=True)


@bp.get("/logga-in/oidc/svar")
@requires(Permission.SIGN_IN)
def answer() -> BaseResponse:
    """Take what somebody brings back from a provider, and let them in."""
    if "state" not in request.args:
        return redirect(url_for("accounts.sign_in"), 303)
    _count()
    asked = request.args
    brought = Answer(asked["state"], asked.get("code", ""), asked.get("error", ""), asked.get("iss", ""))
    try:
        entered = federation.finish(
            settings().identity_providers,
            brought,
            base_url=settings().base_url,
            mark=request.cookies.get(_cookie(), ""),
            sitting=present(),
            browser=browser_name(),
        )
    except Refusal as refusal:
        return _refused(refusal)
    response = _let_in(entered)
    response.delete_cookie(_cookie(), path="/", secure=settings().secure, httponly=True, samesite="Lax")
    return response


@bp.post("/logga-in/oidc/utloggning")
@requires(Permission.SIGN_IN)
@csrf.exempt
def end_from_there() -> Response:
    """Hear from a provider that somebody has signed out there (OpenID Connect Back-Channel Logout)."""
    token = request.form.get("logout_token", "")
    _count()
    try:
        federation.end_from_there(settings().identity_providers, token)
        problem, status = "", 200
    except NotValid:
        problem, status = '{"error": "invalid_request"}', 400
    except Unreachable:
        problem, status = '{"error": "temporarily_unavailable"}', 503
    return Response(problem, status, mimetype="application/json", headers={"Cache-Control": "no-store"})


@bp.get("/logga-in/oidc/utloggad")
@requires(Permission.SIGN_IN)
def signed_out() -> BaseResponse:
    """Go on from our own signing out to the provider's, so that nobody else at the computer comes in again."""
    chosen = _provider(request.args.get("hos", ""))
    back = url_for("accounts.sign_in", utloggad=1)
    try:
        there = chosen and identity_providers.sign_out_address(chosen, back=settings().base_url + "/logga-in")
    except Unreachable:
        there = ""
    if not chosen or not there:
        return redirect(back, 303)
    return _go(there, "accounts/federation_signed_out.html", provider=chosen)


@bp.get("/logga-in/organisation")
@requires(Permission.SIGN_IN)
def by_proxy() -> Response:
    """Show somebody whom our proxy names that this is who they are, and let them go on."""
    proxy = _proxy() or abort(404)
    subject = _header(proxy.header)
    if not subject:
        return _refused(Refusal("nobody", proxy.name))
    name = _header(proxy.name_header) or subject
    return page("accounts/federation_proxy.html", form=WayInForm(formdata=request.args), proxy=proxy, name=name)


@bp.post("/logga-in/organisation")
@requires(Permission.SIGN_IN)
@csrf.exempt
def enter_by_proxy() -> BaseResponse:
    """Let somebody in whom our proxy names. The header is believed here and nowhere else."""
    person, form = stand_guard(), WayInForm()
    proxy = _proxy() or abort(404)
    if not person or not form.validate():
        return redirect(url_for("federation.by_proxy"), 303)
    subject = _header(proxy.header)
    if not subject:
        return _refused(Refusal("nobody", proxy.name))
    try:
        entered = federation.enter_by_header(
            proxy,
            subject=subject,
            name=_header(proxy.name_header),
            acr=_header(proxy.acr_header),
            till=form.till.data or "",
            invitation=form.inbjudan.data or "",
            sitting=present(),
            browser=browser_name(),
        )
    except Refusal as refusal:
        return _refused(refusal)
    return _let_in(entered)


@bp.get("/logga-in/valkommen")
@requires(Permission.OWN_ACCOUNT)
def welcome() -> BaseResponse:
    """Tell somebody whose account holds nothing yet what happens next."""
    if actor().held:
        return redirect(url_for("desk.show"), 303)
    return page("accounts/federation_welcome.html")


def _provider(key: str) -> IdentityProvider | None:
    return next((each for each in settings().identity_providers if each.key == key), None)


def _proxy() -> ProxyIdentity | None:
    """The proxy whose word counts, if it is what this very connection comes from; no header can say so."""
    proxy = settings().proxy_identity
    before = request.environ.get("werkzeug.proxy_fix.orig") or request.environ
    return proxy if proxy and proxy.trusts(before.get("REMOTE_ADDR") or "") else None


def _header(name: str) -> str:
    """Read a header of the proxy's; two of them, or a list, say nothing."""
    value = request.headers.get(name, "").strip() if name else ""
    try:
        value = value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return ""
    return "" if "," in value else value


def _count() -> None:
    """Count one step of signing in; raises TooOften."""
    spend("federation", who(), most=MOST_PER_SENDER, seconds=WINDOW_SECONDS)
    spend("federation", "everybody", most=MOST_IN_ALL, seconds=WINDOW_SECONDS)


def _cookie() -> str:
    return COOKIES[0] if settings().secure else COOKIES[1]


def _leave(provider: IdentityProvider, *, till: str, invitation: str = "", proving: bool = False) -> BaseResponse:
    """Send the browser to a provider, with the mark in a cookie that only this browser has."""
    kept = request.cookies.get(_cookie(), "")
    mark = kept if 40 <= len(kept) <= 60 else secrets.token_urlsafe(32)
    try:
        address = federation.begin(
            provider,
            base_url=settings().base_url,
            mark=mark,
            till=till,
            prove=present() if proving else None,
            invitation=invitation,
        )
    except Refusal as refusal:
        return _refused(refusal)
    response = _go(address, "accounts/federation_leaving.html", provider=provider)
    response.set_cookie(
        _cookie(),
        mark,
        max_age=int(federation.ATTEMPT_LASTS.total_seconds()),
        path="/",
        secure=settings().secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _go(address: str, template: str, **context: object) -> BaseResponse:
    """Lead to another site by a page of ours: the content security policy lets no form end up elsewhere."""
    if wants_fragment():
        return see_other(address)
    response = make_response(page(template, address=address, **context))
    response.headers["Refresh"] = f"0; url={address}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _let_in(entered: Entered) -> BaseResponse:
    """Give the cookie and lead on: to where they were heading, or to a word of welcome."""
    if not entered.strong and not entered.proved:
        sittings.leave_notice(sittings.find(entered.secret), WEAK)
    response = redirect(address_of(entered.till) if entered.has_duties else url_for("federation.welcome"), 303)
    hand_out(response, entered.secret)
    return response


def _refused(refusal: Refusal) -> Response:
    words = REFUSALS[refusal.reason]
    provider = refusal.provider or "Din organisation"
    return page("accounts/federation_refused.html", status=words.status, words=words, provider=provider)
