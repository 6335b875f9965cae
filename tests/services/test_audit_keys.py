"""The keyring vouches for texts with its newest key, and recognises what any of its keys has vouched for."""

from __future__ import annotations

import pytest

from tbb.crypto import Keyring, mac_key

OLD, NEW = b"a key for tests, 32 bytes long..", b"the next key, 32 bytes long too."


def test_the_newest_key_vouches_and_every_key_recognises_its_own():
    before, after = Keyring({1: OLD}), Keyring({1: OLD, 2: NEW})
    first, second = before.mac("Å\x1f1"), after.mac("Å\x1f1")
    assert (mac_key(first), mac_key(second)) == (1, 2) and first[2:] != second[2:]
    assert after.verify_mac("Å\x1f1", first) and after.verify_mac("Å\x1f1", second)
    assert not before.verify_mac("Å\x1f1", second) and not before.has(2)
    assert len(Keyring({255: NEW}).mac("x")) == 47, "it fits the column"


@pytest.mark.parametrize(
    "mac", ["", "x", ":", "1:", "0:" + "A" * 43, "²:" + "A" * 43, "1:" + "Å" * 43, "999:x", "-1:x"]
)
def test_what_is_no_mac_is_refused(mac):
    assert not Keyring({1: OLD}).verify_mac("text", mac)


def test_every_changed_letter_shows():
    ring = Keyring({1: OLD})
    mac = ring.mac("text")
    for place, letter in enumerate(mac):
        assert not ring.verify_mac("text", mac[:place] + ("A" if letter != "A" else "B") + mac[place + 1 :])
    assert not ring.verify_mac("texT", mac)


def test_the_mac_tells_nothing_of_the_sealing_key_and_two_texts_differ():
    ring = Keyring({7: OLD})
    assert ring.mac("a") != ring.mac("b") and ring.mac("a") == ring.mac("a")
    assert ring.mac("a")[2:34] != ring.fingerprint("a")
