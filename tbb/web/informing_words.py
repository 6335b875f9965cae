"""The words around a wheel that is filled in: its steps and how far each has come, its answers, when it was saved."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from babel.dates import format_date
from flask import url_for

from tbb import clock
from tbb.forms import informing as forms
from tbb.models.kinds import About, CaseState, WheelTemplate
from tbb.services import informing, wheel_recipients
from tbb.services.drafts import Draft
from tbb.services.wheel_texts import AREAS, edition

LONGEST_CENTRE = 10
"""So many letters fit in the heart of the wheel."""
STATES = {
    CaseState.SENT: ("Skickat", "info"),
    CaseState.RECEIVED: ("Mottaget", "info"),
    CaseState.MAPPING: ("Kartläggs", "brand"),
    CaseState.COLLABORATING: ("Går vidare till samarbete", "success"),
    CaseState.CLOSED: ("Avslutat", "neutral"),
}
"""What the sender sees of a case, and nothing else."""
PROGRESS = {
    "done": ("Klart", "success"),
    "begun": ("Påbörjat", "warning"),
    "stop": ("Behöver ändras", "danger"),
    "gate": ("Behöver samtycke", "warning"),
    "empty": ("Inte påbörjat", "neutral"),
    "free": ("Behövs inte", "neutral"),
}
STEP_OF = {
    "recipient": "recipient",
    "answers": "recipient",
    "label": "about",
    "flag": "wheel",
    "told": "told",
    "consent": "secrecy",
    "personal_number": "wheel",
}
"""Where what hinders a wheel from being sent is put right."""


class Step(NamedTuple):
    """A step of the list: its code, name and note, its address, and its state, a key of PROGRESS."""

    code: str
    name: str
    note: str
    href: str
    state: str

    @property
    def tag(self) -> tuple[str, str]:
        """The words and colour of the state."""
        return PROGRESS[self.state]


class Answer(NamedTuple):
    """An answer to look through: its label, the field's name, the text, and whether the child said it."""

    label: str
    name: str
    text: str
    voice: bool = False


class Group(NamedTuple):
    """The answers of one part. `area` is the area's code when it is about one, `level` how that area is."""

    heading: str
    step: str
    answers: tuple[Answer, ...]
    area: str = ""
    level: str = ""
    hidden: bool = False


def steps_of(draft: Draft) -> list[Step]:
    """The steps of a draft in their order, each with how far it has come."""
    known = {
        "questions": ("Frågor först", "Två frågor om barnets skydd", "done"),
        "recipient": ("Mottagare", _whom(draft), _to(draft)),
        "about": ("Vem det gäller", forms.ABOUT[About(draft.wheel.about)], _who(draft)),
        "wheel": ("Hjulet", f"{len(draft.levels)} av {len(AREAS)} områden ifyllda", _wheel(draft)),
        "told": ("Berättat", "Vad barnet och vårdnadshavarna vet och säger", _told(draft)),
        "secrecy": ("Sekretess", _border(draft), _secrecy(draft)),
    }
    if draft.wheel.about == About.ANONYMOUS:
        del known["told"]
    key = draft.wheel.key
    return [
        Step(code, name, note, url_for(f"informing.steps.{code}", key=key), state)
        for code, (name, note, state) in known.items()
    ]


def next_step(draft: Draft) -> str:
    """The address of the first step that is left, or of the page where all is read through."""
    left = [step.href for step in steps_of(draft) if step.state not in ("done", "free")]
    return left[0] if left else url_for("informing.steps.check", key=draft.wheel.key)


def leaving(draft: Draft) -> str:
    """What is to be confirmed when a wheel leaves the sender's authority; empty when it stays there."""
    if draft.unit is None or not draft.border.crosses:
        return ""
    huvudman = wheel_recipients.huvudman_of(draft.unit) or "en annan huvudman"
    return f"Ja, skicka till {draft.unit.label}, som hör till {huvudman}. Där gäller en annan sekretess än hos oss."


def heading(draft: Draft) -> str:
    """What the page of the wheel asks."""
    if draft.wheel.about == About.CHILD and (label := draft.texts.get("child.label")):
        return f"Hur har {label} det?"
    return "Hur har barnen det?" if draft.wheel.about == About.GROUP else "Hur har barnet det?"


def centre(draft: Draft) -> str:
    """The word in the heart of the wheel."""
    if draft.wheel.about == About.GROUP:
        return "Barnen"
    label = draft.texts.get("child.label", "")
    return label if 0 < len(label) <= LONGEST_CENTRE else "Barnet"


