"""What those are told who answer by a personal link, in the language of the page."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date, format_time
from flask_babel import lazy_gettext as _

from tbb import clock
from tbb.services import wall_clock
from tbb.services.meeting_roll import Somebody
from tbb.services.meeting_sheet import Sheet, Todo
from tbb.services.meeting_times import DOUBLED, MANY, PAST, SKIPPED, TWICE, WRONG
from tbb.web.language import current
from tbb.web.plan_paper import AREA_LABELS, week
from tbb.web.texts import say

WRONG_CODE = _("Koden stämmer inte. Kontrollera siffrorna, eller ring och be om en ny kod.")
NOT_SAID = _("Välj om du kommer.")
COMING = {"accepted": _("Jag kommer"), "tentative": _("Jag kommer kanske"), "declined": _("Jag kommer inte")}
NO_ANSWER = _("Välj ett svar för minst en tid.")
ANSWERS = {"yes": _("Kan"), "if_needed": _("Kan vid behov"), "no": _("Kan inte")}
WHY_NO_TIME = {
    PAST: _("Tiden har redan varit. Välj en senare."),
    SKIPPED: _("Den tiden finns inte. Klockan ställs fram till sommartid den natten."),
    DOUBLED: _("Den tiden kommer två gånger. Klockan ställs tillbaka den natten. Välj en annan."),
    TWICE: _("Den tiden är redan föreslagen."),
    WRONG: _("Skriv dag och klockslag."),
    MANY: _("Du kan inte föreslå fler tider. Ring i stället."),
}
THANKS = {"1": _("Tack, ditt svar är sparat. Du kan ändra det här tills mötet är bokat. Då får du ett nytt brev."),
          "2": _("Tack. Ditt förslag syns nu för den som bokar mötet."),
          "3": _("Tack, ditt svar är sparat. Du kan ändra det här ända till mötet.")}  # fmt: skip

CAME = {"yes": _("Kom"), "part": _("Var med en del"), "no": _("Kom inte"), "": _("Vet inte")}
ROLES = {"child": _("barnet"), "guardian": _("vårdnadshavare"), "interpreter": _("tolk"), "support": _("stödperson")}
CONFIRMED = {"1": _("Tack. Du har sagt att anteckningarna stämmer."),
             "2": _("Tack. Det du skrev ligger nu tillsammans med anteckningarna.")}  # fmt: skip
MANY_REMARKS = _("Du har redan skrivit många anmärkningar. Ring den som bjöd in dig i stället.")


def somebody(each: Somebody) -> str:
    """Name somebody who took part, with their work; of the family, what they are to the child."""
    return ", ".join(part for part in (each.label, each.unit_label) if part)


def doer(sheet: Sheet, todo: Todo) -> str:
    """Name who does something; "" when nobody does."""
    return next((somebody(each) for each in sheet.people if each.key == todo.who), "")


def by_when(todo: Todo) -> str:
    """Name the week by which something is to be done; "" when none is said."""
    return week(todo.due_on)


def followup(sheet: Sheet) -> str:
    """Say when the follow-up is, as the minutes have it; "" when they do not."""
    said = sheet.texts
    try:
        begins = wall_clock.moment_of(f"{said.get('followup.day', '')}T{said.get('followup.time', '')}")
    except ValueError:
        return ""
    return f"{day(begins)} {format_time(clock.local(begins), 'HH:mm', locale='sv')}"


def area_name(code: str) -> str:
    """Name an area of the wheel in the page's language."""
    return say(AREA_LABELS[code])


def day(moment: datetime) -> str:
    """Write the day of a moment, with its weekday, as the page's language does."""
    return format_date(clock.local(moment).date(), "EEEE d MMMM", locale=current().code)


def hours(starts_at: datetime, ends_at: datetime) -> str:
    """Write from when until when, by the clock of 24 hours as it is here, in figures everybody reads."""
    begins, ends = clock.local(starts_at), clock.local(ends_at)
    return f"{format_time(begins, 'HH:mm', locale='sv')}–{format_time(ends, 'HH:mm', locale='sv')}"
