"""The search index beside the database: made from it, kept in step with it, and made again when it is damaged."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from segue.errors import StoreError
from segue.knowledge.documents import Documents, State
from segue.knowledge.lexical import VERSION, Damaged, Lexical, Ranked, Writer
from segue.knowledge.locking import exclusive
from segue.knowledge.scope import Scope

logger = logging.getLogger(__name__)

BATCH = 200
"""Documents whose passages are read from the database at once."""


class Index:
    """Finds passages; safe to use from any thread, and by any number of processes at once.

    One process at a time writes, under a lock that the system frees when it dies; the others serve what was there
    before.
    """

    def __init__(self, documents: Documents, folder: Path) -> None:
        """Nothing is opened or built before the first use.

        Args:
            documents: What it is made from.
            folder: Where it keeps its files; all of them may be deleted at any time.
        """
        self._documents = documents
        self._folder = folder / f"lexical-{VERSION}"
        self._lock = folder / "lock"
        self._lexical: Lexical | None = None
        self._guard = threading.Lock()

    def search(self, query: str, *, limit: int, wanted: Scope) -> list[Ranked]:
        """Return the passages nearest to `query` among those wanted, best first.

        Raises:
            StoreError: There is no index, and none can be written.
        """
        try:
            return self._current().search(query, limit=limit, wanted=wanted)
        except Damaged as error:
            logger.warning("the search index is damaged and is made again: %s", error)
        self.drop()
        try:
            return self._current().search(query, limit=limit, wanted=wanted)
        except Damaged as error:
            raise _unwritable(self._folder, error) from error

    def catch_up(self) -> None:
        """Bring the index into step with the library.

        Raises:
            StoreError: It cannot be written.
        """
        with self.updating() as update:
            update.catch_up()

    def drop(self) -> None:
        """Delete the index; it is made again at its next use, without what was deleted from the library."""
        with self._guard, exclusive(self._lock, wait=True):
            self._lexical = None
            shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def updating(self) -> Iterator[Update]:
        """Let the index follow changes of the library; searches see them, all at once, after the end.

        It waits for another process that does the same.

        Raises:
            StoreError: The index cannot be written. It is dropped, and made again at its next use.
        """
        with exclusive(self._lock, wait=True), self._update() as update:
            yield update

    @contextmanager
    def _update(self) -> Iterator[Update]:
        try:
            lexical, revision = self._opened()
            with lexical.writing() as writer:
                update = Update(self._documents, writer, revision)
                yield update
                update.commit(lexical.state)
        except Damaged as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise _unwritable(self._folder, error) from error

    def _opened(self) -> tuple[Lexical, int]:
        """Return the index and the revision it is at; where there is none to be used, a new one at 0."""
        try:
            lexical = Lexical(self._folder)
        except Damaged as error:
            if self._folder.exists():
                logger.warning("the search index is damaged and is made again: %s", error)
        else:
            revision = _revision(lexical, self._documents.state())
            if revision is not None:
                return lexical, revision
        try:
            for other in self._folder.parent.glob("lexical-*"):
                shutil.rmtree(other)
            self._folder.mkdir()
        except OSError as error:
            raise _unwritable(self._folder, error) from error
        return Lexical.create(self._folder), 0

    def _current(self) -> Lexical:
        """Return the index in step with the library, or the one before while somebody is at work on it."""
        state = self._documents.state()
        served = self._lexical
        if served is None or _revision(served, state) is None:
            self._guard.acquire()
        elif served.state == _token(state) or not self._guard.acquire(blocking=False):
            return served
        try:
            self._lexical = self._brought_up(state)
            return self._lexical
        finally:
            self._guard.release()

    def _brought_up(self, state: State) -> Lexical:
        """Load what is on disk, and bring it into step if it is behind and nobody else does."""
        lexical = self._loaded(state)
        if lexical is not None and lexical.state == _token(state):
            return lexical
        try:
            with exclusive(self._lock, wait=lexical is None) as is_held:
                if is_held or lexical is None:
                    with self._update() as update:
                        update.catch_up()
                    return Lexical(self._folder)
        except StoreError as error:
            if lexical is None:
                raise
            logger.warning("an older index is searched: %s", error)
        return lexical

    def _loaded(self, state: State) -> Lexical | None:
        """Return the newest index of this library that can be had without writing."""
        lexical = self._lexical
        if lexical is not None:
            with suppress(Damaged):
                lexical.load()
            if _revision(lexical, state) is not None:
                return lexical
        with suppress(Damaged):
            lexical = Lexical(self._folder)
            if _revision(lexical, state) is not None:
                return lexical
        return None


class Update:
    """An index that is being brought into step."""

    def __init__(self, documents: Documents, writer: Writer, revision: int) -> None:
        self._documents = documents
        self._writer = writer
        self._state: State | None = None
        self._revision = revision

    def catch_up(self) -> None:
        """Take in what changed in the library since the last time."""
        state = self._documents.state()  # first: what changes from here on counts as not taken in
        changed = self._documents.changed(self._revision)
        for first in range(0, len(changed), BATCH):
            batch = changed[first : first + BATCH]
            self._writer.replace(batch if self._revision else [], self._documents.index_rows(batch))
        self._state, self._revision = state, state.revision

    def commit(self, before: str) -> None:
        """Let searches see it, if it is not what they saw before."""
        if self._state is not None and _token(self._state) != before:
            self._writer.commit(_token(self._state))


def _unwritable(folder: Path, error: Exception) -> StoreError:
    return StoreError(
        f"{folder}: the search index cannot be written: {error}; see to space and permissions there, it is made again"
        " at its next use"
    )


def _token(state: State) -> str:
    return f"{state.identity} {state.revision}"


def _revision(lexical: Lexical, state: State) -> int | None:
    """Return which revision of this library the index is at; `None` if it is of another one, or of its future."""
    identity, _, revision = lexical.state.partition(" ")
    if identity != state.identity or int(revision) > state.revision:
        return None
    return int(revision)
