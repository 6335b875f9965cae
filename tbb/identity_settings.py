"""Who else may say who somebody is: the organisations' identity providers, and a proxy that speaks for one of them."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stdnum.se import orgnr

KEY = re.compile(r"[a-z][a-z0-9-]{1,29}")
RESERVED = ("svar", "utloggad", "utloggning")
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
NEEDED = ("key", "name", "organizer", "issuer", "client_id")
LISTS = ("scopes", "strong_acr", "strong_amr", "name_claims", "email_domains")
KNOWN = {*NEEDED, *LISTS, "client_secret", "client_secret_file"}


class BadIdentitySetting(ValueError):
    """A setting about identity is missing or wrong; the message is a sentence for the one who starts the server."""


@dataclass(frozen=True)
class IdentityProvider:
    """An organisation's OpenID provider, as the file tells it. `organizer` is ten digits.

    A sign-in counts as two factors when its `acr` is among `strong_acr` or one of its `amr` among `strong_amr`. An
    e-mail address is believed only within `email_domains`, and is never what somebody is known by.
    """

    key: str
    name: str
    organizer: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    strong_acr: tuple[str, ...] = ()
    strong_amr: tuple[str, ...] = ()
    name_claims: tuple[str, ...] = ("name",)
    email_domains: tuple[str, ...] = ()

    def is_strong(self, acr: str, amr: tuple[str, ...]) -> bool:
        """Whether a sign-in of this kind counts as two factors."""
        return acr in self.strong_acr or not set(amr).isdisjoint(self.strong_amr)


@dataclass(frozen=True)
class ProxyIdentity:
    """A reverse proxy that has asked who somebody is, by SAML for example, and says so in a header.

    `proxies` are the networks of the immediate peers that are believed; `issuer` stands for the proxy's federation.
    """

    header: str
    issuer: str
    name: str
    organizer: str
    proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    name_header: str = ""
    acr_header: str = ""
    strong_acr: tuple[str, ...] = ()

    def trusts(self, peer: str) -> bool:
        """Whether the one at the other end of the socket is one of the listed proxies."""
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self.proxies)


def read_identity(environ: Mapping[str, str], *, production: bool) -> dict[str, Any]:
    """Read `identity_providers` and `proxy_identity`; raise BadIdentitySetting with a sentence."""
    providers, proxy = _providers(environ, production), _proxy(environ)
    if proxy is not None and proxy.issuer in {provider.issuer for provider in providers}:
        raise BadIdentitySetting("TBB_PROXY_IDENTITY_ISSUER names an issuer that TBB_IDENTITY_PROVIDERS has already.")
    return {"identity_providers": providers, "proxy_identity": proxy}


def _providers(environ: Mapping[str, str], production: bool) -> tuple[IdentityProvider, ...]:
    named = environ.get("TBB_IDENTITY_PROVIDERS", "")
    if not named:
        return ()
    try:
        told = tomllib.loads(Path(named).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadIdentitySetting(f"TBB_IDENTITY_PROVIDERS names {named}, which cannot be read.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadIdentitySetting(f"TBB_IDENTITY_PROVIDERS names {named}, which is not TOML: {error}.") from error
    listed = told.get("provider")
    if set(told) != {"provider"} or not isinstance(listed, list) or not listed:
        raise BadIdentitySetting(f"The file {named} (TBB_IDENTITY_PROVIDERS) must hold [[provider]] and nothing else.")
    found = tuple(_provider(entry, Path(named), production) for entry in listed)
    for what in ("key", "issuer"):
        if len({getattr(provider, what) for provider in found}) < len(found):
            raise BadIdentitySetting(f"Two providers in {named} (TBB_IDENTITY_PROVIDERS) have the same {what}.")
    return found


def _provider(entry: Any, path: Path, production: bool) -> IdentityProvider:
    where = f"in {path} (TBB_IDENTITY_PROVIDERS)"
    if not isinstance(entry, dict) or not all(isinstance(entry.get(name), str) and entry[name] for name in NEEDED):
        raise BadIdentitySetting(f"Every provider {where} needs {', '.join(NEEDED)}, each a text.")
    where = f"of the provider '{entry['key']}' {where}"
    if unknown := sorted(set(entry) - KNOWN):
        raise BadIdentitySetting(f"The setting '{unknown[0]}' {where} is not known.")
    if not KEY.fullmatch(entry["key"]) or entry["key"] in RESERVED:
        raise BadIdentitySetting(f"The key {where} must be 2–30 of a–z, 0–9 and -, and none of {', '.join(RESERVED)}.")
    _check_issuer(entry["issuer"], where, production)
    lists = {name: _texts(entry[name], name, where) for name in LISTS if name in entry}
    if "scopes" in lists and "openid" not in lists["scopes"]:
        raise BadIdentitySetting(f"The scopes {where} must hold 'openid'.")
    lists["email_domains"] = tuple(domain.lower() for domain in lists.get("email_domains", ()))
    return IdentityProvider(
        key=entry["key"],
        name=entry["name"],
        organizer=_organizer(entry["organizer"], where),
        issuer=entry["issuer"],
        client_id=entry["client_id"],
        client_secret=_secret(entry, path, where),
        **lists,
    )


def _check_issuer(issuer: str, where: str, production: bool) -> None:
    parts = urlsplit(issuer)
    on_this_machine = parts.scheme == "http" and parts.hostname in LOOPBACK and not production
    if not parts.hostname or parts.query or parts.fragment or not (parts.scheme == "https" or on_this_machine):
        raise BadIdentitySetting(f"The issuer {where} must be an address that begins with https://.")


def _organizer(text: str, where: str) -> str:
    """Read a Swedish organisation number; give its ten digits."""
    if not orgnr.is_valid(text):
        raise BadIdentitySetting(f"The organizer {where} must be an organisation number of ten digits.")
    return orgnr.compact(text)


def _secret(entry: dict[str, Any], path: Path, where: str) -> str:
    named, secret = entry.get("client_secret_file"), entry.get("client_secret")
    if isinstance(named, str) and named:
        try:
            secret = (path.parent / named).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadIdentitySetting(f"The client_secret_file {where} cannot be read.") from error
    if not isinstance(secret, str) or len(secret) < 16:
        raise BadIdentitySetting(f"A client_secret {where} is missing or shorter than 16 characters.")
    return secret


def _texts(value: Any, name: str, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
        raise BadIdentitySetting(f"The setting {name} {where} must be a list of texts.")
    return tuple(value)


def _proxy(environ: Mapping[str, str]) -> ProxyIdentity | None:
    """Read the settings of the trusted header; None when it is off."""
    header = environ.get("TBB_PROXY_IDENTITY_HEADER", "")
    if not header:
        return None
    issuer = environ.get("TBB_PROXY_IDENTITY_ISSUER", "")
    if not issuer:
        raise BadIdentitySetting("TBB_PROXY_IDENTITY_ISSUER is missing: name whom the proxy speaks for.")
    return ProxyIdentity(
        header=_header(environ, "TBB_PROXY_IDENTITY_HEADER"),
        issuer=issuer,
        name=environ.get("TBB_PROXY_IDENTITY_NAME") or issuer,
        organizer=_organizer(environ.get("TBB_PROXY_IDENTITY_ORGANIZER", ""), "in TBB_PROXY_IDENTITY_ORGANIZER"),
        proxies=_networks(environ.get("TBB_TRUSTED_PROXIES", "")),
        name_header=_header(environ, "TBB_PROXY_NAME_HEADER"),
        acr_header=_header(environ, "TBB_PROXY_ACR_HEADER"),
        strong_acr=tuple(environ.get("TBB_PROXY_STRONG_ACR", "").split()),
    )


def _header(environ: Mapping[str, str], variable: str) -> str:
    header = environ.get(variable, "")
    if header and not HEADER.fullmatch(header):
        raise BadIdentitySetting(f"{variable} must be the name of a header, such as X-Remote-User.")
    return header


def _networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Read the list of proxies that are believed; it may neither be empty nor hold the whole world."""
    try:
        found = tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise BadIdentitySetting(f"TBB_TRUSTED_PROXIES must be addresses such as 127.0.0.1: {error}.") from error
    if not found or any(network.prefixlen == 0 for network in found):
        raise BadIdentitySetting(
            "TBB_TRUSTED_PROXIES must list the addresses of the proxies that are believed, with commas between."
            " Without it anybody could write TBB_PROXY_IDENTITY_HEADER and be whom they like."
        )
    return found
