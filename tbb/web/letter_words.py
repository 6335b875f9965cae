"""The outbox in Swedish: the states of letters, what can be decided, and what went wrong."""

from __future__ import annotations

import re

from tbb.services.letters import Cause, State
from tbb.services.outbox import NEEDS_A_PERSON, Decision, Line

STATES = {
    State.QUEUED: "I kö",
    State.CLAIMED: "I kö",
    State.SENDING: "Skickas nu",
    State.SENT: "Skickat",
    State.FAILED: "Gick inte att skicka",
    State.UNSURE: "Osäkert",
    State.KEPT: "Sparat här",
    State.HELD: "Stoppat för kontroll",
    State.STOPPED: "Skickas inte",
    State.BOUNCED: "Kom tillbaka",
}
COLORS = {
    State.SENT: "success",
    State.FAILED: "danger",
    State.UNSURE: "warning",
    State.HELD: "warning",
    State.BOUNCED: "danger",
    State.KEPT: "info",
    State.QUEUED: "info",
    State.CLAIMED: "info",
    State.SENDING: "info",
}
EXPLAINED = {
    State.QUEUED: "Brevet väntar på sin tur.",
    State.CLAIMED: "Brevet är på väg till e-postservern.",
    State.SENDING: "Brevet lämnas just nu över till e-postservern.",
    State.SENT: "E-postservern har tagit emot brevet. Innehållet är glömt.",
    State.FAILED: "Brevet har inte kommit fram till någon. Rätta felet och försök igen, eller låt bli att skicka det.",
    State.UNSURE: "Förbindelsen bröts mitt i överlämnandet. Ingen kan veta om brevet kom fram. Fråga mottagaren eller"
    " titta i e-postserverns logg, om det går.",
    State.KEPT: "Ingen e-postserver är inställd. Brevet har inte skickats utan sparas här.",
    State.HELD: "Brevet kan inte skickas som det är. Det väntar här tills någon bestämmer.",
    State.STOPPED: "Någon har bestämt att brevet inte ska skickas. Innehållet är glömt.",
    State.BOUNCED: "Brevet kom tillbaka för gott. Inga fler brev går till adressen förrän du släpper den.",
}
DECISIONS = {
    Decision.AGAIN: ("Försök igen", "refresh"),
    Decision.ARRIVED: ("Det kom fram", "circle-check"),
    Decision.STOP: ("Skicka inte", "x"),
    Decision.LIFT: ("Använd adressen igen", "refresh"),
}
DECIDED = {
    Decision.AGAIN: "Brevet står i kö igen.",
    Decision.ARRIVED: "Brevet räknas som framme.",
    Decision.STOP: "Brevet skickas inte.",
    Decision.LIFT: "Adressen kan få brev igen.",
}
BOUNCES = {"hard": "Kom tillbaka för gott", "soft": "Kom tillbaka, tillfälligt fel", "lifted": "Kom tillbaka, släppt"}
HELD = {
    Cause.FACTS: "Uppgifterna i brevet går inte att öppna. Kontrollera nyckelfilen.",
    Cause.TEMPLATE: "Brevets mall finns inte i den här versionen.",
    Cause.WORDS: "Brevet går inte att skriva med de uppgifter som det har fått.",
    Cause.RECIPIENT: "Mottagaren är inte en giltig e-postadress.",
    Cause.BOUNCED: "Ett tidigare brev till adressen har kommit tillbaka.",
}
CODE = re.compile(r"(refused|later|line|sender) (\d{3})")
NETWORK = "E-postservern svarar inte ({})."


def decision_words(line: Line, decision: Decision) -> tuple[str, str]:
    """What the button says, and its icon: an unsure letter is sent once more, a kept one for the first time."""
    if decision is Decision.AGAIN and line.state is State.UNSURE:
        return "Skicka igen", "send"
    if decision is Decision.AGAIN and line.state is State.KEPT:
        return "Skicka nu", "send"
    return DECISIONS[decision]


def problem_words(problem: str) -> str:
    """Say what the last problem was; empty when there was none."""
    if problem in HELD:
        return HELD[Cause(problem)]
    if not problem:
        return ""
    if problem == "cut off":
        return "Förbindelsen bröts medan brevet lämnades över."
    if match := CODE.fullmatch(problem):
        what = {
            "refused": "E-postservern tar inte emot brevet",
            "later": "E-postservern bad oss försöka senare",
            "line": "E-postservern släppte inte in oss",
            "sender": "E-postservern godtar inte vår avsändaradress",
        }
        return f"{what[match[1]]} (kod {match[2]})."
    return NETWORK.format(problem.removeprefix("line "))


def state_words(line: Line) -> str:
    """Where a letter is, in a word or two."""
    return "Väntar på nytt försök" if line.state is State.QUEUED and line.attempts else STATES[line.state]


def needs_a_person(state: State) -> bool:
    """Whether letters in this state wait for somebody to decide."""
    return state in NEEDS_A_PERSON
