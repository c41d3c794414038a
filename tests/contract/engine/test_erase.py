"""Erasing: what runs held of a person goes, and what is left of every entry keeps the chains whole."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from segue import Engine, continue_as, run_child, step, wait_for_signal, workflow
from segue.engine.embedded.lock import DriverLock
from segue.engine.signature import PrivateKey
from segue.errors import EngineBusy, RunCancelled, RunErased, UsageError
from tests.conftest import settle
from tests.contract.conftest import Runtime
from tests.contract.engine.test_export import verified

PATIENCE = timedelta(seconds=5)
acted: list[str] = []
"""What steps did, since the test began."""


@pytest.fixture(autouse=True)
def _fresh() -> None:
    acted.clear()


async def take_back(name: str) -> None:
    acted.append(f"undo {name}")


@step(name="erase.greet", effect="write", undo=take_back)
async def greet(name: str) -> str:
    acted.append(name)
    return f"Dear {name}"


@workflow(name="erase.flow")
async def flow(name: str) -> str:
    return await greet(name)


@workflow(name="erase.waits")
async def waits(name: str) -> str:
    await greet(name)
    return await wait_for_signal("go", str)


@workflow(name="erase.parent")
async def parent(name: str) -> str:
    greeting = await run_child(flow, name)
    return continue_as(f"{name} again") if not name.endswith("again") else greeting


async def held(runtime: Runtime) -> int:
    """Payloads and salts that are left of all runs."""
    return int(runtime.read("SELECT count(payload) + count(salt) FROM entries")[0][0])


async def test_every_entry_loses_its_payload_and_the_record_holds_as_before(runtime: Runtime, tmp_path: Path) -> None:
    key = tmp_path / "audit.key"
    async with runtime.engine() as engine:
        await (await engine.start(flow, "Mira", run_id="r")).result()
        await engine.record("approval", "r", detail={"by": "otto"}, payload={"shown": "to Mira"})
        head = await engine.head(key)
        assert await engine.erase(["r"]) == 3
        assert [entry.payload for entry in await engine.entries("r")] == [None] * 3
        assert await held(runtime) == 0
        report = await engine.audit(head=head.line, key=PrivateKey(key).public)
        assert (report.ok, report.proven, report.runs) == (True, 4, 1)
        (approval,) = await engine.workspace(subject="r")
        assert (approval.payload, approval.detail) == (None, {"by": "otto"})
        (told,) = await engine.workspace(kind="erasure")
        assert (told.subject, told.detail) == ("", {"runs": [["r", 3]], "workspace": [2]})
        assert await engine.erase(["r"]) == 0
        assert len(await engine.workspace(kind="erasure")) == 1
        written = io.StringIO()
        await engine.export(written)
    assert "Mira" not in written.getvalue()
    assert verified(written.getvalue(), head.hash) == (0, "ok")


async def test_children_later_runs_of_the_chain_and_forks_are_erased_too(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await (await engine.start(parent, "Mira", run_id="r")).result()
        await (await engine.fork("r~2", before="0", run_id="f")).result()
        await (await engine.start(flow, "Otto", run_id="other")).result()
        await engine.erase(["r"])
        assert runtime.read("SELECT DISTINCT run_id FROM entries WHERE payload IS NOT NULL") == [("other",)]
        assert (await engine.audit()).ok


async def test_an_erased_run_can_be_neither_read_nor_repeated_nor_forked(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        handle = await engine.start(flow, "Mira", run_id="r")
        await handle.result()
        await engine.erase(["r"])
        with pytest.raises(RunErased, match="what came of it"):
            await handle.result()
        with pytest.raises(RunErased, match="another run id"):
            await engine.start(flow, "Mira", run_id="r")
        with pytest.raises(RunErased, match="cannot be forked"):
            await engine.fork("r", before="0")
        await engine.verify("r")
        assert await handle.status() == "completed"
    async with runtime.engine():  # opening takes nothing up
        assert acted == ["Mira"]


async def test_some_entries_of_a_run_are_erased_and_the_others_stay(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await (await engine.start(flow, "Mira", run_id="r")).result()
        assert await engine.erase([], parts={"r": [1]}) == 1
        assert [entry.payload is None for entry in await engine.entries("r")] == [False, True, False]
        assert (await engine.audit()).ok


async def test_an_erased_payload_cannot_be_put_back_or_changed(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await (await engine.start(flow, "Mira", run_id="r")).result()
        await engine.erase(["r"])
        runtime.alter("UPDATE entries SET payload = x'7b7d', salt = zeroblob(32) WHERE seq = 1")
        report = await engine.audit()
        assert report.first_bad is not None
        assert report.first_bad.seq == 1


async def test_what_was_altered_before_stays_visible(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await (await engine.start(flow, "Mira", run_id="r")).result()
        runtime.alter("UPDATE entries SET payload = x'7b7d' WHERE seq = 1")
        await engine.erase(["r"])
        report = await engine.audit()
        assert report.first_bad is not None
        assert (report.first_bad.run_id, report.first_bad.seq) == ("r", 1)


async def test_a_run_that_goes_on_is_not_erased(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.start(waits, "Mira", run_id="r")
        await settle()
        with pytest.raises(UsageError, match="has not ended"):
            await engine.erase(["r"])
        with pytest.raises(UsageError, match="has not ended"):
            await engine.erase([], parts={"r": [0]})


async def test_whoever_drives_cancels_what_is_stopped_and_undoes_what_it_did(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        handle = await engine.start(waits, "Mira", run_id="r")
        await settle()
        async with runtime.engine(drive=False) as beside:
            assert await beside.stop(["r"], patience=PATIENCE) == ["r"]
        with pytest.raises(RunCancelled):
            await handle.result()
        assert acted == ["Mira", "undo Dear Mira"]


async def test_what_nobody_drives_ends_where_it_is_and_nothing_of_it_runs(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.start(waits, "Mira", run_id="r")
        await settle()
    async with runtime.engine(drive=False) as beside:
        await beside.start(waits, "Mira", run_id="asked for")
        assert await beside.stop(["r", "asked for"], patience=PATIENCE) == ["r"]
        assert [entry.kind for entry in await beside.entries("r")][-2:] == ["cancel_requested", "run_cancelled"]
        assert (await beside.audit()).ok
    async with runtime.engine() as engine:
        with pytest.raises(RunCancelled):
            await engine.handle("r").result()
        assert [info.run_id for info in await engine.runs()] == ["r"]
        assert acted == ["Mira"]


async def test_what_does_not_end_in_time_is_named(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.start(waits, "Mira", run_id="r")
        await settle()
    lock = DriverLock(engine.path)  # somebody who drives, and does nothing
    async with runtime.engine(drive=False) as beside:
        with pytest.raises(EngineBusy, match="run r was cancelled and has not ended within 0 s"):
            await beside.stop(["r"], patience=timedelta(0))
    lock.release()


async def test_a_child_is_stopped_by_its_parents_name_only(runtime: Runtime) -> None:
    @workflow
    async def waits_for_child() -> str:
        return await run_child(waits, "Mira")

    async with runtime.engine() as engine:
        await engine.start(waits_for_child, run_id="p")
        await settle()
        with pytest.raises(UsageError, match=r"run p/0 is the child of run p, which goes on"):
            await engine.stop(["p/0"], patience=PATIENCE)
        assert await engine.stop(["p"], patience=PATIENCE) == ["p", "p/0"]


async def test_rewriting_leaves_no_byte_that_was_removed_before_by_anybody(runtime: Runtime) -> None:
    async with runtime.engine(drive=False) as engine:
        with closing(sqlite3.connect(engine.path, isolation_level=None)) as careless:
            careless.execute("PRAGMA secure_delete = OFF")
            for number in range(100):
                payload = b"Tollgate Lane" * 20
                careless.execute(
                    "INSERT INTO inbox (run_id, kind, name, payload, at) VALUES (?, 'signal', 'n', ?, 0)",
                    (f"r-{number}", payload),
                )
            careless.execute("UPDATE inbox SET payload = NULL")
        assert b"Tollgate" in files_of(engine)
        await engine.rewrite()
        assert b"Tollgate" not in files_of(engine)


def files_of(engine: Engine) -> bytes:
    return b"".join(path.read_bytes() for path in engine.path.parent.glob(f"{engine.path.name}*"))


async def test_rewriting_says_so_where_somebody_reads_what_was_there_before(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from segue.errors import StoreError
    from segue.store import sqlite

    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    async with runtime.engine(drive=False) as engine:
        await engine.record("login", "mira")
        with closing(sqlite3.connect(engine.path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM inbox").fetchone()
            with pytest.raises(StoreError, match="another process reads it"):
                await engine.rewrite()
        await engine.rewrite()
