"""What every template has at hand: the macros as `ui`, the drawings, and the small functions of the frame."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from flask import Flask, current_app, request
from markupsafe import Markup

from tbb import clock
from tbb.services.cards import dial
from tbb.web import desk, drawing, results, words
from tbb.web.language import alternates, current, languages
from tbb.web.shell import settings
from tbb.web.texts import SOURCE, gettext, spoken


def install(app: Flask) -> None:
    """Give templates their functions. The macros are one module, so no template imports anything."""
    environment = app.jinja_env
    environment.globals.update(
        alternates=alternates,
        languages=languages,
        settings=settings,
        long_date=long_date,
        site_brand=site_brand,
        site_nav=site_nav,
        site_footer=site_footer,
        dial=dial,
        kind_name=words.kind_name,
        kind_names=words.kind_names,
        runs_it=words.runs_it,
        unit_line=words.unit_line,
        postal=words.postal,
        swedish=words.swedish,
        call_instead=words.call_instead,
        in_groups=results.in_groups,
        as_rows=results.as_rows,
        filter_choices=results.filter_choices,
        chosen_filters=results.chosen_filters,
        page_address=results.page_address,
        suggestion_lines=results.suggestion_lines,
        desk_menu=desk.desk_menu,
        may=desk.may_here,
        initials_of=desk.initials_of,
        on_page=desk.on_page,
        plural=desk.plural,
        short_date=short_date,
        date_and_time=date_and_time,
        page_language=lambda: current().code,
    )
    drawing.install(environment.globals, lambda: environment.globals["asset"]("vendor/sprite.svg"), gettext)
    app.extensions["tbb_ui"] = None

    @app.before_request
    def load_macros_once() -> None:
        if app.extensions["tbb_ui"] is None:
            environment.globals["ui"] = environment.get_template("macros/ui.html").module
            app.extensions["tbb_frame"] = environment.get_template("macros/frame.html").module
            app.extensions["tbb_ui"] = environment.globals["ui"]


def long_date(day: date) -> str:
    """Write a day as the page's language does: 22 november 2026."""
    return format_date(day, "long", locale=current().code)


def short_date(day: date) -> str:
    """Write a day in figures, as Swedish tables do: 2026-11-23."""
    return day.isoformat()


def date_and_time(moment: datetime) -> str:
    """Write a moment in Swedish time: 2026-11-23 14:05."""
    return f"{clock.local(moment):%Y-%m-%d %H:%M}"


def site_brand() -> Markup:
    """Draw the name and the flower, leading home."""
    return _part("brand", request.script_root, spoken())


def site_nav(here: str) -> Markup:
    """Draw the main menu, with the page marked that the endpoint `here` shows."""
    return _part("nav", request.script_root, spoken(), here)


def site_footer(participants: list[str]) -> Markup:
    """Draw the foot of the page."""
    return _part("footer", request.script_root, spoken(), tuple(participants))


@lru_cache(maxsize=500)
def _part(name: str, root: str, language: str, *given: Any) -> Markup:
    """Draw a part of the frame once for each language and address prefix."""
    return getattr(current_app.extensions["tbb_frame"], name)(*given, language == SOURCE)
