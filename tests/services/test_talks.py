"""A first talk: booked once, moved, cancelled in time, told of, reminded of once, and forgotten."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tbb import clock
from tbb.models import AuditRow, Letter, OneTimeToken, SchoolBreak, TalkBooking, TalkHost
from tbb.policy import VISITOR, Refused
from tbb.services import actors, letters, limits, talk_desk, talk_hosts, talk_letters, talks
from tbb.services.talk_hosts import COUNTY_SLUG, Clash, NoVideo
from tbb.services.talk_slots import Different, Stretch, Weekly
from tbb.web.letters import FRAMES, render
from tests import make_talks
from tests.services.keeping_cast import account, assemble

SUNDAY = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EMAIL = "kim@post.example"


def acting(who):
    """Somebody signed in with two factors."""
    return actors.of_account(who.id, strong=True)


@pytest.fixture
def cast(db, at):
    """The school and its people, on a quiet Sunday."""
    at(SUNDAY)
    return assemble()


@pytest.fixture
def host(cast):
    """The school's hours: Mondays and Wednesdays 8 to 12, half an hour and a quarter after."""
    return make_talks.host(cast.unit)


def written(template: str) -> list[Letter]:
    """The letters of a template, in order."""
    return list(Letter.select().where(Letter.template == template).order_by(Letter.id))


def test_a_booked_time_is_gone_and_the_talk_is_found_by_its_link_alone(host):
    before = [slot.id for slot in talk_hosts.free_slots(host)]
    kept, secret = make_talks.booked(host)
    assert before[0] not in [slot.id for slot in talk_hosts.free_slots(host)]
    shown = talks.look(secret)
    assert (shown.reference, shown.state, shown.by_mail) == (kept.reference, "booked", False)
    assert talks.look(make_talks.nobody()) is None and talks.look("") is None
    assert not OneTimeToken.select().where(OneTimeToken.digest == secret).exists()
    assert AuditRow.select().where(AuditRow.action == "talk:book").get().thing_id == kept.reference
    assert b"Kim" not in bytes(kept.contact) and talks.contact_of(kept).name == "Kim Exempelsson"


def test_the_same_form_twice_is_one_talk(host):
    slot = list(talk_hosts.free_slots(host))[0].id
    links = [talks.book(VISITOR, host, make_talks.wish(slot), sender="a", once="the same form") for _ in range(2)]
    assert links[0] != links[1] and TalkBooking.select().count() == 1
    assert talks.look(links[0]).reference == talks.look(links[1]).reference


def test_what_is_not_offered_cannot_be_booked(host, at):
    slot = list(talk_hosts.free_slots(host))[0]
    make_talks.booked(host)
    off_the_grid = f"{slot.starts_at + timedelta(minutes=1):%Y%m%d%H%M}"
    for wanted in (slot.id, off_the_grid, "", "209901010800"):
        with pytest.raises(talks.Taken):
            talks.book(VISITOR, host, make_talks.wish(wanted), sender="b", once=wanted + "x")
    TalkHost.update(open=False).execute()
    shut = talk_hosts.public(host.slug)
    with pytest.raises(talks.Taken):
        talks.book(VISITOR, shut, make_talks.wish(slot.id), sender="b", once="shut")


def test_when_nobody_answers_nothing_can_be_booked(host, cast):
    cast.bba.delete_instance()
    assert list(talk_hosts.free_slots(host))  # the unit's deputy sees it
    cast.deputy.delete_instance()
    cast.head.delete_instance(recursive=True)
    assert list(talk_hosts.free_slots(host)) == [] and not talk_hosts.takes_bookings(host)


def test_an_absence_lets_the_deputy_see_and_the_booking_stays_with_the_unit(host, cast):
    kept, _ = make_talks.booked(host)
    assert talk_hosts.find(acting(cast.bba), host.slug) and talk_hosts.find(acting(cast.deputy), host.slug) is None
    cast.part.away_from = SUNDAY.date()
    cast.part.save()
    assert talk_desk.show(acting(cast.deputy), talk_hosts.find(acting(cast.deputy), host.slug), kept.key)
    cast.part.ends_on = SUNDAY.date() - DAY
    cast.part.away_from = None
    cast.part.save()
    assert talk_hosts.find(acting(cast.bba), host.slug) is None


