"""One writer at a time, over all processes; the system frees the lock when a process dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from segue.errors import StoreError


@contextmanager
def exclusive(file: Path, *, wait: bool) -> Iterator[bool]:
    """Hold the lock of a file, over all processes; false if somebody else does and `wait` is false."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = file.open("a")
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}; make its folder writable for this user") from error
    with handle:
        yield _locked(handle, wait=wait)


def _locked(handle: IO[str], *, wait: bool) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError as error:
        raise StoreError(
            f"{handle.name}: {error.strerror}; keep the workspace on a disk that can lock files"
        ) from error
    return True
