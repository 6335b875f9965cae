"""What communicators publish in minutes, and how readers find it: without scripts at 390 px, and in Arabic."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from tbb import clock
from tbb.database import connection
from tbb.models import Article, Happening, Newsletter
from tbb.services import articles, happening_writing, subscribing
from tbb.worker import Postman
from tests import engines
from tests.browser.conftest import axe
from tests.browser.test_look import SIDEWAYS
from tests.contracts.test_html_validator import validate
from tests.film import film
from tests.make_newsletters import enqueue_all
from tests.postbox import open_postbox
from tests.services.test_media_files import pdf, tag
from tests.services.test_pictures import picture

TITLE, WEBINAR, MATERIAL, LETTER = (
    "Vattenhjulet ger lugnare morgnar", "Så pratar vi med de yngsta", "Kort till hjulet", "Vinterbrevet",
)  # fmt: skip
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:03.000\nVälkomna till oss.\n\n00:03.000 --> 00:06.000\nVi börjar med barnet.\n"
CUES = """() => new Promise(done => { const track = document.querySelector('video').textTracks[0]; const look = () =>
    track.cues?.length ? done([...track.cues].map(cue => cue.text)) : setTimeout(look, 50); look(); })"""
READER = "lasare.sex@exempel.example"


class Walk:
    """Somebody with a browser, whose every page is kept for the validator and looked at by axe when told."""

    def __init__(self, visitor, path: str, pages: dict[str, str], **how):
        self.tab: Page = visitor.open("/hjulet/om", **how)
        # Axe is a script: what is read without scripts is looked at in a tab beside.
        self.lens = (
            self.tab if how.get("javascript", True) else visitor.open("/hjulet/om", **how | {"javascript": True})
        )
        self.pages = pages
        self.tab.on("response", self._keep)
        self.tab.goto(path)

    def _keep(self, response) -> None:
        if response.request.is_navigation_request() and response.status == 200:
            self._told = response

    def look(self) -> None:
        """Let axe look, find nothing that is too wide, and keep the page for the validator."""
        if self.lens is not self.tab:
            self.lens.goto(self.tab.url)
        assert axe(self.lens, colours=False) == [], self.tab.url
        assert self.tab.evaluate(SIDEWAYS) is None, self.tab.url
        self.pages[self.tab.url] = self._told.text()

    def go(self, path: str) -> None:
        """Go to an address."""
        self.tab.goto(path)

    def follow(self, link: str | re.Pattern[str]) -> None:
        """Follow a link of the page."""
        with self.tab.expect_navigation():
            self.tab.get_by_role("main").get_by_role("link", name=link).first.click()

    def press(self, button: str) -> None:
        """Press a button of the page."""
        with self.tab.expect_navigation():
            self.tab.get_by_role("main").get_by_role("button", name=button, exact=True).click()

    def write(self, **fields: str) -> None:
        """Fill in fields by their names."""
        for name, text in fields.items():
            self.tab.locator(f"main [name='{name}']:not([type=hidden])").fill(text)

    def choose(self, name: str, value: str) -> None:
        """Choose from a list, or tick a box."""
        field = self.tab.locator(f"main [name='{name}']")
        if field.first.evaluate("field => field.localName") == "select":
            field.select_option(value)
        else:
            self.tab.locator(f"main [name='{name}'][value='{value}']").check()

    def put_up(self, name: str, file: str, kind: str, data: bytes) -> None:
        """Choose a file."""
        self.tab.set_input_files(f"main [name='{name}']", {"name": file, "mimeType": kind, "buffer": data})

    def sees(self, *texts: str) -> None:
        """Find words on the page."""
        for text in texts:
            expect(self.tab.get_by_role("main")).to_contain_text(text)

    def comes_to(self, heading: str) -> None:
        """Wait for a page."""
        expect(self.tab.get_by_role("heading", level=1)).to_have_text(heading)


@pytest.fixture
def pages(tmp_path):
    """The pages that were met; at the end a validator of its own looks at them."""
    met: dict[str, str] = {}
    yield met
    folder = tmp_path / "pages"
    folder.mkdir()
    for number, (address, text) in enumerate(met.items()):
        name = re.sub(r"[^a-z0-9]+", "-", address.partition("//")[2].partition("/")[2])[:60]
        (folder / f"{number}-{name}.html").write_text(text, encoding="utf-8")
    assert validate(folder) == []


@pytest.fixture
def at_the_desk(visitor, pages) -> Callable[..., Walk]:
    """A function that lets one of the cast sit down at work."""

    def sit_down(persona: str) -> Walk:
        walk = Walk(visitor, "/demo", pages)
        walk.tab.locator(f"form[action='/demo/{persona}'] button").click()
        expect(walk.tab).to_have_url(re.compile("/arbetsyta$"))
        return walk

    return sit_down


@pytest.fixture
def reading(visitor, pages) -> Callable[..., Walk]:
    """A function that lets a reader come."""
    return lambda path, **how: Walk(visitor, path, pages, **({"javascript": False, "width": 390} | how))


@pytest.fixture
def worker(site, site_database, tmp_path):
    """The worker's work: what time has come to, and the letters, which a mail server on this machine takes."""
    engines.configure(site_database)
    with open_postbox() as box:
        settings = SimpleNamespace(
            smtp_url=box.url,
            mail_from="Tjänsten <brev@tbb.example>",
            base_url=site,
            instance=tmp_path,
            production=False,
        )

        def work(change: Callable[[], object] = lambda: None) -> list:
            """Change what only time changes, do what is due, and give the letters that came."""
            with connection():
                change()
                articles.turn_by_time()
                happening_writing.turn_by_time()
                while subscribing.answer_next():
                    pass
                enqueue_all()
                postman = Postman(settings)
                before = len(box.letters)
                postman.deliver(threading.Event())
                postman.go_home()
            return box.letters[before:]

        work()  # what the demonstration had left
        yield work
    engines.close()


