"""Signals of a run: each goes to the first branch that waits for one of its name, or is kept for a later one."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any, Protocol, cast

from segue.engine.calls import SignalWait
from segue.engine.journal import Kind, Message
from segue.engine.logs import about
from segue.engine.mailbox import Mailbox
from segue.engine.payloads import microseconds
from segue.engine.tree import Pending
from segue.errors import CodecError


class Waiting(Protocol):
    """What is asked here of a run."""

    run_id: str
    is_live: bool

    def now_us(self) -> int:
        """Return the time, in microseconds since 1970."""

    def note(self, pending: Pending, kind: Kind, payload: bytes, *, taken: Collection[int] = ()) -> None:
        """Journal what became of a call; `taken` are inbox rows settled by it."""

    def wait_until(self, pending: Pending, when_us: int, act: Callable[[Pending], None]) -> None:
        """Do nothing for a call until a time."""

    def rest(self, pending: Pending) -> None:
        """Do nothing for a call until something comes for it."""


class Signals(Mailbox):
    """The signals of one run, and the calls that wait for them."""

    def __init__(self, run: Waiting) -> None:
        super().__init__()
        self._run = run
        self._waits: dict[str, deque[Pending]] = {}
        """Active ones by the signal's name, in the order they were made."""

    def wait(self, pending: Pending, call: SignalWait[Any]) -> None:
        """Let a call wait, from wherever the journal leaves it."""
        waits, run = self._waits.setdefault(call.name, deque()), self._run
        if pending not in waits:
            waits.append(pending)
        if (pending.is_recorded or not call.fresh) and self._match(pending, call):
            return
        if not pending.is_recorded and not call.fresh and call.timeout is not None and call.timeout <= timedelta(0):
            self._over(pending)  # a look, which needs no entry of its beginning
        elif not pending.is_recorded:
            until = "null" if call.timeout is None else str(run.now_us() + microseconds(call.timeout))
            run.note(pending, "wait_started", b'{"until_us":%s}' % until.encode())
        elif pending.until_us is not None:
            run.wait_until(pending, pending.until_us, self._over)
        else:
            run.rest(pending)

    def end(self, pending: Pending, name: str) -> None:
        """Give nothing to a wait any more."""
        waits = self._waits.get(name)
        if waits is not None and pending in waits:
            waits.remove(pending)

    def offer(self, name: str) -> None:
        """Give a new message to the first branch that waits for one of its name."""
        if self._run.is_live:
            for pending in self._waits.get(name, ()):
                call = cast("SignalWait[Any]", pending.call)
                if not pending.is_settling and (pending.is_recorded or not call.fresh):
                    self._match(pending, call)
                    return

    def _over(self, pending: Pending) -> None:
        pending.is_settling = True
        self._run.note(pending, "wait_timed_out", b"{}")

    def _match(self, pending: Pending, call: SignalWait[Any]) -> bool:
        """Give a wait the first message it can take, if there is one."""
        run = self._run
        while (message := self.take(call.name)) is not None:
            value = b'{"id":%s,"value":%s}' % (json.dumps(message.message_id).encode(), message.payload)
            refusal = _refusal(pending, call, message)
            if refusal is None:
                pending.is_settling = True
                run.note(pending, "signal_received", value, taken=(message.id,))
                return True
            about(run.run_id, pending.path).warning("run %s: signal %s was refused: %s", run.run_id, call.name, refusal)
            run.note(pending, "signal_refused", value, taken=(message.id,))
        return False


def _refusal(pending: Pending, call: SignalWait[Any], message: Message) -> CodecError | None:
    """Return why a call cannot take a message."""
    if call.fresh and message.at_us < pending.since_us:
        return CodecError("it was sent before anyone waited for it")
    try:
        call.codec.decode(message.payload)
    except CodecError as error:
        return error
    return None
