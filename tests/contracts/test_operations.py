"""What docs/operations.md and deploy/ tell operators is true: units, proxy, settings, commands, backup, packages."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import tomllib
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench.server import environment, free_port, serving
from tbb.database import on_postgresql
from tbb.settings import BadSetting, read_settings
from tbb.web.headers import SECURITY_HEADERS, TRANSPORT_SECURITY

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = ("tbb-web.service", "tbb-worker.service")
MOST_EXPOSED = 20
"""In tenths: `systemd-analyze security` goes from 0 (nothing can be reached) to 100."""

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not on this machine")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
needs_nginx = pytest.mark.skipif(not NGINX, reason="nginx is not on this machine")


# systemd


@pytest.fixture
def units(tmp_path) -> list[Path]:
    """The units as installed in this folder, run by this user."""
    made = []
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8").replace("/opt/tbb/.venv", str(ROOT / ".venv"))
        text = re.sub(r"(?m)^(User|Group)=tbb$", r"\1=root", text.replace("/opt/tbb", str(ROOT)))
        made.append(tmp_path / name)
        made[-1].write_text(text, encoding="utf-8")
    return made


@needs_systemd
def test_systemd_understands_the_units(units):
    if not (ROOT / ".venv" / "bin" / "gunicorn").exists():
        pytest.skip("there is no .venv in this folder for the units to name")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "tbb-" in line]
    assert (done.returncode, ours) == (0, [])


@needs_systemd
@pytest.mark.parametrize("name", UNITS)
def test_a_unit_exposes_little(name):
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", f"--threshold={MOST_EXPOSED}", DEPLOY / name],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-400:] + done.stderr


def test_both_units_are_shut_in_alike():
    def walls(name: str) -> set[str]:
        lines = (DEPLOY / name).read_text(encoding="utf-8").partition("# It may write its own data")[2].splitlines()
        wall = re.compile(r"(Protect|Private|Restrict|System|NoNew|Capab|Lock|Memory(?!Max))")
        return {line for line in lines if wall.match(line)}

    assert walls(UNITS[0]) == walls(UNITS[1])
    assert len(walls(UNITS[0])) > 20


# nginx


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this test's own server."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tbb.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "fullchain.pem", folder / "privkey.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, secret


def configured(folder: Path, plain: int, tls: int, backend: int) -> Path:
    """Write our nginx.conf into a whole configuration, with ports and files of this test's own."""
    chain, secret = certificate(folder)
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for told, here in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{tls} ssl http2;",
        "listen [::]:443 ssl http2;": "",
        "127.0.0.1:8000": f"127.0.0.1:{backend}",
        "/etc/ssl/tbb/fullchain.pem": str(chain),
        "/etc/ssl/tbb/privkey.pem": str(secret),
        "/var/log/nginx/tbb-error.log": str(folder / "error.log"),
        "/opt/tbb": str(ROOT),
    }.items():
        assert told in site, told
        site = site.replace(told, here)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""
    whole = folder / "nginx.conf"
    whole.write_text(
        f"{user}pid {folder}/nginx.pid;\ndaemon off;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\n"
        f"include /etc/nginx/mime.types;\n{temporary}{site}\n}}\n",
        encoding="utf-8",
    )
    return whole


@contextmanager
def proxied(folder: Path, backend: int):
    """Run nginx with our configuration in front of a server; give its ports without and with TLS."""
    plain, tls = free_port(), free_port()
    whole = configured(folder, plain, tls, backend)
    command = [NGINX, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(whole)]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "emerg" not in checked.stderr
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(tls)
        yield plain, tls
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(20)


