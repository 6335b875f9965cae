"""The wheel between two people: keys and pictures, nothing sent or kept, and nothing lost by mistake."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe

FILL = "area => getComputedStyle(document.querySelector(`.petal[data-area=${area}] .petal__shape`)).fill"
KEPT = "() => [localStorage.length, sessionStorage.length, document.cookie, location.search]"
HEARD = """
- group "Barnets bästa-hjulet":
  - 'link "Hälsa: Fungerar bra"':
    - /url: "#omrade-halsa"
  - link "Utveckling":
    - /url: "#omrade-utveckling"
  - 'link "Lärande: Behöver stöd"':
    - /url: "#omrade-larande"
  - link "Omsorg":
    - /url: "#omrade-omsorg"
  - link "Hemmet":
    - /url: "#omrade-hemmet"
  - link "Relationer":
    - /url: "#omrade-relationer"
  - link "Trygghet":
    - /url: "#omrade-trygghet"
"""
HEARD_AREA = """
- group "Hälsa Hur mår barnet i kropp och själ?":
  - term: Det som fungerar
  - definition: Vad gör barnet glatt och starkt? Vad ger ny kraft?
  - term: Det kan handla om
  - definition: /Sömn, mat/
  - radio "Fungerar bra" [checked]
  - radio "Behöver uppmärksammas"
  - radio "Behöver stöd"
  - radio "Vet inte"
"""


def asked(tab) -> list:
    """Remember what the browser asks before a page is left, and stay."""
    said = []
    tab.on("dialog", lambda dialog: (said.append(dialog.type), dialog.dismiss()))
    return said


def test_by_keys_alone_in_a_hand_the_wheel_follows_and_nothing_is_sent_or_kept(visitor):
    tab = visitor.open("/hjulet", width=390)
    expect(tab.get_by_role("radio").first).to_be_visible()
    tab.wait_for_load_state("networkidle")
    sent, questions = [], asked(tab)
    # The picture of the tab is the browser's own affair: it is looked for again at each new anchor.
    tab.on("request", lambda request: "favicon" in request.url or sent.append(request.url))
    empty = tab.evaluate(FILL, "larande")
    tab.locator(".petal a").first.focus()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    expect(tab.locator("#halsa-bra")).to_be_focused()
    tab.keyboard.press("Space")
    tab.keyboard.press("Enter")  # sends nothing: the button that sends is pressed on purpose
    tab.locator(".petal[data-area=larande] a").focus()
    for key in ("Enter", "Tab", "Space", "ArrowDown", "ArrowDown"):
        tab.keyboard.press(key)
    expect(tab.locator("#larande-stod")).to_be_checked()
    assert tab.evaluate(FILL, "larande") != empty
    expect(tab.locator(".petal[data-area=larande] .b-stod")).to_be_visible()
    expect(tab.locator("svg.wheel")).to_match_aria_snapshot(HEARD)
    expect(tab.locator("#omrade-halsa")).to_match_aria_snapshot(HEARD_AREA)
    tab.locator("#vand").focus()
    tab.keyboard.press("Space")
    assert tab.evaluate("getComputedStyle(document.querySelector('svg.wheel')).rotate") == "180deg"
    assert sent == [] and tab.evaluate(KEPT) == [0, 0, "", ""]
    for box in tab.locator(".talk .level, .talk .turn, .talk button:visible, .talkback").all():
        assert box.bounding_box()["height"] >= 44
    tab.get_by_role("link", name="För barn och unga").first.click(no_wait_after=True)
    expect(tab.locator("#larande-stod")).to_be_checked()
    assert questions == ["beforeunload"] and sent == []
    tab.locator(".talkbar [type=reset]").focus()
    tab.keyboard.press("Enter")
    assert tab.evaluate(FILL, "larande") == empty and tab.locator(":checked").count() == 0
    tab.get_by_role("link", name="För barn och unga").first.click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Hur har du det?")
    assert questions == ["beforeunload"], "nothing is lost, so nothing is asked"


@pytest.mark.parametrize("address", ["/hjulet/barn", "/ar/hjulet/forskola"])
def test_without_scripts_the_pictures_can_be_chosen_and_the_wheel_follows(visitor, address):
    tab = visitor.open(address, width=390, javascript=False)
    tab.locator("label[for=hemmet-stod]").click()
    expect(tab.locator("#hemmet-stod")).to_be_checked()
    expect(tab.locator(".petal[data-area=hemmet] .b-stod")).to_be_visible()
    tab.locator("#hemmet-stod").press("Enter")
    assert tab.url == visitor.site + address
    assert tab.locator("[data-read]:visible").count() == 0
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_it_is_read_aloud_only_by_a_voice_in_the_device_and_in_the_language_of_the_page(visitor):
    tab = visitor.open("/")
    tab.add_init_script("""
        window.heard = [];
        window.SpeechSynthesisUtterance = function (text) { this.text = text; };
        const voices = [{lang: "sv-SE", localService: false, name: "far"}, {lang: "en-GB", localService: true}];
        if (location.hash !== "#borta") voices.push({lang: "sv-SE", localService: true, name: "near"});
        Object.defineProperty(window, "speechSynthesis", {value: {
            getVoices: () => voices, cancel() {}, speak: (said) => heard.push([said.voice.name, said.text]),
        }});
    """)
    tab.goto("/sv/hjulet/barn")
    tab.get_by_role("button", name="Läs upp: Hälsa").click()
    ((voice, text),) = tab.evaluate("heard")
    assert voice == "near" and "Hur mår du?" in text and text.endswith("Bra. Sådär. Inte bra. Vill inte säga")
    tab.get_by_role("button", name="Läs upp allt").click()
    assert len(tab.evaluate("heard")) == 8
    tab.goto("/fi/hjulet/barn")
    assert tab.locator("[data-read]:visible").count() == 0
    tab.goto("/sv/hjulet/forskola#borta")
    assert tab.locator("[data-read]:visible").count() == 0


def test_answered_dark_wheels_are_without_fault_to_axe(visitor):
    tab = visitor.open("/hjulet/forskola", scheme="dark")
    for area, level in (("halsa", "bra"), ("larande", "uppm"), ("hemmet", "stod")):
        tab.locator(f"#{area}-{level}").check()
    assert not axe(tab)
