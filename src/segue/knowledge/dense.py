"""Search by meaning: the vectors of all passages in one memory-mapped matrix, compared exactly."""

from __future__ import annotations

import json
import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from segue.errors import StoreError
from segue.knowledge.document import Audience
from segue.knowledge.documents import Documents, IndexRow
from segue.knowledge.lexical import EVER, NEVER
from segue.knowledge.locking import exclusive
from segue.knowledge.vectors import Encoder, Progress, VectorCache, Vectors

logger = logging.getLogger(__name__)

VERSION = 1
"""Of what is encoded of a passage, and of the files."""

_Numbers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class _Snapshot:
    """The matrix as it was built from one revision of the library."""

    state: str
    passages: _Numbers
    """Ids, (n,), ascending."""
    since: _Numbers
    until: _Numbers
    internal: _Numbers
    vectors: Vectors
    """(n, dims), rows of length 1."""


class Dense:
    """Finds passages by meaning; safe to use from any thread, and by any number of processes at once."""

    def __init__(self, documents: Documents, folder: Path, encoder: Encoder) -> None:
        """Nothing is opened before the first use.

        Args:
            documents: What it is made from.
            folder: Where it keeps its files; all of them may be deleted at any time.
            encoder: What makes the vectors.
        """
        self._documents = documents
        self._folder = folder / f"dense-{VERSION}-{encoder.name}"
        self._cache = VectorCache(folder / "vectors", encoder)
        self._snapshot: _Snapshot | None = None
        self._guard = threading.Lock()

    def build(self, on_progress: Progress | None = None) -> None:
        """Bring the matrix into step with the library, encoding what is new.

        Raises:
            StoreError: It cannot be written.
        """
        with exclusive(self._folder / "lock", wait=True):
            state = self._documents.state()
            token = f"{state.identity} {state.revision}"
            served = self._current()
            if served is not None and served.state == token:
                return
            rows = self._documents.index_rows(self._documents.changed(0))
            vectors = self._cache.of([_text(row) for row in rows], on_progress)
            try:
                self._write(token, rows, vectors)
            except OSError as error:
                raise StoreError(f"{self._folder}: {error.strerror or error}") from error

    def query(self, text: str) -> Vectors:
        """Return the vector of a question, float32 (dims,)."""
        vector: Vectors = self._cache.encoder.encode([text])[0]
        return vector

    def search(self, query: Vectors, *, limit: int, moment: int, audience: Audience | None) -> dict[int, float]:
        """Return the passages nearest in meaning that hold at `moment` for `audience`, by id with their cosine.

        Nothing where no matrix was built yet.
        """
        served = self._current()
        if served is None or not len(served.passages):
            return {}
        hidden = (served.since > moment) | (served.until <= moment)
        if audience is not None:
            hidden |= served.internal != int(audience == "internal")
        cosines = served.vectors @ query
        cosines[hidden] = -2.0
        best = np.argpartition(-cosines, min(limit, len(cosines)) - 1)[:limit]
        return {int(served.passages[row]): float(cosines[row]) for row in best if cosines[row] > -2.0}

    def cosines(self, query: Vectors, passages: list[int]) -> dict[int, float]:
        """Return the cosine of some passages; those that have no vector are left out."""
        served = self._current()
        if served is None or not passages:
            return {}
        wanted = np.array(passages, np.int64)
        rows = np.minimum(np.searchsorted(served.passages, wanted), len(served.passages) - 1)
        known = served.passages[rows] == wanted
        found = served.vectors[rows[known]] @ query
        return {int(each): float(cosine) for each, cosine in zip(wanted[known], found, strict=True)}

    def _current(self) -> _Snapshot | None:
        """Return the newest matrix there is; another process may have built it."""
        try:
            name = (self._folder / "current").read_text(encoding="utf-8")
        except OSError:
            return None
        with self._guard:
            if self._snapshot is None or self._snapshot.state != json.loads(name)["state"]:
                self._snapshot = _load(self._folder, json.loads(name))
            return self._snapshot

    def _write(self, token: str, rows: list[IndexRow], vectors: Vectors) -> None:
        """Write a new matrix beside the old one, then point to it."""
        name = f"{token.replace(' ', '-')}"
        times = np.array(
            [
                [
                    row.passage,
                    EVER if row.since is None else row.since,
                    NEVER if row.until is None else row.until,
                    int(row.audience == "internal"),
                ]
                for row in rows
            ],
            np.int64,
        ).reshape(len(rows), 4)
        np.save(self._folder / f"{name}.rows.npy", times)
        np.save(self._folder / f"{name}.vectors.npy", vectors)
        unfinished = self._folder / f"current.{os.getpid()}"
        unfinished.write_text(json.dumps({"state": token, "name": name}), encoding="utf-8")
        unfinished.replace(self._folder / "current")
        for old in self._folder.glob("*.npy"):
            if not old.name.startswith(f"{name}."):
                old.unlink(missing_ok=True)  # a process that has it mapped keeps it


def _load(folder: Path, pointer: dict[str, str]) -> _Snapshot | None:
    try:
        rows = np.load(folder / f"{pointer['name']}.rows.npy")
        vectors = np.load(folder / f"{pointer['name']}.vectors.npy", mmap_mode="r")
    except (OSError, ValueError, KeyError) as error:
        logger.warning("the vectors cannot be read and are made again at the next ingest: %s", error)
        return None
    return _Snapshot(pointer["state"], rows[:, 0].copy(), rows[:, 1], rows[:, 2], rows[:, 3], vectors)


def _text(row: IndexRow) -> str:
    """Return what of a passage is encoded."""
    return "\n".join(part for part in (row.title, row.heading, row.text) if part)
