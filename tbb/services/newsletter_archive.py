"""The archive of newsletters, by term, at addresses that stay: those sent from here and old ones that were added."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from tbb import clock
from tbb.database import load, rows
from tbb.models import MediaFile, Newsletter
from tbb.services import media_files, newsletter_render
from tbb.services.newsletter_render import Drawn


@dataclass(frozen=True)
class Line:
    """A newsletter in the archive's list."""

    slug: str
    title: str
    lead: str
    language: str
    published_at: datetime

    @property
    def day(self) -> date:
        """The Swedish day it came out."""
        return clock.local(self.published_at).date()


@dataclass(frozen=True)
class Shown:
    """A newsletter of the archive. `pdf` is (size in words, pages) of an old one's PDF, or None."""

    slug: str
    drawn: Drawn
    day: date
    pdf: tuple[str, int] | None
    added: bool


def by_term() -> dict[str, list[Line]]:
    """Give the archive: {"HT2026": [newsletters, the newest first], …}, the newest term first."""
    asked = "SELECT term, slug, rendered, published_at FROM newsletter WHERE published_at IS NOT NULL"
    found: dict[str, list[Line]] = {}
    for term, slug, rendered, published in rows(asked):
        words, moment = json.loads(rendered), Newsletter.published_at.python_value(published)
        found.setdefault(term, []).append(Line(slug, words["title"], words["lead"], words["language"], moment))
    # "HT" comes before "VT" in the alphabet and after it in the year.
    terms = sorted(found, key=lambda term: (term[2:], term[:2] == "HT"), reverse=True)
    return {term: sorted(found[term], key=lambda line: line.published_at, reverse=True) for term in terms}


def read(slug: str) -> Shown | None:
    """Find a newsletter of the archive by its address."""
    found = _found(slug)
    if found is None:
        return None
    file = pdf_of(slug)
    about = (
        (media_files.size_in_words(file.size), int(media_files.findings_of(file).get("pages") or 0)) if file else None
    )
    day = clock.local(found.published_at).date()
    drawn = newsletter_render.draw(json.loads(found.rendered))
    return Shown(slug, drawn, day, about, found.state == "added")


def pdf_of(slug: str) -> MediaFile | None:
    """Find the PDF of an old newsletter of the archive."""
    found = _found(slug)
    return found.pdf if found and found.pdf_id else None


def _found(slug: str) -> Newsletter | None:
    return next(iter(load(Newsletter, "slug = ? AND published_at IS NOT NULL", (slug,))), None)
