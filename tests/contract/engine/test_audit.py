"""An altered, cut or damaged journal is found, and the first bad entry named."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from segue import Engine, sleep, step, wait_for_signal, workflow
from segue.engine.journal import chained, to_us
from segue.errors import AuditError, RunFailed
from tests.conftest import settle
from tests.contract.conftest import Runtime


@step(name="audit.work")
async def work(tag: str) -> str:
    return tag


@workflow(name="audit.flow")
async def flow(size: int) -> str:
    for tag in "abc":
        await work(tag * size)
    return await wait_for_signal("go", str)


async def recorded(engine: Engine, *, ends: bool = True, size: int = 1) -> None:
    """Two runs of five entries, and a sixth and seventh where they end."""
    for run_id in ("other", "r"):
        await engine.start(flow, size, run_id=run_id)
        await settle()
        if ends:
            await engine.signal(run_id, "go", "gone")
            await engine.handle(run_id).result()


async def found(engine: Engine, run_id: str = "r") -> tuple[str, int | None]:
    """What verifying a run finds."""
    with pytest.raises(AuditError) as caught:
        await engine.verify(run_id)
    assert caught.value.run_id == run_id
    assert run_id in str(caught.value)
    return caught.value.reason, caught.value.seq


ALTERED = {
    "payload": "UPDATE entries SET payload = CAST(replace(CAST(payload AS TEXT), 'b', 'x') AS BLOB)",
    "salt": "UPDATE entries SET salt = zeroblob(32)",
    "salt taken away": "UPDATE entries SET salt = NULL",
    "payload taken away": "UPDATE entries SET payload = NULL",
    "payload that is no text": "UPDATE entries SET payload = x'fffe'",
    "payload that pretends to be compressed": "UPDATE entries SET payload = x'7a00'",
    "hash": "UPDATE entries SET hash = zeroblob(32)",
    "path": "UPDATE entries SET path = '7'",
    "kind": "UPDATE entries SET kind = 'step_failed'",
    "an unknown kind": "UPDATE entries SET kind = 'made_up'",
    "name": "UPDATE entries SET name = 'audit.play'",
    "name that is no text": "UPDATE entries SET name = CAST(x'ff' AS TEXT)",
    "time": "UPDATE entries SET at = at + 1",
    "attempt": "UPDATE entries SET attempt = 2",
    "deleted": "DELETE FROM entries",
}


@pytest.mark.parametrize("seq", [0, 2, 3])
@pytest.mark.parametrize("what", ALTERED)
async def test_a_change_of_anything_is_found_at_its_entry(runtime: Runtime, what: str, seq: int) -> None:
    async with runtime.engine() as engine:
        await recorded(engine)
        runtime.alter(f"{ALTERED[what]} WHERE run_id = 'r' AND seq = ?", [seq])
        if what == "payload" and seq != 2:
            await engine.verify("r")  # nothing there to replace
            return
        _, at = await found(engine)
        assert at == seq
        await engine.verify("other")


async def test_a_flipped_bit_in_a_compressed_payload_is_found(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await recorded(engine, size=100_000)
        entries = await engine.entries("r")
        assert entries[1].payload is not None
        assert entries[1].payload["result"] == "a" * 100_000
        for place in (2, 30, 60):
            runtime.alter(
                "UPDATE entries SET payload = CAST(substr(payload, 1, ?) || x'00' || substr(payload, ? + 2) AS BLOB) "
                "WHERE run_id = 'r' AND seq = 2",
                [place, place],
            )
            assert (await found(engine))[1] == 2


async def test_two_entries_that_changed_places_are_found(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await recorded(engine)
        for before, after in ((1, -1), (2, 1), (-1, 2)):
            runtime.alter("UPDATE entries SET seq = ? WHERE run_id = 'r' AND seq = ?", [after, before])
        assert (await found(engine))[1] == 1


async def test_an_entry_from_another_run_is_found(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await recorded(engine)
        runtime.alter("DELETE FROM entries WHERE run_id = 'r' AND seq = 2")
        runtime.alter("UPDATE entries SET run_id = 'r' WHERE run_id = 'other' AND seq = 2")
        assert (await found(engine))[1] == 2
        assert (await found(engine, "other"))[1] == 2


async def test_a_cut_tail_of_a_finished_run_is_found(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await recorded(engine)
        runtime.alter("DELETE FROM entries WHERE run_id = 'r' AND seq >= 4")
        reason, at = await found(engine)
        assert at == 4
        assert "missing" in reason


async def test_an_entry_added_to_a_finished_run_is_found(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await recorded(engine)
        runtime.alter(
            "INSERT INTO entries SELECT run_id, 7, path, kind, name, at, attempt, salt, payload, digest, hash "
            "FROM entries WHERE run_id = 'r' AND seq = 6"
        )
        assert (await found(engine))[1] == 7


async def test_a_forged_end_that_fits_the_chain_is_found_by_what_was_noted(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await recorded(engine)
        before, last = (await engine.entries("r"))[-2:]
        forged = chained(
            bytes.fromhex(before.hash),
            "r",
            6,
            "",
            "run_completed",
            last.name,
            to_us(last.at),
            0,
            b'{"result":"forged"}',
        )
        runtime.alter(
            "UPDATE entries SET salt = ?, payload = ?, hash = ? WHERE run_id = 'r' AND seq = 6",
            [forged.salt, forged.payload, forged.hash],
        )
        assert (await found(engine))[1] == 6


@pytest.mark.parametrize("ends", [True, False])
async def test_a_run_without_any_entries_is_found(runtime: Runtime, *, ends: bool) -> None:
    async with runtime.engine() as engine:
        await recorded(engine, ends=ends)
        runtime.alter("DELETE FROM entries WHERE run_id = 'r'")
        assert (await found(engine))[1] == 0


async def test_the_audit_of_everything_names_the_first_bad_entry(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await recorded(engine)
        whole = await engine.audit()
        assert (whole.ok, whole.runs, whole.entries, whole.first_bad) == (True, 2, 14, None)
        runtime.alter("UPDATE entries SET at = at + 1 WHERE run_id = 'r' AND seq = 3")
        broken = await engine.audit()
        assert not broken.ok
        assert broken.first_bad is not None
        assert (broken.first_bad.run_id, broken.first_bad.seq) == ("r", 3)


async def test_a_run_whose_row_was_deleted_is_found(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await recorded(engine)
        runtime.alter("DELETE FROM runs WHERE run_id = 'r'")
        report = await engine.audit()
        assert report.first_bad is not None
        assert report.first_bad.run_id == "r"


async def test_the_head_of_everything_is_the_same_until_something_happens(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await recorded(engine, ends=False)
        head = (await engine.audit()).head
        assert (await engine.audit()).head == head
        await engine.signal("r", "go", "gone")
        await engine.handle("r").result()
        assert (await engine.audit()).head != head


async def test_a_damaged_run_does_not_go_on_and_says_why(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await recorded(engine, ends=False)
        runtime.alter("UPDATE entries SET at = at - 1 WHERE run_id = 'r' AND seq = 3")
        await engine.signal("r", "go", "gone")
        with pytest.raises(RunFailed, match="entry 3 of run r"):
            await engine.handle("r").result()
        await engine.signal("other", "go", "gone")
        assert await engine.handle("other").result() == "gone"


READS: dict[str, Callable[[Engine], Any]] = {
    "entries": lambda engine: engine.entries("r"),
    "last_entry": lambda engine: engine.last_entry("r"),
    "result": lambda engine: engine.handle("r").result(),
}


@pytest.mark.parametrize("damage", [b"\xff\xfe", b"z\x00", b'{"', b""])
@pytest.mark.parametrize("read", READS)
async def test_reading_a_damaged_entry_is_an_audit_error(runtime: Runtime, read: str, damage: bytes) -> None:
    async with runtime.engine() as engine:
        await recorded(engine)
        runtime.alter("UPDATE entries SET payload = ? WHERE run_id = 'r' AND seq = 6", [damage])
        with pytest.raises(AuditError) as caught:
            await READS[read](engine)
        assert (caught.value.run_id, caught.value.seq) == ("r", 6)


async def test_reading_and_verifying_work_while_the_run_goes_on(runtime: Runtime) -> None:
    @workflow
    async def long() -> None:
        for tag in "abcdefgh":
            await work(tag)
            await sleep(timedelta(seconds=1))

    async with runtime.engine() as engine, runtime.engine(drive=False) as reader:
        handle = await engine.start(long, run_id="r")
        for _ in range(8):
            await runtime.clock.advance(timedelta(seconds=1))
            await reader.verify("r")
            assert (await reader.audit()).ok
        await handle.result()


async def test_hashes_of_equal_runs_differ_because_each_payload_has_its_salt(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await recorded(engine)
        hashes = {entry.hash for run_id in ("r", "other") for entry in await engine.entries(run_id)}
        assert len(hashes) == 14
        assert all(len(value) == 64 for value in hashes)
