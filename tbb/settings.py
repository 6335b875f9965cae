"""Settings: everything the surroundings may decide, read once, frozen, and refused with a sentence."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from tbb.crypto import Keyring, new_key, read_keys
from tbb.identity_settings import BadIdentitySetting, IdentityProvider, ProxyIdentity, read_identity

ENVIRONMENTS = ("development", "test", "production")
HOST_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
ROOT = Path(__file__).resolve().parent.parent


class BadSetting(Exception):
    """A setting is missing or wrong; the message is a sentence for the one who starts the server."""


@dataclass(frozen=True)
class Settings:
    """All settings. Every one has its variable in README's table."""

    environment: str
    instance: Path
    database_url: str
    secret_key: str = field(repr=False)
    keyring: Keyring = field(repr=False)
    case_keys: Path
    base_url: str
    trusted_hosts: tuple[str, ...]
    proxies: int
    smtp_url: str = field(repr=False)
    mail_from: str
    contact_email: str
    threads: int
    register_url: str
    term_starts: tuple[tuple[int, int], tuple[int, int]]
    password_memory: int
    alarm_email: str
    anchor_file: Path | None
    anchor_email: str
    audit_years: int
    calendar_hosts: tuple[str, ...] = ()
    identity_providers: tuple[IdentityProvider, ...] = ()
    proxy_identity: ProxyIdentity | None = None
    newsletter_pace: int = 0
    newsletter_hours: tuple[int, int] = (0, 24)
    authority_name: str = "Myndigheten för digital förvaltning (Digg)"
    authority_url: str = "https://www.digg.se/"
    authority_report_url: str = "https://www.digg.se/tdosanmalan"
    assessed_on: date = date(2026, 11, 23)
    updated_on: date = date(2026, 11, 23)
    sip_url: str = ""

    @property
    def production(self) -> bool:
        """True where real people use the service."""
        return self.environment == "production"

    @property
    def secure(self) -> bool:
        """True when the service is reached over https, so that cookies may demand it."""
        return self.base_url.startswith("https://")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from environment variables; raise BadSetting with a sentence."""
    environment = environ.get("TBB_ENV", "development")
    if environment not in ENVIRONMENTS:
        raise BadSetting(f"TBB_ENV is '{environment}', but must be one of: {', '.join(ENVIRONMENTS)}.")
    production = environment == "production"
    instance = Path(environ.get("TBB_INSTANCE") or ROOT / "instance").resolve()
    if not instance.is_dir():
        raise BadSetting(f"TBB_INSTANCE points to {instance}, which is not a folder. Create it first.")
    base_url = _base_url(environ, production)
    return Settings(
        environment=environment,
        instance=instance,
        database_url=environ.get("TBB_DATABASE_URL") or f"sqlite:///{instance / 'tbb.db'}",
        secret_key=_secret_key(environ, instance, production),
        keyring=_keyring(environ, instance, production),
        case_keys=_case_keys(environ, instance, production),
        base_url=base_url,
        trusted_hosts=_trusted_hosts(environ, base_url, production),
        proxies=_whole_number(environ, "TBB_PROXIES", 0, 0, 5),
        smtp_url=_smtp_url(environ, production),
        mail_from=environ.get("TBB_MAIL_FROM", "Tillsammans för barnens bästa <no-reply@tbb.example>"),
        contact_email=environ.get("TBB_CONTACT_EMAIL", "tillsammansforbarnensbasta@regionsormland.se"),
        threads=_whole_number(environ, "TBB_THREADS", 4, 1, 64),
        register_url=environ.get("TBB_REGISTER_URL", "https://api.skolverket.se/skolenhetsregistret"),
        term_starts=_term_starts(environ),
        password_memory=_whole_number(environ, "TBB_PASSWORD_MEMORY_KIB", 65536, 65536 if production else 64, 1048576),
        alarm_email=environ.get("TBB_ALARM_EMAIL", ""),
        anchor_file=Path(environ["TBB_ANCHOR_FILE"]) if environ.get("TBB_ANCHOR_FILE") else None,
        anchor_email=environ.get("TBB_ANCHOR_EMAIL", ""),
        audit_years=_whole_number(environ, "TBB_AUDIT_YEARS", 5, 5, 50),
        calendar_hosts=_calendar_hosts(environ),
        newsletter_pace=_whole_number(environ, "TBB_NEWSLETTER_PACE", 0, 0, 100_000),
        newsletter_hours=_hours(environ),
        **_identity(environ, production),
        **_statement(environ),
    )


def _identity(environ: Mapping[str, str], production: bool) -> dict[str, object]:
    """Who else may say who somebody is."""
    try:
        return read_identity(environ, production=production)
    except BadIdentitySetting as error:
        raise BadSetting(str(error)) from error


def _statement(environ: Mapping[str, str]) -> dict[str, object]:
    """What is the county's or the state's to say: the statement's authority and dates, where the SIP agreement is."""
    names = {
        "authority_name": "TBB_AUTHORITY_NAME",
        "authority_url": "TBB_AUTHORITY_URL",
        "authority_report_url": "TBB_AUTHORITY_REPORT_URL",
        "sip_url": "TBB_SIP_URL",
    }
    found: dict[str, object] = {key: environ[name] for key, name in names.items() if environ.get(name)}
    for key, name in {"assessed_on": "TBB_ASSESSED_ON", "updated_on": "TBB_STATEMENT_UPDATED_ON"}.items():
        if environ.get(name):
            try:
                found[key] = date.fromisoformat(environ[name])
            except ValueError as error:
                raise BadSetting(f"{name} must be a date such as 2026-11-23.") from error
    return found


