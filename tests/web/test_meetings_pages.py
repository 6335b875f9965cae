"""Booking a meeting as those do who book it and those who are asked, without any script."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection, rows
from tbb.models import Meeting, MeetingSlot, Participant, Room, RoomBooking
from tbb.services import (
    actors,
    meeting_asking,
    meeting_links,
    meeting_people,
    meeting_times,
    meetings,
    sealed_fields,
    tokens,
    working_days,
)
from tbb.services.demo_cast import account_of
from tbb.services.meetings import Contact
from tests import make_cases, make_meetings
from tests.at_work import units
from tests.conftest import go
from tests.people import filled_in, send, signed_in, submit

GUN = {"name": "Gun Exempelsson", "email": "gun@exempelsson.example", "phone": "070-174 06 05", "language": "ar"}
KARIN = {"name": "Karin Testlind", "note": "Socialsekreterare", "email": "karin@flen.example", "phone": "070-174 06 07"}
DAY = working_days.after(clock.today(), 10).isoformat()


@pytest.fixture
def case(county):
    """A received case of the own unit."""
    with connection():
        return make_cases.case(units()["own"], state="received", received_at=clock.now())


@pytest.fixture
def bba(county):
    """The browser of the own unit's BBA."""
    return signed_in(county, "bba")


@pytest.fixture
def begun(case, bba) -> str:
    """The address of a meeting that has been begun."""
    shown = submit(bba, f"/arenden/{case.key}/mote/nytt", {"minutes": "60"})
    return shown.response.request.path.removesuffix("/boka")


def meeting(begun: str) -> Meeting:
    return Meeting.get(Meeting.key == begun.rpartition("/")[2])


def with_people(bba, begun: str) -> str:
    """Let a service of another huvudman, one of its people and a guardian be added; give the service's page."""
    with connection():
        other = units()["other"]
    listed = go(bba, f"{begun}/vilka?q={other.label}")
    (button,) = [each for each in listed.soup.select("button[name=unit]") if each["value"] == other.slug][:1]
    form = button.find_parent("form")
    data = {field["name"]: field["value"] for field in form.select("input")} | {"unit": other.slug}
    party = go(bba, form["action"], data=data).response.request.path
    fields = [form for form in go(bba, party).soup.select("main form") if form.select("[name=name]")]
    keys = {field["name"]: field.get("value", "") for field in fields[0].select("input[type=hidden]")}
    go(bba, party, data=keys | KARIN)
    submit(bba, f"{begun}/ny-person?roll=vardnadshavare", GUN)
    return party


def with_times(bba, begun: str, days: int = 2) -> None:
    """Propose the same hour on two days, one of them written and one ticked."""
    monday = working_days.after(clock.today(), 10)
    week = monday.isocalendar()
    address = f"{begun}/tider?vecka={week.year}-W{week.week:02d}"
    shown = go(bba, address)
    (form,) = [each for each in shown.soup.select("main form") if each.select("[name=answers_by]")]
    data = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden], input[type=date]")}
    data |= {"minutes": "60", "dag": [DAY, ""], "klockslag": ["13:00", ""], "tid": f"{DAY}T09:00"}
    go(bba, form["action"], data=data)


def with_consent(case) -> None:
    with connection():
        bba = actors.of_account(account_of("bba"), strong=True)
        make_meetings.consent(bba, case, units()["other"])


def test_a_meeting_is_booked_from_the_case_to_the_chosen_time(case, bba, begun, county):
    with connection():
        room = Room.create(unit=units()["own"], name="Vassen")
    with_people(bba, begun)
    submit(bba, f"{begun}/behov", {"part": "part", "how": "De första 20 minuterna.", "interpreter": "Arabiska"})
    with_times(bba, begun)
    submit(bba, f"{begun}/plats", {"room": str(room.id)})
    tasks = go(bba, f"{begun}/boka")
    assert "Samtycke saknas" in tasks.words and "2 tider föreslagna" in tasks.words
    with_consent(case)
    codes = submit(bba, f"{begun}/skicka")
    assert "Koderna visas bara nu" in codes.words and "Gun Exempelsson" in codes.words
    assert "Karin Testlind" in codes.words and len(codes.soup.select(".linkcode")) == 2
    with connection():
        people = {each.role: each for each in Participant.select()} | {
            "karin": Participant.get(Participant.party.is_null(False), Participant.account.is_null())
        }
        slots = meeting_times.slots_of(meeting(begun))
    for role in ("karin", "guardian", "child"):
        submit(bba, f"{begun}/personer/{people[role].key}/svar", {f"tid-{slots[0].id}": "yes"})
    grid = go(bba, f"{begun}/val")
    assert "Här kan alla som behövs" in grid.words and "4 av 4 kan" in grid.words
    heads = [head.get_text(" ", strip=True) for head in grid.soup.select(".slots th[scope=col]")]
    assert heads[1].endswith("Alva E barnet") and "Gun Exempelsson vårdnadshavare 1" in heads[2]
    booked = submit(bba, f"{begun}/val", action="/val", data={"room": str(room.id)})
    assert "Mötet är bokat" in booked.words and "Vassen" in booked.words
    with connection():
        assert meeting(begun).state == "set" and RoomBooking.get().meeting == meeting(begun).id
    listed = go(bba, "/moten")
    assert "Alva E" in listed.words and "Alva" not in listed.title
    assert "Samverkansmöte" in go(bba, f"/arenden/{case.key}").words


