"""Those who wait for something to happen to a run."""

from __future__ import annotations

import asyncio

from segue.engine.journal import Record


class Waiters:
    """Futures by run, for one kind of event."""

    def __init__(self) -> None:
        self._futures: dict[str, list[asyncio.Future[Record | None]]] = {}
        self._loop = asyncio.get_running_loop()

    async def wait(self, run_id: str) -> Record | None:
        """Return when it happened to this run, with the entry that tells of it where there is one."""
        future: asyncio.Future[Record | None] = self._loop.create_future()
        self._futures.setdefault(run_id, []).append(future)
        try:
            return await future
        except asyncio.CancelledError:
            waiting = self._futures.get(run_id, [])
            if future in waiting:
                waiting.remove(future)  # it may never happen, and somebody may ask again and again
                if not waiting:
                    del self._futures[run_id]
            raise

    def release(self, run_id: str, record: Record | None = None) -> None:
        """Say that it happened."""
        for future in self._futures.pop(run_id, ()):
            if not future.done():
                future.set_result(record)

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
