"""Coroutines begun right where they are called: one that never waits has ended without a task of its own.

Making a task and waiting for its turn costs more than most steps do. So the first stretch of a coroutine, up to where
it first waits, runs at once; it sees an idle task as the current one, and that task carries it on if it does wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextvars import Context
from types import CoroutineType
from typing import Any, NamedTuple

from segue.engine.context import driving

_enter_task: Callable[[asyncio.AbstractEventLoop, asyncio.Task[Any]], None] = asyncio.tasks._enter_task  # noqa: SLF001
_leave_task: Callable[[asyncio.AbstractEventLoop, asyncio.Task[Any]], None] = asyncio.tasks._leave_task  # noqa: SLF001
# both are documented, under "Extending", for whoever runs coroutines as tasks


class _Rest(NamedTuple):
    """What is left of a coroutine that waits."""

    work: Coroutine[Any, Any, Any]
    context: Context
    waits_for: Any
    """What it yielded to the event loop."""
    raises: BaseException | None = None
    """Instead of waiting: what ends the program."""


class _Carrier(Coroutine[Any, Any, Any]):
    """What a task runs: it waits for the rest of a coroutine, and then is that rest."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._rest: _Rest | None = None
        self._is_waiting = True
        """For the rest, or for the task to hear what that waits for."""
        self._wake: asyncio.Future[None] = loop.create_future()
        self.task: asyncio.Task[Any] = loop.create_task(self, name="segue-step")

    def carry(self, rest: _Rest) -> None:
        """Bring a coroutine to its end."""
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
        return rest.context.run(rest.work.send, value)

    def throw(self, *error: Any) -> Any:
        """Go on with an exception, as a task that is cancelled asks for it."""
        rest = self._rest
        if rest is None:
            raise error[0]
        if self._is_waiting:
            self._is_waiting = False
            if asyncio.isfuture(rest.waits_for) and rest.waits_for.cancel():
                return rest.waits_for  # which raises, as where a task is cancelled that waits for it
        return rest.context.run(rest.work.throw, *error)

    def close(self) -> None:
        """Let go of the coroutine."""
        if self._rest is not None and self._rest.raises is None:
            self._rest.context.run(self._rest.work.close)

    def __await__(self) -> Generator[Any, Any, Any]:
        raise TypeError("only a task runs a carrier")


class Carriers:
    """Begins coroutines; at most one idle task waits for the next of them that has to wait."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
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
        loop, carrier = self._loop, self._idle
        if carrier is None or carrier.task.cancelling() or carrier.task.done():
            carrier = _Carrier(loop)
        self._idle = None  # until the coroutine has ended or waits, for it may begin others
        outer = asyncio.current_task(loop)
        before = driving.run, driving.scope
        driving.run = driving.scope = None  # it is not the workflow that calls it
        if outer is not None:
            _leave_task(loop, outer)
        _enter_task(loop, carrier.task)
        work: Any = None
        try:
            work = context.run(call, *args)
            if type(work) is not CoroutineType:
                work = _awaited(work)  # a decorator may give a future
            rest = _Rest(work, context, context.run(work.send, None))
        except StopIteration as stop:
            self._keep(carrier)
            return None, stop.value, None
        except (KeyboardInterrupt, SystemExit) as end:
            rest = _Rest(work, context, None, end)
        except BaseException as error:  # noqa: BLE001 (a step may raise anything; it is journaled)
            self._keep(carrier)
            return None, None, error
        finally:
            _leave_task(loop, carrier.task)
            if outer is not None:
                _enter_task(loop, outer)
            driving.run, driving.scope = before
        carrier.carry(rest)
        return carrier.task, None, None

    def _keep(self, carrier: _Carrier) -> None:
        if self._idle is None:
            self._idle = carrier
        else:
            carrier.task.cancel()


async def _awaited(work: Awaitable[Any]) -> Any:
    return await work
