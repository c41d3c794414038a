"""Those who wait for something to happen to a run."""

from __future__ import annotations

import asyncio


class Waiters:
    """Futures by run, for one kind of event."""

    def __init__(self) -> None:
        self._futures: dict[str, list[asyncio.Future[None]]] = {}

    async def wait(self, run_id: str) -> None:
        """Return when it happened to this run."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._futures.setdefault(run_id, []).append(future)
        await future

    def release(self, run_id: str) -> None:
        """Say that it happened."""
        for future in self._futures.pop(run_id, ()):
            if not future.done():
                future.set_result(None)

    def fail(self, run_id: str, error: BaseException) -> None:
        """Say that it will not happen."""
        for future in self._futures.pop(run_id, ()):
            if not future.done():
                future.set_exception(error)
                future.exception()  # whoever waits sees it; nobody waiting is no mistake

    def fail_all(self, error: BaseException) -> None:
        """Say that nothing will happen to any run."""
        for run_id in list(self._futures):
            self.fail(run_id, error)
