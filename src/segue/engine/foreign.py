"""What a workflow must not await: recognised, and told with what to use instead."""

from __future__ import annotations

import traceback
from types import FrameType
from typing import Any

from segue.errors import NondeterminismError

_LOOPS = ("asyncio", "anyio", "sniffio")
"""Packages whose functions want an event loop's task."""


def foreign_awaitable(workflow: str, awaited: Any) -> NondeterminismError:
    """Return the error for something that only an event loop can answer."""
    what = (
        "something that yields to the event loop (asyncio.sleep(0)?)"
        if awaited is None
        else (f"a {type(awaited).__name__} of {type(awaited).__module__.partition('.')[0]}")
    )
    return NondeterminismError(
        f"workflow {workflow!r} awaited {what}, which a replay cannot repeat: use segue.sleep for asyncio.sleep, "
        "segue.gather or segue.map_concurrent for asyncio.gather, wait and TaskGroup, segue.wait_for_signal for "
        "events, and a @step for everything that reaches outside"
    )


def asyncio_misuse(error: BaseException) -> NondeterminismError | None:
    """Return the error for what asyncio and anyio refuse outside of a task: TaskGroup, timeout and their like."""
    if not isinstance(error, RuntimeError | TypeError) or error.__traceback__ is None:
        return None
    frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
    places = [(_package(frame), frame.f_code.co_name) for frame in frames if _package(frame) in _LOOPS]
    if not places:
        return None
    package, function = places[-1]
    found = NondeterminismError(
        f"{package}'s {function} cannot be used in a workflow ({error}): use segue.gather or segue.map_concurrent for "
        "task groups, a step's timeout= or wait_for_signal(timeout=) for timeouts, and a @step for everything that "
        "reaches outside"
    )
    found.__cause__ = error
    return found


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]
