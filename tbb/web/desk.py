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


MENU = (
    ("desk.show", "Start", Permission.SEE_DESK, ("desk.",)),
    ("keeping.units", "Verksamheter", Permission.READ_ENTRY, ("keeping.", "appointing.", "faults.", "handovers.")),
    ("coverage.board", "Läget", Permission.READ_COVERAGE, ("coverage.",)),
    ("joining.organizations", "Fristående", Permission.NOTE_JOINING, ("joining.", "reviewing.")),
    ("importing.start", "Import", Permission.IMPORT_UNITS, ("importing.",)),
    ("people.accounts", "Konton", Permission.READ_ACCOUNTS, ("people.",)),
    ("auditing.log", "Logg", Permission.READ_AUDIT, ("auditing.",)),
    ("mailing.outbox", "Brev", Permission.READ_LETTERS, ("mailing.",)),
)


def desk_menu() -> list[Item]:
    """The lines that the one who asks may follow."""
    here = request.endpoint or ""
    return [
        Item(text, url_for(endpoint), here.startswith(prefixes))
        for endpoint, text, permission, prefixes in MENU
        if may(actor(), permission)
    ]


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
