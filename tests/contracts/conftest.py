"""What the pages at work answered, fetched once for all the tests that look at it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from tbb import create_app
from tbb.settings import read_settings
from tests import engines, rounds
from tests.page import check_headers, parsed

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
OF_THE_ONE_WHO_ASKS = ("/arbetsyta", "/konto", "/logga", "/anslut", "/demo", "/bekrafta")
"""Addresses whose answer depends on who asks: their links are followed by each who sees them."""


@dataclass(frozen=True)
class Answer:
    """One answer, kept."""

    status: int
    kind: str
    text: str
    headers: Headers

    @property
    def ids(self) -> set[str]:
        """The ids on the page."""
        return set(re.findall(r'\sid="([^"]*)"', self.text)) if self.kind == "text/html" else set()


@dataclass(frozen=True)
class Seen:
    """A page as its visitor met it: whole, as a fragment, and what each of its links answered."""

    endpoint: str
    address: str
    persona: str
    whole: Answer
    part: Answer
    links: dict[str, Answer] = field(default_factory=dict)


@pytest.fixture(scope="session")
def seen(county_template, key_file, made_templates, tmp_path_factory) -> list[Seen]:
    """Every page that is in Swedish only; the database it came from is gone."""
    folder = tmp_path_factory.mktemp("seen")
    made_from, name = county_template
    with engines.fresh(made_from, folder, name) as address:
        environ = {"TBB_ENV": "test", "TBB_INSTANCE": str(folder), "TBB_DATABASE_URL": address}
        secrets = {
            "TBB_SECRET_KEY": "a secret for tests, long enough to be one",
            "TBB_KEY_FILE": str(key_file),
            "TBB_CASE_KEYS": str(engines.case_key_file()),
        }
        app = create_app(read_settings(environ | secrets | {"TBB_PASSWORD_MEMORY_KIB": "64"}))
        app.jinja_env.bytecode_cache = made_templates
        known: dict[tuple, Answer] = {}
        found = [look_at(visit, known) for visit in rounds.every(app)]
        engines.close()
    return found


def look_at(visit: rounds.Visit, known: dict[tuple, Answer]) -> Seen:
    """Fetch a page and all it links to; `known` remembers what each link answered."""
    whole, part = fetch(visit.client, visit.address), fetch(visit.client, visit.address, PARTIAL)
    links = {}
    for target in leads_to(whole, visit.address) if whole.kind == "text/html" else ():
        path = urldefrag(target).url
        asked = (visit.client if path.startswith(OF_THE_ONE_WHO_ASKS) else None, path)
        if asked not in known:
            known[asked] = fetch(visit.client, path)
        links[target] = known[asked]
    return Seen(visit.endpoint, visit.address, visit.persona, whole, part, links)


def fetch(client, address: str, headers: dict[str, str] | None = None) -> Answer:
    """Ask for an address as it is, and keep the answer."""
    with client.get(address, headers=headers or {}) as answer:
        check_headers(answer)
        text = answer.get_data(as_text=True) if is_text(answer) else ""
        return Answer(answer.status_code, answer.mimetype, text, answer.headers)


def is_text(answer: TestResponse) -> bool:
    """Whether an answer is words rather than a picture or a typeface."""
    return answer.mimetype in ("text/html", "text/csv", "application/json", "image/svg+xml")


def leads_to(page: Answer, here: str) -> set[str]:
    """Every address within the site that a page links to or fetches."""
    tree, _parents, _errors = parsed(page.text)
    named = {
        urljoin(here, element.get(name))
        for element in tree.iter()
        if element.tag in ("a", "link", "script", "img", "use")
        for name in ("href", "src")
        if element.get(name)
    }
    return {target for target in named if not urlsplit(target).netloc and target.startswith("/")}
