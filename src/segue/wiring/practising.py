"""What people did in past conversations, learned beside the work: whoever asks before it is known does without."""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Callable, Sequence

from segue.knowledge.vectors import Progress, Vectors
from segue.support.moves import NOT_KNOWN_YET, NotKnownYet, Practice

logger = logging.getLogger(__name__)

PATIENCE_S = 5.0
"""For what is being learned to be broken off: it looks whether it is wanted several times a second."""
AT_ONCE = 32
"""Texts that are encoded without saying so: a fraction of a second, and of short ones more are slower."""


class Unwanted(Exception):
    """Nobody waits any longer for what is being learned."""


class Practising:
    """A thread that learns; what was learned before is known at once."""

    def __init__(
        self,
        recall: Callable[[], Practice | NotKnownYet | None],
        learn: Callable[[Progress], Practice | NotKnownYet | None],
    ) -> None:
        """Set it up; nothing begins yet.

        Args:
            recall: Gives what is known without learning.
            learn: Learns it, and says several times a second how far it is; what this raises ends it.
        """
        self._recall, self._learn = recall, learn
        self._known: Practice | NotKnownYet | None = NOT_KNOWN_YET
        self._is_recalled, self._is_unwanted = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()

    def begin(self) -> None:
        """Let it be learned from now on, unless it is known or being learned."""
        with self._guard:
            if self._known != NOT_KNOWN_YET or (self._thread is not None and self._thread.is_alive()):
                return
            self._is_unwanted.clear()
            self._thread = threading.Thread(target=self._practise, name="segue-practice", daemon=True)
            self._thread.start()
        atexit.register(self.stop)

    def now(self) -> Practice | NotKnownYet | None:
        """Return what is known by now; only the reading of what was learned before is waited for."""
        if not self._is_recalled.is_set():
            self.begin()
            self._is_recalled.wait()
        return self._known

    def stop(self) -> None:
        """Break off what is being learned."""
        atexit.unregister(self.stop)
        with self._guard:
            thread = self._thread
        if thread is not None:
            self._is_unwanted.set()
            thread.join(PATIENCE_S)

    def _practise(self) -> None:
        try:
            self._known = self._recall()
            self._is_recalled.set()
            if self._known == NOT_KNOWN_YET:
                self._known = self._learn(self._keep_on)
        except Unwanted:
            return
        except Exception as error:  # noqa: BLE001 (whatever is wrong with it, tickets are resolved without it)
            logger.warning("what people did in past conversations is not learned: %s", error)
            self._known = None
        finally:
            self._is_recalled.set()

    def _keep_on(self, _done: int, _total: int) -> None:
        if self._is_unwanted.is_set():
            raise Unwanted


def told(encode: Callable[[Sequence[str]], Vectors], on_progress: Progress) -> Callable[[Sequence[str]], Vectors]:
    """Return what encodes the same, and says meanwhile how far it is.

    Args:
        encode: Encodes no text twice.
        on_progress: Told how many texts are encoded, and of how many; what it raises ends it.
    """

    def encoded(texts: Sequence[str]) -> Vectors:
        ordered = sorted(texts, key=len)  # those of like length are faster together
        for first in range(0, len(ordered), AT_ONCE):
            on_progress(first, len(ordered))
            encode(ordered[first : first + AT_ONCE])
        return encode(texts)

    return encoded
