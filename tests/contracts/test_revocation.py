"""What is taken away is gone with the very next request, in open sittings, in every process that serves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Account, Grant, Organizer, Responsibility, Unit
from tbb.policy import COMMAND
from tbb.services import invitations, resets, sittings
from tbb.web.sitting import COOKIES
from tests.conftest import go
from tests.members import KEPT
from tests.people import account_row

TRIES = 50
"""In each of the two processes: a hundred for each event."""


@pytest.fixture
def processes(make_app, county_url):
    """Two applications on one database, as two worker processes are."""
    return make_app(county_url), make_app(county_url)


def school() -> Unit:
    """The school that most of the cast works at."""
    return Unit.select().where(Unit.kind == "compulsory").order_by(Unit.id).first()


def end_the_duty(account: Account) -> None:
    """A keeper of accounts takes a duty away."""
    Grant.update(ended_at=clock.now()).where(Grant.account == account).execute()


def let_the_duty_run_out(account: Account) -> None:
    """The last day of a duty was yesterday."""
    yesterday = clock.today() - timedelta(days=1)
    Grant.update(starts_on=yesterday, ends_on=yesterday).where(Grant.account == account).execute()


def end_the_responsibility(account: Account) -> None:
    """Somebody is no longer the BBA of the school."""
    yesterday = clock.today() - timedelta(days=1)
    Responsibility.update(ends_on=yesterday).where(Responsibility.person == account.person).execute()


def move_the_unit(account: Account) -> None:
    """The school goes to another organizer."""
    there = Organizer.get(Organizer.name == "Flens kommun")
    Unit.update(organizer=there).where(Unit.id == school().id).execute()


def disable(account: Account) -> None:
    """The account may not sign in any more."""
    invitations.shut(COMMAND, account.email)


def reset_the_password(account: Account) -> None:
    """Somebody else was in, and the person has chosen a new password."""
    resets.put_in_place(COMMAND, account, KEPT, note="reset")


@pytest.mark.parametrize(
    ("persona", "event", "status"),
    [
        ("enhetschef", end_the_duty, 404),
        ("enhetschef", let_the_duty_run_out, 404),
        ("bba", end_the_responsibility, 404),
        ("huvudman", move_the_unit, 404),
        ("enhetschef", disable, 303),
        ("bba", reset_the_password, 303),
    ],
)
def test_the_very_next_request_is_denied_everywhere(processes, persona, event, status):
    with connection():
        account = account_row(persona)
        path = f"/arbetsyta/verksamheter/{school().slug}"
    browsers = []
    for app in processes:
        with connection():
            secret = sittings.begin(account.id, method="test", strong=True)
        browsers.append(app.test_client())
        browsers[-1].set_cookie(COOKIES[1], secret)
    for browser in browsers:
        go(browser, path)
    with connection():
        event(account)
    reached = [browser.get(path).status_code for _ in range(TRIES) for browser in browsers]
    assert set(reached) == {status}, f"{reached.count(200)} of {len(reached)} got through"


def test_signing_out_in_one_process_signs_out_in_the_other(processes):
    with connection():
        secret = sittings.begin(account_row("bba").id, method="test", strong=True)
    one, other = (app.test_client() for app in processes)
    for browser in (one, other):
        browser.set_cookie(COOKIES[1], secret)
        go(browser, "/konto")
    go(one, "/logga-ut", data={}, status=303, follow=False)
    assert {other.get("/konto").status_code for _ in range(TRIES)} == {303}


def test_an_old_secret_is_of_no_use_after_the_second_factor_or_a_new_proof(processes):
    with connection():
        account = account_row("bba").id
        half = sittings.begin(account, method="password", halfway=True)
        whole = sittings.finish(sittings.find(half), method="password+totp", strong=True)
        proved = sittings.prove(sittings.find(whole))
    for app in processes:
        for secret, status in ((half, 303), (whole, 303), (proved, 200)):
            browser = app.test_client()
            browser.set_cookie(COOKIES[1], secret)
            go(browser, "/konto", status=status, follow=False)
