"""Coroutines begun right where they are called: one that never waits has ended without a task of its own.

Making a task and waiting for its turn costs more than most steps do. So the first stretch of a coroutine, up to where
it first waits, runs at once; it sees an idle task as the current one, and that task carries it on if it does wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextvars import Context
from types import CoroutineType, coroutine
from typing import Any, NamedTuple

from segue.engine.context import driving

_enter_task: Callable[[asyncio.AbstractEventLoop, asyncio.Task[Any]], None] = asyncio.tasks._enter_task  # noqa: SLF001
_leave_task: Callable[[asyncio.AbstractEventLoop, asyncio.Task[Any]], None] = asyncio.tasks._leave_task  # noqa: SLF001
# both are documented, under "Extending", for whoever runs coroutines as tasks


class _Ended:
    """Says, in the place of what a coroutine waits for, that it returned."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: Any = None
        """What it returned."""


class _Rest(NamedTuple):
    """What is left of a coroutine that waits."""

    context: Context
    waits_for: Any
    """What it yielded to the event loop."""
    raises: BaseException | None = None
    """Instead of waiting: what ends the program."""


class _Carrier(Coroutine[Any, Any, Any]):
    """Runs coroutines; at first it begins them, and once one of them waits, its task brings that one to its end."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.ended = _Ended()
        self.renew()
        self._rest: _Rest | None = None
        self._is_waiting = True
        """For the rest, or for the task to hear what that waits for."""
        self._wake: asyncio.Future[None] = loop.create_future()
        self.task: asyncio.Task[Any] = loop.create_task(self, name="segue-step")

    def renew(self) -> None:
        """Be ready for another coroutine after one that raised."""
        self._running = _running(self.ended)
        self.begin = self._running.send
        """Takes what to call and with what, and gives what the coroutine waits for."""
        self._running.send(None)

    def carry(self, rest: _Rest) -> None:
        """Bring the coroutine that was begun last to its end."""
        self._rest = rest
        if not self._wake.done():  # it is, where the coroutine cancelled its own task
            self._wake.set_result(None)

    def send(self, value: Any) -> Any:
        """Go on, as a task asks for it."""
        rest = self._rest
        if rest is None:
            return next(self._wake.__await__())
        if rest.raises is not None:
            raise rest.raises
        if self._is_waiting:
            self._is_waiting = False
            return rest.waits_for
        return self._told(rest.context.run(self._running.send, value))

    def throw(self, *error: Any) -> Any:
        """Go on with an exception, as a task that is cancelled asks for it."""
        rest = self._rest
        if rest is None:
            raise error[0]
        if self._is_waiting:
            self._is_waiting = False
            if asyncio.isfuture(rest.waits_for) and rest.waits_for.cancel():
                return rest.waits_for  # which raises, as where a task is cancelled that waits for it
        return self._told(rest.context.run(self._running.throw, *error))

    def _told(self, waits_for: Any) -> Any:
        if waits_for is self.ended:
            raise StopIteration(self.ended.value)
        return waits_for

    def close(self) -> None:
        """Let go of the coroutine."""
        if self._rest is not None and self._rest.raises is None:
            self._rest.context.run(self._running.close)

    def __await__(self) -> Generator[Any, Any, Any]:
        raise TypeError("only a task runs a carrier")


class Carriers:
    """Begins coroutines; at most one idle task waits for the next of them that has to wait."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._place = driving.here
        self._idle: _Carrier | None = None

    def close(self) -> None:
        """Let go of the idle task."""
        if self._idle is not None:
            self._idle.task.cancel()

    def begin(
        self, context: Context, call: Callable[..., Awaitable[Any]], *args: Any
    ) -> tuple[asyncio.Future[Any] | None, Any, BaseException | None]:
        """Call a function and run the coroutine that it gives up to where it first waits, in this context.

        Returns:
            The task that goes on with it, or `None` and what it returned or raised.
        """
        loop, place, carrier = self._loop, self._place, self._idle
        if carrier is None or carrier.task.cancelling() or carrier.task.done():
            carrier = _Carrier(loop)
        self._idle = None  # until the coroutine has ended or waits, for it may begin others
        task, outer = carrier.task, asyncio.current_task(loop)
        run, scope = place.run, place.scope
        place.run = place.scope = None  # it is not the workflow that calls it
        if outer is not None:
            _leave_task(loop, outer)
        _enter_task(loop, task)
        try:
            waits_for = context.run(carrier.begin, (call, args))
        except (KeyboardInterrupt, SystemExit) as end:
            carrier.carry(_Rest(context, None, end))
            return task, None, None
        except BaseException as error:  # noqa: BLE001 (a step may raise anything; it is journaled)
            carrier.renew()
            self._keep(carrier)
            return None, None, error
        finally:
            _leave_task(loop, task)
            if outer is not None:
                _enter_task(loop, outer)
            place.run, place.scope = run, scope
        ended = carrier.ended
        if waits_for is not ended:
            carrier.carry(_Rest(context, waits_for))
            return task, None, None
        self._keep(carrier)
        value, ended.value = ended.value, None
        return None, value, None

    def _keep(self, carrier: _Carrier) -> None:
        if self._idle is None:
            self._idle = carrier
        else:
            carrier.task.cancel()


@coroutine
def _running(ended: _Ended) -> Generator[Any, Any, None]:
    """Run one coroutine after the other: each is sent here as what to call and with what, and yields as it does.

    That it returned is yielded too, for to let `StopIteration` rise out of every coroutine, and to catch it, takes as
    long as the rest of beginning one.
    """
    told: _Ended | None = None
    while True:
        call, args = yield told
        work = call(*args)
        ended.value = (
            yield from work if type(work) is CoroutineType else _awaited(work)
        )  # a decorator may give a future
        told = ended
        del call, args, work


async def _awaited(work: Awaitable[Any]) -> Any:
    return await work
