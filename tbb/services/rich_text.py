"""What communicators write, in Markdown, made into HTML that holds nothing but words, headings, lists and links."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "a", "hr", "br", "code", "pre",
    "table", "thead", "tbody", "tr", "th", "td", "span",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
TONGUES = {"sv": "ltr", "en": "ltr", "fi": "ltr", "ar": "rtl", "so": "ltr"}
"""The languages that a passage may be marked with, and which way they run: ``[Welcome]{en}``."""
MARKED = re.compile(r"\[([^\[\]]*)\]\{(" + "|".join(TONGUES) + r")\}")
SCHEMES = {"http", "https", "mailto", "tel"}
CLASSES = {
    "h2": {"ds-heading"}, "h3": {"ds-heading"}, "h4": {"ds-heading"}, "a": {"ds-link"}, "blockquote": {"quote"},
    "table": {"ds-table"},
}  # fmt: skip
PICTURE = re.compile(r"bild:([0-9a-f]{32})")
OUR_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")
_PLACE = "\ue000{}\ue001"
_PLACES = re.compile("\ue000([0-9a-f]{32})\ue001")
_PRIVATE = dict.fromkeys((0xE000, 0xE001))


class CleanHtml(str):
    """HTML that has passed the sanitizer, or was put together from such: the only text that pages show as it is."""

    def __html__(self) -> str:
        return str(self)


def to_html(markdown: str, *, picture: Callable[[str], str] | None = None, base: str = "") -> CleanHtml:
    """Make clean HTML of Markdown: headings from h2 on, no HTML of the writer's, no pictures but our own.

    `picture` gives the trusted HTML of a picture by its key, or "" when there is none; ``![](bild:<key>)`` places it.
    With a `base`, links to our own pages are written in full, for those who read elsewhere.
    """
    made = _reader().render(markdown.translate(_PRIVATE))
    clean = nh3.clean(
        made,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        allowed_classes=CLASSES,
        tag_attribute_values={"span": {"lang": set(TONGUES), "dir": set(TONGUES.values())}},
        url_relative=("rewrite_with_base", base) if base else None,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    show = picture or (lambda key: "")
    alone = re.sub(f"<p>({_PLACES.pattern})</p>", r"\1", clean)
    return CleanHtml(_PLACES.sub(lambda found: show(found[1]), alone))


def to_plain(markdown: str) -> str:
    """Make plain text of Markdown, a paragraph a line: for mail, search, feeds and reading length."""
    lines: list[str] = []
    for token in _reader().parse(markdown.translate(_PRIVATE)):
        if token.type == "inline":
            lines.append(_words_of(token))
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def pictures_in(markdown: str) -> list[str]:
    """The keys of the pictures that a text places, in order."""
    return list(dict.fromkeys(PICTURE.findall(markdown)))


def is_safe_link(address: str) -> bool:
    """Whether an address may stand in a link: http, https, mailto, tel, or a path on our own site."""
    if OUR_PATH.fullmatch(address) or re.fullmatch(r"#[\w-]+", address):
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return bool(parts.hostname) and not re.search(r"[\\\x00-\x20]", address)
    return parts.scheme in ("mailto", "tel") and bool(parts.path)


class _Reader(MarkdownIt):
    """Markdown whose links lead only where they may, and whose pictures are our own."""

    def validateLink(self, url: str) -> bool:  # the library's own name
        return is_safe_link(url) or bool(PICTURE.fullmatch(url))


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    reader = _Reader("commonmark", {"html": False, "linkify": False}).enable("table")
    for name, rule in (("heading_open", _heading), ("heading_close", _heading), ("image", _image)):
        reader.add_render_rule(name, rule)
    for name, told in (("link_open", "ds-link"), ("blockquote_open", "quote"), ("table_open", "ds-table")):
        reader.add_render_rule(name, _with_class(told))
    reader.inline.ruler.before("link", "tongue", _tongue)
    return reader


def _tongue(state: StateInline, silent: bool) -> bool:
    """A passage that is marked with its language, so that screen readers read it aloud as it is."""
    found = MARKED.match(state.src, state.pos)
    if found is None or found.end() > state.posMax:
        return False
    if not silent:
        code, end = found[2], state.posMax
        state.push("span_open", "span", 1).attrs = {"lang": code, "dir": TONGUES[code]}
        state.pos, state.posMax = found.start(1), found.end(1)
        state.md.inline.tokenize(state)
        state.push("span_close", "span", -1)
        state.posMax = end
    state.pos = found.end()
    return True


def _heading(renderer: RendererHTML, tokens: list[Token], at: int, options: object, env: object) -> str:
    """A heading of the writer's: # and ## are both the page's second level, for the title is its first."""
    token = tokens[at]
    level = min(max(int(token.tag[1]), 2), 4)
    return f"</h{level}>\n" if token.nesting == -1 else f'<h{level} class="ds-heading">'


def _image(renderer: RendererHTML, tokens: list[Token], at: int, options: object, env: object) -> str:
    """A picture of our own, or what another one would have said."""
    token = tokens[at]
    found = PICTURE.fullmatch(str(token.attrGet("src") or ""))
    return _PLACE.format(found[1]) if found else escape(token.content)


def _with_class(name: str) -> Callable[..., str]:
    def rule(renderer: RendererHTML, tokens: list[Token], at: int, options: object, env: object) -> str:
        tokens[at].attrs.pop("title", None)
        tokens[at].attrSet("class", name)
        return renderer.renderToken(tokens, at, options, env)

    return rule


def _words_of(token: Token) -> str:
    said = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            said.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            said.append(" ")
        elif child.type == "image" and not PICTURE.fullmatch(str(child.attrGet("src") or "")):
            said.append(child.content)
    return "".join(said)
