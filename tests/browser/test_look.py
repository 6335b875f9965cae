"""How pages sit in the window: narrow, zoomed, large enough to press, still while they change, and on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

LEAST_PIXELS = 44
SHIFTS = """() => { window.shifts = 0; new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.shifts += entry.value;
}).observe({type: 'layout-shift', buffered: true}); }"""
TOO_SMALL = """least => {
    const pressed = [
        'button, .ds-button, textarea, summary, input:not([type=hidden]):not([type=radio]):not([type=checkbox])',
        'nav#meny a, .topbar a, .ds-chip, .suggest a, .helpnow a.tel, .sitefoot nav a',
    ].join(', ');
    const seen = element => element.checkVisibility({visibilityProperty: true, opacityProperty: true})
        && !element.closest('.trap') && !element.matches('.ds-sr-only, .ds-skip-link');
    const measured = element => {
        const box = element.getBoundingClientRect();
        const says = element.tagName + '.' + element.className + ' ' + element.textContent.trim().slice(0, 30);
        return [says, Math.round(box.width), Math.round(box.height)];
    };
    return [...document.querySelectorAll(pressed)].filter(seen).map(measured)
        .filter(([, width, height]) => height < least || width < least);
}"""
SIDEWAYS = """() => {
    const edge = document.documentElement.clientWidth, wide = document.documentElement.scrollWidth - edge;
    if (wide <= 0) return null;
    const sticksOut = element => {
        const box = element.getBoundingClientRect();
        return box.width && (box.right > edge + 1 || box.left < -1) && element.checkVisibility();
    };
    const culprits = [...document.querySelectorAll('body *')].filter(sticksOut).slice(0, 3);
    return wide + ' px: ' + culprits.map(element => element.tagName + '.' + element.className).join(', ');
}"""


def test_no_page_scrolls_sideways_at_320_pixels_with_the_longest_words(visitor, addresses):
    visitor.allowed_statuses = {404}
    tab, faults = visitor.open("/", width=320, height=640), []
    for address in addresses:
        tab.goto(f"/fi{address}")
        if found := tab.evaluate(SIDEWAYS):
            faults.append(f"/fi{address} {found}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_suggestions_come_and_go(visitor, width):
    tab = visitor.open("/hitta", width=width)
    tab.evaluate(SHIFTS)
    box = tab.get_by_role("combobox")
    box.press_sequentially("skolan", delay=30)
    expect(tab.get_by_role("option").first).to_be_visible()
    tab.wait_for_load_state("networkidle")
    box.press("Escape")
    expect(tab.get_by_role("option")).to_have_count(0)
    tab.wait_for_timeout(200)
    assert tab.evaluate("window.shifts") < 0.02


@pytest.mark.parametrize("address", ["/", "/hitta?q=skola", "/enhet/nackrosskolan-eskilstuna", "/guide"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_a_page_comes(visitor, address, width):
    tab = visitor.open(address, width=width)
    tab.evaluate(SHIFTS)
    tab.wait_for_timeout(300)
    assert tab.evaluate("window.shifts") < 0.02


def test_on_paper_there_is_the_content_and_no_navigation(visitor):
    tab = visitor.open("/enhet/nackrosskolan-eskilstuna")
    tab.emulate_media(media="print")
    for hidden in ("nav#meny", ".topbar", "details.lang", ".noprint", "footer nav", ".ds-skip-link"):
        for found in tab.locator(hidden).all():
            expect(found).not_to_be_visible()
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    expect(tab.locator("article.person")).to_be_visible()


def test_the_poster_fits_one_page_of_a4(visitor):
    tab = visitor.open("/enhet/nackrosskolan-eskilstuna/affisch")
    made = tab.pdf(format="A4", prefer_css_page_size=True)
    assert (
        made.count(b"/Type /Page\n") + made.count(b"/Type /Page/") + made.count(b"/Type/Page/") <= 1
        or made.count(b"/MediaBox") == 1
    )


@pytest.mark.parametrize("address", ["/", "/hitta?q=skola", "/enhet/nackrosskolan-eskilstuna"])
def test_text_may_be_twice_as_large(visitor, address):
    tab = visitor.open(address, width=640, height=900)
    tab.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert tab.evaluate(SIDEWAYS) is None


def test_colours_forced_by_the_reader_leave_everything_visible(visitor):
    tab = visitor.open("/enhet/nackrosskolan-eskilstuna", forced_colors="active")
    expect(tab.locator("article.person .ds-button").first).to_be_visible()
    assert tab.evaluate("getComputedStyle(document.querySelector('article.person')).borderTopStyle") == "solid"


def test_dark_is_dark_and_light_is_light(visitor):
    def brightness(scheme: str) -> float:
        tab = visitor.open("/", scheme=scheme)
        colour = tab.evaluate("""() => { const canvas = new OffscreenCanvas(1, 1).getContext('2d');
            canvas.fillStyle = getComputedStyle(document.body).backgroundColor; canvas.fillRect(0, 0, 1, 1);
            return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).reduce((a, b) => a + b) / 765; }""")
        return colour

    assert brightness("dark") < 0.3 < 0.8 < brightness("light")
