"""The record of a meeting in words: when and what it is, what is missing and where, who came, what is pointed out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from babel.dates import format_date
from flask import url_for

from tbb import clock
from tbb.models import Meeting
from tbb.services import meeting_moments, meeting_names, meeting_record, weeks
from tbb.services.meeting_roll import Somebody
from tbb.services.meeting_sheet import ACTION, OnAgenda, Sheet, Todo
from tbb.web.merging import Names

KINDS = {"collaboration": "Samverkansmöte", "consultation": "Anonym konsultation", "followup": "Uppföljning"}
STATES = {
    "draft": ("Förbereds", "neutral", "edit"),
    "proposed": ("Tider föreslagna", "info", "clock"),
    "set": ("Bokat", "info", "calendar-event"),
    "held": ("Pågår eller har hållits", "brand", "friends"),
    "closed": ("Anteckningarna är stängda", "neutral", "lock"),
    "cancelled": ("Inställt", "neutral", "x"),
}
CAME = {
    "yes": ("Kom", "check"),
    "part": ("Var med en del", "clock"),
    "no": ("Kom inte", "x"),
    "": ("Vet inte än", "help"),
}
INSTRUCTION = (
    "Skriv kort: vad ni kommer överens om, inte allt som sägs. Beskriv vad ni ser, inte diagnoser. Barnet och "
    "vårdnadshavarna har rätt att läsa det."
)
ANONYMOUS = "Konsultationen gäller ingen särskild. Skriv inget som pekar ut ett barn eller en familj."
OVER = "Anteckningarna är stängda, eller så får du inte skriva i dem längre. Det du skriver här sparas inte."
NOT_NOW = "Det går inte nu. Mötet har inte börjat, eller så är anteckningarna stängda."
NOT_CLOSED = "Det går inte. Anteckningarna är inte stängda än, eller så har du redan skrivit många anmärkningar."
ELSEWHERE = "Något i ett område som du inte får läsa. Be den som svarar för ärendet att skriva det."
ROLES = {
    "child": "barnet",
    "guardian": "vårdnadshavare",
    "interpreter": "tolk",
    "support": "stödperson",
    "professional": "",
}
REFUSED = {
    "other": "Det finns redan en samordningsperson.",
    "here": "Den du valde är inte markerad som att hen kom, och har inte sagt ja. Välj någon annan, eller kryssa i att "
    "personen har sagt ja.",
    "covered": "Det finns inget samtycke som gör att den verksamheten får veta något. Välj någon annan, eller be om "
    "samtycke först.",
}


class Lack(NamedTuple):
    """Something that is missing, in words, and where it is put right."""

    words: str
    href: str


def heading(meeting: Meeting) -> str:
    """What kind of meeting it is."""
    return KINDS[meeting.kind]


def when(meeting: Meeting) -> str:
    """Say when a meeting is: Tisdag 4 november 2026 kl. 13.00–14.00; "" before a time is set."""
    if meeting.starts_at is None:
        return ""
    begins, ends = clock.local(meeting.starts_at), clock.local(meeting.ends_at)
    day = format_date(begins.date(), "EEEE d MMMM y", locale="sv").capitalize()
    return f"{day} kl. {begins:%H.%M}–{ends:%H.%M}"


def place(meeting: Meeting) -> str:
    """Say where it is held."""
    parts = [meeting.room.name if meeting.room_id else "", meeting.place_words, "video" if meeting.video else ""]
    return ", ".join(part for part in parts if part)


def saved_line(moment: datetime) -> str:
    """Say when the record was saved."""
    return f"Sparat {clock.local(moment):%H.%M}."


def lacks(sheet: Sheet, missing: tuple[str, ...]) -> list[Lack]:
    """Say what closing lacks, each with a link to where it is written."""
    key = sheet.meeting.key
    return [Lack(_lack(sheet, name), _where(key, name)) for name in missing]


def names_of(sheet: Sheet) -> Names:
    """How the fields of a record are named where two people's words are put together."""
    return Names(
        full_name=lambda name: meeting_names.full_name(name, sheet),
        in_words=lambda name, value: meeting_names.in_words(name, value, sheet),
        is_choice=meeting_record.is_choice,
    )


def week(todo: Todo) -> str:
    """Name the week by which something is to be done; "" when none is said."""
    return weeks.label(todo.due_on) if todo.due_on else ""


def followup(sheet: Sheet) -> str:
    """Say when the follow-up is, booked or meant; "" when it is neither. Closed minutes say what was booked then."""
    said = sheet.texts
    if sheet.closed and "followup.day" in said and "followup.time" in said:
        return _moment(f"{said['followup.day']}T{said['followup.time']}")
    if sheet.next_meeting is not None:
        return when(sheet.next_meeting)
    return _moment(sheet.followup[0]) if sheet.followup else ""


