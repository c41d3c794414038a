"""Recorded journals, replayed against the code at hand: whether it still does what it did."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from segue.engine import failure
from segue.engine.calls import Call
from segue.engine.child import RunChild
from segue.engine.generators import AsyncGenerators
from segue.engine.journal import Kind, Message, Record
from segue.engine.payloads import end_of_args
from segue.engine.run import Run
from segue.engine.step import StepCall
from segue.engine.tree import Pending
from segue.engine.workflow import Workflow, workflows
from segue.errors import NondeterminismError, SegueError
from segue.testing.recording import Recorded, read

T = TypeVar("T")

_ARGS = b'{"args":'
_LONGEST = 200
"""Characters of a value that are shown."""


@dataclass(frozen=True, kw_only=True)
class Divergence:
    """Where a run's journal and the code at hand part."""

    run_id: str
    workflow: str
    """Its name."""
    path: str
    """Of the call in the call tree; empty for what concerns the run as a whole."""
    recorded: str
    """What the journal has there."""
    called: str
    """What the code does instead."""

    def __str__(self) -> str:
        place = f", path {self.path}" if self.path else ""
        return f"run {self.run_id} of {self.workflow!r}{place}: recorded is {self.recorded}; now {self.called}"


def replay(
    source: str | Path, /, *workflows: Workflow[..., Any], run_ids: Iterable[str] | None = None
) -> list[Divergence]:
    """Replay recorded journals against the code at hand, and return where they part, at most once for each run.

    No step runs, nothing is written: each run goes as far as its journal does. One that has ended must end again with
    the same result or error. Runs of which a payload was erased cannot be replayed and are left out.

    Args:
        source: A database's file or `sqlite:///` URL, which is only read; or a recording, `*.jsonl`.
        workflows: Known besides all those declared with `@workflow`.
        run_ids: Only these.

    Raises:
        ValueError: There is nothing to replay.
        StoreError: The database cannot be read.
        RunNotFound: There is no run of one of these ids.
        AuditError: A journal was altered.
    """
    recorded = read(source, run_ids)
    whole = [run for run in recorded if all(entry.payload is not None for entry in run.records)]
    if not whole:
        raise ValueError(f"{source}: there is no run in it that could be replayed")
    own = {workflow.name: workflow for workflow in workflows}
    return _in_callback(partial(_diverging, whole, own, {run.run_id: run.records for run in recorded}))


def assert_replays(source: str | Path, /, *workflows: Workflow[..., Any], run_ids: Iterable[str] | None = None) -> None:
    """See that the code at hand still does what these journals say, as `replay` does.

    Raises:
        AssertionError: It does not; names every run, where it parts, what was recorded and what is called.
        ValueError: There is nothing to replay.
        StoreError: The database cannot be read.
        RunNotFound: There is no run of one of these ids.
        AuditError: A journal was altered.
    """
    found = replay(source, *workflows, run_ids=run_ids)
    if found:
        told = "\n".join(map(str, found))
        hint = "keep the old branch for runs under way with segue.patched(...)"
        raise AssertionError(f"{len(found)} recorded runs do not replay with this code:\n{told}\n{hint}")


class _Onlooker:
    """A run's host that acts on nothing and writes nothing; it sees how the run would end."""

    def __init__(self, kept: Mapping[str, list[Record]]) -> None:
        self.context = copy_context()
        self.end: tuple[str, bytes] | None = None
        """Kind and payload of the last entry that the run would write."""
        self._kept = kept

    def append(
        self,
        run: Run,
        path: str,
        kind: Kind,
        name: str,
        attempt: int,
        payload: bytes,
        *,
        taken: Iterable[int] = (),
    ) -> None:
        """Remember how the run would end."""
        if kind.startswith("run_"):
            self.end = kind, payload

    def now_us(self) -> int:
        """Return the beginning of time: nothing is due."""
        return 0

    def attempt(self, run: Run, pending: Pending) -> None:
        """Begin nothing."""

    def reconcile(self, run: Run, pending: Pending) -> None:
        """Ask nobody."""

    def child(self, run: Run, pending: Pending) -> None:
        """Begin nothing."""

    def records(self, run_id: str) -> list[Record]:
        """Return what is recorded of a fork's original; of one that was left out, nothing, which only acting needs."""
        return self._kept.get(run_id, [])

    def is_free(self, run_id: str) -> bool:
        """Say that a chain can go on."""
        return True

    def go_on_as(self, run: Run, run_id: str, encoded: bytes, messages: Iterable[Message]) -> None:
        """Begin nothing."""

    def at(self, run: Run, when_us: int, act: Callable[[], None]) -> _Never:
        """Never call `act`."""
        return _Never()


class _Never:
    """A timer that is never due."""

    def cancel(self) -> None:
        """Nothing to do."""


