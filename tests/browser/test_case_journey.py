"""The model's own example, from a talk around the wheel to a decision: by mouse, by keys alone, and without scripts."""

from __future__ import annotations

import random
import re
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import expect

FOCUSED = """wanted => wanted === document.activeElement
    || wanted.type === 'radio' && wanted.name === document.activeElement.name
    || document.activeElement.matches('.ds-skip-link') && 'skip'"""
KEPT = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
MOST_TABS = 200
WAYS = {"mouse": {}, "keys": {"keys": True}, "no scripts": {"javascript": False}}
SEEN = {
    "hemmet": ("stod", "Det har hänt något i familjen. En vuxen har flyttat ut."),
    "relationer": ("uppm", "Är borta var fredag, och ensam på rasterna."),
    "trygghet": ("stod", "Säger sig ligga vaken om nätterna."),
}
SAYS = "Jag vet inte var jag ska sova i helgen."
TOLD = "Det är bra att någon vet."
VOICES = {
    "voice.own": "Läraren ser samma sak på torsdagar.",
    "voice.guardians": "De vill ha hjälp att prata med varandra.",
    "voice.child": "Jag vill att någon möter mig vid brevlådan.",
}
ANSWERS = (
    "Ja, det räcker för att börja.",
    "Att inte veta hur helgen blir.",
    "Se till att samma vuxna finns där varje morgon.",
    "Anpassa schemat på fredagar.",
    "Råd från socialtjänsten och från barnhälsan.",
)
WHY = "Flera behöver göra det här tillsammans."
WRITTEN = (SAYS, TOLD, WHY, *VOICES.values(), *ANSWERS, *(text for _level, text in SEEN.values()))
HEARD = """
- group "Barnets bästa-hjulet"
"""
HEARD_AREA = """
- group "Hälsa Hur mår barnet i kropp och själ?":
  - paragraph: /Till exempel/
  - radio "Fungerar bra"
  - radio "Behöver uppmärksammas" [checked]
  - radio "Behöver stöd"
  - radio "Vet inte"
  - paragraph: /inte diagnos/
  - textbox "Vad ser du?"
  - textbox "Vad säger barnet självt?"
  - group: Styrkor och sekretess
"""


class Hands:
    """Somebody at a screen, with a mouse or with keys alone, who keeps an eye on what each page leaves behind."""

    def __init__(self, visitor, path: str, *, keys: bool = False, javascript: bool = True):
        self.keys, self.javascript = keys, javascript
        self.tab = visitor.open(path, javascript=javascript, width=390 if keys else 1280)
        self.left: list[str] = [self.tab.url]
        self.tab.on("request", lambda request: self.left.append(request.url))

    def reach(self, wanted) -> None:
        """Go on with the tab key until something has the focus; on a new page past what stands above the content."""
        for _ in range(MOST_TABS):
            where = wanted.evaluate(FOCUSED)
            if where is True:
                return
            self.tab.keyboard.press("Enter" if where == "skip" else "Tab")
        pytest.fail(f"the tab key never comes to {wanted}")

    def act(self, wanted, *, near: bool = False) -> None:
        """Press a button or follow a link; what is not `near` is jumped to, as from a screen reader's list of links."""
        self.left += [self.tab.title(), self.tab.evaluate(KEPT) if self.javascript else ""]
        if not self.keys:
            return wanted.click()
        self.reach(wanted) if near else wanted.focus()
        self.tab.keyboard.press("Enter")

    def press(self, button: str) -> None:
        """Press the button of the page."""
        self.act(self.tab.get_by_role("main").get_by_role("button", name=button, exact=True), near=True)

    def follow(self, link: str) -> None:
        """Follow a link of the page."""
        self.act(self.tab.get_by_role("main").get_by_role("link", name=link, exact=True).first)

    def choose(self, name: str, value: str) -> None:
        """Choose one of a group of radio buttons."""
        radio = self.tab.locator(f"input[name='{name}'][value='{value}']")
        if self.keys:
            self.reach(radio)
            self.tab.keyboard.press("Space")
            for _ in range(4):
                if not radio.is_checked():
                    self.tab.keyboard.press("ArrowDown")
        else:
            radio.check()
        expect(radio).to_be_checked()

    def turn_to(self, area: str) -> None:
        """Go from the wheel to one of its areas."""
        if self.keys:
            self.tab.locator(f".petal[data-area={area}] a").focus()
            self.tab.keyboard.press("Enter")

    def write(self, name: str, text: str) -> None:
        """Write in a field."""
        field = self.tab.locator(f"main [name='{name}']:not([type=hidden])")
        if self.keys:
            self.reach(field)
            self.tab.keyboard.insert_text(text)
        else:
            field.fill(text)

    def pick(self, name: str, label: str) -> None:
        """Pick something from a list."""
        field = self.tab.locator(f"main select[name='{name}']")
        if self.keys:
            self.reach(field)
            for _ in range(field.locator("option").all_inner_texts().index(label)):
                self.tab.keyboard.press("ArrowDown")
        else:
            field.select_option(label=label)
        expect(field).to_have_value(label)

    def become(self, persona: str) -> None:
        """Sign in as one of the cast, instead of whoever was."""
        self.tab.goto("/demo")
        self.act(self.tab.locator(f"form[action='/demo/{persona}'] button"))
        expect(self.tab).to_have_url(re.compile("/arbetsyta$"))

    def comes_to(self, text: str) -> None:
        """Wait for a page."""
        expect(self.tab.get_by_role("heading", level=1)).to_have_text(text)

    def sees(self, *texts: str) -> None:
        """Find words on the page."""
        for text in texts:
            expect(self.tab.get_by_role("main")).to_contain_text(text)


