"""Against a head that was signed earlier, nothing can be altered, cut off, removed or hashed again unseen."""

# ruff: noqa: S608 - the statements are our own words

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from segue import Engine, step, wait_for_signal, workflow
from segue.engine.audit import Report
from segue.engine.head import heads
from segue.engine.journal import GENESIS, link
from segue.engine.signature import PrivateKey
from segue.engine.workspace import EMPTY, Tip, WorkspaceRecord, next_record
from segue.errors import EnvironmentFault, UsageError
from tests.conftest import settle
from tests.contract.conftest import Runtime


@step(name="heads.work")
async def work(tag: str) -> str:
    return tag


@workflow(name="heads.flow")
async def flow() -> str:
    for tag in "abc":
        await work(tag)
    await wait_for_signal("go", str)
    return await wait_for_signal("go", str)


class Published:
    """A runtime with a finished run, a live one, and the head that was published then."""

    def __init__(self, runtime: Runtime, key: Path) -> None:
        self.runtime = runtime
        self.key = key
        self.public = PrivateKey(key).public
        self.lines: list[str] = []

    async def publish(self, engine: Engine) -> None:
        self.lines.append((await engine.head(self.key)).line)

    async def audit(self) -> Report:
        async with self.runtime.engine(drive=False) as engine:
            return await engine.audit(head="\n".join(self.lines), key=self.public)

    async def first_bad(self) -> tuple[str, int | None]:
        """Where the record breaks, against what was published."""
        report = await self.audit()
        assert not report.ok
        assert report.first_bad is not None
        assert report.proven is None
        return report.first_bad.run_id, report.first_bad.seq


@pytest.fixture
async def published(runtime: Runtime, tmp_path: Path) -> Published:
    """`done` ended after 8 entries, `live` waits after 5; workspace: 2 starts, an end, an approval, a checkpoint."""
    made = Published(runtime, tmp_path / "kept elsewhere" / "audit.key")
    async with runtime.engine() as engine:
        for run_id in ("done", "live"):
            await engine.start(flow, run_id=run_id)
            await settle()
        for _ in range(2):
            await engine.signal("done", "go", "gone")
        await engine.handle("done").result()
        await engine.record("approval", "live", detail={"by": "mira"}, payload={"amount": 1250})
        await made.publish(engine)
    return made


async def test_a_record_that_nobody_touched_is_proven_up_to_the_head(published: Published) -> None:
    report = await published.audit()
    assert (report.ok, report.runs, report.entries, report.workspace, report.proven) == (True, 2, 13, 5, 5)
    (head,) = heads(published.lines[0])
    assert (head.seq, head.hash, head.key) == (4, report.head, published.public)


async def test_what_comes_after_a_head_does_not_disturb_it(published: Published) -> None:
    async with published.runtime.engine() as engine:
        await engine.signal("live", "go", "on")
        await engine.start(flow, run_id="later")
        await settle()
        await published.publish(engine)
    report = await published.audit()
    assert (report.ok, report.runs, report.proven) == (True, 3, report.workspace)


ENTRY = ["run_id", "seq", "path", "kind", "name", "at", "attempt", "salt", "payload", "digest", "hash"]
WORKSPACE = ["seq", "kind", "subject", "at", "detail", "salt", "payload", "digest", "hash"]


def flipped(value: object) -> object:
    """The same with one bit changed."""
    match value:
        case int():
            return value ^ 64
        case str():
            return chr(ord(value[0]) ^ 1) + value[1:] if value else "0"
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:]
        case _:
            return bytes(32)


@pytest.mark.parametrize("seq", [0, 4, 7])
@pytest.mark.parametrize("column", ENTRY)
async def test_a_flipped_bit_in_any_column_of_an_entry_is_found_there(
    published: Published, column: str, seq: int
) -> None:
    where = f"WHERE run_id = 'done' AND seq = {seq}"
    before = published.runtime.read(f"SELECT {column} FROM entries {where}")[0][0]
    published.runtime.alter(f"UPDATE entries SET {column} = ? {where}", [flipped(before)])
    assert await published.first_bad() == ("done", seq)


