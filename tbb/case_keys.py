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
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tbb.crypto import KEY_BYTES, NONCE_BYTES, CannotOpen, Keyring

TABLE = "CREATE TABLE IF NOT EXISTS case_key (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL, made_at TEXT NOT NULL)"
BATCH = 500


class KeyGone(CannotOpen):
    """There is no key of this name: what it sealed is forgotten, or the file of keys is not the right one."""


class KeysAway(CannotOpen):
    """The file of keys is missing, locked or broken: nothing can be sealed or opened for now."""


class CaseKeys:
    """The file of case keys. Each is AES-256, 32 random bytes, wrapped by the newest key of the keyring.

    A sealed text is a 96-bit random nonce and the AES-GCM ciphertext; what it belongs to (`place`) and the key's name
    are authenticated, so that a text can be moved neither to another row nor to another case.
    """

    def __init__(self, path: Path | str, keyring: Keyring):
        self.path, self._keyring, self._mine = Path(path), keyring, threading.local()

    def make(self, moment: datetime) -> str:
        """Make a key, on disk before it is given; return its name of 32 hex digits."""
        return self.make_some(moment, 1)[0]

    def make_some(self, moment: datetime, count: int) -> list[str]:
        """Make several keys at once, on disk before they are given; return their names."""
        made = [secrets.token_hex(16) for _ in range(count)]
        wrapped = [(name, self._wrap(name, os.urandom(KEY_BYTES)), moment.isoformat()) for name in made]
        with self._changing(create=True) as file:
            file.executemany("INSERT INTO case_key VALUES (?, ?, ?)", wrapped)
        return made

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
        if not self.path.exists():
            return 0
        with self._changing() as file:
            return sum(file.execute("DELETE FROM case_key WHERE name = ?", (name,)).rowcount for name in names)

    def names(self, made_before: datetime | None = None) -> set[str]:
        """Name all keys, or those that were made before a moment."""
        if not self.path.exists():
            return set()
        with self._reading() as file:
            found = file.execute("SELECT name, made_at FROM case_key").fetchall()
        return {name for name, made in found if made_before is None or datetime.fromisoformat(made) < made_before}

    def count_by_wrapping(self) -> dict[int, int]:
        """Count the keys by the number of the keyring's key that wraps them."""
        counted: dict[int, int] = {}
        if self.path.exists():
            with self._reading() as file:
                for (wrapped,) in file.execute("SELECT wrapped FROM case_key"):
                    counted[wrapped[0]] = counted.get(wrapped[0], 0) + 1
        return counted

    def rewrap(self) -> int:
        """Wrap with the newest key what another one wraps; tell how many. It may be broken off and resumed."""
        done = 0
        while found := self._with_older_wrapping():
            with self._changing() as file:
                for name, wrapped in found:
                    anew = self._wrap(name, self._unwrap(name, wrapped))
                    file.execute("UPDATE case_key SET wrapped = ? WHERE name = ?", (anew, name))
            done += len(found)
        return done

    def adopt(self, copy: Path | str, wanted: Iterable[str]) -> int:
        """Take over, from a copy of the file, those of the wanted keys that are missing here; tell how many.

        Raises KeysAway when the copy is no file of keys, CannotOpen when the keyring cannot open what is in it.
        """
        missing = set(wanted) - self.names()
        try:
            with closing(sqlite3.connect(f"file:{Path(copy).resolve()}?mode=ro", uri=True)) as other:
                every = other.execute("SELECT name, wrapped, made_at FROM case_key").fetchall()
        except sqlite3.Error as error:
            raise KeysAway("The copy is no file of case keys.") from error
        found = [row for row in every if row[0] in missing]
        for name, wrapped, _made_at in found:
            self._unwrap(name, wrapped)
        with self._changing(create=True) as file:
            file.executemany("INSERT OR IGNORE INTO case_key VALUES (?, ?, ?)", found)
        return len(found)

    def close(self) -> None:
        """Let go of this thread's connection."""
        if file := getattr(self._mine, "file", None):
            file.close()
            self._mine.file = None

    def _with_older_wrapping(self) -> list[tuple[str, bytes]]:
        newest = f"{self._keyring.newest:02X}"
        asked = "SELECT name, wrapped FROM case_key WHERE substr(hex(wrapped), 1, 2) <> ? LIMIT ?"
        if not self.path.exists():
            return []
        with self._reading() as file:
            return file.execute(asked, (newest, BATCH)).fetchall()

    def _cipher(self, name: str) -> AESGCM:
        with self._reading() as file:
            found = file.execute("SELECT wrapped FROM case_key WHERE name = ?", (name,)).fetchone()
        if found is None:
            raise KeyGone("There is no key of this name.")
        return AESGCM(self._unwrap(name, found[0]))

    def _wrap(self, name: str, key: bytes) -> bytes:
        return self._keyring.seal(base64.b64encode(key).decode(), f"case_key:{name}")

    def _unwrap(self, name: str, wrapped: bytes) -> bytes:
        return base64.b64decode(self._keyring.open(wrapped, f"case_key:{name}"))

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Give this thread's connection; raise KeysAway when the file cannot be read."""
        try:
            yield self._file(create=False)
        except sqlite3.Error as error:
            raise KeysAway("The file of case keys cannot be read.") from error

    @contextmanager
    def _changing(self, *, create: bool = False) -> Iterator[sqlite3.Connection]:
        """Change the file wholly or not at all; on disk when the block has ended. Raises KeysAway."""
        try:
            with self._file(create=create) as file:
                yield file
        except sqlite3.Error as error:
            raise KeysAway("The file of case keys cannot be written.") from error

    def _file(self, *, create: bool) -> sqlite3.Connection:
        """This thread's connection to the file that lies there now; a process that was forked opens its own."""
        file, here = getattr(self._mine, "file", None), self._what_lies_there()
        if file is None or self._mine.process != os.getpid() or self._mine.known != here:
            if here is None and not create:
                # An empty file in its place would hide that the right one is missing.
                raise KeysAway("There is no file of case keys.")
            file = self._open()
            self._mine.file, self._mine.process, self._mine.known = file, os.getpid(), self._what_lies_there()
        return file

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.touch(mode=0o600, exist_ok=True)
        except OSError as error:
            raise KeysAway("The file of case keys cannot be made.") from error
        file = sqlite3.connect(self.path, timeout=10, isolation_level="IMMEDIATE")
        for pragma in ("journal_mode = TRUNCATE", "synchronous = FULL", "secure_delete = ON"):
            file.execute(f"PRAGMA {pragma}")
        file.execute(TABLE)
        file.commit()
        return file

    def _what_lies_there(self) -> tuple[int, int] | None:
        """Tell files apart: whoever puts another one in its place must not find us writing in the old one."""
        try:
            found = os.stat(self.path)
        except OSError:
            return None
        return found.st_dev, found.st_ino
