"""A scene for the demonstration: news of a county that does not exist, drafts, and one that waits for its time."""

from __future__ import annotations

from datetime import timedelta

from tbb import clock
from tbb.models import Article, Municipality
from tbb.models.content_kinds import Category
from tbb.policy import Actor
from tbb.services import actors, articles, demo_cast

PICTURES = (
    "Bildstöd för barn i förskoleåldern finns nu att skriva ut. Bilderna hjälper barnet att berätta själv.",
    """Varje område i hjulet har fått fyra bilder. Du kan skriva ut dem som kort, eller visa dem på en skärm. Barnet \
kan peka, flytta och välja bort.

## Så kan du börja

1. Välj ett område i taget. Börja gärna med något som fungerar bra.
2. Lägg fram bilderna. Vänta på barnet.
3. Skriv ner barnets egna ord i rutan "Vad säger barnet självt?".

> "Tidigare svarade jag ofta åt barnen. Med korten blir jag tyst och lyssnar."
>
> Leila Testborg, förskollärare

## Fungerar på fler sätt än man tror

Bilderna är gjorda för förskolan, men de passar också i skolan och på barnavårdscentralen. Då använder alla samma ord, \
och barnet behöver inte börja om från början. [Se hjulet för förskolan](/hjulet/forskola).""",
)
OTHERS = (
    (Category.INDEPENDENT, "", 12, "Fler fristående förskolor är med",
     "Tio verksamheter har anslutit sig sedan skolstarten.",
     "Alla fristående verksamheter i länet har fått frågan. Tio har sagt ja sedan i augusti.\n\n"
     "## Vill ni vara med?\n\nLäs om [hur det går till att ansluta](/anslut). Det tar ungefär en halvtimme."),
    (Category.INSPIRATION, "Oxelösund", 26, "Så använder en kommun hjulet när skolor slås ihop",
     "En barnkonsekvensanalys med hjulet som stöd gav nya svar.",
     "Kommunen gick igenom hjulets sju områden ett i taget. Barnen fick säga vad de tyckte.\n\n## Det här ändrades\n\n"
     "- Skolvägen blev säkrare.\n- Två klasser fick vara kvar i sina lokaler.\n"
     "- Eleverna fick en egen vuxen att fråga."),
    (Category.SIP, "", 40, "Överenskommelsen om SIP för barn och unga är ny",
     "Läs vad som har ändrats för skola, vård och socialtjänst.",
     "En samordnad individuell plan är en rättighet enligt lag. Den nya överenskommelsen säger tydligare vem som "
     "kallar.\n\n## Vad är skillnaden mot barnets plan?\n\nBarnets plan är det vi kommer överens om på ett "
     "samverkansmöte. Den ersätter inte en SIP."),
    (Category.METHODS, "Flen", 55, "Skolsköterskorna i Flen provar hjulet",
     "De pratar med hjulet när eleverna kommer på hälsosamtal.",
     "Ett samtal tar en kvart. Inget skrivs ner om det inte behövs.\n\n## Vad säger eleverna?\n\n"
     "Att det är lättare att peka än att börja prata."),
)  # fmt: skip


def play() -> None:
    """Let the county's communicator have published some news, within the caller's transaction."""
    number = demo_cast.account_of("kommunikator")
    if number is None:
        return
    writer = actors.of_account(number, strong=True, demo=True)
    for category, place, days, title, lead, body in OTHERS:
        _published(writer, title, lead, body, category, place, days)
    _published(
        writer, "Nya bilder gör det lättare att prata om hjulet med små barn", *PICTURES, Category.METHODS, "", 3
    )
    draft = articles.begin(writer, "Vårens webbinarier", organizer=None)
    articles.save(writer, draft, {"lead": "Datum och ämnen för våren.", "body": "## Januari\n\n"}, seen=1)


def _published(writer: Actor, title: str, lead: str, body: str, category: str, place: str, days: int) -> None:
    where = Municipality.get_or_none(Municipality.name == place) if place else None
    begun = articles.begin(writer, title, organizer=None, municipality=where and where.id, category=category)
    kept = articles.save(writer, begun, {"lead": lead, "body": body}, seen=begun.version, note="")
    out = articles.publish(writer, kept)
    moment = clock.now() - timedelta(days=days)
    Article.update(published_at=moment, changed_at=None, saved_at=moment).where(Article.id == out.id).execute()
