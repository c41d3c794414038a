"""Search by meaning: the vectors of all passages in one memory-mapped matrix, compared exactly."""

from __future__ import annotations

import json
import logging
import os
import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from segue.errors import StoreError
from segue.knowledge.documents import Documents, IndexRow
from segue.knowledge.lexical import EVER, NEVER
from segue.knowledge.locking import exclusive
from segue.knowledge.scope import Scope
from segue.knowledge.vectors import Encoder, Progress, VectorCache, Vectors

logger = logging.getLogger(__name__)

VERSION = 2
"""Of what is encoded of a passage, and of the files."""
AT_ONCE = 8
"""Questions that are compared in one pass over the matrix: one pass costs little more for several, but memory."""
FILTERS = 16
"""Answers of the database that are kept for filters that come again."""

_Numbers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class _Snapshot:
    """The matrix as it was built from one revision of the library."""

    state: str
    passages: _Numbers
    """Ids, (n,), ascending."""
    documents: _Numbers
    internal: np.ndarray[Any, np.dtype[np.bool_]]
    timed: _Numbers
    """The rows that do not hold for ever, and what they hold from and until."""
    since: _Numbers
    until: _Numbers
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
        self._admitted: dict[tuple[object, ...], np.ndarray[Any, np.dtype[np.bool_]]] = {}
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

    def query(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions, float32 (n_texts, dims)."""
        return self._cache.encoder.encode(texts)

    def search(self, queries: Vectors, *, limit: int, wanted: Scope) -> list[dict[int, float]]:
        """Return for each question the passages nearest in meaning among those wanted, by id with their cosine.

        Nothing where no matrix was built yet.

        Args:
            queries: (n_questions, dims), rows of length 1.
            limit: At most so many passages for each.
            wanted: Which passages may be found.
        """
        served = self._current()
        if served is None or not len(served.passages):
            return [{} for _ in queries]
        hidden = self._hidden(served, wanted)
        found = []
        for first in range(0, len(queries), AT_ONCE):
            block = queries[first : first + AT_ONCE]
            cosines = served.vectors @ block[0] if len(block) == 1 else served.vectors @ block.T
            cosines[hidden] = -2.0
            columns = [cosines] if cosines.ndim == 1 else list(np.ascontiguousarray(cosines.T))
            found += [_best(served.passages, column, limit) for column in columns]
        return found

    def cosines(self, query: Vectors, passages: list[int]) -> dict[int, float]:
        """Return the cosine of some passages to one question; those that have no vector are left out."""
        known, vectors = self.vectors(passages)
        return dict(zip(known, (vectors @ query).tolist(), strict=True)) if known else {}

    def vectors(self, passages: list[int]) -> tuple[list[int], Vectors]:
        """Return those of some passages that have a vector, and their vectors."""
        served = self._current()
        if served is None or not passages or not len(served.passages):
            return [], np.empty((0, self._cache.encoder.dims), np.float32)
        wanted = np.array(passages, np.int64)
        rows = np.minimum(np.searchsorted(served.passages, wanted), len(served.passages) - 1)
        known = served.passages[rows] == wanted
        return wanted[known].tolist(), served.vectors[rows[known]]

    def _hidden(self, served: _Snapshot, wanted: Scope) -> _Numbers:
        """Return the rows that the filter keeps out."""
        later = (served.since > wanted.moment) | (served.until <= wanted.moment)
        hidden = [served.timed[later]]
        if wanted.audience is not None:
            hidden.append(np.flatnonzero(served.internal != (wanted.audience == "internal")))
        if wanted.narrows:
            hidden.append(np.flatnonzero(~self._admits(served, wanted)))
        return np.concatenate(hidden)

    def _admits(self, served: _Snapshot, wanted: Scope) -> np.ndarray[Any, np.dtype[np.bool_]]:
        key = (served.state, wanted.primary_language, wanted.under, wanted.source)
        with self._guard:
            known = self._admitted.get(key)
        if known is None:
            known = np.isin(served.documents, self._documents.matching(wanted))
            with self._guard:
                if len(self._admitted) >= FILTERS:
                    self._admitted.clear()
                self._admitted[key] = known
        return known

    def _current(self) -> _Snapshot | None:
        """Return the newest matrix there is; another process may have built it."""
        try:
            pointer = json.loads((self._folder / "current").read_text(encoding="utf-8"))
            state = str(pointer["state"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        with self._guard:
            if self._snapshot is None or self._snapshot.state != state:
                self._snapshot = _load(self._folder, pointer) or self._restored()
            return self._snapshot

    def _restored(self) -> _Snapshot | None:
        """Make the matrix again from kept vectors; `None` where some would have to be encoded, or it is being made."""
        with exclusive(self._folder / "lock", wait=False) as is_held:
            if not is_held:
                return None
            state = self._documents.state()
            rows = self._documents.index_rows(self._documents.changed(0))
            texts = [_text(row) for row in rows]
            if not self._cache.holds(texts):
                return None
            try:
                self._write(f"{state.identity} {state.revision}", rows, self._cache.of(texts))
                pointer = json.loads((self._folder / "current").read_text(encoding="utf-8"))
            except OSError as error:
                logger.warning("the vectors cannot be written: %s", error.strerror or error)
                return None
        return _load(self._folder, pointer)

    def _write(self, token: str, rows: list[IndexRow], vectors: Vectors) -> None:
        """Write a new matrix beside the old one, then point to it."""
        name = f"{token.replace(' ', '-')}"
        numbers = np.array(
            [
                [
                    row.passage,
                    row.document,
                    EVER if row.since is None else row.since,
                    NEVER if row.until is None else row.until,
                    int(row.audience == "internal"),
                ]
                for row in rows
            ],
            np.int64,
        ).reshape(len(rows), 5)
        np.save(self._folder / f"{name}.rows.npy", numbers)
        np.save(self._folder / f"{name}.vectors.npy", vectors)
        sums = {"rows": _sum(numbers), "vectors": _sum(vectors)}
        unfinished = self._folder / f"current.{os.getpid()}"
        unfinished.write_text(json.dumps({"state": token, "name": name, **sums}), encoding="utf-8")
        unfinished.replace(self._folder / "current")
        for old in self._folder.glob("*.npy"):
            if not old.name.startswith(f"{name}."):
                old.unlink(missing_ok=True)  # a process that has it mapped keeps it


def _best(passages: _Numbers, cosines: Vectors, limit: int) -> dict[int, float]:
    rows = np.argpartition(cosines, max(len(cosines) - limit, 0))[-limit:]
    return {int(passages[row]): float(cosines[row]) for row in rows if cosines[row] > -2.0}


def _load(folder: Path, pointer: dict[str, Any]) -> _Snapshot | None:
    """Return the matrix that was written, checked against its sums; `None` where it was cut or altered."""
    try:
        rows = np.load(folder / f"{pointer['name']}.rows.npy")
        vectors = np.load(folder / f"{pointer['name']}.vectors.npy", mmap_mode="r")
        if (_sum(rows), _sum(vectors)) != (pointer["rows"], pointer["vectors"]):
            raise ValueError("its sum is another one")
    except (OSError, ValueError, KeyError, EOFError) as error:
        logger.warning("the vectors are damaged and are made again: %s", error)
        return None
    since, until = rows[:, 2], rows[:, 3]
    timed = np.flatnonzero((since > EVER) | (until < NEVER))
    return _Snapshot(
        pointer["state"],
        rows[:, 0].copy(),
        rows[:, 1].copy(),
        rows[:, 4] == 1,
        timed,
        since[timed],
        until[timed],
        vectors,
    )


def _sum(array: np.ndarray[Any, Any]) -> int:
    return zlib.crc32(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)


def _text(row: IndexRow) -> str:
    """Return what of a passage is encoded."""
    return "\n".join(part for part in (row.title, row.heading, row.text) if part)
