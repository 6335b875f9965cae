"""The words that staff and applicants read for the states of applications and of independent organisations."""

from __future__ import annotations

from tbb.forms.joining import WAYS
from tbb.models.kinds import ApplicationState, JoiningState
from tbb.services.joining_list import SILENT

PARTS = (
    ("organisation", "Organisationen", "Organisationsnummer, namn och adress"),
    ("verksamheter", "Verksamheterna", "Skolenhetskod eller förskole-id"),
    ("firmatecknare", "Firmatecknare", "Den som får skriva under för er"),
    ("ansvariga", "Barnets bästa-ansvariga", "En person för varje verksamhet"),
    ("overenskommelse", "Överenskommelsen", "Vad vi lovar varandra"),
    ("kontakt", "Kontakt och önskemål", "Vem vi ringer, och om ni vill träffas"),
)
PROGRESS = {"done": ("Klar", "success"), "begun": ("Påbörjad", "warning"), "empty": ("Inte påbörjad", "neutral")}
APPLICATION = {
    ApplicationState.DRAFT: ("Utkast", "neutral"),
    ApplicationState.SENT: ("Att granska", "warning"),
    ApplicationState.ASKED: ("Väntar på svar", "info"),
    ApplicationState.RECOMMENDED: ("Väntar på andra beslutet", "info"),
    ApplicationState.APPROVED: ("Godkänd", "success"),
    ApplicationState.DECLINED: ("Avslagen", "neutral"),
    ApplicationState.WITHDRAWN: ("Återtagen", "neutral"),
}
JOINING = {
    JoiningState.NOT_OFFERED: ("Inte erbjuden", "neutral"),
    JoiningState.OFFERED: ("Erbjuden", "info"),
    JoiningState.INTERESTED: ("Intresserad", "info"),
    JoiningState.MEETING_BOOKED: ("Träff bokad", "warning"),
    JoiningState.WORKSHOP_HELD: ("Workshop genomförd", "warning"),
    JoiningState.JOINED: ("Ansluten", "success"),
    JoiningState.DECLINED: ("Avstått", "neutral"),
}
STATE_TABS = (("", "Alla"), *((state.value, JOINING[state][0]) for state in JoiningState), (SILENT, "Har inte förnyat"))
REVIEW_TABS = {
    "att-granska": "Att granska",
    "andra-beslut": "Andra beslutet",
    "vantar-svar": "Väntar på svar",
    "avslutade": "Avslutade",
}
HAPPENED = {
    "sent": "Ansökan kom in",
    "asked": "Fråga till den sökande",
    "recommended": "Tillstyrkt efter samtal",
    "approved": "Godkänd",
    "declined": "Avslagen",
    "withdrawn": "Återtagen av den sökande",
}
WAYS_OF_CONTACT = {
    **WAYS,
    "application": "Ansökan",
    "renewal": "Förnyelse",
    "leaving": "Lämnar",
}
MAIL = {
    "match": ("Ja", "Adressen hör till samma domän som i registret.", "success"),
    "other": ("Nej", "Adressen hör till en annan domän än i registret.", "danger"),
    "free": ("Nej", "Adressen är från en öppen e-posttjänst. Den kan vem som helst skaffa.", "warning"),
    "unknown": ("Går inte att säga", "Registret har ingen webbadress eller e-post att jämföra med.", "neutral"),
}


def orgnr(digits: str) -> str:
    """Write an organisation number as people do: 556000-0001."""
    return f"{digits[:6]}-{digits[6:]}" if len(digits) == 10 else digits
