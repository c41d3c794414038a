"""Pruning: what ended long ago goes, with all that belongs to it, and the record stays provable."""

from __future__ import annotations

import io
from contextlib import nullcontext as _nothing
from datetime import timedelta
from pathlib import Path

import pytest

from segue import Engine, continue_as, run_child, step, wait_for_signal, workflow
from segue.engine import forgetting
from segue.engine.embedded.journal import SqliteJournal
from segue.engine.signature import PrivateKey
from segue.errors import RunNotFound
from tests.conftest import settle
from tests.contract.conftest import Runtime
from tests.contract.engine.test_export import verified

DAY = timedelta(days=1)
MONTH = timedelta(days=30)
done: list[str] = []
"""What the step did, since the test began."""


@pytest.fixture(autouse=True)
def _fresh() -> None:
    done.clear()


@step(name="prune.work", effect="write")
async def work(tag: str) -> str:
    done.append(tag)
    return tag


@workflow(name="prune.flow")
async def flow(tag: str) -> str:
    return await work(tag)


@workflow(name="prune.waits")
async def waits() -> str:
    return await wait_for_signal("go", str)


@workflow(name="prune.parent")
async def parent() -> str:
    await run_child(flow, "child")
    return await wait_for_signal("go", str)


@workflow(name="prune.chain")
async def chain(links: int) -> str:
    await run_child(flow, f"of {links}")
    if links:
        return continue_as(links - 1)
    return await wait_for_signal("go", str)


async def ended(engine: Engine, *run_ids: str) -> None:
    for run_id in run_ids:
        await (await engine.start(flow, run_id, run_id=run_id)).result()


async def known(engine: Engine) -> set[str]:
    return {info.run_id for info in await engine.runs()}


