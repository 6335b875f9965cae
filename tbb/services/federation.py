"""Signing in through one's own organisation: the way there and back, the account it leads to, and its end."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from tbb import clock
from tbb.database import one_at_a_time, transaction
from tbb.identity_settings import IdentityProvider, ProxyIdentity
from tbb.models import Account, Identity, Organizer, Sitting
from tbb.policy import VISITOR, Actor, Place
from tbb.services import actors, audit, identity_providers, identity_tokens, invitations, receipts, sittings, tokens
from tbb.services.identity_providers import Declined, Unreachable
from tbb.services.identity_tokens import NotValid, SignedIn, SignedOut
from tbb.services.sittings import digest

PURPOSE = "oidc"
ATTEMPT_LASTS = timedelta(minutes=10)
BACK = "/logga-in/oidc/svar"
NAMELESS = "Utan namn"
NO_ADDRESS = "saknas.invalid"
"""The end of an address that stands where an account must have one and its organisation has told none."""


class Refusal(Exception):
    """Somebody is not let in. `reason` names the words to tell, `provider` who was asked, `note` is for the audit."""

    def __init__(self, reason: str, provider: str = "", note: str = "", account: int | None = None):
        super().__init__(reason)
        self.reason, self.provider, self.note, self.account = reason, provider, note, account


@dataclass(frozen=True)
class Answer:
    """What the browser brings back from a provider."""

    state: str
    code: str = ""
    error: str = ""
    issuer: str = ""


@dataclass(frozen=True)
class Entered:
    """Somebody is in: the sitting's secret, where they were heading, and whether anything awaits them here."""

    secret: str
    till: str
    strong: bool
    has_duties: bool
    proved: bool = False


@dataclass(frozen=True)
class Told:
    """What an organisation says of somebody, whichever way it came."""

    way: str
    provider: str
    issuer: str
    subject: str
    organizer: str
    name: str
    email: str = ""
    strong: bool = False
    upstream: str = ""


def begin(
    provider: IdentityProvider,
    *,
    base_url: str,
    mark: str,
    till: str = "",
    prove: Sitting | None = None,
    invitation: str = "",
) -> str:
    """Begin an attempt, tied to the browser that has `mark` in a cookie; give the provider's address to go to.

    `prove` asks for a new proof within a sitting; `invitation` ties the identity to the invited account. Raises
    Refusal when the provider is away.
    """
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(32)
    try:
        identity_providers.describe(provider)
    except Unreachable as problem:
        refusal = Refusal("away", provider.name, str(problem))
        _write_down(refusal)
        raise refusal from problem
    attempt = {
        "verifier": verifier,
        "nonce": nonce,
        "mark": digest(mark),
        "till": till,
        "began": clock.now().isoformat(),
        "sitting": prove.id if prove else None,
        "invitation": invitation,
    }
    state = tokens.issue(PURPOSE, provider.key, lasts=ATTEMPT_LASTS, payload=attempt, alone=False)
    return identity_providers.sign_in_address(
        provider, back=base_url + BACK, state=state, nonce=nonce, verifier=verifier, prove=prove is not None
    )


def finish(
    providers: tuple[IdentityProvider, ...],
    answer: Answer,
    *,
    base_url: str,
    mark: str,
    sitting: Sitting | None = None,
    browser: str = "",
) -> Entered:
    """Let somebody in who comes back from a provider; raises Refusal, which is then in the audit.

    `sitting` is the browser's present one: it is the one that a new proof is for, and else it ends.
    """
    try:
        attempt = _attempt(answer.state, mark)
        provider = next((each for each in providers if each.key == attempt.subject), None)
        if provider is None:
            raise Refusal("unknown")
        signed = _ask(provider, answer, attempt.payload, base_url)
        if attempt.payload["sitting"] is not None:
            return _prove(provider, signed, attempt.payload, sitting)
        told = _told(provider, signed)
        return _enter(told, attempt.payload["invitation"], attempt.payload["till"], sitting, browser)
    except Refusal as refusal:
        _write_down(refusal)
        raise


def enter_by_header(
    proxy: ProxyIdentity,
    *,
    subject: str,
    name: str,
    acr: str,
    till: str = "",
    invitation: str = "",
    sitting: Sitting | None = None,
    browser: str = "",
) -> Entered:
    """Let somebody in whom a trusted proxy names; raises Refusal. The caller has checked that it is the proxy."""
    told = Told(
        way="proxy",
        provider=proxy.name,
        issuer=proxy.issuer,
        subject=subject,
        organizer=proxy.organizer,
        name=_clean(name) or NAMELESS,
        strong=acr in proxy.strong_acr,
    )
    try:
        if not subject.isprintable() or not 0 < len(subject) <= identity_tokens.LONGEST_SUBJECT:
            raise Refusal("token", proxy.name, "sub")
        return _enter(told, invitation, till, sitting, browser)
    except Refusal as refusal:
        _write_down(refusal)
        raise


