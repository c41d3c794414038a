"""Answers taken from the articles word for word, so that nothing stands in them that no article says."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from segue.knowledge.document import Hit
from segue.support.excerpt import excerpt
from segue.support.outcome import Citation
from segue.support.requests import sentences_of
from segue.support.usage import Counted

PASSAGES = 3
"""That an answer quotes at most."""
NEAR = 0.8
"""A further passage is quoted if it matches the question at least so much of how the best one does."""
ROOM = 600
"""Characters of an answer, about; a passage that is longer alone is quoted in part."""

_GREETING = re.compile(
    r"\A\W*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day))\b(?:[ \t]+[^\s,.!?]+){0,3}[ \t]*(?:[,.!]|\n)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:\n|(?<=[.!?])[ \t])\W{0,8}(?:(?:(?:kind|best|warm)[ \t]+)?regards|best wishes|(?:yours )?sincerely|cheers"
    r"|(?:many )?thanks|thank you|looking forward)\b[^?]{0,120}\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Answer(Counted):
    """An answer and where it stands."""

    text: str
    """Empty where the passages hold none."""
    citations: tuple[Citation, ...] = ()
    by: Literal["extraction", "model"] = "extraction"
    """Who found the words."""
    refused: str = ""
    """Why a model's words were not taken."""


NOTHING = Answer(text="")
"""The passages hold no answer."""


def question_in(text: str) -> str:
    """Return what a message asks: its questions, or all of it but the politeness where it has none."""
    bare = without_politeness(text)
    asked = [sentence for sentence in sentences_of(bare) if "?" in sentence]
    return " ".join(asked) or bare


def compose(question: str, hits: Sequence[Hit], said: Sequence[str] = ()) -> Answer | None:
    """Return an answer to a question from the passages found, best first; `None` where they hold none.

    Short passages are quoted whole, of a long one the part that is closest to the question and to what people said to
    questions like it; further ones follow as long as they match nearly as well and there is room.
    """
    wanted = " ".join((question, *said))
    quoted: dict[Hit, str] = {}
    room = ROOM
    for hit in hits[:PASSAGES]:
        if hit.match < NEAR * hits[0].match:
            break
        text = excerpt(hit.text, wanted, whole=ROOM)
        if text and text not in quoted.values() and (len(text) <= room or not quoted):
            quoted[hit] = text
            room -= len(text)
    if not quoted:
        return None
    return Answer(text="\n\n".join([*quoted.values(), sources(quoted)]), citations=tuple(map(citation, quoted)))


def evidence(match: float, *, is_led: bool | None) -> float:
    """Return the probability that an answer is right, as past questions say.

    Fitted to the sample's and, where nobody knows what people answered, to WixQA's, by
    `python -m benchmarks.quality.answers`, which also says how well it holds later and for other phrasings.

    Args:
        match: Of its best passage, 0 to 1.
        is_led: Whether people had answered questions like it, which led to the passage; `None` where nobody knows.
    """
    if is_led is None:
        return _logistic(22.5 * match - 10.9)
    return _logistic(30.2 * match - 14.7) if is_led else _logistic(20.5 * match - 10.4)


def _logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def sources(quoted: Iterable[Hit]) -> str:
    """Return the line that names where an answer stands."""
    titles = dict.fromkeys(hit.title for hit in quoted)
    return f"{'Source' if len(titles) == 1 else 'Sources'}: {', '.join(titles)}"


def citation(hit: Hit) -> Citation:
    """Return the pointer to a passage."""
    return Citation(document=hit.document, start=hit.start, end=hit.end)


def without_politeness(text: str) -> str:
    """Return a text without its greeting and its closing, whose words and names are nothing to look for."""
    bare = _CLOSING.sub("", _GREETING.sub("", text.strip())).strip()
    return bare or text.strip()