def talk(hands: Hands) -> None:
    """Talk with the child around the wheel, carry its levels along, and sign in."""
    for area in SEEN:
        hands.turn_to(area)
        hands.choose(area, "stod")
    hands.press("Informera Barnets bästa-ansvarig")
    hands.comes_to("Logga in")
    way = hands.tab.url
    hands.become("personal")
    hands.tab.goto(way)
    hands.sees("3 områden är ifyllda.")


def begin(hands: Hands) -> None:
    """Answer the stop questions, and start with the wheel."""
    for name, answer in (("concern", "no"), ("protected", "no"), ("template", "wheel")):
        hands.choose(name, answer)
    hands.press("Börja")
    hands.comes_to("Informera Barnets bästa-ansvarig")
    hands.follow("Hjulet")
    hands.comes_to("Hur har barnet det?")


def fill_in(hands: Hands) -> None:
    """Fill in the wheel: what was talked about is there, and what is written survives that the page is loaded anew."""
    for area, (level, text) in SEEN.items():
        expect(hands.tab.locator(f"#{area}-stod")).to_be_checked()
        hands.turn_to(area)
        hands.choose(f"area.{area}.level", level)
        hands.write(f"area.{area}.see", text)
        if area == "hemmet":
            hands.write("area.hemmet.child", SAYS)
    if hands.javascript and not hands.keys:
        with hands.tab.expect_response(re.compile("/spara$")):
            hands.tab.locator("[name='area.trygghet.see']").blur()
        expect(hands.tab.locator("[data-saved]")).to_contain_text("Sparat")
        hands.tab.reload()
        expect(hands.tab.locator("#relationer-uppm")).to_be_checked()
        for area, (_level, text) in SEEN.items():
            expect(hands.tab.locator(f"[name='area.{area}.see']")).to_have_value(text)
    hands.press("Fortsätt")
    hands.comes_to("Vem vill du informera?")


def address(hands: Hands, label: str) -> None:
    """Choose one's own school, and say which child it is about."""
    hands.act(hands.tab.locator(".recipients").first.get_by_role("button"))
    hands.comes_to("Vem gäller det?")
    hands.choose("about", "child")
    hands.write("child.label", label)
    hands.pick("child.stage", "Årskurs 6")
    hands.press("Spara och fortsätt")
    hands.comes_to("Vet de om att du skickar hjulet?")


