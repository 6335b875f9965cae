"""A reminder or a seat is asked for, confirmed by letter, kept sealed, and forgotten; nobody is found out by it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb.database import connection, rows
from tbb.models import Guest, Happening, Letter
from tbb.services import guests, letters
from tests.conftest import go
from tests.people import signed_in
from tests.web.test_happenings_pages import BEGIN, PAGE, SHELF, STARTS, write
from tests.web.test_news_pages import send


@pytest.fixture
def begun(county):
    """The address at work of a workshop with two seats, published."""
    writer = signed_in(county, "kommunikator")
    address = send(writer, SHELF, **BEGIN).location
    write(writer, address, kind="workshop", sign_up="y", seats="2", place="Exempelhallen")
    send(writer, f"{address}/publicera")
    return address


def ask(county, path: str, status: int = 303, **told):
    """Send a public form as a visitor would."""
    reader = county.test_client()
    stamp = go(reader, f"{PAGE}{path}").soup.select_one("[name=stamp]")["value"]
    return go(reader, f"{PAGE}{path}", data={"stamp": stamp} | told, status=status, follow=False)


def link(template: str, name: str = "path") -> str:
    """The link in the newest letter of a kind."""
    with connection():
        letter = Letter.select().where(Letter.template == template).order_by(Letter.id.desc()).first()
        return letters.facts_of(letter)[name]


def press(county, address: str, status: int = 200):
    """Open a letter's link and press its button."""
    reader = county.test_client()
    stamp = go(reader, address).soup.select_one("[name=stamp]")["value"]
    return go(reader, address, data={"stamp": stamp}, status=status)


def test_nothing_is_kept_before_the_button_and_everything_is_sealed_after(county, begun):
    ask(county, "/anmal", name="Gun Exempelsson", email="gun@exempelsson.example", needs="Rullstol")
    with connection():
        assert not Guest.select().count()
    address = link("guest_confirm")
    go(county.test_client(), address)
    with connection():
        assert not Guest.select().count()
    press(county, address)
    go(county.test_client(), address, status=404)
    with connection():
        (kept,) = Guest.select()
        assert b"gun" not in bytes(kept.told) and "gun" not in str(rows("SELECT * FROM guest"))
    page = go(signed_in(county, "kommunikator"), f"{begun}/anmalda")
    assert "Gun Exempelsson" in page.words and "Rullstol" in page.words and "1 plats kvar" in page.words
    go(signed_in(county, "granne"), f"{begun}/anmalda", status=404)


def test_the_last_seat_is_given_once(county, begun):
    addresses = []
    for number in range(3):
        ask(county, "/anmal", name="Gun", email=f"gun{number}@exempelsson.example")
        addresses.append(link("guest_confirm"))
    for address, status in zip(addresses, (200, 200, 409), strict=True):
        press(county, address, status)
    with connection():
        assert Guest.select().count() == 2
    assert "full" in go(county.test_client(), f"{PAGE}/anmal").words


def test_a_reminder_goes_once_the_day_before_and_can_be_ended(county, begun, at):
    ask(county, "/paminn", email="gun@exempelsson.example")
    press(county, link("guest_confirm"))
    for before, sent in ((timedelta(days=2), 0), (timedelta(hours=23), 1), (timedelta(hours=22), 1)):
        at(STARTS - before)
        with connection():
            guests.remind()
            assert Letter.select().where(Letter.template == "guest_reminder").count() == sent
    press(county, link("guest_reminder", "leave_path"))
    with connection():
        assert not Guest.select().count()


def test_who_is_asked_twice_gets_one_letter_and_the_answer_tells_nothing(county, begun):
    first = ask(county, "/paminn", email="gun@exempelsson.example")
    second = ask(county, "/paminn", email="GUN@exempelsson.example ")
    assert first.location == second.location
    with connection():
        assert Letter.select().where(Letter.template == "guest_confirm").count() == 1


def test_bad_input_and_robots_leave_nothing(county, begun):
    assert "e-postadress" in ask(county, "/anmal", 422, name="", email="inte").words
    ask(county, "/paminn", email="gun@exempelsson.example", homepage="https://spam.example")
    with connection():
        assert not Letter.select().where(Letter.template == "guest_confirm").count()


def test_guests_are_forgotten_a_month_after_and_nobody_signs_up_for_what_takes_none(county, begun, at):
    ask(county, "/paminn", email="gun@exempelsson.example")
    press(county, link("guest_confirm"))
    with connection():
        Happening.update(sign_up=False, kind="webinar").execute()
    go(county.test_client(), f"{PAGE}/anmal", status=404)
    at(STARTS + timedelta(days=32))
    with connection():
        assert guests.forget_old() == 1 and not Guest.select().count()
    go(county.test_client(), f"{PAGE}/paminn", status=404)
