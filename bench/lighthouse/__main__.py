"""Lets Lighthouse judge start, search, unit page and guide on the production server, and prints the scores.

make lighthouse
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import engines, population
from bench.server import environment, serving
from tbb import database
from tbb.database import rows

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FIGURES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
UNITS = 298


class CannotJudge(Exception):
    """Something that Lighthouse needs is missing; the text says what."""


TRIES = 3


def program(name: str) -> str:
    """Find node or npm: the pinned one beside this Python, else the machine's."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if not found:
        raise CannotJudge(f"{name} is missing. Run: make build")
    return found


def install() -> None:
    """Install what package-lock.json says, once."""
    if not PROGRAM.exists():
        print("Installing Lighthouse (the first time takes a minute) …", flush=True)
        command = [program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=HERE, check=True, stdout=subprocess.DEVNULL)


def chromium() -> str:
    """Find the browser; raise CannotJudge when there is none."""
    found = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, BROWSERS)), "")
    if not found:
        raise CannotJudge("Chromium is missing: sudo apt install chromium")
    return found


def judge(address: str, folder: Path) -> dict:
    """Run Lighthouse on one page, as a middling phone with a slow connection, which is its own default."""
    report = folder / "report.json"
    command = [
        program("node"), str(PROGRAM), address, "--quiet", "--output=json", f"--output-path={report}",
        f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
    ]  # fmt: skip
    environ = {**os.environ, "CHROME_PATH": chromium()}
    for attempt in range(TRIES):
        # Now and then the browser gives no trace of a page; Lighthouse's own advice is to run again.
        if subprocess.run(command, check=attempt == TRIES - 1, env=environ, stdout=subprocess.DEVNULL).returncode == 0:
            break
    return json.loads(report.read_text(encoding="utf-8"))


def line(path: str, report: dict) -> str:
    """Write the scores and the four figures behind the first one."""
    scores = "".join(f"{100 * report['categories'][name]['score']:>16.0f}" for name in CATEGORIES)
    figures = " · ".join(report["audits"][name]["displayValue"].replace("\xa0", " ") for name in FIGURES)
    return f"{path:<34}{scores}   {figures}"


def faults(report: dict) -> list[str]:
    """Name the audits that cost points."""
    found = []
    for name in CATEGORIES:
        for part in report["categories"][name]["auditRefs"]:
            audit = report["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                found.append(f"    {name}: {audit['title']} {audit.get('displayValue', '')}".rstrip())
    return found


def main() -> None:
    """Judge the pages of a fictional directory, served as in production."""
    install()
    with tempfile.TemporaryDirectory() as told:
        folder = Path(told)
        with engines.empty("sqlite", folder) as address:
            population.fill(UNITS)
            with database.connection():
                (slug,) = rows("SELECT slug FROM unit WHERE kind = 'preschool' ORDER BY id LIMIT 1")[0]
            engines.close()
            with serving("app:app", "/halsa", environment(folder, address)) as server:
                print(f"{'page':<34}" + "".join(f"{name:>16}" for name in CATEGORIES) + "   FCP · LCP · TBT · CLS")
                for path in ("/", "/hitta?q=f%C3%B6rskola", f"/enhet/{slug}", "/guide"):
                    report = judge(f"http://127.0.0.1:{server.port}{path}", folder)
                    print("\n".join([line(path, report), *faults(report)]), flush=True)


if __name__ == "__main__":
    try:
        main()
    except CannotJudge as problem:
        sys.exit(str(problem))
