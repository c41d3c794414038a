"""Compensation: what finished steps did is taken back when their run fails or is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

from segue.engine.chain import ContinueAs
from segue.engine.codec import Signature
from segue.engine.step import Step
from segue.errors import SegueError


class Undoable(Protocol):
    """What is asked of a run here."""

    foreign: SegueError | None
    undos: list[tuple[Step[..., Any], tuple[Any, ...]]]
    is_undoing: bool


async def undoing(run: Undoable, signature: Signature, workflow: Coroutine[Any, Any, Any]) -> Any:
    """Await a workflow and, where it fails or is cancelled, take back what its steps did, the last one first.

    Each undo is a step of the run, so it is journaled, tried again, and not repeated after a crash. One that fails
    does not stop those before it; its error is raised in the end, for then a person must look.
    """
    try:
        result = await workflow
        if run.foreign is not None:
            raise run.foreign
        if run.undos and not isinstance(result, ContinueAs):
            signature.encode_result(result)  # what cannot be journaled fails the run too
    except (Exception, asyncio.CancelledError) as error:
        run.is_undoing = True
        failures: list[Exception] = []
        while run.undos:
            undo, values = run.undos.pop()
            try:
                await undo(*values)
            except Exception as failed:  # noqa: BLE001 (whatever it was, the others have their turn)
                failures.append(failed)
        if failures:
            raise failures[0] from error
        raise
    return result
