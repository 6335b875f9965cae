"""Accounts and duties: inviting, giving, taking, disabling."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.people import DutyForm, InvitationForm
from tbb.policy import Permission
from tbb.services import duties, people
from tbb.services.duties import Duty
from tbb.web import duty_words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("people", __name__)


@bp.get("/arbetsyta/konton")
@requires(Permission.READ_ACCOUNTS, reads="accounts:read")
def accounts() -> Response:
    """List the accounts that the one who asks keeps."""
    chosen = {name: request.args.get(name, "")[:100].strip() for name in ("text", "state", "duty")}
    number = request.args.get("sida", "1")
    found = people.accounts(actor(), **chosen, page=int(number) if number.isdecimal() and len(number) < 6 else 1)
    return page("people/accounts.html", fragment="results", found=found, chosen=chosen, words=duty_words)


@bp.get("/arbetsyta/konton/bjud-in")
@requires(Permission.INVITE, fresh=True)
def invite() -> Response:
    """Ask whom to invite, to what."""
    form = InvitationForm(formdata=None).offer(duties.places(actor()), duty_words.names())
    return page("people/invite.html", form=form, words=duty_words)


@bp.post("/arbetsyta/konton/bjud-in")
@requires(Permission.INVITE, fresh=True)
def send_invitation() -> BaseResponse:
    """Invite somebody."""
    form = InvitationForm().offer(duties.places(actor()), duty_words.names())
    if form.validate():
        if _done(form, duties.invite, actor(), email=form.email.data, name=form.name.data, **_given(form)):
            notify("Inbjudan är på väg. Länken i brevet gäller i sju dagar.")
            return see_other(url_for("people.accounts"))
    return page("people/invite.html", fragment="form", status=422, form=form, words=duty_words)


@bp.get("/arbetsyta/konton/<key>")
@requires(Permission.READ_ACCOUNTS, reads="account:read")
def account(key: str) -> Response:
    """Show one account."""
    shown = people.account(actor(), key) or abort(404)
    form = DutyForm(formdata=None).offer(duties.places(actor()), duty_words.names())
    return page("people/account.html", shown=shown, form=form, words=duty_words)


@bp.post("/arbetsyta/konton/<key>/uppdrag")
@requires(Permission.CHANGE_ACCOUNT, fresh=True)
def give(key: str) -> BaseResponse:
    """Give a duty."""
    shown = people.account(actor(), key) or abort(404)
    form = DutyForm().offer(duties.places(actor()), duty_words.names())
    if form.validate():
        if _done(form, duties.give, actor(), key, **_given(form)):
            notify("Uppdraget är tillagt och gäller från och med nu.")
            return see_other(url_for("people.account", key=key))
    return page("people/account.html", fragment="form", status=422, shown=shown, form=form, words=duty_words)


@bp.post("/arbetsyta/konton/<key>/uppdrag/<int:number>/ta-bort")
@requires(Permission.CHANGE_ACCOUNT, fresh=True)
def take(key: str, number: int) -> BaseResponse:
    """Take a duty away."""
    taken = duties.take(actor(), key, number) or abort(404)
    notify("Uppdraget är borttaget." if taken else "")
    return see_other(url_for("people.account", key=key))


@bp.post("/arbetsyta/konton/<key>/<any('stang', 'oppna', 'bjud-in', 'logga-ut', 'nya-nycklar'):what>")
@requires(Permission.CHANGE_ACCOUNT, fresh=True)
def change(key: str, what: str) -> BaseResponse:
    """Disable or enable an account, invite once more, or end its sittings."""
    acts = {
        "stang": (duties.disable, "Kontot är avstängt. Alla inloggningar är avslutade."),
        "oppna": (duties.enable, "Kontot är öppet igen."),
        "bjud-in": (duties.invite_again, "En ny inbjudan är på väg. Den gamla länken gäller inte längre."),
        "nya-nycklar": (
            duties.begin_anew,
            "Det andra steget är nollställt. Personen väljer nytt vid nästa inloggning.",
        ),
        "logga-ut": (duties.sign_out_everywhere, "Alla inloggningar är avslutade."),
    }
    act, said = acts[what]
    try:
        act(actor(), key)
    except duties.NoSuchPlace:
        abort(404)
    notify(said)
    return see_other(url_for("people.account", key=key))


def _given(form: DutyForm) -> dict[str, object]:
    return {"duty": Duty(form.duty.data), "where": form.where.data, "ends_on": form.ends_on.data}


def _done(form: DutyForm, act, *args, **kwargs) -> bool:
    """Act, and put what only the database knows on the field."""
    try:
        act(*args, **kwargs)
    except duties.AlreadyHeld:
        form.duty.errors = ["Personen har redan det uppdraget."]
    except duties.NoSuchPlace:
        form.where.errors = ["Uppdraget kan inte gälla där. Välj en annan plats."]
    else:
        return True
    return False
