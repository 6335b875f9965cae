"""The service as a process of its own with the demo county, and a real browser that tells on every page."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import cast, engines

ROOT = Path(__file__).parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE_SECONDS = 60
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def pytest_collection_modifyitems(items):
    """Everything here needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site_database(lively_template, tmp_path_factory):
    """The address of the running server's database."""
    made_from, name = lively_template
    with engines.fresh(made_from, tmp_path_factory.mktemp("data"), name) as address:
        yield address


@pytest.fixture(scope="session")
def site(site_database, key_file, tmp_path_factory):
    """The address of a running server with the demo county."""
    folder = tmp_path_factory.mktemp("site")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "server.log").open("wb") as log:
        environ = os.environ | {
            "TBB_ENV": "development",
            "TBB_INSTANCE": str(folder),
            "TBB_DATABASE_URL": site_database,
            "TBB_SECRET_KEY": "a secret for the browser's tests, long enough",
            "TBB_KEY_FILE": str(key_file),
            "TBB_CASE_KEYS": str(engines.case_key_file()),
            "TBB_BASE_URL": f"http://127.0.0.1:{port}",
        }
        command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "--threads=6", "app:app"]
        server = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/halsa", server, folder / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    """Wait until the server answers."""
    for _ in range(PATIENCE_SECONDS * 10):
        assert server.poll() is None, f"the server ended:\n{log.read_text()[-2000:]}"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail("the server does not answer")


@pytest.fixture(scope="session")
def chromium():
    """One browser for the whole run."""
    named = os.environ.get("TBB_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
    )
    if not named:
        message = "no Chromium on this machine: sudo apt install chromium"
        pytest.fail(message) if os.environ.get("TBB_REQUIRE_BROWSER") == "1" else pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=named, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """Opens tabs, and remembers everything that a page should not have done."""

    def __init__(self, browser: Browser, site: str):
        self.browser, self.site = browser, site
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []
        self.allowed_statuses: set[int] = set()

    def open(
        self,
        path: str = "/",
        *,
        javascript: bool = True,
        width: int = 1280,
        height: int = 900,
        scheme: str = "light",
        **more,
    ) -> Page:
        """Open a tab of its own, with no cookies, at an address of the site."""
        context = self.browser.new_context(
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale=more.pop("locale", "sv-SE"),
            base_url=self.site,
            **more,
        )
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda said: self.heard(said))
        tab.on("pageerror", lambda problem: self.faults.append(f"script: {problem}"))
        tab.on("request", lambda request: self.sent(request.url))
        tab.on("response", lambda response: self.got(response.url, response.status))
        tab.goto(path)
        return tab

    def heard(self, said) -> None:
        """A page's console says errors, and the policy's refusals."""
        if said.type in ("error", "warning") and not any(
            f"status of {status}" in said.text for status in self.allowed_statuses
        ):
            self.faults.append(f"console: {said.text} at {said.location.get('url')}")

    def sent(self, address: str) -> None:
        """Nothing is fetched from anywhere else."""
        if not address.startswith((self.site + "/", "data:", "about:", "chrome-error:")):
            self.faults.append(f"a request left the site: {address}")

    def got(self, address: str, status: int) -> None:
        """Nothing that a page fetches is missing."""
        if status >= 400 and status not in self.allowed_statuses:
            self.faults.append(f"{status} for {address}")

    def close(self) -> None:
        """Close every tab, and tell."""
        for context in self.contexts:
            context.close()
        assert not self.faults, "\n".join(dict.fromkeys(self.faults))


@pytest.fixture
def visitor(chromium, site):
    """A visitor with a browser; at the end of the test every fault that a page made is told."""
    made = Visitor(chromium, site)
    yield made
    made.close()


@pytest.fixture(scope="session")
def addresses(lively_template, key_file, tmp_path_factory):
    """Every public page once, and those that change much with what is asked for."""
    from tbb import create_app
    from tbb.settings import read_settings

    folder = tmp_path_factory.mktemp("addresses")
    made_from, name = lively_template
    with engines.fresh(made_from, folder, name) as database_url:
        app = create_app(
            read_settings(
                {
                    "TBB_INSTANCE": str(folder),
                    "TBB_DATABASE_URL": database_url,
                    "TBB_KEY_FILE": str(key_file),
                    "TBB_CASE_KEYS": str(engines.case_key_file()),
                }
            )
        )
        found = cast.pages(app)
        engines.close()
    return chosen(found)


def chosen(found: list[tuple[str, str]]) -> list[str]:
    """Leave out what looks just like its neighbour."""
    most = {"directory.unit": 3, "directory.search": 2, "guide.question": 2, "guide.answer": 2}
    kept: dict[str, list[str]] = {}
    for endpoint, address in found:
        if len(kept.setdefault(endpoint, [])) < most.get(endpoint, 1):
            kept[endpoint].append(address)
    return [address for several in kept.values() for address in several] + ["/finns-inte"]


def look(tab: Page, *, width: int, scheme: str) -> None:
    """Change the window and the device's colours, and let every movement come to its end."""
    tab.set_viewport_size({"width": width, "height": 900})
    # Where movement is reduced, everything has a transition, and nested elements follow one frame after another.
    tab.emulate_media(color_scheme=scheme, reduced_motion="no-preference")
    tab.evaluate("() => { for (const movement of document.getAnimations()) movement.finish(); }")


def axe(tab: Page, *, rules: list[str] | None = None, colours: bool = True) -> list[str]:
    """Let axe look at a page as it stands; give each fault with where it is.

    Without `colours` the slowest rule is left out, for a page whose colours are looked at elsewhere.
    """
    if not tab.evaluate("() => 'axe' in window"):
        tab.evaluate(AXE)
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    options = {"runOnly": only, "resultTypes": ["violations"], "preload": False}
    if not colours:
        options["rules"] = {"color-contrast": {"enabled": False}}
    found = tab.evaluate("options => axe.run(options).then(result => result.violations)", options)
    return [
        f"{fault['id']} ({fault['impact']}): {node['target']} {' '.join(why['message'] for why in node['any'][:1])}"
        for fault in found
        for node in fault["nodes"][:4]
    ]