def about(each: Somebody) -> str:
    """Say what somebody is in the meeting: kurator, Näckrosskolan; vårdnadshavare."""
    role = ROLES.get(each.role, "")
    if each.professional or each.name.lower().startswith(role):
        role = ""
    title = each.title[:1].lower() + each.title[1:]
    return ", ".join(part for part in (role, title, each.unit_label) if part)


def owner(sheet: Sheet, todo: Todo) -> str:
    """Name who does something, and for which service."""
    found = next((each for each in sheet.people if each.key == todo.who), None)
    if found is None:
        return "Ingen än"
    return f"{found.name}, {found.unit_label}" if found.unit_label else found.name


def unit_of(sheet: Sheet, name: str) -> str:
    """Name the service that a note of absence is about."""
    number = name.partition(".")[2]
    return next((each.unit_label for each in sheet.people if str(each.unit) == number), "Verksamheten")


def deviations(sheet: Sheet) -> list[str]:
    """The names of the notes about services that did not come."""
    return [f"deviation.{unit}" for unit in sheet.absent]


def crumbs(sheet: Sheet, here: str) -> list[tuple[str, str | None]]:
    """Where a page of the record lies: under its meeting."""
    meeting = sheet.meeting
    own = (f"{heading(meeting)} {meeting.reference}", url_for("meetings.show", key=meeting.key))
    return [("Möten", url_for("meetings.mine")), own, (here, None)]


def why_shut(sheet: Sheet) -> str:
    """Say why nothing can be written now."""
    if sheet.meeting.state == "cancelled":
        return "Mötet är inställt."
    if sheet.meeting.starts_at is None:
        return "Mötet har ingen tid än."
    if not meeting_moments.is_open(sheet.meeting):
        return f"Anteckningarna öppnar en kvart före mötet: {when(sheet.meeting).lower()}."
    return "Ärendet är avslutat."


def parts(sheet: Sheet) -> list[tuple[str, str]]:
    """The parts of the record: (place in the page, name)."""
    every = (
        ("narvaro", "Vilka är med?"),
        ("barnet", "Barnet först"),
        ("omraden", "Område för område"),
        ("samordningsperson", "Samordningsperson"),
        ("atgarder", "Vem gör vad?"),
        ("uppfoljning", "Uppföljning"),
    )
    shown = every[::2][:2] if sheet.anonymous else every
    return [part for part in shown if sheet.books or part[0] != "uppfoljning"]


def action_keys(form: Any) -> list[str]:
    """The actions that a form shows: those that say something, and its empty rows."""
    keys = dict.fromkeys(found[1] for field in form.kept() if (found := ACTION.fullmatch(field.name)))
    said = {found[1] for field in form.kept() if field.data and (found := ACTION.fullmatch(field.name))}
    return [key for key in keys if key in said or key in form.fresh]


def wrong_in(form: Any, areas: tuple[OnAgenda, ...]) -> bool:
    """Whether something is wrong, or said, in one of these areas, so that they must be seen."""
    codes = {area.code for area in areas}
    return any(
        (field.errors or field.data) and field.name.startswith("area.") and field.name.split(".")[1] in codes
        for field in form.kept()
    )


def _moment(wall: str) -> str:
    try:
        moment = datetime.fromisoformat(wall)
    except ValueError:
        return ""
    return f"{format_date(moment.date(), 'EEEE d MMMM y', locale='sv').capitalize()} kl. {moment:%H.%M}"


def _lack(sheet: Sheet, name: str) -> str:
    head, _, rest = name.partition(".")
    middle, _, last = rest.partition(".")
    if head == "attended":
        who = next((each.name for each in sheet.people if each.key == middle), "någon")
        return f"Om {who} kom"
    if head == "area" and middle not in {area.code for area in sheet.areas}:
        return ELSEWHERE
    if head == "area":
        area = sheet.edition.areas.get(middle, middle)
        return f"Vad ni kommer överens om: {area}" if last == "agreed" else f"Varför ni tar upp {area.lower()}"
    if head == "do":
        what = next((todo.what for todo in sheet.todos if todo.key == middle), "")
        told = f"”{what[:40]}…”" if len(what) > 40 else f"”{what}”" if what else "en åtgärd"
        return f"Vem som gör {told}" if last == "who" else f"Vilken vecka {told} ska vara klart"
    return {
        "voice.says": "Vad barnet säger, eller varför barnets röst inte är med",
        "coordinator": "Vem som är samordningsperson",
        "decisions": "Vad ni kommer överens om",
        "followup.day": "Dag och klockslag för uppföljningen, framåt i tiden",
        "followup.agreed": "Att samordningspersonen har valt tiden för uppföljningen",
    }.get(name, name)


def _where(key: str, name: str) -> str:
    if name == "coordinator":
        return url_for("meeting_records.coordinator", key=key)
    spot = {"decisions": "sum-agreed"}.get(name) or name.replace(".", "-")
    spot = f"vem-{name.partition('.')[2]}" if name.startswith("attended.") else spot
    return url_for("meeting_records.record", key=key, _anchor=spot)