def _term_starts(environ: Mapping[str, str]) -> tuple[tuple[int, int], tuple[int, int]]:
    """When spring and autumn begin, as (month, day): the days on which every BBA is asked whether all is right."""
    text = environ.get("TBB_TERM_STARTS", "01-10,08-20")
    try:
        spring, autumn = (date.fromisoformat(f"2026-{part.strip()}") for part in text.split(","))
    except ValueError as error:
        raise BadSetting("TBB_TERM_STARTS must be two days such as 01-10,08-20.") from error
    return (spring.month, spring.day), (autumn.month, autumn.day)


def _hours(environ: Mapping[str, str]) -> tuple[int, int]:
    """Between which hours of the Swedish day newsletters may leave."""
    first, sign, last = environ.get("TBB_NEWSLETTER_HOURS", "0-24").partition("-")
    if not (sign and first.isdecimal() and last.isdecimal() and int(first) < int(last) <= 24):
        raise BadSetting("TBB_NEWSLETTER_HOURS must be two hours such as 7-19.")
    return int(first), int(last)


def _base_url(environ: Mapping[str, str], production: bool) -> str:
    default = "" if production else f"http://127.0.0.1:{environ.get('PORT', '8000')}"
    base_url = environ.get("TBB_BASE_URL", default).rstrip("/")
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
        raise BadSetting("TBB_BASE_URL must be the address people use, such as https://tbb.example.")
    if production and parts.scheme != "https":
        raise BadSetting("TBB_BASE_URL must begin with https:// in production.")
    return base_url


def _trusted_hosts(environ: Mapping[str, str], base_url: str, production: bool) -> tuple[str, ...]:
    named = tuple(host.strip() for host in environ.get("TBB_TRUSTED_HOSTS", "").split(",") if host.strip())
    own = urlsplit(base_url).hostname or ""
    return tuple(dict.fromkeys((own, *named) if production else (own, "127.0.0.1", "localhost", *named)))


def _calendar_hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The hosts from which somebody's own calendar may be fetched: names such as outlook.office365.com."""
    named = [host.strip().lower() for host in environ.get("TBB_CALENDAR_HOSTS", "").split(",") if host.strip()]
    for host in named:
        if not HOST_NAME.fullmatch(host):
            raise BadSetting(f"TBB_CALENDAR_HOSTS names '{host}', which is no host name such as outlook.office365.com.")
    return tuple(dict.fromkeys(named))


def _secret_key(environ: Mapping[str, str], instance: Path, production: bool) -> str:
    key = environ.get("TBB_SECRET_KEY", "")
    if production and len(key) < 32:
        raise BadSetting(
            "TBB_SECRET_KEY is missing or shorter than 32 characters. Make one with:"
            " python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return key or _kept(instance / "secret-key", lambda: secrets.token_urlsafe(48))


def _keyring(environ: Mapping[str, str], instance: Path, production: bool) -> Keyring:
    """Read the sealing keys; outside production the first start makes a file of its own."""
    named = environ.get("TBB_KEY_FILE", "")
    if production and not named:
        raise BadSetting(
            "TBB_KEY_FILE is missing: name a file with the sealing keys, outside the database's backup."
            " Make its first line with: python3 -c"
            " \"import base64, os; print('1:' + base64.b64encode(os.urandom(32)).decode())\""
        )
    if not named:
        _kept(instance / "sealing-keys", lambda: f"1:{new_key()}")
    path = Path(named) if named else instance / "sealing-keys"
    try:
        return Keyring(read_keys(path.read_text(encoding="utf-8").splitlines()))
    except OSError as error:
        raise BadSetting(f"TBB_KEY_FILE names {path}, which cannot be read.") from error
    except ValueError as error:
        raise BadSetting(f"The key file {path} is wrong: {error}") from error


def _case_keys(environ: Mapping[str, str], instance: Path, production: bool) -> Path:
    """Where the cases' own keys lie; in production that must be said, for they must not be backed up with the rest."""
    named = environ.get("TBB_CASE_KEYS", "")
    if production and not named:
        raise BadSetting(
            "TBB_CASE_KEYS is missing: name a file for the keys of cases, outside the database's backup. It is made"
            " at the first use; docs/operations.md says how to back it up."
        )
    path = Path(named) if named else instance / "case-keys.db"
    if not path.parent.is_dir():
        raise BadSetting(f"TBB_CASE_KEYS names {path}, but there is no folder {path.parent}. Create it first.")
    return path


def _kept(path: Path, make) -> str:
    """Read a secret kept in the instance folder, or make it, readable by its owner alone."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(make() + "\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _smtp_url(environ: Mapping[str, str], production: bool) -> str:
    url = environ.get("TBB_SMTP_URL", "")
    if url and urlsplit(url).scheme not in ("smtp", "smtp+tls", "smtps"):
        raise BadSetting("TBB_SMTP_URL must begin with smtp://, smtp+tls:// or smtps://.")
    if production and not url:
        raise BadSetting("TBB_SMTP_URL is missing: without it no letter can leave. Example: smtp://127.0.0.1:25")
    return url


def _whole_number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise BadSetting(f"{name} must be a whole number from {least} to {most}, not '{text}'.")
    return int(text)
