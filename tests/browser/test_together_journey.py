"""The model's own example from the mapping to a booked follow-up, with four people in four browsers at the same time.

The BBA sits at a screen, somebody from social services answers without scripts on a phone, the mother answers in
Arabic, and the counsellor who becomes samordningsperson has a tablet. All is done on pages, and every link that they
follow stood in a letter that the worker carried. The clock is moved: ten minutes pass, the day of the meeting comes.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from types import SimpleNamespace

import pytest
import waitress
from playwright.sync_api import expect

from tbb import clock, worker
from tbb.database import connection
from tbb.services import wall_clock, working_days
from tests import engines
from tests.browser.conftest import Visitor
from tests.browser.four_people import (
    AREAS,
    BBA,
    COUNSELLOR,
    DAN,
    KARIN,
    MONA,
    PHONES,
    Birds,
    Person,
    left,
    link_in,
    mapped,
    private,
    whole,
)
from tests.postbox import free_port, open_postbox

SKIPS = """form => fetch(form.dataset.to, {method: 'POST', body: new URLSearchParams(new FormData(form))})
    .then(answer => answer.status)"""
NEVER = threading.Event()


@pytest.fixture
def county_with_clock(make_app, lively_template, tmp_path) -> Iterator[str]:
    """The address of a server in this process, so that the clock can be set for those who visit it."""
    made_from, name = lively_template
    port = free_port()
    with engines.fresh(made_from, tmp_path, name) as address:
        app = make_app(address, TBB_BASE_URL=f"http://127.0.0.1:{port}")
        server = waitress.create_server(app, host="127.0.0.1", port=port, threads=6)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.close()
            thread.join(timeout=10)


@pytest.fixture
def visitor(chromium, county_with_clock) -> Iterator[Visitor]:
    """Who opens the four browsers, and tells of every fault that a page made."""
    made = Visitor(chromium, county_with_clock)
    made.allowed_statuses = {409, 422}
    yield made
    made.close()


@pytest.fixture
def passes(at) -> Callable[..., datetime]:
    """Let time pass, or a moment come."""
    moment = [clock.now()]

    def pass_on(by: timedelta | None = None, *, to: datetime | None = None) -> datetime:
        moment[0] = to or moment[0] + by
        at(moment[0])
        return moment[0]

    return pass_on


@pytest.fixture
def post(county_with_clock, tmp_path) -> Iterator[Callable[[], list[EmailMessage]]]:
    """Let the worker carry what is due; give what came to this mail server and was not taken out before."""
    with open_postbox() as box:
        carries = worker.Postman(SimpleNamespace(
            smtp_url=box.url, mail_from="Tillsammans <no-reply@tbb.example>", base_url=county_with_clock,
            instance=tmp_path, production=False,
        ))  # fmt: skip
        seen = [0]

        def carry() -> list[EmailMessage]:
            with connection():
                carries.deliver(NEVER)
            new = box.letters[seen[0] :]
            seen[0] += len(new)
            return new

        yield carry
        carries.go_home()


def prepare(bba: Person, case: str, bird: Birds) -> tuple[str, datetime]:
    """The BBA says who is to take part, how the child does, and when it might be; give the meeting's address and
    the time that fits."""
    bba.go(case)
    bba.follow("Boka samverkansmöte")
    bba.tab.locator("[name=minutes]").select_option("60")
    bba.press("Börja boka")
    bba.comes_to("Boka samverkansmöte")
    meeting = bba.tab.url.removesuffix("/boka")
    bba.follow("Vilka är med?")
    bba.press("Lägg till Socialtjänstens mottagning")
    bba.write(name="Karin Testlind", note="Socialsekreterare", email=KARIN, phone=PHONES[0])
    bba.press("Lägg till")
    bba.sees("ingen av de vanliga adresserna")
    bba.press("Lägg till")
    bba.follow("Tillbaka till vilka som är med")
    bba.follow("Välj personer från Näckrosskolan")
    bba.press(f"Lägg till {COUNSELLOR}")
    bba.follow("Tillbaka till vilka som är med")
    bba.follow("Lägg till vårdnadshavare")
    bba.write(name="Mona Exempelsson", email=MONA, phone=PHONES[1])
    bba.tab.locator("[name=language]").select_option("ar")
    bba.press("Lägg till")
    bba.follow("Klar med vilka")
    bba.follow("Hur är barnet med, och vad behövs?")
    bba.choose("part", "part")
    bba.write(how=bird("Är med först:"), wish=bird("Vill ha Samira:"), interpreter="Arabiska, till en vårdnadshavare")
    bba.press("Spara")
    bba.follow("När?")
    day = working_days.after(clock.today(), 6)
    for number, hour in enumerate(("09:00", "13:00")):
        bba.tab.locator("[name=dag]").nth(number).fill(day.isoformat())
        bba.tab.locator("[name=klockslag]").nth(number).fill(hour)
    bba.write(answers_by=working_days.after(clock.today(), 3).isoformat())
    bba.press("Spara tiderna")
    bba.sees("Föreslagna tider", "09.00–10.00", "13.00–14.00")
    bba.follow("Klar med tider")
    return meeting, wall_clock.moment_of(f"{day}T13:00")


def refused(bba: Person, meeting: str, post) -> None:
    """A step before consent is a page without a button, and a request that skips it is 409 and changes nothing."""
    bba.follow("Läs igenom och fråga")
    bba.sees("Samtycke saknas", "Därför går det inte att fråga än.")
    assert bba.tab.get_by_role("button", name="Fråga alla nu").count() == 0
    bba.go(f"{meeting}/plats")
    before = bba.tab.locator("main form").first
    before.evaluate("(form, to) => { form.dataset.to = to; }", f"{meeting}/skicka")
    assert before.evaluate(SKIPS) == 409
    bba.go(meeting)
    expect(bba.tab.locator(".meeters .ds-tag", has_text="Inte tillfrågad än")).to_have_count(4)
    assert post() == []


def agree(bba: Person, meeting: str, bird: Birds) -> None:
    """Both guardians and the child say yes to sharing with social services, and the BBA writes it down."""
    bba.go(f"{meeting}/skicka")
    bba.follow("Till samtycket")
    bba.follow("Skriv in ett samtycke")
    bba.write(q="Socialtjänstens mottagning Eskilstuna")
    bba.press("Sök")
    bba.choose("to", "socialtjanstens-mottagning-i-eskilstuna")
    bba.choose("deciders", "two")
    for who in ("guardian_1", "guardian_2", "child"):
        bba.choose(who, "yes")
        bba.choose(f"{who}_way", "oral")
        bba.write(**{f"{who}_on": clock.today().isoformat()})
    bba.choose("maturity", "with")
    bba.write(information=bird("Det som rör:"))
    bba.press("Spara svaren")
    bba.sees("Nästa steg")
    bba.checked()
    bba.follow("Fortsätt med möte")


def ask(bba: Person) -> dict[str, str]:
    """The BBA asks all; give the codes that she reads out to those without an account."""
    bba.follow("Läs igenom och fråga")
    bba.press("Fråga alla nu")
    bba.comes_to("Frågan är på väg")
    rows = bba.tab.locator("main tbody tr")
    return {
        rows.nth(number).locator("th").inner_text().split()[0]: rows.nth(number).locator("td").last.inner_text()
        for number in range(rows.count())
    }


def sent(post, passes, bird: Birds, *to: str) -> dict[str, EmailMessage]:
    """Ten minutes pass and the worker carries the letters; give them by whom they went to, one to each."""
    private(post(), bird)
    passes(timedelta(minutes=11))
    letters = private(post(), bird)
    assert set(to) == set(letters)
    return letters


def answer(person: Person, link: str, code: str, said: tuple[str, str], button: re.Pattern) -> None:
    """Somebody without an account gives the code, not rightly at first, and answers which times they can."""
    person.go(link)
    person.write(code="000 000")
    person.act(person.tab.locator("main form button[type=submit]"))
    assert person.tab.locator("[aria-invalid=true]").count() == 1
    person.write(code=code)
    person.act(person.tab.locator("main form button[type=submit]"))
    pick(person, *said)
    person.press(button)
    expect(person.tab.locator("main .ds-alert[data-color=success]")).to_be_visible()


def choose_time(bba: Person, meeting: str) -> None:
    """The BBA answers for the child, sees that the first time breaks the quorum, and books the second."""
    bba.go(meeting)
    bba.follow("Se svaren och välj tid")
    bba.act(bba.tab.get_by_role("link", name=re.compile("Svara åt kanarie")))
    pick(bba, "yes", "yes")
    bba.press("Spara")
    bba.sees("Alla har svarat", "Här kan alla som behövs")
    bba.checked()
    times = bba.tab.locator("main input[name=tid]")
    expect(times.nth(1)).to_be_checked()
    times.nth(0).check()
    bba.sees("Då saknas minst en från Socialtjänstens mottagning i Eskilstuna.")
    bba.press("Boka mötet")
    bba.sees("Skriv varför. Någon som behövs kan inte då.")
    bba.tab.locator("main input[name=tid]").nth(1).check()
    bba.sees("Alla som behövs kan.")
    bba.tab.get_by_label("Vassen").check()
    bba.press("Boka mötet")


def pick(person: Person, *said: str) -> None:
    """Answer the proposed times, in their order."""
    for number, value in enumerate(said):
        person.tab.locator(f"main fieldset.answerrow >> nth={number} >> input[value={value}]").check()


def call(bba: Person, bird: Birds) -> None:
    """The BBA reads the letters through, regrets, and sends them anew."""
    bba.comes_to("Kallelse")
    assert bird.singing(bba.tab.content()) == [], "the letters and their calendars say nothing of the child"
    bba.press(re.compile(r"Skicka \d brev"))
    bba.press("Stoppa breven")
    bba.press(re.compile(r"Skicka \d brev"))


def come(person: Person, link: str) -> None:
    """Somebody opens the second letter's link, takes the meeting into their calendar, and says that they come."""
    person.go(link)
    with person.tab.expect_download() as file:
        person.tab.locator("main a[href$='.ics']").click()
    person.left.append(file.value.path().read_text(encoding="utf-8"))
    person.tab.locator("main input[name=coming][value=accepted]").check()
    person.act(person.tab.locator("main form button[type=submit]"))
    expect(person.tab.locator("main .ds-alert[data-color=success]")).to_be_visible()


