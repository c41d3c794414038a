"""Compensation: what finished steps did is taken back when their run fails or is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

from segue.engine.calls import Promise
from segue.engine.chain import ContinueAs
from segue.engine.codec import Signature
from segue.engine.step import Step
from segue.errors import SegueError


class Undos(list[tuple[Step[..., Any], tuple[Any, ...]]]):
    """What takes back the steps that finished, in their order, with its arguments."""

    is_awaited = False
    """Somebody waits for more."""
    _late: Promise[None] | None = None

    def late(self) -> Promise[None]:
        """Return what is kept once another one is known, or all are."""
        self.is_awaited, self._late = True, Promise()
        return self._late

    def are_seen(self, *, is_all: bool) -> bool:
        """Say whether anyone may go on who waits for more; `is_all`: none is on its way to the disk."""
        if self._late is None or not (self or is_all):
            return False
        late, self._late, self.is_awaited = self._late, None, False
        late.keep(None)
        return True


class Undoable(Protocol):
    """What is asked of a run here."""

    foreign: SegueError | None
    undos: Undos
    is_undoing: bool


async def undoing(run: Undoable, signature: Signature, workflow: Coroutine[Any, Any, Any]) -> Any:
    """Await a workflow and, where it fails or is cancelled, take back what its steps did, the last one first.

    Each undo is a step of the run, so it is journaled, tried again, and not repeated after a crash. One that fails
    does not stop those before it; its error is raised in the end, for then a person must look. A step that finished
    just before it was to be cancelled is taken back too: its end may come to the disk after what cancelled it.
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
        await run.undos.late()
        while run.undos:
            undo, values = run.undos.pop()
            try:
                await undo(*values)
            except Exception as failed:  # noqa: BLE001 (whatever it was, the others have their turn)
                failures.append(failed)
            await run.undos.late()
        if failures:
            raise failures[0] from error
        raise
    return result
