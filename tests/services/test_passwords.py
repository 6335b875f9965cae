"""Passwords: only length and guessability count, common ones are refused, and hashing is strong and bounded."""

from __future__ import annotations

import gzip
import threading
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tbb.services import passwords
from tbb.services.passwords import hasher, weakness

COMMON = Path(__file__).with_name("common_passwords.txt.gz")
GOOD = "korrekt häst spade moln"


def test_the_3000_commonest_that_are_long_enough_are_all_refused():
    words = gzip.decompress(COMMON.read_bytes()).decode().split("\n")
    assert len(words) == 3000
    assert all(len(word) >= passwords.SHORTEST for word in words)
    assert [word for word in words if weakness(word) != "common"] == []
    assert [word for word in words if weakness(word.swapcase()) != "common"] == []


def test_the_list_is_what_finds_most_of_them():
    words = gzip.decompress(COMMON.read_bytes()).decode().split("\n")
    by_rules = sum(passwords.is_guessable(word) for word in words)
    assert 300 < by_rules < 1500
    assert all(passwords.is_common(word) for word in words)


@pytest.mark.parametrize(
    "word",
    [
        "Sommar2026!!!",
        "Barnensbästa2026",
        "barnetsbastaansvarig",
        "L0senord123!!",
        "Välkommen1234",
        "aaaaaaaaaaaa",
        "abcdefghijklmn",
        "123412341234",
        "qwertyuiopåasdf",
        "x9kx9kx9kx9kx9k",
        "Eskilstuna2027!",
        "Tillsammans för barnens bästa",
    ],
)
def test_what_everybody_would_try_first_is_refused(word):
    assert weakness(word) == "common"


@pytest.mark.parametrize(
    "word",
    [
        GOOD,
        "tre små katter sover",
        "gul traktor 7 moln",
        "837462918273",
        "ögonblick-spade",
        "🐸🪷🌙🦊🪁🎻🧭🪵🫐🐝🌾🪶",
        "пять смелых бобров",
        "            x q 7 z k m",
        "vinkel räv stol " * 8 + "fågel kompott lykta",
    ],
)
def test_no_signs_are_demanded_and_none_forbidden(word):
    assert weakness(word) == ""


def test_the_length_is_counted_in_signs():
    assert weakness("kortare ord") == "short"
    assert weakness("å" * 3 + "jmvp7 qx") == "short"
    assert weakness(unicodedata.normalize("NFD", "åäöéüñå jmv")) == "short"
    assert weakness("x" * 256) == "common"
    assert weakness("x" * 257) == "long"


def test_a_password_made_of_oneself_is_refused_to_oneself_only():
    own = ("Helena Exempelsson", "helena.exempelsson@nackros.example", "Näckrosskolan AB")
    for word in ("HelenaExempelsson1", "exempelsson.helena!", "Nackros2026nackros", "Näckrosskolan12"):
        assert weakness(word, own) == "own", word
    assert weakness("HelenaExempelsson1") == ""
    assert weakness(GOOD, own) == ""


def test_demand_says_why():
    with pytest.raises(passwords.TooWeak) as problem:
        passwords.demand("123456654321")
    assert problem.value.reason == "common"
    passwords.demand(GOOD)


@given(st.text(min_size=12, max_size=256))
def test_any_text_can_be_judged_and_hashed(text):
    if weakness(text) == "":
        made = hasher(64).make(text)
        assert hasher(64).fits(made, text)
        assert not hasher(64).fits(made, text + "x")


def test_it_is_argon2id_with_the_parameters_of_the_settings():
    made = hasher(128).make(GOOD)
    assert made.startswith("$argon2id$v=19$m=128,t=3,p=1$")
    assert len(made) <= 200
    assert hasher(128).make(GOOD) != made


def test_composed_and_decomposed_signs_are_the_same_password():
    made = hasher(64).make(unicodedata.normalize("NFC", GOOD))
    assert hasher(64).fits(made, unicodedata.normalize("NFD", GOOD))


def test_an_old_hash_still_fits_and_is_known_as_old():
    made = hasher(64).make(GOOD)
    assert hasher(128).fits(made, GOOD)
    assert hasher(128).is_old(made)
    assert not hasher(64).is_old(made)


@pytest.mark.parametrize("kept", ["", "nonsense", "$argon2id$v=19$m=64,t=3,p=1$AAAA"])
def test_no_password_fits_what_is_no_hash(kept):
    assert not hasher(64).fits(kept, "nobody's password")
    assert not hasher(64).fits(kept, "")


def test_at_most_four_are_hashed_at_once(monkeypatch):
    made, now, most, lock = hasher(64), [0], [0], threading.Lock()

    class Slow:
        def hash(self, _password: str) -> str:
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            time.sleep(0.02)
            with lock:
                now[0] -= 1
            return "hash"

    monkeypatch.setattr(made, "_argon", Slow())
    threads = [threading.Thread(target=made.make, args=("x",)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 4
