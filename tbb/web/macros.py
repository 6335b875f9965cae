"""What every template has at hand: the macros as `ui`, the drawings, and the small functions of the frame."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from flask import Flask

from tbb.services.cards import dial
from tbb.web import drawing, results, words
from tbb.web.language import alternates, current, gettext, languages
from tbb.web.shell import settings


def install(app: Flask) -> None:
    """Give templates their functions. The macros are one module, so no template imports anything."""
    environment = app.jinja_env
    environment.globals.update(
        alternates=alternates,
        languages=languages,
        settings=settings,
        long_date=long_date,
        dial=dial,
        kind_name=words.kind_name,
        kind_names=words.kind_names,
        runs_it=words.runs_it,
        unit_line=words.unit_line,
        postal=words.postal,
        swedish=words.swedish,
        call_instead=words.call_instead,
        in_groups=results.in_groups,
        facet_groups=results.facet_groups,
        chosen_filters=results.chosen_filters,
        page_address=results.page_address,
        suggestion_lines=results.suggestion_lines,
    )
    drawing.install(environment.globals, lambda: environment.globals["asset"]("vendor/sprite.svg"), gettext)
    app.extensions["tbb_ui"] = None

    @app.before_request
    def load_macros_once() -> None:
        if app.extensions["tbb_ui"] is None:
            app.extensions["tbb_ui"] = environment.globals["ui"] = environment.get_template("macros/ui.html").module


def long_date(day: date) -> str:
    """Write a day as the page's language does: 22 november 2026."""
    return format_date(day, "long", locale=current().code)
