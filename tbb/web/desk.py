"""The desk's menu: what this person may do, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request, url_for

from tbb.policy import Permission, may
from tbb.web.sitting import actor


@dataclass(frozen=True)
class Item:
    """One line of the menu."""

    text: str
    href: str
    here: bool


CASES = (
    "cases.desk", "cases.delegat", "cases.ask", "cases.not", "mapping.", "case_exports.", "transitions.offer",
    "transitions.find", "transitions.choose", "transitions.check", "consents.",
)  # fmt: skip
"""Where the line of cases is lit; the page of a sent wheel belongs to its sender's own line."""

NEWS = (
    "articles.", "pictures.", "banners.", "happening_writing.", "material_writing.", "newsletters.",
    "newsletter_sending.", "readers.",
)  # fmt: skip

MENU = (
    ("desk.show", "Start", Permission.SEE_DESK, ("desk.",)),
    ("cases.desk", "Ärenden", Permission.READ_CASES, CASES),
    ("meetings.mine", "Möten", Permission.LIST_MEETINGS, ("meetings.", "meeting_", "calendars.")),
    ("informing.mine", "Hjul", Permission.INFORM, ("informing.", "cases.status")),
    ("plans.mine", "Planer", Permission.READ_PLAN, ("plans.", "plan_steps.", "plan_papers.")),
    ("keeping.units", "Verksamheter", Permission.READ_ENTRY, ("keeping.", "appointing.", "faults.", "handovers.")),
    ("forums.listing", "Samverkansforum", Permission.READ_FORUMS, ("forums.",)),
    ("coverage.board", "Läget", Permission.READ_COVERAGE, ("coverage.",)),
    ("transitions.round_of_summer", "Övergångar", Permission.HAND_OVER_CASE, ("transitions.round",)),
    ("talk_hours.hosts", "Samtalstider", Permission.HOST_TALKS, ("talk_hours.",)),
    ("assessments.shelf", "Analyser", Permission.READ_ASSESSMENT, ("assessments.",)),
    (
        "articles.shelf",
        "Nyheter",
        Permission.WRITE_CONTENT,
        NEWS,
    ),
    ("joining.organizations", "Fristående", Permission.NOTE_JOINING, ("joining.", "reviewing.")),
    ("area_actors.table", "Aktörer", Permission.KEEP_ACTORS, ("area_actors.",)),
    ("importing.start", "Import", Permission.IMPORT_UNITS, ("importing.",)),
    ("forgetting.overview", "Gallring", Permission.PROPOSE_FORGETTING, ("forgetting.",)),
    ("people.accounts", "Konton", Permission.READ_ACCOUNTS, ("people.",)),
    ("auditing.log", "Logg", Permission.READ_AUDIT, ("auditing.",)),
    ("owner_rules.rules", "Regler", Permission.KEEP_RULES, ("owner_rules.",)),
    ("school_breaks.every", "Lov", Permission.KEEP_BREAKS, ("school_breaks.",)),
    ("mailing.outbox", "Brev", Permission.READ_LETTERS, ("mailing.",)),
)


SHOWN = 5
"""So many lines have room beside the name at 1,024 pixels; the others stand under "Mer"."""


@dataclass(frozen=True)
class Menu:
    """The lines that somebody may follow: those always shown, and those under "Mer"."""

    first: list[Item]
    more: list[Item]


def desk_menu() -> Menu:
    """The lines that the one who asks may follow, the most used first."""
    here = request.endpoint or ""
    found = [
        Item(text, url_for(endpoint), here.startswith(prefixes))
        for endpoint, text, permission, prefixes in MENU
        if may(actor(), permission)
    ]
    return Menu(found, []) if len(found) <= SHOWN else Menu(found[: SHOWN - 1], found[SHOWN - 1 :])


def may_here(permission: str, place: object = None) -> bool:
    """Let a template ask whether to show a button: `may("bba:appoint", place)`."""
    return may(actor(), Permission(permission), place)


def initials_of(name: str) -> str:
    """The letters of an avatar: HE for Helena Exempelsson."""
    words = name.replace("-", " ").split()
    return "".join(word[0].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words))


def on_page(number: int) -> str:
    """The address of another page of the list that is shown, with the same filters."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "sida"]
    return f"{request.path}?{urlencode([*kept, ('sida', number)])}"


def plural(number: int, one: str, many: str) -> str:
    """Say so many of something on a page that is Swedish only: ``plural(3, "ett konto", "{} konton")``."""
    return (one if number == 1 else many).format(number)
