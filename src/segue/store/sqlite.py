"""SQLite: one database file in WAL mode, fully synchronous, shared by threads and processes."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from segue.errors import StoreError
from segue.store import statements

Connection = sqlite3.Connection
Error = sqlite3.Error
Row = tuple[Any, ...]
Parameters = Mapping[str, Any] | Sequence[Any]

MEMORY = Path(":memory:")
"""Instead of a file's path: a database of one connection, gone when that is closed."""
BUSY_TIMEOUT_S = 30.0
"""How long a writer waits for another one; every transaction here takes milliseconds."""
_PAUSE_S = 0.002


@contextmanager
def reporting(path: Path) -> Iterator[None]:
    """Turn the driver's errors into `StoreError`, naming the file and what to try."""
    try:
        yield
    except sqlite3.Error as error:
        raise failure(path, error) from error


def failure(path: Path, error: sqlite3.Error) -> StoreError:
    """Return what to raise for the driver's error: it names the file and what to try."""
    return StoreError(f"{path}: {error}{_advice(str(error))}")


def _advice(message: str) -> str:
    text = message.lower()
    if "full" in text:
        return "; free some space on that disk and start again: nothing that was finished is lost"
    if "readonly" in text or "unable to open" in text:
        return "; make the file and its folder writable for this user"
    if "locked" in text or "busy" in text:
        return "; another process holds a long write: end it, or wait and try again"
    if "malformed" in text or "not a database" in text or "disk image" in text:
        return "; the file is damaged: restore it from a backup (`segue audit verify` names what is affected)"
    return ""


def connect(path: Path, *, read_only: bool = False) -> Connection:
    """Open one connection in autocommit mode: write-ahead log, fully synchronous, foreign keys checked.

    It may be used from any thread, by one at a time.

    Raises:
        StoreError: The file cannot be opened, or is no database.
    """
    with reporting(path):
        mode = "ro" if read_only else "rwc"
        uri = "file::memory:" if path == MEMORY else f"{path.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            if not read_only:
                connection.execute("PRAGMA page_size = 8192")  # of a new file: entries of 1 KB go in a quarter faster
                _write_ahead(connection)
                connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA cache_size = -16384")
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _write_ahead(connection: Connection) -> None:
    """Use the write-ahead log; SQLite itself does not wait for another process that turns to it at this moment."""
    until_s = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until_s:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


def open_file(path: Path) -> Connection:
    """Open a database for reading and writing, creating it and its folder, its schema brought up to date.

    Raises:
        StoreError: It cannot be opened, or is from a newer Segue.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{path.parent}: {error.strerror}") from error
    connection = connect(path)
    try:
        with reporting(path):
            migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def migrate(connection: Connection) -> None:
    """Bring the schema up to this version's; a second process doing the same at once is harmless.

    Raises:
        StoreError: The file was written by a newer Segue.
    """
    scripts = statements.migrations()
    newest = scripts[-1][0]
    if _version(connection) == newest:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = _version(connection)
        if done > newest:
            raise StoreError(f"the database has schema {done}, this version of Segue knows {newest}: upgrade Segue")
        for number, script in scripts:
            if number > done:
                for statement in _split(script):
                    connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {newest:d}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _split(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines():
        if not line.strip().startswith("--"):
            statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


class _Session:
    """A thread's connection; whoever closes the database waits until the thread is not using it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.lock = threading.RLock()


class Database:
    """A database file, seen through one room's named statements; safe to use from any thread."""

    def __init__(self, path: Path, *, room: str) -> None:
        """Open `path`, creating it and its folder, and bring its schema up to date.

        Args:
            path: The file.
            room: Which `.sql` file of this folder names the statements.

        Raises:
            StoreError: It cannot be opened, or is from a newer Segue.
        """
        self.path = path
        self._sql = statements.load(room)
        self._local = threading.local()
        self._sessions: list[_Session] = []
        self._guard = threading.Lock()
        self._open(open_file(path))

    def rows(self, statement: str, parameters: Parameters = ()) -> list[Row]:
        """Return what a query finds."""
        with self._session() as connection:
            return connection.execute(self._sql[statement], parameters).fetchall()

    def run(self, statement: str, parameters: Parameters = ()) -> int:
        """Execute one statement, durable on return; gives the number of rows it changed."""
        with self._session() as connection:
            return connection.execute(self._sql[statement], parameters).rowcount

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Several statements as one: all of them durable at the end, or none after an exception.

        Keep it short: it holds the file's one write lock.
        """
        with self._session() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Transaction(connection, self._sql)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close every thread's connection once it is idle; using the object afterwards opens new ones."""
        with self._guard:
            sessions, self._sessions = self._sessions, []
            self._local = threading.local()
        for session in sessions:
            with session.lock:
                session.connection.close()

    @contextmanager
    def _session(self) -> Iterator[Connection]:
        session: _Session = getattr(self._local, "session", None) or self._open(connect(self.path))
        with session.lock, reporting(self.path):
            yield session.connection

    def _open(self, connection: Connection) -> _Session:
        session = _Session(connection)
        with self._guard:
            self._local.session = session
            self._sessions.append(session)
        return session


class Transaction:
    """The statements of a room inside one transaction."""

    def __init__(self, connection: Connection, sql: Mapping[str, str]) -> None:
        self._connection = connection
        self._sql = sql

    def rows(self, statement: str, parameters: Parameters = ()) -> list[Row]:
        """Return what a query finds."""
        return self._connection.execute(self._sql[statement], parameters).fetchall()

    def run(self, statement: str, parameters: Parameters = ()) -> int:
        """Execute one statement; gives the number of rows it changed."""
        return self._connection.execute(self._sql[statement], parameters).rowcount

    def run_many(self, statement: str, rows: Iterable[Parameters]) -> None:
        """Execute one statement for each of `rows`."""
        self._connection.executemany(self._sql[statement], rows)
