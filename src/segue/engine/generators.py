"""Async generators of workflows: closed in order by the run, not by the event loop at some later time."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncGenerator
from typing import Any
from weakref import WeakSet

from segue.engine.context import driving

log = logging.getLogger("segue.engine")


class AsyncGenerators:
    """The interpreter's hooks for async generators, while an engine is open."""

    def __init__(self) -> None:
        self._ours: WeakSet[AsyncGenerator[Any, Any]] = WeakSet()
        self._first: Any = None
        self._final: Any = None

    def install(self) -> None:
        """Take the hooks of this thread; those before go on serving what is not a workflow's."""
        hooks = sys.get_asyncgen_hooks()
        self._first, self._final = hooks.firstiter, hooks.finalizer
        sys.set_asyncgen_hooks(firstiter=self._begun, finalizer=self._abandoned)

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.set_asyncgen_hooks(firstiter=self._first, finalizer=self._final)

    def _begun(self, generator: AsyncGenerator[Any, Any]) -> None:
        if driving.here.run is not None:
            self._ours.add(generator)
        elif self._first is not None:
            self._first(generator)

    def _abandoned(self, generator: AsyncGenerator[Any, Any]) -> None:
        if generator not in self._ours:
            if self._final is not None:
                self._final(generator)
            return
        closing = generator.aclose()
        try:
            closing.send(None)
        except (StopIteration, StopAsyncIteration, GeneratorExit):
            return
        except Exception:
            log.exception("an abandoned async generator of a workflow failed while it was closed")
            return
        log.error("an abandoned async generator of a workflow awaits in its `finally`: use contextlib.aclosing")
        closing.close()