def test_without_a_consent_a_direct_post_is_refused_and_changes_nothing(case, bba, begun):
    with_people(bba, begun)
    with_times(bba, begun)
    shown = go(bba, f"{begun}/skicka")
    assert "Samtycke saknas" in shown.words and not shown.soup.select("main form")

    def kept():
        with connection():
            tables = ("meeting", "participant", "meeting_slot", "meeting_agreement", "letter", "meeting_letter")
            return [rows(f"SELECT * FROM {table}") for table in tables]

    before = kept()
    token = go(bba, begun + "/boka").soup.select_one("[name=csrf_token]")["value"]
    go(bba, f"{begun}/skicka", data={"csrf_token": token, "once": "x" * 32}, status=409)
    assert kept() == before


def test_bad_times_are_told_of_beside_them_and_nothing_is_lost(bba, begun):
    shown = go(bba, f"{begun}/tider")
    (form,) = [each for each in shown.soup.select("main form") if each.select("[name=answers_by]")]
    keys = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
    sent = {"dag": ["2020-01-01", "2027-03-28", "2027-10-31", "nej"], "klockslag": ["13:00", "2.30", "02:30", "x"]}
    told = go(
        bba,
        f"{begun}/tider",
        data=keys | sent | {"minutes": "60", "answers_by": DAY, "tid": f"{DAY}T09:00"},
        status=422,
    )
    for sentence in (
        "Tiden har redan varit.",
        "Klockan ställs fram till sommartid",
        "Klockan ställs tillbaka",
        "Skriv dag och klockslag",
    ):
        assert sentence in told.words
    assert told.title.startswith("Fel:") and told.soup.select_one("#dag-1")["value"] == "2027-03-28"
    assert told.soup.select_one("#kl-1")["value"] == "2.30"
    with connection():
        assert MeetingSlot.select().count() == 0


def test_choosing_a_time_that_someone_needed_cannot_takes_a_reason(case, bba, begun):
    with_people(bba, begun)
    with_times(bba, begun)
    with_consent(case)
    submit(bba, f"{begun}/skicka")
    grid = go(bba, f"{begun}/val")
    assert "Här kan alla som behövs" not in grid.words and "minst en vårdnadshavare" in grid.words
    refused = send(bba, grid, f"{begun}/val", {"words": "Rektors rum"}, action="/val", status=422)
    assert "Någon som behövs kan inte då" in refused.words
    assert refused.soup.select_one("[name=words]")["value"] == "Rektors rum"
    send(bba, refused, f"{begun}/val", {"reason": "Gun har sagt ja i telefon."}, action="/val")
    with connection():
        found = meeting(begun)
        assert found.state == "set" and found.place_words == "Rektors rum"
        assert sealed_fields.texts(found)["quorum.reason"] == "Gun har sagt ja i telefon."


def test_a_name_in_the_video_link_or_the_place_is_pointed_out_once(bba, begun):
    with_people(bba, begun)
    for field, value in (("video", "https://video.example/Alva-mote"), ("words", "Hemma hos Gun Exempelsson")):
        told = submit(bba, f"{begun}/plats", {field: value}, status=422)
        assert "ser ut som ett namn" in told.words
    other = send(bba, told, f"{begun}/plats", {"words": "Hos Alva"}, status=422)
    send(bba, other, f"{begun}/plats")
    told = submit(bba, f"{begun}/plats", {"video": "http://video.example/m"}, status=422)
    assert "https://" in told.words
    submit(bba, f"{begun}/plats", {"words": "", "video": "https://video.example/m"})


