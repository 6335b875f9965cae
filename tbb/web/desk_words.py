"""What waits, in words: each kind with its sentence, where it is done, and its picture."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from tbb.services.desk import Waiting


@dataclass(frozen=True)
class ToDo:
    """One line of the desk."""

    text: str
    note: str
    href: str
    count: int
    picture: str
    urgent: bool


# Each kind: one, many, what to do about it, endpoint, its arguments, picture.
WORDS = {
    "wheels": (
        "Ett nytt hjul att ta emot", "{} nya hjul att ta emot",
        "Den som skickade ser då att du har fått det.", "cases.desk", {"flik": "upptacka"}, "message-2",
    ),
    "questions": (
        "En fråga om ett hjul som du har skickat", "{} frågor om hjul som du har skickat",
        "Läs och svara så snart du kan.", "informing.mine", {}, "message-circle",
    ),
    "meeting times": (
        "Ett möte väntar på ditt svar om tider", "{} möten väntar på ditt svar om tider",
        "Svara på vilka tider du kan.", "meetings.mine", {}, "calendar-event",
    ),
    "cases": (
        "En sak väntar i dina ärenden", "{} saker väntar i dina ärenden",
        "Öppna listan och se vad som är mest bråttom.", "cases.desk", {}, "clipboard-list",
    ),
    "plan_told": (
        "Någon har sagt till om en plan", "Det är sagt till om planer {} gånger",
        "Läs och hör av dig i dag.", "plans.mine", {}, "message-circle",
    ),
    "plan_ownerless": (
        "En plan har ingen samordningsperson", "{} planer har ingen samordningsperson",
        "Du har den tills någon ny är utsedd. Fråga barnet.", "plans.mine", {}, "user-question",
    ),
    "plan_followup": (
        "En uppföljning är inte bokad eller inte nedskriven", "{} uppföljningar är inte bokade eller inte nedskrivna",
        "Boka en dag, eller skriv ned hur det gick.", "plans.mine", {}, "calendar-event",
    ),
    "plan_actions": (
        "En sak i en plan är din att göra", "{} saker i planer är dina att göra",
        "Säg hur långt det har kommit.", "plans.mine", {}, "list-check",
    ),
    "transitions": (
        "Ett barn slutar hos er till sommaren", "{} barn slutar hos er till sommaren",
        "Lämna över till den som tar vid, eller skriv att barnet stannar.", "transitions.round_of_summer", {}, "school",
    ),
    "captions": (
        "En inspelning saknar textning", "{} inspelningar saknar textning",
        "Lagen ger 14 dagar efter sändningen. Se hur många som är kvar.", "happening_writing.shelf", {}, "badge-cc",
    ),
    "talks": (
        "Ett bokat samtal har varit", "{} bokade samtal har varit",
        "Notera om samtalet blev av.", "talk_hours.hosts", {}, "calendar-event",
    ),
    "ownerless": (
        "Ingen svarar för en verksamhet där något väntar", "Ingen svarar för {} verksamheter där något väntar",
        "Utse någon i dag.", "owner_rules.ownerless", {}, "alert-triangle",
    ),
    "unconfirmed": (
        "En verksamhet är inte bekräftad den här terminen", "{} verksamheter är inte bekräftade den här terminen",
        "Se efter att uppgifterna stämmer och bekräfta dem.", "keeping.units", {"visa": "obekraftad"}, "list-check",
    ),
    "handovers": (
        "En överlämning är inte klar", "{} överlämningar är inte klara",
        "Båda behöver bekräfta att det viktiga är överlämnat.", "handovers.waiting", {}, "users",
    ),
    "contacts": (
        "En ändrad kontaktuppgift väntar på dig", "{} ändrade kontaktuppgifter väntar på dig",
        "Godkänn eller stoppa. Utan svar gäller den efter ett dygn.", "keeping.units", {"visa": "vantar"}, "phone",
    ),
    "flags": (
        "Länet har en anmärkning på en uppgift", "Länet har anmärkningar på {} uppgifter",
        "Rätta eller svara.", "keeping.units", {"visa": "flagga"}, "flag",
    ),
    "faults": (
        "Någon har rapporterat ett fel", "{} fel är rapporterade",
        "Läs, rätta och svara.", "faults.reports", {}, "alert-triangle",
    ),
    "gaps": (
        "En verksamhet saknar Barnets bästa-ansvarig", "{} verksamheter saknar Barnets bästa-ansvarig",
        "Familjer hittar ingen att kontakta. Utse någon.", "keeping.units", {"visa": "saknar"}, "user-question",
    ),
    "applications": (
        "En ansökan att ansluta sig väntar", "{} ansökningar att ansluta sig väntar",
        "Granska, eller godkänn det en kollega har granskat.", "reviewing.applications", {}, "file-text",
    ),
    "alarms": (
        "Ett larm om ovanlig läsning", "{} larm om ovanlig läsning",
        "Ta reda på vad som hänt och skriv en anmärkning.", "auditing.alarms", {}, "bell",
    ),
    "samples": (
        "Ett stickprov att granska", "{} stickprov att granska",
        "Se om läsningarna har en rimlig förklaring.", "auditing.samples", {}, "eye",
    ),
    "overdue": (
        "Ett stickprov är försenat", "{} stickprov är försenade",
        "Granska dem så snart du kan.", "auditing.samples", {}, "clock",
    ),
    "letters": (
        "Ett brev behöver ett beslut", "{} brev behöver ett beslut",
        "De kom kanske inte fram.", "mailing.outbox", {}, "mail",
    ),
}  # fmt: skip


def todo(waiting: Waiting) -> ToDo:
    """Say one kind of waiting things as a line to follow."""
    one, many, note, endpoint, arguments, picture = WORDS[waiting.what]
    text = one if waiting.count == 1 else many.format(waiting.count)
    return ToDo(text, note, url_for(endpoint, **arguments), waiting.count, picture, waiting.urgent)
