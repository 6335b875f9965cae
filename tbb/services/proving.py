"""Proving who one is: what a given factor makes of a sitting, how often it may be tried, and the very first factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from tbb import clock
from tbb.database import transaction
from tbb.models import Authenticator, Passkey, RecoveryCode, Sitting
from tbb.policy import Actor, Permission, Place, Refused, require
from tbb.services import actors, authenticators, factors, limits, passkeys, recovery_codes, sittings
from tbb.services.factors import Party, Unproven
from tbb.services.limits import TooOften

TRIES, WHILE_SECONDS = 5, 300
TRIES_A_DAY, DAY_SECONDS = 50, 86_400
QUESTIONS, QUESTIONS_OF_ALL = 60, 1_000


@dataclass(frozen=True)
class Own:
    """The second factors of an account, for its owner."""

    passkeys: list[Passkey]
    app: Authenticator | None
    codes: int

    @property
    def count(self) -> int:
        """How many passkeys and apps there are."""
        return len(self.passkeys) + (self.app is not None)

    @property
    def few_codes(self) -> bool:
        """Whether it is time for new recovery codes."""
        return self.codes <= recovery_codes.FEW


@dataclass(frozen=True)
class Enrolled:
    """The first factor is made: `secret` is for the new cookie, `codes` the token that shows the recovery codes."""

    secret: str
    codes: str


def own(account: int) -> Own:
    """Gather an account's second factors."""
    return Own(passkeys.of_account(account), authenticators.of_account(account), recovery_codes.left(account))


def has_factor(account: int) -> bool:
    """Whether an account has a passkey or an app, so that it must be given when signing in."""
    return factors.count(account) > 0


def by_code(actor: Actor, sitting: Sitting, code: str) -> str:
    """Prove by a code from the app; give the new secret of the sitting, or raise Unproven or TooOften."""
    _spend(actor, sitting)
    return _take_code(actor, sitting, code) or _refuse(actor, sitting, "totp")


def by_recovery_code(actor: Actor, sitting: Sitting, code: str) -> str:
    """Prove by a recovery code; give the new secret of the sitting, or raise Unproven or TooOften."""
    _spend(actor, sitting)
    return _take_recovery_code(actor, sitting, code) or _refuse(actor, sitting, "recovery")


def ask_for_passkey(sitting: Sitting, party: Party) -> passkeys.Question:
    """Ask the browser of a sitting for a proof by passkey."""
    limits.spend("passkey-question", f"sitting:{sitting.id}", most=QUESTIONS, seconds=WHILE_SECONDS)
    return passkeys.ask(party, f"sitting:{sitting.id}")


def by_passkey(actor: Actor, sitting: Sitting, party: Party, token: str, answer: str) -> str:
    """Prove by one of the account's own passkeys; give the new secret of the sitting, or raise Unproven."""
    try:
        key = passkeys.recognise(party, f"sitting:{sitting.id}", token, answer)
    except Unproven:
        _refuse(actor, sitting, "passkey")
    if key.account_id != sitting.account_id:
        _refuse(actor, sitting, "passkey")
    return _accept(actor, sitting, "passkey")


def by_word(actor: Actor, sitting: Sitting) -> str:
    """In the demonstration alone, take the visitor's word for it; give the new secret, or raise Refused."""
    if not (actor.in_demo and sitting.method == "demo" and actor.signed_in):
        raise Refused(f"{actor.name} must prove who they are.")
    return _accept(actor, sitting, "demo")


def ask_anybody(party: Party, who: str) -> passkeys.Question:
    """Ask a browser that nobody has signed in with for a passkey; raise TooOften."""
    limits.spend("passkey-question", who, most=QUESTIONS, seconds=WHILE_SECONDS)
    limits.spend("passkey-question", "all", most=QUESTIONS_OF_ALL, seconds=WHILE_SECONDS)
    return passkeys.ask(party, passkeys.ANYBODY)


def sign_in_by_passkey(party: Party, token: str, answer: str, *, browser: str) -> str:
    """Sign in by passkey alone, which is two factors: the device and what unlocks it. Give the secret."""
    key = passkeys.recognise(party, passkeys.ANYBODY, token, answer)
    return _begin(key.account_id, browser)


def enrol_passkey(actor: Actor, sitting: Sitting, party: Party, token: str, answer: str, name: str) -> Enrolled:
    """Make a passkey the first factor and the half sitting whole; raise Unproven or Refused."""
    return _enrol_passkey(actor, sitting, passkeys.check_new(actor, party, token, answer), name)


