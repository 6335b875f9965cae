"""What every test may ask for: a database of its own, the application on it, the demo county, and a visitor."""

from __future__ import annotations

import base64
import gc
import ipaddress
import os
import sys
from collections import defaultdict
from datetime import datetime

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from tbb import clock, create_app, database
from tbb.case_keys import CaseKeys
from tbb.policy import COMMAND
from tbb.services import demo
from tbb.settings import Settings, read_settings
from tests import engines
from tests.page import Page, check_headers, look_at_fragment


class ReachedOut(Exception):
    """A test tried to reach another machine."""


def _only_loopback(event: str, arguments: tuple) -> None:
    """Refuse every connection and look-up that leaves this machine; hooks in Python itself, so nothing gets by."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""
    elif event == "socket.getaddrinfo":
        host = arguments[0] or ""
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    try:
        stays = host in ("", "localhost") or ipaddress.ip_address(host).is_loopback or host == "0.0.0.0"
    except ValueError:
        stays = False
    if not stays:
        raise ReachedOut(f"A test tried to reach {host}.")


def pytest_collection_modifyitems(config, items):
    """On PostgreSQL leave out the files that say nothing of the engine, unless files are asked for by name."""
    if any(".py" in argument for argument in config.args):
        return
    config.hook.pytest_deselected(items=[item for item in items if engines.is_left_out(item.path)])
    items[:] = [item for item in items if not engines.is_left_out(item.path)]


def pytest_terminal_summary(terminalreporter):
    """Print how many cells of the policy were flipped over HTTP, and how many flips were noticed."""
    told = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "flipped cells" and report.when == "call"
    ]
    tried, noticed, twice = (sum(value[name] for value in told) for name in ("tried", "noticed", "held twice"))
    if tried > twice:
        shown = sorted(each for value in told for each in value["not shown"])
        terminalreporter.section("the policy, flipped over HTTP")
        terminalreporter.write_line(
            f"{tried} cells: {noticed} flips noticed, {twice} held by a second gate, {len(shown)} not shown;"
            f" score {noticed / (tried - twice):.1%}"
        )
        terminalreporter.write_line("\n".join(shown))


def pytest_collection_finish():
    """Let the garbage collector pass by what was read before the first test: looking there is a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def stay_here():
    """Forbid sockets to anything but this machine. A hook cannot be taken away, so it is put there once."""
    sys.addaudithook(_only_loopback)


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    """The run's engine with one migrated database to copy."""
    with engines.template(tmp_path_factory.mktemp("engine")) as made:
        yield made


@pytest.fixture
def database_url(engine, tmp_path):
    """The address of an empty, migrated database of this test's own."""
    with engines.fresh(engine, tmp_path) as address:
        yield address


@pytest.fixture
def db(database_url):
    """The database handle, connected to an empty, migrated database."""
    engines.configure(database_url)
    with database.connection():
        yield database.db
    engines.close()


@pytest.fixture(scope="session")
def county_template(engine, tmp_path_factory):
    """The demo county on a day when nothing has happened yet, loaded once, to copy."""
    with engines.filled(engine, tmp_path_factory.mktemp("county"), lambda: demo.load(COMMAND, scenes=False)) as made:
        yield made


@pytest.fixture(scope="session")
def lively_template(engine, tmp_path_factory):
    """The demo county with all its scenes, as a visitor of the demonstration finds it, loaded once, to copy."""
    with engines.filled(engine, tmp_path_factory.mktemp("lively"), lambda: demo.load(COMMAND)) as made:
        yield made


@pytest.fixture
def lively(make_app, lively_template, tmp_path):
    """The application on the demo county with all its scenes."""
    made_from, name = lively_template
    with engines.fresh(made_from, tmp_path, name) as address:
        yield make_app(address)


@pytest.fixture
def county_url(county_template, tmp_path):
    """The address of this test's own copy of the demo county."""
    made_from, name = county_template
    with engines.fresh(made_from, tmp_path, name) as address:
        yield address


@pytest.fixture(scope="session")
def key_file(tmp_path_factory):
    """A file with the sealing key that every test database shares."""
    path = tmp_path_factory.mktemp("keys") / "sealing-keys"
    path.write_text("1:" + base64.b64encode(b"a key for tests, 32 bytes long..").decode() + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def made_templates(tmp_path_factory):
    """Compiled templates, kept between the many applications of a run and its processes."""
    folder = tmp_path_factory.getbasetemp()
    shared = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "templates"
    shared.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(shared))


