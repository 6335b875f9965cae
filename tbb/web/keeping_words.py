"""The words of the pages where entries are kept: roles, what may be wrong, and what came of a form."""

from __future__ import annotations

from typing import NamedTuple

from tbb.services.keeping import Changed

ROLES = {"bba": "Barnets bästa-ansvarig", "deputy": "Ersättare", "holiday": "Lovkontakt"}
NO_CONTACT_LEFT = "Lämna kvar minst ett sätt att nå personen: telefon eller e-post."
SHARED_PERSON = "Personen finns också i en verksamhet som inte är din. Be personen själv att ändra sina uppgifter."


class Problem(NamedTuple):
    """Something that may be wrong with an entry: its name among the tabs, on a unit, and how it looks."""

    tab: str
    chip: str
    color: str
    picture: str


PROBLEMS = {
    "saknar": Problem("Saknar ansvarig", "Saknar ansvarig", "danger", "user-question"),
    "obekraftad": Problem("Obekräftade", "Obekräftad", "warning", "clock"),
    "vantar": Problem("Väntar på godkännande", "Ändring väntar", "info", "history"),
    "fel": Problem("Fel rapporterat", "Fel rapporterat", "warning", "alert-triangle"),
    "flagga": Problem("Flaggade", "Flaggad", "info", "flag"),
}


def role_name(role: str) -> str:
    """What somebody is to a unit."""
    return ROLES[role]


def saved(changed: Changed) -> str:
    """Say what came of a form: what is seen now, and what waits."""
    if not changed:
        return "Inget var ändrat."
    if not changed.waits:
        return "Sparat. Ändringen syns nu i katalogen."
    waits = "De nya kontaktuppgifterna börjar gälla när någon annan har godkänt dem, annars om ett dygn."
    return f"Sparat. {waits}" if not changed.at_once else f"Sparat. Det mesta syns nu. {waits}"


def already(state: str) -> str:
    """Say that somebody else was first."""
    return "Redan gjort: ändringen gäller." if state == "applied" else "Redan gjort: ändringen är stoppad."
