"""Attempts at steps: begun, timed, ended, and what follows from how they ended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from datetime import timedelta
from functools import partial
from typing import Any, Protocol
from zlib import crc32

from segue.engine import failure
from segue.engine.carrier import Carriers
from segue.engine.clock import Clock
from segue.engine.context import Attempt, Fields, attempt
from segue.engine.journal import Kind
from segue.engine.retry import RetryPolicy
from segue.engine.run import Run
from segue.engine.step import Done, Step, StepCall, Unknown, answered
from segue.engine.telemetry import Ended, Observer
from segue.engine.tree import Pending
from segue.errors import BudgetExceeded, CodecError, NotDone, PermanentError, RetryLater, SegueError

CLOCK_MARGIN = timedelta(seconds=1)
"""How much later than its deadline an attempt may still act, for clocks that do not agree."""
RECONCILES = RetryPolicy(max_attempts=3)
"""For a `reconcile` that raises."""
GRACE_S = 10.0
"""How long closing waits for `once` steps under way; what has not ended then is in doubt."""
THREADS = 32
"""Synchronous steps that can run at once."""


class Journaling(Protocol):
    """Where the end of an attempt goes."""

    clock: Clock
    telemetry: Observer

    def now_us(self) -> int:
        """Return the time, in microseconds since 1970."""

    def append(
        self,
        run: Run,
        path: str,
        kind: Kind,
        name: str,
        attempt: int,
        payload: bytes,
    ) -> None:
        """Journal an entry."""

    def rest(self, run: Run, pending: Pending, until_us: int, act: Callable[[Pending], None]) -> None:
        """Let a run do nothing for a call until a time."""


class Attempts:
    """Everything under way in this process, one asyncio task or thread per attempt."""

    def __init__(self, host: Journaling) -> None:
        self._host = host
        self._watching = host.telemetry if host.telemetry.is_on else None
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="segue-step")
        self._carriers = Carriers()
        self.is_closing = False
        """What is cancelled now says nothing about the step: the process ends."""

    def close(self, *, wait: bool = False) -> None:
        """Begin nothing more; threads under way end by themselves, and `wait` waits for them."""
        self._carriers.close()
        self._threads.shutdown(wait=wait, cancel_futures=True)

    async def settle(self, runs: Iterable[Run]) -> None:
        """Cut off the attempts under way; those at `once` steps may end."""
        once: list[asyncio.Future[Any]] = []
        others: list[asyncio.Future[Any]] = []
        for run in runs:
            for pending in run.pending.values():
                if pending.work is not None:
                    (once if pending.intent_until_us is not None else others).append(pending.work)
        for work in others:
            work.cancel()
        if once:
            await asyncio.wait(once, timeout=GRACE_S)
        if others:
            await asyncio.wait(others, timeout=GRACE_S)
        await asyncio.sleep(0)  # their callbacks journal what they gave

    def begin(self, run: Run, pending: Pending) -> None:
        """Begin the next attempt at a step."""
        if self.is_closing and pending.intent_until_us is None:
            return  # the next process will
        call: Any = pending.call
        step: Step[..., Any] = call.step
        host, number, until_us = self._host, pending.attempts + 1, None
        if not step.is_unlimited or run.spending is not None:
            is_free = run.spending is None or run.is_undoing or not step.is_counted
            wall_us = None if is_free or run.spending is None else run.spending.until_us()
            now_us = host.now_us()
            until_us = _deadline_us(step, pending, now_us, wall_us)
            if until_us is not None and until_us <= now_us:
                used_up = TimeoutError(f"{step.total_timeout} for all attempts are used up")
                self._failed(run, pending, number, _late(run, pending, until_us, used_up), timed_out=True)
                return
        seen = run.run_id, pending.path, step.name, pending.key, until_us, number, host.clock, run.spending
        try:
            values = call.values if pending.is_plain else step.signature.own(call.values, pending.encoded)
        except CodecError as error:
            self._did_not_happen(run, pending, number, error, timed_out=False)
            return
        context = pending.scope.context.copy()
        told = None if self._watching is None else self._watching.attempt(step.effect, Attempt(*seen), context)
        if step.is_async:
            work, value, raised = self._carriers.begin(context, _tried, seen, step, values)
            if work is None:
                if told is not None:
                    told(raised)
                if raised is None:
                    self._returned(run, pending, number, value)
                else:
                    self._raised(run, pending, number, raised)
                return
        else:
            work = self._in_thread(context, partial(_tried, seen, step, values))
        pending.work = work
        if told is not None:
            work.add_done_callback(partial(_tell, told))
        work.add_done_callback(partial(self._ended, run, pending, number))
        if until_us is not None:
            pending.timer = self._host.clock.later(
                (until_us - self._host.now_us()) / 1e6,
                partial(self._timed_out, run, pending, number, work, until_us),
            )

    def _in_thread(self, context: Context, call: Callable[[], Any]) -> asyncio.Future[Any]:
        return asyncio.get_running_loop().run_in_executor(self._threads, context.run, answered, call)

    def _timed_out(self, run: Run, pending: Pending, number: int, work: asyncio.Future[Any], until_us: int) -> None:
        if pending.work is not work:
            return
        pending.work = None
        work.cancel()  # a thread goes on; what it still does is the reason why `once` waits for its deadline
        step = _step(pending)
        error = TimeoutError(f"no answer within {step.timeout or step.total_timeout}")
        self._failed(run, pending, number, _late(run, pending, until_us, error), timed_out=True)

    def _ended(self, run: Run, pending: Pending, number: int, work: asyncio.Future[Any]) -> None:
        error = _error_of(work)
        if pending.work is not work:
            return
        pending.work = None
        if pending.timer is not None:
            pending.timer.cancel()
        if error is None:
            self._returned(run, pending, number, work.result())
        else:
            self._raised(run, pending, number, error)

    def _returned(self, run: Run, pending: Pending, number: int, value: Any) -> None:
        step = pending.call.step  # type: ignore[attr-defined]  # only steps are attempted
        try:
            result, pending.value = step.signature.encode_result(value)
        except CodecError as error:
            if step.effect == "once":
                self._in_doubt(run, pending, number, f"it returned, but not what can be journaled: {error}")
            else:
                self._failed(run, pending, number, error, timed_out=False)
            return
        payload = b"".join((b'{"args":', pending.form, b',"result":', result, b"}"))
        self._host.append(run, pending.path, "step_finished", step.name, number, payload)

    def _raised(self, run: Run, pending: Pending, number: int, error: BaseException) -> None:
        if not (self.is_closing and isinstance(error, asyncio.CancelledError)):
            self._failed(run, pending, number, error, timed_out=False)

    def _failed(self, run: Run, pending: Pending, number: int, error: BaseException, *, timed_out: bool) -> None:
        step = _step(pending)
        if step.effect == "once" and not isinstance(error, NotDone | PermanentError):
            pending.error = error
            self.reconcile(run, pending)
            return
        self._did_not_happen(run, pending, number, error, timed_out=timed_out)

    def _did_not_happen(
        self, run: Run, pending: Pending, number: int, error: BaseException, *, timed_out: bool
    ) -> None:
        step = _step(pending)
        delay = None if _is_final(error) else step.retry.delay_after(number, chance=_chance(run.key(pending), number))
        next_us = self._host.now_us()
        if delay is not None:
            next_us += _us(max(delay, error.after) if isinstance(error, RetryLater) else delay)
            if step.total_timeout is not None and next_us >= pending.since_us + _us(step.total_timeout):
                delay, timed_out = None, True
        described = json.dumps(failure.describe(error)).encode()
        if delay is None:
            pending.error = error
            payload = b'{"args":%s,"error":%s,"timed_out":%s}' % (
                pending.form,
                described,
                b"true" if timed_out else b"false",
            )
            self._host.append(run, pending.path, "step_failed", step.name, number, payload)
            return
        pending.is_settling = True
        payload = b'{"args":%s,"error":%s,"next_us":%d}' % (pending.form, described, next_us)
        self._host.append(run, pending.path, "attempt_failed", step.name, number, payload)

    # Once

    def reconcile(self, run: Run, pending: Pending) -> None:
        """Find out whether the attempt that a `once` step's intent announced did happen."""
        if self.is_closing:
            return
        step = _step(pending)
        number = pending.attempts + 1
        if step.reconcile is None:
            self._in_doubt(run, pending, number, _why(pending))
            return
        seen = Attempt(run.run_id, pending.path, step.name, pending.key, None, number, self._host.clock)
        ask = partial(_reconciled, step, run.key(pending))
        values = step.signature.own(_call(pending).values, pending.encoded)
        context = pending.scope.context.copy()
        context.run(attempt.set, seen)
        work, answer, error = self._carriers.begin(context, ask, values, self._threads)
        if work is None:
            self._answered(run, pending, number, answer if error is None else error)
            return
        pending.work = work
        work.add_done_callback(partial(self._asked, run, pending, number))
        if step.timeout is not None:
            pending.timer = self._host.clock.later(step.timeout.total_seconds(), work.cancel)

    def _asked(self, run: Run, pending: Pending, number: int, work: asyncio.Future[Any]) -> None:
        if pending.work is not work or (self.is_closing and work.cancelled()):
            return
        late = f"no answer within {_step(pending).timeout}"
        error: BaseException | None = TimeoutError(late) if work.cancelled() else work.exception()
        pending.work = None
        if pending.timer is not None:
            pending.timer.cancel()
        self._answered(run, pending, number, work.result() if error is None else error)

    def _answered(self, run: Run, pending: Pending, number: int, answer: Any) -> None:
        match answer:
            case Done(result=result):
                self._returned(run, pending, number, result)
            case NotDone():
                self._not_done(run, pending, number)
            case Unknown():
                self._in_doubt(run, pending, number, f"{_why(pending)}; its reconcile cannot tell")
            case BaseException():
                self._ask_again(run, pending, number, answer)
            case _:
                self._in_doubt(
                    run,
                    pending,
                    number,
                    f"{_why(pending)}; its reconcile gave a {type(answer).__name__} "
                    "instead of Done, NotDone or Unknown",
                )

    def _not_done(self, run: Run, pending: Pending, number: int) -> None:
        believed_us = (pending.intent_until_us or 0) + _us(CLOCK_MARGIN)
        if self._host.now_us() < believed_us:
            self._host.rest(run, pending, believed_us, partial(self.reconcile, run))
            return
        pending.reconciles = 0
        error = pending.error or NotDone("the process ended during the attempt; reconciled: it did not happen")
        self._did_not_happen(run, pending, number, error, timed_out=isinstance(error, TimeoutError))

    def _ask_again(self, run: Run, pending: Pending, number: int, error: BaseException) -> None:
        pending.reconciles += 1
        delay = RECONCILES.delay_after(pending.reconciles)
        if delay is None:
            self._in_doubt(
                run,
                pending,
                number,
                f"{_why(pending)}; its reconcile failed: {type(error).__name__}: {failure.message(error)}",
            )
            return
        until_us = self._host.now_us() + _us(delay)
        self._host.rest(run, pending, until_us, partial(self.reconcile, run))

    def _in_doubt(self, run: Run, pending: Pending, number: int, why: str) -> None:
        step = _step(pending)
        key = run.key(pending)
        error = {
            "type": "segue.errors:InDoubt",
            "message": f"step {step.name!r} may or may not have happened: {why}; look it up under key {key} before "
            "anyone repeats it",
        }
        payload = b'{"args":%s,"error":%s,"key":%s}' % (
            pending.form,
            json.dumps(error).encode(),
            json.dumps(key).encode(),
        )
        self._host.append(run, pending.path, "step_in_doubt", step.name, number, payload)


