"""The words of newsletters: parts, topics, states, and what is wrong with a list; topics in every language."""

from __future__ import annotations

from tbb.models.content_kinds import NewsletterState, ReaderTopic, SectionKind
from tbb.services.letters import State
from tbb.services.reader_import import Fault
from tbb.web.letter_words import STATES as LETTER_STATES
from tbb.web.letter_words import problem_words
from tbb.web.texts import N_
from tbb.web.texts import say as _

PARTS = {
    SectionKind.CURRENT: "Aktuellt",
    SectionKind.AHEAD: "Vad händer framåt",
    SectionKind.INDEPENDENT: "Fristående verksamheter",
    SectionKind.INSPIRATION: "Inspireras av andra",
    SectionKind.SIP: "SIP",
    SectionKind.METHODS: "Metodstöd",
    SectionKind.WEBINAR: "Webbinarium",
    SectionKind.CONTACT: "Kontakt",
    SectionKind.OWN: "Egen del",
}
HEADINGS = {kind: words for kind, words in PARTS.items() if kind is not SectionKind.OWN}
"""The headings of the county's fixed parts."""
TOPICS = {
    ReaderTopic.NEWS: N_("Nyheter och exempel"),
    ReaderTopic.WEBINARS: N_("Webbinarier och konferenser"),
    ReaderTopic.METHODS: N_("Metodstöd och material"),
    ReaderTopic.SIP: N_("SIP"),
    ReaderTopic.INDEPENDENT: N_("Fristående verksamheter"),
}
STATES = {
    NewsletterState.DRAFT: ("Utkast", "neutral"),
    NewsletterState.SCHEDULED: ("Planerat", "info"),
    NewsletterState.QUEUED: ("Skickas snart", "info"),
    NewsletterState.SENDING: ("Skickas nu", "warning"),
    NewsletterState.PAUSED: ("Pausat", "warning"),
    NewsletterState.SENT: ("Skickat", "success"),
    NewsletterState.ADDED: ("I arkivet", "success"),
}
FAULTS = {
    Fault.EMPTY: "Adressen saknas",
    Fault.BAD: "Adressen går inte att skicka till",
    Fault.TWICE: "Adressen finns redan i listan",
    Fault.READER: "Får redan nyhetsbrevet",
    Fault.SUPPRESSED: "Har avslutat eller går inte att nå",
    Fault.NO_BASIS: "Det står inte hur vi vet att personen sagt ja",
    Fault.BROKEN: "Citattecknen stämmer inte",
}
NOT_UNDERSTOOD = {
    "empty": "Filen är tom.",
    "column": "Filen har ingen kolumn som heter e-post.",
    "text": "Filen är ingen textfil. Spara den som CSV.",
    "long": "Filen är för lång. Dela den i flera.",
}
BAD_FILE = {
    "kind": "Filen är ingen PDF.",
    "empty": "Filen är tom.",
    "size": "Filen är för stor. Den får vara högst 10 MB.",
    "broken": "PDF:en går inte att läsa. Spara den på nytt och försök igen.",
    "locked": "PDF:en är låst med lösenord. Lås upp den först.",
    "acts": "PDF:en bär på program eller andra filer. Spara den som en vanlig PDF.",
}


def topic(code: str) -> str:
    """Name a topic in the language of the page."""
    return _(TOPICS[ReaderTopic(code)])


def topics() -> list[tuple[str, str]]:
    """All topics, for a form in the language of the page: (code, words)."""
    return [(code.value, topic(code)) for code in TOPICS]


def swedish_topics() -> list[tuple[str, str]]:
    """All topics, for those who write: (code, words)."""
    return [(code.value, str(words)) for code, words in TOPICS.items()]


def parts() -> list[tuple[str, str]]:
    """All kinds of parts: (code, words)."""
    return [(kind.value, words) for kind, words in PARTS.items()]


def part(kind: str) -> str:
    """Name a kind of part."""
    return PARTS[SectionKind(kind)]


def state(code: str) -> tuple[str, str]:
    """Name a state, with the colour of its tag."""
    return STATES[NewsletterState(code)]


def letter_state(code: State, problem: str) -> str:
    """Say where a letter is that somebody must decide about, and why."""
    why = problem_words(problem) if code is not State.UNSURE else ""
    return f"{LETTER_STATES[code]}. {why}".strip()


def basis(kept: str) -> str:
    """Say how we know that a reader wants letters."""
    kind, _sign, told = kept.partition(" ")
    return f"Formuläret, text {told}" if kind == "form" else f"Gammal lista: {told}"


def fault(code: Fault) -> str:
    """Say why a row of a list is not taken."""
    return FAULTS[code]
