"""An export can be checked without our code: by the very text in the documentation."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from segue import Engine, step, wait_for_signal, workflow
from tests.conftest import settle
from tests.contract.conftest import Runtime
from tests.docs.pages import blocks

(VERIFIER,) = [block.text for block in blocks("python") if block.page == "docs/reference/audit.md"]
Lines = list[dict[str, Any]]


@step(name="export.work")
async def work(tag: str) -> str:
    return tag * 1000  # compressed in the database, not in the export


@workflow(name="export.flow")
async def flow() -> str:
    for tag in "aé":
        await work(tag)
    return await wait_for_signal("go", str)


async def exported(engine: Engine) -> str:
    """A run that ended, one that waits, one that was pruned; what was said of each, and of a person."""
    for run_id in ("done", "live", "old"):
        await engine.start(flow, run_id=run_id)
        await settle()
    for run_id in ("done", "old"):
        await engine.signal(run_id, "go", "gone")
        await engine.handle(run_id).result()
    await engine.record("approval", "done", detail={"by": "mira"}, payload={"shown": "£12.50"})
    engine._journal.checkpoint(0)
    old = await engine.entries("old")
    await engine.record("pruned", "old", detail={"runs": [["old", len(old), old[-1].hash]]})
    written = io.StringIO()
    await engine.export(written)
    return written.getvalue()


def verified(export: str, *wanted: str) -> tuple[int, str]:
    """What the documentation's verifier says of an export."""
    command = [sys.executable, "-W", "error", "-c", VERIFIER, *wanted]
    ran = subprocess.run(command, input=export.encode(), capture_output=True, check=False)
    return ran.returncode, (ran.stdout or ran.stderr).decode().strip()


def without(lines: Lines, run_id: str) -> Lines:
    return [line for line in lines if line.get("run_id") != run_id]


async def test_an_export_is_verified_by_anybody(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        export = await exported(engine)
        entries = sum([len(await engine.entries(run.run_id)) for run in await engine.runs()])
        chain = await engine.workspace()
    assert verified(export) == (0, "ok")
    assert export.count("\n") == 1 + entries + len(chain)
    assert verified(export, chain[2].hash) == (0, "ok")
    assert verified(export, "0" * 64)[0] == 1
    pruned = [export.splitlines()[0], *map(json.dumps, without(read(export), "old"))]
    assert verified("\n".join(pruned)) == (0, "ok")


def read(export: str) -> Lines:
    """The lines after the first."""
    return [json.loads(line) for line in export.splitlines()[1:]]


def changed(place: Callable[[dict[str, Any]], bool], **fields: Any) -> Callable[[Lines], Lines]:
    return lambda lines: [line | fields if place(line) else line for line in lines]


def is_entry(run_id: str | None, seq: int) -> Callable[[dict[str, Any]], bool]:
    return lambda line: line.get("run_id") == run_id and line["seq"] == seq


IN_RUN = ["path", "kind", "name", "at", "attempt", "salt", "payload", "digest", "hash"]
IN_WORKSPACE = ["kind", "subject", "at", "detail", "salt", "payload", "digest", "hash"]
OTHER = {"at": 1, "attempt": 7, "salt": "00" * 32, "digest": "00" * 32, "hash": "00" * 32, "detail": "{}"}
TAMPERED: dict[str, Callable[[Lines], Lines]] = {
    **{f"{name} of an entry": changed(is_entry("done", 2), **{name: OTHER.get(name, "x")}) for name in IN_RUN},
    **{f"{name} of the workspace": changed(is_entry(None, 1), **{name: OTHER.get(name, "x")}) for name in IN_WORKSPACE},
    "an entry left out": lambda lines: [line for line in lines if not is_entry("done", 2)(line)],
    "an entry of the workspace left out": lambda lines: [line for line in lines if not is_entry(None, 1)(line)],
    "the tail of an ended run cut": lambda lines: [
        line for line in lines if line.get("run_id") != "done" or line["seq"] < 3
    ],
    "the tail of a live run cut": lambda lines: [
        line for line in lines if line.get("run_id") != "live" or line["seq"] < 3
    ],
    "a run left out": lambda lines: without(lines, "live"),
    "another payload beside its digest": changed(is_entry("done", 2), payload="{}", digest="00" * 32, salt=None),
    "a line that is no entry": lambda lines: [*lines, {}],
}


@pytest.mark.parametrize("what", TAMPERED)
async def test_a_tampered_export_is_refused_with_its_first_bad_line(runtime: Runtime, what: str) -> None:
    async with runtime.engine() as engine:
        export = await exported(engine)
    before = read(export)
    after = TAMPERED[what](before)
    status, said = verified("\n".join([export.splitlines()[0], *map(json.dumps, after)]))
    assert status == 1
    differs = next(number for number, (a, b) in enumerate(zip([*before, None], after, strict=False), 2) if a != b)
    bad = int(said.removeprefix("bad line ").partition(":")[0])
    if "cut" in what or "run left out" in what:  # then the line that names the run does not hold
        assert after[bad - 2]["kind"] in ("runs", "checkpoint")
    else:
        assert bad == differs


async def test_what_is_no_export_is_refused() -> None:
    assert verified('{"format": "other"}\n')[0] == 1
    assert verified("nothing")[0] == 1


async def test_an_export_does_not_hold_everything_in_memory(runtime: Runtime) -> None:
    class Counting(io.StringIO):
        waiting = lines = 0

        def write(self, text: str) -> int:
            assert text.count("\n") == 1
            self.lines += 1
            return len(text)

        def writelines(self, lines: Any) -> None:
            assert not isinstance(lines, list | tuple), "they come one at a time"
            for line in lines:
                self.write(line)

    async with runtime.engine() as engine:
        expected = (await exported(engine)).count("\n")
        counting = Counting()
        await engine.export(counting)
    assert counting.lines == expected
