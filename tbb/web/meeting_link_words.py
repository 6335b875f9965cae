"""What those are told who answer by a personal link, in the language of the page."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date, format_time
from flask_babel import lazy_gettext as _

from tbb import clock
from tbb.services.meeting_times import DOUBLED, MANY, PAST, SKIPPED, TWICE, WRONG
from tbb.web.language import current

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
THANKS = {"1": _("Tack, ditt svar är sparat. Du kan ändra det här tills mötet är bokat."),
          "2": _("Tack. Ditt förslag syns nu för den som bokar mötet."),
          "3": _("Tack, ditt svar är sparat. Du kan ändra det här ända till mötet.")}  # fmt: skip


def day(moment: datetime) -> str:
    """Write the day of a moment, with its weekday, as the page's language does."""
    return format_date(clock.local(moment).date(), "EEEE d MMMM", locale=current().code)


def hours(starts_at: datetime, ends_at: datetime) -> str:
    """Write from when until when, by the clock of 24 hours as it is here, in figures everybody reads."""
    begins, ends = clock.local(starts_at), clock.local(ends_at)
    return f"{format_time(begins, 'HH:mm', locale='sv')}–{format_time(ends, 'HH:mm', locale='sv')}"
