"""Signals that reached a run and that no branch of it has got yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from segue.engine.journal import Message, Record
from segue.engine.payloads import fields_of, value_of

RETURNED = 0
"""Instead of an inbox row's id: of a signal that a branch got and could not use."""


class Mailbox:
    """The signals of one run, in order."""

    def __init__(self) -> None:
        self._messages: dict[str, deque[Message]] = {}
        """By name."""

    def put(self, message: Message) -> None:
        """Keep a signal that came."""
        self._messages.setdefault(message.name, deque()).append(message)

    def take(self, name: str) -> Message | None:
        """Return the first signal of a name, which is somebody's now; `None` if there is none."""
        messages = self._messages.get(name)
        return messages.popleft() if messages else None

    def put_back(self, record: Record) -> None:
        """Keep a signal that a branch got and could not use: before those that came, after others put back."""
        messages = self._messages.setdefault(record.name, deque())
        returned = Message(
            RETURNED,
            record.run_id,
            "signal",
            record.name,
            fields_of(record.payload)["id"],
            value_of(record),
            record.at_us,
        )
        messages.insert(sum(message.id == RETURNED for message in messages), returned)

    def given_again(self, record: Record) -> None:
        """Let go of a signal that was put back and then went where this entry tells."""
        for message in self._messages.get(record.name, ()):
            if message.id == RETURNED and message.payload == value_of(record):
                self._messages[record.name].remove(message)
                return

    def __iter__(self) -> Iterator[Message]:
        return (message for messages in self._messages.values() for message in messages)
