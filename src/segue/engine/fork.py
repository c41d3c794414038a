"""Forks: runs that begin as a copy of another one's past, and the world that its record is to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from segue.engine import failure
from segue.engine.calls import Call
from segue.engine.child import RunChild
from segue.engine.journal import GENESIS, Batch, Beginning, Kind, Message, Record, RunInfo, chained, to_us
from segue.engine.payloads import beside_args, end_of_args, fields_of, more_fields
from segue.engine.step import StepCall
from segue.engine.tree import Pending
from segue.errors import ForkRefused, NotRecorded

ENDS = frozenset({"step_finished", "step_failed", "step_in_doubt", "child_ended"})
"""Entries that say what became of a call which may have changed the world."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a fork comes from: `forked` in its first entry."""

    run_id: str
    """Of the original."""
    kept: int
    """Entries that both begin with."""
    entries: int
    """That the original had when it was forked: what came later is not known to the fork."""
    head: str
    """Hash of the last of these."""
    seed: str
    """The id from which `uuid4`, `random` and `run_id` are the same as in the original."""
    live: bool
    """Effects really happen."""


class World:
    """What an original did after the place where its fork begins; each of it happens once to the fork too."""

    def __init__(self, records: Sequence[Record], kept: int) -> None:
        started = {record.path: _args(record) for record in records if record.kind == "child_started"}
        self._ends = [
            (record, started.get(record.path, b"") if record.kind == "child_ended" else _args(record))
            for record in records[kept:]
            if record.kind in ENDS and record.payload is not None
        ]

    def take(self, path: str, name: str, form: bytes) -> Record | None:
        """Return how the same call ended in the original: the one at the same path first."""
        same = [end for end in self._ends if end[0].name == name and end[1] == form]
        found = next((end for end in same if end[0].path == path), same[0] if same else None)
        if found is None:
            return None
        self._ends.remove(found)
        return found[0]

    def answer(self, run_id: str, pending: Pending, name: str) -> tuple[Kind, int, bytes]:
        """Return kind, attempt and payload of the entry with which a fork's call ends."""
        found = self.take(pending.path, name, pending.form)
        if found is not None:
            return cast("Kind", found.kind), found.attempt, found.payload or b"{}"
        error = NotRecorded(
            f"{pending.call} at path {pending.path} has an effect, and run {run_id} is a fork whose original never "
            "called it with these arguments: nothing happened; live=True lets effects happen where that is safe"
        )
        described = json.dumps(failure.describe(error)).encode()
        if isinstance(pending.call, RunChild):
            return "child_ended", 0, b'{"run_id":"","status":"failed","error":%s}' % described
        return "step_failed", 1, b'{"args":%s,"error":%s,"timed_out":false}' % (pending.form, described)


def cut(records: Sequence[Record], before: str) -> int:
    """Return how many entries a fork before a path keeps: those before the first one at or below it.

    Raises:
        ValueError: There is none; names the paths that there are.
    """
    for record in records:
        if before and f"{record.path}.".startswith(f"{before}."):
            return record.seq
    known = ", ".join(dict.fromkeys(record.path for record in records if record.path)) or "none"
    raise ValueError(f"run {records[0].run_id} has no entry at or below path {before!r}; there are: {known}")


def copied(records: Sequence[Record], run_id: str, kept: int, *, live: bool) -> list[Record]:
    """Return the first entries of a fork, as a chain of its own."""
    first = records[0].payload or b""
    end = end_of_args(first)
    more = beside_args(first)
    seed = more.get("forked", {}).get("seed", records[0].run_id)
    last = records[-1]
    origin = Origin(run_id=last.run_id, kept=kept, entries=last.seq + 1, head=last.hash.hex(), seed=seed, live=live)
    more["forked"] = asdict(origin)
    head, chain = GENESIS, []
    for record in records[:kept]:
        payload = record.payload or b""
        if record.seq == 0:
            payload = first[:end] + more_fields(more) + b"}"
        kind: Kind = record.kind  # type: ignore[assignment]  # it was written as one
        made = chained(head, run_id, record.seq, record.path, kind, record.name, record.at_us, record.attempt, payload)
        head = made.hash
        chain.append(made)
    return chain


def begun(info: RunInfo, chain: list[Record]) -> Batch:
    """Return what begins a fork: its entries, and a message that lets whoever drives take it up."""
    message = Message(0, info.run_id, "start", info.workflow, "start", b'{"args":[]}', to_us(info.started_at))
    started = Beginning(info.run_id, info.workflow, info.module, to_us(info.started_at), info.parent, info.original)
    return Batch(records=chain, started=[started], carried=[message])


def origin_of(started: dict[str, Any]) -> Origin | None:
    """Return where a run comes from, by the fields of its first entry; `None` for one that is no fork."""
    found = started.get("forked")
    return None if found is None else Origin(**found)


def check_live(records: Sequence[Record], kept: int, read: Callable[[str], Sequence[Record]]) -> None:
    """See whether what a fork does may really happen.

    Raises:
        ForkRefused: The original did something later that is not safe to repeat, or may have done it.
    """
    intended = {record.path for record in records if record.kind == "step_intended"}
    last = {record.path: record for record in records if record.path}
    open_children = {record.path: record for record in records[:kept] if record.kind == "child_started"}
    for record in records[:kept]:
        if record.kind == "child_ended":
            open_children.pop(record.path, None)
    for child in open_children.values():
        raise ForkRefused(f"run {child.run_id} waited for its child at path {child.path} there: fork before it")
    for record in last.values():
        if record.seq >= kept and record.path in intended and record.kind not in ("step_failed", "attempt_failed"):
            raise ForkRefused(
                f"step {record.name!r} at path {record.path} of run {record.run_id} is not safe to repeat, and it "
                "happened or is in doubt: fork without live=True, or before a later path"
            )
    for record in records[kept:]:
        if record.kind == "child_started":
            check_live(read(fields_of(record.payload)["run_id"]), 0, read)


def is_effect(call: Call[Any]) -> bool:
    """Say whether a call may change the world."""
    return isinstance(call, RunChild) or (isinstance(call, StepCall) and call.step.effect != "read")


def _args(record: Record) -> bytes:
    payload = record.payload or b""
    return payload[len(b'{"args":') : end_of_args(payload)] if payload.startswith(b'{"args":') else b""
