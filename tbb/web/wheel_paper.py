"""What the wheel's blanks say and show, in the language of the page; tbb/services/wheel_sheets.py sets them."""

from __future__ import annotations

from tbb.services import poster_art
from tbb.services.wheel_sheets import Sheet, SheetArea, make_sheet
from tbb.web import wheel_words as words
from tbb.web.drawing import AREAS, STATUSES
from tbb.web.language import current
from tbb.web.shapes import at
from tbb.web.talk_art import INKS, paper_face, paper_picture, paper_wheel
from tbb.web.texts import N_, say

WIDTH = 440  # units of the drawn wheel
SAID = {
    "staff": (
        N_("Prata med hjulet"),
        N_("Ett stöd när du pratar med ett barn, eller om ett barn. Börja med det som fungerar."),
        N_("Barnet"),
        words.STAFF,
    ),
    "child": (
        N_("Hur har du det?"),
        N_("Du är i mitten. Varje blad är en del av ditt liv. Du väljer själv vad du vill svara på."),
        N_("Du"),
        words.CHILD,
    ),
    "preschool": (
        N_("Mitt hjul"),
        N_(
            "Till dig som är vuxen: läs en fråga i taget och låt barnet peka på ett ansikte. Barnet får låta bli att "
            "svara."
        ),
        N_("Jag"),
        words.PRESCHOOL,
    ),
}
HINTS = {
    "staff": (
        N_("Ta områdena i den ordning som passar er. Ni behöver inte prata om alla."),
        N_("Låt barnet berätta med egna ord, och själv välja svar om det vill."),
        N_("Skriv inte barnets namn eller personnummer. Strimla papperet när det inte behövs längre."),
    ),
    "child": (
        N_("Måla bladen i de färger du vill."),
        N_("Skriv inte vad du heter. Du bestämmer vem som får se ditt hjul."),
    ),
    "preschool": (N_("Måla bladen tillsammans. Skriv inte vad barnet heter."),),
}
ROOM = {
    "staff": (N_("Vad ser du?"), N_("Vad säger barnet självt?")),
    "child": (N_("Här kan du skriva eller rita"),),
    "preschool": (N_("Här kan barnet rita"),),
}
NOTICE = (
    N_("Misstänker du att ett barn far illa?"),
    N_(
        "Detta ersätter inte skyldigheten att göra orosanmälningar till socialtjänsten, enligt gällande lagstiftning, "
        "om misstanke finns att ett barn far illa!"
    ),
)


def sheet(dress: str) -> bytes:
    """Give the blank of a dress – staff, child or preschool – as PDF, in the language of the page."""
    title, lead, centre, asked = SAID[dress]
    language = current()
    return make_sheet(
        Sheet(
            dress=dress,
            language=language.code,
            direction=language.direction,
            title=say(title),
            lead=say(lead),
            sender=say("Tillsammans för barnens bästa i Sörmland"),
            centre=say(centre),
            hints=tuple(map(say, HINTS[dress])),
            areas=tuple(_area(index, dress, asked) for index in range(len(AREAS))),
            answers=tuple(_answers(dress)),
            room=tuple(map(say, ROOM[dress])),
            strength=say("Det som fungerar"),
            about=say("Det kan handla om"),
            notice=(say(NOTICE[0]), say(NOTICE[1])),
            help=(f"{say('Fara för liv?')} {say('Ring 112')}", say("Ring Bris 116 111")),
            wheel=paper_wheel(),
            wheel_told=say(
                "Ett hjul med sju områden: hälsa, utveckling, lärande, omsorg, hemmet, relationer och trygghet. "
                "Barnet är i mitten."
            ),
        )
    )


def _area(index: int, dress: str, asked: dict[str, words.Asked]) -> SheetArea:
    area = AREAS[index]
    x, y = at(index, 139)
    drawn = poster_art.area_icon(poster_art.AREAS[index]) if dress == "staff" else paper_picture(area.code)
    told = asked[area.code]
    return SheetArea(
        name=say(area.label),
        question=say(told.question),
        about=say(told.about) if told.about else "",
        strength=say(told.strength) if told.strength else "",
        colour=INKS[area.code].base,
        picture=drawn,
        x=x / WIDTH,
        y=y / WIDTH,
    )


def _answers(dress: str) -> list[tuple[str, str]]:
    if dress == "staff":
        return [(say(status.label), "") for status in STATUSES]
    known = words.CHILD_ANSWERS if dress == "child" else words.PRESCHOOL_ANSWERS
    return [(say(answer), paper_face(level)) for level, answer in known.items()]