def meet(bba: Person, dan: Person, meeting: str, bird: Birds) -> None:
    """The child speaks first, all is decided, and the counsellor is chosen though the child wished somebody else."""
    bba.becomes("bba")
    bba.go(meeting)
    bba.follow("Anteckna på mötet")
    for row in bba.tab.locator(".recordcame").all():
        row.get_by_text("Kom", exact=True).click()
    bba.tab.locator("[name='voice.says']").fill(bird("Barnet säger:"))
    for area in AREAS:
        bba.tab.locator(f"[name='area.{area}.agreed']").fill(bird("Vi kommer överens:"))
        bba.tab.locator(f"[name='area.{area}.child']").fill(bird("Med barnets ord:"))
    bba.press("Spara", within=".savebar")
    bba.follow("Utse samordningsperson")
    bba.choose("child_asked", "yes")
    bba.tab.get_by_role("group", name="Vem vill barnet ha?").get_by_label(re.compile("Samira")).check()
    bba.tab.get_by_role("group", name="Vem blir samordningsperson?").get_by_label(re.compile(COUNSELLOR)).check()
    bba.press("Utse")
    bba.sees("Barnet vill ha någon annan. Skriv vilka särskilda skäl som finns.")
    bba.write(reason=bird("Samira slutar i januari."))
    bba.press("Utse")
    bba.sees("Samordningspersonen är utsedd.", COUNSELLOR)
    bba.checked()


