"""What a conversation shows before a move: words for what happened, and the texts whose meaning counts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from segue.models.moves.course import Called, Course, Heard, Wrote

RECENT = 4
"""Moves whose place counts, the last ones."""
LONG = 12
"""Moves beyond which a conversation is not told from a longer one."""
SHORT = 25
"""Characters of a value that may be one of a few: longer ones are somebody's words."""
TEXT = 2_000
"""Characters of a message that are read."""

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?!]")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Signs:
    """What is seen of a conversation up to a moment."""

    events: tuple[str, ...]
    """Which moves were made, what was given to tools and what they returned; each once."""
    words: tuple[str, ...]
    """Of the last messages and of the whole conversation; each once, marked with where it stands."""
    said: tuple[str, ...]
    """What the customer wrote, in order."""
    written: str
    """The last reply to it; empty before the first."""


def before_moves(course: Course) -> Iterator[tuple[Signs, str]]:
    """Yield each move with what was to be seen before it."""
    sight = _Sight()
    for turn in course:
        if not isinstance(turn, Heard):
            yield sight.signs(), turn.move
        sight.see(turn)


def after(course: Course) -> Signs:
    """Return what is to be seen at the end of a conversation so far."""
    sight = _Sight()
    for turn in course:
        sight.see(turn)
    return sight.signs()


class _Sight:
    """What was seen so far."""

    def __init__(self) -> None:
        self._moves: list[str] = []
        self._calls: list[Called] = []
        """Since the customer wrote last."""
        self._last_call: Called | None = None
        self._given: set[str] = set()
        self._said: list[str] = []
        self._written = ""
        self._all: set[str] = set()

    def see(self, turn: Heard | Wrote | Called) -> None:
        if isinstance(turn, Heard):
            text = turn.text[:TEXT]
            self._said.append(text)
            self._calls = []
            self._all.update(f"all {word}" for word in words_of(text))
            return
        self._moves.append(turn.move)
        if isinstance(turn, Wrote):
            self._written = turn.text[:TEXT]
        else:
            self._calls.append(turn)
            self._last_call = turn
            self._given.update(f"given {name}" for name in turn.args)

    def signs(self) -> Signs:
        last = words_of(self._said[-1]) if self._said else []
        pairs = [f"{one} {other}" for one, other in pairwise(last)]
        words = {f"last {word}" for word in (*last, *pairs)} | {f"we {word}" for word in words_of(self._written)}
        return Signs(
            events=tuple(sorted({*self._of_moves(), *self._of_calls(), *self._given})),
            words=tuple(sorted(words | self._all)),
            said=tuple(self._said),
            written=self._written,
        )

    def _of_moves(self) -> Iterator[str]:
        back = self._moves[::-1]
        for ago, move in enumerate(back[:RECENT]):
            yield f"ago {ago} {move}"
        for length in (2, 3):
            if len(back) >= length:
                yield f"row {' '.join(back[:length])}"
        for move, times in Counter(back).items():
            yield f"made {move}"
            if times > 1:
                yield f"again {move}"
        yield f"moves {min(len(back), LONG)}"

    def _of_calls(self) -> Iterator[str]:
        yield f"calls {len(self._calls)}"
        for call in self._calls:
            yield f"called {call.move}"
        if self._last_call is not None:
            when = "now" if self._calls else "before"
            for sign in _of_call(self._last_call):
                yield f"{when} {sign}"


def _of_call(call: Called) -> Iterator[str]:
    for name, value in call.args.items():
        yield f"arg {call.move} {name}"
        yield from _of_value(f"arg {name}", value)
    if not isinstance(call.result, Mapping):
        yield f"result {type(call.result).__name__}"
        return
    for name, value in call.result.items():
        yield f"field {name}"
        yield from _of_value(f"field {name}", value)


def _of_value(name: str, value: Any) -> Iterator[str]:
    """Yield a value that may be one of a few, its digits made alike."""
    if isinstance(value, bool) or (isinstance(value, str) and len(value) <= SHORT):
        yield f"{name} {_DIGIT.sub('0', str(value))}"


def words_of(text: str) -> list[str]:
    """Return the words of a text in order, without case; digits are alike."""
    return [_DIGIT.sub("0", word) for word in _WORD.findall(text.casefold().replace("’", "'"))]
