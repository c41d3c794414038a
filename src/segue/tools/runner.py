"""What is behind a tool: a Python function, or an adapter to something that runs elsewhere."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class Runner(Protocol):
    """Carries out the calls of one tool.

    The tool has checked the arguments before, and checks the result afterwards. What is raised tells what happened:
    `PermanentError` and `NotDone` say that nothing did, anything else leaves that open. Held by `tests/unit/tools`
    for functions.
    """

    async def run(self, values: Mapping[str, Any]) -> Any:
        """Carry out one call; `values` holds the arguments that were given, as their forms have read them."""


@dataclass(frozen=True)
class Function:
    """Runs a Python function, async or not; one that is not runs in a thread."""

    fn: Callable[..., Any]

    async def run(self, values: Mapping[str, Any]) -> Any:
        """Call the function with the arguments by name."""
        return await run(self.fn, **values)


async def run(fn: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """Return what a function gives, awaited; where it is not async it runs in a thread."""
    if inspect.iscoroutinefunction(fn):
        return await fn(*args, **named)
    result = await asyncio.to_thread(fn, *args, **named)
    return await result if inspect.isawaitable(result) else result
