"""What duties and states of accounts are called in Swedish, and what each duty lets one do."""

from __future__ import annotations

from tbb.models.kinds import Duty

DUTIES = {
    Duty.STAFF: ("Personal", "Kan logga in och arbeta på verksamheten."),
    Duty.BBA: ("Barnets bästa-ansvarig", "Följer av uppdraget. Svarar för verksamheten."),
    Duty.DEPUTY: ("Ersättare", "Följer av uppdraget. Går in när den ansvariga är borta."),
    Duty.DELEGATE: ("Delegerad", "Har en uppgift av den ansvariga, på tid."),
    Duty.UNIT_HEAD: ("Enhetschef", "Utser ansvarig, ändrar och bekräftar uppgifterna, bjuder in personal."),
    Duty.ORGANIZER_ADMIN: ("Huvudmannaadministratör", "Sköter huvudmannens alla verksamheter och konton."),
    Duty.COMMUNICATOR: ("Kommunikatör", "Skriver nyheter och nyhetsbrev."),
    Duty.PROCESS_LEADER: ("Processledare", "Leder arbetet i länet. Ser inget om barn."),
    Duty.STEERING: ("Styrgrupp", "Ser statistik, aldrig personer."),
    Duty.LOG_REVIEWER: ("Loggranskare", "Granskar vem som har läst och ändrat."),
    Duty.OPERATIONS: ("Drift", "Sköter tekniken. Ser inget innehåll."),
}
STATES = {"invited": "Inbjuden", "active": "Aktiv", "disabled": "Avstängd"}
STATE_COLORS = {"invited": "warning", "active": "success", "disabled": "neutral"}


def duty_name(duty: str) -> str:
    """What a duty is called."""
    return DUTIES[Duty(duty)][0]


def duty_note(duty: str) -> str:
    """What a duty lets one do."""
    return DUTIES[Duty(duty)][1]


def names() -> dict[str, str]:
    """What every duty is called, by its code."""
    return {duty.value: words[0] for duty, words in DUTIES.items()}


def notes() -> dict[str, str]:
    """What every duty lets one do, by its code."""
    return {duty.value: words[1] for duty, words in DUTIES.items()}