def plan(dan: Person, meeting: str, bird: Birds) -> None:
    """The samordningsperson writes who does what by which week, and when they meet again, and ends the meeting."""
    dan.known_after = len(dan.pages)
    dan.becomes("delegerad")
    dan.go(meeting)
    dan.follow("Anteckna på mötet")
    dan.press("Spara och avsluta")
    dan.sees("Det här saknas innan ni kan avsluta")
    dan.follow("Tillbaka till anteckningarna")
    for number, whose in enumerate((COUNSELLOR, "Karin")):
        row = dan.tab.locator(".recordaction").nth(number)
        row.locator("[name$='.what']").fill(bird("Ska göra:"))
        who = row.locator("[name$='.who']")
        who.select_option(label=who.locator("option", has_text=whose).inner_text())
        row.locator("[name$='.by']").select_option(index=3 + number)
        row.locator("[name$='.area']").select_option(AREAS[number])
    day = working_days.after(clock.today(), 25).isoformat()
    dan.tab.locator("[name='followup.day']").fill(day)
    dan.tab.locator("[name='followup.time']").fill("14:30")
    dan.tab.locator("[name='followup.minutes']").select_option("45")
    dan.press("Spara och avsluta")
    dan.sees("Uppföljningen bokas:")
    dan.checked()
    dan.press("Avsluta mötet")


def confirm(bba: Person, dan: Person, karin: Person, mona: Person, letters: dict[str, EmailMessage]) -> None:
    """All four say that the minutes are right, two by their links; the child has it read aloud, and says so too."""
    dan.press("Jag har läst och det stämmer")
    for guest, address in ((karin, KARIN), (mona, MONA)):
        guest.known_after = len(guest.pages)
        guest.go(link_in(letters[address]))
        guest.act(guest.tab.locator("main a[href$='/anteckningar']"))
        guest.act(guest.tab.locator("main form[action$='/bekrafta'] button"))
        expect(guest.tab.locator("main .ds-alert[data-color=success]")).to_be_visible()
    mona.checked()
    bba.go(link_in(letters[BBA]))
    bba.press("Jag har läst och det stämmer")
    bba.press("Säger att det stämmer")
    expect(bba.tab.locator(".recordcamelist").get_by_text("har bekräftat")).to_have_count(5)


