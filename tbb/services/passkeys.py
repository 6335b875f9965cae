"""Passkeys: making one, and proving with it who one is. Every challenge is ours, sealed, and used once."""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tbb import clock
from tbb.database import run, transaction
from tbb.models import Account, Passkey
from tbb.policy import VISITOR, Actor
from tbb.services import factors, sittings, tokens
from tbb.services.factors import LastFactor, Party, Unproven

PURPOSE = "passkey"
LASTS = timedelta(minutes=5)
MOST = 10
LONGEST_ID = 400
ANYBODY = "sign-in"
"""What a challenge is for when nobody has said who they are yet."""


class TooMany(Exception):
    """The account has as many passkeys as it may have."""


@dataclass(frozen=True)
class Question:
    """What the browser is asked: `token` names the challenge, `options` are WebAuthn's own JSON."""

    token: str
    options: str


@dataclass(frozen=True)
class Made:
    """A new passkey that has been looked through and not been kept yet."""

    credential: str
    public_key: bytes
    sign_count: int
    transports: str


def party_of(base_url: str) -> Party:
    """Tell for which host passkeys are made. A bare loopback address cannot have any; `localhost` can."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        return Party(host, base_url)
    return Party("localhost", f"{parts.scheme}://localhost" + (f":{parts.port}" if parts.port else ""))


def of_account(account: int) -> list[Passkey]:
    """List an account's passkeys, oldest first."""
    return list(Passkey.select().where(Passkey.account == account).order_by(Passkey.created_at, Passkey.id))


@transaction
def ask_for_new(actor: Actor, party: Party) -> Question:
    """Ask a browser to make a passkey for the actor's own account; raise TooMany or Refused."""
    account = Account.get_by_id(factors.permit(actor))
    had = of_account(account.id)
    if len(had) >= MOST:
        raise TooMany
    challenge = secrets.token_bytes(32)
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_name=account.email,
        user_id=account.key.encode(),
        user_display_name=account.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential)) for key in had],
    )
    return Question(_issue(f"new:{account.id}", challenge), webauthn.options_to_json(options))


def check_new(actor: Actor, party: Party, token: str, answer: str) -> Made:
    """Look through a browser's new passkey; raise Unproven. The challenge is used up whatever comes of it."""
    challenge = _redeem(f"new:{actor.account}", token)
    try:
        credential = parse_registration_credential_json(answer)
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception as problem:  # whatever a hostile answer makes the library stumble on is a no
        raise Unproven from problem
    name = bytes_to_base64url(verified.credential_id)
    if len(name) > LONGEST_ID:
        raise Unproven
    transports = ",".join(way.value for way in credential.response.transports or ())
    return Made(name, verified.credential_public_key, verified.sign_count, transports[:100])


@transaction
def keep(actor: Actor, made: Made, name: str) -> Passkey:
    """Keep a passkey under a name; raise Refused, TooMany, or Unproven when it is somebody's already."""
    account = factors.permit(actor)
    if len(of_account(account)) >= MOST:
        raise TooMany
    if Passkey.get_or_none(Passkey.credential == made.credential):
        raise Unproven
    kept = Passkey.create(
        account=account,
        credential=made.credential,
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=made.transports,
        name=name[:60] or "Nyckel",
        created_at=clock.now(),
    )
    told = f"En nyckel har lagts till i ditt konto: {kept.name}."
    factors.note(actor, account, "passkey:add", thing_id=kept.id, told=told)
    return kept


def ask(party: Party, subject: str) -> Question:
    """Ask a browser for a proof by passkey, for one purpose: ANYBODY, or ``sitting:7``.

    No key is named, so the question is the same whether there is one or not.
    """
    challenge = secrets.token_bytes(32)
    options = webauthn.generate_authentication_options(
        rp_id=party.id, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Question(_issue(subject, challenge, alone=subject != ANYBODY), webauthn.options_to_json(options))


def recognise(party: Party, subject: str, token: str, answer: str) -> Passkey:
    """Find out whose passkey has answered; raise Unproven. The challenge is used up whatever comes of it."""
    challenge = _redeem(subject, token)
    try:
        credential = parse_authentication_credential_json(answer)
    except Exception as problem:  # see check_new
        raise Unproven from problem
    key = Passkey.get_or_none(Passkey.credential == bytes_to_base64url(credential.raw_id))
    owner = Account.get_or_none(Account.id == key.account_id, Account.state == "active") if key else None
    if owner is None or credential.response.user_handle != owner.key.encode():
        raise Unproven
    _count(key, _verified_count(party, challenge, credential, key))
    return key


@transaction
def remove(actor: Actor, number: int, *, keep_sitting: int) -> None:
    """Take one of the actor's own passkeys away, and end all their other sittings.

    Raises LastFactor, Refused, or LookupError when they have no such key.
    """
    account = factors.permit(actor)
    key = Passkey.get_or_none(Passkey.id == number, Passkey.account == account)
    if key is None:
        raise LookupError(number)
    if factors.count(account) == 1:
        raise LastFactor
    key.delete_instance()
    sittings.end_all(account, but=keep_sitting)
    told = f"En nyckel har tagits bort från ditt konto: {key.name}."
    factors.note(actor, account, "passkey:remove", thing_id=number, told=told)


def _issue(subject: str, challenge: bytes, *, alone: bool = True) -> str:
    return tokens.issue(
        PURPOSE, subject, lasts=LASTS, payload={"challenge": bytes_to_base64url(challenge)}, alone=alone
    )


def _redeem(subject: str, token: str) -> bytes:
    """Use the challenge of a token, at once and for good; raise Unproven when it is not good for this."""
    found = tokens.redeem(PURPOSE, token)
    if found is None or found.subject != subject:
        raise Unproven
    return base64url_to_bytes(found.payload["challenge"])


def _verified_count(party: Party, challenge: bytes, credential: AuthenticationCredential, key: Passkey) -> int:
    """Verify a proof and give its counter; raise Unproven."""
    try:
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=bytes(key.public_key),
            credential_current_sign_count=0,  # `_count` compares, after the signature has proved genuine
            require_user_verification=True,
        )
    except Exception as problem:  # see check_new
        raise Unproven from problem
    return verified.new_sign_count


def _count(key: Passkey, count: int) -> None:
    """Move a key's counter on; a genuine proof whose counter stands still or goes back tells of a copied key."""
    moved = run(
        "UPDATE passkey SET sign_count = ?, used_at = ?"
        " WHERE id = ? AND (sign_count < ? OR (sign_count = 0 AND ? = 0))",
        (count, Passkey.used_at.db_value(clock.now()), key.id, count, count),
    )
    if moved.rowcount != 1:
        _suspect(key)
        raise Unproven


@transaction
def _suspect(key: Passkey) -> None:
    factors.note(
        VISITOR,
        key.account_id,
        "passkey:counter",
        thing_id=key.id,
        outcome="refused",
        told=f"Någon försökte logga in med nyckeln {key.name}, men vi släppte inte in dem."
        " Det kan betyda att nyckeln är kopierad. Ta bort den och skapa en ny.",
    )
