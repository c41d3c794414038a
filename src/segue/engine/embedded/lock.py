"""One driver per file, and a way to wake it from another process."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from segue.errors import EngineBusy, StoreError


class DriverLock:
    """Held by the process that drives a database file; the system lets go of it however the process ends."""

    def __init__(self, database: Path) -> None:
        """Take the lock.

        It is on a file beside the database: closing any handle of the database itself would drop SQLite's own locks.

        Raises:
            EngineBusy: Another process drives this file.
            StoreError: The lock file cannot be written.
        """
        path = database.with_name(database.name + ".lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror}; make the folder writable for this user") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._file, 40, 0).decode(errors="replace").strip()
            os.close(self._file)
            who = f"process {holder}" if holder else "another process"
            raise EngineBusy(
                f"{who} drives {database} already: end it, or open this engine with drive=False to read "
                "runs and to send signals beside it"
            ) from error
        _mind_forks()
        _held.add(self._file)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another process drive."""
        _held.discard(self._file)
        os.close(self._file)


_held: set[int] = set()
"""Files of the locks that this process holds."""


@cache
def _mind_forks() -> None:
    """Let forked children go of the locks: one that outlives a killed engine would hold them in its place."""
    os.register_at_fork(after_in_child=_let_go)


def _let_go() -> None:
    while _held:
        os.close(_held.pop())


class WakeSocket:
    """Where other processes say that they wrote to the inbox; only a hint, so it may be missing."""

    def __init__(self, database: Path) -> None:
        self._path = _address(database)
        self._socket: socket.socket | None = None

    def listen(self, wake: Callable[[], None], add_reader: Callable[[int, Callable[[], None]], object]) -> None:
        """Call `wake` when someone rings; does nothing where the path is too long for a socket."""
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        try:
            self._path.unlink(missing_ok=True)
            receiver.bind(str(self._path))
        except OSError:
            receiver.close()
            return
        self._socket = receiver

        def ring() -> None:
            with suppress(BlockingIOError):
                while receiver.recv(1):
                    pass
            wake()

        add_reader(receiver.fileno(), ring)

    def close(self, remove_reader: Callable[[int], object]) -> None:
        """Stop listening."""
        if self._socket is not None:
            remove_reader(self._socket.fileno())
            self._socket.close()
            self._path.unlink(missing_ok=True)


def ring(database: Path) -> None:
    """Wake the process that drives `database`, if it listens."""
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    with sender, suppress(OSError):
        sender.sendto(b"!", str(_address(database)))


def _address(database: Path) -> Path:
    return database.with_name(database.name + ".wake")
