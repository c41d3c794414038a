"""Drives the runs of one database: commits what they did in groups, parks those that wait, takes the inbox."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any, cast

from segue.engine import failure, journal
from segue.engine.alarms import Alarms
from segue.engine.attempts import Attempts
from segue.engine.audit import check_run
from segue.engine.chain import successor
from segue.engine.children import RECOVERY_S, Children
from segue.engine.clock import Clock, Timer, reader
from segue.engine.commits import Commits, Deliveries
from segue.engine.embedded.journal import SqliteJournal
from segue.engine.embedded.lock import DriverLock, WakeSocket
from segue.engine.generators import AsyncGenerators
from segue.engine.inbox import Inbox
from segue.engine.journal import (
    GENESIS,
    Batch,
    Beginning,
    Ending,
    Kind,
    Message,
    Record,
    RunInfo,
    Status,
    from_us,
    to_us,
)
from segue.engine.logs import about
from segue.engine.payloads import more_fields, start_fields
from segue.engine.queues import Queue, Queues
from segue.engine.run import Run
from segue.engine.telemetry import observer
from segue.engine.tree import Pending
from segue.engine.waiters import Waiters
from segue.engine.workflow import Workflow, workflows
from segue.engine.workspace import WorkspaceJournal
from segue.errors import EngineClosed, SegueError, StoreError
from segue.store.sqlite import MEMORY

log = logging.getLogger("segue.engine")

BRIEF_US = 50_000
"""A run that waits for less is not even noted as waiting."""
SHORT_US = 2_000_000
"""A run that waits for less stays in memory."""
CHUNK = 100
"""Runs that are replayed before others get their turn."""


class Driver:
    """Drives every run of one database from the running event loop, never from inside a task."""

    def __init__(self, path: Path, clock: Clock, own: dict[str, Workflow[..., Any]], queues: Sequence[Queue]) -> None:
        self._loop = asyncio.get_running_loop()
        self._lock = None if path == MEMORY else DriverLock(path)
        self.telemetry = observer()
        try:
            self.journal: WorkspaceJournal = self.telemetry.watched(SqliteJournal(path))
        except BaseException:
            if self._lock is not None:
                self._lock.release()
            raise
        self.clock = clock
        self.now_us = reader(clock)
        self.context = copy_context()
        """Of whoever opens the engine: the same at a run's start and at its replays, whoever caused them."""
        self.starting: dict[str, Record] = {}
        """First entries that are on their way to the disk."""
        self._told_early: set[str] = set()
        """Those of them that something in the inbox is for."""
        self._own = own
        self._attempts = Attempts(self)
        self.attempt = self._attempts.begin
        self._children = Children(self)
        self._queues = Queues(
            queues, clock, self._begin_asked, lambda: not self._backlog and not self._attempts.is_closing
        )
        self._runs: dict[str, Run] = {}
        self._commits = Commits(self.journal, self._written, self._lose)
        self._alarms = Alarms(self.journal, clock, self.wake)
        self._backlog: deque[str] = deque()
        """Runs to be replayed."""
        self._in_backlog: set[str] = set()
        self._unregistered: dict[str, set[str]] = {}
        self._ends = Waiters()
        self._rests = Waiters()
        self._begun = Waiters()
        self._inbox = Inbox(self.journal, clock, self._take, self._queues.admit, lambda: self._runs)
        self.look = self._inbox.look
        self._wake_socket = None if path == MEMORY else WakeSocket(path)
        self._generators = AsyncGenerators()
        self._is_closed = False

    # Opening and closing

    def open(self) -> None:
        """Take up what there is to do."""
        self._generators.install()
        workflows.listeners.append(self._registered)
        for run_id in self.journal.to_resume():
            self.wake(run_id)
        self.look()
        self._alarms.sweep()
        if self._wake_socket is not None:
            self._wake_socket.listen(self.look, self._loop.add_reader)
            self._inbox.watch()

    async def close(self) -> None:
        """Stop: let `once` steps under way end, commit what is done, let go of the rest."""
        self._attempts.is_closing = True
        while self._commits.batch:
            self._commits.flush()  # begins what is intended: an intent on disk without its attempt would be a doubt
        try:
            await self._attempts.settle(self._runs.values())
        finally:  # also where whoever closes is cancelled meanwhile
            self._let_go()

    def _let_go(self) -> None:
        self._is_closed = True
        self._commits.flush()
        self._alarms.close()
        self._inbox.close()
        workflows.listeners.remove(self._registered)
        if self._wake_socket is not None:
            self._wake_socket.close(self._loop.remove_reader)
        for run in list(self._runs.values()):
            self._park(run)
        self._attempts.close()
        closed = EngineClosed("the engine was closed; unfinished runs go on when it is opened again")
        for waiters in (self._ends, self._rests, self._begun):
            waiters.fail_all(closed)
        self._generators.uninstall()
        if self._lock is not None:
            self._lock.release()

    # Starting

    def begun(self, run_id: str) -> Awaitable[object]:
        """Wait until the first entry of a run that is in `starting` is on disk.

        Raises:
            StoreError: It could not be written.
        """
        return self._begun.wait(run_id)

    def begin(
        self,
        run_id: str,
        workflow: str,
        module: str,
        encoded: bytes,
        *,
        taken: int | None = None,
        parent: str | None = None,
        more: bytes = b"",
    ) -> None:
        """Begin a run; it is driven once its first entry is on disk."""
        now_us = self.now_us()
        record = journal.chained(
            GENESIS, run_id, 0, "", "run_started", workflow, now_us, 0, b'{"args":%s%s}' % (encoded, more)
        )
        self.starting[run_id] = record
        self._commits.batch.started.append(Beginning(run_id, workflow, module, now_us, parent))
        if taken is not None:
            self._commits.batch.taken.append(taken)
        self._commits.add(None, record)

    def _started(self, begun: Beginning) -> None:
        """Drive a run whose first entry is on disk."""
        run_id = begun.run_id
        record = self.starting.pop(run_id)
        self._begun.release(run_id)
        try:
            messages = self.journal.messages(run_id=run_id) if run_id in self._told_early else []
            self._told_early.discard(run_id)
            self._drive(begun, messages, records=[record])
        except StoreError as error:
            self._wake_again(run_id, error)

    def _load(self, run_id: str) -> None:
        """Bring a run of the journal into memory and let it go on."""
        info = self.journal.run(run_id)
        if info is None or run_id in self._runs:
            return
        messages = self.journal.messages(run_id=run_id)
        if info.ended_at is not None:
            self._settle_messages(messages, successor(run_id) if info.status == "continued" else None)
        else:
            begun = Beginning(run_id, info.workflow, info.module, to_us(info.started_at), info.parent)
            self._drive(begun, messages, status=info.status)

    def _drive(
        self,
        begun: Beginning,
        messages: list[Message],
        *,
        status: Status = "running",
        records: list[Record] | None = None,
    ) -> None:
        """Bring a run into memory, from its entries, and let it go on."""
        if self._attempts.is_closing:
            return
        run_id = begun.run_id
        workflow = self._own.get(begun.workflow) or workflows.find(begun.workflow, begun.module)
        if workflow is None:
            about(run_id).warning("run %s waits: workflow %r is not registered here, or twice", run_id, begun.workflow)
            self._unregistered.setdefault(begun.workflow, set()).add(run_id)
            self._queues.went(run_id)
            return
        run = Run(self, run_id, workflow)
        run.row_status, run.parent = status, begun.parent
        self._runs[run_id] = run  # a step that begins at once may signal or cancel its own run
        self._children.came(run)
        try:
            if records is None:
                records = check_run(self.journal, run_id)
            self.telemetry.came(run, len(records))
            for message in messages:
                run.seen_message = message.id
                if message.kind == "signal":
                    run.take(message)
            # a wish to end comes before whatever would begin now
            run.replay(records, is_held=any(message.kind == "cancel" for message in messages))
        except StoreError:
            self._park(run)  # of what began, nothing is heard any more: it begins again
            raise
        except Exception as error:  # noqa: BLE001 (whatever a workflow's code does, other runs go on)
            run.broken = error
        self._queues.came(run_id, run.queue)
        for message in messages:
            if message.kind == "cancel" and run.broken is None:
                run.cancel(message)
        self._after(run)

    def wake(self, run_id: str) -> None:
        """Bring a run into memory."""
        if run_id in self._runs or run_id in self._in_backlog:
            return
        if not self._backlog:
            self._loop.call_soon(self._work_backlog)
        self._backlog.append(run_id)
        self._in_backlog.add(run_id)

    def _work_backlog(self) -> None:
        self._commits.flush()  # what a run that was set aside has made must be there when it is read again
        for _ in range(min(CHUNK, len(self._backlog))):
            run_id = self._backlog.popleft()
            self._in_backlog.discard(run_id)
            if not self._is_closed:
                try:
                    self._load(run_id)
                except StoreError as error:
                    self._wake_again(run_id, error)
        if self._backlog:
            self._loop.call_soon(self._work_backlog)
        else:
            self._queues.admit()

    def _wake_again(self, run_id: str, error: StoreError) -> None:
        about(run_id).error("run %s could not be read, trying again in %s s: %s", run_id, RECOVERY_S, error)
        self.clock.later(RECOVERY_S, partial(self.wake, run_id))

    def _registered(self) -> None:
        waiting, self._unregistered = self._unregistered, {}
        for run_id in set[str]().union(*waiting.values()):
            self._loop.call_soon_threadsafe(self.wake, run_id)

    # The run's host

    def append(
        self,
        run: Run,
        path: str,
        kind: Kind,
        name: str,
        attempt: int,
        payload: bytes,
        *,
        taken: Collection[int] = (),
    ) -> None:
        """Journal an entry and, once it is on disk, deliver it to the run."""
        if self._is_closed:
            return  # too late: what it tells of is found out again, or in doubt, when the database is opened
        at_us, last_us = self.now_us(), run.last_us
        if at_us < last_us:  # noqa: PLR1730 (max() takes five times as long)
            at_us = last_us
        record = journal.chained(run.head, run.run_id, run.entries, path, kind, name, at_us, attempt, payload)
        run.head = record.hash
        run.entries += 1
        run.last_us = at_us
        run.uncommitted += 1
        batch = self._commits.batch
        if taken:
            batch.taken.extend(taken)
        if run.row_status != "running":
            self._note(run, "running")
        if not path and kind.startswith("run_"):
            error = None if run.outcome is None or run.outcome[0] == "value" else failure.message(run.outcome[1])[:500]
            status = cast("Status", kind.removeprefix("run_"))
            batch.ended[run.run_id] = Ending(run.run_id, status, at_us, run.entries, run.head, error)
            if kind != "run_continued":
                self._note_end(run)
        self._commits.add(run, record)

    def reconcile(self, run: Run, pending: Pending) -> None:
        """Find out what became of a `once` step's attempt."""
        self._attempts.reconcile(run, pending)

    def rest(self, run: Run, pending: Pending, until_us: int, act: Callable[[Pending], None]) -> None:
        """Let a run do nothing for a call until a time."""
        run.wait_until(pending, until_us, act)
        self._after(run)

    def child(self, run: Run, pending: Pending) -> None:
        """Begin a child, or see what became of it."""
        self._children.care(run, pending)

    def cancel_child(self, run: Run, child_id: str) -> None:
        """Ask a child to end, durable together with what is noted of its parent."""
        self._commits.batch.carried.append(Message(0, child_id, "cancel", "", "cancel", b"{}", self.now_us()))
        self._note(run, "running")
        self._commits.soon()

    def records(self, run_id: str) -> list[Record]:
        """Return a run's entries in order."""
        return self.journal.records(run_id)

    def is_free(self, run_id: str) -> bool:
        """Say whether no run has this id."""
        return run_id not in self.starting and self.journal.run(run_id) is None

    def go_on_as(self, run: Run, run_id: str, encoded: bytes, messages: Iterable[Message]) -> None:
        """Begin the next run of a chain together with this one's end, and hand on what it has not read."""
        more: dict[str, Any] = {"continues": run.run_id} | ({} if run.queue is None else {"queue": run.queue})
        self._queues.came(run_id, run.queue)
        if run.spending is not None:
            more["budget"] = run.spending.left().fields()
        module = run.workflow.fn.__module__
        self.begin(run_id, run.workflow.name, module, encoded, parent=run.parent, more=more_fields(more))
        self._commits.batch.carried.extend(message._replace(run_id=run_id) for message in messages)
        self._commits.batch.handed_on.append((run_id, run.run_id))
        self._told_early.add(run_id)

    def soon(self, act: Callable[..., None], *args: Any) -> None:
        """Call `act` when what happens now is over, unless the engine is closed by then."""
        self._loop.call_soon(lambda: None if self._is_closed else act(*args))

    def at(self, run: Run, when_us: int, act: Callable[[], None]) -> Timer:
        """Call `act` at a time, unless the timer is cancelled."""

        def due() -> None:
            if self._attempts.is_closing:
                return
            try:
                act()
                run.drain()
            except Exception as error:  # noqa: BLE001 (see _stumbled)
                self._stumbled(run, error)
            self._after(run)

        return self.clock.later((when_us - self.now_us()) / 1e6, due)

    # Committing

    def _written(self, batch: Batch, deliveries: Deliveries) -> None:
        """Let each run go on from its entry, which is on disk."""
        touched: dict[Run, None] = {}
        started = iter(batch.started)
        for run, record in deliveries:
            if run is None:
                self._started(next(started))
                continue
            run.uncommitted -= 1
            if run.is_parked or run.broken is not None:
                continue
            if self._attempts.is_closing and run.outcome is None and record.kind != "step_intended":
                continue  # closing, a run goes on only to its end: whatever it called next would be cut off
            try:
                run.deliver(record)
                if run.is_cancelled and not run.is_live and run.broken is None:
                    run.go_live()  # it was held until its end was asked for
            except Exception as error:  # noqa: BLE001 (see _stumbled)
                self._stumbled(run, error)
            if not run.uncommitted or run.broken is not None:
                touched[run] = None  # else it goes on with the next entry, which is on its way
        for run in touched:
            self._after(run)
        if batch.carried:
            self.look()

    def _lose(self, batch: Batch, deliveries: Deliveries, error: StoreError) -> None:
        """After a failed commit: drop what was not written, and read the runs again later."""
        log.error("could not commit %d entries: %s", len(batch.records), error)
        for run, record in deliveries:
            if run is None:
                self.starting.pop(record.run_id, None)
                self._queues.went(record.run_id)
                self._begun.fail(record.run_id, error)
        lost = {info.run_id for info in batch.changed.values()} | {r.run_id for run, r in deliveries if run is not None}
        for run_id in lost:
            run = self._runs.get(run_id)
            if run is not None:
                self._park(run)
            self.clock.later(RECOVERY_S, partial(self.wake, run_id))
        self._inbox.look_at_all_again()

    def _stumbled(self, run: Run, error: Exception) -> None:
        """Set a run aside that failed while it went on: those whose turn comes after it must have theirs."""
        if isinstance(error, StoreError):
            self._park(run)
            self._wake_again(run.run_id, error)
        else:
            run.broken = error

    def _after(self, run: Run) -> None:
        """See what a run needs after it went on."""
        if run.is_parked:
            return
        if run.broken is not None:
            self._stop(run, run.broken)
        elif run.status is not None:
            self._forget(run)
            self._tell(run.run_id, run.last)
            self._children.ended(run)
        elif run.is_idle:
            self._idle(run)

    def _stop(self, run: Run, error: BaseException) -> None:
        """Set a run aside that cannot go on with this code or this journal; opening again tries again."""
        about(run.run_id).error("run %s cannot go on: %s", run.run_id, error)
        self._note(run, "failed", failure.message(error)[:2000])
        self._park(run)
        self._commits.soon()
        self._loop.call_soon(self._tell, run.run_id)  # after the flush

    def _idle(self, run: Run) -> None:
        wake_us = run.wake_us()
        left_us = None if wake_us is None else wake_us - self.now_us()
        if (left_us is not None and left_us < BRIEF_US) or run.run_id in self._children.untold:
            return
        if run.row_status != "waiting":
            self._note(run, "waiting")
            self._commits.soon()
            self._loop.call_soon(self._after, run)
        elif run.run_id not in self._commits.batch.changed and not self._children.keep(run):
            self._rests.release(run.run_id)
            if (left_us is None or left_us >= SHORT_US) and not run.is_in_doubt:
                self._park(run)
                if wake_us is not None:
                    self._alarms.by(wake_us)

    def _forget(self, run: Run) -> None:
        if self._runs.pop(run.run_id, None) is None:
            return
        self.telemetry.went(run)
        self._children.went(run)
        self._queues.went(run.run_id)
        parent = None if run.parent is None else self._runs.get(run.parent)
        if parent is not None:
            self.soon(self._after, parent)

    def _park(self, run: Run) -> None:
        self._forget(run)
        try:
            run.park()
        except SegueError as error:
            about(run.run_id).error("%s", error)

    def _note_end(self, run: Run) -> None:
        """Let the parent go on, even if this process ends before it is told: what is `running` is taken up again."""
        if run.parent is None:
            return
        self._children.untold.add(run.parent)
        parent = self._runs.get(run.parent)
        if parent is not None:
            self._note(parent, "running")
        elif run.parent not in self._commits.batch.ended:
            self._commits.batch.changed[run.parent] = journal.under_way(run.parent)

    def _note(self, run: Run, status: Status, error: str | None = None) -> None:
        run.row_status = status
        self._commits.batch.changed[run.run_id] = self._info(run, status, error)

    def _info(self, run: Run, status: Status, error: str | None) -> RunInfo:
        wake_us = run.wake_us() if status == "waiting" else None
        return RunInfo(
            run_id=run.run_id,
            workflow=run.workflow.name,
            module="",
            status=status,
            started_at=from_us(0),
            wake_at=None if wake_us is None else from_us(wake_us),
            waiting_for=run.waiting_for() if status == "waiting" else (),
            error=error,
        )

    # Inbox

    def _take(self, message: Message) -> None:
        run = self._runs.get(message.run_id)
        if message.kind == "start":
            if message.run_id in self.starting or self.journal.run(message.run_id) is not None:
                self._settle_messages([message])
                self.wake(message.run_id)  # a fork is in the journal before anyone drives it
            elif not self._queues.push(message):
                self._begin_asked(message)
        elif message.run_id in self.starting or self._queues.holds(message.run_id):
            self._told_early.add(message.run_id)
        elif run is None:
            self.wake(message.run_id)
        elif run.outcome is not None and not run.is_continued:  # what is for the next run is handed on at the end
            self._settle_messages([message])
        elif run.outcome is None and message.id > run.seen_message:
            run.seen_message = message.id
            if message.kind == "signal":
                run.take(message)
            else:
                run.cancel(message)

    def _begin_asked(self, message: Message) -> None:
        module, encoded, more = start_fields(message.payload)
        self.begin(message.run_id, message.name, module, encoded, taken=message.id, more=more)

    def _settle_messages(self, messages: Iterable[Message], next_id: str | None = None) -> None:
        """Take messages for a run that has ended out of the inbox, and hand them to the next of its chain."""
        for message in messages:
            if message.kind != "start" and next_id is not None:
                self._commits.batch.carried.append(message._replace(run_id=next_id))
            elif message.kind == "signal":
                about(message.run_id).warning("run %s had ended: nobody reads signal %s", message.run_id, message.name)
            self._commits.batch.taken.append(message.id)
        self._commits.soon()

    # Watching

    def status(self, run_id: str) -> Status | None:
        """Return what a run in memory is doing, or one whose start is on its way to the disk."""
        run = self._runs.get(run_id)
        if run is None:
            return "running" if run_id in self.starting or run_id in self._in_backlog else None
        wake_us = run.wake_us()
        is_waiting = run.is_idle and (wake_us is None or wake_us > self.now_us())
        return run.status or ("waiting" if is_waiting else "running")

    def has_concluded(self, run_id: str) -> bool:
        """Say whether a run's last entry is made, and perhaps not on disk yet; one that goes on has not ended."""
        run = self._runs.get(run_id)
        return run is not None and run.outcome is not None and not run.is_continued

    def is_coming(self, run_id: str) -> bool:
        """Say whether a run is about to be in memory: its first entry is on its way to the disk, or it was woken."""
        return run_id in self.starting or run_id in self._in_backlog

    def here(self, run_id: str) -> Run | None:
        """Return a run that is in memory: one that was stuck may go on."""
        return self._runs.get(run_id)

    def end_of(self, run_id: str) -> Awaitable[Record | None]:
        """Wait until a run ended, and return its last entry, or until it cannot go on: `None`."""
        return self._ends.wait(run_id)

    def rest_of(self, run_id: str) -> Awaitable[object]:
        """Wait until a run ended, cannot go on, or only waits."""
        return self._rests.wait(run_id)

    def _tell(self, run_id: str, last: Record | None = None) -> None:
        self._ends.release(run_id, last)
        self._rests.release(run_id)
