"""The servers themselves: what systemd starts, what `make run` starts, and that both end well."""

from __future__ import annotations

import base64
import http.client
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tbb.web.headers import SECURITY_HEADERS, TRANSPORT_SECURITY

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PATIENCE = 60


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def surroundings(tmp_path, database_url, port) -> dict[str, str]:
    """The settings of a production service on a migrated database of this test's own."""
    keys = tmp_path / "keys"
    keys.write_text("1:" + base64.b64encode(b"a key for tests, 32 bytes long..").decode() + "\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TBB_")}
    return kept | {
        "TBB_ENV": "production",
        "TBB_INSTANCE": str(tmp_path),
        "TBB_DATABASE_URL": database_url,
        "TBB_BASE_URL": "https://tbb.example",
        "TBB_SECRET_KEY": "a secret for tests, long enough to be one",
        "TBB_KEY_FILE": str(keys),
        "TBB_CASE_KEYS": str(tmp_path / "case-keys.db"),
        "TBB_SMTP_URL": "smtp://127.0.0.1:9",
        "WEB_CONCURRENCY": "1",
        "PORT": str(port),
    }


@contextmanager
def running(command: list[str], environ: dict[str, str], log: Path) -> Iterator[subprocess.Popen]:
    """Run a program in a process group of its own until the block ends; nothing of it is left behind."""
    with log.open("w") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(what: Callable[[], object], log: Path) -> object:
    """Wait until something is true; fail with the log when it never is."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.05)
    pytest.fail(f"It never happened. The log says:\n{log.read_text()[-3000:]}")


def ask(port: int, path: str = "/halsa", host: str = "tbb.example") -> http.client.HTTPResponse | None:
    """Ask as nginx would; None when nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Host": host})
        response = connection.getresponse()
        response.body = response.read()
        return response
    except ConnectionRefusedError:
        return None
    finally:
        connection.close()


def started_by_systemd(unit: str) -> list[str]:
    """Read the command of a unit, with this folder and this environment in place of the installed ones."""
    lines = (ROOT / "deploy" / unit).read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line.startswith("ExecStart=")]
    program, *rest = shlex.split(line.partition("=")[2])
    assert program.startswith("/opt/tbb/.venv/bin/")
    return [str(BIN / Path(program).name), *rest]


def children(pid: int) -> list[int]:
    """The process numbers of a process's children."""
    with suppress(FileNotFoundError):
        return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that only waits to be collected has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_the_web_unit_serves_tells_systemd_and_ends_well(surroundings, port, tmp_path):
    log, address = tmp_path / "log", tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(address))
        systemd.settimeout(PATIENCE)
        environ = surroundings | {"NOTIFY_SOCKET": str(address)}
        with running(started_by_systemd("tbb-web.service"), environ, log) as server:
            assert b"READY=1" in systemd.recv(4096)
            answer = wait_for(lambda: ask(port), log)
            assert (answer.status, answer.body) == (200, b"ok\n")
            told = answer.headers
            assert {name: told[name] for name, _ in SECURITY_HEADERS} == dict(SECURITY_HEADERS)
            assert told[TRANSPORT_SECURITY[0]] == TRANSPORT_SECURITY[1]
            assert not any(letter.isdigit() for letter in told["Server"])
            assert "Set-Cookie" not in told
            page = ask(port, "/")
            assert page.status == 200
            assert page.getheader("Set-Cookie") is None
            assert ask(port, host="evil.example").status == 400
            began = time.monotonic()
            server.terminate()
            assert server.wait(PATIENCE) == 0, log.read_text()
            assert time.monotonic() - began < 15


def test_a_reload_answers_all_the_while(surroundings, port, tmp_path):
    log, environ = tmp_path / "log", surroundings | {"WEB_CONCURRENCY": "2"}
    with running(started_by_systemd("tbb-web.service"), environ, log) as server:
        wait_for(lambda: ask(port), log)
        before = set(children(server.pid))
        server.send_signal(signal.SIGHUP)
        answers = []

        def all_are_new() -> bool:
            answers.append(ask(port))
            return len(children(server.pid)) == len(before) and before.isdisjoint(children(server.pid))

        wait_for(all_are_new, log)
        assert [answer and answer.status for answer in answers] == [200] * len(answers)


def test_the_worker_unit_works_alone_ends_well_and_another_takes_over(surroundings, tmp_path):
    command, (one, two) = started_by_systemd("tbb-worker.service"), (tmp_path / "one", tmp_path / "two")
    with running(command, surroundings, one) as first, running(command, surroundings, two) as second:

        def waiting() -> Path | None:
            return next((log for log in (one, two) if "waiting to take over" in log.read_text()), None)

        idle = wait_for(waiting, one)
        busy, worker, heir = (one, first, second) if idle == two else (two, second, first)
        wait_for(lambda: "worker started" in busy.read_text(), busy)
        assert "worker started" not in idle.read_text()
        worker.terminate()
        assert worker.wait(PATIENCE) == 0, busy.read_text()
        wait_for(lambda: "worker started" in idle.read_text(), idle)
        heir.terminate()
        assert heir.wait(PATIENCE) == 0, idle.read_text()


@pytest.mark.parametrize("name", ["gunicorn", "waitress"])
def test_one_ctrl_c_stops_web_server_and_worker(name, surroundings, port, tmp_path):
    log = tmp_path / "log"
    with running([sys.executable, "-m", "tbb.serve", "--server", name], surroundings, log) as both:
        wait_for(lambda: "The service is at https://tbb.example" in log.read_text(), log)
        wait_for(lambda: "worker started" in log.read_text(), log)
        assert ask(port).status == 200
        started = children(both.pid)
        assert len(started) == 2
        both.send_signal(signal.SIGINT)
        assert both.wait(PATIENCE) == 0, log.read_text()
        assert all(is_gone(pid) for pid in started)
        assert "tbb: stopped." in log.read_text()
        assert ask(port) is None


@pytest.mark.parametrize("victim", [0, 1], ids=["web server", "worker"])
def test_when_one_dies_the_other_is_stopped_and_the_exit_code_tells(victim, surroundings, port, tmp_path):
    log = tmp_path / "log"
    with running([sys.executable, "-m", "tbb.serve"], surroundings, log) as both:
        wait_for(lambda: "worker started" in log.read_text() and ask(port), log)
        started = children(both.pid)
        os.kill(started[victim], signal.SIGKILL)
        assert both.wait(PATIENCE) == 1
        wait_for(lambda: all(is_gone(pid) for pid in started), log)
        assert "the other is stopped too" in log.read_text()


def said_by(command: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess:
    """Run a program that ends by itself, without tracebacks, and give what it said."""
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert "Traceback" not in done.stderr
    return done


def refusal(environ: dict[str, str]) -> str:
    """Try to start both, and give the sentence that says why not."""
    done = said_by([sys.executable, "-m", "tbb.serve"], environ)
    assert done.returncode == 2
    return done.stderr


def test_a_taken_port_is_told_in_a_sentence(surroundings, port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert f"Port {port} is taken" in refusal(surroundings)


def test_a_wrong_setting_is_told_in_a_sentence(surroundings):
    assert "PORT must be a number" in refusal(surroundings | {"PORT": "eighty"})
    assert "TBB_SECRET_KEY is missing" in refusal(surroundings | {"TBB_SECRET_KEY": ""})


def test_gunicorn_tells_a_wrong_setting_once(surroundings):
    done = said_by(started_by_systemd("tbb-web.service"), surroundings | {"TBB_THREADS": "many"})
    assert done.returncode != 0
    assert done.stderr.count("TBB_THREADS must be a whole number") == 1
