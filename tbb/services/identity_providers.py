"""Speaking with an organisation's identity provider: its description, its keys, and a code given for tokens."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey, import_key

from tbb import clock
from tbb.identity_settings import IdentityProvider

PATIENCE = httpx.Timeout(8.0, connect=4.0)
MOST_BYTES = 256 * 1024
KEPT = timedelta(hours=1)
ASKED_AGAIN = timedelta(seconds=30)
"""How often an unknown key may make us fetch the keys anew: a rotation shows at once, a forger cannot use us."""


class Unreachable(Exception):
    """The provider does not answer, or not as OpenID Connect says; the message names the kind of fault."""


class Declined(Unreachable):
    """The provider answers that what it was asked is not good: a code that is used, too old, or not ours."""


@dataclass(frozen=True)
class Description:
    """What a provider tells of itself: where things are done, and how."""

    authorization: str
    token: str
    keys: str
    userinfo: str
    end_session: str
    names_itself: bool
    secret_in_body: bool


@dataclass
class _Known:
    """What is remembered of a provider for an hour, in this process."""

    description: Description | None = None
    described_at: datetime | None = None
    keys: dict[str, Key] = field(default_factory=dict)
    fetched_at: datetime | None = None
    asked_again_at: datetime | None = None


_known: dict[str, _Known] = {}
_lock = threading.Lock()


def forget() -> None:
    """Forget what is known of every provider."""
    _known.clear()


def describe(provider: IdentityProvider) -> Description:
    """Give the provider's description, asked for once an hour; raises Unreachable."""
    known = _of(provider)
    if known.description is None or _old(known.described_at):
        told = _get(provider, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        known.description, known.described_at = _description(provider, told), clock.now()
    return known.description


def sign_in_address(
    provider: IdentityProvider, *, back: str, state: str, nonce: str, verifier: str, prove: bool = False
) -> str:
    """Make the address where somebody signs in; `prove` asks them to do so anew even if they just have."""
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    if provider.strong_acr:
        asked["acr_values"] = " ".join(provider.strong_acr)
    if prove:
        asked |= {"prompt": "login", "max_age": "0"}
    return _with(describe(provider).authorization, asked)


def sign_out_address(provider: IdentityProvider, *, back: str) -> str:
    """Make the address where somebody also signs out from the provider; empty when it has none."""
    there = describe(provider).end_session
    return _with(there, {"client_id": provider.client_id, "post_logout_redirect_uri": back}) if there else ""


def exchange(provider: IdentityProvider, *, code: str, verifier: str, back: str) -> dict[str, Any]:
    """Give a code for tokens, from server to server; raises Unreachable, and Declined when the code is not good."""
    described = describe(provider)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    if described.secret_in_body:
        form |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
        return _ask(lambda client: client.build_request("POST", described.token, data=form))
    # RFC 6749 2.3.1: name and secret are encoded before they become a user and a password.
    basic = httpx.BasicAuth(quote(provider.client_id, safe=""), quote(provider.client_secret, safe=""))
    return _ask(lambda client: client.build_request("POST", described.token, data=form), auth=basic)


def userinfo(provider: IdentityProvider, access_token: str) -> dict[str, Any]:
    """Ask the provider what more it tells of the person; nothing when it has no such place."""
    address = describe(provider).userinfo
    if not address or not access_token:
        return {}
    headers = {"Authorization": f"Bearer {access_token}"}
    return _ask(lambda client: client.build_request("GET", address, headers=headers))


def key_of(provider: IdentityProvider, kid: str, algorithm: str) -> Key | None:
    """Find the key that signed, by its name; an unknown name makes us fetch the keys once more."""
    known = _of(provider)
    if not known.keys or _old(known.fetched_at):
        _fetch_keys(provider, known)
    found = _pick(known.keys, kid, algorithm)
    if found is None and (known.asked_again_at is None or clock.now() - known.asked_again_at > ASKED_AGAIN):
        known.asked_again_at = clock.now()
        _fetch_keys(provider, known)
        found = _pick(known.keys, kid, algorithm)
    return found


def _pick(keys: dict[str, Key], kid: str, algorithm: str) -> Key | None:
    kind = ECKey if algorithm.startswith("ES") else RSAKey
    fitting = {name: key for name, key in keys.items() if isinstance(key, kind) and key.alg in (None, algorithm)}
    if kid:
        return fitting.get(kid)
    return next(iter(fitting.values())) if len(fitting) == 1 else None


def _fetch_keys(provider: IdentityProvider, known: _Known) -> None:
    told = _get(provider, describe(provider).keys).get("keys")
    found = {}
    for number, entry in enumerate(told if isinstance(told, list) else ()):
        # What is for sealing, of another kind, or shared with us by mistake, signs nothing.
        if not isinstance(entry, dict) or entry.get("kty") not in ("RSA", "EC") or entry.get("use", "sig") != "sig":
            continue
        try:
            found[str(entry.get("kid") or number)] = import_key(entry)
        except (JoseError, ValueError, KeyError):
            continue
    known.keys, known.fetched_at = found, clock.now()


def _description(provider: IdentityProvider, told: dict[str, Any]) -> Description:
    if told.get("issuer") != provider.issuer:
        raise Unreachable("another issuer")
    ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Description(
        authorization=_place(provider, told, "authorization_endpoint"),
        token=_place(provider, told, "token_endpoint"),
        keys=_place(provider, told, "jwks_uri"),
        userinfo=_place(provider, told, "userinfo_endpoint", needed=False),
        end_session=_place(provider, told, "end_session_endpoint", needed=False),
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
        secret_in_body="client_secret_basic" not in ways and "client_secret_post" in ways,
    )


def _place(provider: IdentityProvider, told: dict[str, Any], name: str, *, needed: bool = True) -> str:
    """Read an address of the description: no less safe than the issuer's own."""
    address = told.get(name)
    if not isinstance(address, str):
        if needed:
            raise Unreachable(f"no {name}")
        return ""
    parts, own = urlsplit(address), urlsplit(provider.issuer)
    if not parts.hostname or (parts.scheme != "https" and (parts.scheme, parts.netloc) != (own.scheme, own.netloc)):
        raise Unreachable(f"an unsafe {name}")
    return address


def _get(provider: IdentityProvider, address: str) -> dict[str, Any]:
    return _ask(lambda client: client.build_request("GET", address))


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that we trust, read once in each process: reading them takes longer than many an answer."""
    return httpx.create_ssl_context()


def _ask(make: Callable[[httpx.Client], httpx.Request], auth: httpx.BasicAuth | None = None) -> dict[str, Any]:
    """Ask once: no redirect is followed, and no more is read than fits."""
    try:
        with httpx.Client(timeout=PATIENCE, follow_redirects=False, verify=_trusted()) as client:
            request = make(client)
            request.headers["Accept"] = "application/json"
            answer = client.send(request, auth=auth, stream=True)
            try:
                return _body(answer)
            finally:
                answer.close()
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        raise Unreachable(type(problem).__name__) from problem


def _body(answer: httpx.Response) -> dict[str, Any]:
    if 400 <= answer.status_code < 500:
        raise Declined(f"status {answer.status_code}")
    if answer.status_code != 200:
        raise Unreachable(f"status {answer.status_code}")
    read = bytearray()
    for part in answer.iter_bytes(16 * 1024):
        read += part
        if len(read) > MOST_BYTES:
            raise Unreachable("too long an answer")
    try:
        told = json.loads(read)
    except (ValueError, RecursionError) as problem:
        raise Unreachable("not JSON") from problem
    if not isinstance(told, dict):
        raise Unreachable("not an object")
    return told


def _of(provider: IdentityProvider) -> _Known:
    with _lock:
        return _known.setdefault(provider.issuer, _Known())


def _old(moment: datetime | None) -> bool:
    return moment is None or not timedelta(0) <= clock.now() - moment < KEPT


def _with(address: str, asked: dict[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"
