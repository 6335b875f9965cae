"""Keyring: seal, open and fingerprint small texts; it knows no tables and no database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class CannotOpen(Exception):
    """The sealed text was made with another key, moved to another place, or tampered with."""


class Keyring:
    """Several numbered AES-256 keys: the newest seals, every one of them opens.

    A sealed text is one byte of key number, a 96-bit random nonce and the AES-GCM ciphertext. `place` names
    where the text belongs (``table.column:row``) and is authenticated, so a text cannot be moved.
    """

    def __init__(self, keys: dict[int, bytes]):
        if not keys:
            raise ValueError("The keyring is empty: at least one key is needed.")
        for number, key in keys.items():
            if not 1 <= number <= 255 or len(key) != KEY_BYTES:
                raise ValueError(f"Key {number} must be numbered 1–255 and be {KEY_BYTES} bytes long.")
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self._newest = max(keys)
        self._fingerprint_key = hashlib.sha256(b"tbb fingerprint" + keys[min(keys)]).digest()
        self._macs = {number: hmac.new(_derived(key, b"tbb mac"), digestmod="sha256") for number, key in keys.items()}

    @property
    def newest(self) -> int:
        """The number of the key that seals."""
        return self._newest

    def seal(self, text: str, place: str) -> bytes:
        """Seal a text for one place."""
        nonce = os.urandom(NONCE_BYTES)
        body = self._ciphers[self._newest].encrypt(nonce, text.encode(), place.encode())
        return bytes([self._newest]) + nonce + body

    def open(self, sealed: bytes, place: str) -> str:
        """Open a sealed text; raise CannotOpen when key, place or content do not agree."""
        sealed = bytes(sealed)
        cipher = self._ciphers.get(sealed[0]) if sealed else None
        if cipher is None:
            raise CannotOpen("No key in the keyring has this number.")
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, body, place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise CannotOpen("The text does not belong here or has been changed.") from error

    def fingerprint(self, text: str) -> str:
        """Tell texts apart without keeping them: 32 hex digits of a keyed hash."""
        return hmac.new(self._fingerprint_key, text.encode(), hashlib.sha256).hexdigest()[:32]

    def mac(self, text: str) -> str:
        """Vouch for a text with the newest key: ``number:`` and 43 characters that nobody can make without the key."""
        return self._mac(text, self._newest)

    def verify_mac(self, text: str, mac: str) -> bool:
        """Tell whether a key of the ring has vouched for a text; False also when the key's number is unknown."""
        number = mac_key(mac)
        return number in self._macs and hmac.compare_digest(self._mac(text, number).encode(), mac.encode())

    def has(self, number: int) -> bool:
        """Whether a key of this number is in the ring."""
        return number in self._ciphers

    def _mac(self, text: str, number: int) -> str:
        # A copy of a begun HMAC is four times as fast as a new one, and a million rows take a while.
        maker = self._macs[number].copy()
        maker.update(text.encode("utf-8", "surrogatepass"))
        return f"{number}:{base64.urlsafe_b64encode(maker.digest()).decode()[:-1]}"


def mac_key(mac: str) -> int:
    """Read which key made a mac; 0 when it is none."""
    number, colon, _rest = mac[:4].partition(":")
    return int(number) if colon and number.isascii() and number.isdecimal() else 0


def _derived(key: bytes, purpose: bytes) -> bytes:
    """Make a key for one purpose of a sealing key, so that neither tells of the other."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)


def new_key() -> str:
    """Make a key as it is written in the key file: base64, 44 characters."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def read_keys(lines: Iterable[str]) -> dict[int, bytes]:
    """Read ``number:base64`` lines of a key file; blank lines and lines with # are passed over.

    Raises ValueError with a sentence when a line is not of that form.
    """
    keys: dict[int, bytes] = {}
    for line in lines:
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        number, _, encoded = line.partition(":")
        try:
            keys[int(number)] = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise ValueError("A line of the key file is not of the form number:base64.") from error
    return keys
