"""Every door, tried over HTTP: each of the cast at each page and form of those who work here, near and far.

What is expected is read from the written table of test_policy.py and from nowhere else, so that a rule that changes
shows here as well. A new route joins by itself; its address needs a sample in tests/at_work.py. That every cell is
really tried is the matter of test_flips.py.
"""

from __future__ import annotations

import secrets

import pytest

from tbb.database import connection
from tbb.policy import Permission
from tbb.services.demo_cast import CAST
from tests import engines
from tests.at_work import AUTHORS, Sample, furnish, samples
from tests.conftest import go
from tests.people import signed_in
from tests.policy.test_policy import written

COLUMN = {
    "personal": "staff",
    "bba": "bba",
    "ersattare": "deputy",
    "delegerad": "delegate",
    "enhetschef": "unit head",
    "huvudman": "admin",
    "granne": "admin",
    "region": "admin",
    "friskola": "admin",
    "kommunikator": "communicator",
    "processledare": "process",
    "processledare2": "process",
    "styrgrupp": "steering",
    "loggranskare": "reviewer",
    "dataskyddsombud": "own reviewer",
    "drift": "operations",
}
"""Which column of the table each of the cast stands for."""

SEEN_FROM = {
    "ersattare": {"own": "own organizer", "sister": "own unit", "other": "other"},
    "granne": {"own": "other", "sister": "other", "other": "own organizer"},
    "region": {"own": "other", "sister": "other", "other": "other"},
    "friskola": {"own": "other", "sister": "other", "other": "other"},
}
NEAR = {"own": "own unit", "sister": "own organizer", "other": "other"}
LETTERS = {"own unit": "u", "own organizer": "o", "other": "x", "county": "c"}

HANDS = {
    "meeting_letters.show": Permission.BOOK_MEETING,
    "meeting_letters.send": Permission.BOOK_MEETING,
    "meeting_letters.undo": Permission.BOOK_MEETING,
    "meeting_letters.reply": Permission.BOOK_MEETING,
    "meeting_letters.come_for": Permission.BOOK_MEETING,
    "assessments.copy": Permission.READ_ASSESSMENT,
    "joining.note": Permission.NOTE_JOINING,
    "joining.organization": Permission.READ_JOINING,
    "people.take": Permission.CHANGE_ACCOUNT,
}
"""Routes whose service asks for more than the door does."""

OTHER_SHELVES = (
    "accounts.", "factors.", "people.", "joining.", "importing.", "auditing.", "handovers.", "assessments.",
    "case_exports.", "cases.end_delegation", "forgetting.", "mapping.part", "transitions.",
    "consents.", "forums.",
)  # fmt: skip
"""Subjects whose shelf is narrower than the permission: what is allowed there may still not be there."""
TURNED_AWAY = (403, 404)


@pytest.fixture
def furnished(county):
    """The demo county with a thing of every kind near and far."""
    with connection():
        made = furnish()
    return county, made


def table() -> dict[str, dict[str, str]]:
    """The written table: {permission: {column: cell}}."""
    (_, *columns), *rows = written()
    return {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows}


def allowed(cell: str, persona: str, where: str) -> bool:
    """Whether the table lets one of the cast do a thing there; the county and nobody's things ask for any place."""
    if where in ("county", "nobody"):
        return cell != "-"
    letters = {LETTERS[SEEN_FROM.get(persona, NEAR)[where]]}
    if AUTHORS.get(where) == persona:
        letters.add("b")
    if (persona, where) == ("ersattare", "sister"):
        letters.add("a")  # whose BBA is away
    if (persona, where) == ("delegerad", "own"):
        letters.add("d")  # the case in it is delegated
    return cell == "all" or bool(letters & set(cell))