def test_others_who_take_part_see_no_guardian_and_no_needs(case, bba, begun, county):
    with_people(bba, begun)
    submit(bba, f"{begun}/behov", {"part": "part", "interpreter": "Arabiska"})
    with connection():
        actor = actors.of_account(account_of("bba"), strong=True)
        party = next(each for each in meeting(begun).parties if each.unit_id == units()["other"].id)
        meetings.add_participant(actor, meeting(begun), party=party, account=account_of("granne"))
        make_meetings.consent(actor, case, units()["other"], units()["sister"])
    with_times(bba, begun)
    granne = signed_in(county, "granne")
    go(granne, begun, status=404)
    submit(bba, f"{begun}/skicka")
    shown = go(granne, begun)
    assert "Vårdnadshavare 1" in shown.words and "Karin Testlind" in shown.words
    for secret in ("Gun", "Exempelsson", "070-174", "Arabiska", "Alva", "karin@"):
        assert secret not in shown.words, secret
    answered = submit(granne, begun, {f"tid-{slot}": "if_needed" for slot in slot_numbers(begun)}, action="/svar")
    assert "Tack, ditt svar är sparat" in answered.words
    go(granne, f"{begun}/boka", status=403)
    go(granne, f"{begun}/vilka", status=403)
    assert "Väntar på svar" in go(granne, "/moten").words


def test_an_address_outside_the_huvudmans_own_is_read_once_more(bba, begun):
    party = with_people(bba, begun)
    typed = KARIN | {"name": "Kim Testlind", "email": "kim@gratispost.example"}

    def add(shown, status, **more):
        (form,) = [form for form in shown.soup.select("main form") if form.select("[name=name]")]
        return go(bba, party, data=filled_in(form) | more, status=status)

    told = add(go(bba, party), 422, **typed)
    assert "kim@gratispost.example är ingen av de vanliga adresserna" in told.words and "@flen.example" in told.words
    assert told.soup.select_one("#name")["value"] == "Kim Testlind"
    other = add(told, 422, email="kim@annan.example")
    assert "kim@annan.example är ingen" in other.words, "another address is asked about anew"
    with connection():
        assert Participant.select().where(Participant.party.is_null(False)).count() == 2
    add(other, 200)
    with connection():
        assert Participant.select().where(Participant.party.is_null(False)).count() == 3
        unit = units()["other"].id
        for address, usual in (("a@flen.example", True), ("a@ifo.flen.example", True), ("a@xflen.example", False)):
            assert meeting_people.is_usual(unit, address) is usual


def slot_numbers(begun: str) -> list[int]:
    with connection():
        return [slot.id for slot in meeting_times.slots_of(meeting(begun))]


@pytest.fixture
def link(county, case):
    """The secret and the code of a guardian who is asked, and the numbers of the times."""
    with connection():
        bba = actors.of_account(account_of("bba"), strong=True)
        made = meetings.make(bba, case)
        person = Contact(GUN["name"], GUN["email"], GUN["phone"])
        gun = meetings.add_participant(bba, made, role="guardian", who="guardian_1", person=person, language="ar")
        soon = clock.today() + timedelta(days=3)
        slots = meeting_times.propose(bba, made, [f"{DAY}T09:00", f"{DAY}T13:00"], answers_by=soon)
        code = meeting_asking.ask(bba, made)[gun.key]
        return (
            f"/svar/{tokens.issue('meeting', gun.key, lasts=timedelta(days=400))}",
            code,
            [slot.id for slot in slots],
            made,
        )


@pytest.mark.parametrize("language", ["", "/en", "/fi", "/ar", "/so"])
def test_a_guardian_answers_by_link_after_the_code(county, link, language):
    address, code, slots, made = link
    guest = county.test_client()
    first = go(guest, language + address)
    assert made.reference not in first.words
    go(guest, language + address, data={"stamp": first.soup.select_one("[name=stamp]")["value"]}, status=403)
    wrong = send(guest, first, language + address, {"code": "000000" if code != "000000" else "111111"}, status=422)
    spoken = language.strip("/") or "sv"
    shown = send(guest, wrong, language + address, {"code": f"{code[:3]} {code[3:]}"}, language=spoken)
    assert made.reference in shown.words
    for secret in ("Alva", "Gun", "Trygghet", "orosanmäl"):
        assert secret not in shown.soup.select_one("main").get_text()
    thanked = send(guest, shown, language + address, {f"tid-{slots[0]}": "yes", f"tid-{slots[1]}": "no"})
    assert thanked.soup.select_one("[role=status]") and thanked.soup.select_one("input[checked]")
    send(guest, thanked, language + address, {f"tid-{slots[0]}": None, f"tid-{slots[1]}": None}, status=422)
    with connection():
        gun = Participant.get(Participant.role == "guardian")
        assert meeting_times.answers_by(gun.id) == {slots[0]: "yes", slots[1]: "no"}
    other = submit(guest, f"{language}{address}/annan-tid", {"day": DAY, "hour": "9:00"}, status=422)
    send(guest, other, f"{language}{address}/annan-tid", {"day": DAY, "hour": "15:30"})
    assert len(slot_numbers(f"/moten/{made.key}")) == 3


