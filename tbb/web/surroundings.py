"""What the audit knows of a request: its number, a mark of the network it came from, and what was looked at."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, abort, current_app, request

from tbb.database import keyring
from tbb.policy import COUNTY, Actor, Permission, Place
from tbb.services import audit
from tbb.services.limits import neighbourhood
from tbb.web.sitting import actor

log = logging.getLogger("tbb.errors")
MARK_CHARACTERS = 12
NAMES_OF_THE_THING = frozenset({"slug", "key", "number", "subject"})
"""Parts of addresses that say which thing it is, and nothing of what kind it is."""
PLACES = {
    "case": audit.place_of_case,
    "meeting": audit.place_of_meeting,
    "plan": audit.place_of_plan,
    "talk": audit.place_of_talk,
}
"""How a thing that is read is named by its reference, and where it belongs."""


def install(app: Flask) -> None:
    """Tell the audit which request it is, before anything else is done."""

    @app.before_request
    def tell_the_audit() -> None:
        audit.surroundings.set((request.environ.get("tbb.request_id", ""), _mark()))


def write_down(who: Actor, action: str, parts: dict[str, Any]) -> None:
    """Record that somebody looks at what an address names; answer 503, and serve nothing, when that fails."""
    try:
        thing = action.partition(":")[0]
        thing_id, place = _looked_at(thing, parts)
        audit.record_reading(who, action, thing, thing_id, place=place)
    except Exception as problem:
        # Whatever it is, a look that is not on record is not allowed.
        log.error("%s not recorded: %s", request.environ.get("tbb.request_id"), type(problem).__name__)
        abort(503)


def note_refusal() -> None:
    """Record that the signed-in person who asks was refused."""
    view = current_app.view_functions.get(request.endpoint or "")
    permission = getattr(view, "permission", Permission.SEE_DESK)
    audit.record_refusal(actor(), permission, request.endpoint or "")


def _looked_at(thing: str, parts: dict[str, Any]) -> tuple[str, Place]:
    """Name the thing and its place: a unit's address becomes its number, a case's its reference."""
    found = audit.place_of_unit(parts["slug"]) if set(parts) == {"slug"} else None
    if thing in PLACES and "key" in parts:
        found = PLACES[thing](parts["key"])
    if found:
        return str(found[0]), found[1]
    named = (
        str(value) if name == thing or name in NAMES_OF_THE_THING else f"{name}:{value}"
        for name, value in parts.items()
    )
    return ",".join(named) or "list", COUNTY


def _mark() -> str:
    """Tell networks apart without keeping their addresses; pages that everybody may read need none."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "permission", Permission.READ_PUBLIC) is Permission.READ_PUBLIC:
        return ""
    return keyring().fingerprint(f"client {neighbourhood(request.remote_addr or '')}")[:MARK_CHARACTERS]
