"""A run's call tree: its coroutines, the calls they wait for, and the order in which they go on.

Nothing here waits, writes or knows of a journal. A branch goes on when it is told what its call gave, and each call
takes its place, its path, when it is awaited: so the same answers in the same order always lead to the same tree.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from contextvars import Context
from types import MappingProxyType
from typing import Any

from segue.engine.calls import Call, Gather, Promise, SignalWait, Sleep
from segue.engine.child import RunChild
from segue.engine.clock import Timer
from segue.engine.codec import DIGEST_FROM_BYTES, arguments_form
from segue.engine.context import driving
from segue.engine.foreign import asyncio_misuse, foreign_awaitable
from segue.engine.journal import checked_name
from segue.engine.step import StepCall
from segue.errors import CodecError, DefinitionError, NondeterminismError, SegueError

ABSENT: Any = object()
"""Stands for a value that is not at hand."""
_JOURNALED = frozenset({StepCall, RunChild, Sleep, SignalWait})
"""Calls that leave entries."""
NOTHING: Mapping[str, Any] = MappingProxyType({})
"""What most runs have of most things, so that none of them needs an empty one of its own."""
_REFUSALS = 10
"""So often an await of a closed workflow raises; one that swallows them all is broken."""


class Pending:
    """A durable call that was made and has not ended."""

    __slots__ = (
        "attempts", "call", "child_id", "encoded", "error", "form", "intent_until_us", "is_leaving", "is_plain",
        "is_recorded", "is_settling", "is_waiting", "key", "not_before_us", "path", "reconciles", "scope", "since_us",
        "timer", "until_us", "value", "work",
    )  # fmt: skip

    def __init__(self, path: str, call: Call[Any], scope: Scope, encoded: bytes, is_plain: bool) -> None:
        self.path = path
        self.call = call
        self.scope = scope
        self.encoded = encoded
        """A step's or child's arguments as JSON."""
        self.is_plain = is_plain
        """Nobody can change a step's arguments."""
        self.form = encoded if len(encoded) < DIGEST_FROM_BYTES else arguments_form(encoded)
        """The same as entries hold them."""
        self.since_us = scope.last_us
        """When it was called, by the journal's time."""
        self.attempts = 0
        """Attempts that failed and are journaled."""
        self.not_before_us = 0
        """When the next attempt may begin."""
        self.intent_until_us: int | None = None
        """Deadline of the attempt that a `once` step's last intent announces; `None` before one, and after its end."""
        self.until_us: int | None = None
        """When a sleep ends or a wait times out."""
        self.is_recorded = False
        """A sleep, wait or child whose beginning is in the journal."""
        self.child_id = ""
        """The run that a `run_child` started."""
        self.reconciles = 0
        """Calls of a `once` step's `reconcile` that failed, since its last intent."""
        self.key = ""
        """Idempotency key of a `once` step that was intended; in a fork the original's."""
        self.is_waiting = False
        """Only a timer or a message can end it: nothing is under way."""
        self.is_settling = False
        """Its last entry is on its way to the disk."""
        self.is_leaving = False
        """Its branch is cancelled, and only waits for this once step or child to end."""
        self.work: asyncio.Future[Any] | None = None
        self.timer: Timer | None = None
        self.value: Any = ABSENT
        """What a step just returned, until its entry is delivered."""
        self.error: BaseException | None = None
        """What a step just raised, until its entry is delivered."""


class Scope:
    """A branch of a run: a coroutine and its place in the call tree."""

    __slots__ = (
        "context", "coro", "draws", "group", "index", "is_cancelled", "is_done", "last_us", "next", "prefix", "run",
        "waiting_on",
    )  # fmt: skip

    def __init__(self, run: CallTree, prefix: str, coro: Any, last_us: int, group: Group | None, index: int) -> None:
        self.run = run
        self.prefix = prefix
        """Path of its calls without their own ordinal: empty, or like `2.0.`."""
        self.coro = coro
        self.context: Context = (run.context if group is None else group.parent.context).copy()
        """Its context variables: what the workflow sets is seen by its steps and branches, and by no other run."""
        self.last_us: int = last_us
        """Time of its last entry."""
        self.group = group
        """The gather that it is a branch of."""
        self.index = index
        self.next = 0
        """Ordinal of its next call."""
        self.draws = 0
        """Calls of `uuid4` and `random` so far."""
        self.is_cancelled = False
        """`CancelledError` is due at its next await."""
        self.is_done = False
        self.waiting_on: Pending | Group | Promise[Any] | None = None