def wait_for_port(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        signal.sigtimedwait([], 0.05)
    pytest.fail("nginx does not answer")


def ask(port: int, path: str, *, tls: bool = True, method: str = "GET", body: bytes = b"", **headers: str):
    """Ask nginx; give status, headers and body."""
    if tls:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=trusting)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with closing(connection):
        connection.request(method, path, body=body or None, headers={"Host": "tbb.example"} | headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()


@needs_nginx
def test_the_proxy_example_serves_the_service(tmp_path, county_url):
    # Not production: that refuses the demo county.
    environ = environment(tmp_path, county_url) | {"TBB_ENV": "development", "TBB_PROXIES": "1"}
    with serving("app:app", "/halsa", environ) as server:
        with proxied(tmp_path, server.port) as (plain, tls):
            status, headers, _ = ask(plain, "/hitta?q=a", tls=False)
            assert (status, headers["Location"]) == (301, "https://tbb.example/hitta?q=a")

            status, headers, page = ask(tls, "/")
            assert status == 200
            assert headers["Strict-Transport-Security"] == TRANSPORT_SECURITY[1]
            assert "Set-Cookie" not in headers
            assert headers["Server"] == "nginx"

            sheet = re.search(rb'href="(/static/[0-9a-f]{12}/[^"]+\.css)"', page)[1].decode()
            expected = dict([*SECURITY_HEADERS, TRANSPORT_SECURITY])
            for encoding in ("identity", "gzip"):
                status, headers, body = ask(tls, sheet, **{"Accept-Encoding": encoding})
                assert status == 200, "nginx finds the file that the page names"
                assert headers.get("Content-Encoding", "identity") == encoding
                assert headers["Content-Type"].startswith("text/css")
                assert "immutable" in headers["Cache-Control"]
                assert {name: headers[name] for name in expected} == expected
            direct = http.client.HTTPConnection("127.0.0.1", server.port)
            direct.request("GET", sheet, headers={"Host": "tbb.example"})
            assert len(direct.getresponse().read()) == len(ask(tls, sheet, **{"Accept-Encoding": "identity"})[2])
            direct.close()

            status, headers, _ = ask(tls, "/static/000000000000/css/no-such.css")
            assert status == 404
            assert "Cache-Control" not in headers, "a missing file must not be remembered for a year"
            assert ask(tls, "/static/000000000000/css/../../../settings.py")[0] in (400, 404)
            assert ask(tls, "/tillganglighet/synpunkt", method="POST", body=b"x" * 70_000)[0] == 413


def test_the_proxy_sends_the_headers_of_the_code():
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    told = dict(re.findall(r'add_header (\S+) "(.*?)"(?: always)?;', site))
    for name, value in (*SECURITY_HEADERS, TRANSPORT_SECURITY):
        assert told.get(name) == value, name


# settings and commands


def test_the_example_settings_are_refused_as_they_are_and_taken_when_filled_in(tmp_path):
    lines = (DEPLOY / "environment.example").read_text(encoding="utf-8").splitlines()
    told = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    environ = {name: value.strip('"') for name, value in told.items()} | {"TBB_INSTANCE": str(tmp_path)}
    with pytest.raises(BadSetting, match="TBB_SECRET_KEY"):
        read_settings(environ)
    keys = tmp_path / "keys"
    keys.write_text("1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n")
    cases = tmp_path / Path(environ["TBB_CASE_KEYS"]).name
    settings = read_settings(
        environ | {"TBB_SECRET_KEY": "x" * 48, "TBB_KEY_FILE": str(keys), "TBB_CASE_KEYS": str(cases)}
    )
    assert settings.production
    assert settings.proxies == 1
    assert settings.mail_from == "Tillsammans för barnens bästa <no-reply@tbb.example>"


def settings_code() -> str:
    """The source that reads the settings."""
    files = ("settings.py", "identity_settings.py")
    return "\n".join((ROOT / "tbb" / name).read_text(encoding="utf-8") for name in files)


def test_every_setting_is_in_the_readme():
    read = set(re.findall(r"\bTBB_[A-Z_]+\b", settings_code()))
    told = set(re.findall(r"\bTBB_[A-Z_]+\b", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert read - told == set()


def test_every_command_and_file_that_the_manual_names_exists(app):
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|sudo )tbb ([a-z]+(?:-[a-z]+)*)", manual))
    assert named >= {"migrate", "check", "import-units", "revert-migration"}
    assert named <= set(app.cli.commands)
    files = set(re.findall(r"\b((?:deploy|requirements)/[A-Za-z.-]+[a-z])", manual))
    assert {name for name in files if not (ROOT / name).exists()} == set()
    targets = set(re.findall(r"`?make ([a-z-]+)`", manual))
    assert targets <= set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))


def test_the_settings_that_the_manual_names_are_read():
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    code = settings_code() + (ROOT / "gunicorn.conf.py").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:TBB|WEB)_[A-Z_]+)`", manual))
    assert {name for name in named if name not in code} == set()


# backup


def test_the_backup_of_the_manual_is_whole_while_the_service_writes(db, tmp_path):
    if on_postgresql():
        pytest.skip("pg_dump is PostgreSQL's own")
    told = re.search(r"VACUUM INTO '([^']+)'", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"))
    assert told
    db.execute_sql("INSERT INTO meta (key, value) VALUES ('kept', 'before')")
    assert (tmp_path / "tbb.db-wal").stat().st_size > 0, "the newest changes are not in the file that cp would take"
    copy = tmp_path / "copy.db"
    with db.atomic():
        db.execute_sql("INSERT INTO meta (key, value) VALUES ('under way', 'not yet')")
        with closing(sqlite3.connect(tmp_path / "tbb.db")) as tool:
            tool.execute(f"VACUUM INTO '{copy}'")
    with closing(sqlite3.connect(copy)) as restored:
        assert restored.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert restored.execute("SELECT key FROM meta").fetchall() == [("kept",)]


# packages


@pytest.mark.parametrize("name", ["run", "build", "test"])
def test_every_package_is_pinned_with_a_hash_and_no_address(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    packages = re.findall(r"(?m)^(\S+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text)
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#", "-c "))]
    assert len(packages) == len(lines) > 0
    assert "://" not in text
    assert "--index" not in text


def test_packages_are_the_same_in_every_list():
    pinned: dict[str, set[str]] = {}
    for name in ("run", "build", "test"):
        for package, version in re.findall(r"(?m)^(\S+)==(\S+) ", (ROOT / "requirements" / f"{name}.txt").read_text()):
            pinned.setdefault(package, set()).add(version)
    assert {package for package, versions in pinned.items() if len(versions) > 1} == set()


def test_the_oldest_python_is_told_once():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    least = re.search(r"LEAST = \((\d+), (\d+)\)", (ROOT / "tools" / "bootstrap.py").read_text(encoding="utf-8"))
    assert told == f">={least[1]}.{least[2]}"


def test_integration_requires_what_a_laptop_may_lack():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text(encoding="utf-8")
    assert "TBB_REQUIRE_BROWSER=1" in text
    assert "TBB_REQUIRE_POSTGRESQL=1" in text
    assert "set -euo pipefail" in text
