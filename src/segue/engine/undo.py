"""Compensation: what finished steps did is taken back when their run fails or is cancelled."""

from __future__ import annotations

from typing import Any, Never

from segue.engine.calls import Promise
from segue.engine.step import Step


class Undos(list[tuple[Step[..., Any], tuple[Any, ...]]]):
    """What takes back the steps that finished, in their order, with its arguments."""

    _late: Promise[None] | None = None

    def late(self) -> Promise[None]:
        """Return what is kept once another one is known, or all are."""
        self._late = Promise()
        return self._late

    def are_seen(self, *, is_all: bool) -> bool:
        """Say whether anyone may go on who waits for more; `is_all`: none is on its way to the disk."""
        if self._late is None or not (self or is_all):
            return False
        late, self._late = self._late, None
        late.keep(None)
        return True


async def undoing(undos: Undos, error: BaseException) -> Never:
    """Take back what the steps of a workflow that failed or was cancelled did, the last one first, and raise its error.

    Each undo is a step of the run, so it is journaled, tried again, and not repeated after a crash. One that fails
    does not stop those before it; its error is raised in the end, for then a person must look. A step that finished
    just before it was to be cancelled is taken back too: its end may come to the disk after what cancelled it.
    """
    failures: list[Exception] = []
    await undos.late()
    while undos:
        undo, values = undos.pop()
        try:
            await undo(*values)
        except Exception as failed:  # noqa: BLE001 (whatever it was, the others have their turn)
            failures.append(failed)
        await undos.late()
    if failures:
        raise failures[0] from error
    raise error
