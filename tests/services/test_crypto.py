"""Sealed texts open only where they belong, with a key that is known, and unchanged."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tbb.crypto import CannotOpen, Keyring, new_key, read_keys

OLD, NEW = b"o" * 32, b"n" * 32
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(TEXTS)
def test_what_is_sealed_opens_to_the_very_same_text(text):
    ring = Keyring({1: OLD})
    assert ring.open(ring.seal(text, "table.column:1"), "table.column:1") == text


def test_the_same_text_is_never_sealed_alike():
    ring = Keyring({1: OLD})
    assert len({ring.seal("samma", "x") for _ in range(1000)}) == 1000


def test_a_sealed_text_cannot_be_moved():
    ring = Keyring({1: OLD})
    with pytest.raises(CannotOpen):
        ring.open(ring.seal("text", "feedback.message:a"), "feedback.message:b")


def test_every_single_changed_bit_shows():
    ring = Keyring({1: OLD})
    sealed = ring.seal("kort", "x")
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotOpen):
            ring.open(bytes(changed), "x")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x07" + b"x" * 40])
def test_what_is_no_sealed_text_is_refused(sealed):
    with pytest.raises(CannotOpen):
        Keyring({1: OLD}).open(sealed, "x")


def test_the_newest_key_seals_and_all_of_them_open():
    before = Keyring({1: OLD}).seal("gammalt", "x")
    ring = Keyring({1: OLD, 2: NEW})
    assert ring.newest == 2
    assert ring.seal("nytt", "x")[0] == 2
    assert ring.open(before, "x") == "gammalt"
    with pytest.raises(CannotOpen):
        Keyring({2: NEW}).open(before, "x")


def test_fingerprints_tell_texts_apart_survive_a_new_key_and_need_the_key():
    one, other = Keyring({1: OLD}), Keyring({1: NEW})
    assert one.fingerprint("a") == one.fingerprint("a") != one.fingerprint("b")
    assert one.fingerprint("a") != other.fingerprint("a")
    assert Keyring({1: OLD, 2: NEW}).fingerprint("a") == one.fingerprint("a")


@pytest.mark.parametrize("keys", [{}, {0: OLD}, {256: OLD}, {1: b"short"}])
def test_a_wrong_keyring_is_refused_with_a_sentence(keys):
    with pytest.raises(ValueError, match=r"\.$"):
        Keyring(keys)


def test_a_key_file_is_read_with_its_remarks():
    assert read_keys(["# remark", "", f"1:{base64.b64encode(OLD).decode()}\n"]) == {1: OLD}
    assert len(base64.b64decode(new_key())) == 32


@pytest.mark.parametrize("line", ["no colon", "x:AAAA", "1:not base64!"])
def test_a_wrong_line_of_a_key_file_is_refused_without_showing_it(line):
    with pytest.raises(ValueError) as problem:
        read_keys([line])
    assert line not in str(problem.value)
