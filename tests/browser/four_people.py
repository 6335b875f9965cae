"""People at screens of their own, what their pages leave behind, and words about a child that would be known again."""

from __future__ import annotations

import re
import secrets
from email.message import EmailMessage
from urllib.parse import unquote_plus, urlsplit

from playwright.sync_api import Locator, Page, expect

from tbb.database import connection, transaction
from tbb.models import Case, Unit
from tbb.models.kinds import Kind
from tbb.services import actors, case_desk, demo_cast, drafts, informing, mapping, outcomes
from tests.browser.conftest import Visitor, axe
from tests.browser.test_look import SIDEWAYS

KEPT = "() => JSON.stringify([{...localStorage}, {...sessionStorage}])"
AREAS = ("trygghet", "hemmet", "relationer")
"""What the mapping of the model's own example finds."""
MONA, KARIN = "mona@exempelsson.example", "karin@socialtjansten.example"
DAN, BBA = "delegerad@tbb.example", "bba@tbb.example"
PHONES = ("070-174 06 71", "070-174 06 72")
COUNSELLOR = "Dan Provlund"


class Birds:
    """Words about the child, each of which would be known again wherever it came."""

    def __init__(self) -> None:
        self.all: list[str] = []

    def __call__(self, text: str = "") -> str:
        self.all.append("kanarie" + "".join(secrets.choice("bdfgklmnprstv") for _ in range(9)))  # not like a number
        return f"{text} {self.all[-1]}".strip()

    def singing(self, words: str) -> list[str]:
        """Which of them can be heard."""
        return [bird for bird in self.all if bird in words.lower()]


class Person:
    """One of the four at a screen of their own, with everything that their pages leave behind."""

    def __init__(self, visitor: Visitor, **screen):
        self.tab: Page = visitor.open("/halsa", **screen)
        self.scripts = screen.get("javascript", True)
        self.left: list[str] = []
        self.pages: list[str] = []
        self.faults: list[str] = []
        self.known_after = 0  # how many pages came before who they are to see more
        self.tab.on("request", lambda request: self.left.append(request.url))
        self.tab.on("load", lambda tab: self.left.append(tab.url))

    def look(self) -> Page:
        """Take in the page, as it is and what it keeps."""
        self.pages.append(self.tab.content())
        self.left += [self.tab.title(), str(self.tab.context.cookies())]
        if self.scripts:
            self.left.append(self.tab.evaluate(KEPT))
        return self.tab

    def go(self, address: str, status: int = 200) -> None:
        """Open an address."""
        assert self.tab.goto(address).status == status, address
        self.look()

    def act(self, wanted: Locator) -> None:
        """Press something, and look at what comes."""
        with self.tab.expect_navigation():
            wanted.click()
        self.look()

    def press(self, button: str, within: str = "main") -> None:
        """Press a button of the page."""
        self.act(self.tab.locator(within).get_by_role("button", name=button).first)

    def follow(self, link: str, within: str = "main") -> None:
        """Follow a link of the page."""
        self.act(self.tab.locator(within).get_by_role("link", name=link).first)

    def write(self, **texts: str) -> None:
        """Fill in fields by their names."""
        for name, text in texts.items():
            self.tab.locator(f"main [name='{name}']:not([type=hidden])").fill(text)

    def choose(self, name: str, value: str) -> None:
        """Choose one of several."""
        self.tab.locator(f"main input[name='{name}'][value='{value}']").check()

    def sees(self, *texts: str | re.Pattern) -> None:
        """Find words on the page."""
        for text in texts:
            expect(self.tab.get_by_role("main")).to_contain_text(text)

    def comes_to(self, heading: str | re.Pattern) -> None:
        """Stand on a page."""
        expect(self.tab.get_by_role("heading", level=1)).to_have_text(heading)

    def becomes(self, persona: str) -> None:
        """Sign in as one of the cast."""
        self.go("/demo")
        self.act(self.tab.locator(f"form[action='/demo/{persona}'] button"))

    def checked(self) -> None:
        """Let axe look at the page, and nothing be wider than the screen; scripts are needed to look."""
        # The colours of these pages, in both schemes, are looked at in test_axe_at_work and test_axe_arabic.
        found = [*axe(self.tab, colours=False), *filter(None, [self.tab.evaluate(SIDEWAYS)])]
        self.faults += [f"{urlsplit(self.tab.url).path}: {fault}" for fault in found]