def saved_line(moment: datetime) -> str:
    """Say when a draft was saved, and who sees it."""
    when = clock.local(moment)
    day = "" if when.date() == clock.today() else f" {format_date(when.date(), 'd MMMM', locale='sv')} kl."
    return f"Sparat{day} {when:%H.%M}. Bara du ser utkastet."


def left_line(draft: Draft) -> tuple[str, str]:
    """Say how many areas are answered, and which are left: ("5 av 7", "Relationer och Trygghet är kvar.")."""
    names = edition(draft.wheel.edition).areas
    left = [names[area] for area in AREAS if area not in draft.levels]
    said = f"{len(AREAS) - len(left)} av {len(AREAS)}"
    if not left:
        return said, "Alla är med."
    if len(left) == len(AREAS):
        return said, "Börja var du vill."
    return said, f"{' och '.join([', '.join(left[:-1]), left[-1]] if left[:-1] else left)} är kvar."


def wheel_form(draft: Draft) -> type[forms.StepForm]:
    """The form of the wheel, by its template."""
    return forms.AbsenceWheelForm if draft.wheel.template == WheelTemplate.ABSENCE else forms.WheelForm


def every_field(draft: Draft) -> type[forms.StepForm]:
    """A form with all that can be saved of a draft."""
    return forms.EveryAbsenceForm if draft.wheel.template == WheelTemplate.ABSENCE else forms.EveryForm


def grouped(draft: Draft) -> list[Group]:
    """All answers of a draft, part by part, to be looked through."""
    made = [Group("Vem det gäller", "about", _answers(draft, "child.", "group."))]
    names, texts = edition(draft.wheel.edition).areas, draft.texts
    made += [
        Group(
            names[area], "wheel", _answers(draft, f"area.{area}."), area, draft.levels.get(area, ""),
            bool(texts.get(f"area.{area}.hidden")),
        )
        for area in AREAS
    ]  # fmt: skip
    made.append(Group("Barnets styrkor", "wheel", _answers(draft, "strengths")))
    if draft.wheel.template == WheelTemplate.ABSENCE:
        made.append(Group("Frånvaron", "wheel", _answers(draft, "absence.")))
    if draft.wheel.about != About.ANONYMOUS:
        made.append(Group("Berättat", "told", _answers(draft, "told.")))
    return made


def _answers(draft: Draft, *starts: str) -> tuple[Answer, ...]:
    form, texts = every_field(draft)(formdata=None), draft.texts
    found = [field for field in form.kept() if field.name.startswith(starts) and field.name in texts]
    shown = [field for field in found if not field.name.endswith((".level", ".hidden"))]
    return tuple(
        Answer(field.label.text, field.name, _said(field.name, texts[field.name]), _by_the_child(field.name))
        for field in shown
    )


_VOICES = (".child", ".child_says")


def _by_the_child(name: str) -> bool:
    """Whether the words are the child's own; that the child has been told is the sender's answer."""
    return name.endswith(_VOICES) and name != "told.child"


def _said(name: str, text: str) -> str:
    return forms.TOLD.get(text, text) if name in ("told.child", "told.guardians") else text


def _to(draft: Draft) -> str:
    if draft.unit is None:
        return "empty"
    return "done" if informing.may_receive(draft) else "stop"


def _whom(draft: Draft) -> str:
    if draft.unit is None:
        return "Vilken verksamhet du informerar"
    return draft.unit.label if _to(draft) == "done" else f"{draft.unit.label} kan inte ta emot hjul än"


def _border(draft: Draft) -> str:
    if draft.unit is None:
        return "Välj mottagare först"
    if _secrecy(draft) == "gate":
        return "Mottagaren hör till en annan huvudman eller nämnd. Be om samtycke eller rådgör anonymt."
    return "Om hjulet lämnar din huvudman eller nämnd"


def _who(draft: Draft) -> str:
    named = draft.wheel.about != About.CHILD or "child.label" in draft.texts
    return "done" if named else "empty"


def _wheel(draft: Draft) -> str:
    if draft.flagged:
        return "done"
    return "begun" if any(name.startswith(("area.", "strengths", "absence.")) for name in draft.texts) else "empty"


def _told(draft: Draft) -> str:
    answered = {"told.child", "told.guardians"} & set(draft.texts)
    return {0: "empty", 1: "begun", 2: "done"}[len(answered)]


def _secrecy(draft: Draft) -> str:
    if draft.unit is None:
        return "empty"
    if not draft.border.crosses:
        return "free"
    return "done" if informing.may_cross(draft) else "gate"
