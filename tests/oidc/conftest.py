"""A real OpenID provider for the run, an application that knows it, and a browser that goes between the two."""

from __future__ import annotations

import json
import re
import shutil
import ssl
import subprocess
import sys
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from flask import Flask

from tbb.services import identity_providers
from tests.conftest import go
from tests.page import Page
from tests.people import send

ROOT = Path(__file__).parents[2]
BASE_URL = "http://127.0.0.1:8000"
SECRET = "a secret for tests: & + %"
ORGANIZER = "2120000357"
TRUST = ssl.create_default_context()
"""Made once: it takes as long as ten answers, and here nothing is even sent by TLS."""


@dataclass
class Provider:
    """The provider as the tests steer it."""

    issuer: str

    def now(self, **changes: object) -> None:
        """Decide who signs in there and how, or `rotate` its keys; `reset` puts everything back."""
        httpx.post(f"{self.issuer}/control", json=changes, trust_env=False, verify=TRUST).raise_for_status()

    def sent(self) -> list[str]:
        """The logout tokens that it has sent since last time."""
        return httpx.get(f"{self.issuer}/received", trust_env=False, verify=TRUST).json()


@pytest.fixture(scope="session")
def running_provider():
    """The provider's process, one for the run. Without node the tests fail: they must never be passed by in silence."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    assert node, "node is missing"
    command = [node, str(ROOT / "tests/oidc/provider.mjs"), f"{BASE_URL}/logga-in/oidc/svar", f"{BASE_URL}/logga-in"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        first = process.stdout.readline()
        assert first, "the provider did not start: is node_modules there? (make build)"
        yield Provider(json.loads(first)["issuer"])
        process.terminate()


@pytest.fixture
def provider(running_provider, monkeypatch):
    """The provider as it is to begin with; what we knew of it is forgotten."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    running_provider.now(reset=True)
    running_provider.sent()
    identity_providers.forget()
    return running_provider


@pytest.fixture(scope="session")
def provider_file(running_provider, tmp_path_factory):
    """The file that tells the application of the provider."""
    path = tmp_path_factory.mktemp("provider") / "providers.toml"
    path.write_text(
        f"""[[provider]]
key = "eskilstuna"
name = "Eskilstuna kommun"
organizer = "212000-0357"
issuer = "{running_provider.issuer}"
client_id = "tbb"
client_secret = "{SECRET}"
strong_acr = ["loa3"]
strong_amr = ["mfa"]
email_domains = ["skola.example"]
""",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def app(make_app, county_url, provider, provider_file) -> Flask:
    """The application on the demo county, with the provider."""
    return make_app(county_url, TBB_IDENTITY_PROVIDERS=str(provider_file), TBB_BASE_URL=BASE_URL)


@dataclass
class Browser:
    """A browser: its cookies here (`ours`) and at the provider (`theirs`)."""

    app: Flask
    theirs: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, verify=TRUST))

    def __post_init__(self):
        self.ours = self.app.test_client()

    def begin(self, **data: str) -> str:
        """Choose the organisation; give the address that the browser is sent to."""
        return address_of(send(self.ours, go(self.ours, "/logga-in/valj-organisation"), "", data))

    def at_provider(self, address: str) -> str:
        """Do what is asked at the provider; give the address on our side that it sends the browser back to."""
        answer = self.theirs.get(address)
        for _ in range(12):
            if answer.status_code == 200:
                answer = self._submit(answer)
            assert answer.status_code in (302, 303), f"{answer.status_code} at {address}: {answer.text[-700:]}"
            address = str(answer.next_request.url)
            if address.startswith(BASE_URL):
                return address.removeprefix(BASE_URL)
            answer = self.theirs.get(address)
        raise AssertionError("the provider sends the browser round and round")

    def back(self, path: str, *, status: int = 200) -> Page:
        """Come back to our side and follow where that leads."""
        return go(self.ours, path, status=status)

    def sign_in(self, *, status: int = 200, **data: str) -> Page:
        """Sign in from beginning to end."""
        return self.back(self.at_provider(self.begin(**data)), status=status)

    def sign_out_there(self, address: str) -> str:
        """Sign out at the provider, which asks whether one means it; give where it sends the browser."""
        return self._submit(self.theirs.get(address), logout="yes").headers["Location"]

    def _submit(self, shown: httpx.Response, **more: str) -> httpx.Response:
        """Send the one form of a page of the provider's."""
        action = unescape(re.search(r'action="([^"]+)"', shown.text)[1])
        given = dict(re.findall(r'name="(\w+)" value="([^"]*)"', shown.text))
        return self.theirs.post(action, data=given | more)


@pytest.fixture
def open_browser(app):
    """The function that opens a new browser, which has been nowhere."""
    opened = []

    def open_one() -> Browser:
        opened.append(Browser(app))
        return opened[-1]

    yield open_one
    for each in opened:
        each.theirs.close()


@pytest.fixture
def somebody(open_browser):
    """Somebody's browser."""
    return open_browser()


@pytest.fixture
def another(open_browser):
    """Somebody else's browser."""
    return open_browser()


def address_of(shown: Page) -> str:
    """Where a page of ours sends the browser by itself; its link must lead to the same place."""
    address = shown.response.headers["Refresh"].removeprefix("0; url=")
    assert address in shown.links and urlsplit(address).netloc
    assert shown.response.headers["Cache-Control"] == "no-store"
    return address
