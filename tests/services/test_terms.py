"""Which term a day belongs to."""

from __future__ import annotations

from datetime import date

import pytest

from tbb.services import terms

STARTS = ((1, 10), (8, 20))


@pytest.mark.parametrize(
    ("day", "code", "name", "first"),
    [
        (date(2026, 1, 9), "HT2025", "höstterminen 2025", date(2025, 8, 20)),
        (date(2026, 1, 10), "VT2026", "vårterminen 2026", date(2026, 1, 10)),
        (date(2026, 8, 19), "VT2026", "vårterminen 2026", date(2026, 1, 10)),
        (date(2026, 8, 20), "HT2026", "höstterminen 2026", date(2026, 8, 20)),
        (date(2026, 12, 31), "HT2026", "höstterminen 2026", date(2026, 8, 20)),
        (date(2027, 1, 1), "HT2026", "höstterminen 2026", date(2026, 8, 20)),
    ],
)
def test_a_day_belongs_to_the_term_that_began_last(day, code, name, first):
    term = terms.term_of(day, STARTS)
    assert (term.code, term.name, term.starts_on) == (code, name, first)


def test_confirmed_is_confirmed_since_the_term_began():
    today = date(2026, 11, 23)
    assert terms.is_confirmed(date(2026, 8, 20), today, STARTS)
    assert not terms.is_confirmed(date(2026, 8, 19), today, STARTS)
    assert not terms.is_confirmed(None, today, STARTS)
