"""The pages: each translates HTTP to one service call and back."""

from flask import Flask

from tbb.routes import directory, guide, health, opendata, pages, styleguide, telling


def install(app: Flask) -> None:
    """Hang up every subject's pages."""
    for subject in (pages, directory, guide, opendata, telling, styleguide, health):
        app.register_blueprint(subject.bp)
