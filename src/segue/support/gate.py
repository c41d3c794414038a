"""The send gate: what a model wrote may be sent only as far as its sources say the same.

Hard rules and no score: every number, link, address and name of a sentence must stand in a source, most of its words
must stand in one sentence of a source, and that sentence must deny what it denies. It is a filter that misses some
falsehoods, not a proof that there are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from segue.support.requests import sentences_of

OVERLAP = 0.5
"""Share of a sentence's telling words that one sentence of a source must hold."""
_LINK = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_DENIES = re.compile(
    r"\b(?:no|not|never|none|nothing|nobody|cannot|without|except|unless|unable|\w+n['’]t"
    r"|nicht|kein\w*|nie|ohne|pas|jamais|aucun\w*|sans|nunca|ningún|sin|non|mai|senza|niet|geen|nooit)\b",
    re.IGNORECASE,
)
_COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "get",
        "had",
        "has",
        "have",
        "he",
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
        "me",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "out",
        "she",
        "so",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "to",
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
        "will",
        "with",
        "would",
        "you",
        "your",
        "yes",
        "please",
        "also",
        "may",
        "must",
        "should",
        "could",
        "about",
    ]
)


def objection(text: str, sources: Sequence[str]) -> str:
    """Return why a text may not be sent; empty where it may.

    Args:
        text: What a model wrote.
        sources: All that it may rest on.
    """
    whole = "\n".join(sources)
    known = [(_words(sentence), _denies(sentence)) for source in sources for sentence in sentences_of(source)]
    numbers, names = set(_NUMBER.findall(whole)), {word.casefold() for word in _WORD.findall(whole)}
    for sentence in sentences_of(text):
        for link in (found.rstrip(".,;:!?)") for found in _LINK.findall(sentence)):
            if link not in whole:
                return f"{link} stands in no source"
        for number in _NUMBER.findall(_LINK.sub(" ", sentence)):
            if number not in numbers:
                return f"{number} stands in no source"
        for name in _names(sentence):
            if name.casefold() not in names:
                return f"{name} stands in no source"
        if fault := _unsaid(sentence, known):
            return fault
    return ""


def _unsaid(sentence: str, known: Iterable[tuple[frozenset[str], bool]]) -> str:
    """Return why no sentence of a source says what this one does."""
    words = _words(sentence)
    if len(words) < 3:  # a greeting, a yes
        return ""
    shares = [(len(words & there) / len(words), denies) for there, denies in known]
    near = [denies for share, denies in shares if share >= OVERLAP]
    if not near:
        return f"no source says “{sentence[:80]}”"
    return "" if _denies(sentence) in near else f"a source says the contrary of “{sentence[:80]}”"


def _names(sentence: str) -> Iterable[str]:
    """Return the words with a capital that do not begin the sentence."""
    return (word.group() for word in _WORD.finditer(sentence) if word.start() and word.group()[0].isupper()
            and word.group().casefold() not in _COMMON)  # fmt: skip


def _words(text: str) -> frozenset[str]:
    found = (word.casefold() for word in _WORD.findall(text))
    return frozenset(word[:6] for word in found if word not in _COMMON)


def _denies(text: str) -> bool:
    return _DENIES.search(text) is not None
