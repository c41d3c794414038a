"""A model that may be asked: what the settings say of it, and its connection in one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from segue.errors import ModelError, ModelMisconfigured, ModelUnavailable
from segue.models import telemetry
from segue.models.model import JsonWay, Model, Prompt, Reply, Task
from segue.models.pace import Clock, Pace
from segue.models.price import Price
from segue.models.prompt import in_way


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What is known of a model before it is asked."""

    name: str
    """`provider:model`."""
    open: Callable[[], Model]
    """Makes it for the event loop that runs; raises `ModelMisconfigured`."""
    way: JsonWay | None = "schema"
    """How it is asked for JSON; `None`: found out by the first request that wants it."""
    price: Price | None = None
    """Its own price, which wins over the list."""
    listed: str = ""
    """What the price list calls the provider; empty where no list price holds, as for an endpoint of one's own: a model
    there may have the name of one that is sold."""
    server: str = ""
    """Its host, for spans; empty where the provider knows it."""
    concurrency: int | None = None
    """Requests at a time; `None` is without limit."""
    rate: tuple[int, float] | None = None
    """At most so many requests in so many seconds."""
    timeout_s: float = 60.0
    """For one request."""

    @property
    def provider(self) -> str:
        """What stands before the colon."""
        return self.name.partition(":")[0]

    @property
    def model(self) -> str:
        """What stands behind it."""
        return self.name.partition(":")[2]


class Contact:
    """A candidate in one event loop: its connection, its turns, and how it wants to be asked for JSON."""

    def __init__(self, candidate: Candidate, clock: Clock) -> None:
        self.candidate = candidate
        self.pace = Pace(clock, concurrency=candidate.concurrency, rate=candidate.rate)
        self._clock = clock
        self._way = candidate.way
        self._model: Model | None = None
        self._opening = asyncio.Lock()

    async def ask(self, prompt: Prompt, *, task: Task, until_s: float, failed: Callable[[ModelError], object]) -> Reply:
        """Return its reply; where nobody knows yet how it is asked for JSON, try one way and then the other.

        Args:
            prompt: In no way yet.
            task: For spans.
            until_s: When an answer comes too late.
            failed: Told of a try that failed and is followed by another one.

        Raises:
            ModelError: Of the last try.
        """
        if self._way is not None or prompt.schema is None:
            return await self._once(prompt, self._way or "schema", task, until_s)
        try:
            reply = await self._once(prompt, "schema", task, until_s)
            self._way = "schema"
        except (ModelUnavailable, ModelMisconfigured) as error:
            if error.kind not in ("server", "rejected"):
                raise
            failed(error)
            reply = await self._once(prompt, "object", task, until_s)
            self._way = "object"
        return reply

    async def _once(self, prompt: Prompt, way: JsonWay, task: Task, until_s: float) -> Reply:
        candidate = self.candidate
        model = await self._opened()
        is_told = candidate.way is None or way == "object"
        async with self.pace.turn():
            left = until_s - self._clock.now_s()
            if left <= 0:
                raise ModelUnavailable(f"{candidate.name} had no turn in time", kind="busy", model=candidate.name)
            with telemetry.call(candidate.name, candidate.server, task, prompt) as seen:
                reply = await model.ask(in_way(prompt, way, is_told=is_told), timeout_s=min(left, candidate.timeout_s))
                seen(reply)
        return reply

    async def _opened(self) -> Model:
        async with self._opening:
            if self._model is None:  # in a thread: the library takes seconds to import, and other runs go on
                self._model = await asyncio.to_thread(self.candidate.open)
            return self._model

    async def close(self) -> None:
        """Let go of the connection."""
        model, self._model = self._model, None
        if model is not None:
            await model.close()
