"""What is done around plans and their samordningspersoner, as the log names it."""

from __future__ import annotations

DEEDS = {
    "coordinator:left": "Samordningspersonens uppdrag tog slut",
    "followup:book": "Boka en uppföljning",
    "followup:record": "Skriva ned en uppföljning",
    "plan:action-state": "Säga hur långt en åtgärd har kommit",
    "plan:add-action": "Lägga till en åtgärd i en plan",
    "plan:carry": "Låta en plan fortsätta där ärendet tas emot",
    "plan:change": "Ändra en plan",
    "plan:change-action": "Ändra en åtgärd i en plan",
    "plan:deviation": "Skriva att en verksamhet inte är med",
    "plan:end": "Avsluta en plan",
    "plan:end-link": "Stänga av familjens länk",
    "plan:export-sip": "Ta ut ett underlag till en SIP",
    "plan:hand-on": "Byta samordningsperson",
    "plan:make": "Göra en plan",
    "plan:new-link": "Ge familjen en länk",
    "plan:print-sheet": "Göra familjens blad",
    "plan:read": "Läsa en plan",
    "plan:remind": "Påminna om en åtgärd",
    "plan:settle": "Ta hand om det som sagts om en plan",
    "plan:told": "Familjen sa till om planen",
    "plan:work": "Arbeta med en plan",
}
FIELDS = {
    "action": "åtgärden",
    "action.state": "åtgärdens läge",
    "actions": "åtgärderna",
    "goals": "målen",
    "child_asked": "om barnet fick frågan",
    "coordinator": "samordningspersonen",
    "direction": "åt vilket håll det har gått",
    "followup": "uppföljningen",
    "goal.child": "barnets mål",
    "goal.hidden": "vad som inte visas för vårdnadshavare",
    "goal.own": "de vuxnas mål",
    "questions": "de två frågorna",
    "wish": "barnets önskan",
}
"""The fields of plans, by name; what they say never stands in the log."""
