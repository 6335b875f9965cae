"""What an identity provider signs: that somebody has signed in or out; believed only when all of it fits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry, extract_compact

from tbb import clock
from tbb.identity_settings import IdentityProvider
from tbb.services import identity_providers

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that only the provider can make: never `none`, and never a secret that both know."""
LEEWAY = 60
OLDEST_SECONDS = 15 * 60
"""How long ago a token may have been made. Some providers date theirs five minutes back, so less would refuse them."""
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LONGEST_SUBJECT = 255


class NotValid(Exception):
    """The token is not to be believed; `reason` is a word for the audit: signature, nonce, time …"""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class _Registry(JWSRegistry):
    """Headers may carry a certificate, so they may be longer than joserfc's own 512 bytes."""

    max_header_length = 16 * 1024


REGISTRY = _Registry(algorithms=list(ALGORITHMS), strict_check_header=False)


@dataclass(frozen=True)
class SignedIn:
    """Somebody has signed in at their provider. `proved_at` is when, if the provider tells it."""

    issuer: str
    subject: str
    session: str
    strong: bool
    proved_at: datetime | None
    claims: dict[str, Any]


@dataclass(frozen=True)
class SignedOut:
    """A session at the provider has ended, or all of somebody's; `number` makes the message one of its kind."""

    subject: str
    session: str
    number: str


def read_sign_in(
    provider: IdentityProvider, token: str, *, nonce: str, access_token: str, prove_since: datetime | None = None
) -> SignedIn:
    """Read an ID token, or raise NotValid and Unreachable. With `prove_since` they must have signed in after it."""
    signed = _open(provider, token)
    params = {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token}
    claims = CodeIDToken(signed.claims, signed.header, _wanted(provider), params)
    try:
        claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY)
    except JoseError as problem:
        raise NotValid(_word(problem)) from problem
    _check_age(claims)
    proved_at = _moment(claims.get("auth_time"))
    if prove_since is not None and (proved_at is None or (prove_since - proved_at).total_seconds() > LEEWAY):
        raise NotValid("auth_time")
    return SignedIn(
        issuer=provider.issuer,
        subject=_subject(claims.get("sub")),
        session=_text(claims.get("sid")),
        strong=provider.is_strong(_text(claims.get("acr")), tuple(map(str, claims.get("amr") or ()))),
        proved_at=proved_at,
        claims=dict(claims),
    )


def read_sign_out(provider: IdentityProvider, token: str) -> SignedOut:
    """Read a logout token of OpenID Connect Back-Channel Logout, or raise NotValid and Unreachable."""
    signed = _open(provider, token)
    claims = signed.claims
    try:
        registry = jwt.JWTClaimsRegistry(
            now=int(clock.now().timestamp()),
            leeway=LEEWAY,
            **_wanted(provider),
            jti={"essential": True},
            events={"essential": True},
        )
        registry.validate(claims)
    except JoseError as problem:
        raise NotValid(_word(problem)) from problem
    _check_age(claims)
    events = claims["events"]
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict) or "nonce" in claims:
        raise NotValid("events")
    subject, session = _text(claims.get("sub")), _text(claims.get("sid"))
    if not subject and not session:
        raise NotValid("sub")
    return SignedOut(subject, session, _text(claims["jti"]))


def issuer_of(token: str) -> str:
    """Tell who says to have made a token, without believing it: to know whose keys to try. Empty when unreadable."""
    try:
        told = json.loads(extract_compact(token.encode(), registry=REGISTRY).payload)
    except (JoseError, ValueError, RecursionError):
        return ""
    return _text(told.get("iss")) if isinstance(told, dict) else ""


def _open(provider: IdentityProvider, token: str) -> jwt.Token:
    """Check the signature; give what was signed."""

    def key_for(signed: Any) -> Key:
        header = signed.headers()
        key = identity_providers.key_of(provider, _text(header.get("kid")), header["alg"])
        if key is None:
            raise NotValid("key")
        return key

    try:
        return jwt.decode(token, key_for, registry=REGISTRY)
    except UnsupportedAlgorithmError as problem:
        raise NotValid("algorithm") from problem
    except (JoseError, ValueError, RecursionError) as problem:
        raise NotValid("signature") from problem


def _wanted(provider: IdentityProvider) -> dict[str, Any]:
    return {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "exp": {"essential": True},
        "iat": {"essential": True},
    }


def _check_age(claims: dict[str, Any]) -> None:
    made = _moment(claims["iat"])
    if made is None or (clock.now() - made).total_seconds() > OLDEST_SECONDS + LEEWAY:
        raise NotValid("time")


def _word(problem: JoseError) -> str:
    claim = str(getattr(problem, "claim", "claims"))
    return "time" if claim in ("iat", "exp", "nbf") else claim[:40]


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _subject(value: object) -> str:
    subject = _text(value)
    if not subject or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        raise NotValid("sub")
    return subject


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