@pytest.mark.parametrize("seq", [0, 3, 4])
@pytest.mark.parametrize("column", WORKSPACE)
async def test_a_flipped_bit_in_any_column_of_the_workspace_chain_is_found_there(
    published: Published, column: str, seq: int
) -> None:
    before = published.runtime.read(f"SELECT {column} FROM workspace_entries WHERE seq = {seq}")[0][0]
    published.runtime.alter(f"UPDATE workspace_entries SET {column} = ? WHERE seq = {seq}", [flipped(before)])
    assert await published.first_bad() == ("", seq)


@pytest.mark.parametrize(("run_id", "kept"), [("done", 7), ("done", 3), ("live", 4), ("live", 1)])
async def test_a_cut_tail_is_found_at_its_first_missing_entry(published: Published, run_id: str, kept: int) -> None:
    published.runtime.alter("DELETE FROM entries WHERE run_id = ? AND seq >= ?", [run_id, kept])
    assert await published.first_bad() == (run_id, kept)


async def test_a_cut_tail_whose_run_looks_unfinished_is_found(published: Published) -> None:
    published.runtime.alter("DELETE FROM entries WHERE run_id = 'done' AND seq >= 3")
    published.runtime.alter("UPDATE runs SET status = 'running', ended_at = NULL, head = NULL, entries = NULL")
    assert await published.first_bad() == ("done", 3)


async def test_a_run_that_only_looks_unfinished_is_found(published: Published) -> None:
    published.runtime.alter("UPDATE runs SET ended_at = NULL, head = NULL, entries = NULL")
    assert await published.first_bad() == ("done", 7)


async def test_a_run_that_went_on_another_way_after_its_tail_was_cut_is_found(published: Published) -> None:
    published.runtime.alter("DELETE FROM entries WHERE run_id = 'live' AND seq >= 3")
    published.runtime.alter("UPDATE runs SET status = 'running' WHERE run_id = 'live'")
    async with published.runtime.engine() as engine:
        await engine.signal("live", "go", "another way")
        await settle()
        assert len(await engine.entries("live")) > 5
    assert await published.first_bad() == ("live", 4)


@pytest.mark.parametrize("run_id", ["done", "live"])
async def test_a_deleted_run_is_missed(published: Published, run_id: str) -> None:
    for table in ("entries", "runs"):
        published.runtime.alter(f"DELETE FROM {table} WHERE run_id = ?", [run_id])
    assert await published.first_bad() == (run_id, None)


async def test_a_cut_tail_of_the_workspace_chain_is_found_at_its_first_missing_entry(published: Published) -> None:
    published.runtime.alter("DELETE FROM workspace_entries WHERE seq >= 3")
    assert await published.first_bad() == ("", 3)


def chain_of(runtime: Runtime) -> list[WorkspaceRecord]:
    """The workspace chain as it stands there."""
    with closing(runtime.journal()) as kept:
        return list(kept.workspace())


def hash_runs_again(runtime: Runtime) -> None:
    """Give every run the hashes that fit what it holds now, and note the heads: what an attacker can do."""
    for (run_id,) in runtime.read("SELECT run_id FROM runs"):
        head = GENESIS
        with closing(runtime.journal()) as kept:
            records = kept.records(run_id)
        for record in records:
            head = link(head, record)
            runtime.alter("UPDATE entries SET hash = ? WHERE run_id = ? AND seq = ?", [head, run_id, record.seq])
        runtime.alter("UPDATE runs SET head = ? WHERE run_id = ? AND head IS NOT NULL", [head, run_id])


