"""The implementations that keep the same promises, each under its name: `runtime[embedded]`."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from segue import Engine
from segue.engine.embedded.journal import SqliteJournal
from segue.engine.workspace import WorkspaceJournal
from tests.conftest import FakeClock, without_hanging

pytest_pyfunc_call = without_hanging


class Runtime(Protocol):
    """A database that engines work on, and what a test does to it behind their backs."""

    url: str
    clock: FakeClock

    def engine(self, *, drive: bool = True) -> Engine:
        """Return an engine on this database, not entered."""

    def journal(self) -> WorkspaceJournal:
        """Return the journal that engines keep here."""

    def crashed(self) -> Runtime:
        """Return a copy of what is on disk now: what a crash at this moment would leave behind."""

    def cut(self, run_id: str, entries: int) -> Runtime:
        """Return a copy in which a run has only its first entries: what an earlier crash would have left behind."""

    def alter(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Change the database as an intruder would."""

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Look into the database as an intruder would."""

    def full_disk(self) -> AbstractContextManager[None]:
        """Let nothing more be written to the database."""


class Embedded:
    """One process on one SQLite file."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.file = folder / "segue.db"
        self.url = f"sqlite:///{self.file}"
        self.clock = clock

    def engine(self, *, drive: bool = True) -> Engine:
        return Engine(self.url, drive=drive, clock=self.clock)

    def journal(self) -> WorkspaceJournal:
        return SqliteJournal(self.file)

    def crashed(self) -> Embedded:
        number = len(list(self.file.parent.iterdir()))
        copy = Embedded(self.file.parent / f"crashed-{number}", self.clock)
        copy.file.parent.mkdir()
        with closing(sqlite3.connect(self.file)) as source, closing(sqlite3.connect(copy.file)) as target:
            source.backup(target)
        return copy

    def cut(self, run_id: str, entries: int) -> Embedded:
        copy = self.crashed()
        copy.alter("DELETE FROM entries WHERE run_id = ? AND seq >= ?", [run_id, entries])
        copy.alter("UPDATE runs SET status = 'running', ended_at = NULL, wake_at = NULL, entries = NULL, head = NULL")
        return copy

    def alter(self, sql: str, values: Sequence[Any] = ()) -> None:
        with closing(sqlite3.connect(self.file)) as intruder, intruder:
            intruder.execute(sql, values)

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with closing(sqlite3.connect(self.file)) as intruder:
            return intruder.execute(sql, values).fetchall()

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Limit the size of files to that of the write-ahead log: the system itself refuses what comes next."""
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = self.file.with_name(self.file.name + "-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(params=["embedded"])
def runtime(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Runtime:
    return {"embedded": Embedded}[request.param](tmp_path, clock)
