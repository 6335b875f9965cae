"""A scene for the demonstration: wheels that have been sent, cases on their way, a draft; every child is invented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from tbb import clock
from tbb.database import run
from tbb.models import Case, CaseEvent, Unit, Wheel
from tbb.models.kinds import About, Kind
from tbb.policy import Actor
from tbb.services import (
    actors,
    case_desk,
    case_notes,
    delegations,
    demo_cast,
    drafts,
    informing,
    mapping,
    outcomes,
)

TOLD = {"told.child": "yes", "told.guardians": "yes"}
ALVA = {
    "child.label": "Alva", "child.stage": "Årskurs 6", **TOLD,
    "told.child_says": "Det är bra att någon vet.",
    "told.guardians_say": "De märker också att hon drar sig undan.",
    "area.halsa.level": "uppm", "area.halsa.see": "Har ofta ont i magen på morgonen. Säger att hon somnar sent.",
    "area.halsa.child": "Jag får ont i magen när jag ska gå hemifrån.",
    "area.utveckling.level": "bra", "area.omsorg.level": "bra",
    "area.larande.level": "stod", "area.larande.see": "Frånvaron har ökat från 4 till 31 procent sedan september.",
    "area.larande.child": "Det är okej när jag väl är där. Det är svårt att gå in.",
    "area.larande.strength": "Når målen i svenska och idrott.",
    "area.hemmet.level": "uppm", "area.hemmet.see": "Familjen har flyttat två gånger i år.",
    "area.hemmet.child": "Jag har inget eget rum nu.", "area.hemmet.hidden": "1",
    "area.relationer.level": "stod", "area.relationer.see": "Bästa vännen har bytt skola. Är ofta ensam på rasten.",
    "area.trygghet.level": "vetinte",
}  # fmt: skip
LIAM = {
    "child.label": "Liam", "child.stage": "Årskurs 2", "told.child": "yes", "told.guardians": "not_yet",
    "area.relationer.level": "uppm", "area.relationer.see": "Vill inte vara med i leken på fritids längre.",
    "area.larande.level": "bra", "area.larande.strength": "Räknar gärna och hjälper andra.",
}  # fmt: skip
NOAH = {
    "child.label": "Noah", "child.stage": "Årskurs 8", **TOLD,
    "area.larande.level": "stod", "area.larande.see": "Har svårt att komma i gång och får inget gjort på lektionerna.",
    "area.halsa.level": "uppm", "area.halsa.see": "Är trött och äter inte lunch.",
    "area.halsa.child": "Jag orkar inte äta med alla andra.",
}  # fmt: skip
YASMIN = {
    "child.label": "Yasmin", "child.stage": "Årskurs 4", **TOLD,
    "area.hemmet.level": "stod", "area.hemmet.see": "Tar hand om två småsyskon före skolan.",
    "area.relationer.level": "uppm", "area.omsorg.level": "uppm",
}  # fmt: skip
CLASS = {
    "group.label": "7B på rasterna", **TOLD,
    "area.trygghet.level": "uppm", "area.trygghet.see": "Det blir ofta bråk vid skåpen.",
}  # fmt: skip
NOBODY = {
    "area.omsorg.level": "uppm", "area.omsorg.see": "Hur brukar ni göra när ett barn ofta kommer utan ytterkläder?",
}  # fmt: skip
ELLA = {
    "child.label": "Ella", "child.stage": "Förskoleklass", **TOLD,
    "area.utveckling.level": "uppm", "area.utveckling.see": "Talar otydligt och blir ledsen när ingen förstår.",
}  # fmt: skip
SAMI = {"child.label": "Sami", "child.stage": "Årskurs 9", "area.larande.level": "uppm"}
MAPPED = {
    "voice.own": "Mentorn och kuratorn har träffat Alva två gånger. Schemat är anpassat sedan i måndags.",
    "voice.guardians": "De vill gärna ha hjälp med morgnarna.",
    "voice.child": "Jag vill att någon möter mig vid dörren.",
    "now.larande.level": "stod", "now.larande.see": "Kommer till två av tre lektioner när någon möter henne.",
    "now.relationer.level": "stod", "now.hemmet.level": "uppm", "now.trygghet.level": "bra",
    "now.utveckling.level": "bra", "now.omsorg.level": "bra", "now.halsa.level": "uppm",
}  # fmt: skip
ANSWERS = (
    "Nej. Vi vet inte hur Alva har det på fritiden. Kuratorn frågar henne.",
    "Att komma in i skolan på morgonen. Att inte ha någon att vara med.",
    "Se till att samma vuxna möter Alva varje morgon.",
    "Anpassa schemat till jul. En rastvärd som känner Alva.",
    "Råd om hur vi gör när en elev har ont i magen av oro.",
)


def play() -> None:
    """Let the first two schools of the cast have cases of every kind, within the caller's transaction."""
    first, second = Unit.select().where(Unit.kind == Kind.COMPULSORY).order_by(Unit.id).limit(2)
    mentor, bba, deputy = (_actor(key) for key in ("personal", "bba", "ersattare"))
    alva = _sent(mentor, first, first, ALVA)
    case_desk.receive(bba, alva.key)
    mapping.save(bba, alva, MAPPED | _questions(3))
    case_notes.write(bba, alva, "Träffade Alva i dag. Hon valde själv att börja med det som fungerar.")
    _delegate(bba, alva)
    age(alva, 15)
    noah = _sent(mentor, first, first, NOAH)
    case_desk.receive(bba, noah.key)
    age(noah, 13)
    yasmin = _sent(mentor, first, first, YASMIN)
    case_desk.receive(bba, yasmin.key)
    mapping.save(bba, yasmin, {"voice.child": "Jag vill hinna leka.", "now.hemmet.level": "stod"} | _questions(5))
    outcomes.decide(bba, yasmin, "meeting", "Socialtjänsten och skolan behöver göra det här tillsammans.")
    age(yasmin, 34)
    group = _sent(mentor, first, first, CLASS, About.GROUP)
    case_desk.receive(bba, group.key)
    mapping.save(bba, group, {"voice.child": "Det är trångt vid skåpen."} | _questions(5))
    measures = "Skåpen är flyttade. En vuxen finns där på rasterna."
    outcomes.decide(bba, group, "own", "Det räcker med det vi kan göra själva.", measures, close=True)
    age(group, 61)
    age(_sent(deputy, second, first, NOBODY, About.ANONYMOUS), 2)
    age(_sent(mentor, first, first, LIAM), 1)
    age(_sent(mentor, first, second, ELLA), 3)
    drafts.begin(mentor, from_unit=first, answers=SAMI)