class Group:
    """A gather under way."""

    __slots__ = ("branches", "call", "error", "open", "parent", "path", "results", "waiting")

    def __init__(self, path: str, call: Gather, parent: Scope) -> None:
        self.path = path
        self.call = call
        self.parent = parent
        self.results: list[Any] = [None] * len(call.branches)
        self.waiting = deque(enumerate(call.branches))
        """Branches not begun."""
        self.branches: dict[int, Scope] = {}
        """Branches begun and not ended."""
        self.error: BaseException | None = None
        """What it will raise."""


class CallTree:
    """The coroutines of one run."""

    __slots__ = (
        "_place", "_ready", "_refusals", "broken", "busy", "context", "discarded", "foreign", "is_parked",
        "may_refuse", "outcome", "pending", "root", "run_id", "seed", "workflow_name",
    )  # fmt: skip

    def __init__(self, run_id: str, workflow: str, context: Context) -> None:
        self.run_id = run_id
        self.seed = run_id
        """The id that what it draws follows from."""
        self.workflow_name = workflow
        self.context = context
        """What the workflow's context variables are to begin with."""
        self.may_refuse = False
        """There may be calls that are not to be made."""
        self.busy = 0
        """Calls that something is under way for."""
        self.is_parked = False
        """Its coroutines are closed."""
        self.outcome: tuple[str, Any] | None = None
        """How its workflow ended: `value` or `error`, and which."""
        self.broken: BaseException | None = None
        """Why it cannot go on in this process."""
        self.foreign: SegueError | None = None
        """What it awaited that cannot be replayed, or not in a fork; raised again if the workflow swallowed it."""
        self.pending: dict[str, Pending] = {}
        """Calls made and not ended, by path, in the order they were made."""
        self.discarded: Mapping[str, Pending] = NOTHING
        """Calls by path whose branch was cancelled: what is still recorded of them counts no more."""
        self.root: Scope | None = None
        self._ready: list[tuple[Scope, Any, BaseException | None]] | None = None
        self._refusals = 0
        self._place = driving.here
        """Of the one thread that drives it."""

    def called(self, pending: Pending) -> None:
        """Told of every call that was made."""

    def left(self, pending: Pending) -> None:
        """Told of a child whose caller is cancelled."""

    def unheard(self, pending: Pending) -> None:
        """Told of a wait for a signal that is over."""

    def refusal(self, call: Call[Any]) -> BaseException | None:
        """Return why a call that would be journaled is not to be made; asked where `may_refuse`."""

    def child_id(self, path: str) -> str:
        """Return the id of the run that the call at a path starts."""
        return f"{self.run_id}/{path}"

    def ended(self, root: Scope, value: Any, error: BaseException | None) -> None:
        """Told when the coroutine of the root ended, and how."""

    def patched(self, change_id: str) -> bool:
        """Say whether this run takes the new branch of a change."""
        raise NotImplementedError

    def plant(self, coro: Any, at_us: int) -> None:
        """Begin with the workflow's coroutine, at the time of the run's first entry."""
        self.root = Scope(self, "", coro, at_us, None, 0)
        self.resume(self.root, None, None)

    def resume(self, scope: Scope, value: Any, error: BaseException | None) -> None:
        """Let a branch go on, at the next `go_on`, with what it waited for."""
        scope.waiting_on = None
        if self._ready is None:
            self._ready = [(scope, value, error)]
        else:
            self._ready.append((scope, value, error))

    def answer(self, pending: Pending, value: Any) -> None:
        """End a call that is under way, and drive its branch on with what it gave."""
        scope, place = pending.scope, self._place
        del self.pending[pending.path]
        self.busy -= 1
        scope.waiting_on = None
        run, around = place.run, place.scope
        place.run, place.scope = self, scope
        try:
            self._drive(scope, value, None)
        finally:
            place.run, place.scope = run, around

    def go_on(self) -> None:
        """Drive every branch that can go on until each waits for something."""
        place = self._place
        run, around = place.run, place.scope
        place.run = self
        try:
            while (ready := self._ready) is not None:
                self._ready = None
                for scope, value, error in ready:
                    if self.broken is None:
                        place.scope = scope
                        self._drive(scope, value, error)
        finally:
            place.run, place.scope = run, around

    def _drive(self, scope: Scope, value: Any, error: BaseException | None) -> None:
        coro, context = scope.coro, scope.context
        while True:
            try:
                call = context.run(coro.send, value) if error is None else context.run(coro.throw, error)
            except StopIteration as stop:
                return self._finished(scope, stop.value, None)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as raised:  # noqa: BLE001 (a workflow may raise anything; it is journaled)
                return self._finished(scope, None, asyncio_misuse(raised) or raised)
            value = None
            if scope.is_cancelled:
                scope.is_cancelled, error = False, asyncio.CancelledError()
                _discard(call)
                continue
            error = self._begin_call(scope, call)
            if error is None:
                return None

    def _begin_call(self, scope: Scope, call: Any) -> BaseException | None:
        """Give a call its place; returns what to raise at once where it has none."""
        kind = type(call)
        if self.may_refuse and kind in _JOURNALED and (refusal := self.refusal(call)) is not None:
            return refusal
        if kind is StepCall:
            try:
                encoded, is_plain = call.step.signature.written(call.values)
            except CodecError as error:
                return error
            self._wait(scope, call, encoded, is_plain=is_plain)
        elif kind is RunChild:
            try:
                encoded = call.encoded()
                checked_name(self.child_id(f"{scope.prefix}{scope.next}"), "a child's run id")
            except (CodecError, DefinitionError) as error:
                return error
            self._wait(scope, call, encoded)
        elif kind is Sleep or kind is SignalWait:
            self._wait(scope, call)
        elif kind is Gather:
            self._begin_group(Group(self._path(scope), call, scope))
        elif kind is Promise:
            if call.is_kept:
                scope.last_us = max(scope.last_us, call.at_us)
                self.resume(scope, call.value, call.error)
            else:
                scope.waiting_on = call
                call.waiters.append(scope)
        else:
            self.foreign = foreign_awaitable(self.workflow_name, call)
            if getattr(call, "_asyncio_future_blocking", None):
                call._asyncio_future_blocking = False  # noqa: SLF001 (asyncio's protocol between task and future)
            return self.foreign
        return None

    def _path(self, scope: Scope) -> str:
        path = f"{scope.prefix}{scope.next}"
        scope.next += 1
        return path

    def _wait(self, scope: Scope, call: Call[Any], encoded: bytes = b"", *, is_plain: bool = False) -> None:
        path = f"{scope.prefix}{scope.next}"
        scope.next += 1
        self.pending[path] = scope.waiting_on = pending = Pending(path, call, scope, encoded, is_plain)
        self.busy += 1
        self.called(pending)

    def _begin_group(self, group: Group) -> None:
        group.parent.waiting_on = group
        if not group.results:
            self.resume(group.parent, () if group.call.make is None else [], None)
            return
        for _ in range(min(group.call.limit or len(group.results), len(group.results))):
            self._begin_branch(group)

    def _begin_branch(self, group: Group) -> None:
        index, item = group.waiting.popleft()
        coro = item.__await__() if group.call.make is None else _made(group.call.make, item)
        scope = Scope(self, f"{group.path}.{index}.", coro, group.parent.last_us, group, index)
        group.branches[index] = scope
        self.resume(scope, None, None)

    def discard(self, pending: Pending) -> None:
        """Let go of a call whose branch is cancelled, but for its name."""
        self.forget(pending)
        self.discarded = {**self.discarded, pending.path: pending}
        self.resume(pending.scope, None, asyncio.CancelledError())

    def _finished(self, scope: Scope, value: Any, error: BaseException | None) -> None:
        scope.is_done = True
        group = scope.group
        if group is None:
            self.ended(scope, value, error)
            return
        del group.branches[scope.index]
        group.results[scope.index] = value
        group.parent.last_us = max(group.parent.last_us, scope.last_us)
        if error is not None and group.error is None:
            group.error = error
            self._cancel_branches(group)
        if group.waiting and group.error is None:
            self._begin_branch(group)
        elif not group.branches:
            results: Any = tuple(group.results) if group.call.make is None else group.results
            self.resume(group.parent, results, group.error)

    # Cancelling

    def _cancel_branches(self, group: Group) -> None:
        for _, item in group.waiting:
            if group.call.make is None:
                _discard(item)
        group.waiting.clear()
        for branch in list(group.branches.values()):
            self.cancel_branch(branch)

    def cancel_branch(self, scope: Scope) -> None:
        """Raise `CancelledError` in a branch, at once or when its `once` step or child under way has ended."""
        match scope.waiting_on:
            case Pending() as pending if pending.intent_until_us is not None:
                pending.is_leaving = True
            case Pending(call=RunChild()) as pending:
                pending.is_leaving = True
                self.left(pending)
            case Pending() as pending:
                self.discard(pending)
            case Group() as group:
                group.error = group.error or asyncio.CancelledError()
                self._cancel_branches(group)
            case Promise() as promise:
                promise.waiters.remove(scope)
                self.resume(scope, None, asyncio.CancelledError())
            case None:
                scope.is_cancelled = True

    def forget(self, pending: Pending) -> None:
        """Let go of a call: it ended, or nobody waits for it any more."""
        del self.pending[pending.path]
        if not pending.is_waiting:
            self.busy -= 1
        if pending.timer is not None:
            pending.timer.cancel()
        if pending.work is not None:
            pending.work.cancel()
            pending.work = None
        if type(pending.call) is SignalWait:
            self.unheard(pending)

    def waiting_for(self) -> tuple[str, ...]:
        """Name what it waits for, in the order of the calls."""
        return tuple(map(_awaited, self.pending.values()))

    def park(self) -> None:
        """Close the coroutines and timers: the run leaves memory and is replayed when something comes.

        Raises:
            NondeterminismError: A coroutine went on after it was closed.
        """
        self.is_parked = True
        place = self._place
        before = place.run, place.scope
        place.run, place.scope = self, None
        try:
            for pending in self.pending.values():
                if pending.timer is not None:
                    pending.timer.cancel()
                if pending.work is not None:
                    pending.work.cancel()
                    pending.work = None  # what it still says is not heard any more
            for scope in self._open_scopes():
                try:
                    scope.context.run(scope.coro.close)
                except RuntimeError as error:
                    raise NondeterminismError(
                        f"workflow {self.workflow_name!r} went on after GeneratorExit, with which a run leaves memory: "
                        "do not await in `finally` or swallow it; effects belong in steps"
                    ) from error
                except Exception:  # noqa: BLE001, S110 (what `finally` raises while parking has no one to go to)
                    pass
        finally:
            place.run, place.scope = before

    def refuse(self) -> None:
        """Refuse a call made while parking: it would have to happen again at the replay."""
        self._refusals += 1
        if self._refusals <= _REFUSALS:
            raise GeneratorExit

    def _open_scopes(self) -> list[Scope]:
        """Every branch that has not ended, the innermost first."""
        scopes: list[Scope] = []
        waiting = [self.root] if self.root is not None and not self.root.is_done else []
        while waiting:
            scope = waiting.pop()
            scopes.append(scope)
            if isinstance(scope.waiting_on, Group):
                waiting.extend(scope.waiting_on.branches.values())
        return scopes[::-1]


def name_of(call: Call[Any]) -> str:
    """Return the name under which a call is journaled."""
    match call:
        case StepCall():
            return call.step.name
        case RunChild():
            return call.workflow.name
        case SignalWait():
            return call.name
        case _:
            return str(call)


def _awaited(pending: Pending) -> str:
    match pending.call:
        case SignalWait(name=name):
            return f"signal {name}"
        case RunChild():
            return f"child {pending.child_id}"
        case _:
            return "timer"


async def _made(make: Callable[[Any], Any], item: Any) -> Any:
    return await make(item)


def _discard(awaitable: Any) -> None:
    close = getattr(awaitable, "close", None)
    if close is not None:
        close()