def test_nobody_else_opens_hours_or_sees_who_is_coming(host, cast):
    kept, _ = make_talks.booked(host)
    weak = actors.of_account(cast.bba.id)
    for who in (acting(cast.head), acting(cast.admin), acting(cast.county), acting(cast.stranger), weak, VISITOR):
        assert talk_hosts.find(who, host.slug) is None
        for act in (talk_desk.coming, talk_desk.settled):
            with pytest.raises(Refused):
                act(who, host)
        with pytest.raises(Refused):
            talk_desk.show(who, host, kept.key)
        with pytest.raises(Refused):
            talk_hosts.keep_rules(who, host, {"open": False})


def test_the_process_leaders_have_hours_of_their_own_and_nobody_of_a_unit_sees_them(host, cast):
    leader = acting(cast.county)
    assert [each.slug for each in talk_hosts.of_actor(leader)] == [COUNTY_SLUG]
    assert [each.slug for each in talk_hosts.of_actor(acting(cast.bba))] == [host.slug]
    talk_hosts.keep_rules(leader, talk_hosts.find(leader, COUNTY_SLUG), {"open": True, "minutes": 60})
    talk_hosts.add_hours(leader, talk_hosts.find(leader, COUNTY_SLUG), Weekly(540, 720, ("visit",), 1))
    leaders = talk_hosts.public(COUNTY_SLUG)
    kept, _ = make_talks.booked(leaders, way="visit", email=EMAIL, topic="workshop", workplace="Förskolan Humlan")
    assert talk_desk.show(leader, leaders, kept.key).contact.workplace == "Förskolan Humlan"
    assert talk_hosts.find(acting(cast.bba), COUNTY_SLUG) is None
    assert [letter.recipient for letter in written("talk_for_host")] == [cast.county.email]


def test_a_talk_is_moved_by_its_link_to_a_free_time_of_the_same_kind(host):
    kept, secret = make_talks.booked(host, email=EMAIL)
    wanted = list(talks.slots_instead(talks.look(secret)))[2]
    moved = talks.move(VISITOR, secret, wanted.id)
    assert (moved.starts_at, moved.sequence) == (wanted.starts_at, 1)
    assert talks.look(secret).starts_at == wanted.starts_at
    other, _ = make_talks.booked(host, sender="198.51.100.7")
    assert other.starts_at == kept.starts_at  # the old time is free again
    with pytest.raises(talks.Taken):
        talks.move(VISITOR, secret, f"{other.starts_at:%Y%m%d%H%M}")
    assert talks.move(VISITOR, make_talks.nobody(), wanted.id) is None
    (letter,) = written("talk_moved")
    assert letters.facts_of(letter)["time"] == f"{clock.local(wanted.starts_at):%H:%M}"


def test_a_moved_talks_link_lasts_as_long_as_the_talk(host, at):
    kept, secret = make_talks.booked(host)
    last = list(talks.slots_instead(talks.look(secret)))[-1]
    talks.move(VISITOR, secret, last.id)
    at(last.ends_at + 13 * DAY)
    assert talks.look(secret) is not None
    at(last.ends_at + 15 * DAY)
    assert talks.look(secret) is None


@pytest.mark.parametrize(
    ("before", "late"), [(24 * HOUR + timedelta(seconds=1), False), (24 * HOUR, True), (HOUR, True)]
)
def test_the_hours_for_cancelling_are_real_hours(host, at, before, late):
    kept, secret = make_talks.booked(host, 7)
    at(kept.starts_at - before)
    for act in (talks.cancel, lambda who, link: talks.move(who, link, "x")):
        try:
            act(VISITOR, secret)
            refused = False
        except talks.TooLate:
            refused = True
        except talks.Taken:
            refused = False
        if act is talks.cancel:
            assert refused is late
    assert (talks.look(secret).state == "cancelled") is not late


def test_a_talk_is_cancelled_once_and_everybody_is_told_once(host, cast):
    kept, secret = make_talks.booked(host, email=EMAIL)
    for _ in range(2):
        assert talks.cancel(VISITOR, secret).state == "cancelled"
    assert kept.starts_at == list(talk_hosts.free_slots(host))[0].starts_at
    assert [letter.recipient for letter in written("talk_cancelled")] == [EMAIL]
    told = [letters.facts_of(letter)["what"] for letter in written("talk_for_host")]
    assert told == ["booked", "cancelled_by_guest"]
    with pytest.raises(talks.TooLate):
        talks.move(VISITOR, secret, list(talk_hosts.free_slots(host))[3].id)