def test_news_from_the_first_word_to_the_reader(at_the_desk, reading, worker):
    walk, second = at_the_desk("kommunikator"), at_the_desk("processledare")
    walk.go("/arbetsyta/bilder")
    walk.put_up("file", "IMG 0001.JPG", "image/jpeg", picture())
    walk.write(alt="En äng vid sjön", credit="Foto: Testa Exempelsson")
    walk.tab.locator("details summary", has_text="Var finns det viktigaste").click()
    walk.write(focus_x="20", focus_y="80")
    walk.press("Ladda upp")
    walk.look()
    placed = walk.tab.locator("main p code").inner_text()
    walk.go("/arbetsyta/nyheter")
    walk.tab.locator("[name=wanted]").check()
    walk.press("Spara")
    walk.write(title=TITLE)
    walk.press("Börja skriva")
    write_with_the_toolbar(walk, placed)
    walk.press("Spara")
    walk.look()
    walk.follow("Vidare till publicering")
    walk.press("Be om läsning")
    second.go(walk.tab.url)
    second.follow("Vidare till publicering")
    second.press("Jag har läst och godkänner")
    walk.follow("Vidare till publicering")
    opens = clock.local(clock.now()) + timedelta(days=1)
    walk.write(at=opens.strftime("%Y-%m-%dT%H:%M"))
    walk.look()
    walk.press("Publicera")
    expect(walk.tab.locator("tr", has_text=TITLE)).to_contain_text("Planerad")
    reader = reading("/nyheter")
    expect(reader.tab.get_by_role("main")).not_to_contain_text(TITLE)
    worker(lambda: Article.update(publish_at=clock.now()).where(Article.title == TITLE).execute())
    read_the_news(reader)
    walk.go("/arbetsyta/nyheter")
    walk.tab.locator("[name=wanted]").uncheck()
    walk.press("Spara")


def write_with_the_toolbar(walk: Walk, placed: str) -> None:
    """Write an article with the buttons, while it is saved and shown beside."""
    tab = walk.tab
    with tab.expect_response(re.compile("/utkast$")):
        walk.write(lead="Barnen vet vad som händer härnäst.")
    body = tab.locator("[name=body]")
    body.click()
    for button, text in (("Rubrik", "Så började det"), ("Punktlista", "Ett barn i taget")):
        tab.get_by_role("toolbar").get_by_role("button", name=button).click()
        body.press_sequentially(text)
        body.press("Enter")
        body.press("Enter")
    with tab.expect_response(re.compile("/utkast$")):
        body.press_sequentially("[läs mer](/hjulet)")
        tab.locator("summary", has_text="Bilder att sätta in").click()
        tab.get_by_role("button", name=re.compile("^Sätt in.*En äng vid sjön")).click()
    expect(body).to_be_focused()
    assert body.input_value().endswith(f"- Ett barn i taget\n\n[läs mer](/hjulet)\n\n{placed}\n\n")
    beside = tab.locator(".preview")
    expect(beside.get_by_role("heading", name="Så började det")).to_be_visible()
    expect(beside.get_by_role("img", name="En äng vid sjön")).to_be_visible()
    expect(tab.locator(".hints")).to_contain_text("läs mer")
    walk.sees("LIX", "Sparad")
    with tab.expect_response(re.compile("/utkast$")):
        body.fill(body.input_value().replace("läs mer", "om hjulet"))
    expect(beside.get_by_role("link", name="om hjulet")).to_be_visible()
    expect(tab.locator(".hints")).to_have_count(0)
    assert axe(tab, colours=False) == []
    walk.choose("municipality", tab.locator("[name=municipality] option", has_text="Flen").get_attribute("value"))
    walk.choose("cover", tab.locator("[name=cover] option", has_text="En äng vid sjön").first.get_attribute("value"))


