"""A scene for the demonstration: webinars to come and gone by, and a small library of metodstöd."""

from __future__ import annotations

from datetime import timedelta

from tbb import clock
from tbb.policy import Actor
from tbb.services import actors, demo_cast, happening_writing, material_writing

MATERIALS = (
    ("symbols", "Bilder till hjulet för små barn", "Fyra bilder till varje område, att skriva ut eller visa på skärm.",
     "preschool,health", "", "promotive", "included", "https://material.tbb.example/bilder"),
    ("film", "Modellen på fyra minuter", "En film för alla som arbetar med barn.",
     "preschool,school,health,social", "", "promotive", "included", "https://film.tbb.example/modellen"),
    ("work", "Frågor till arbetsplatsträffen", "Sju frågor att prata om när ni har sett filmen.",
     "school,preschool", "larande,relationer", "preventive", "included", "https://material.tbb.example/fragor"),
    ("report", "Så gick det första året", "Vad vi lärde oss när modellen prövades.",
     "social,health,school", "", "", "evaluated", "https://material.tbb.example/rapport"),
)  # fmt: skip


def play() -> None:
    """Let the county's communicator have put up webinars and materials, within the caller's transaction."""
    number = demo_cast.account_of("kommunikator")
    if number is None:
        return
    writer = actors.of_account(number, strong=True, demo=True)
    _webinar(writer, "Barnets röst i mötet", 12, "Hur barnet får säga vad det vill, före och på mötet.", "")
    _webinar(writer, "Hjulet i elevhälsan", 33, "Två skolor berättar hur de använder hjulet i elevhälsoteamet.", "")
    _webinar(
        writer, "Så gjorde vi hjulet till en del av vardagen", -23,
        "Två verksamheter berättar hur de kom igång.", "https://film.tbb.example/vardagen",
    )  # fmt: skip
    for material in MATERIALS:
        _material(writer, *material)


def _webinar(writer: Actor, title: str, days: int, lead: str, film: str) -> None:
    day = clock.today() + timedelta(days=days)
    day -= timedelta(days=max(0, day.weekday() - 4))  # never on a Saturday or a Sunday
    begun = happening_writing.begin(writer, title, f"{day}T12:00", 45, kind="webinar", organizer=None)
    told = {
        "wall": f"{day}T12:00",
        "lead": lead,
        "body": "## Vi pratar om\n\n- Hur ni gör hjulet till en vana.\n- Hur barnets egna ord får plats.",
        "audience": "Alla som arbetar med barn och unga",
        "speakers": "Malva Skissberg, förskollärare\nJonas Provlund, rektor",
        "join_url": "https://mote.tbb.example/rum",
    }
    kept = happening_writing.save(writer, begun, told, 45, seen=begun.version)
    out = happening_writing.publish(writer, kept)
    if film:
        after = {"recording_url": film, "captioned_elsewhere": True, "chapters": "00.00 Välkommen\n03.20 Förskolan"}
        happening_writing.save_afterwards(writer, out, after, seen=out.version)


def _material(
    writer: Actor, kind: str, title: str, lead: str, audience: str, areas: str, level: str, standing: str, url: str
) -> None:
    begun = material_writing.begin(writer, title, kind=kind, organizer=None)
    told = {"lead": lead, "audience": audience, "areas": areas, "level": level, "standing": standing}
    kept = material_writing.save(writer, begun, told | {"owner_name": "Processledarna"}, seen=begun.version)
    material_writing.add_version(writer, kept, dated=clock.today() - timedelta(days=40), url=url)
    material_writing.publish(writer, kept)