def test_a_link_is_private_and_a_new_code_ends_the_old_step(county, link):
    address, code, _slots, made = link
    guest = county.test_client()
    submit(guest, address, {"code": code})
    shown = go(guest, address)
    assert made.reference in shown.words
    headers = shown.response.headers
    assert headers["Cache-Control"] == "no-store" and headers["Referrer-Policy"] == "same-origin"
    assert "noindex" in headers["X-Robots-Tag"]
    assert made.reference not in go(county.test_client(), address).words
    with connection():
        bba = actors.of_account(account_of("bba"), strong=True)
        meeting_links.new_code(bba, Participant.get(Participant.role == "guardian"))
    assert made.reference not in go(guest, address).words
    go(guest, "/svar/" + "x" * 43, status=404)


def test_a_meeting_is_moved_and_called_off(case, bba, begun):
    with_times(bba, begun)
    grid = go(bba, f"{begun}/val")
    send(bba, grid, f"{begun}/val", {"reason": "Bara vi."}, action="/val")
    told = submit(bba, f"{begun}/flytta", {"day": DAY, "hour": "25:00", "reason": "x"}, status=422)
    assert "Skriv dag och klockslag" in told.words
    moved = submit(bba, f"{begun}/flytta", {"day": DAY, "hour": "15:30", "reason": "Rummet var för litet."})
    assert "15.30–16.30" in moved.words
    off = submit(bba, f"{begun}/stall-in")
    assert "Inställt" in off.words
    assert "inställt" in go(bba, "/moten?visa=avslutade").words


def test_rooms_are_kept_by_the_unit(county, bba):
    with connection():
        slug = units()["own"].slug
    address = f"/arbetsyta/verksamheter/{slug}/lokaler"
    shown = submit(bba, address, {"name": "Vassen", "seats": "8", "step_free": "on"})
    assert "Vassen" in shown.words and "utan trappor" in shown.words
    assert "redan en lokal" in submit(bba, address, {"name": "Vassen"}, status=422).words
    (edit,) = {link for link in shown.links if "/lokaler/" in link}
    room = go(bba, edit)
    closing = [form for form in room.soup.select("main form") if form.select("[value=close]")][0]
    keys = {field["name"]: field["value"] for field in closing.select("input")}
    assert "Går inte att boka" in go(bba, edit, data=keys | {"what": "close"}).words
    go(signed_in(county, "personal"), address, status=404)


def test_breaks_are_kept_for_a_municipality_and_seen_where_times_are_chosen(county, bba, begun):
    admin, day = signed_in(county, "huvudman"), DAY
    shown = submit(admin, "/arbetsyta/lov/eskilstuna", {"name": "Höstlov", "starts_on": day, "ends_on": day})
    assert "Höstlov" in shown.words
    told = submit(
        admin,
        "/arbetsyta/lov/eskilstuna",
        {"name": "Lov", "starts_on": day, "ends_on": "2020-01-01"},
        action="/eskilstuna",
        status=422,
    )
    assert "ska komma efter den första" in told.words
    week = working_days.after(clock.today(), 10).isocalendar()
    assert "Höstlov" in go(bba, f"{begun}/tider?vecka={week.year}-W{week.week:02d}").words
    gone = submit(admin, "/arbetsyta/lov/eskilstuna", action="/ta-bort")
    assert "Inga lov är inlagda" in gone.words
    go(admin, "/arbetsyta/lov/flen", status=404)


def test_the_calendar_knows_years_and_weeks(bba, begun):
    for code, words in (("2027-W53", "Vecka"), ("2026-W53", "Vecka 53"), ("skräp", "Vecka")):
        assert words in go(bba, f"{begun}/tider?vecka={code}").words
    assert "Februari 2028" in go(bba, "/moten?manad=2028-02").words
