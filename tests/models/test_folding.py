"""Spellings that are the same fold alike, and names come in Swedish order."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tbb.models.folding import LONGEST_KEY, fold, sort_key

IN_ORDER = (
    "Arboga", "Duveholm 2", "Duveholm 10", "Eskilstuna", "Zinken", "Åby", "Ängen", "Örby",
)  # fmt: skip


def test_names_come_in_swedish_order():
    for _ in range(5):
        mixed = random.sample(IN_ORDER, len(IN_ORDER))
        assert sorted(mixed, key=sort_key) == list(IN_ORDER)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Förskolan Ängen", "FORSKOLAN ANGEN"),
        ("S:t Eskils", "Sankt Eskils"),
        ("Sankta Maria", "S:ta Maria"),
        ("Café", "cafe\u0301"),
        ("  Två   ord ", "tva-ord"),
        ("Näckrosskolan", "nackrosskolan"),
    ],
)
def test_spellings_that_are_the_same(one, other):
    assert fold(one) == fold(other)


@given(st.text(max_size=600))
def test_folding_gives_plain_letters_digits_and_single_spaces_and_folds_once(text):
    folded = fold(text)
    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert folded == " ".join(folded.split())
    assert fold(folded) == folded
    assert len(folded) <= LONGEST_KEY


@given(st.text(max_size=600))
def test_every_name_has_a_key_of_plain_letters_and_digits(text):
    key = sort_key(text)
    assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
    assert len(key) <= LONGEST_KEY