async def test_only_runs_that_ended_longer_ago_are_removed_and_counted(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await ended(engine, "old-1", "old-2")
        await engine.start(waits, run_id="live")
        await settle()
        await runtime.clock.advance(MONTH)
        await ended(engine, "new")
        pruned = await engine.prune(older_than=DAY)
        assert (pruned.runs, pruned.entries) == (2, 6)
        assert await known(engine) == {"live", "new"}
        assert await engine.prune(older_than=DAY) == forgetting.Pruned(runs=0, entries=0)
        with pytest.raises(RunNotFound):
            await engine.entries("old-1")
        await engine.signal("live", "go", "on")
        assert await engine.handle("live").result() == "on"
    assert runtime.read("SELECT count(*) FROM entries WHERE run_id LIKE 'old%'") == [(0,)]


async def test_the_record_holds_against_a_head_of_before_and_for_a_verifier_that_is_not_ours(
    runtime: Runtime, tmp_path: Path
) -> None:
    key = tmp_path / "audit.key"
    async with runtime.engine() as engine:
        await ended(engine, "old")
        await engine.start(waits, run_id="live")
        await settle()
        head = await engine.head(key)
        (last,) = (await engine.entries("old"))[-1:]
        await runtime.clock.advance(MONTH)
        await engine.prune(older_than=DAY)
        report = await engine.audit(head=head.line, key=PrivateKey(key).public)
        assert (report.ok, report.runs, report.pruned, report.pruned_since) == (True, 1, 1, 1)
        (told,) = await engine.workspace(kind="pruned")
        assert told.detail == {"runs": [["old", 3, last.hash]]}
        written = io.StringIO()
        await engine.export(written)
    assert verified(written.getvalue(), head.hash) == (0, "ok")


async def test_a_start_with_a_pruned_id_is_a_new_run_that_is_checked_and_pruned_like_any(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        for _ in range(2):
            await ended(engine, "r")
            await runtime.clock.advance(MONTH)
            assert (await engine.prune(older_than=DAY)).runs == 1
        await ended(engine, "r")
        assert done == ["r"] * 3
        report = await engine.audit()
        assert (report.ok, report.runs, report.pruned) == (True, 1, 1)


async def test_what_was_sent_goes_too_and_an_id_that_was_sent_is_forgotten(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        async with runtime.engine(drive=False) as beside:
            await beside.start(waits, run_id="r")
            await beside.signal("r", "go", "one", signal_id="s")
            await engine.handle("r").result()
        await runtime.clock.advance(MONTH)
        await engine.prune(older_than=DAY)
        assert runtime.read("SELECT count(*) FROM inbox") == [(0,)]


async def test_a_child_goes_with_its_parent_and_not_before(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.start(parent, run_id="p")
        await settle()
        await runtime.clock.advance(MONTH)
        assert (await engine.prune(older_than=DAY)).runs == 0
        await engine.signal("p", "go", "on")
        await engine.handle("p").result()
        await runtime.clock.advance(MONTH)
        assert (await engine.prune(older_than=DAY)).runs == 2
        assert await known(engine) == set()


async def test_a_chain_goes_as_a_whole_when_its_last_run_has_ended(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.start(chain, 2, run_id="c")
        await settle()
        await runtime.clock.advance(MONTH)
        assert (await engine.prune(older_than=DAY)).runs == 0
        await engine.signal("c", "go", "on")
        assert await engine.handle("c").result() == "on"
        await runtime.clock.advance(MONTH)
        assert (await engine.prune(older_than=DAY)).runs == 6
        assert await known(engine) == set()
        assert (await engine.audit()).ok


async def test_a_name_that_only_looks_like_a_later_run_of_a_chain_is_no_matter(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await ended(engine, "r~2", "r~1")
        await engine.start(waits, run_id="r")
        await settle()
        await runtime.clock.advance(MONTH)
        assert (await engine.prune(older_than=DAY)).runs == 2


async def test_what_a_fork_still_needs_stays_until_the_fork_has_ended(runtime: Runtime) -> None:
    @workflow
    async def forked() -> str:
        go = await wait_for_signal("go", str)
        return await work(go)

    async with runtime.engine() as engine:
        await engine.start(forked, run_id="r")
        await engine.signal("r", "go", "on")
        await engine.handle("r").result()
        fork = await engine.fork("r", before="0", run_id="f")
        await settle()
        await runtime.clock.advance(MONTH)
        assert (await engine.prune(older_than=DAY)).runs == 0
        await engine.signal("f", "go", "on")
        assert await fork.result() == "on"
        await runtime.clock.advance(MONTH)
        assert (await engine.prune(older_than=DAY)).runs == 2
        assert done == ["on"]


async def test_a_run_that_was_altered_stays_as_evidence(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await ended(engine, "bad", "good")
        runtime.alter("UPDATE entries SET payload = x'7b7d' WHERE run_id = 'bad' AND seq = 1")
        await runtime.clock.advance(MONTH)
        assert (await engine.prune(older_than=DAY)).runs == 1
        report = await engine.audit()
        assert report.first_bad is not None
        assert (report.first_bad.run_id, report.first_bad.seq) == ("bad", 1)


async def test_stopped_in_between_the_record_holds_and_the_next_call_goes_on(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "ENTRIES", 1)
    monkeypatch.setattr(forgetting, "ROOTS", 2)
    async with runtime.engine() as engine:
        await engine.start(chain, 1, run_id="c")
        await engine.signal("c", "go", "on")
        await engine.handle("c").result()
        await ended(engine, "a", "b", "d")
        await runtime.clock.advance(MONTH)
    removed = []
    for deaths in range(8):
        crashed, commits = runtime.crashed(), [0]
        prune = SqliteJournal.prune

        def die(self: SqliteJournal, *args: object) -> list[tuple[str, int]]:
            if commits[0] == deaths:  # noqa: B023 (called in this turn of the loop only)
                raise KeyboardInterrupt
            commits[0] += 1  # noqa: B023
            return prune(self, *args)  # type: ignore[arg-type]  # noqa: B023

        async with crashed.engine(drive=False) as engine:
            with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt) if deaths < 7 else _nothing():
                patch.setattr(SqliteJournal, "prune", die)
                await engine.prune(older_than=DAY)
            assert (await engine.audit()).ok
            removed.append((await engine.prune(older_than=DAY)).runs)
            assert await known(engine) == set()
            assert (await engine.audit()).ok
    assert removed == [7, 6, 5, 4, 3, 2, 1, 0]


async def test_runs_of_memory_are_pruned_too(runtime: Runtime) -> None:
    async with Engine("sqlite:///:memory:", clock=runtime.clock) as engine:
        await ended(engine, "r")
        await runtime.clock.advance(MONTH)
        assert (await engine.prune(older_than=DAY)).runs == 1


async def test_only_what_is_past_can_be_pruned(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        with pytest.raises(ValueError, match="only what is past"):
            await engine.prune(older_than=-DAY)