def test_the_host_calls_off_and_says_what_became_of_it(host, cast, at):
    bba = acting(cast.bba)
    kept, secret = make_talks.booked(host, email=EMAIL)
    by_phone, _ = make_talks.booked(host, 1, sender="c")
    with pytest.raises(talk_desk.Late):
        talk_desk.settle(bba, host, kept.key, "held")
    assert talk_desk.call_off(bba, host, kept.key) is True and talks.look(secret).state == "cancelled"
    assert talk_desk.call_off(bba, host, by_phone.key) is False
    assert letters.facts_of(written("talk_cancelled")[0])["by_host"] is True
    been = make_talks.past(host)
    assert talk_desk.waiting(bba) == 1
    with pytest.raises(talk_desk.Late):
        talk_desk.call_off(bba, host, been.key)
    assert talk_desk.settle(bba, host, been.key, "no_show") is True and talk_desk.waiting(bba) == 0
    with pytest.raises(talk_desk.Late):
        talk_desk.settle(bba, host, been.key, "held")
    assert talk_desk.settle(bba, host, make_talks.nobody(), "held") is None
    assert {talk.state for talk in talk_desk.settled(bba, host)} == {"cancelled", "no_show"}


def test_letters_say_when_in_the_readers_language_and_nothing_of_who(host, cast):
    for number, language in enumerate(FRAMES):
        make_talks.booked(host, number, email=f"kim{number}@post.example", sender=f"s{number}", reads=language)
    shown = {
        letter.language: render(
            letter.template, letters.facts_of(letter), base_url="https://tbb.example", language=letter.language
        )
        for letter in written("talk_booked")
    }
    assert set(shown) == set(FRAMES) == {"sv", "en", "fi", "ar", "so"}
    assert len({said.subject for said in shown.values()}) == 5
    for language, said in shown.items():
        assert f'lang="{language}"' in said.html and "Kim" not in said.text and "070" not in said.text
        assert f"https://tbb.example/{language}/bokning/" in said.text
    assert 'dir="rtl"' in shown["ar"].html
    for letter in written("talk_for_host"):
        facts = letters.facts_of(letter)
        assert letter.recipient == cast.bba.email and "kim" not in str(facts).lower() and "S-" not in str(facts)


@pytest.mark.parametrize(
    ("starts", "reminded"),
    [
        (datetime(2026, 11, 25, 7, 0, tzinfo=UTC), datetime(2026, 11, 24, 7, 0, tzinfo=UTC)),
        # The night between is an hour shorter, or longer: it is real hours that are counted.
        (datetime(2027, 3, 28, 7, 0, tzinfo=UTC), datetime(2027, 3, 27, 7, 0, tzinfo=UTC)),
        (datetime(2027, 10, 31, 8, 0, tzinfo=UTC), datetime(2027, 10, 30, 8, 0, tzinfo=UTC)),
    ],
)
def test_everybody_is_reminded_once_a_day_before(host, at, starts, reminded):
    sealed = talks.Contact("Kim", "", EMAIL)
    make_talks.row(host, starts, contact=sealed)
    for moment, count in (
        (reminded - timedelta(seconds=1), 0),
        (reminded, 1),
        (reminded + HOUR, 1),
        (reminded - 2 * HOUR, 1),  # the clock of the machine is set back
        (reminded, 1),
        (starts + HOUR, 1),
    ):
        at(moment)
        talk_letters.remind()
        assert len(written("talk_reminder")) == count, moment


def test_who_has_just_booked_or_left_no_address_or_has_cancelled_is_not_reminded(host, at):
    moment = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    mail = talks.Contact("Kim", "", EMAIL)
    make_talks.row(host, moment + 20 * HOUR, contact=mail, timed_at=moment - HOUR)
    make_talks.row(host, moment + 21 * HOUR)
    make_talks.row(host, moment + 22 * HOUR, contact=mail, state="cancelled")
    at(moment)
    assert talk_letters.remind() == 0


def test_a_booking_is_forgotten_with_its_links_and_letters_two_weeks_after(host, at):
    kept, secret = make_talks.booked(host, email=EMAIL)
    gone, _ = make_talks.booked(host, 10, email=EMAIL, sender="e")
    talks.settle(gone, "cancelled")
    at(kept.ends_at + 13 * DAY)
    assert talks.forget_old() == 0 or TalkBooking.select().where(TalkBooking.id == kept.id).exists()
    at(kept.ends_at + 14 * DAY)
    talks.forget_old()
    assert not TalkBooking.select().exists() and talks.look(secret) is None
    assert not OneTimeToken.select().where(OneTimeToken.purpose == "talk").exists()
    assert not Letter.select().where(Letter.dedupe.startswith("talk:")).exists()