def mapped(bird: Birds) -> str:
    """A case as the model's example has it when the mapping is done; give its address."""
    with connection():
        school = Unit.select().where(Unit.kind == Kind.COMPULSORY).order_by(Unit.id).get()
        mentor, bba = (
            actors.of_account(demo_cast.account_of(key), strong=True, demo=True) for key in ("personal", "bba")
        )
        case = transaction(_mapped)(bird, school, mentor, bba)
        return f"/arenden/{case.key}"


def _mapped(bird: Birds, school: Unit, mentor, bba) -> Case:
    seen = {f"area.{area}.level": "stod" for area in AREAS} | {f"area.{area}.see": bird("Sågs:") for area in AREAS}
    told = {"child.label": bird(), "child.stage": "Årskurs 6", "told.child": "yes", "told.guardians": "yes"}
    wheel = drafts.begin(mentor, from_unit=school, answers=told | seen)
    drafts.set_recipient(mentor, wheel.key, school)
    case = Case.get_by_id(informing.send(mentor, wheel.key).case_id)
    case_desk.receive(bba, case.key)
    voices = {f"voice.{whose}": bird("Sagt:") for whose in ("own", "guardians", "child")}
    now = {f"now.{area}.level": "stod" for area in AREAS}
    answers = {f"question.{number}": bird("Svar:") for number in range(1, 6)}
    mapping.save(bba, case, voices | now | answers)
    outcomes.decide(bba, case, outcomes.MEETING, bird("Flera behövs."))
    return case


def reader_of(letter: EmailMessage) -> str:
    """To whom a letter is; there is one."""
    (reader,) = letter["To"].addresses
    return reader.addr_spec


def whole(letter: EmailMessage) -> str:
    """All that a letter holds: headers, every part, and its calendar unfolded."""
    parts = [part.get_content() for part in letter.walk() if not part.is_multipart()]
    heads = [f"{name}: {value}" for name, value in letter.items()]
    return "\n".join([*heads, *(part if isinstance(part, str) else part.decode() for part in parts)]).replace(
        "\r\n ", ""
    )


def link_in(letter: EmailMessage) -> str:
    """The link of a letter, as a mail program finds it."""
    return re.search(r"https?://\S+/(?:svar|moten|planer)/\S+", letter.get_body(("plain",)).get_content())[0]


def private(letters: list[EmailMessage], bird: Birds) -> dict[str, EmailMessage]:
    """See that letters and calendars say nothing of the child, and of others nothing; give them by their readers."""
    for letter in letters:
        said = whole(letter)
        assert bird.singing(said) == []
        assert [each for each in (MONA, KARIN, DAN, BBA) if each in said] == [reader_of(letter)]
    return {reader_of(letter): letter for letter in letters}


def left(bird: Birds, *four: Person) -> None:
    """What the pages left behind: nothing of the child; and before there were minutes, nothing of the others."""
    for person in four:
        behind = unquote_plus("\n".join(person.left))
        assert "/moten/" in behind or "/svar/" in behind
        assert bird.singing(behind) == [], "in no address, title, cookie, storage or calendar file is there any word"
    _bba, karin, mona, dan = four
    everybody = {MONA, KARIN, DAN, BBA, *PHONES}
    for guest in (karin, mona):
        pages = "\n".join(guest.pages[: guest.known_after])
        assert bird.singing(pages) == [] and not [each for each in everybody if each in pages]
        assert not [name for name in ("Karin", "Mona", COUNSELLOR) if name in pages], "nobody else is shown"
    before = "\n".join(dan.pages[: dan.known_after])
    assert not [each for each in everybody - {DAN} if each in before], "nor to who has an account, before they book"
    assert not [fault for person in four for fault in person.faults]