def providers_of(account: int, providers: tuple[IdentityProvider, ...]) -> list[IdentityProvider]:
    """List the providers through which an account can prove who it is."""
    issuers = {identity.issuer for identity in Identity.select().where(Identity.account == account)}
    return [provider for provider in providers if provider.issuer in issuers]


def came_through(sitting: Sitting, providers: tuple[IdentityProvider, ...]) -> IdentityProvider | None:
    """Tell through which provider a sitting began, so that one can sign out there too."""
    key = sitting.upstream.partition(":")[0]
    return next((provider for provider in providers if key and provider.key == key), None)


def end_from_there(providers: tuple[IdentityProvider, ...], token: str) -> int:
    """Do what a logout token asks: end the sittings of that session, or of that person; tell how many.

    Raises NotValid and Unreachable. The same message twice is not valid the second time.
    """
    issuer = identity_tokens.issuer_of(token)
    provider = next((each for each in providers if issuer and each.issuer == issuer), None)
    if provider is None:
        raise NotValid("iss")
    return _end(provider, identity_tokens.read_sign_out(provider, token))


@transaction
def _end(provider: IdentityProvider, told: SignedOut) -> int:
    if not receipts.note(digest(f"logout {provider.issuer} {told.number}")):
        raise NotValid("jti")
    ended = sittings.end_upstream(_upstream(provider, told.session)) if told.session else 0
    if told.subject:
        whose = Identity.select(Identity.account).where(
            Identity.issuer == provider.issuer, Identity.subject == told.subject
        )
        # Of one session only those sittings whose session the provider never told end along with it.
        nameless = Sitting.upstream == _upstream(provider, "")
        from_there = nameless if told.session else Sitting.upstream.startswith(f"{provider.key}:")
        ended += Sitting.delete().where(Sitting.account.in_(whose), from_there).execute()
    audit.record(VISITOR, "account:sign-out", "identity-provider", provider.key, note=f"{ended} inloggningar")
    return ended


def _attempt(state: str, mark: str) -> tokens.Token:
    """Use up an attempt; one that another browser began is left as it is."""
    seen = tokens.look(PURPOSE, state)
    if seen is None:
        raise Refusal("unknown")
    if not mark or not secrets.compare_digest(seen.payload["mark"], digest(mark)):
        raise Refusal("browser", note=seen.subject)
    used = tokens.redeem(PURPOSE, state)
    if used is None:
        raise Refusal("unknown")
    return used


def _ask(provider: IdentityProvider, answer: Answer, attempt: dict, base_url: str) -> SignedIn:
    """Give the code for a signed token, and read it."""
    try:
        names_itself = identity_providers.describe(provider).names_itself
        if (answer.issuer or names_itself) and answer.issuer != provider.issuer:
            raise Refusal("token", provider.name, "iss of the answer")
        if answer.error:
            denied = answer.error == "access_denied"
            raise Refusal("denied" if denied else "there", provider.name, answer.error[:60])
        given = identity_providers.exchange(
            provider, code=answer.code, verifier=attempt["verifier"], back=base_url + BACK
        )
        proving = attempt["sitting"] is not None
        signed = identity_tokens.read_sign_in(
            provider,
            str(given.get("id_token", "")),
            nonce=attempt["nonce"],
            access_token=str(given.get("access_token", "")),
            prove_since=datetime.fromisoformat(attempt["began"]) if proving else None,
        )
        return signed if proving else _with_name(provider, signed, str(given.get("access_token", "")))
    except Declined as problem:
        raise Refusal("token", provider.name, str(problem)) from problem
    except Unreachable as problem:
        raise Refusal("away", provider.name, str(problem)) from problem
    except NotValid as problem:
        words = {"time": "clock", "auth_time": "stale"}
        raise Refusal(words.get(problem.reason, "token"), provider.name, problem.reason) from problem


def _with_name(provider: IdentityProvider, signed: SignedIn, access_token: str) -> SignedIn:
    """Ask for the name where the token does not tell it."""
    if all(signed.claims.get(claim) for claim in provider.name_claims):
        return signed
    more = identity_providers.userinfo(provider, access_token)
    if more.get("sub") != signed.subject:
        return signed
    return SignedIn(**{**vars(signed), "claims": more | signed.claims})


def _told(provider: IdentityProvider, signed: SignedIn) -> Told:
    name = " ".join(str(signed.claims.get(claim) or "") for claim in provider.name_claims)
    return Told(
        way="oidc",
        provider=provider.name,
        issuer=provider.issuer,
        subject=signed.subject,
        organizer=provider.organizer,
        name=_clean(name) or NAMELESS,
        email=_believed_email(provider, signed.claims),
        strong=signed.strong,
        upstream=_upstream(provider, signed.session),
    )


