"""The texts of a page in its language: each is looked up once per process, and then it is one step away."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask
from markupsafe import Markup

SOURCE = "sv"


class Texts(dict[str, Markup]):
    """One language's texts as markup, by their Swedish; catalogues are ours, so they may hold <strong>."""

    def __init__(self, code: str, catalogue: NullTranslations):
        super().__init__()
        self.code = code
        self.catalogue = catalogue

    def __missing__(self, text: str) -> Markup:
        found = self[text] = Markup(self.catalogue.gettext(text))
        return found


_of: dict[str, Texts] = {SOURCE: Texts(SOURCE, NullTranslations())}
_spoken: ContextVar[Texts] = ContextVar("texts", default=_of[SOURCE])


def N_(text: str) -> str:
    """Mark a text for the catalogues; it is said later, with `say`."""
    return text


def speak(code: str) -> None:
    """Let what follows in this request be said in a language."""
    _spoken.set(_of[code])


def spoken() -> str:
    """Tell which language is being spoken."""
    return _spoken.get().code


def say(text: str, **values: Any) -> str:
    """Say a text in the language of the page, as plain text."""
    said = str(_spoken.get()[text])
    return said % values if values else said


def gettext(text: str, **values: Any) -> Markup:
    """Say a text in a template: the text is markup, the values are escaped."""
    said = _spoken.get()[text]
    return said % values if values else said


def ngettext(one: str, many: str, num: int, **values: Any) -> Markup:
    """Say a text that depends on a number; `num` is among its values."""
    said = _spoken.get().catalogue.ngettext(one, many, num)
    return Markup(said) % {"num": num, **values}


def say_number(one: str, many: str, num: int, **values: Any) -> str:
    """Say a text that depends on a number, as plain text."""
    return _spoken.get().catalogue.ngettext(one, many, num) % {"num": num, **values}


def install(app: Flask, codes: list[str]) -> None:
    """Read the catalogues and give templates their `_` and `ngettext`."""
    folder = Path(app.root_path) / "translations"
    for code in codes:
        if code != SOURCE:
            _of[code] = Texts(code, Translations.load(str(folder), [code]))
    app.jinja_env.globals.update({"_": gettext, "gettext": gettext, "ngettext": ngettext})
