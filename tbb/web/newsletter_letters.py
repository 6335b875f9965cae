"""A newsletter as a letter: the very words of its page, in HTML that old mail programs draw, and in plain text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tbb.services import newsletter_render, newsletter_sending
from tbb.services.newsletter_render import Drawn
from tbb.services.rich_text import CleanHtml
from tbb.web.letter_frames import FRAMES
from tbb.web.letters import FOLDER, CannotWrite, Rendered, harmless, render

TEMPLATE = newsletter_sending.TEMPLATE
TOKEN = "0" * 48
"""What stands for the reader's own link until a letter is made out to somebody."""
FONT = "font-family:Inter,'Segoe UI',Helvetica,Arial,sans-serif;"
STYLES = {
    "p": "margin:0 0 16px;",
    "h3": f"margin:20px 0 8px;{FONT}font-size:18px;line-height:26px;font-weight:600;",
    "h4": f"margin:16px 0 6px;{FONT}font-size:17px;line-height:25px;font-weight:600;",
    "ul": "margin:0 0 16px;padding:0 0 0 24px;",
    "ol": "margin:0 0 16px;padding:0 0 0 24px;",
    "li": "margin:0 0 6px;",
    "a": "color:#0d6170;text-decoration:underline;",
    "blockquote": "margin:0 0 16px;padding:0 0 0 16px;border-left:4px solid #f0b93a;",
    "table": "border-collapse:collapse;margin:0 0 16px;",
    "th": "padding:6px 10px;border:1px solid #c9d6d8;text-align:left;",
    "td": "padding:6px 10px;border:1px solid #c9d6d8;",
    "pre": "margin:0 0 16px;white-space:pre-wrap;",
    "hr": "border:0;border-top:1px solid #c9d6d8;margin:20px 0;",
    "img": "display:block;width:100%;max-width:544px;height:auto;border:0;margin:0 0 16px;",
}
_OPENING = re.compile(r'<([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"]*")*)\s*/?>')
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')


@dataclass(frozen=True)
class Foot:
    """What stands at the end of every newsletter, in one language."""

    why: str
    change: str
    end: str
    on_the_web: str
    read_on: str
    test: str = "Det här är ett provbrev. Bara du har fått det."


FEET = {
    "sv": Foot(
        "Du får nyhetsbrevet för att du har bett om det.", "Välj vad du vill få", "Avsluta nyhetsbrevet",
        "Läs på webben", "Läs mer",
    ),
    "en": Foot(
        "You receive this newsletter because you asked for it.", "Choose what you want to receive",
        "Stop the newsletter", "Read on the web", "Read more",
    ),
    "fi": Foot(
        "Saat tämän uutiskirjeen, koska olet tilannut sen.", "Valitse, mitä haluat saada", "Peruuta uutiskirje",
        "Lue verkossa", "Lue lisää",
    ),
    "ar": Foot(
        "تصلك هذه النشرة لأنك طلبتها.", "اختر ما تريد أن يصلك", "إيقاف النشرة", "اقرأ على الموقع", "اقرأ المزيد",
    ),
    "so": Foot(
        "Waxaad warsidahan u heleysaa maadaama aad codsatay.", "Dooro waxa aad rabto inaad hesho", "Jooji warsidaha",
        "Ka akhri shabakadda", "Sii akhri",
    ),
}  # fmt: skip


def write(
    template: str, facts: dict[str, Any], *, base_url: str, sender: str = "", language: str = "sv"
) -> tuple[Rendered, dict[str, str]]:
    """Write any letter, with the headers that bulk letters have and no others; raise CannotWrite."""
    if template != TEMPLATE:
        return render(template, facts, base_url=base_url, language=language), {}
    words = newsletter_sending.words_for(facts)
    if words is None:
        raise CannotWrite("the newsletter is gone", missing=True)
    page = "" if facts.get("words") else str(newsletter_sending.page_of(facts["newsletter"]))
    made = _written(json.dumps(words, sort_keys=True), page, base_url, language)
    reader = facts.get("reader", "")
    if not reader:
        return made, {}
    said = Rendered(made.subject, made.text.replace(TOKEN, reader), made.html.replace(TOKEN, reader))
    return said, list_headers(reader, base_url=base_url, sender=sender)


def list_headers(reader: str, *, base_url: str, sender: str) -> dict[str, str]:
    """The headers by which a mail program lets its reader end with one press (RFC 8058, RFC 2369)."""
    own, host = parseaddr(sender)[1], urlsplit(base_url).hostname or "localhost"
    by_mail = f"<mailto:{quote(own, safe='@.+-_')}?subject=avsluta-{reader}>"
    return {
        "List-Id": f"<nyhetsbrev.{host}>",
        "List-Unsubscribe": f"<{base_url}/nyhetsbrev/avsluta/{reader}>, {by_mail}",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@lru_cache(maxsize=20)
def _written(words: str, page: str, base_url: str, language: str) -> Rendered:
    """Write a newsletter to nobody in particular: made once, however many get it."""
    drawn = newsletter_render.draw(json.loads(words))
    foot = FEET.get(language, FEET["sv"])
    html = (
        _environment()
        .get_template("newsletter.mail")
        .render(
            drawn=drawn,
            foot=foot,
            frame=FRAMES.get(language, FRAMES["sv"]),
            base_url=base_url,
            page=page,
            token=TOKEN,
            language=language,
            mail=lambda part: for_mail(part, base_url),
            own=FRAMES.get(drawn.language, FRAMES["sv"]),
        )  # fmt: skip
    )
    subject = harmless(drawn.title)
    return Rendered(subject, _text(drawn, foot, page, base_url), html)


def for_mail(html: CleanHtml, base_url: str) -> CleanHtml:
    """Give clean HTML the look that mail programs understand: styles on each tag, and whole addresses on our site."""

    def opened(found: re.Match[str]) -> str:
        name, kept = found[1], []
        for attribute, value in _ATTRIBUTE.findall(found[2]):
            if attribute in ("href", "src") and value.startswith("/"):
                value = f"{base_url}{value}"
            if attribute in ("href", "src", "alt", "width", "start"):
                kept.append(f'{attribute}="{value}"')
        style = f' style="{STYLES[name]}"' if name in STYLES else ""
        mark = ' class="link"' if name == "a" else ""
        return f"<{' '.join([name, *kept])}{mark}{style}>"

    return CleanHtml(_OPENING.sub(opened, html))


def _text(drawn: Drawn, foot: Foot, page: str, base_url: str) -> str:
    said = [newsletter_render.plain(drawn, base_url).rstrip()]
    if page:
        own = f"{base_url}/nyhetsbrev"
        links = [
            (foot.on_the_web, f"{own}/{page}"), (foot.change, f"{own}/mina/{TOKEN}"),
            (foot.end, f"{own}/avsluta/{TOKEN}"),
        ]  # fmt: skip
        said += ["-- ", foot.why, *(f"{words}:\n{address}" for words, address in links)]
    else:
        said += ["-- ", foot.test]
    return "\n\n".join(said) + "\n"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=True, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
