"""The file of case keys: nothing opens elsewhere than where it was sealed, and a destroyed key is gone for good."""

from __future__ import annotations

import os
import shutil
import stat
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tbb import case_keys as module
from tbb.case_keys import CaseKeys, KeyGone, KeysAway
from tbb.crypto import NONCE_BYTES, CannotOpen, Keyring

MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OLD, NEW = b"o" * 32, b"n" * 32
PLACES = ("wheel_field.body:a:child.label", "wheel_field.body:a:child.stage", "case_field.body:a:child.label",
          "casefile.card:a", "wheel_field.body:b:child.label")  # fmt: skip


@pytest.fixture
def keys(tmp_path):
    """A file of keys of this test's own."""
    made = CaseKeys(tmp_path / "case-keys.db", Keyring({1: OLD}))
    yield made
    made.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """One for many examples: two keys of two cases."""
    made = CaseKeys(tmp_path_factory.mktemp("keys") / "case-keys.db", Keyring({1: OLD}))
    yield made, made.make(MOMENT), made.make(MOMENT)
    made.close()


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200), place=st.sampled_from(PLACES), data=st.data())
def test_what_is_moved_or_changed_by_one_bit_never_opens(kept, text, place, data):
    keys, mine, other = kept
    sealed = keys.seal(mine, text, place)
    assert keys.open(mine, sealed, place) == text
    for elsewhere in PLACES:
        if elsewhere != place:
            with pytest.raises(CannotOpen):
                keys.open(mine, sealed, elsewhere)
    with pytest.raises(CannotOpen):
        keys.open(other, sealed, place)
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    broken = bytearray(sealed)
    broken[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(CannotOpen):
        keys.open(mine, bytes(broken), place)
    with pytest.raises(CannotOpen):
        keys.open(mine, sealed[: data.draw(st.integers(0, len(sealed) - 1))], place)


def test_a_wrapped_key_cannot_pass_for_another_ones(keys):
    mine, other = keys.make(MOMENT), keys.make(MOMENT)
    sealed = keys.seal(mine, "Alva E", PLACES[0])
    with keys._changing() as file:
        (wrapped,) = file.execute("SELECT wrapped FROM case_key WHERE name = ?", (mine,)).fetchone()
        file.execute("UPDATE case_key SET wrapped = ? WHERE name = ?", (wrapped, other))
    with pytest.raises(CannotOpen):
        keys.seal(other, "x", PLACES[0])
    assert keys.open(mine, sealed, PLACES[0]) == "Alva E"


def test_no_nonce_is_used_twice(keys, monkeypatch):
    name = keys.make(MOMENT)
    cipher = keys._cipher(name)
    monkeypatch.setattr(keys, "_cipher", lambda _name: cipher)
    nonces = {keys.seal(name, "", "place")[:NONCE_BYTES] for _ in range(100_000)}
    assert len(nonces) == 100_000


def test_a_destroyed_key_opens_nothing_any_more_and_leaves_no_trace(keys):
    name, other = keys.make(MOMENT), keys.make(MOMENT)
    sealed = keys.seal(name, "Alva E", PLACES[0])
    (wrapped,) = keys._file(create=False).execute("SELECT wrapped FROM case_key WHERE name = ?", (name,)).fetchone()
    assert wrapped[1:] in keys.path.read_bytes()
    assert keys.destroy([name, "0" * 32]) == 1
    with pytest.raises(KeyGone):
        keys.open(name, sealed, PLACES[0])
    with pytest.raises(KeyGone):
        keys.seal(name, "x", PLACES[0])
    left = b"".join(path.read_bytes() for path in keys.path.parent.iterdir())
    assert wrapped[1:] not in left and name.encode() not in left
    assert keys.names() == {other}


def test_the_file_is_its_owners_alone_also_while_it_is_written(keys):
    old = os.umask(0)
    try:
        keys.make(MOMENT)
        with keys._changing() as file:
            file.execute("UPDATE case_key SET made_at = made_at")
            modes = {stat.S_IMODE(path.stat().st_mode) for path in keys.path.parent.iterdir()}
    finally:
        os.umask(old)
    assert modes == {0o600}


def test_a_missing_file_is_told_and_never_replaced_by_looking(keys, tmp_path):
    name = keys.make(MOMENT)
    sealed = keys.seal(name, "Alva E", PLACES[0])
    away = keys.path.rename(tmp_path / "away")
    for attempt in (lambda: keys.open(name, sealed, PLACES[0]), lambda: keys.seal(name, "x", "y")):
        with pytest.raises(KeysAway):
            attempt()
    assert not keys.path.exists() and keys.names() == set()
    away.rename(keys.path)
    assert keys.open(name, sealed, PLACES[0]) == "Alva E"
    keys.path.write_bytes(b"no database at all, but long enough to be looked at" * 20)
    keys.close()
    with pytest.raises(KeysAway):
        keys.open(name, sealed, PLACES[0])


def test_another_file_in_its_place_is_noticed_at_once(keys, tmp_path):
    first = keys.make(MOMENT)
    shutil.copy(keys.path, tmp_path / "copy")
    second = keys.make(MOMENT)
    (tmp_path / "copy").rename(keys.path)
    assert keys.names() == {first}, "not what was open before"
    third = keys.make(MOMENT)
    assert CaseKeys(keys.path, Keyring({1: OLD})).names() == {first, third}
    with pytest.raises(KeyGone):
        keys.seal(second, "x", "y")


def test_rewrapping_can_be_broken_off_and_resumed(tmp_path, monkeypatch):
    before = CaseKeys(tmp_path / "case-keys.db", Keyring({1: OLD}))
    names = [before.make(MOMENT) for _ in range(6)]
    sealed = {name: before.seal(name, f"word {name}", "place") for name in names}
    after = CaseKeys(before.path, Keyring({1: OLD, 2: NEW}))
    monkeypatch.setattr(module, "BATCH", 2)
    real, asked = after._with_older_wrapping, []

    def breaks_off():
        asked.append(1)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return real()

    monkeypatch.setattr(after, "_with_older_wrapping", breaks_off)
    with pytest.raises(KeyboardInterrupt):
        after.rewrap()
    assert after.count_by_wrapping() == {1: 2, 2: 4}
    assert all(after.open(name, body, "place") == f"word {name}" for name, body in sealed.items())
    monkeypatch.setattr(after, "_with_older_wrapping", real)
    assert (after.rewrap(), after.rewrap()) == (2, 0)
    alone = CaseKeys(before.path, Keyring({2: NEW}))
    assert all(alone.open(name, body, "place") == f"word {name}" for name, body in sealed.items())
    for each in (before, after, alone):
        each.close()


def test_rewrapping_is_swift(tmp_path):
    keys = CaseKeys(tmp_path / "case-keys.db", Keyring({1: OLD}))
    with keys._changing(create=True) as file:
        made = [
            (f"{number:032x}", keys._wrap(f"{number:032x}", os.urandom(32)), "2026-01-01") for number in range(2_000)
        ]
        file.executemany("INSERT INTO case_key VALUES (?, ?, ?)", made)
    keys.close()
    after, began = CaseKeys(keys.path, Keyring({1: OLD, 2: NEW})), time.perf_counter()
    assert after.rewrap() == 2_000
    assert 2_000 / (time.perf_counter() - began) > 500
    after.close()


def test_a_copy_gives_back_only_what_is_missing_and_wanted(keys, tmp_path):
    lost, forgotten, here = (keys.make(MOMENT) for _ in range(3))
    sealed = keys.seal(lost, "Alva E", "place")
    copy = shutil.copy(keys.path, tmp_path / "copy")
    keys.destroy([lost, forgotten])
    assert keys.adopt(copy, [lost, here, "f" * 32]) == 1
    assert keys.open(lost, sealed, "place") == "Alva E" and keys.names() == {lost, here}
    (tmp_path / "other").write_text("no file of keys")
    with pytest.raises(KeysAway):
        keys.adopt(tmp_path / "other", [forgotten])
    foreign = CaseKeys(tmp_path / "foreign.db", Keyring({1: NEW}))
    with pytest.raises(CannotOpen):
        foreign.adopt(copy, [forgotten])
    assert foreign.names() == set()


def test_keys_are_named_by_age(keys):
    old, young = keys.make(MOMENT), keys.make(MOMENT + timedelta(days=2))
    assert keys.names(MOMENT + timedelta(days=1)) == {old} and keys.names() == {old, young}


def test_threads_and_forked_processes_share_the_file(keys):
    name, made = keys.make(MOMENT), []
    sealed = keys.seal(name, "Alva E", "place")

    def work() -> None:
        for _ in range(10):
            made.append(keys.make(MOMENT))
            assert keys.open(name, sealed, "place") == "Alva E"
        keys.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 40 and keys.names() == {name, *made}
    child = os.fork()
    if child == 0:
        work()
        os._exit(0 if len(made) == 50 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert len(keys.names()) == 51