def hash_the_workspace_again(runtime: Runtime) -> None:
    """The same for the workspace chain, which names the new heads of the runs."""
    tip = EMPTY
    for record in chain_of(runtime):
        detail = json.loads(record.detail)
        for end in detail.get("ended", []):
            end[3] = runtime.read("SELECT head FROM runs WHERE run_id = ?", [end[0]])[0][0].hex()
        for run in detail.get("runs", []):
            (found,) = runtime.read("SELECT hash FROM entries WHERE run_id = ? AND seq = ?", [run[0], run[1] - 1])
            run[2] = found[0].hex()
        made = next_record(tip, record.kind, record.subject, record.at_us, json.dumps(detail), record.payload or b"")  # type: ignore[arg-type]
        runtime.alter("DELETE FROM workspace_entries WHERE seq = ?", [made.seq])
        runtime.alter("INSERT INTO workspace_entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", list(made))
        tip = Tip(made.seq, made.at_us, made.hash)


@pytest.mark.parametrize(("run_id", "known"), [("done", 7), ("live", 4)])
async def test_a_run_whose_chain_was_hashed_again_is_found_where_its_head_was_noted(
    published: Published, run_id: str, known: int
) -> None:
    published.runtime.alter("UPDATE entries SET name = 'heads.play' WHERE run_id = ? AND seq = 2", [run_id])
    hash_runs_again(published.runtime)
    assert await published.first_bad() == (run_id, known)


async def test_everything_hashed_again_without_the_key_fits_itself_and_not_the_head(published: Published) -> None:
    published.runtime.alter("UPDATE entries SET name = 'heads.play' WHERE run_id = 'done' AND seq = 2")
    hash_runs_again(published.runtime)
    hash_the_workspace_again(published.runtime)
    async with published.runtime.engine(drive=False) as engine:
        consistent = await engine.audit()
    assert (consistent.ok, consistent.proven) == (True, None)
    assert await published.first_bad() == ("", 4)


async def test_of_several_heads_the_first_that_does_not_fit_says_when(published: Published) -> None:
    async with published.runtime.engine() as engine:
        await engine.record("login", "mira")
        await published.publish(engine)
        await engine.record("login", "tom")
        await published.publish(engine)
    assert (await published.audit()).ok
    records = chain_of(published.runtime)
    tip = Tip(4, records[4].at_us, records[4].hash)
    for record in records[5:]:
        made = next_record(tip, record.kind, "eve", record.at_us, record.detail, record.payload or b"")  # type: ignore[arg-type]
        published.runtime.alter("DELETE FROM workspace_entries WHERE seq = ?", [made.seq])
        published.runtime.alter("INSERT INTO workspace_entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", list(made))
        tip = Tip(made.seq, made.at_us, made.hash)
    assert await published.first_bad() == ("", 6)


FORGED: dict[str, Callable[[str, Path], str]] = {
    "another place": lambda line, _: json.dumps(json.loads(line) | {"seq": 3}),
    "another hash": lambda line, _: json.dumps(json.loads(line) | {"hash": "0" * 64}),
    "another time": lambda line, _: json.dumps(json.loads(line) | {"at": "2026-01-01T09:00:01Z"}),
    "another signature": lambda line, _: json.dumps(json.loads(line) | {"signature": "0" * 128}),
    "another key": lambda line, folder: json.dumps(json.loads(line) | {"key": PrivateKey(folder / "eve.key").public}),
}


@pytest.mark.parametrize("what", FORGED)
async def test_a_forged_head_proves_nothing(published: Published, what: str, tmp_path: Path) -> None:
    published.lines = [FORGED[what](published.lines[0], tmp_path)]
    report = await published.audit()
    assert report.first_bad is not None
    assert report.first_bad.run_id == ""
    assert "not signed with the key" in report.first_bad.reason


async def test_a_head_that_eve_signed_with_her_own_key_proves_nothing(published: Published, tmp_path: Path) -> None:
    async with published.runtime.engine(drive=False) as engine:
        published.lines = [(await engine.head(tmp_path / "eve.key")).line]
    assert (await published.first_bad())[0] == ""


