"""What a newsletter says: one function makes the preview, the page of the archive and the letter alike."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from tbb.database import rows
from tbb.models import Newsletter
from tbb.services import pictures, rich_text
from tbb.services.rich_text import CleanHtml

PICTURE_WIDTH = 960
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.S)


@dataclass(frozen=True)
class DrawnPart:
    """A part as readers see it. `link` is where the whole article is, a path of our own."""

    kind: str
    title: str
    place: str
    html: CleanHtml
    link: str
    link_title: str
    lead: str


@dataclass(frozen=True)
class Drawn:
    """A newsletter as readers see it, on the page and in the letter."""

    title: str
    lead: str
    term: str
    language: str
    parts: tuple[DrawnPart, ...]

    @property
    def text(self) -> str:
        """All of it in plain words; addresses on our own site as paths."""
        return plain(self, "")


def words_of(newsletter: Newsletter) -> dict[str, Any]:
    """Give what a newsletter says just now, to be kept as it is: what articles say is taken along. Empty parts are not.

    A part may also show an event or a material: these join here, as `article` does.
    """
    asked = (
        "SELECT s.kind, s.title, s.body, COALESCE(m.name, ''), a.slug, a.live FROM newsletter_section s"
        " LEFT JOIN municipality m ON m.id = s.municipality_id"
        " LEFT JOIN article a ON a.id = s.article_id AND a.state = 'published'"
        " WHERE s.newsletter_id = ? ORDER BY s.position, s.id"
    )
    parts = []
    for kind, title, body, place, slug, live in rows(asked, (newsletter.id,)):
        if body.strip() or slug:
            said = json.loads(live) if slug else {}
            article = {"title": said["title"], "lead": said["lead"], "path": f"/nyheter/{slug}"} if slug else None
            parts.append({"kind": kind, "title": title, "place": place, "body": body, "article": article})
    head = {name: getattr(newsletter, name) for name in ("title", "lead", "term", "language")}
    return head | {"parts": parts}


def draw(words: dict[str, Any]) -> Drawn:
    """Make of kept words what readers see."""
    known = pictures.shown([key for part in words["parts"] for key in rich_text.pictures_in(part["body"])])
    parts = []
    for part in words["parts"]:
        article = part["article"] or {"title": "", "lead": "", "path": ""}
        html = rich_text.to_html(part["body"], picture=lambda key: _img(known[key]) if key in known else "")
        parts.append(
            DrawnPart(
                part["kind"],
                part["title"],
                part["place"],
                _one_level_down(html),
                article["path"],
                article["title"],
                article["lead"],
            )  # fmt: skip
        )
    return Drawn(words["title"], words["lead"], words["term"], words["language"], tuple(parts))


def plain(drawn: Drawn, base_url: str) -> str:
    """Write a newsletter in plain words, every link with its address."""
    said = [drawn.title.upper(), drawn.lead]
    for part in drawn.parts:
        said.append("\n".join(line for line in (part.title.upper(), part.place) if line))
        if part.html:
            said.append(_plain(part.html, base_url))
        if part.link:
            said.append(f"{part.link_title}\n{part.lead}\n{base_url}{part.link}")
    return "\n\n".join(filter(None, said)) + "\n"


def _img(shown: pictures.Shown) -> str:
    """A picture in one size that every mail program shows."""
    width = max((each for each in shown.widths if each <= PICTURE_WIDTH), default=shown.widths[0])
    height = round(shown.height * width / shown.width)
    address = f"/bilder/{shown.key}-{width}.jpg"
    return f'<img class="photo" src="{address}" width="{width}" height="{height}" alt="{escape(shown.alt)}">'


def _one_level_down(html: CleanHtml) -> CleanHtml:
    """Let the headings of a part's text stand below the part's own."""
    return CleanHtml(re.sub(r"(</?h)([23])\b", lambda found: f"{found[1]}{int(found[2]) + 1}", html))


def _plain(html: str, base_url: str) -> str:
    def link(found: re.Match[str]) -> str:
        address = f"{base_url}{found[1]}" if found[1].startswith("/") else found[1]
        return found[2] if unescape(address) == unescape(found[2]) else f"{found[2]} ({address})"

    text = _LINK.sub(link, html)
    text = re.sub(r'<img [^>]*?alt="([^"]*)"[^>]*>', r"\1", text)
    text = re.sub(r"<li>", "– ", re.sub(r"<br ?/?>", "\n", text))
    text = unescape(_TAG.sub("", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip()