@transaction
def _enter(told: Told, invitation: str, till: str, sitting: Sitting | None, browser: str) -> Entered:
    one_at_a_time("accounts")
    known = Identity.get_or_none(Identity.issuer == told.issuer, Identity.subject == told.subject)
    if invitation:
        account = _link(told, invitation, known)
    else:
        account = known.account if known else _create(told)
    if account.state != "active":
        raise Refusal("disabled", told.provider, told.way, account.id)
    Identity.update(seen_at=clock.now()).where(
        Identity.issuer == told.issuer, Identity.subject == told.subject
    ).execute()
    if sitting is not None:
        sittings.end(sitting.id, sitting.account_id)
    secret = sittings.begin(account.id, method=told.way, strong=told.strong, browser=browser, upstream=told.upstream)
    _note(account, "account:sign-in", note=f"{told.way} {'stark' if told.strong else 'enkel'}")
    return Entered(secret, till, told.strong, bool(actors.duties(account.id)))


@transaction
def _prove(provider: IdentityProvider, signed: SignedIn, attempt: dict, sitting: Sitting | None) -> Entered:
    """Note a new proof in the sitting that asked for it: the same person, no weaker than before."""
    if sitting is None or sitting.stage != "whole" or sitting.id != attempt["sitting"]:
        raise Refusal("ended", provider.name)
    known = Identity.get_or_none(Identity.issuer == signed.issuer, Identity.subject == signed.subject)
    if known is None or known.account_id != sitting.account_id:
        raise Refusal("another", provider.name, account=sitting.account_id)
    if sitting.strong and not signed.strong:
        raise Refusal("weak", provider.name, account=sitting.account_id)
    secret = sittings.prove(sitting)
    _note(known.account, "account:prove", note="oidc")
    return Entered(secret, attempt["till"], sitting.strong, has_duties=True, proved=True)


def _create(told: Told) -> Account:
    """Make an account for somebody who comes for the first time; it may do nothing until it is given a duty."""
    organizer = _organizer(told)
    key = secrets.token_hex(16)
    taken = not told.email or Account.select().where(Account.email == told.email).exists()
    account = Account.create(
        key=key,
        email=f"{key}@{NO_ADDRESS}" if taken else told.email,
        name=told.name,
        state="active",
        organizer=organizer,
        created_at=clock.now(),
    )
    _tie(account, told)
    _note(account, "account:create", fields=("email", "identity", "name", "organizer"), note=told.way)
    return account


def _link(told: Told, invitation: str, known: Identity | None) -> Account:
    """Take an invited account in use: the link proves who was invited, the provider that they work there."""
    account = invitations.look(invitation)
    if account is None or tokens.redeem(invitations.PURPOSE, invitation) is None:
        raise Refusal("invitation", told.provider)
    if known is not None:
        raise Refusal("taken", told.provider, account=known.account_id)
    if account.organizer_id != _organizer(told).id:
        raise Refusal("elsewhere", told.provider, account=account.id)
    account.state = "active"
    account.save(only=[Account.state])
    _tie(account, told)
    _note(account, "account:accept", fields=("identity", "state"), note=told.way)
    return account


def _organizer(told: Told) -> Organizer:
    found = Organizer.get_or_none(Organizer.orgnr == told.organizer)
    if found is None:
        raise Refusal("organizer", told.provider, told.organizer)
    return found


def _tie(account: Account, told: Told) -> None:
    Identity.create(account=account, issuer=told.issuer, subject=told.subject, created_at=clock.now())


def _believed_email(provider: IdentityProvider, claims: dict) -> str:
    """An address that the organisation may speak for; empty when it is none of its own."""
    told = invitations.address(str(claims.get("email") or ""))
    name, at, domain = told.rpartition("@")
    good = name and at and domain in provider.email_domains and told.isprintable() and len(told) <= 254
    return told if good and claims.get("email_verified") is not False else ""


def _upstream(provider: IdentityProvider, session: str) -> str:
    """Name the provider's session as a sitting keeps it: never the provider's own secret word for it."""
    return f"{provider.key}:{digest(f'{provider.issuer} {session}') if session else ''}"


def _clean(name: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())[:120]


def _note(account: Account, action: str, *, fields: tuple[str, ...] = (), note: str = "") -> None:
    place = Place(organizer=account.organizer_id, about=account.id)
    who = Actor(f"account:{account.id}", account=account.id)
    audit.record(who, action, "account", account.id, place=place, fields=fields, note=note)


@transaction
def _write_down(refusal: Refusal) -> None:
    """Write a refusal in the audit, in a transaction of its own."""
    thing, number = ("account", refusal.account) if refusal.account else ("identity-provider", refusal.provider)
    note = f"{refusal.reason}: {refusal.note}" if refusal.note else refusal.reason
    audit.record(VISITOR, "account:refused", thing, number, note=note, outcome="refused")