@transaction
def enrol_app(actor: Actor, sitting: Sitting, token: str, code: str) -> Enrolled:
    """Make an app the first factor and the half sitting whole; raise Unproven, LookupError or Refused."""
    authenticators.confirm(actor, token, code)
    return _enrolled(actor, sitting, "totp")


@transaction
def begin_anew(actor: Actor, account: int, place: Place) -> None:
    """Take every second factor of somebody else's account away, who has lost them all; they choose anew.

    `place` is where the account belongs. All its sittings end. Raises Refused.
    """
    require(actor, Permission.CHANGE_ACCOUNT, Place(place.unit, place.organizer, place.begun_by, about=account))
    factors.one_after_another(account)
    for kind in (Passkey, Authenticator, RecoveryCode):
        kind.delete().where(kind.account == account).execute()
    sittings.end_all(account)
    told = "Dina nycklar, din app och dina reservkoder har tagits bort. Du väljer nya nästa gång du loggar in."
    factors.note(actor, account, "factors:begin-anew", told=told)


@transaction
def _enrol_passkey(actor: Actor, sitting: Sitting, made: passkeys.Made, name: str) -> Enrolled:
    passkeys.keep(actor, made, name)
    return _enrolled(actor, sitting, "passkey")


def _enrolled(actor: Actor, sitting: Sitting, means: str) -> Enrolled:
    if sitting.stage != "half" or sitting.account_id != actor.account:
        raise Refused(f"{actor.name} is not on their way in.")
    codes = recovery_codes.make(sitting.account_id)
    return Enrolled(_accept(actor, sitting, means), codes)


@transaction
def _take_code(actor: Actor, sitting: Sitting, code: str) -> str:
    return _accept(actor, sitting, "totp") if authenticators.use(sitting.account_id, code) else ""


@transaction
def _take_recovery_code(actor: Actor, sitting: Sitting, code: str) -> str:
    if not recovery_codes.use(actor, sitting.account_id, code):
        return ""
    sittings.leave_notice(sitting, _left_in_words(recovery_codes.left(sitting.account_id)))
    return _accept(actor, sitting, "recovery")


@transaction
def _accept(actor: Actor, sitting: Sitting, means: str) -> str:
    """Make a half sitting whole, or note that a whole one is proved anew; give its new secret."""
    if sitting.stage == "half":
        factors.note(actor, sitting.account_id, "account:sign-in", thing_id=f"{sitting.method}+{means}")
        return sittings.finish(sitting, method=f"{sitting.method}+{means}"[:30], strong=True)
    factors.note(actor, sitting.account_id, "account:prove", thing_id=means)
    return sittings.prove(sitting)


@transaction
def _begin(account: int, browser: str) -> str:
    factors.note(actors.of_account(account), account, "account:sign-in", thing_id="passkey")
    return sittings.begin(account, method="passkey", strong=True, browser=browser)


def _refuse(actor: Actor, sitting: Sitting, means: str) -> NoReturn:
    """Write down that somebody failed, and raise Unproven."""
    _write_refusal(actor, sitting, means)
    raise Unproven


@transaction
def _write_refusal(actor: Actor, sitting: Sitting, means: str) -> None:
    factors.note(actor, sitting.account_id, "account:prove", thing_id=means, outcome="refused")


def _spend(actor: Actor, sitting: Sitting) -> None:
    """Count a try with a code. Those who are on their way in never use up the tries of one who is in already."""
    who = f"account:{sitting.account_id}" if sitting.stage == "half" else f"sitting:{sitting.id}"
    try:
        limits.spend("factor", who, most=TRIES, seconds=WHILE_SECONDS)
        limits.spend("factor-day", who, most=TRIES_A_DAY, seconds=DAY_SECONDS)
    except TooOften:
        _warn(actor, sitting.account_id)
        raise


@transaction
def _warn(actor: Actor, account: int) -> None:
    """Once a day, tell the owner that somebody is guessing codes: whoever does that knows their password."""
    try:
        limits.spend("factor-warning", f"account:{account}", most=1, seconds=DAY_SECONDS)
    except TooOften:
        return
    told = "Någon har skrivit fel kod till ditt konto många gånger. Vi har inte släppt in dem."
    factors.note(actor, account, "account:guessed", told=told, thing_id=clock.today().isoformat(), outcome="refused")


def _left_in_words(left: int) -> str:
    if left > recovery_codes.FEW:
        return f"Du har {left} reservkoder kvar."
    if left == 0:
        return "Det var din sista reservkod. Skapa nya under Mitt konto."
    return f"Du har bara {left} {'reservkod' if left == 1 else 'reservkoder'} kvar. Skapa nya under Mitt konto."