class _Replay(Run):
    """A run that knows at which entry it parted from its journal."""

    parted: Record | None = None

    def deliver(self, record: Record) -> None:
        """Take an entry of the journal."""
        if record.kind.startswith("run_"):
            self.go_live()  # nothing comes before its end any more: whatever waits to know that goes on
        super().deliver(record)
        if self.broken is not None and self.parted is None:
            self.parted = record


def _diverging(
    recorded: Iterable[Recorded], own: Mapping[str, Workflow[..., Any]], kept: Mapping[str, list[Record]]
) -> list[Divergence]:
    generators = AsyncGenerators()
    generators.install()
    try:
        found = [_divergence(run, own.get(run.workflow) or workflows.find(run.workflow, run.module), kept)
                 for run in recorded]  # fmt: skip
    finally:
        generators.uninstall()
    return [one for one in found if one is not None]


def _divergence(
    recorded: Recorded, workflow: Workflow[..., Any] | None, kept: Mapping[str, list[Record]]
) -> Divergence | None:
    """Replay one run."""
    parts = partial(Divergence, run_id=recorded.run_id, workflow=recorded.workflow)
    last = recorded.records[-1]
    if workflow is None:
        return parts(path="", recorded="a run of it", called="no workflow of this name is declared, or two are")
    host = _Onlooker(kept)
    run = _Replay(host, recorded.run_id, workflow)
    try:
        run.replay(recorded.records)
    except SegueError as error:  # its arguments cannot be read any more
        return parts(path="", recorded=_entry(recorded.records[0]), called=f"it is refused: {_told(error)}")
    found = None if run.parted is None else (run.parted.path, _entry(run.parted), _instead(run, run.parted))
    try:
        run.park()
    except NondeterminismError as error:
        found = found or ("", f"{len(recorded.records)} entries", _told(error))
    if found is None and host.end is not None and last.kind.startswith("run_") and last.seq:
        before, after = (last.kind, last.payload or b""), host.end
        if _essence(*before) != _essence(*after):
            found = "", _end(*before), _end(*after)
    return None if found is None else parts(path=found[0], recorded=found[1], called=found[2])


def _instead(run: Run, entry: Record) -> str:
    """Say what the code at hand does instead of what an entry tells of."""
    if run.broken is not None and not isinstance(run.broken, NondeterminismError):
        return f"it fails there: {_told(run.broken)}"
    if run.is_undoing and not run.pending:
        run.broken = None
        run.go_live()  # it failed, and waits to know that nothing follows
    here = run.pending.get(entry.path)
    if here is not None:
        return f"called is {_call(here)}"
    if run.outcome is not None:
        what, value = run.outcome
        return (
            f"nothing is called, for it had ended: {_told(value) if what == 'error' else f'returned {_short(value)}'}"
        )
    calls = ", ".join(f"{_call(pending)} at path {pending.path}" for pending in run.pending.values())
    return f"it has not ended, and called {calls}" if entry.kind.startswith("run_") else f"called is only {calls}"


def _call(pending: Pending) -> str:
    call: Call[Any] = pending.call
    has_arguments = isinstance(call, StepCall | RunChild)
    return f"{call} with {_short(pending.encoded.decode())}" if has_arguments else str(call)


def _entry(record: Record) -> str:
    payload = record.payload or b""
    if record.kind.startswith("run_") and record.seq:
        return _end(record.kind, payload)
    said = f"{record.kind} of {record.name!r}"
    if not payload.startswith(_ARGS):
        return said
    return f"{said} with {_short(payload[len(_ARGS) : end_of_args(payload)].decode())}"


def _end(kind: str, payload: bytes) -> str:
    what = _essence(kind, payload)[1]
    return kind if what is None else f"{kind} with {_short(json.dumps(what, ensure_ascii=False))}"


def _essence(kind: str, payload: bytes) -> tuple[str, Any]:
    """Return what must be the same at both ends of a run: how it ended, and with what."""
    fields: dict[str, Any] = json.loads(payload)
    match kind:
        case "run_completed":
            return kind, fields.get("result")
        case "run_failed":
            return kind, f"{fields['error']['type'].rpartition(':')[2]}: {fields['error']['message']}"
        case "run_continued":
            return kind, fields.get("args")
        case _:
            return kind, None


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {_short(failure.message(error))}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _in_callback(act: Callable[[], T]) -> T:
    """Return what `act` gives in a callback of an event loop, for a workflow is driven in no task."""
    given: Future[T] = Future()

    def turn(loop: asyncio.AbstractEventLoop) -> None:
        try:
            given.set_result(act())
        except BaseException as error:  # noqa: BLE001 (raised again where it was called)
            given.set_exception(error)
        loop.stop()

    def drive() -> None:
        loop = asyncio.new_event_loop()
        try:
            loop.call_soon(turn, loop)
            loop.run_forever()
        finally:
            loop.close()

    with ThreadPoolExecutor(1) as thread:  # this thread may be in a task, and its loop be running
        thread.submit(copy_context().run, drive).result()
    return given.result()
