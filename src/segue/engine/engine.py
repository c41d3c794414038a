"""The engine as its users see it: runs are started, signalled, cancelled, awaited, read and checked."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from segue.engine import ending, journal
from segue.engine.audit import check_run
from segue.engine.budget import Budget
from segue.engine.chain import successor
from segue.engine.clock import Clock, SystemClock
from segue.engine.codec import LONGEST_NUMBER, encode_any
from segue.engine.cron import Cron
from segue.engine.driver import Driver
from segue.engine.embedded.journal import SqliteJournal
from segue.engine.embedded.lock import ring
from segue.engine.embedded.url import sqlite_path
from segue.engine.forgetting import Forgetting
from segue.engine.fork import begun, check_live, copied, cut
from segue.engine.handle import Asked, Handle
from segue.engine.inbox import LOOK_S
from segue.engine.journal import ENDED, Entry, RunInfo, Status, checked_name, to_us
from segue.engine.payloads import end_of_args, more_fields, start_payload
from segue.engine.queues import Queue
from segue.engine.schedule import Schedule, Schedules
from segue.engine.workflow import Workflow, workflows
from segue.engine.workspace import WorkspaceJournal
from segue.errors import (
    AuditError,
    EngineClosed,
    RunConflict,
    RunErased,
    RunFailed,
    RunFinished,
    RunNotFound,
    UsageError,
)
from segue.store.sqlite import MEMORY

R = TypeVar("R")


class Engine(Forgetting):
    """Durable runs on one database; use it as `async with Engine("sqlite:///segue.db") as engine`."""

    def __init__(
        self,
        url: str,
        *,
        drive: bool = True,
        workflows: Sequence[Workflow[..., Any]] = (),
        clock: Clock | None = None,
        queues: Sequence[Queue] = (),
    ) -> None:
        """Describe an engine; entering it opens the database.

        Args:
            url: `sqlite:///file` relative to the working directory, `sqlite:////file` absolute; `sqlite:///:memory:`
                for runs that are gone when the engine is closed, as a backtest's: nothing is written to any disk.
            drive: Whether to drive runs: one process at a time does. Without, runs are started, signalled and
                cancelled through the inbox of the one that does.
            workflows: Known to this engine besides all those declared with `@workflow`.
            clock: Instead of the machine's.
            queues: Through which runs may be started.

        Raises:
            ValueError: The URL is not understood, or is of memory that nobody drives.
        """
        self.path = sqlite_path(url)
        if self.path == MEMORY and not drive:
            raise ValueError(f"{url} is seen by one engine only: it must drive its runs itself")
        self.clock: Clock = clock or SystemClock()
        self._drive = drive
        self._queues = {queue.name: queue for queue in queues}
        self._own = {workflow.name: workflow for workflow in workflows}
        self._open: WorkspaceJournal | None = None
        self._driver: Driver | None = None
        self._schedules: Schedules | None = None
        self._drivers: type[Driver] = Driver  # the test kit's can be killed

    async def __aenter__(self) -> Self:
        """Open the database and, driving, resume every unfinished run found.

        Raises:
            EngineBusy: Another process drives this database.
            StoreError: It cannot be opened.
        """
        if self._drive:
            self._driver = self._drivers(self.path, self.clock, self._own, list(self._queues.values()))
            self._open = self._driver.journal
            self._schedules = Schedules(self.clock, self._open, self._ask)
            try:
                self._driver.open()
            except BaseException:
                await self.__aexit__(None, None, None)
                raise
        else:
            self._open = SqliteJournal(self.path)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close: runs stay where they are and go on when the database is opened again."""
        driver, self._driver = self._driver, None
        opened, self._open = self._open, None
        if self._schedules is not None:
            self._schedules.close()
        with nullcontext() if opened is None else closing(opened):
            if driver is not None:
                await driver.close()

    # Acting

    async def start(
        self,
        workflow: Workflow[..., R],
        *args: Any,
        run_id: str | None = None,
        budget: Budget | None = None,
        queue: str | None = None,
        priority: int = 0,
    ) -> Handle[R]:
        """Start a run, durable on return; a run of this id that exists already is that run, never a second.

        Args:
            workflow: What to run.
            args: Its arguments.
            run_id: The caller's name for it, e.g. `ticket-17`; made up without it.
            budget: What it may use up; that of the first start counts.
            queue: Where it waits for its turn; it begins at once without.
            priority: In its queue: the highest comes first, the earliest of several.

        Raises:
            RunConflict: A run of this id has another workflow or other arguments.
            RunErased: A run of this id was erased.
            ValueError: The engine drives and has no such queue.
            CodecError: An argument is not of its declared type.
            StoreError: It could not be written.
        """
        is_new = run_id is None
        run_id = checked_name(str(uuid.uuid4()) if run_id is None else run_id, "run id")
        encoded, more = self._encoded(workflow, args, budget, queue, priority)
        handle = Handle(self, run_id, workflow)
        if is_new or not self._same(run_id, workflow, encoded):
            if self._driver is not None and queue is None:
                self._driver.begin(run_id, workflow.name, workflow.fn.__module__, encoded, more=more)
                await self._driver.begun(run_id)
            else:
                payload = start_payload(workflow.fn.__module__, encoded, more)
                if self._ask(run_id, workflow.name, payload) is False:
                    self._same(run_id, workflow, encoded)
        elif self._driver is not None and run_id in self._driver.starting:
            await self._driver.begun(run_id)
        return handle

    async def every(
        self,
        cron: str,
        workflow: Workflow[..., Any],
        *args: Any,
        name: str | None = None,
        zone: str = "UTC",
        budget: Budget | None = None,
        queue: str | None = None,
        priority: int = 0,
    ) -> None:
        """Start a run at each moment that a cron expression means, for as long as this engine is open.

        Declare it at every opening: what is no longer declared no longer runs. The run of a tick is
        `report@2026-11-24T03:00Z`, in UTC, and there is never a second one. Of the ticks that passed while nobody
        drove, or while the driver was kept from looking, the latest one runs, and none from before the schedule was
        first declared, or declared with another expression or zone.

        Args:
            cron: Five fields as of Debian's cron, or six with seconds first.
            workflow: What to run.
            args: Its arguments.
            name: Of the schedule, unique; the workflow's without it.
            zone: The time zone in which the expression is meant, e.g. `Europe/London`.
            budget: As of `start`; so are `queue` and `priority`.
            queue: Where the runs wait for their turn.
            priority: In their queue.

        Raises:
            ValueError: Expression or zone is not understood, or never due; there is no such queue.
            DuplicateName: Another schedule has this name.
            CodecError: An argument is not of its declared type.
            UsageError: This engine does not drive.
            StoreError: It could not be written.
        """
        if not self._drive:
            raise UsageError("only the engine that drives its runs begins them in time: open it without drive=False")
        encoded, more = self._encoded(workflow, args, budget, queue, priority)
        payload = start_payload(workflow.fn.__module__, encoded, more)
        schedule = Schedule(name or workflow.name, Cron(cron, zone), workflow.name, payload)
        checked_name(schedule.run_id(self.clock.now()), "schedule")
        if self._schedules is None or self._open is None:
            raise EngineClosed("use the engine inside `async with Engine(...) as engine`")
        self._schedules.declare(schedule)

    def _encoded(
        self, workflow: Workflow[..., Any], args: Sequence[Any], budget: Budget | None, queue: str | None, priority: int
    ) -> tuple[bytes, bytes]:
        """Return a run's arguments, and what else it is given, as its first entry holds them."""
        encoded, is_plain = workflow.signature.written(workflow.signature.bind(tuple(args), {}))
        if not is_plain or len(encoded) > LONGEST_NUMBER:
            workflow.signature.decode(encoded)  # what could not be read back would never begin
        if queue is not None and self._drive and queue not in self._queues:
            raise ValueError(f"there is no queue {queue!r}; declared are: {', '.join(self._queues) or 'none'}")
        given = {} if budget is None else {"budget": budget.fields()}
        return encoded, more_fields(given if queue is None else given | {"queue": queue, "priority": priority})

    @overload
    def handle(self, run_id: str, workflow: None = None) -> Handle[Any]: ...
    @overload
    def handle(self, run_id: str, workflow: Workflow[..., R]) -> Handle[R]: ...
    def handle(self, run_id: str, workflow: Workflow[..., Any] | None = None) -> Handle[Any]:
        """Return the handle of a run; with its workflow, its result is read back as the type that it declares."""
        return Handle(self, run_id, workflow)

    async def signal(self, run_id: str, name: str, value: Any = None, *, signal_id: str | None = None) -> None:
        """Send a message into a run, durable on return; it waits for the run to ask for it.

        Args:
            run_id: Of the run.
            name: What the workflow waits for.
            value: Anything with a JSON form.
            signal_id: The sender's; sent twice, it counts once.

        Raises:
            RunNotFound: There is no such run.
            RunFinished: It has ended.
            CodecError: The value has no JSON form.
        """
        checked_name(name, "signal")
        payload = encode_any(value)
        is_sent = False
        while not is_sent:  # it is not where the run goes on as another at this moment
            for link in self._chain(run_id):
                if signal_id is not None and self._journal.is_known("signal", link, signal_id):
                    return
                run_id = link
            if self._has_ended(run_id):
                raise RunFinished(f"run {run_id} has ended: it takes no more signals")
            is_sent = self._send("signal", run_id, name, signal_id, payload)

    async def cancel(self, run_id: str) -> bool:
        """Ask a run to end, durable on return; `False` for one that has ended, which stays as it is.

        Raises:
            RunNotFound: There is no such run.
        """
        *_, run_id = self._chain(run_id)
        is_ended = self._has_ended(run_id)
        if not is_ended:
            self._send("cancel", run_id, "", "cancel", b"{}")
        return not is_ended

    def _chain(self, run_id: str) -> Iterator[str]:
        """Yield this run and those that it went on as, the last one last."""
        yield run_id
        while (info := self._journal.run(run_id)) is not None and info.status == "continued":
            run_id = successor(run_id)
            yield run_id

    def _has_ended(self, run_id: str) -> bool:
        """Say whether a run's journal is closed; one that failed for want of the right code can still go on."""
        if self._driver is not None and self._driver.has_concluded(run_id):
            return True
        if self.status(run_id) not in ENDED:
            return False
        info = self._journal.run(run_id)
        return info is None or (info.ended_at is not None and info.status != "continued")

    def _send(self, kind: Any, run_id: str, name: str, message_id: str | None, payload: bytes) -> bool:
        sent = self._journal.send(kind, run_id, name, message_id, payload, to_us(self.clock.now()))
        self._rouse()
        return sent

    def _rouse(self) -> None:
        """Let whoever drives look into the inbox."""
        if self._driver is not None:
            self._driver.look()
        else:
            ring(self.path)

    def _ask(self, run_id: str, workflow: str, payload: bytes) -> bool:
        return self._send("start", run_id, workflow, "start", payload)

    def _same(self, run_id: str, workflow: Workflow[..., Any], encoded: bytes) -> bool:
        """Say whether this run exists or is asked for already.

        Raises:
            RunConflict: As another one.
            RunErased: With what it was given.
        """
        found = self._known(run_id)
        if found is None:
            return False
        name, recorded = found
        if name != workflow.name:
            raise RunConflict(f"run {run_id} exists, of workflow {name!r}, not {workflow.name!r}")
        if not recorded:
            raise RunErased(f"run {run_id} exists and was erased; choose another run id for a new run")
        signature = workflow.signature
        if recorded != encoded and signature.decode(recorded) != signature.decode(encoded):
            raise RunConflict(
                f"run {run_id} exists with other arguments: "
                f"{recorded[:200].decode(errors='replace')}; choose another run id for a new run"
            )
        return True

    def _known(self, run_id: str) -> tuple[str, bytes] | None:
        """Return workflow and arguments, empty once erased, of a run that exists, begins right now or is asked for."""
        starting = self._driver.starting.get(run_id) if self._driver is not None else None
        found = self._journal.beginning(run_id) if starting is None else (starting.name, starting.payload or b"")
        if found is None or not found[1]:
            return found
        return found[0], found[1][len(b'{"args":') : end_of_args(found[1])]

    async def fork(self, source: str, /, *, before: str, run_id: str | None = None, live: bool = False) -> Handle[Any]:
        """Begin a run as a copy of another one's past, durable on return.

        In the recorded world, without `live`, no effect leaves: a `write` or `once` step and a child that the original
        called later with the same arguments end as they ended there, and what it never called stops the fork with
        `NotRecorded`. Steps of effect `read` run, signals are waited for.

        Args:
            source: Id of the original, which goes on or stays as it is.
            before: A path; the entries before the first one at or below it are kept.
            run_id: Of the fork; the original's, `-fork-` and a number without it.
            live: Let effects really happen.

        Raises:
            ValueError: The original has nothing at that path; names the paths that it has.
            ForkRefused: It is to be live, and the original did later what is not safe to repeat, or may have.
            RunNotFound: There is no such run.
            RunConflict: The id is another run's.
            AuditError: The original's journal was altered.
            RunErased: So was something of the original.
        """
        self.status(source)
        records = check_run(self._journal, source)
        if any(record.payload is None for record in records):
            raise RunErased(f"run {source} was erased, so it cannot be forked")
        number = cut(records, before)
        if live:
            check_live(records, number, self._journal.records)
        names = (f"{source}-fork-{n}" for n in count(1))
        run_id = run_id or next(name for name in names if self._known(name) is None)
        if self._known(checked_name(run_id, "run id")) is not None:
            raise RunConflict(f"run {run_id} exists already; choose another run id for the fork")
        info = replace(
            await self.run(source),
            run_id=run_id,
            status="running",
            started_at=self.clock.now(),
            parent=None,
            original=source,
        )
        self._journal.commit(begun(info, copied(records, run_id, number, live=live)))
        self._rouse()
        return Handle(self, run_id, self._find(info))

    # Reading

    @property
    def _journal(self) -> WorkspaceJournal:
        if self._open is None:
            raise EngineClosed("use the engine inside `async with Engine(...) as engine`")
        return self._open

    def status(self, run_id: str) -> Status:
        """Return what a run is doing.

        Raises:
            RunNotFound: There is no such run.
        """
        if self._driver is not None and (found := self._driver.status(run_id)) is not None:
            return found
        info = self._journal.run(run_id)
        if info is None and any(m.kind == "start" for m in self._journal.messages(run_id=run_id)):
            return "running"
        info = info or self._journal.run(run_id)  # another process may have taken it up between the two looks
        if info is None:
            raise RunNotFound(f"there is no run {run_id}")
        return info.status

    async def ended(self, run_id: str, workflow: Workflow[..., Any] | None = None) -> Any:
        """Wait for a run's end and return what its workflow returned; see `Handle.result`."""
        while True:
            if self._driver is not None and self._driver.is_coming(run_id):
                await asyncio.sleep(0)
                continue
            if self._driver is not None and self._driver.here(run_id) is not None:
                last = await self._driver.end_of(run_id)
                if last is not None and last.kind != "run_continued" and workflow is not None:
                    return ending.outcome_of(last, workflow)
            info = self._journal.run(run_id)
            if info is not None and info.status == "continued":
                run_id = successor(run_id)
                continue
            if info is not None and (info.ended_at is not None or info.status == "failed"):
                break
            if info is None:
                self.status(run_id)
            if self._driver is not None:
                await self._driver.end_of(run_id)
            else:
                await asyncio.sleep(LOOK_S * 2)
        if info.ended_at is None:
            raise RunFailed(f"run {run_id} cannot go on: {info.error}")
        last = self._journal.last_record(run_id)
        if last is None:
            raise AuditError("its entries are missing", run_id=run_id, seq=0)
        if last.payload is None:
            raise RunErased(f"run {run_id} was erased, and with it what came of it")
        return ending.outcome_of(last, workflow or self._find(info))

    async def settled(self, run_id: str) -> Status:
        """Wait until a run has ended, or only waits for a signal or a timer; return its status.

        Raises:
            RunNotFound: There is no such run.
            EngineClosed: The engine was closed first.
        """
        await asyncio.sleep(0)  # what just became due or came in is taken up first
        while True:
            status = self.status(run_id)
            info = self._journal.run(run_id)
            is_coming = self._driver is not None and self._driver.is_coming(run_id)
            if info is not None and info.status != "running" and status != "running" and not is_coming:
                return info.status
            if self._driver is None:
                await asyncio.sleep(LOOK_S * 2)
            elif is_coming:
                await asyncio.sleep(0)
            else:
                await self._driver.rest_of(run_id)

    def _find(self, info: RunInfo) -> Workflow[..., Any] | None:
        return self._own.get(info.workflow) or workflows.find(info.workflow, info.module)

    async def runs(
        self, *, status: Status | None = None, workflow: str | None = None, limit: int = 100
    ) -> list[RunInfo]:
        """Return runs, the latest first.

        Args:
            status: Only these.
            workflow: Only of the workflow of this name.
            limit: At most this many.
        """
        return self._journal.runs(status=status, workflow=workflow, limit=limit)

    async def run(self, run_id: str) -> RunInfo:
        """Return what is known of a run.

        Raises:
            RunNotFound: There is no such run.
        """
        info = self._journal.run(run_id)
        if info is None:
            raise RunNotFound(f"there is no run {run_id}")
        return info

    async def asked(self, run_id: str) -> Asked | None:
        """Return what a run is to begin with, while it is asked for and has no entries yet.

        `None` once it is taken up, and for a run that nobody asked for.
        """
        found = self._known(run_id)
        if found is None or self._journal.run(run_id) is not None:
            return None
        return Asked(workflow=found[0], args=json.loads(found[1]))

    async def entries(self, run_id: str) -> list[Entry]:
        """Return a run's journal, in order.

        Raises:
            RunNotFound: There is no such run.
        """
        records = self._journal.records(run_id)
        if not records:
            self.status(run_id)
        return [journal.entry(record) for record in records]

    async def last_entry(self, run_id: str) -> Entry | None:
        """Return the last entry of a run's journal, which tells how an ended one ended; `None` without any."""
        record = self._journal.last_record(run_id)
        return None if record is None else journal.entry(record)
