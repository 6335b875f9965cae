"""What the frame of every page depends on: the settings, the demo mark and the chosen look."""

from __future__ import annotations

from flask import current_app, request

from tbb.services import directory, site, versions
from tbb.settings import Settings

SCHEME_COOKIE = "tbb_utseende"
SCHEMES = ("auto", "light", "dark")


def settings() -> Settings:
    """The settings that this application was made with."""
    return current_app.config["TBB"]


def holds_demo_data() -> bool:
    """Whether the database is the fictional one; asked once per application."""
    known = current_app.extensions.setdefault("tbb_demo", {})
    if "demo" not in known:
        known["demo"] = site.holds_demo_data()
    return known["demo"]


def color_scheme() -> str:
    """The look the visitor chose: auto, light or dark."""
    chosen = request.cookies.get(SCHEME_COOKIE, "auto")
    return chosen if chosen in SCHEMES else "auto"


def participants() -> list[str]:
    """Name the municipalities that take part, asked for once per version of the directory."""
    version = versions.current(versions.DIRECTORY)
    known = current_app.extensions.setdefault("tbb_participants", (None, []))
    if known[0] != version:
        known = (version, [row.name for row in directory.participating_municipalities()])
        current_app.extensions["tbb_participants"] = known
    return known[1]
