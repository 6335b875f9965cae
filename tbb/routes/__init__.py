"""The pages: each translates HTTP to one service call and back."""

from flask import Flask

from tbb.routes import (
    accounts,
    applying,
    appointing,
    area_actors,
    articles,
    assessments,
    auditing,
    banners,
    case_exports,
    cases,
    confirming,
    consents,
    coverage,
    demo,
    desk,
    directory,
    factors,
    faults,
    federation,
    forgetting,
    guide,
    handovers,
    health,
    importing,
    informing,
    joining,
    keeping,
    mailing,
    mapping,
    news,
    opendata,
    owner_rules,
    pages,
    people,
    pictures,
    reviewing,
    styleguide,
    telling,
    transitions,
    wheel,
)

PUBLIC = (pages, news, wheel, directory, guide, opendata, telling, applying, confirming, styleguide, health)
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
    informing,
    cases,
    mapping,
    area_actors,
    transitions,
    consents,
    case_exports,
    assessments,
    owner_rules,
    forgetting,
    articles,
    pictures,
    banners,
)


def install(app: Flask) -> None:
    """Hang up every subject's pages."""
    for subject in (*PUBLIC, *SIGNING_IN, *AT_WORK):
        app.register_blueprint(subject.bp)
