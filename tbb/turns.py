"""Turns: lets one process's writers into SQLite one after another, in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from peewee import OperationalError
from playhouse.pool import PooledSqliteDatabase

PATIENCE = 30
"""Seconds to wait for one's turn; less than the server lets a request last."""


class Turns:
    """A lock that is given to whoever has waited longest; a thread's own turn lasts until it gives it up."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._guard = threading.Lock()
        self._waiting: deque[tuple[int, threading.Event]] = deque()
        self._holder: int | None = None

    def take(self) -> None:
        """Wait for one's turn; at once when one has it already. Raises OperationalError when it never comes."""
        me = threading.get_ident()
        with self._guard:
            if self._holder in (None, me):
                self._holder = me
                return
            mine = threading.Event()
            self._waiting.append((me, mine))
        if mine.wait(self._patience):
            return
        with self._guard:
            if mine.is_set():
                return
            self._waiting.remove((me, mine))
        raise OperationalError("database is locked: another thread of this process never ended its transaction")

    def give_up(self) -> None:
        """Let the next one in; nothing happens when the turn is another's."""
        with self._guard:
            if self._holder != threading.get_ident():
                return
            self._holder, next_one = self._waiting.popleft() if self._waiting else (None, None)
            if next_one:
                next_one.set()

    def queue(self) -> int:
        """How many wait."""
        return len(self._waiting)


class QueuedSqliteDatabase(PooledSqliteDatabase):
    """SQLite whose transactions queue within the process before they ask for the file's write lock.

    SQLite itself keeps no queue: whoever finds the file locked sleeps and tries again, so with many writers the same
    one can be unlucky until its `busy_timeout` has passed. Here only one thread of each process tries.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.turns = Turns()
        super().__init__(*args, **kwargs)

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction when it is this thread's turn."""
        self.turns.take()
        try:
            super().begin(lock_type)
        except BaseException:
            self.turns.give_up()
            raise

    def commit(self) -> Any:
        """Commit, and let the next writer in. A commit that fails keeps the turn until it is rolled back."""
        done = super().commit()
        self.turns.give_up()
        return done

    def rollback(self) -> Any:
        """Roll back, and let the next writer in."""
        try:
            return super().rollback()
        finally:
            self.turns.give_up()
