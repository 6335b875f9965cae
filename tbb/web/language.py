"""Which language a page is in: by the first part of its address, else by what the browser asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, request
from flask_babel import Babel
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from tbb.web import texts
from tbb.web.shell import settings
from tbb.web.texts import SOURCE


@dataclass(frozen=True)
class Language:
    """A published language: its code, its own name and its direction."""

    code: str
    name: str
    direction: str = "ltr"


LANGUAGES = {
    language.code: language
    for language in (
        Language("sv", "Svenska"),
        Language("en", "English"),
        Language("fi", "Suomi"),
        Language("ar", "العربية", "rtl"),
        Language("so", "Soomaali"),
    )
}


class LanguagePrefix:
    """Move a first path part such as /en to SCRIPT_NAME, so that every url_for() keeps the language."""

    def __init__(self, app: Callable[..., Iterable[bytes]]):
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        head, _, rest = environ.get("PATH_INFO", "/").lstrip("/").partition("/")
        if head in LANGUAGES:
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{head}"
            environ["PATH_INFO"] = "/" + rest
            environ["tbb.language"] = head
            environ["tbb.language_named"] = True
        else:
            environ["tbb.language"] = negotiated(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        return self.app(environ, start_response)


@lru_cache(maxsize=512)
def negotiated(accepted: str) -> str:
    """Choose the published language that an Accept-Language header likes best, Swedish when none."""
    wishes = parse_accept_header(accepted[:200], LanguageAccept)
    return wishes.best_match(list(LANGUAGES), default=SOURCE) or SOURCE


def current() -> Language:
    """The language of the page being made."""
    return LANGUAGES[request.environ.get("tbb.language", SOURCE)]


def install(app: Flask) -> None:
    """Let templates and forms speak the language of the page."""
    Babel(
        app,
        locale_selector=lambda: current().code,
        default_timezone="Europe/Stockholm",
        default_translation_directories=str(app.root_path) + "/translations",
    )
    texts.install(app, list(LANGUAGES))

    @app.before_request
    def choose() -> None:
        # The pages of those who work here are Swedish, whatever the browser or the address asks for.
        if getattr(app.view_functions.get(request.endpoint or ""), "in_swedish", False):
            request.environ["tbb.language"] = SOURCE
        texts.speak(current().code)


def speak(code: str) -> None:
    """Let the rest of this page be in a language, for what families get of a page that is Swedish otherwise."""
    request.environ["tbb.language"] = code
    texts.speak(code)


def addresses(path: str, query: str = "") -> list[tuple[Language, str]]:
    """Give every language's own relative address of the page at `path` (without language prefix)."""
    tail = f"?{query}" if query else ""
    return [(language, f"/{code}{path if path != '/' else '/'}{tail}") for code, language in LANGUAGES.items()]


def alternates() -> list[tuple[str, str]]:
    """For hreflang: every language's full address of this page, and the one that asks the browser."""
    base, path = settings().base_url, request.path
    full = [(language.code, base + address) for language, address in addresses(path)]
    return [*full, ("x-default", base + path)]


def languages() -> list[tuple[str, str, str, str, bool]]:
    """For the language menu: code, own name, direction, address of this page in it, and whether it is current."""
    asked = request.method == "GET"
    query = request.query_string.decode("ascii", "replace") if asked else ""
    return [
        (language.code, language.name, language.direction, address, language == current())
        for language, address in addresses(request.path if asked else "/", query)
    ]
