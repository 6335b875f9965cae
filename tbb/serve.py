"""The server: starts the web server and the worker, keeps an eye on both, and stops them together.

python -m tbb.serve    what `make run` ends with; in production systemd starts the two by themselves instead.
"""

from __future__ import annotations

import argparse
import http.client
import importlib.util
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from tbb.settings import BadSetting, Settings, read_settings

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
WARM_UP = ("/", "/hitta", "/hitta?q=skola", "/hitta/forslag?q=sko", "/guide", "/halsa")
PATIENCE_SECONDS = 25
LOOK_EVERY = 0.1


def warm_up(app: Flask) -> None:
    """Let a new server process read what it needs before its first visitor: templates, words of the index, texts."""
    address = app.config["TBB"].base_url
    requests = logging.getLogger("tbb.requests")
    requests.disabled = True  # nobody visited
    for path in WARM_UP:
        try:
            app.test_client().get(path, base_url=address)
        except Exception as problem:
            # The database may be away for a moment; that is told by /halsa and must not stop the server.
            app.logger.warning("warming up %s: %s", path, type(problem).__name__)
    requests.disabled = False


def port_of(environ: Mapping[str, str]) -> int:
    """Read PORT; raise BadSetting with a sentence."""
    text = environ.get("PORT") or "8000"
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise BadSetting(f"PORT must be a number from 1 to 65535, not '{text}'.")
    return int(text)


def server_at_hand() -> str:
    """Name the best web server that can run here: gunicorn needs a Unix, waitress runs anywhere."""
    both = importlib.util.find_spec("fcntl") and importlib.util.find_spec("gunicorn")
    return "gunicorn" if both else "waitress"


def commands(server: str, port: int, threads: int) -> dict[str, list[str]]:
    """Give the command of each of the two processes."""
    if server == "gunicorn":
        web = ["-m", "gunicorn", "--bind", f"{HOST}:{port}", "app:app"]
    else:
        web = ["-m", "waitress", f"--listen={HOST}:{port}", f"--threads={threads}", "--ident=", "app:app"]
    worker = ["-m", "flask", "--app", "app", "worker"]
    return {"web server": [sys.executable, *web], "worker": [sys.executable, *worker]}


def is_free(port: int) -> bool:
    """Whether nobody listens on a port."""
    with socket.socket() as probe:
        # As the servers do, so that connections that are just fading away do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def answers(port: int, settings: Settings) -> bool:
    """Whether the service says that it is well."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/halsa", headers={"Host": urlsplit(settings.base_url).netloc})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Pair:
    """The web server and the worker: they live and die together."""

    def __init__(self, wanted: dict[str, list[str]]):
        # Groups of their own: Ctrl-C in a terminal reaches only us, and we end them in good order.
        self.processes = {
            name: subprocess.Popen(command, cwd=ROOT, start_new_session=True) for name, command in wanted.items()
        }

    def ended(self) -> tuple[str, int] | None:
        """Name one that has ended, with its exit code."""
        return next(((name, done) for name, p in self.processes.items() if (done := p.poll()) is not None), None)

    def stop(self) -> bool:
        """Ask both to end and wait; kill what does not. Tell whether both ended well by themselves."""
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + PATIENCE_SECONDS
        well = True
        for process in self.processes.values():
            try:
                # Waitress has no words for ending well: the signal itself is its exit code.
                code = process.wait(max(0.1, deadline - time.monotonic()))
                well = code in (0, -signal.SIGTERM) and well
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                well = False
        return well


def watch(pair: Pair, port: int, settings: Settings, stop: threading.Event) -> int:
    """Say when the service answers, then wait until told to stop or one of the pair dies; give the exit code."""
    told = False
    while not stop.is_set():
        if died := pair.ended():
            name, code = died
            print(f"tbb: the {name} ended with code {code}; the other is stopped too.", file=sys.stderr, flush=True)
            pair.stop()
            return code if 0 < code < 128 else 1
        if not told and answers(port, settings):
            print(f"\n  The service is at {settings.base_url}   (Ctrl-C stops it)\n", flush=True)
            told = True
        stop.wait(1 if told else LOOK_EVERY)
    print("tbb: stopping …", flush=True)
    well = pair.stop()
    print("tbb: stopped." if well else "tbb: stopped, but not in good order; see above.", flush=True)
    return 0 if well else 1


def main() -> int:
    """Run both until asked to end."""
    parser = argparse.ArgumentParser(prog="python -m tbb.serve", description=__doc__.splitlines()[0])
    parser.add_argument("--server", choices=("gunicorn", "waitress"), default=server_at_hand())
    server = parser.parse_args().server
    stop = threading.Event()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: stop.set())
    try:
        port = port_of(os.environ)
        settings = read_settings(os.environ)
    except BadSetting as problem:
        print(f"tbb cannot start. {problem}", file=sys.stderr)
        return 2
    if not is_free(port):
        print(f"tbb cannot start. Port {port} is taken. Choose another: make run PORT={port + 1}", file=sys.stderr)
        return 2
    return watch(Pair(commands(server, port, settings.threads)), port, settings, stop)


if __name__ == "__main__":
    sys.exit(main())