def try_all(app, made, persona: str, method: str) -> tuple[int, list[str]]:
    """Try every address as one of the cast; give how many cells were tried, and what was not as the table says."""
    client, answers, faults, tried = signed_in(app, persona), table(), [], 0
    page = go(client, "/konto")
    token = page.soup.select_one("[name=csrf_token]")["value"]
    for sample in sorted(samples(app, made, method), key=ends_the_sitting):
        data = {"csrf_token": token, "once": secrets.token_urlsafe(24)} if method == "POST" else None
        with client.open(
            sample.address, method=method, data=data, headers={"Sec-Fetch-Site": "same-origin"}
        ) as response:
            tried += 1
            faults += fault_of(app, answers, persona, sample, response)
        if ends_the_sitting(sample):
            client = signed_in(app, persona)
    return tried, faults


def fault_of(app, answers: dict[str, dict[str, str]], persona: str, sample: Sample, response) -> list[str]:
    """Say that an answer is not as the table wants it; nothing when it is."""
    endpoint = sample.rule.endpoint
    permission = HANDS.get(endpoint, app.view_functions[endpoint].permission)
    if is_as_written(answers[permission][COLUMN[persona]], persona, sample, response.status_code):
        return []
    return [f"{persona} {sample.address} ({sample.where}, {permission}): {response.status}"]


def ends_the_sitting(sample: Sample) -> bool:
    """Whether a form signs its sender out, or changes the token of their forms: such ones are tried last."""
    return sample.rule.endpoint in ("accounts.sign_out", "accounts.end_everywhere", "factors.prove_by_word")


def is_as_written(cell: str, persona: str, sample: Sample, status: int) -> bool:
    """Whether an answer is the one that the table wants."""
    if sample.rule.endpoint.startswith("factors.") and cell == "-":
        return status == 303  # the second step is behind whoever has taken it, who is led on
    if not allowed(cell, persona, sample.where):
        return status == 404 if cell == "-" and sample.rule.endpoint not in HANDS else status in TURNED_AWAY
    if sample.where == "nobody":
        return status in (200, 204, 303, 400, 404, 422)
    if sample.rule.endpoint.startswith(OTHER_SHELVES):
        return status in (200, 204, 303, 400, 403, 404, 409, 422)
    return status in (200, 204, 303, 400, 409, 422)


TWINS = ("processledare2", "friskola")
"""They have the duties of another one of the cast, elsewhere."""
EVERYBODY = [persona.key for persona in CAST if persona.key not in TWINS]
SENDERS = ("personal", "bba", "enhetschef", "granne")
ON_POSTGRESQL = [(key, "GET") for key in EVERYBODY[::2]] + [(key, "POST") for key in SENDERS]
TRIED = ON_POSTGRESQL if engines.wanted() == "postgresql" else [(key, "POST") for key in EVERYBODY]
"""On SQLite tests/contracts/test_canaries.py walks through every page as everybody, and looks at the doors as well."""


@pytest.mark.parametrize(("persona", "method"), TRIED)
def test_everybody_gets_just_where_the_table_lets_them(furnished, persona, method):
    tried, faults = try_all(*furnished, persona, method)
    assert not faults, "\n".join(faults)
    assert tried >= 50


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_is_not_signed_in_is_led_to_the_sign_in_whatever_is_there(furnished, method):
    app, made = furnished
    client = app.test_client()
    for sample in samples(app, made, method):
        with client.open(sample.address, method=method, headers={"Sec-Fetch-Site": "same-origin"}) as response:
            assert response.status_code == 303, sample.address
            assert response.headers["Location"].startswith("/logga-in"), sample.address


@pytest.mark.parametrize("site", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {}])
def test_a_form_from_another_site_or_without_its_token_changes_nothing(furnished, site):
    app, made = furnished
    client = signed_in(app, "enhetschef")
    page = go(client, "/konto")
    token = page.soup.select_one("[name=csrf_token]")["value"]
    for sample in samples(app, made, "POST"):
        if sample.where != "own":
            continue
        data = {"csrf_token": token, "once": secrets.token_urlsafe(24)}
        for headers, sent in ((site, data), ({"Sec-Fetch-Site": "same-origin"}, {"once": data["once"]})):
            with client.post(sample.address, data=sent, headers=headers) as response:
                assert response.status_code in (400, 404), f"{sample.address} {headers}"
