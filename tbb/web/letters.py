"""What a letter says: one template gives its subject, its plain text and its HTML."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, pass_context, select_autoescape
from jinja2.runtime import Context

from tbb.web.letter_frames import FRAMES, Frame, day, when

FOLDER = Path(__file__).resolve().parents[1] / "templates" / "letters"
LINK = re.compile(r"-> (?P<text>[^|]+?) \| (?P<path>\S+)")
LIST_SIGNS = ("- ", "– ")
HEADER = re.compile(r"(Ämne|Namn|Varför): *(.*)")
VALUE = re.compile("\ue000(\\d+)\ue001")
OUR_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9._~!$&'()*+,;=:@%/?#-]*")
EMAIL = re.compile(r"[^\s@<>|]+@[A-Za-zÅÄÖåäö0-9.-]+[.,;:!?]?")
LOOKS_LIKE_A_SITE = re.compile(r"[\w-]\.[^\W\d_]{2}")
NAMES = {"newsletter": "Nyhetsbrev"}
"""What letters are called that are not made of a template of words."""
PLAIN = "plain"
"""The one template whose facts are whole sentences of our own, with addresses in them."""
MOST_CHARACTERS = 2000
JOINERS = "\u200c\u200d"
"""Invisible, but part of words in some scripts; every other invisible character is taken away."""


class CannotWrite(Exception):
    """The letter cannot be put into words; `missing` says that there is no such template."""

    def __init__(self, words: str, *, missing: bool = False):
        super().__init__(words)
        self.missing = missing


@dataclass(frozen=True)
class Part:
    """A paragraph, a list or a link. Of a link `lines` has one line and `path` leads into our own site."""

    kind: str
    lines: tuple[str, ...]
    path: str = ""


@dataclass(frozen=True)
class Rendered:
    """A letter in words. `html` is a whole document; `why` says why the reader gets it."""

    subject: str
    text: str
    html: str
    parts: tuple[Part, ...] = ()
    why: str = ""


@dataclass
class Values:
    """What the facts have filled in, by number, kept apart from the template's own words until these are understood.

    So a value can be anything at all and still only be words: never a line, a link or a header.
    """

    own_site: str = ""
    found: list[str] = field(default_factory=list)

    def put(self, value: object) -> str:
        """Keep a value and give what stands for it meanwhile."""
        self.found.append("" if value is None else str(value))
        return f"\ue000{len(self.found) - 1}\ue001"

    def in_words(self, text: str) -> str:
        """Fill in the values as harmless words."""
        return VALUE.sub(lambda mark: harmless(self.found[int(mark[1])], self.own_site), text).strip()

    def in_path(self, text: str) -> str:
        """Fill in the values of an address; raise CannotWrite when it does not lead into our own site."""
        path = VALUE.sub(lambda mark: self.found[int(mark[1])], text)
        if not OUR_PATH.fullmatch(path):
            raise CannotWrite("a link does not lead into our own site")
        return path


def render(template: str, facts: dict[str, Any], *, base_url: str, language: str = "sv") -> Rendered:
    """Write a letter; raise CannotWrite when it cannot be done.

    The template begins with ``Ämne: …``, and perhaps ``Namn: …`` (what the outbox calls it) and ``Varför: …`` (why the
    reader gets it). Then come paragraphs, lists of lines ``– …`` and links ``-> text | /path``.
    """
    language = language if language in FRAMES and (FOLDER / language / f"{template}.txt").exists() else "sv"
    values, frame = Values(own_site=base_url if template == PLAIN else ""), FRAMES[language]
    head, body = _written(template, facts, values, language)
    headers = {name: values.in_words(words) for name, words in head.items()}
    if not headers.get("Ämne"):
        raise CannotWrite("the letter has no subject")
    parts, why = tuple(_parts(body, values)), headers.get("Varför") or frame.why
    html = (
        _environment()
        .get_template("frame.mail")
        .render(subject=headers["Ämne"], parts=parts, why=why, frame=frame, base_url=base_url, language=language)
    )
    text = "\n\n".join([*(_plain(part, base_url) for part in parts), _plain_footer(frame, why, base_url)])
    return Rendered(headers["Ämne"], text + "\n", html, parts, why)


def name_of(template: str) -> str:
    """Tell what a letter is called in Swedish: what its template says, or else its subject."""
    try:
        head = _headers((FOLDER / f"{Path(template).name}.txt").read_text(encoding="utf-8"))[0]
    except OSError:
        head = {}
    name = head.get("Namn") or head.get("Ämne", "")
    return name if name and "{" not in name else NAMES.get(template, "Brev")


def harmless(value: str, own_site: str = "") -> str:
    """Make a value one line of words: nothing invisible, nothing that turns the text around, nothing to press on.

    Only addresses of `own_site`, when it is given, are left as they are.
    """
    known = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter
        for letter in unicodedata.normalize("NFC", value[: 2 * MOST_CHARACTERS])
        if letter in JOINERS or unicodedata.category(letter) not in ("Cf", "Cs", "Co", "Cn")
    )
    # "=?" begins an encoded word, which a mail program would unfold into anything at all.
    words = " ".join(_no_site(word, own_site) for word in known.replace("=?", "= ?").split())
    return words if len(words) <= MOST_CHARACTERS else words[: MOST_CHARACTERS - 1] + "…"


def _no_site(word: str, own_site: str) -> str:
    """Break what a mail program would make a link of; an e-mail address may stay."""
    if (own_site and word.startswith(f"{own_site}/")) or EMAIL.fullmatch(word):
        return word
    word = re.sub(r":(?=//|\S*@)", ": ", word).replace("//", "/ /")
    return re.sub(r"\.(?=\w)", ". ", word) if LOOKS_LIKE_A_SITE.search(word) else word


def is_path(value: object) -> bool:
    """Whether a value can be the address of a link: `{% if page is path %}` in a template."""
    return isinstance(value, str) and OUR_PATH.fullmatch(value) is not None


@pass_context
def _set_apart(context: Context, value: object) -> object:
    values = context.get("values_of_the_letter")
    return values.put(value) if isinstance(values, Values) else value


@pass_context
def _when(context: Context, time: dict[str, Any]) -> str:
    return when(str(time["wall"]), time["minutes"], str(context["language_of_the_letter"]))


@pass_context
def _day(context: Context, said: object) -> str:
    return day(str(said), str(context["language_of_the_letter"]))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("mail",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_set_apart,
    )
    made.tests["path"] = is_path
    made.filters |= {"when": _when, "day": _day}
    return made


def _written(template: str, facts: dict[str, Any], values: Values, language: str) -> tuple[dict[str, str], str]:
    name = f"{template}.txt" if language == "sv" else f"{language}/{template}.txt"
    try:
        known = {"values_of_the_letter": values, "language_of_the_letter": language}
        words = _environment().get_template(name).render(facts | known)
    except TemplateNotFound as problem:
        raise CannotWrite(f"there is no template {template}", missing=True) from problem
    except Exception as problem:
        # Whatever is wrong with the facts, the letter is held for a person and the worker goes on.
        raise CannotWrite(type(problem).__name__) from problem
    return _headers(words)


def _headers(words: str) -> tuple[dict[str, str], str]:
    """Part the lines before the first empty one from the rest."""
    head, *rest = re.split(r"\n[ \t]*\n", words.strip("\n"), maxsplit=1)
    return dict(match.groups() for line in head.splitlines() if (match := HEADER.fullmatch(line))), "".join(rest)


def _parts(body: str, values: Values) -> list[Part]:
    parts = []
    for paragraph in re.split(r"\n[ \t]*\n", body):
        lines = [line.strip() for line in paragraph.split("\n") if line.strip()]
        for kind, same in groupby(lines, _kind):
            parts += _of_kind(kind, list(same), values)
    return parts


def _kind(line: str) -> str:
    return "link" if line.startswith("-> ") else "list" if line.startswith(LIST_SIGNS) else "text"


def _of_kind(kind: str, lines: list[str], values: Values) -> list[Part]:
    if kind != "link":
        said = (values.in_words(line[2:] if kind == "list" else line) for line in lines)
        kept = tuple(line for line in said if line)
        return [Part(kind, kept)] if kept else []
    links = [LINK.fullmatch(line) for line in lines]
    if not all(links):
        raise CannotWrite("a link is not written -> text | /path")
    return [Part("link", (values.in_words(link["text"]),), values.in_path(link["path"])) for link in links]


def _plain(part: Part, base_url: str) -> str:
    if part.kind == "link":
        return f"{part.lines[0].rstrip(':')}:\n{base_url}{part.path}"
    return "\n".join(f"– {line}" if part.kind == "list" else line for line in part.lines)


def _plain_footer(frame: Frame, why: str, base_url: str) -> str:
    # "-- " on a line of its own is how a signature begins; mail programs show what follows more quietly.
    return f"-- \n{frame.service}\n{base_url}\n\n{why} {frame.no_answer}"
