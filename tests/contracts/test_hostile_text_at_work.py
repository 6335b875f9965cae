"""No text in any field of those who work here, or who join, makes a fault of ours; what is refused is not kept."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from secrets import token_urlsafe
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tbb.database import connection, db, rows
from tests import naughty, rounds
from tests.page import Page
from tests.people import filled_in

HANDFUL = (
    "å" * 700,
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>'; DROP TABLE unit; --",
    "{{ 7*7 }} ${7*7} %(count)s {0}",
    "=cmd|' /C calc'!A0\r\nBcc: b@elsewhere.example",
    "\u202etxet desrever \ufffe\x1b[31m",
)
FREE = "input[type=text], input[type=email], input[type=tel], input[type=search], input:not([type]), textarea"
COUNTED = {"rate_count", "audit_row", "sitting"}
"""A refused try may be counted and on record."""
SECRET = "input[type=password]"
MARKUP = re.compile(r"<script>alert|onerror=alert\(1\)>")
TAKEN = (200, 204, 303, 400, 403, 404, 409, 422, 429)


@dataclass(frozen=True)
class Form:
    """A form with fields for free text, as it was given out to somebody."""

    client: FlaskClient
    endpoint: str
    method: str
    action: str
    values: dict[str, object]
    fields: tuple[str, ...]
    secrets: tuple[str, ...]


@pytest.fixture
def forms(county) -> list[Form]:
    """One of every form that has a field for free text, with whoever may send it."""
    found: dict[str, Form] = {}
    adapter = county.url_map.bind("localhost")
    for visit in rounds.every(county):
        with visit.client.get(visit.address) as answer:
            page = BeautifulSoup(answer.text, "html.parser") if answer.mimetype == "text/html" else None
        for form in page.select("form") if page else ():
            action = urljoin(visit.address, form.get("action", ""))
            method = form.get("method", "get").upper()
            endpoint, parts = adapter.match(urlsplit(action).path, method=method)
            fields = tuple(field["name"] for field in form.select(FREE) if field.get("name", "homepage") != "homepage")
            hidden = tuple(field["name"] for field in form.select(SECRET))
            key = f"{endpoint} {parts.get('part', '')} {sorted(fields)}"
            if fields or hidden:
                found.setdefault(key, Form(visit.client, endpoint, method, action, filled_in(form), fields, hidden))
    return list(found.values())


def tries() -> tuple[str, ...]:
    """The handful, or all there are when a longer list is named."""
    return tuple(naughty.strings()) if "TBB_NAUGHTY_STRINGS" in os.environ else HANDFUL


def send(form: Form, text: str):
    """Send a form with the same text in all its fields."""
    values = form.values | dict.fromkeys((*form.fields, *form.secrets), text)
    if form.method == "GET":
        return form.client.get(form.action, query_string=values)
    values |= {"once": token_urlsafe(24)}
    return form.client.post(form.action, data=values, headers={"Sec-Fetch-Site": "same-origin"})


def everything() -> dict[str, list]:
    """All that a refused form may not have changed, by table."""
    with connection():
        return {table: rows(f'SELECT * FROM "{table}" ORDER BY 1') for table in db.get_tables() if table not in COUNTED}


def test_every_field_takes_any_text_and_what_is_refused_is_not_kept(forms):
    faults, met, before = [], Counter(), everything()
    for form in forms:
        for text in tries():
            with send(form, text) as answer:
                met[form.method, answer.status_code] += 1
                where = f"{form.method} {form.action} {text[:20]!r}: {answer.status_code}"
                if answer.status_code not in TAKEN:
                    faults.append(where)
                if answer.mimetype == "text/html" and MARKUP.search(answer.text):
                    faults.append(f"{where}: it came back as markup")
                if "elsewhere.example" in str(answer.headers):
                    faults.append(f"{where}: it reached a header")
                if answer.status_code == 422 and form.method == "POST":
                    faults += [f"{where}: {fault}" for fault in faults_of(form, text, answer)]
                    changed = [table for table, kept in everything().items() if kept != before[table]]
                    faults += [f"{where}: {table} has changed" for table in changed]
                elif form.method == "POST":
                    before = everything()
    assert not faults, f"{len(faults)}:\n" + "\n".join(faults)
    assert len(forms) > 40 and met["POST", 422] > 100


def faults_of(form: Form, text: str, answer) -> Iterator[str]:
    """What is wrong with a form that was refused: what was written is there again, but for passwords."""
    if not text.isprintable():
        return
    try:
        page = Page(answer.text)
    except AssertionError as problem:
        yield str(problem)
        return
    for name in form.fields:
        for field in page.soup.select(f'main [name="{name}"]')[:1]:
            shown = field.get("value", "") if field.name == "input" else field.get_text().removeprefix("\n")
            if bare(shown) != bare(text) and field.get("type") != "hidden":
                yield f"{name} is now {shown[:30]!r}"
    for name in form.secrets:
        if any(field.get("value") for field in page.soup.select(f'[name="{name}"]')):
            yield f"{name} came back"


def bare(text: str) -> str:
    """A text without what a code is grouped by."""
    return re.sub(r"[\s-]", "", text).casefold()
