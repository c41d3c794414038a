"""How runs end: written to their last entry, and read from it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from segue.engine import failure
from segue.engine.chain import ContinueAs
from segue.engine.codec import codec_of
from segue.engine.journal import Kind, Record, entry
from segue.engine.payloads import result_of
from segue.engine.workflow import Workflow
from segue.errors import CodecError, DefinitionError, NotRecorded, RunCancelled, RunConflict, RunFailed


def last_entry(
    workflow: Workflow[..., Any],
    outcome: tuple[str, Any],
    *,
    foreign: BaseException | None,
    is_cancelled: bool,
    go_on: Callable[[ContinueAs], bytes],
) -> tuple[Kind, bytes, BaseException | None]:
    """Return kind and payload of a run's last entry, and the error that it ends with.

    Args:
        workflow: Of the run.
        outcome: How its coroutine ended: `value` or `error`, and which.
        foreign: What it awaited and must not have, even if it swallowed the error.
        is_cancelled: Its end was asked for.
        go_on: Gives the payload of a run that goes on as the next of its chain.
    """
    what, value = outcome
    error: BaseException | None = value if foreign is None and what == "error" else foreign
    if error is None:
        try:
            if isinstance(value, ContinueAs):
                return "run_continued", go_on(value), None
            return "run_completed", b'{"result":%s}' % workflow.signature.encode_result(value)[0], None
        except (CodecError, TypeError, DefinitionError, NotRecorded, RunConflict) as unwritable:
            error = unwritable
    if is_cancelled and isinstance(error, asyncio.CancelledError):
        return "run_cancelled", b"{}", error
    return *failed(error), error


def failed(error: BaseException) -> tuple[Kind, bytes]:
    """Return the last entry of a run whose workflow raised."""
    described = failure.describe(error)
    if error.__cause__ is not None:
        described["cause"] = failure.describe(error.__cause__)
    described["traceback"] = failure.own_frames(error)
    return "run_failed", b'{"error":%s}' % json.dumps(described).encode()


def outcome_of(last: Record, workflow: Workflow[..., Any] | None) -> Any:
    """Return what a run's workflow returned, by its last entry; see `outcome`.

    Raises:
        AuditError: The entry is damaged.
    """
    if last.kind == "run_completed" and last.payload is not None and workflow is not None:
        with suppress(CodecError):  # told below, with its place
            return workflow.signature.result.decode(result_of(last.payload))
    return outcome(last.run_id, last.kind, entry(last).payload or {}, workflow)


def outcome(run_id: str, kind: str, fields: dict[str, Any], workflow: Workflow[..., Any] | None) -> Any:
    """Return what a run's workflow returned, read as the type that it declares.

    Args:
        run_id: Of the run.
        kind: Of its last entry.
        fields: What that entry holds.
        workflow: Where it is known.

    Raises:
        RunCancelled: It was cancelled.
        RunFailed: It failed; `__cause__` is what the workflow raised.
    """
    if kind == "run_cancelled":
        raise RunCancelled(f"run {run_id} was cancelled")
    if kind == "run_completed":
        codec = codec_of(Any) if workflow is None else workflow.signature.result
        return codec.decode(json.dumps(fields.get("result")).encode())
    described = fields.get("error", {"type": "", "message": "its error was erased"})
    cause = failure.restore(described)
    if "cause" in described:
        cause.__cause__ = failure.restore(described["cause"])
    raise RunFailed(f"run {run_id} failed: {described['type'].rpartition(':')[2]}: {described['message']}") from cause