def call_anew(dan: Person) -> tuple[str, dict[str, str]]:
    """The samordningsperson calls all to the follow-up, and makes codes for those without an account."""
    dan.follow("Till planen")
    dan.sees("Följs", "kl. 14.30", "är inte kallade")
    dan.checked()
    plan, codes = dan.tab.url, {}
    dan.follow("Läs igenom kallelsen och skicka")
    for whose, shown in (("mona", "Vårdnadshavare 1"), ("karin", "Karin Testlind")):
        back = dan.tab.url
        dan.act(dan.tab.get_by_role("link", name=re.compile(f"Behöver en kod.*{shown}")))
        dan.press("Gör en ny kod")
        codes[whose] = dan.tab.locator(".linkcode").inner_text()
        dan.go(back)
    assert dan.tab.get_by_role("link", name="Behöver en kod").count() == 0
    dan.press(re.compile(r"Skicka \d brev"))
    return plan, codes


def open_anew(person: Person, link: str, code: str, when: str) -> None:
    """Somebody opens the follow-up's letter, gives the new code and sees when it is."""
    person.go(link)
    person.write(code=code)
    person.act(person.tab.locator("main form button[type=submit]"))
    person.sees(when)


def hand_over(dan: Person, mona: Person, plan: str) -> None:
    """The family gets its sheet in Arabic; the mother opens its link on her phone and tells, and it is read."""
    dan.go(plan)
    dan.follow("Familjens blad")
    dan.press("Skapa en länk")
    dan.tab.locator("[name=sprak]").select_option("ar")
    dan.press("Visa")
    sheet = dan.tab.locator("article.familysheet")
    expect(sheet).to_have_attribute("dir", "rtl")
    expect(sheet).to_contain_text("14:30")
    with dan.tab.expect_download() as file:
        dan.tab.get_by_role("link", name="Hämta som PDF").click()
    assert file.value.path().read_bytes().startswith(b"%PDF")
    mona.go("/" + sheet.locator(".familysheet__link").inner_text().partition("/")[2])
    expect(mona.tab.locator("html")).to_have_attribute("dir", "rtl")
    mona.checked()
    mona.tab.locator("main textarea").fill("لم يتصل أحد")
    mona.act(mona.tab.locator("main form button[type=submit]"))
    dan.go(plan)
    dan.sees("لم يتصل أحد")


def test_from_the_mapping_to_a_booked_followup(visitor, passes, post):
    bird = Birds()
    case = mapped(bird)
    passes(timedelta(minutes=11))  # what waits in the demonstration leaves too
    assert bird.singing("".join(whole(letter) for letter in post())) == []
    bba = Person(visitor)
    karin = Person(visitor, javascript=False, width=390)
    mona = Person(visitor, width=390, has_touch=True)  # her phone asks for Swedish; her letters are in Arabic
    dan = Person(visitor, width=820, height=1180, has_touch=True)
    bba.becomes("bba")
    meeting, begins = prepare(bba, case, bird)
    refused(bba, meeting, post)
    agree(bba, meeting, bird)
    codes = ask(bba)
    letters = sent(post, passes, bird, KARIN, MONA, DAN)
    answer(karin, link_in(letters[KARIN]), codes["Karin"], ("no", "yes"), re.compile("Skicka mitt svar"))
    answer(mona, link_in(letters[MONA]), codes["Mona"], ("yes", "if_needed"), re.compile("."))
    expect(mona.tab.locator("html")).to_have_attribute("dir", "rtl")
    mona.checked()
    karin.sees("Ring Näckrosskolan:")
    dan.becomes("delegerad")
    dan.go(link_in(letters[DAN]))
    pick(dan, "yes", "yes")
    dan.press("Spara mitt svar")
    choose_time(bba, meeting)
    call(bba, bird)
    letters = sent(post, passes, bird, KARIN, MONA, DAN, BBA)
    link = {whose: link_in(letters[address]) for whose, address in (("karin", KARIN), ("mona", MONA))}
    come(karin, link["karin"])
    come(mona, link["mona"])
    mona.checked()
    dan.go(link_in(letters[DAN]))
    dan.press("Jag kommer")
    bba.go(meeting)
    bba.sees("Alla är kallade.")
    passes(to=begins)
    meet(bba, dan, meeting, bird)
    karin.go(link["karin"])
    karin.sees("Vassen")
    assert karin.tab.locator("main form").count() == 0, "while they meet, the page says where, and asks nothing"
    plan(dan, meeting, bird)
    confirm(bba, dan, karin, mona, private(post(), bird))
    plan_at, codes = call_anew(dan)
    letters = sent(post, passes, bird, KARIN, MONA, DAN, BBA)
    open_anew(karin, link_in(letters[KARIN]), codes["karin"], "14:30–15:15")
    open_anew(mona, link_in(letters[MONA]), codes["mona"], "14:30–15:15")
    hand_over(dan, mona, plan_at)
    left(bird, bba, karin, mona, dan)
