"""Makes this folder ready: virtual environment, packages, front end, catalogues, database; only what is not done yet.

    python3 tools/bootstrap.py run      all that the service needs, then a migrated database with demo data
    python3 tools/bootstrap.py build    all but the database
    python3 tools/bootstrap.py test     what `build` does, and the packages of the tests

Runs on the system's Python without any package, so it uses the standard library alone.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LEAST = (3, 11)
LISTS = {"run": ["run", "build"], "build": ["run", "build"], "test": ["run", "build", "test"]}
STEPS = {"run": 6, "build": 4, "test": 4}


class CannotGoOn(Exception):
    """Something is missing on this machine; the text says what to do."""


class Progress:
    """Prints which step it is."""

    def __init__(self, profile):
        self.number, self.of = 0, STEPS[profile]

    def step(self, words):
        """Say what begins."""
        self.number += 1
        print(f"[{self.number}/{self.of}] {words}", flush=True)


def run(command, advice, quiet=True):
    """Run a program; when it fails, show what it said and raise CannotGoOn with the advice."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join((done.stdout or "").strip().splitlines()[-25:])
        raise CannotGoOn(f"{tail}\n\n{advice}" if tail else advice)


def as_root(command):
    """Give the command as somebody who may install packages runs it; None when this user may not."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return command
    if not shutil.which("sudo"):
        return None
    may = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n", *command] if may else None


def install_with_apt(package):
    """Install one of Debian's packages if this user may; tell whether it was done."""
    command = as_root(["apt-get", "install", "-y", "--no-install-recommends", package])
    if command is None:
        return False
    print(f"      {package} is missing; installing it with apt-get …", flush=True)
    subprocess.run(as_root(["apt-get", "update", "-q"]), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=environ, check=False)
    return done.returncode == 0


def make_venv():
    """Make .venv with pip in it, by the first way that works on this machine."""
    if PYTHON.exists() and _can(PYTHON, "import pip"):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if _can(sys.executable, "import ensurepip") or install_with_apt("python3-venv"):
        run([sys.executable, "-m", "venv", VENV], "The virtual environment .venv could not be made; see above.")
    elif importlib.util.find_spec("pip"):
        # Debian without python3-venv, but with python3-pip: let that pip put itself into the environment.
        run([sys.executable, "-m", "venv", "--without-pip", VENV], "The virtual environment .venv could not be made.")
        run([sys.executable, "-m", "pip", "--python", PYTHON, "install", "pip"], "pip could not be installed in .venv.")
    else:
        raise CannotGoOn(
            "This Python cannot make virtual environments. On Debian and Ubuntu the missing part is a package"
            " of its own. Run:\n\n    sudo apt install python3-venv\n\nand then the same make command again."
        )


def _can(python, statement):
    return subprocess.run([str(python), "-c", statement], capture_output=True, check=False).returncode == 0


def install_packages(profile):
    """Install exactly the packages of the lists, each checked against its hash; skip it when they are there."""
    lists = [ROOT / "requirements" / f"{name}.txt" for name in LISTS[profile]]
    stamp = VENV / ".installed"
    done = stamp.read_text().split() if stamp.exists() else []
    wanted = [hashlib.sha256(path.read_bytes()).hexdigest() for path in lists]
    if set(wanted) <= set(done):
        return
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    for path in lists:
        command += ["--require-hashes", "-r", path]
    run(command, "The Python packages could not be installed; see above. Is the network there? Then try again.")
    stamp.write_text("\n".join(wanted) + "\n")


def build_front_end(profile):
    """Build style sheets, icons, fonts and script; the builder itself skips what is built. Tests want its packages."""
    also = ["--packages"] if profile == "test" else []
    run([PYTHON, "frontend/build.py", *also], "The front end could not be built; see above.", quiet=False)


def compile_catalogues():
    """Compile the translations that are newer than their compiled form."""
    sources = sorted((ROOT / "tbb" / "translations").glob("*/LC_MESSAGES/*.po"))
    if all(_is_newer(path.with_suffix(".mo"), path) for path in sources):
        return
    command = [VENV / "bin" / "pybabel", "-q", "compile", "-d", "tbb/translations"]
    run(command, "The translations could not be compiled; see above.")


def _is_newer(made, source):
    return made.exists() and made.stat().st_mtime >= source.stat().st_mtime


def prepare_database():
    """Bring the database up to date; an empty one outside production gets the fictional county."""
    flask = [PYTHON, "-m", "flask", "--app", "app"]
    run([*flask, "migrate"], "The database could not be brought up to date; see above.")
    if os.environ.get("TBB_ENV", "development") != "production":
        run([*flask, "load-demo", "--if-empty"], "The demo data could not be loaded; see above.")


def main(profile):
    """Do what the profile needs, and say each step."""
    progress = Progress(profile)
    progress.step("Looking for the virtual environment .venv …")
    make_venv()
    progress.step("Installing Python packages (the first time takes a minute) …")
    install_packages(profile)
    progress.step("Building the front end …")
    build_front_end(profile)
    progress.step("Compiling translations …")
    compile_catalogues()
    if profile == "run":
        progress.step("Preparing the database; an empty one gets fictional demo data …")
        prepare_database()
        progress.step("Starting the web server and the worker …")


if __name__ == "__main__":
    if sys.version_info < LEAST:
        found = ".".join(str(number) for number in sys.version_info[:2])
        sys.exit(f"tbb needs Python 3.11 or later, but this is {found}. Name a newer: make run PYTHON=python3.12")
    if len(sys.argv) != 2 or sys.argv[1] not in LISTS:
        sys.exit(__doc__)
    try:
        main(sys.argv[1])
    except CannotGoOn as problem:
        sys.exit(f"\nIt stopped here. {problem}")
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