@pytest.mark.parametrize("text", ["{}", "no head", "[1]", '{"format": "segue-head-1", "seq": "4"}', "\n"])
async def test_what_is_no_head_is_refused(published: Published, text: str) -> None:
    async with published.runtime.engine(drive=False) as engine:
        with pytest.raises(UsageError, match="no head"):
            await engine.audit(head=text, key=published.public)
        with pytest.raises(ValueError, match="give key="):
            await engine.audit(head=published.lines[0])


async def prune(engine: Engine, runtime: Runtime, run_id: str, *, says: str | None = None) -> None:
    """Remove a run, and say so in the workspace chain."""
    entries = await engine.entries(run_id)
    await engine.record("pruned", "done", detail={"runs": [[run_id, len(entries), says or entries[-1].hash]]})
    for table in ("entries", "runs"):
        runtime.alter(f"DELETE FROM {table} WHERE run_id = ?", [run_id])


async def test_a_pruned_run_is_not_missed(published: Published) -> None:
    async with published.runtime.engine() as engine:
        await prune(engine, published.runtime, "done")
        report = await published.audit()
        assert (report.ok, report.runs, report.pruned, report.pruned_since) == (True, 1, 1, 1)
        await published.publish(engine)
    report = await published.audit()
    assert (report.ok, report.runs, report.pruned, report.pruned_since) == (True, 1, 1, 0)


async def test_a_run_of_the_same_id_after_a_pruning_is_another_one(published: Published) -> None:
    async with published.runtime.engine() as engine:
        await prune(engine, published.runtime, "done")
        await engine.start(flow, run_id="done")
        await settle()
        await published.publish(engine)
    assert (await published.audit()).ok
    published.runtime.alter("DELETE FROM entries WHERE run_id = 'done' AND seq >= 2")
    assert await published.first_bad() == ("done", 2)


async def test_a_pruning_excuses_only_the_run_as_it_was(published: Published) -> None:
    async with published.runtime.engine() as engine:
        await prune(engine, published.runtime, "done", says="0" * 64)
    assert await published.first_bad() == ("done", 7)


async def test_an_erased_payload_keeps_everything_proven(published: Published) -> None:
    for table, where in (("entries", "run_id = 'done' AND seq = 2"), ("workspace_entries", "seq = 3")):
        ((salt, payload),) = published.runtime.read(f"SELECT salt, payload FROM {table} WHERE {where}")
        digest = sha256(salt + payload).digest()
        published.runtime.alter(f"UPDATE {table} SET salt = NULL, payload = NULL, digest = ? WHERE {where}", [digest])
    assert (await published.audit()).ok
    published.runtime.alter("UPDATE entries SET payload = x'7b7d' WHERE run_id = 'done' AND seq = 2")
    assert await published.first_bad() == ("done", 2)


async def test_heads_and_audits_beside_a_run_that_goes_on_raise_no_alarm(published: Published) -> None:
    runtime = published.runtime
    async with runtime.engine() as engine, runtime.engine(drive=False) as beside:
        for number in range(20):
            await engine.start(flow, run_id=f"r-{number}")
            published.lines.append((await beside.head(published.key)).line)
            for _ in range(2):
                await engine.signal(f"r-{number}", "go", "on")
            report = await beside.audit(head="\n".join(published.lines), key=published.public)
            assert report.first_bad is None
        await engine.handle("r-19").result()
    assert (await published.audit()).ok


async def test_a_private_key_is_its_owners_alone_and_made_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "audit.key"
    first = PrivateKey(path)
    assert (first.is_new, path.stat().st_mode & 0o777, [*path.parent.iterdir()]) == (True, 0o600, [path])
    assert PrivateKey(path).public == first.public
    assert not PrivateKey(path).is_new


async def test_what_is_no_private_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "audit.key"
    path.write_text("no key")
    with pytest.raises(UsageError, match="no private key"):
        PrivateKey(path)
    with pytest.raises(EnvironmentFault):
        PrivateKey(path / "below")
