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
    """A part as readers see it. `shown` is what it shows of others: (path of our own, title, lead)."""

    kind: str
    title: str
    place: str
    html: CleanHtml
    shown: tuple[tuple[str, str, str], ...]


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
    """Give what a newsletter says just now, to be kept as it is; what it shows of others is taken along.

    Empty parts are left out.
    """
    asked = (
        "SELECT s.kind, s.title, s.body, COALESCE(m.name, ''), a.slug, a.live, h.slug, h.title, h.lead,"
        " t.slug, t.title, t.lead FROM newsletter_section s"
        " LEFT JOIN municipality m ON m.id = s.municipality_id"
        " LEFT JOIN article a ON a.id = s.article_id AND a.state = 'published'"
        " LEFT JOIN happening h ON h.id = s.happening_id AND h.state = 'published'"
        " LEFT JOIN material t ON t.id = s.material_id AND t.state = 'published'"
        " WHERE s.newsletter_id = ? ORDER BY s.position, s.id"
    )
    parts = []
    for kind, title, body, place, slug, live, *others in rows(asked, (newsletter.id,)):
        said = json.loads(live) if slug else {"title": "", "lead": ""}
        told = [
            ("/nyheter", slug, said["title"], said["lead"]),
            ("/webbinarier", *others[:3]),
            ("/material", *others[3:]),
        ]
        shown = [{"path": f"{shelf}/{name}", "title": words, "lead": lead} for shelf, name, words, lead in told if name]
        if body.strip() or shown:
            parts.append({"kind": kind, "title": title, "place": place, "body": body, "shown": shown})
    head = {name: getattr(newsletter, name) for name in ("title", "lead", "term", "language")}
    return head | {"parts": parts}


def draw(words: dict[str, Any]) -> Drawn:
    """Make of kept words what readers see."""
    known = pictures.shown([key for part in words["parts"] for key in rich_text.pictures_in(part["body"])])
    parts = []
    for part in words["parts"]:
        html = rich_text.to_html(part["body"], picture=lambda key: _img(known[key]) if key in known else "")
        shown = tuple((one["path"], one["title"], one["lead"]) for one in part["shown"])
        parts.append(DrawnPart(part["kind"], part["title"], part["place"], _one_level_down(html), shown))
    return Drawn(words["title"], words["lead"], words["term"], words["language"], tuple(parts))


def plain(drawn: Drawn, base_url: str) -> str:
    """Write a newsletter in plain words, every link with its address."""
    said = [drawn.title.upper(), drawn.lead]
    for part in drawn.parts:
        said.append("\n".join(line for line in (part.title.upper(), part.place) if line))
        if part.html:
            said.append(_plain(part.html, base_url))
        said += [f"{title}\n{lead}\n{base_url}{path}" for path, title, lead in part.shown]
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
