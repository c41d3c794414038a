"""Children of runs in this process: begun with their parent's entry, cancelled with it, told of when they end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol, cast

from segue.engine import ending
from segue.engine.chain import successor
from segue.engine.child import RunChild
from segue.engine.clock import Clock
from segue.engine.journal import Journal, Kind, Record
from segue.engine.logs import about
from segue.engine.run import Run
from segue.engine.tree import Pending
from segue.errors import RunConflict, StoreError

RECOVERY_S = 1.0
"""Wait before what a failed read or write was for is tried again."""


class Household(Protocol):
    """What children need of the driver."""

    clock: Clock

    @property
    def journal(self) -> Journal:
        """Where runs are kept."""

    def append(self, run: Run, path: str, kind: Kind, name: str, attempt: int, payload: bytes) -> None:
        """Journal an entry."""

    def begin(self, run_id: str, workflow: str, module: str, encoded: bytes, *, parent: str) -> None:
        """Begin a run, committed together with the entry before."""

    def here(self, run_id: str) -> Run | None:
        """Return a run that is in memory."""

    def is_coming(self, run_id: str) -> bool:
        """Say whether a run is about to be in memory."""

    def wake(self, run_id: str) -> None:
        """Bring a run into memory."""

    def soon(self, act: Callable[..., None], *args: Any) -> None:
        """Call `act` when what happens now is over, unless the engine is closed by then."""

    def cancel_child(self, run: Run, child_id: str) -> None:
        """Ask a child to end, durable together with what is noted of its parent."""


class Children:
    """All children of the runs of one database."""

    def __init__(self, household: Household) -> None:
        self._household = household
        self._here: Counter[str] = Counter()
        """Children in memory, by parent."""
        self.untold: set[str] = set()
        """Parents of whose child the last entry is made, and who do not know it yet."""

    def care(self, run: Run, pending: Pending) -> None:
        """Begin a child, or see what became of it."""
        if not pending.is_recorded:
            self._begin(run, pending)
        elif (last := self._last_of(pending.child_id)) is not None:
            self._over(run, pending, last.kind, last.payload or b"{}")
        else:
            run.rest(pending)
            if pending.is_leaving:
                self._household.cancel_child(run, pending.child_id)

    def _begin(self, run: Run, pending: Pending) -> None:
        call = cast("RunChild[Any]", pending.call)
        child_id = run.child_id(pending.path)
        found = self._household.journal.run(child_id)
        if self._household.is_coming(child_id) or (found is not None and found.parent != run.run_id):
            pending.child_id = child_id
            self._over(run, pending, *ending.failed(RunConflict(f"run {child_id} exists, and is nobody's child")))
            return
        payload = b'{"args":%s,"run_id":%s}' % (pending.form, json.dumps(child_id).encode())
        self._household.append(run, pending.path, "child_started", call.workflow.name, 0, payload)
        if found is None:
            module = call.workflow.fn.__module__
            self._household.begin(child_id, call.workflow.name, module, pending.encoded, parent=run.run_id)

    def _last_of(self, child_id: str) -> Record | None:
        """Return the last entry of a child that has ended, or of the last run of its chain."""
        while self._household.here(child_id) is None:  # an ended one may be woken too, by a message that came too late
            info = self._household.journal.run(child_id)
            if info is None or info.ended_at is None:
                return None
            if info.status != "continued":
                return self._household.journal.last_record(child_id)
            child_id = successor(child_id)
        return None

    def _over(self, run: Run, pending: Pending, kind: str, payload: bytes) -> None:
        pending.is_settling = True
        fields = {"run_id": pending.child_id, "status": kind.removeprefix("run_")} | json.loads(payload)
        name = cast("RunChild[Any]", pending.call).workflow.name
        self._household.append(run, pending.path, "child_ended", name, 0, json.dumps(fields).encode())

    # Comings and goings

    def came(self, run: Run) -> None:
        """Note that a run is in memory now."""
        if run.parent is not None:
            self._here[run.parent] += 1

    def went(self, run: Run) -> None:
        """Note that a run left memory; its parent may now leave too."""
        if run.parent is not None:
            self._here[run.parent] -= 1
            if not self._here[run.parent]:
                del self._here[run.parent]

    def keep(self, run: Run) -> bool:
        """Say whether a run must stay in memory: to read it again for every child would take longer and longer."""
        return run.run_id in self._here

    def ended(self, run: Run) -> None:
        """Tell the parent of a run whose last entry is on disk."""
        if run.parent is not None and run.status != "continued":
            self._household.soon(self._tell, run.parent, run.run_id)

    def _tell(self, parent_id: str, child_id: str) -> None:
        parent = self._household.here(parent_id)
        if parent is None:
            self.untold.discard(parent_id)
            self._household.wake(parent_id)  # and sees itself what became of it
            return
        pending = parent.pending.get(child_id[len(parent_id) + 1 :].partition("~")[0])
        try:
            # one that is held until its end was asked for sees it when it goes on
            if parent.is_live and pending is not None and pending.is_recorded and not pending.is_settling:
                self.care(parent, pending)
        except StoreError as error:
            self._again(error, self._tell, parent_id, child_id)
        else:
            self.untold.discard(parent_id)

    def _again(self, error: StoreError, act: Callable[..., None], *args: Any) -> None:
        about(args[0]).error("a child run waits, trying again in %s s: %s", RECOVERY_S, error)
        self._household.clock.later(RECOVERY_S, lambda: self._household.soon(act, *args))
