"""What surrounds every letter in each language: the frame's words, and how a time is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date

from tbb import clock
from tbb.services.calendar_files import moment_of


@dataclass(frozen=True)
class Frame:
    """The words around every letter in one language, and those of the calendar that may come with it.

    `meeting` is what a calendar calls a meeting, by its reference; `from_unit` and `video` are lines beside it.
    """

    service: str
    why: str
    no_answer: str
    copy: str
    direction: str = "ltr"
    locale: str = "sv"
    time: str = "kl. {}–{}"
    dot: str = "."
    until: str = "till"
    meeting: str = "Samverkansmöte {}"
    from_unit: str = "Kallelse från {}."
    video: str = "Videomöte: {}"


FRAMES = {
    "sv": Frame(
        "Tillsammans för barnens bästa i Sörmland",
        "Du får brevet för att din e-postadress finns i tjänsten Tillsammans för barnens bästa.",
        "Det går inte att svara på brevet.",
        "Fungerar inte knappen? Kopiera adressen till webbläsaren:",
    ),
    "en": Frame(
        "Tillsammans för barnens bästa i Sörmland",
        "You receive this letter because somebody gave us your e-mail address.",
        "This letter cannot be answered.",
        "Does the button not work? Copy the address to your browser:",
        locale="en_GB",
        time="{}–{}",
        dot=":",
        until="to",
        meeting="Meeting {}",
        from_unit="Invitation from {}.",
        video="Video meeting: {}",
    ),
    "fi": Frame(
        "Tillsammans för barnens bästa i Sörmland",
        "Saat tämän kirjeen, koska sähköpostiosoitteesi on annettu meille.",
        "Tähän kirjeeseen ei voi vastata.",
        "Eikö painike toimi? Kopioi osoite selaimeen:",
        locale="fi",
        time="klo {}–{}",
        until="–",
        meeting="Tapaaminen {}",
        from_unit="Kutsun lähetti {}.",
        video="Videokokous: {}",
    ),
    "ar": Frame(
        "Tillsammans för barnens bästa i Sörmland",
        "تصلك هذه الرسالة لأن عنوان بريدك الإلكتروني أُعطي لنا.",
        "لا يمكن الرد على هذه الرسالة.",
        "ألا يعمل الزر؟ انسخ العنوان إلى المتصفح:",
        direction="rtl",
        locale="ar",
        time="الساعة {}–{}",
        dot=":",
        until="إلى",
        meeting="اجتماع {}",
        from_unit="دعوة من {}.",
        video="اجتماع بالفيديو: {}",
    ),
    "so": Frame(
        "Tillsammans för barnens bästa i Sörmland",
        "Waxaad warqaddan u heleysaa maadaama ciwaanka iimaylkaaga nala siiyay.",
        "Warqaddan lagama jawaabi karo.",
        "Badhanku miyaanu shaqaynayn? Ku koobi garee ciwaanka biraawsarka:",
        locale="so",
        time="saacadda {}–{}",
        dot=":",
        until="ilaa",
        meeting="Kulan {}",
        from_unit="Casuumaad ka timid {}.",
        video="Kulan muuqaal ah: {}",
    ),
}
"""A letter is in another language than Swedish when it has a template and a frame in that language."""


def when(wall: str, minutes: int, language: str = "sv") -> str:
    """Say from when to when something is: tisdag 1 december 2026 kl. 13.00–14.00; the text itself if it is no time."""
    frame = FRAMES.get(language, FRAMES["sv"])
    try:
        starts = clock.local(moment_of(wall))
    except ValueError:
        return wall
    ends = _later(starts, minutes)
    first, last = (_hour(moment, frame) for moment in (starts, ends))
    if starts.date() == ends.date():
        return f"{_day(starts, frame)} {frame.time.format(first, last)}"
    return f"{_day(starts, frame)} {first} {frame.until} {_day(ends, frame)} {last}"


def day(said: str, language: str = "sv") -> str:
    """Say which day ``2026-12-01`` is; the text itself if it is none."""
    try:
        known = date.fromisoformat(said)
    except ValueError:
        return said
    return format_date(known, "full", locale=FRAMES.get(language, FRAMES["sv"]).locale)


def _later(starts: datetime, minutes: int) -> datetime:
    """So many minutes later by the clock of the world; that on the wall may have been changed meanwhile."""
    return clock.local(datetime.fromtimestamp(starts.timestamp() + 60 * minutes, tz=clock.STOCKHOLM))


def _hour(moment: datetime, frame: Frame) -> str:
    return f"{moment:%H}{frame.dot}{moment:%M}"


def _day(moment: datetime, frame: Frame) -> str:
    return format_date(moment.date(), "full", locale=frame.locale)
