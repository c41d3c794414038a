"""Vectors of texts, kept by content: what was encoded once is never encoded again."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from segue.errors import StoreError
from segue.knowledge.locking import exclusive

logger = logging.getLogger(__name__)

KEY_BYTES = 16
TOLERANCE = 0.01
"""Of a row's length, squared, from 1: what is further off was altered."""
CHUNK = 256
"""Texts that are encoded and written at once: so much is lost at most when the process is killed."""

Vectors = np.ndarray[Any, np.dtype[np.float32]]
Progress = Callable[[int, int], None]


class Encoder(Protocol):
    """Turns texts into vectors that are close where the meaning is."""

    name: str
    """Of the weights and of all that is done with them; vectors of another name are not comparable."""
    dims: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n_texts, dims), rows of length 1."""


class VectorCache:
    """Vectors on disk, by the SHA-256 of their text; for any number of threads and processes.

    `keys` holds 16 bytes a text, `vectors` its row at the same place. A row is written before its key, so after a
    kill the keys never promise more than there is.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.encoder = encoder
        self._folder = folder / encoder.name
        self._rows: dict[bytes, int] = {}
        self._matrix: Vectors = np.empty((0, encoder.dims), np.float32)
        self._guard = threading.Lock()

    def of(self, texts: Sequence[str], on_progress: Progress | None = None) -> Vectors:
        """Return float32 (n_texts, dims), encoding what is not there yet.

        Args:
            texts: In any order, also repeated.
            on_progress: Called with how many of the missing texts are encoded, and of how many.

        Raises:
            StoreError: The folder cannot be written.
        """
        keys = [_key(text) for text in texts]
        with self._guard:
            self._learn(keys, texts, on_progress)
            found: Vectors = self._matrix[[self._rows[key] for key in keys]]
            if not _are_whole(found):
                logger.warning("%s: kept vectors are damaged and are made again", self._folder)
                self._drop()
                self._learn(keys, texts, on_progress)
                found = self._matrix[[self._rows[key] for key in keys]]
            return found

    def holds(self, texts: Sequence[str]) -> bool:
        """Say whether nothing of these would have to be encoded."""
        with self._guard:
            self._read()
            return all(_key(text) in self._rows for text in texts)

    def _learn(self, keys: Sequence[bytes], texts: Sequence[str], on_progress: Progress | None) -> None:
        """Encode what is not there yet."""
        if any(key not in self._rows for key in keys):
            self._read()
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._rows}
        wanted = list(missing.items())
        for first in range(0, len(wanted), CHUNK):
            self._add(wanted[first : first + CHUNK])
            if on_progress is not None:
                on_progress(min(first + CHUNK, len(wanted)), len(wanted))

    def _drop(self) -> None:
        """Forget everything, on disk too."""
        with exclusive(self._folder / "lock", wait=True):
            for name in ("keys", "vectors"):
                (self._folder / name).unlink(missing_ok=True)
        self._rows = {}
        self._matrix = np.empty((0, self.encoder.dims), np.float32)

    def _add(self, missing: list[tuple[bytes, str]]) -> None:
        vectors = self.encoder.encode([text for _, text in missing])
        with exclusive(self._folder / "lock", wait=True):
            self._read()
            new = [number for number, (key, _) in enumerate(missing) if key not in self._rows]
            try:
                _append(self._folder / "vectors", vectors[new].tobytes(), len(self._rows) * self._row_bytes)
                keys = b"".join(missing[number][0] for number in new)
                _append(self._folder / "keys", keys, len(self._rows) * KEY_BYTES)
            except OSError as error:
                raise StoreError(f"{self._folder}: {error.strerror or error}") from error
            self._read()

    @property
    def _row_bytes(self) -> int:
        return self.encoder.dims * 4

    def _read(self) -> None:
        """Learn of the rows that are there, whoever wrote them."""
        try:
            keys = (self._folder / "keys").read_bytes()
            size = (self._folder / "vectors").stat().st_size
        except OSError:
            return
        count = min(len(keys) // KEY_BYTES, size // self._row_bytes)
        if count == len(self._rows):
            return
        self._rows = {keys[row * KEY_BYTES : (row + 1) * KEY_BYTES]: row for row in range(count)}
        self._matrix = np.memmap(self._folder / "vectors", np.float32, "r", shape=(count, self.encoder.dims))


class Remembering:
    """An encoder that encodes no text twice; for texts that come again, not for what customers write today."""

    def __init__(self, cache: VectorCache) -> None:
        self._cache = cache
        self.name = cache.encoder.name
        self.dims = cache.encoder.dims

    def encode(self, texts: Sequence[str], on_progress: Progress | None = None) -> Vectors:
        """Return float32 (n_texts, dims), rows of length 1; see `VectorCache.of`."""
        return self._cache.of(texts, on_progress)


def _key(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()[:KEY_BYTES]


def _are_whole(vectors: Vectors) -> bool:
    """Say whether rows have the length that they were written with."""
    lengths = np.einsum("ij,ij->i", vectors, vectors)
    return bool(np.all(np.abs(lengths - 1) < TOLERANCE))


def _append(path: Path, data: bytes, at: int) -> None:
    """Write at the end of what counts; what a killed process left behind it is overwritten."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(at)
        file.seek(at)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
