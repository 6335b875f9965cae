"""Personal numbers are found however they are written, and ordinary numbers are left in peace."""

from __future__ import annotations

import pytest

from tbb.services.personal_data import holds_personal_number

# Tolvan Tolvansson's, who is everybody's example and nobody.
WRITTEN = (
    "19121212-1212",
    "191212121212",
    "121212-1212",
    "1212121212",
    "121212+1212",
    "121212 1212",
    "121212 - 1212",
    "1912 12 12 1212",
    "1912-12-12-1212",
    "1912.12.12-1212",
    "12 12 12-1212",
    "121272-1219",
    "Barnet (121212-1212) mår inte bra",
    "pnr:1212121212.",
    "121212\u20131212",
    "121212\u00a01212",
    "１２１２１２-１２１２",
)
FREE = (
    "",
    "121212-1213",
    "121312-1212",
    "121232-1212",
    "070-174 06 05",
    "08-465 004 99",
    "641 36 Katrineholm",
    "Skolenhetskod 12345678",
    "2026-11-23 kl 12.30",
    "11223344556677889900",
    "99991212121212",
)


@pytest.mark.parametrize("text", WRITTEN)
def test_a_personal_number_is_found_however_it_is_written(text):
    assert holds_personal_number(text)


@pytest.mark.parametrize("text", FREE)
def test_other_numbers_are_left_in_peace(text):
    assert not holds_personal_number(text)
