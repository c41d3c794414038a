"""One run in memory, driven by its journal: the same way live and at replay.

What the workflow calls is handed to the host, which acts, journals the end and delivers the entry once it is on
disk. Every change of a run's state follows from a delivered entry, in the journal's order, so a replay takes exactly
the path of the first time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, cast

from segue.engine import ending, failure
from segue.engine.budget import MOST_ENTRIES, Spending, budget_of, full
from segue.engine.calls import Call, SignalWait, Sleep
from segue.engine.chain import ContinueAs, successor
from segue.engine.child import RunChild
from segue.engine.context import key_of
from segue.engine.fork import ENDS, World, is_effect, origin_of
from segue.engine.host import Host
from segue.engine.journal import GENESIS, Kind, Message, Record, Status, checked_name
from segue.engine.mailbox import RETURNED
from segue.engine.payloads import end_of_args, fields_of, microseconds, split, value_of
from segue.engine.recorded import after_args
from segue.engine.signals import Signals
from segue.engine.step import StepCall
from segue.engine.tree import ABSENT, NOTHING, CallTree, Pending, Scope, name_of
from segue.engine.undo import Undos, undoing
from segue.engine.workflow import Workflow
from segue.errors import (
    InDoubt,
    NondeterminismError,
    NotRecorded,
    RunCancelled,
    RunConflict,
    RunFailed,
    SignalTimeout,
)


class Run(CallTree):
    """A run, from its first entry on."""

    __slots__ = (
        "_is_at_end", "_patches", "_recorded_patches", "_signals", "entries", "head", "host", "is_cancelled",
        "is_live", "is_undoing", "kept", "last", "last_us", "parent", "queue", "reached", "row_status",
        "seen_message", "spending", "status", "uncommitted", "undos", "workflow", "world",
    )  # fmt: skip

    def __init__(self, host: Host, run_id: str, workflow: Workflow[..., Any]) -> None:
        super().__init__(run_id, workflow.name, host.context)
        self.host = host
        self.workflow = workflow
        self.parent: str | None = None
        """The run that waits for this one's end."""
        self.head = GENESIS
        """Hash of the last entry made."""
        self.reached = 0
        """Number of the last entry that it was given."""
        self.entries = 0
        """Entries made, committed or not."""
        self.last_us = 0
        """Time of the last entry made."""
        self.uncommitted = 0
        """Entries made that are not on disk."""
        self.row_status: Status = "running"
        """What the table of runs says."""
        self.is_live = False
        """The journal is used up: what is called now really happens."""
        self.is_cancelled = False
        self.world: World | None = None
        """In a fork whose effects do not really happen: what its original did."""
        self.spending: Spending | None = None
        """What it has used up, where it has a budget."""
        self.queue: str | None = None
        """The queue that it was started through."""
        self.kept = 0
        """Entries of a fork that are its original's."""
        self.undos: Undos | None = None
        """What takes back its steps; `None` as long as there is nothing of that kind."""
        self.is_undoing = False
        """It failed or was cancelled, and takes back what its steps did."""
        self.status: Status | None = None
        """How it ended, once its last entry is on disk."""
        self.last: Record | None = None
        """Its last entry, once it is on disk."""
        self.seen_message = 0
        """Id of the last inbox row that it was given."""
        self._signals: Signals | None = None
        self._is_at_end = False
        """Replay goes beyond the last entry: no run before this one was here and left a trace."""
        self._patches: Mapping[str, bool] = NOTHING
        self._recorded_patches: frozenset[str] = frozenset()

    # Beginning and replay

    def begin(self, started: Record) -> None:
        """Start the workflow from its first entry.

        Raises:
            CodecError: Its arguments cannot be read as what the workflow takes now.
        """
        encoded, more = split(started.payload or b"")
        self.queue = more.get("queue")
        if "budget" in more:
            self.spending = Spending(budget_of(more["budget"]), started.at_us)
            self.may_refuse = True
        origin = origin_of(more)
        if origin is not None:
            self.seed, self.kept = origin.seed, origin.kept
            if not origin.live:
                self.world = World(self.host.records(origin.run_id)[: origin.entries], origin.kept)
        values = self.workflow.signature.decode(encoded)
        workflow = self.workflow.signature.call(self.workflow.fn, values)
        self.plant(workflow, started.at_us)

    def replay(self, records: list[Record], *, is_held: bool = False) -> None:
        """Bring a run to where its journal ends, and go on live from there; `is_held`: not yet."""
        self._recorded_patches = frozenset([record.name for record in records if record.kind == "patched"])
        last = records[-1]
        self.entries, self.head, self.last_us = last.seq + 1, last.hash, last.at_us
        self.begin(records[0])
        self._is_at_end = last is records[0]
        self.drain()
        for record in records[1:]:
            self._is_at_end = record is last
            if self.world is not None and record.kind in ENDS and record.seq >= self.kept:
                self._taken(self.world, record)
            self.deliver(record)
            if self.broken is not None:
                return
        if not is_held:
            self.go_live()

    def go_live(self) -> None:
        """Let what is called and not recorded really happen."""
        self.is_live = True
        for pending in list(self.pending.values()):
            if pending.path in self.pending:
                self._activate(pending)
        if self.outcome is None:
            self.drain()
        else:
            self.concluded()

    def drain(self) -> None:
        """Drive every branch that can go on until each waits for something."""
        self.go_on()
        while self.undos is not None and self.undos.are_seen(is_all=self.is_live and not self.uncommitted):
            self.go_on()

    # Entries

    def deliver(self, record: Record) -> None:
        """Take an entry that is on disk, and go on as far as it lets the run."""
        path = record.path
        self.reached = seq = record.seq
        if seq >= MOST_ENTRIES:
            self.may_refuse = True
        pending = self.pending.get(path)
        if (
            pending is not None
            and pending.value is not ABSENT
            and pending.call.step.is_simple  # type: ignore[attr-defined]  # only a step gives a value
            and self.spending is None
        ):  # it just returned, right here: there is nothing to compare, to read or to let go of
            pending.scope.last_us = record.at_us
            self.answer(pending, pending.value)
            if self._ready is not None or self.undos is not None:
                self.drain()
            return
        try:
            if self.spending is not None:
                is_working = any(isinstance(pending.call, StepCall) for pending in self.pending.values())
                self.spending.passed(record.at_us, is_working=is_working)
            if path in self.discarded:
                self._discarded(record)
            else:
                self._TAKERS[record.kind](self, record)
        except Exception as error:  # noqa: BLE001 (a damaged or foreign entry must not stop other runs)
            self.broken = error
            return
        self.drain()

    def _expect(self, record: Record, kind: type[Call[Any]]) -> Pending:
        pending = self.pending.get(record.path)
        if pending is None:
            raise NondeterminismError(
                f"run {self.run_id}: recorded {record.kind} of {record.name!r} at path {record.path}, but the workflow "
                f"{self.workflow.name!r} called nothing there: its code changed; keep the old branch with "
                "segue.patched(...) for runs under way"
            )
        name = name_of(pending.call)
        if type(pending.call) is not kind or name != record.name:
            raise NondeterminismError(
                f"run {self.run_id}: recorded {record.kind} of {record.name!r} at path {record.path}, called was "
                f"{pending.call}: the workflow's code changed; keep the old branch with segue.patched(...)"
            )
        pending.scope.last_us = record.at_us
        return pending

    def _expect_step(self, record: Record) -> tuple[Pending, bytes]:
        """Return the step's call and what follows its arguments in the payload."""
        pending = self._expect(record, StepCall)
        return pending, after_args(record, pending, cast("StepCall[Any]", pending.call).step.signature)

    def _step_intended(self, record: Record) -> None:
        pending, rest = self._expect_step(record)
        fields = fields_of(rest)
        pending.intent_until_us, pending.key = int(fields["until_us"]), fields["key"]
        if self.is_live:
            self.host.attempt(self, pending)

    def _attempt_failed(self, record: Record) -> None:
        pending, rest = self._expect_step(record)
        pending.attempts = record.attempt
        pending.intent_until_us = None
        pending.not_before_us = int(fields_of(rest)["next_us"])
        pending.is_settling = False
        if pending.is_leaving:
            self.discard(pending)
        elif self.is_live:
            self._activate(pending)

    def _step_finished(self, record: Record) -> None:
        pending, rest = self._expect_step(record)
        step = cast("StepCall[Any]", pending.call).step
        data = rest[len(b',"result":') : -1]
        value = step.signature.result.decode(data) if pending.value is ABSENT else pending.value
        self._happened(pending, data)
        self._end(pending, value, None)

    def _happened(self, pending: Pending, data: bytes) -> None:
        step = cast("StepCall[Any]", pending.call).step
        if self.spending is not None:
            self.spending.paid(data)
        is_undo = self.is_undoing and pending.path not in self.discarded
        if step.undo is not None and not is_undo:
            signature = step.signature  # copies, whatever the workflow does with its own
            values = step.undone_by(signature.result.decode(data), signature.decode(pending.encoded))
            self._undos().append((step.undo, values))

    def _undos(self) -> Undos:
        if self.undos is None:
            self.undos = Undos()
        return self.undos

    def _step_failed(self, record: Record) -> None:
        pending, rest = self._expect_step(record)
        fields = fields_of(rest)
        cause = pending.error or failure.restore(fields["error"])
        if isinstance(cause, NotRecorded):
            self.foreign = self.foreign or cause
        error = failure.step_error(record.name, record.attempt, fields["error"], cause, timed_out=fields["timed_out"])
        self._end(pending, None, error)

    def _step_in_doubt(self, record: Record) -> None:
        pending, rest = self._expect_step(record)
        fields = fields_of(rest)
        self._end(pending, None, InDoubt(fields["error"]["message"], step=record.name, key=fields["key"]))

    def _sleep_started(self, record: Record) -> None:
        pending = self._expect(record, Sleep)
        pending.until_us = int(fields_of(record.payload)["until_us"])
        self._recorded(pending)

    def _sleep_ended(self, record: Record) -> None:
        self._end(self._expect(record, Sleep), None, None)

    def _wait_started(self, record: Record) -> None:
        pending = self._expect(record, SignalWait)
        pending.until_us = fields_of(record.payload)["until_us"]
        pending.since_us = record.at_us
        self._recorded(pending)

    def _child_started(self, record: Record) -> None:
        pending = self._expect(record, RunChild)
        rest = after_args(record, pending, cast("RunChild[Any]", pending.call).workflow.signature)
        pending.child_id = fields_of(rest)["run_id"]
        self._recorded(pending)

    def _child_ended(self, record: Record) -> None:
        pending = self._expect(record, RunChild)
        fields = fields_of(record.payload)
        workflow = cast("RunChild[Any]", pending.call).workflow
        try:
            value = ending.outcome(fields["run_id"], f"run_{fields['status']}", fields, workflow)
        except (RunFailed, RunCancelled) as error:
            if isinstance(error.__cause__, NotRecorded):
                self.foreign = self.foreign or error.__cause__
            self._end(pending, None, error)
        else:
            self._end(pending, value, None)

    def _recorded(self, pending: Pending) -> None:
        pending.is_recorded = True
        if self.is_live and not pending.is_settling:
            self._activate(pending)

    def _discarded(self, record: Record) -> None:
        """Keep a signal that came for a branch that was cancelled meanwhile: the next wait of its name gets it."""
        if record.kind == "step_finished":
            pending = self.discarded[record.path]
            rest = after_args(record, pending, cast("StepCall[Any]", pending.call).step.signature)
            self._happened(pending, rest[len(b',"result":') : -1])
        if record.kind == "signal_received":
            self._given_again(record)
            self.signals.put_back(record)
            self.signals.offer(record.name)

    def _given_again(self, record: Record) -> None:
        """At replay, a signal that was put back goes where it went then."""
        if not self.is_live:
            self.signals.given_again(record)

    @property
    def signals(self) -> Signals:
        """Its signals; most runs have none, and nothing to keep them in."""
        if self._signals is None:
            self._signals = Signals(self)
        return self._signals

    def _signal_received(self, record: Record) -> None:
        pending = self._expect(record, SignalWait)
        self._given_again(record)
        self._end(pending, cast("SignalWait[Any]", pending.call).codec.decode(value_of(record)), None)

    def _signal_refused(self, record: Record) -> None:
        self._expect(record, SignalWait)
        self._given_again(record)

    def _wait_timed_out(self, record: Record) -> None:
        pending = self._expect(record, SignalWait)
        self._end(
            pending,
            None,
            SignalTimeout(f"no signal {record.name!r} came within {cast('SignalWait[Any]', pending.call).timeout}"),
        )

    def _end(self, pending: Pending, value: Any, error: BaseException | None) -> None:
        self.forget(pending)
        if pending.is_leaving:
            value, error = None, asyncio.CancelledError()
        self.resume(pending.scope, value, error)

    def _patched(self, record: Record) -> None:
        """Nothing to do: the workflow asks for it."""

    def _cancel_requested(self, record: Record) -> None:
        self.is_cancelled = True
        if self.root is not None and not self.root.is_done and not self.is_undoing:
            self.cancel_branch(self.root)

    def _run_ended(self, record: Record) -> None:
        if self.outcome is None:
            raise NondeterminismError(
                f"run {self.run_id}: recorded is its end, but the workflow "
                f"{self.workflow.name!r} has not ended: its code changed"
            )
        self.status = cast("Status", record.kind.removeprefix("run_"))
        self.last = record
        self.root = self._signals = None  # both refer to this: without them, it is gone as soon as nobody needs it

    # Acting

    def called(self, pending: Pending) -> None:
        """Let a call really happen, unless the journal may know how it ended."""
        if not self.is_live:
            return
        call = pending.call
        if type(call) is StepCall and call.step.effect != "once" and self.world is None:
            self.host.attempt(self, pending)  # the first time there is nothing else to see to
        else:
            self._activate(pending)

    def refusal(self, call: Call[Any]) -> BaseException | None:
        """Return why a step is not to be called; what takes back is never refused."""
        if self.is_undoing:
            return None
        if self.reached >= MOST_ENTRIES:
            return full(self.run_id, call)
        if self.spending is None or type(call) is not StepCall or not call.step.is_counted:
            return None
        return self.spending.refusal(call)

    def left(self, pending: Pending) -> None:
        """Cancel a child whose caller is cancelled; one that has not begun is when it has."""
        if self.is_live and pending.is_recorded and not pending.is_settling:
            self.host.child(self, pending)

    def unheard(self, pending: Pending) -> None:
        """Give no signal to a wait that is over."""
        self.signals.end(pending, name_of(pending.call))

    def _activate(self, pending: Pending) -> None:
        """Let a call really happen, from wherever the journal leaves it."""
        call = pending.call
        if self.world is not None and is_effect(call):
            self._relive(self.world, pending)
        elif type(call) is StepCall:
            if pending.intent_until_us is not None:
                self.host.reconcile(self, pending)
            elif pending.not_before_us and pending.not_before_us > self.host.now_us():
                self.wait_until(pending, pending.not_before_us, self._again)
            elif call.step.effect == "once":
                self._intend(pending, call)
            else:
                self.host.attempt(self, pending)
        elif isinstance(call, Sleep):
            if pending.is_recorded and pending.until_us is not None:
                self.wait_until(pending, pending.until_us, self._sleep_over)
            else:
                until_us = self.host.now_us() + microseconds(call.duration)
                self.note(pending, "sleep_started", b'{"until_us":%d}' % until_us)
        elif isinstance(call, SignalWait):
            self.signals.wait(pending, call)
        elif isinstance(call, RunChild):
            self.host.child(self, pending)

    def _again(self, pending: Pending) -> None:
        """Try a step again: the time until which nothing was to be done for it is over."""
        pending.not_before_us = 0
        self._activate(pending)

    def _intend(self, pending: Pending, call: StepCall[Any]) -> None:
        until_us = self.host.now_us() + microseconds(call.step.timeout)
        key = json.dumps(self.key(pending)).encode()
        payload = b'{"args":%s,"key":%s,"until_us":%d}' % (pending.form, key, until_us)
        self.host.append(self, pending.path, "step_intended", call.step.name, pending.attempts + 1, payload)

    def now_us(self) -> int:
        """Return the time, in microseconds since 1970."""
        return self.host.now_us()

    def key(self, pending: Pending) -> str:
        """Return the idempotency key of a step."""
        return pending.key or key_of(self.run_id, pending.path)

    def _taken(self, world: World, record: Record) -> None:
        pending = self.pending.get(record.path)
        if pending is not None and is_effect(pending.call):
            world.take(record.path, record.name, pending.form)

    def _relive(self, world: World, pending: Pending) -> None:
        """End a call as the same one ended in the original; nothing of it leaves this process."""
        pending.is_settling = True
        name = name_of(pending.call)
        kind, attempt, payload = world.answer(self.run_id, pending, name)
        self.host.append(self, pending.path, kind, name, attempt, payload)

    def _sleep_over(self, pending: Pending) -> None:
        pending.is_settling = True
        self.note(pending, "sleep_ended", b"{}")

    def take(self, message: Message) -> None:
        """Accept a signal from the inbox: for a branch that waits for it, or for later."""
        self.signals.put(message)
        self.signals.offer(message.name)

    def cancel(self, message: Message) -> None:
        """Accept the wish to cancel."""
        self.host.append(self, "", "cancel_requested", "", 0, b"{}", taken=(message.id,))

    def wait_until(self, pending: Pending, when_us: int, act: Callable[[Pending], None]) -> None:
        """Do nothing for a call until a time."""
        self.rest(pending)
        pending.until_us = when_us

        def due() -> None:
            pending.timer = None
            if pending.path in self.pending and not pending.is_settling:
                pending.is_waiting = False
                self.busy += 1
                act(pending)

        pending.timer = self.host.at(self, when_us, due)

    def rest(self, pending: Pending) -> None:
        """Do nothing for a call until something comes for it."""
        if not pending.is_waiting:
            pending.is_waiting = True
            self.busy -= 1

    def note(self, pending: Pending, kind: Kind, payload: bytes, *, taken: Collection[int] = ()) -> None:
        """Journal what became of a call that is not attempted; `taken` are inbox rows settled by it."""
        self.host.append(self, pending.path, kind, name_of(pending.call), 0, payload, taken=taken)

    def patched(self, change_id: str) -> bool:
        """Say whether this run takes the new branch of a change."""
        if change_id not in self._patches:
            is_new = self.is_live or self._is_at_end
            self._patches = {**self._patches, change_id: is_new or change_id in self._recorded_patches}
            if is_new:
                self.host.append(self, "", "patched", checked_name(change_id, "change"), 0, b"{}")
        return self._patches[change_id]

    # Ending

    def ended(self, root: Scope, value: Any, error: BaseException | None) -> None:
        """Take how the workflow ended; what a failed one did is taken back first."""
        if error is None:
            error = self.foreign
        if error is None and self.undos and not isinstance(value, ContinueAs):
            try:
                self.workflow.signature.encode_result(value)
            except Exception as unwritable:  # noqa: BLE001 (what cannot be journaled fails the run too)
                error = unwritable
        if isinstance(error, Exception | asyncio.CancelledError) and not self.is_undoing:
            self.is_undoing, root.is_done = True, False
            root.coro = undoing(self._undos(), error)
            self.resume(root, None, None)
            return
        self.outcome = ("value", value) if error is None else ("error", error)
        self.concluded()

    @property
    def is_idle(self) -> bool:
        """Nothing is under way, and nothing on its way to the disk: only a timer or a message can move it."""
        return not self.busy and self.is_live and self.outcome is None and not self.uncommitted and self.broken is None

    @property
    def is_in_doubt(self) -> bool:
        """Say whether it still finds out what became of a `once` step; what it knows of that is in memory only."""
        return any(pending.intent_until_us is not None for pending in self.pending.values())

    def wake_us(self) -> int | None:
        """Return when its earliest timer is due."""
        return min((p.until_us for p in self.pending.values() if p.is_waiting and p.until_us is not None), default=None)

    def concluded(self) -> None:
        """Journal how the workflow ended."""
        if not self.is_live or self.outcome is None:
            return
        kind, payload, error = ending.last_entry(
            self.workflow, self.outcome, foreign=self.foreign, is_cancelled=self.is_cancelled, go_on=self._continued
        )
        if error is not None:
            self.outcome = ("error", error)
        unread = list(self._signals or ())
        if unread:
            names = json.dumps([message.name for message in unread]).encode()
            what = b"carried" if kind == "run_continued" else b"unread"
            payload = b'%s%s"%s":%s}' % (payload[:-1], b"," if payload != b"{}" else b"", what, names)
        if kind == "run_continued" and all(message.id != RETURNED for message in unread):
            unread = []  # they stay in the inbox as they are
        self.host.append(self, "", kind, self.workflow.name, 0, payload, taken=[message.id for message in unread])
        if kind == "run_continued":
            encoded = payload[len(b'{"args":') : end_of_args(payload)]
            self.host.go_on_as(self, successor(self.run_id), encoded, unread)

    def _continued(self, value: ContinueAs) -> bytes:
        if self.world is not None:
            raise NotRecorded(f"run {self.run_id} is a fork whose effects do not happen: it goes on as no other run")
        run_id = checked_name(successor(self.run_id), "the next run's id")
        if not self.host.is_free(run_id):
            raise RunConflict(f"run {self.run_id} cannot go on as {run_id}: that run exists already")
        return b'{"args":%s,"run_id":%s}' % (value.encoded(self.workflow), json.dumps(run_id).encode())

    @property
    def is_continued(self) -> bool:
        """It ends, or has ended, with another run that goes on."""
        return self.outcome is not None and isinstance(self.outcome[1], ContinueAs)

    _TAKERS: ClassVar[dict[str, Callable[[Run, Record], None]]] = {
        "step_intended": _step_intended,
        "attempt_failed": _attempt_failed,
        "step_finished": _step_finished,
        "step_failed": _step_failed,
        "step_in_doubt": _step_in_doubt,
        "sleep_started": _sleep_started,
        "sleep_ended": _sleep_ended,
        "wait_started": _wait_started,
        "signal_received": _signal_received,
        "signal_refused": _signal_refused,
        "wait_timed_out": _wait_timed_out,
        "child_started": _child_started,
        "child_ended": _child_ended,
        "patched": _patched,
        "cancel_requested": _cancel_requested,
        "run_completed": _run_ended,
        "run_failed": _run_ended,
        "run_cancelled": _run_ended,
        "run_continued": _run_ended,
    }
