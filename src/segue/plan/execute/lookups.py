"""Reads that a run made already: the same one is not made again until something may have changed the world."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from segue.engine.calls import Promise
from segue.errors import PermanentError, StepFailed
from segue.plan.execute.ended import Call
from segue.tools import JSON


class Lookups:
    """What reads have given, shared by all plans of one run."""

    def __init__(self) -> None:
        self._made: dict[str, Promise[JSON]] = {}

    def forget(self) -> None:
        """Let every read be made again: something acted, or time passed while somebody was waited for."""
        self._made.clear()

    async def read(self, call: Call, make: Callable[[], Awaitable[JSON]]) -> JSON:
        """Return what a read gives, made now only if it was not made before; one under way is waited for.

        Raises:
            StepFailed, PermanentError: It failed, for all who wait for it; the next one makes it again.
        """
        key = json.dumps([call.tool, call.args], sort_keys=True)
        found = self._made.get(key)
        if found is not None:
            return await found
        promise: Promise[JSON] = Promise()
        self._made[key] = promise
        try:
            value = await make()
        except (StepFailed, PermanentError) as error:
            self._drop(key, promise)
            promise.break_(error)
            raise
        except BaseException:
            self._drop(key, promise)  # whoever waits for it is cancelled too
            raise
        promise.keep(value)
        return value

    def _drop(self, key: str, promise: Promise[JSON]) -> None:
        if self._made.get(key) is promise:
            del self._made[key]
