"""Passwords: what may be one, how it is hashed, and that not too many are hashed at once."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 256
ROUNDS = 3
LANES = 1
AT_ONCE = BoundedSemaphore(4)
"""Every hash takes 64 MiB for a while; a flood of tries waits here instead of taking the machine."""

BLOCKED = Path(__file__).parent / "data" / "blocked-passwords.bin"
"""Sorted marks of common passwords; data/README.md says where they come from."""
MARK_BYTES = 6
SURPRISES = 5
"""How many signs must be left to guess when known words, years, rows and repetitions are taken away."""
ROWS = (
    "abcdefghijklmnopqrstuvwxyzåäö", "01234567890", "qwertyuiopåasdfghjklöäzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "qazwsxedcrfvtgbyhnujm", "1q2w3e4r5t6y7u8i9o0p", "!\"#¤%&/()=", "!@#$%^&*()",
)  # fmt: skip
WORDS = (
    "barnensbästa barnens barnets bästa tillsammans ansvarig bba sörmland sormland södermanland sodermanland lösenord"
    " losenord password passord hemligt hemlig admin administrator användare inloggning inlogg logga välkommen"
    " valkommen welcome sommar vinter höst vår januari februari mars april maj juni juli augusti september oktober"
    " november december måndag tisdag onsdag torsdag fredag lördag söndag sverige stockholm eskilstuna nyköping"
    " katrineholm strängnäs flen gnesta trosa vingåker oxelösund kommun kommunen region regionen skola skolan förskola"
    " förskolan grundskola gymnasiet rektor elevhälsan barn barnen fotboll hammarby solen älskar dig mamma pappa hej"
    " hejsan hemma qwerty letmein iloveyou master test testa summer winter spring autumn"
)
LOOKALIKES = str.maketrans("013457@$!€", "oleastasie")


class Hasher:
    """Argon2id with a given memory. It also knows a hash that no password fits, to spend the same time on nobody."""

    def __init__(self, memory_kib: int):
        self._argon = PasswordHasher(time_cost=ROUNDS, memory_cost=memory_kib, parallelism=LANES)
        self._nobody = self._argon.hash("nobody's password")

    def make(self, password: str) -> str:
        """Hash a password, to be kept."""
        with AT_ONCE:
            return self._argon.hash(plain(password))

    def fits(self, kept: str, password: str) -> bool:
        """Tell whether a password is the one that was hashed; an empty hash fits nothing and takes as long."""
        with AT_ONCE:
            try:
                return self._argon.verify(kept or self._nobody, plain(password)) and bool(kept)
            except (VerificationError, InvalidHashError):
                return False

    def is_old(self, kept: str) -> bool:
        """Tell whether a hash was made with other parameters than today's, and should be made anew."""
        return self._argon.check_needs_rehash(kept)


@lru_cache(maxsize=8)
def hasher(memory_kib: int) -> Hasher:
    """Give the hasher for a memory, in KiB: `settings().password_memory`."""
    return Hasher(memory_kib)


class TooWeak(Exception):
    """The password may not be chosen; `reason` is short, long, common or own."""

    def __init__(self, reason: str):
        super().__init__(f"The password is not good enough: {reason}.")
        self.reason = reason


def demand(password: str, own: Iterable[str] = ()) -> None:
    """Raise TooWeak unless the password may be chosen; `own` are the person's name, address and organisation."""
    if reason := weakness(password, own):
        raise TooWeak(reason)


def weakness(password: str, own: Iterable[str] = ()) -> str:
    """Tell why a password may not be chosen: short, long, common or own; empty when it may.

    Only its length and how easily it is guessed count: any signs may be in it, and none must.
    """
    password = plain(password)
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    if is_common(password) or is_guessable(password):
        return "common"
    return "own" if is_guessable(password, own) else ""


def plain(password: str) -> str:
    """Write a password in one way only: å typed as one sign or as two is the same (NFC). Nothing else is changed."""
    return unicodedata.normalize("NFC", password)


def is_common(password: str) -> bool:
    """Tell whether a password, in any mix of capitals, is among the known common ones."""
    marks, wanted = _blocked(), mark(password)
    place = bisect_left(range(len(marks) // MARK_BYTES), wanted, key=lambda n: _nth(marks, n))
    return _nth(marks, place) == wanted


def mark(password: str) -> bytes:
    """What is kept of a common password: the first bytes of its hash, so that no list of foul words lies here."""
    return hashlib.sha256(plain(password).casefold().encode("utf-8", "surrogatepass")).digest()[:MARK_BYTES]


def is_guessable(password: str, own: Iterable[str] = ()) -> bool:
    """Tell whether hardly anything is left of a password when words that all would try are taken away."""
    words = {*WORDS.split(), *(part for text in own for part in re.findall(r"[^\W\d_]{3,}", text.casefold()))}
    pattern = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    said = password.casefold()
    left = min((_without(pattern, text) for text in (said, said.translate(LOOKALIKES))), key=_surprises)
    return _surprises(left) < SURPRISES


def _without(pattern: str, text: str) -> str:
    """Take away words, years and what is only said again."""
    text = re.sub(r"(?:19|20)\d\d", "", re.sub(pattern, "", text))
    return re.sub(r"(.{1,8}?)\1+", r"\1", text)


def _surprises(text: str) -> int:
    """Count the signs that do not just follow from the one before: by repetition or along a row."""
    return sum(not _follows(before, sign) for before, sign in zip(" " + text, text, strict=False))


def _follows(before: str, sign: str) -> bool:
    pair = before + sign
    return before == sign or any(pair in row or pair[::-1] in row for row in ROWS)


def _nth(marks: bytes, number: int) -> bytes:
    return marks[number * MARK_BYTES : (number + 1) * MARK_BYTES]


@lru_cache(maxsize=1)
def _blocked() -> bytes:
    return BLOCKED.read_bytes()
