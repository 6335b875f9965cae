"""The keys of cases: one for each, wrapped by the keyring, in a small file of their own outside the database.

What is said of a child is sealed with its case's key. Whoever destroys the key has forgotten the words everywhere,
also in old backups of the database, for the keys are not in them.
"""

from __future__ import annotations

import base64
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tbb.crypto import KEY_BYTES, NONCE_BYTES, CannotOpen, Keyring

TABLE = "CREATE TABLE IF NOT EXISTS case_key (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL, made_at TEXT NOT NULL)"
BATCH = 500


class KeyGone(CannotOpen):
    """There is no key of this name: what it sealed is forgotten, or the file of keys is not the right one."""


class CaseKeys:
    """The file of case keys. Each is AES-256, 32 random bytes, wrapped by the newest key of the keyring.

    A sealed text is a 96-bit random nonce and the AES-GCM ciphertext; what it belongs to (`place`) and the key's name
    are authenticated, so that a text can be moved neither to another row nor to another case.
    """

    def __init__(self, path: Path | str, keyring: Keyring):
        self.path, self._keyring, self._mine = Path(path), keyring, threading.local()

    def make(self, moment: datetime) -> str:
        """Make a key, on disk before it is given; return its name of 32 hex digits."""
        name = secrets.token_hex(16)
        wrapped = self._wrap(name, os.urandom(KEY_BYTES))
        with self._file() as file:
            file.execute("INSERT INTO case_key VALUES (?, ?, ?)", (name, wrapped, moment.isoformat()))
        return name

    def seal(self, name: str, text: str, place: str) -> bytes:
        """Seal a text with a key for one place; raise KeyGone when there is no such key."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher(name).encrypt(nonce, text.encode(), f"{place}|{name}".encode())

    def open(self, name: str, sealed: bytes, place: str) -> str:
        """Open a sealed text; raise KeyGone or CannotOpen when key, place and content do not agree."""
        return self.open_many(name, [(sealed, place)])[0]

    def open_many(self, name: str, sealed: Iterable[tuple[bytes, str]]) -> list[str]:
        """Open several texts that one key has sealed: [(sealed, place), …]."""
        cipher, opened = self._cipher(name), []
        for body, place in sealed:
            body = bytes(body)
            try:
                plain = cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], f"{place}|{name}".encode())
            except (InvalidTag, ValueError) as error:
                raise CannotOpen("The text does not belong here or has been changed.") from error
            opened.append(plain.decode())
        return opened

    def destroy(self, names: Iterable[str]) -> int:
        """Destroy keys for good; tell how many there were."""
        with self._file() as file:
            return sum(file.execute("DELETE FROM case_key WHERE name = ?", (name,)).rowcount for name in names)

    def names(self, made_before: datetime) -> set[str]:
        """Name the keys that were made before a moment, to find those that nothing uses."""
        found = self._file().execute("SELECT name, made_at FROM case_key").fetchall()
        return {name for name, made_at in found if datetime.fromisoformat(made_at) < made_before}

    def count_by_wrapping(self) -> dict[int, int]:
        """Count the keys by the number of the keyring's key that wraps them."""
        found = self._file().execute("SELECT wrapped FROM case_key")
        counted: dict[int, int] = {}
        for (wrapped,) in found:
            counted[wrapped[0]] = counted.get(wrapped[0], 0) + 1
        return counted

    def rewrap(self) -> int:
        """Wrap with the newest key what another one wraps; tell how many. It may be broken off and resumed."""
        done = 0
        while found := self._with_older_wrapping():
            with self._file() as file:
                for name, wrapped in found:
                    anew = self._wrap(name, self._unwrap(name, wrapped))
                    file.execute("UPDATE case_key SET wrapped = ? WHERE name = ?", (anew, name))
            done += len(found)
        return done

    def close(self) -> None:
        """Let go of this thread's connection."""
        if file := getattr(self._mine, "file", None):
            file.close()
            self._mine.file = None

    def _with_older_wrapping(self) -> list[tuple[str, bytes]]:
        newest = f"{self._keyring.newest:02X}"
        asked = "SELECT name, wrapped FROM case_key WHERE substr(hex(wrapped), 1, 2) <> ? ORDER BY name LIMIT ?"
        return self._file().execute(asked, (newest, BATCH)).fetchall()

    def _cipher(self, name: str) -> AESGCM:
        found = self._file().execute("SELECT wrapped FROM case_key WHERE name = ?", (name,)).fetchone()
        if found is None:
            raise KeyGone("There is no key of this name.")
        return AESGCM(self._unwrap(name, found[0]))

    def _wrap(self, name: str, key: bytes) -> bytes:
        return self._keyring.seal(base64.b64encode(key).decode(), f"case_key:{name}")

    def _unwrap(self, name: str, wrapped: bytes) -> bytes:
        return base64.b64decode(self._keyring.open(wrapped, f"case_key:{name}"))

    def _file(self) -> sqlite3.Connection:
        """This thread's connection to the file; a process that was forked opens its own."""
        file = getattr(self._mine, "file", None)
        if file is None or self._mine.process != os.getpid():
            if not self.path.exists():
                self.path.touch(mode=0o600)
            file = sqlite3.connect(self.path, timeout=10, isolation_level="IMMEDIATE")
            for pragma in ("journal_mode = TRUNCATE", "synchronous = FULL", "secure_delete = ON"):
                file.execute(f"PRAGMA {pragma}")
            file.execute(TABLE)
            file.commit()
            self._mine.file, self._mine.process = file, os.getpid()
        return file
