"""The one place that opens databases: what is written stays, what fails is named, nobody is cut off mid-use."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from segue.errors import StoreError
from segue.store import sqlite, statements
from segue.store.sqlite import Database


def helpdesk(path: Path) -> Database:
    return Database(path, room="helpdesk")


def receive(database: Database, ticket: str) -> None:
    values = {"id": ticket, "subject": "", "channel": "", "customer": "", "created_at": "", "run_id": ""}
    database.run("receive", values)


def test_what_was_written_is_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    first = helpdesk(tmp_path / "new" / "segue.db")
    receive(first, "t-1")
    first.close()

    assert helpdesk(tmp_path / "new" / "segue.db").rows("count") == [(1,)]


def test_a_new_file_can_be_opened_while_another_process_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(tmp_path / "segue.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE of_the_other (x)")
        monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 5.0)
        paused = []

        def end_the_other(seconds: float) -> None:
            paused.append(seconds)
            other.execute("COMMIT")

        monkeypatch.setattr("time.sleep", end_the_other)
        with closing(sqlite.connect(tmp_path / "segue.db")) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert paused


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    database = helpdesk(tmp_path / "segue.db")

    with pytest.raises(RuntimeError):
        _half_done(database)

    assert database.rows("count") == [(0,)]


def _half_done(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.run(
            "receive", {"id": "t-1", "subject": "", "channel": "", "customer": "", "created_at": "", "run_id": ""}
        )
        raise RuntimeError("something else went wrong")


def test_each_thread_has_a_connection_of_its_own(tmp_path: Path) -> None:
    database = helpdesk(tmp_path / "segue.db")
    threads = [threading.Thread(target=receive, args=(database, f"t-{number}")) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert database.rows("count") == [(8,)]


def test_closing_waits_for_a_thread_that_is_in_the_middle_of_something(tmp_path: Path) -> None:
    database = helpdesk(tmp_path / "segue.db")
    begun, go_on = threading.Event(), threading.Event()

    def work() -> None:
        with database.transaction() as transaction:
            begun.set()
            go_on.wait(10)
            transaction.rows("count")

    worker = threading.Thread(target=work)
    worker.start()
    begun.wait(10)
    closer = threading.Thread(target=database.close)
    closer.start()
    assert closer.is_alive()
    go_on.set()
    worker.join(10)
    closer.join(10)

    assert not closer.is_alive()
    assert database.rows("count") == [(0,)]  # and it can be used again


def test_a_file_that_is_no_database_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "segue.db").write_text("this is a letter, not a database, and long enough to be looked at")

    with pytest.raises(StoreError, match=r"segue\.db.*restore it from a backup"):
        helpdesk(tmp_path / "segue.db")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match="file"):
        helpdesk(tmp_path / "file" / "segue.db")


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    helpdesk(tmp_path / "segue.db").close()
    with closing(sqlite3.connect(tmp_path / "segue.db")) as newer:
        newer.execute("PRAGMA user_version = 9999")

    with pytest.raises(StoreError, match="upgrade Segue"):
        helpdesk(tmp_path / "segue.db")


def test_everything_is_written_through_to_the_disk(tmp_path: Path) -> None:
    connection = sqlite.open_file(tmp_path / "segue.db")

    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_many_processes_that_open_a_new_file_at_once_make_one_schema(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_open, args=(tmp_path / "segue.db",)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [process.exitcode for process in processes] == [0, 0, 0, 0]


def _open(path: Path) -> None:
    database = helpdesk(path)
    database.rows("count")
    database.close()


def test_every_statement_is_valid_against_the_schema(tmp_path: Path) -> None:
    connection = sqlite.open_file(tmp_path / "segue.db")
    for room in ("engine", "knowledge", "helpdesk"):
        for name, sql in statements.load(room).items():
            try:
                connection.execute(f"EXPLAIN {sql}", {})
            except sqlite3.ProgrammingError:
                continue  # it wants parameters: it was understood
            except sqlite3.OperationalError as error:
                pytest.fail(f"{room}.{name}: {error}")
    connection.close()


def test_migrations_are_numbered_without_gaps() -> None:
    assert [number for number, _ in statements.migrations()] == list(range(1, len(statements.migrations()) + 1))
