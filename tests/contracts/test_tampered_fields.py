"""No value that a page never offered – in a hidden field, a choice, a number or a day – makes a fault of ours."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from secrets import token_urlsafe
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import IntegerConverter

from tests import cast, rounds
from tests.people import filled_in
from tests.serving import ROOT

OFFERED = (
    "input[type=hidden], input[type=number], input[type=date], input[type=time], input[type=datetime-local],"
    " input[type=radio], input[type=checkbox], select"
)
FILTERS = {"fran", "till", "nummer", "handling", "person", "sak", "utfall", "places", "topics", "typ", "kommun", "text"}
"""What addresses are asked with that forms read."""
KEYS = {"csrf_token", "once", "stamp"}
NEVER_OFFERED = ("", "9" * 40, "9999-12-31")
TAKEN = (200, 204, 303, 400, 403, 404, 409, 410, 422, 429)


@dataclass(frozen=True)
class Form:
    """A form as it was given out to somebody, and those of its fields that hold no free text."""

    client: FlaskClient
    action: str
    values: dict[str, object]
    fields: tuple[str, ...]


@pytest.fixture
def forms(county) -> list[Form]:
    """One of every form that is sent, with whoever may send it."""
    found: dict[str, Form] = {}
    adapter = county.url_map.bind("localhost")
    for visit in rounds.every(county):
        with visit.client.get(visit.address) as answer:
            page = BeautifulSoup(answer.text, "html.parser") if answer.mimetype == "text/html" else None
        for form in page.select("form[method=post]") if page else ():
            action = urljoin(visit.address, form.get("action", ""))
            endpoint, _parts = adapter.match(urlsplit(action).path, method="POST")
            names = {field.get("name") for field in form.select(OFFERED)} - KEYS - {None}
            if names:
                found.setdefault(
                    f"{endpoint} {sorted(names)}", Form(visit.client, action, filled_in(form), tuple(sorted(names)))
                )
    return list(found.values())


def test_no_value_that_was_never_offered_makes_a_fault(forms):
    faults, met = [], Counter()
    for form in forms:
        for name in form.fields:
            for text in NEVER_OFFERED:
                values = form.values | {name: text, "once": token_urlsafe(24)}
                with form.client.post(form.action, data=values, headers={"Sec-Fetch-Site": "same-origin"}) as answer:
                    met[answer.status_code] += 1
                    if answer.status_code not in TAKEN:
                        faults.append(f"{form.action} {name}={text!r}: {answer.status_code}")
    assert not faults, f"{len(faults)}:\n" + "\n".join(faults)
    assert len(forms) > 100 and met[422] > 400


def test_no_value_in_an_address_makes_a_fault(county, client):
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tbb" / "routes").glob("*.py"))
    asked = set(re.findall(r'args(?:\.get\(|\[)"([a-z_]+)"', code)) | FILTERS
    assert len(asked) > 25
    visits = [(visit.client, visit.address) for visit in rounds.every(county)]
    visits += [(client, address) for _endpoint, address in cast.addresses(county, few=True)]
    faults = []
    for somebody, address in visits:
        for text in ("9" * 40, "0001-01-01"):
            with somebody.get(urlsplit(address).path, query_string=dict.fromkeys(asked, text)) as answer:
                if answer.status_code not in TAKEN:
                    faults.append(f"{address} {text!r}: {answer.status_code}")
    assert not faults, f"{len(faults)}:\n" + "\n".join(faults)
    assert len(visits) > 200


def test_no_number_in_an_address_is_too_large(county):
    adapter = county.url_map.bind("localhost")
    tried = 0
    for rule in county.url_map.iter_rules():
        numbers = [name for name, kind in rule._converters.items() if isinstance(kind, IntegerConverter)]
        if numbers:
            address = rule.rule
            for name in rule.arguments:
                address = re.sub(rf"<[^<>]*\b{name}>", "9" * 40 if name in numbers else "a", address)
            with pytest.raises((NotFound, MethodNotAllowed)):
                adapter.match(address, method=next(iter(rule.methods - {"HEAD", "OPTIONS"})))
            tried += 1
    assert tried > 30
