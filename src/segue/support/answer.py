"""Answers taken from the articles word for word, so that nothing stands in them that no article says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from segue.knowledge.document import Hit
from segue.support.interpret import sentences_of
from segue.support.outcome import Citation, Evidence

SENTENCES = 4
"""At most, of the best passage."""
CHARACTERS = 700
"""Of quoted text, about."""
SOURCES = 3
"""Documents that an answer names at most."""
NEAR = 0.75
"""A further passage is named if it holds at least this share of what the best one holds of the question."""

_WORD = re.compile(r"[^\W_]{2,}")
_STOP = frozenset(
    [
        "a",
        "about",
        "after",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "get",
        "had",
        "has",
        "have",
        "he",
        "hello",
        "hi",
        "her",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "me",
        "my",
        "no",
        "not",
        "of",
        "off",
        "on",
        "or",
        "our",
        "out",
        "please",
        "she",
        "so",
        "some",
        "than",
        "thank",
        "thanks",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "they",
        "this",
        "to",
        "too",
        "up",
        "us",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer and where it stands."""

    text: str
    citations: tuple[Citation, ...]


def compose(question: str, hits: Sequence[Hit]) -> Answer | None:
    """Return an answer to a question from the passages found, best first; `None` where they hold none.

    The best passage's closest sentences are quoted in the order of the text; further passages that are nearly as
    close are named as sources to read.
    """
    if not hits:
        return None
    best = hits[0]
    quoted = _excerpt(best.text, _stems(question))
    if not quoted:
        return None
    named = [best]
    for hit in hits[1:]:
        known = {other.document for other in named}
        if hit.match >= best.match * NEAR and hit.document not in known and len(named) < SOURCES:
            named.append(hit)
    lines = [quoted, "", f"Source: {best.title}"]
    if len(named) > 1:
        lines.append("See also: " + ", ".join(hit.title for hit in named[1:]))
    return Answer(text="\n".join(lines), citations=tuple(map(citation, named)))


def citation(hit: Hit) -> Citation:
    """Return the pointer to a passage."""
    return Citation(document=hit.document, start=hit.start, end=hit.end)


def evidence(hit: Hit) -> Evidence:
    """Return a passage for a person to read."""
    return Evidence(document=hit.document, heading=hit.heading, start=hit.start, end=hit.end, text=hit.text)


def _excerpt(text: str, wanted: frozenset[str]) -> str:
    """Return the sentences of a passage that are closest to the question, with those that stand between them."""
    sentences = sentences_of(text)
    if not sentences:
        return ""
    scores = [len(wanted & _stems(sentence)) for sentence in sentences]
    best = max(range(len(sentences)), key=scores.__getitem__)
    first = last = best
    while last - first + 1 < SENTENCES and (first > 0 or last + 1 < len(sentences)):
        before = scores[first - 1] if first > 0 else -1
        after = scores[last + 1] if last + 1 < len(sentences) else -1
        grown = (first - 1, last) if before > after else (first, last + 1)
        if sum(map(len, sentences[grown[0] : grown[1] + 1])) > CHARACTERS:
            break
        first, last = grown
    start = end = _after(text, sentences[:first])
    for sentence in sentences[first : last + 1]:
        end = text.index(sentence, end) + len(sentence)
    return text[start:end].strip()


def _after(text: str, sentences: Sequence[str]) -> int:
    """Return where the text goes on after sentences that it begins with."""
    end = 0
    for sentence in sentences:
        end = text.index(sentence, end) + len(sentence)
    return end


def _stems(text: str) -> frozenset[str]:
    """Return the content words of a text, cut short so that their forms meet."""
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(word[:5] for word in words if word not in _STOP)