def test_so_many_are_booked_from_one_place_and_no_more(host):
    for _ in range(talks.OPEN_PER_PERSON):
        make_talks.booked(host, sender="one network", phone="070-174 06 31")
    slot = list(talk_hosts.free_slots(host))[0].id
    same = make_talks.wish(slot, phone="070 1740631")
    with pytest.raises(talks.TooMany):
        talks.book(VISITOR, host, same, sender="one network", once="again")
    for number in range(talks.OPEN_PER_NETWORK - talks.OPEN_PER_PERSON):
        make_talks.booked(host, sender="one network", phone=f"070-174 06 4{number}")
    slot = list(talk_hosts.free_slots(host))[0].id
    with pytest.raises(talks.TooMany):
        talks.book(VISITOR, host, make_talks.wish(slot, phone="070-174 06 61"), sender="one network", once="more")
    # Elsewhere nobody learns that this number has a talk booked: all goes as if it had none.
    assert talks.book(VISITOR, host, make_talks.wish(slot, phone="070-174 06 31"), sender="another", once="elsewhere")


def test_a_network_that_asks_too_often_waits_and_a_mailbox_is_not_filled(host):
    with pytest.raises(limits.TooOften):
        for number in range(talks.PER_SENDER + 1):
            slot = next(talk_hosts.free_slots(host)).id
            try:
                talks.book(VISITOR, host, make_talks.wish(slot), sender="eager", once=str(number))
            except talks.TooMany:
                continue
    for number in range(talk_letters.LETTERS_PER_ADDRESS + 2):
        make_talks.booked(host, email="victim@post.example", phone="", sender=f"bot {number}", way="visit")
    assert len(written("talk_booked")) == talk_letters.LETTERS_PER_ADDRESS


def test_hours_never_run_into_each_other_and_video_needs_a_link(cast):
    bba = acting(cast.bba)

    def here():
        return talk_hosts.find(bba, cast.unit.slug)

    talk_hosts.add_hours(bba, here(), Weekly(480, 600, ("phone",), 0))
    talk_hosts.add_hours(bba, here(), Weekly(600, 660, ("phone",), 0))
    for clashing in (Weekly(470, 490, ("phone",), 0), Weekly(590, 610, ("visit",), 0), Weekly(480, 600, ("phone",), 0)):
        with pytest.raises(Clash):
            talk_hosts.add_hours(bba, here(), clashing)
    with pytest.raises(NoVideo):
        talk_hosts.add_hours(bba, here(), Weekly(480, 600, ("phone", "video"), 1))
    talk_hosts.keep_rules(bba, here(), {"video_link": make_talks.LINK})
    talk_hosts.add_hours(bba, here(), Weekly(480, 600, ("phone", "video"), 1))
    with pytest.raises(NoVideo):
        talk_hosts.keep_rules(bba, here(), {"video_link": ""})
    with pytest.raises(Clash):
        talk_hosts.add_exception(bba, here(), Different(MONDAY, MONDAY, False, Stretch(500, 560, ("phone",))))


def test_days_off_lov_and_holidays_offer_nothing_and_struck_talks_are_counted(host, cast):
    bba = acting(cast.bba)
    kept, _ = make_talks.booked(host)
    day = clock.local(kept.starts_at).date()
    off = Different(day, day + DAY, True)
    talk_hosts.add_exception(bba, host, off)
    assert talk_hosts.struck(host, off) == 1
    assert talk_hosts.struck(host, Different(day, day, True, Stretch(0, 60, ()))) == 0
    days = {slot.day for slot in talk_hosts.free_slots(host)}
    later = day + 5 * DAY
    assert day not in days and later in days
    SchoolBreak.create(municipality=cast.unit.municipality, name="Lov", starts_on=later, ends_on=later + 20 * DAY)
    assert min(slot.day for slot in talk_hosts.free_slots(host)) > later + 20 * DAY
    talk_hosts.keep_rules(bba, host, {"in_breaks": True})
    assert later in {slot.day for slot in talk_hosts.free_slots(talk_hosts.public(host.slug))}


def test_whoever_leads_a_unit_answers_when_nobody_else_does(host, cast):
    cast.part.ends_on = SUNDAY.date() - DAY
    cast.part.save()
    cast.deputy.delete_instance()
    assert talk_hosts.find(acting(cast.head), host.slug) and talk_hosts.answering(host)[0].account == cast.head.id
    assert account("En till").id and talk_hosts.takes_bookings(host)
