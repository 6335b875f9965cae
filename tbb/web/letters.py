"""What a letter says: one template gives its subject, its plain text and its HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

FOLDER = Path(__file__).resolve().parents[1] / "templates" / "letters"
LINK = re.compile(r"^-> (?P<text>[^|]+) \| (?P<path>\S+)$")


@dataclass(frozen=True)
class Rendered:
    """A letter in words. `html` is a whole document."""

    subject: str
    text: str
    html: str


def render(template: str, facts: dict[str, Any], *, base_url: str, language: str = "sv") -> Rendered:
    """Write a letter: the template's first line is ``Ämne: …``; a line ``-> text | /path`` becomes a link."""
    words = _environment().get_template(f"{template}.txt").render(facts)
    first, _, body = words.partition("\n")
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", body) if part.strip()]
    return Rendered(
        subject=first.removeprefix("Ämne:").strip(),
        text="\n\n".join(_plain(part, base_url) for part in paragraphs) + "\n",
        html=_document(paragraphs, base_url, language),
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    # Plain text is written first and escaped when it becomes HTML; a value never makes a line of its own.
    return Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", str(value)),
    )


def _plain(part: str, base_url: str) -> str:
    link = LINK.match(part)
    return f"{link['text']}:\n{base_url}{link['path']}" if link else part


def _document(paragraphs: list[str], base_url: str, language: str) -> str:
    parts = []
    for part in paragraphs:
        link = LINK.match(part)
        if link:
            parts.append(Markup('<p><a href="{}">{}</a></p>').format(base_url + link["path"], link["text"]))
        else:
            parts.append(Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in part.splitlines())))
    return Markup('<!doctype html><html lang="{}"><body>{}</body></html>').format(language, Markup("").join(parts))