def read_the_news(reader: Walk) -> None:
    """Find the article by municipality, in the archive and by search, and read it."""
    reader.go("/")
    reader.choose("kommun", "flen")
    reader.press("Visa")
    reader.look()
    reader.follow(TITLE)
    reader.comes_to(TITLE)
    reader.sees("Barnen vet vad som händer härnäst.", "Flen", "Foto: Testa Exempelsson")
    expect(reader.tab.locator("article").get_by_role("img", name="En äng vid sjön")).to_be_visible()
    reader.look()
    reader.go("/nyheter")
    term = reader.tab.locator("[name=termin] option[value]:not([value=''])").first.get_attribute("value")
    reader.choose("termin", term)
    reader.press("Visa")
    reader.sees(TITLE)
    reader.look()
    reader.go("/sok")
    reader.write(q="vatenhjulet")
    reader.press("Sök")
    reader.look()
    reader.follow(TITLE)
    reader.comes_to(TITLE)


def test_a_webinar_turns_and_a_material_is_found(at_the_desk, reading, worker):
    walk = at_the_desk("kommunikator")
    reader = reading("/webbinarier")
    begins = clock.local(clock.now()) + timedelta(days=9)
    walk.go("/arbetsyta/webbinarier")
    walk.write(title=WEBINAR, starts=begins.strftime("%Y-%m-%dT12:00"), minutes="45")
    walk.press("Fortsätt")
    walk.write(lead="Hur barnets egna ord får plats.", body="## Vi pratar om\n\n- De första orden.")
    walk.write(speakers="Malva Skissberg, förskollärare", audience="Alla som möter små barn")
    walk.write(join_url="https://mote.tbb.example/rum")
    walk.press("Spara")
    walk.look()
    walk.press("Publicera")
    at_work = walk.tab.url
    reader.go("/webbinarier")
    reader.follow(WEBINAR)
    reader.sees("Kommer", "Du behöver inte anmäla dig.", "Länken visas här 30 minuter innan vi börjar.")
    assert reader.tab.locator("main form").count() == 0
    reader.look()
    address = reader.tab.url
    worker(lambda: over(WEBINAR))
    reader.tab.reload()
    reader.sees("Har varit")
    walk.go(f"{at_work}/inspelning")
    walk.put_up("recording", "Inspelning 1.webm", "video/webm", film())
    walk.put_up("captions", "text.vtt", "text/vtt", CAPTIONS.encode())
    walk.write(chapters="00.00 Välkommen\n00.03 Barnet", transcript="Välkomna till oss. Vi börjar med barnet.")
    walk.press("Spara")
    walk.look()
    reader.tab.reload()
    reader.sees("Se i efterhand", "Textad på svenska", "Barnet")
    expect(reader.tab.get_by_role("link", name="Barnet", exact=True)).to_have_attribute("href", re.compile("#t=3$"))
    reader.look()
    watcher = reading(address, javascript=True)
    assert watcher.tab.evaluate(CUES) == ["Välkomna till oss.", "Vi börjar med barnet."]
    watcher.tab.get_by_role("link", name="Barnet", exact=True).click()
    watcher.tab.wait_for_function("() => document.querySelector('video').currentTime >= 3")
    short = put_up_a_material(walk)
    reader.go("/material")
    reader.follow(MATERIAL)
    reader.look()
    with reader.tab.expect_download() as fetched:
        reader.tab.get_by_role("main").get_by_role("link", name=re.compile("Hämta")).click()
    assert fetched.value.suggested_filename == "kort-till-hjulet.pdf"
    reader.go(short)
    reader.comes_to(MATERIAL)


def over(title: str) -> None:
    """Let an event have been held."""
    ended = clock.now() - timedelta(hours=2)
    wall = clock.local(ended - timedelta(minutes=45)).strftime("%Y-%m-%dT%H:%M")
    Happening.update(wall=wall, starts_at=ended - timedelta(minutes=45), ends_at=ended).where(
        Happening.title == title
    ).execute()


def put_up_a_material(walk: Walk) -> str:
    """Put up a material with a PDF; give its short address."""
    walk.go("/arbetsyta/material")
    walk.write(title=MATERIAL)
    walk.choose("kind", "symbols")
    walk.press("Fortsätt")
    walk.write(lead="Kort att klippa ut och lägga fram.", owner_name="Processledarna")
    walk.choose("areas", "halsa")
    walk.choose("audience", "preschool")
    walk.press("Spara")
    walk.write(dated=clock.today().isoformat())
    walk.put_up("file", "Kort till hjulet.PDF", "application/pdf", pdf(tag))
    walk.press("Lägg till")
    walk.sees("PDF:en är taggad")
    walk.press("Publicera")
    walk.look()
    walk.follow("Sidan som läsarna ser")
    return "/" + walk.tab.locator("main code").inner_text().partition("/")[2]


