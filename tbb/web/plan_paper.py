"""What the family's sheet and the two questions say, in the language that the family reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date

from tbb import clock
from tbb.services import cards
from tbb.services.family_sheet import Aim, Content, Line, Paper
from tbb.web import texts
from tbb.web.drawing import AREAS
from tbb.web.language import LANGUAGES, Language
from tbb.web.texts import N_, SOURCE, say, spoken

AREA_LABELS = {area.code: area.label for area in AREAS}
CHILD = (
    (N_("Har det blivit bättre för dig?"), N_("Vad är bättre? Vad är fortfarande svårt?")),
    (N_("Har någon lyssnat på dig?"), N_("Vem har lyssnat? Fick du säga det du ville?")),
)
"""What the child is asked at a follow-up, with what helps it to answer."""
GUARDIANS = (
    (N_("Har det blivit bättre för ert barn?"), N_("Vad är bättre? Vad är fortfarande svårt?")),
    (N_("Har någon lyssnat på er?"), N_("Fick ni säga det ni ville? Vad saknar ni?")),
)
QR_SAYS = N_("QR-kod till sidan där du säger till")
ANSWERS = (N_("Ja"), N_("Delvis"), N_("Nej"), N_("Vet inte"))


@dataclass(frozen=True)
class Questions:
    """The two questions as they are printed, for the child or for the guardians."""

    language: Language
    title: str
    lead: str
    asked: tuple[tuple[str, str], ...]
    answers: tuple[str, ...]
    room: str
    swedish: tuple[str, ...]


@contextmanager
def speaking(code: str) -> Iterator[Language]:
    """Let what is said within be in a language, whatever the page is in."""
    before = spoken()
    texts.speak(code)
    try:
        yield LANGUAGES[code]
    finally:
        texts.speak(before)


def chosen(code: str) -> str:
    """A published language's code; Swedish for any other."""
    return code if code in LANGUAGES else SOURCE


def paper(content: Content, code: str, base_url: str) -> Paper:
    """Say what a sheet says in a language; what people have written stays as it was written."""
    with speaking(code) as language:
        link = link_of(base_url, content.link, code) if content.link else ""
        contact = content.contact
        holds = say(N_("Samordningspersonen håller ihop planen."))
        if not content.coordinated:
            holds = say(N_("Ni har ingen samordningsperson just nu. Den här personen svarar så länge."))
        call = say(N_("Ring om du undrar något, eller om något inte blir av."))
        return Paper(
            language=language.code,
            direction=language.direction,
            title=say(N_("Vår plan")),
            lead=say(N_("Det här har vi kommit överens om. Du kan alltid ringa och fråga.")),
            not_sip=say(N_("Detta är inte en SIP")),
            sender=say(N_("Tillsammans för barnens bästa i Sörmland")),
            call=say(N_("Vem ringer du?")),
            name=contact.name,
            where=", ".join(part for part in (contact.title, contact.unit) if part and part != contact.name),
            phone=contact.phone,
            about_call=f"{holds} {call}",
            doing=say(N_("Vem gör vad?")),
            columns=(say(N_("Vad ska göras?")), say(N_("Vem?")), say(N_("När är det klart?"))),
            lines=tuple(
                Line(each.what, each.who, each.unit, say(N_("Klart")) if each.done else week(each.due_on))
                for each in content.tasks
            ),
            nothing=say(N_("Inget är bestämt än.")),
            aims=say(N_("Vad vill vi ska bli bättre?")),
            child_says=say(N_("Barnets egna ord")),
            adults_say=say(N_("Med de vuxnas ord")),
            goals=tuple(Aim(say(AREA_LABELS[goal.area]), goal.area, goal.child, goal.own) for goal in content.goals),
            followup=say(N_("När ses vi igen?")),
            followup_at=moment(content.followup)
            if content.followup
            else say(N_("Dagen är inte bestämd än. Samordningspersonen bokar den.")),
            link=link,
            link_shown=link.partition("://")[2],
            about_link=say(N_("Du kan också säga till på den här adressen:")) if link else "",
            qr=cards.qr_svg(link, title=say(QR_SAYS)) if link else "",
            qr_says=say(QR_SAYS),
            swedish=""
            if code == SOURCE
            else say(N_("Det som människor har skrivit står på svenska, som de skrev det.")),
            help=(f"{say(N_('Fara för liv?'))} {say(N_('Ring 112'))}", say(N_("Ring Bris 116 111"))),
        )


def questions(code: str, to: str) -> Questions:
    """Say the two questions in a language; in Swedish too, so that who asks can follow."""
    asked = GUARDIANS if to == "guardians" else CHILD
    with speaking(code) as language:
        return Questions(
            language=language,
            title=say(N_("Två frågor till dig")),
            lead=say(N_("Svara så mycket du vill. Du får låta bli att svara.")),
            asked=tuple((say(question), say(more)) for question, more in asked),
            answers=tuple(map(say, ANSWERS)),
            room=say(N_("Här kan du skriva eller rita")),
            swedish=() if code == SOURCE else tuple(question for question, _more in asked),
        )


def qr_of(base_url: str, secret: str, code: str) -> str:
    """Draw the address of a family's link as a QR code."""
    with speaking(code):
        return cards.qr_svg(link_of(base_url, secret, code), title=say(QR_SAYS))


def link_of(base_url: str, secret: str, code: str = SOURCE) -> str:
    """Give the address by which a family tells that a plan is not followed; in its own language."""
    return f"{base_url}{'' if code == SOURCE else f'/{code}'}/plan/{secret}"


def week(sunday: date | None) -> str:
    """Name a week in the language that is spoken: vecka 49."""
    if sunday is None:
        return ""
    return say(N_("vecka %(number)s"), number=sunday.isocalendar().week)


def moment(at: datetime) -> str:
    """Write a day in the language that is spoken, and the time by the clock of 24 hours, as letters and pages do."""
    local = clock.local(at)
    return say(N_("%(day)s klockan %(time)s"), day=format_date(local, "full", locale=spoken()), time=f"{local:%H:%M}")
