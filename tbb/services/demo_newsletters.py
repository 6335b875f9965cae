"""A scene for the demonstration: two newsletters in the archive, one that is being written, and some who get them."""

from __future__ import annotations

import json
from datetime import timedelta

from tbb import clock
from tbb.models import Article, Newsletter
from tbb.models.content_kinds import NewsletterState, ReaderTopic, SectionKind
from tbb.policy import Actor
from tbb.services import actors, demo_cast, newsletter_render, newsletters, readers, subscribing

HEADINGS = {
    SectionKind.CURRENT: "Aktuellt",
    SectionKind.AHEAD: "Vad händer framåt",
    SectionKind.INDEPENDENT: "Fristående verksamheter",
    SectionKind.INSPIRATION: "Inspireras av andra",
    SectionKind.SIP: "SIP",
    SectionKind.METHODS: "Metodstöd",
    SectionKind.WEBINAR: "Webbinarium",
    SectionKind.CONTACT: "Kontakt",
}
LETTERS = (
    ("VT2026", 170, "Våren tillsammans", "Fler kommuner är med, och hjulet används i förskolan.",
     {"Aktuellt": "Alla förskolor i länet kan nu använda hjulet. [Läs om hjulet](/hjulet).\n\n- Börja med ett område.\n"
                  "- Låt barnet välja.\n- Skriv barnets egna ord.",
      "Inspireras av andra": "I Flen pratar skolsköterskorna med hjulet när eleverna kommer på hälsosamtal.",
      "Kontakt": "Har du frågor? [Kontakta oss](/kontakt)."}),
    ("HT2026", 25, "Hösten i länet", "Nya bilder, en ny överenskommelse om SIP och fler fristående verksamheter.",
     {"Aktuellt": "Nu finns bildstöd för barn i förskoleåldern att skriva ut.",
      "Vad händer framåt": "Under våren håller vi tre lunchwebbinarier. De kräver ingen anmälan.",
      "SIP": "Överenskommelsen om SIP är ny. Den säger tydligare vem som kallar.",
      "Kontakt": "Har du frågor? [Kontakta oss](/kontakt)."}),
)  # fmt: skip
NOTHING = {"happening": None, "material": None, "municipality": None}
READERS = (
    ("lasare.ett@exempel.example", (ReaderTopic.NEWS, ReaderTopic.SIP), (), "sv"),
    ("lasare.tva@exempel.example", (ReaderTopic.NEWS,), ("flen",), "sv"),
    ("lasare.tre@exempel.example", tuple(ReaderTopic), (), "fi"),
    ("lasare.fyra@exempel.example", (ReaderTopic.METHODS, ReaderTopic.WEBINARS), ("trosa", "flen"), "en"),
    ("lasare.fem@exempel.example", (ReaderTopic.NEWS, ReaderTopic.INDEPENDENT), (), "ar"),
)


def play() -> None:
    """Let the county's communicator have written newsletters, within the caller's transaction."""
    number = demo_cast.account_of("kommunikator")
    if number is None:
        return
    writer = actors.of_account(number, strong=True, demo=True)
    for term, days, title, lead, said in LETTERS:
        _in_the_archive(writer, term, days, title, lead, said)
    draft = newsletters.begin(writer, "Vårens första brev", "VT2027", organizer=None, headings=HEADINGS)
    article = Article.get_or_none(Article.state == "published")
    first = newsletters.parts_of(draft)[0]
    answers = {"title": first.title, "body": "", "article": article and article.id} | NOTHING
    newsletters.save_part(writer, first, answers, seen=newsletters.mark_of(first))
    for email, topics, places, language in READERS:
        basis = f"form {subscribing.TEXT_VERSION}"
        readers.add(email, topics=topics, places=places, language=language, basis=basis)


def _in_the_archive(writer: Actor, term: str, days: int, title: str, lead: str, said: dict[str, str]) -> None:
    made = newsletters.begin(writer, title, term, organizer=None, headings=HEADINGS)
    head = {"title": title, "lead": lead, "term": term, "language": "sv"}
    made = newsletters.save(writer, made, head, seen=made.version)
    for part in newsletters.parts_of(made):
        if part.title in said:
            answers = {"title": part.title, "body": said[part.title], "article": None} | NOTHING
            newsletters.save_part(writer, part, answers, seen=newsletters.mark_of(part))
    moment = clock.now() - timedelta(days=days)
    words = json.dumps(newsletter_render.words_of(Newsletter.get_by_id(made.id)), ensure_ascii=False)
    Newsletter.update(
        state=NewsletterState.SENT, rendered=words, topics=ReaderTopic.NEWS, places="lanet", send_at=moment,
        began_at=moment, sent_at=moment, published_at=moment, saved_at=moment,
    ).where(Newsletter.id == made.id).execute()  # fmt: skip
    newsletters.let_be_found(Newsletter.get_by_id(made.id))