def send(hands: Hands) -> str:
    """Say who knows, pass the gate, read through and send; give the wheel's reference."""
    hands.choose("told.child", "yes")
    hands.write("told.child_says", TOLD)
    hands.choose("told.guardians", "not_yet")
    hands.press("Spara och fortsätt")
    hands.comes_to("Läs igenom innan du skickar")
    hands.tab.goto(hands.tab.url.replace("/las-igenom", "/sekretess"))
    hands.sees("Ja. Inget mer behövs")
    hands.follow("Fortsätt")
    hands.sees(SAYS, TOLD, "Årskurs 6", "Hemmet", "Relationer", "Trygghet")
    hands.follow("Välj att skicka")
    hands.sees("Hit skickas det")
    hands.press("Skicka hjulet")
    hands.comes_to("Tack! Hjulet är skickat")
    reference = hands.tab.locator(".reference").first.inner_text()
    assert re.fullmatch("H-[0-9A-Z]{6}", reference)
    hands.follow("Följ hur det går")
    hands.comes_to("Så går det med hjulet")
    return reference


def map_it(hands: Hands, label: str) -> None:
    """Receive the wheel, write three voices and the wheel as it is now, and answer the five questions."""
    hands.tab.goto("/arenden")
    hands.act(hands.tab.locator("table").get_by_role("link", name=label, exact=True))
    hands.sees(SAYS, SEEN["trygghet"][1], "Behöver stöd")
    hands.press("Ta emot hjulet")
    hands.sees("Nästa steg: börja kartlägga")
    hands.follow("Kartlägg")
    hands.comes_to("Kartlägg")
    for name, text in VOICES.items():
        hands.write(name, text)
    for area in SEEN:
        hands.turn_to(area)
        hands.choose(f"now.{area}.level", "stod")
    hands.press("Spara kartläggningen")
    hands.sees("Nästa steg: svara på de fem frågorna")
    hands.follow("Svara på frågorna")
    hands.comes_to("De fem frågorna")
    for number, text in enumerate(ANSWERS, start=1):
        hands.write(f"question.{number}", text)
    hands.press("Spara svaren")
    hands.sees(*VOICES.values(), *ANSWERS)


def decide(hands: Hands) -> None:
    """Decide that others are needed."""
    hands.follow("Besluta")
    hands.comes_to("Vad leder kartläggningen till?")
    hands.choose("outcome", "meeting")
    hands.write("reason", WHY)
    hands.press("Spara beslutet")
    hands.sees("Beslutet är sparat.", "samverkansmöte", WHY)


@pytest.mark.parametrize("way", WAYS)
def test_from_the_talk_to_the_decision(visitor, way):
    label = "Lo" + "".join(random.choices("bdfgklmnprstv", k=7))
    hands = Hands(visitor, "/hjulet", **WAYS[way])
    talk(hands)
    begin(hands)
    fill_in(hands)
    address(hands, label)
    reference = send(hands)
    status = hands.tab.url
    hands.become("bba")
    map_it(hands, label)
    decide(hands)
    hands.become("personal")
    hands.tab.goto(status)
    expect(hands.tab.locator("[aria-current=step]")).to_contain_text("Går vidare till samarbete")
    page = hands.tab.content()
    assert reference in page
    assert not [text for text in (label, *WRITTEN) if text in page], "who informed sees how far it is, and nothing else"
    left = unquote_plus("\n".join([*hands.left, hands.tab.title()]))
    assert "/beslut" in left and "Kartläggning" in left
    assert not [text for text in (label, *WRITTEN) if text in left]


def test_the_step_with_the_wheel_as_it_is_heard(visitor):
    hands = Hands(visitor, "/demo", javascript=False)  # without scripts nothing that is chosen is kept
    hands.become("personal")
    hands.tab.goto("/arbetsyta/hjul")
    hands.follow("Sami")
    hands.follow("Hjulet")
    hands.choose("area.halsa.level", "uppm")
    expect(hands.tab.locator("svg.wheel")).to_match_aria_snapshot(HEARD)
    expect(hands.tab.locator("#omrade-halsa")).to_match_aria_snapshot(HEARD_AREA)
