"""The pages: each translates HTTP to one service call and back."""

from flask import Flask

from tbb.routes import (
    accounts,
    applying,
    appointing,
    auditing,
    confirming,
    coverage,
    demo,
    desk,
    directory,
    factors,
    faults,
    federation,
    guide,
    handovers,
    health,
    importing,
    joining,
    keeping,
    mailing,
    opendata,
    pages,
    people,
    reviewing,
    styleguide,
    telling,
)

PUBLIC = (pages, directory, guide, opendata, telling, applying, confirming, styleguide, health)
SIGNING_IN = (accounts, factors, federation, demo)
AT_WORK = (
    desk,
    keeping,
    appointing,
    handovers,
    faults,
    coverage,
    importing,
    reviewing,
    joining,
    people,
    auditing,
    mailing,
)


def install(app: Flask) -> None:
    """Hang up every subject's pages."""
    for subject in (*PUBLIC, *SIGNING_IN, *AT_WORK):
        app.register_blueprint(subject.bp)