def _tried(seen: Fields, step: Step[..., Any], values: tuple[Any, ...]) -> Any:
    """Call a step's function, which can find out what attempt it is."""
    _note(seen)
    signature = step.signature
    return step.fn(*values) if signature.arity >= 0 else signature.call(step.fn, values)


_note = attempt.set


async def _reconciled(step: Step[..., Any], key: str, values: tuple[Any, ...], threads: ThreadPoolExecutor) -> Any:
    reconcile = step.reconcile
    if reconcile is None:
        raise SegueError(f"step {step.name!r} has no reconcile")
    call = partial(step.signature.call, partial(reconcile, key), values)
    if asyncio.iscoroutinefunction(reconcile):
        return await call()
    answer = await asyncio.get_running_loop().run_in_executor(threads, copy_context().run, answered, call)
    return await answer if asyncio.iscoroutine(answer) else answer


def _tell(told: Ended, work: asyncio.Future[Any]) -> None:
    told(_error_of(work))


def _error_of(work: asyncio.Future[Any]) -> BaseException | None:
    return asyncio.CancelledError() if work.cancelled() else work.exception()


def _why(pending: Pending) -> str:
    if pending.error is None:
        return "the process ended during the attempt"
    return f"{type(pending.error).__name__}: {failure.message(pending.error)}"