class SpareApp:
    """One application with ordinary settings, lent to one test after another: making it is most of a test's time."""

    def __init__(self) -> None:
        self.app: Flask | None = None
        self.shape: tuple[int, ...] = ()
        self.config: dict = {}

    def lend(self, settings: Settings) -> Flask:
        """Give the application, on another database and as if it were new; make it anew if a test has changed it."""
        if self.app is None or self.shape != shape_of(self.app):
            self.app = create_app(settings)
            self.shape, self.config = shape_of(self.app), dict(self.app.config)
            return self.app
        database.configure(
            settings.database_url,
            threads=settings.threads,
            keyring=settings.keyring,
            case_keys=CaseKeys(settings.case_keys, settings.keyring),
        )
        self.app.config.clear()
        self.app.config.update(self.config | {"TBB": settings})
        for known in ("tbb_demo", "tbb_participants"):
            self.app.extensions.pop(known, None)
        self.app.extensions["tbb_page_cache"].forget()
        self.app._got_first_request = False
        return self.app


def shape_of(app: Flask) -> tuple[int, ...]:
    """What a test that adds something to an application changes."""
    hooks = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    return (
        len(list(app.url_map.iter_rules())),
        hash(tuple(app.view_functions.values())),
        *(len(each.get(None, ())) for each in hooks),
    )


@pytest.fixture(scope="session")
def spare_app():
    """The applications that are lent to the tests of this process, by what their surroundings have of their own."""
    return defaultdict(SpareApp)


@pytest.fixture
def make_app(tmp_path, key_file, made_templates, spare_app):
    """The function that makes an application on a database, with settings of one's own choosing."""
    lent = []

    def make(address: str, **environ: str):
        surroundings = {
            "TBB_ENV": "test",
            "TBB_INSTANCE": str(tmp_path),
            "TBB_DATABASE_URL": address,
            "TBB_SECRET_KEY": "a secret for tests, long enough to be one",
            "TBB_KEY_FILE": str(key_file),
            "TBB_CASE_KEYS": str(engines.case_key_file()),
        }
        if environ.get("TBB_ENV") != "production":
            surroundings["TBB_PASSWORD_MEMORY_KIB"] = "64"
        settings = read_settings(surroundings | environ)
        # A second application of one test, or one with files of its own, is always its own.
        own = lent or any(str(tmp_path) in value for value in environ.values())
        app = create_app(settings) if own else spare_app[tuple(sorted(environ.items()))].lend(settings)
        lent.append(app)
        app.jinja_env.bytecode_cache = made_templates
        return app

    yield make
    engines.close()


@pytest.fixture
def app(make_app, database_url):
    """The application on an empty database."""
    return make_app(database_url)


@pytest.fixture
def county(make_app, county_url):
    """The application on the demo county."""
    return make_app(county_url)


@pytest.fixture
def client(county):
    """A visitor's browser in the demo county, without cookies to begin with."""
    return county.test_client()


@pytest.fixture
def visit(client):
    """Go to an address of the demo county and look the page through; see `go`."""
    return lambda path, **how: go(client, path, **how)


@pytest.fixture
def at(monkeypatch):
    """Set the clock: at(datetime) makes it that moment for every module that asks."""

    def set_clock(moment: datetime) -> None:
        for name, module in list(sys.modules.items()):
            if name.startswith(("tbb", "tests")) and getattr(module, "now", None) is not None and name != "tbb.cli":
                monkeypatch.setattr(module, "now", lambda: moment)

    assert clock.today() == clock.local(clock.now()).date()
    return set_clock


def go(
    client, path: str, *, status: int = 200, language: str = "", fragment: bool = False, follow: bool = True, **request
):
    """Fetch a page and give it as a Page; a fragment or anything but HTML is given as the answer itself.

    `data` makes it a form that is sent from our own page.
    """
    headers = dict(request.pop("headers", {}))
    if fragment:
        headers |= {"HX-Request": "true", "HX-Request-Type": "partial"}
    method = request.pop("method", "POST" if "data" in request else "GET")
    if method == "POST":
        headers.setdefault("Sec-Fetch-Site", "same-origin")
    response = client.open(path, method=method, headers=headers, follow_redirects=follow, **request)
    assert response.status_code == status, f"{method} {path} answers {response.status}"
    check_headers(response)
    if response.mimetype != "text/html" or method == "HEAD" or not response.data or 300 <= status < 400:
        return response
    text = response.get_data(as_text=True)
    if fragment:
        look_at_fragment(text, path)
        return response
    page = Page(text, address=path, language=language)
    page.response = response
    return page