def _actor(key: str) -> Actor:
    return actors.of_account(demo_cast.account_of(key), strong=True, demo=True)


def _sent(actor: Actor, sender: Unit, to: Unit, answers: Mapping[str, str], about: str = About.CHILD) -> Case:
    """Let somebody fill in a wheel and send it; give the case that it opens."""
    wheel = drafts.begin(actor, from_unit=sender, about=about, answers=answers)
    drafts.set_recipient(actor, wheel.key, to)
    return Case.get_by_id(informing.send(actor, wheel.key).case_id)


def _questions(many: int) -> dict[str, str]:
    return {f"question.{number}": text for number, text in enumerate(ANSWERS[:many], start=1)}


def _delegate(bba: Actor, case: Case) -> None:
    """Let the counsellor of the cast work with a case for a month."""
    wanted = demo_cast.account_of("delegerad")
    found = next((each for each in delegations.candidates(bba, case) if each.account == wanted), None)
    if found is not None:
        delegations.give(bba, Case.get_by_id(case.id), found.key, clock.today() + timedelta(days=30))


def age(case: Case, days: int) -> None:
    """Let a case, its wheels and what has happened with it lie so many days back."""
    back = timedelta(days=days)
    for model, where in ((Case, Case.id == case.id), (Wheel, Wheel.case == case), (CaseEvent, CaseEvent.case == case)):
        for thing in model.select().where(where):
            for name in _moments(model):
                if (moment := getattr(thing, name)) is not None:
                    value = getattr(model, name).db_value(moment - back)
                    run(f"UPDATE {model._meta.table_name} SET {name} = ? WHERE id = ?", (value, thing.id))


def _moments(model: type) -> tuple[str, ...]:
    return tuple(name for name in model._meta.fields if name.endswith("_at") or name == "at")