def test_a_newsletter_from_the_wish_for_it_to_the_end(at_the_desk, reading, worker):
    reader = reading("/nyhetsbrev")
    subscribe(reader, worker)
    walk = at_the_desk("kommunikator")
    walk.go("/arbetsyta/nyhetsbrev")
    walk.write(title=LETTER, term="HT2026")
    walk.press("Börja")
    edit = walk.tab.url
    walk.tab.get_by_role("main").get_by_role("link", name="Aktuellt").click()
    walk.write(body="Hej **alla**.\n\n- [Läs om hjulet](/hjulet)")
    walk.press("Spara delen")
    walk.follow("Förhandsvisa")
    walk.sees("Hej alla.")
    walk.look()
    walk.go(edit)
    walk.press("Skicka ett provbrev till mig")
    (test,) = worker()
    assert LETTER in test["Subject"]
    walk.follow("Vidare till utskick")
    walk.sees("Inget är valt än")
    walk.choose("topics", "news")
    walk.choose("places", "lanet")
    walk.press("Räkna")
    walk.look()
    send = walk.tab.get_by_role("main").get_by_role("button", name=re.compile("^Skicka .* brev$"))
    with walk.tab.expect_navigation():
        send.click()
    walk.press("Ångra utskicket")
    walk.go(f"{edit}/skicka?topics=news&places=lanet")
    with walk.tab.expect_navigation():
        send.click()
    walk.look()
    came = worker(lambda: Newsletter.update(send_at=clock.now()).where(Newsletter.title == LETTER).execute())
    (mine,) = [letter for letter in came if READER in letter["To"]]
    assert len(came) == len({letter["To"] for letter in came}) > 1 and LETTER in mine["Subject"]
    worker()
    walk.tab.reload()
    walk.sees("Skickat", f"{len(came)} av {len(came)} brev är klara")
    walk.look()
    reader.go("/nyhetsbrev")
    reader.look()
    reader.follow(LETTER)
    reader.sees("Hej alla.")
    reader.look()
    end_it(reader, mine)


def subscribe(reader: Walk, worker) -> None:
    """Ask for the newsletter, confirm it by the letter's link, and choose anew."""
    reader.write(email=READER)
    reader.choose("topics", "news")
    reader.press("Prenumerera")
    reader.look()
    (letter,) = worker()
    reader.go(link_in(letter, "/bekrafta/"))
    reader.comes_to("Vill du ha nyhetsbrevet?")
    reader.look()
    reader.press("Ja, jag vill ha nyhetsbrevet")
    reader.comes_to("Ditt nyhetsbrev")
    reader.choose("topics", "methods")
    reader.press("Spara")
    reader.sees("Det du valde är sparat.")
    reader.look()


def end_it(reader: Walk, letter) -> None:
    """End the newsletter from a letter: looking ends nothing, pressing does, and no trace is left."""
    reader.go(link_in(letter, "/avsluta/"))
    reader.comes_to("Vill du avsluta nyhetsbrevet?")
    reader.look()
    reader.press("Avsluta nyhetsbrevet")
    reader.sees("avslutat")
    reader.go(link_in(letter, "/mina/"))
    reader.sees("avslutat")


def link_in(letter, part: str) -> str:
    """A link in a letter's plain text."""
    text = letter.get_body(("plain",)).get_content()
    return re.search(rf"https?://\S*{part}\S+", text)[0]


def test_a_reader_in_arabic_finds_news_webinars_materials_and_newsletters(reading):
    reader = reading("/ar/", locale="ar")
    reader.choose("kommun", "flen")
    reader.tab.locator("main form[action*='#nytt'] button, main form:has([name=kommun]) button").first.click()
    for address, first in (
        ("/ar/nyheter", ".newscard .cover-link"),
        ("/ar/webbinarier", "main a[href^='/ar/webbinarier/']:not([href$='.ics'])"),
        ("/ar/material", "main a[href^='/ar/material/']"), ("/ar/nyhetsbrev", "main a[href^='/ar/nyhetsbrev/']"),
        ("/ar/sok?q=hjulet", "#traffar a, main li a"),
    ):  # fmt: skip
        reader.go(address)
        reader.look()
        with reader.tab.expect_navigation():
            reader.tab.locator(first).first.click()
        expect(reader.tab.locator("html")).to_have_attribute("dir", "rtl")
        expect(reader.tab.get_by_role("heading", level=1)).to_have_attribute("lang", "sv")
        reader.look()
