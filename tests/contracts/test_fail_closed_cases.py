"""When something breaks, no case opens: nothing of a child is served, nothing is half done, and the page says so."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, nullcontext

import pytest

from tbb import database
from tbb.case_keys import CaseKeys
from tbb.crypto import Keyring
from tbb.database import connection, on_postgresql, rows
from tbb.models import ALL_MODELS, Wheel
from tbb.services.demo_cast import account_of
from tests import engines, make_cases
from tests.at_work import units
from tests.contracts.test_fail_closed import broken, refuse_to_insert
from tests.page import Page
from tests.people import filled_in, signed_in

WORD = "kanariefågel"
TOLD = {"child.label": WORD, "child.stage": WORD, "area.trygghet.level": "stod", "area.trygghet.see": WORD,
        "told.child": "yes", "told.guardians": "yes"}  # fmt: skip
LEAKS = (WORD, "Traceback", "KANARIE", "peewee", "sqlite", "psycopg", "case_key", "CannotOpen", "KeyGone")
FRESH = {"sitting", "rate_count"}
"""Tables that every request may touch: when somebody was last seen, and how often they tried."""


class Office:
    """A case to read, a draft to send, and the browsers of those who may, before anything breaks."""

    def __init__(self, county) -> None:
        self.bba, self.author = signed_in(county, "bba"), signed_in(county, "personal")
        with connection():
            found, author = units(), account_of("personal")
            self.case = make_cases.case(found["own"], answers=TOLD, state="mapping")
            self.draft = make_cases.draft(author, found["own"], found["own"], TOLD)
            self.across = make_cases.draft(author, found["own"], found["other"], TOLD)
        self.pages = {"/arenden": self.bba, f"/arenden/{self.case.key}": self.bba,
                      f"/arbetsyta/hjul/{self.draft.key}/hjulet": self.author}  # fmt: skip
        self.sending = self._form(self.author, f"/arbetsyta/hjul/{self.draft.key}/skicka")
        wheel = self._form(self.author, f"/arbetsyta/hjul/{self.draft.key}/hjulet")
        self.saving = (wheel[0].removesuffix("/hjulet") + "/spara", wheel[1] | {"area.trygghet.see": "nytt"})
        mapping = self._form(self.bba, f"/arenden/{self.case.key}/kartlagg")
        self.mapping = (mapping[0], mapping[1] | {"voice.own": "nytt"})

    def _form(self, client, path: str) -> tuple[str, dict]:
        shown = Page(client.get(path).text)
        form = max(shown.soup.select("main form[method=post]"), key=lambda form: len(filled_in(form)))
        return form.get("action", path).partition("?")[0], filled_in(form)

    def everything(self, *but: str) -> dict[str, list]:
        """All that is kept."""
        names = {model._meta.table_name for model in ALL_MODELS} - FRESH - set(but)
        with connection():
            return {name: rows(f'SELECT * FROM "{name}" ORDER BY 1') for name in names}

    def check_shut(self, *statuses: int, heading: str = "") -> None:
        """Ask for everything and send everything: nothing of it opens, and nothing has changed."""
        answers = [client.get(page) for page, client in self.pages.items()]
        for client, (path, data) in ((self.author, self.sending), (self.author, self.saving), (self.bba, self.mapping)):
            answers.append(client.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"}))
        for answer in answers:
            assert answer.status_code in statuses, (answer.request.path, answer.status)
            assert not [leak for leak in LEAKS if leak in answer.text], answer.request.path
            page = Page(answer.text)
            assert page.heading == (heading or "Något gick fel hos oss"), answer.request.path
            assert answer.headers["X-Request-ID"] in page.words and answer.headers["Cache-Control"] == "no-store"

    def check_open(self) -> None:
        """What was shut opens again by itself."""
        for page, client in self.pages.items():
            assert WORD in client.get(page).text, page


@pytest.fixture
def office(county):
    """A county at work, that answers faults as in production."""
    made = Office(county)
    made.check_open()
    county.testing = False
    return made


@contextmanager
def keys(path, ring=engines.KEYRING):
    """Let the file of case keys be another one for a while."""
    right = database._vault["case keys"]
    database._vault["case keys"] = CaseKeys(path, ring)
    yield
    database._vault["case keys"] = right


def away(table: str):
    """Let a table be gone for a while."""
    bare = table.strip('"')
    return broken(f"ALTER TABLE {table} RENAME TO {bare}_away", f"ALTER TABLE {bare}_away RENAME TO {table}")


@pytest.mark.parametrize("table", ['"grant"', "responsibility", "delegation"])
def test_when_permissions_cannot_be_looked_up_nothing_opens(office, table):
    before = office.everything()
    with away(table):
        answers = [client.get(page) for page, client in office.pages.items()]
        path, data = office.mapping
        answers.append(office.bba.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"}))
        if table != "delegation":  # what an author may do does not hang on delegations
            path, data = office.sending
            answers.append(office.author.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"}))
        opened = [answer for answer in answers if answer.status_code == 200]
        assert all("/arbetsyta/hjul/" in answer.request.path and table == "delegation" for answer in opened)
        assert not [answer for answer in answers if answer.status_code not in (200, 500, 503)]
        assert not [leak for answer in answers if answer not in opened for leak in LEAKS if leak in answer.text]
    after = office.everything()
    assert {name for name in after if after[name] != before[name]} <= {"audit_row"}
    office.check_open()


def test_when_consents_cannot_be_looked_up_nothing_crosses_a_border(office):
    path = f"/arbetsyta/hjul/{office.across.key}/skicka"
    before = office.everything()
    with away("consent"):
        answer = office.author.post(
            path, data=office.sending[1] | {"once": "x" * 30}, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert answer.status_code in (500, 503) and not [leak for leak in LEAKS if leak in answer.text]
    assert office.everything() == before
    with connection():
        assert Wheel.get_by_id(office.across.id).state == "draft"


def test_what_cannot_be_recorded_neither_opens_nor_is_sent_or_changed(office):
    before = office.everything()
    with refuse_to_insert():
        answers = [client.get(page) for page, client in office.pages.items() if "arenden" in page]
        for client, (path, data) in ((office.author, office.sending), (office.bba, office.mapping)):
            answers.append(client.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"}))
        for answer in answers:
            assert answer.status_code in (500, 503), answer.request.path
            assert not [leak for leak in LEAKS if leak in answer.text]
    assert office.everything() == before
    office.check_open()


@pytest.mark.parametrize("fault", ["away", "empty", "foreign", "broken"])
def test_without_the_right_keys_nothing_opens_and_the_page_says_so(office, fault, tmp_path):
    path = tmp_path / "keys" / "case-keys.db"
    path.parent.mkdir()
    ring = engines.KEYRING
    if fault == "empty":
        path.touch()
    elif fault == "foreign":
        path.write_bytes(engines.case_key_file().read_bytes())
        ring = Keyring({1: b"f" * 32})
    elif fault == "broken":
        path.write_bytes(b"this is no database" * 100)
    # That somebody looks is on record before it shows that nothing can be opened.
    before = office.everything("audit_row")
    with keys(path, ring):
        office.check_shut(503, heading="Innehållet kan inte öppnas just nu")
    assert office.everything("audit_row") == before
    assert path.exists() == (fault != "away"), "looking makes no new file in place of the missing one"
    office.check_open()


def test_without_the_sealing_keys_nothing_opens(office, monkeypatch):
    before = office.everything()
    with monkeypatch.context() as patched:
        patched.setattr(database, "_vault", {})
        answers = [client.get(page) for page, client in office.pages.items()]
        assert {answer.status_code for answer in answers} <= {500, 503}
        assert not [leak for answer in answers for leak in LEAKS if leak in answer.text]
    assert office.everything() == before
    office.check_open()


def test_while_somebody_else_holds_the_database_nothing_opens_and_nothing_is_lost(office, county_url, monkeypatch):
    if on_postgresql():
        pytest.skip("PostgreSQL does not lock out writers as a whole")
    before = office.everything()
    kept = tuple(pair for pair in database.PRAGMAS if pair[0] != "busy_timeout")
    monkeypatch.setattr(database, "PRAGMAS", (*kept, ("busy_timeout", 20)))
    engines.close()
    engines.configure(county_url)
    holder = sqlite3.connect(county_url.removeprefix("sqlite:///"), isolation_level=None)
    with nullcontext(holder.execute("BEGIN IMMEDIATE")):
        answers = [client.get(page) for page, client in office.pages.items() if "arenden" in page]
        for client, (path, data) in ((office.author, office.sending), (office.author, office.saving)):
            answers.append(client.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"}))
        assert {answer.status_code for answer in answers} <= {500, 503}
        assert not [leak for answer in answers for leak in LEAKS if leak in answer.text]
    holder.execute("ROLLBACK")
    holder.close()
    assert office.everything() == before
    office.check_open()


def test_when_the_clock_cannot_be_read_nothing_opens_and_nothing_is_sent(office, monkeypatch):
    def stopped():
        raise OSError("KANARIE")

    before = office.everything()
    with monkeypatch.context() as patched:
        patched.setattr("tbb.clock.now", stopped)
        office.check_shut(500)
    assert office.everything() == before
    office.check_open()