def _chance(key: str, number: int) -> float:
    """Return where in the jitter's range a wait lies: spread over runs and steps, the same whenever it is asked."""
    return crc32(f"{key}:{number}".encode()) / (1 << 32)


def _is_final(error: BaseException) -> bool:
    return isinstance(error, PermanentError | CodecError | BudgetExceeded)


def _call(pending: Pending) -> StepCall[Any]:
    assert isinstance(pending.call, StepCall)  # noqa: S101 (only steps are attempted)
    return pending.call


def _step(pending: Pending) -> Step[..., Any]:
    return _call(pending).step


def _us(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)


def _late(run: Run, pending: Pending, until_us: int, error: Exception) -> Exception:
    """Return the error of an attempt that was given up: the budget's where it was the run's time that ran out."""
    spending = run.spending
    return error if spending is None or spending.until_us() != until_us else spending.late(pending.call)


def _deadline_us(step: Step[..., Any], pending: Pending, now_us: int, wall_us: int | None) -> int | None:
    """When an attempt that begins now is given up; `wall_us`: when the run's time is used up."""
    deadlines = [] if wall_us is None or pending.intent_until_us is not None else [wall_us]
    if pending.intent_until_us is not None:
        deadlines.append(pending.intent_until_us)
    elif step.timeout is not None:
        deadlines.append(now_us + _us(step.timeout))
    if step.total_timeout is not None:
        deadlines.append(pending.since_us + _us(step.total_timeout))
    return min(deadlines, default=None)
