"""Several requests in one ticket: where one ends and the next begins, and which of them are the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

ASK_CHARACTERS = 160
"""Length of the request in one line."""
SENTENCES = 8
"""That are looked at for the one line: what a message is about comes early."""
UNITS = 40
"""Pieces that are looked at one by one; of a longer text the rest belongs to the last of them."""
WORDS = 3
"""That say something, at least."""
SURE = 0.6
"""A part of a ticket counts as a request of its own from this probability up, where its words say that it is one."""
VERY_SURE = 0.85
"""The same, where nothing but its topic says so."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(¿¡])|(?:\r?\n){2,}|\r?\n(?=[ \t]{0,12}[-*•\d])")
_JOINT = re.compile(
    r"(?:(?<=[;?])\s+|(?<=\w)[,;]?\s+(?=(?:and|but|plus|or)\b)|(?<=,)\s+)"
    r"(?=(?:(?:and|but|plus|or|also|then|please|while you are at it|oh)\b,?\s+){0,3}"
    r"(?:(?:can|could|would|will|may|do|does|did|is|are|am|should|have|has) (?:you|i|we|there|my|it|the|this|that)\b"
    r"|how\b|what(?:'s)?\b|when\b|where(?:'s)?\b|why\b|who\b|which\b"
    r"|i(?:'d| would| also)? (?:want|need|like|wish|have|lost|am|can(?:'t|not))\b|i'm\b|my\b|tell\b|give\b|help\b"
    r"|show\b|let\b|let's\b|set\b|make\b|find\b|book\b|order\b|pay\b|cancel\b|change\b|check\b|send\b|transfer\b))",
    re.IGNORECASE,
)
"""Inside a sentence, before what begins like a request."""
_REFERS = re.compile(r"\b(?:this|that|it|its|they|them|these|those)\b", re.IGNORECASE)
"""Speaks of something that was named before."""
_TELLS = re.compile(
    r"\W*(?:(?:hi|hello|hey|so|well|and|but|also|then|yesterday|today|recently|last \w{1,12})\b\W*){0,3}"
    r"(?:i|we|my|our|the|a|an|there|you|your|he|she|some(?:one|body)?|no(?:body)?)\b",
    re.IGNORECASE,
)
"""Begins like a story, unlike an order."""
_SPACES = re.compile(r"\s+")
_NEXT = re.compile(
    r"^\W*(?:(?:and )?(?:another|one more|a second|an other|two more|the other) (?:question|thing|matter|point|request)"
    r"|(?:also|additionally|besides|secondly|second|furthermore|separately|apart from that|in addition|by the way|btw"
    r"|on (?:a|another) (?:different|separate) (?:note|matter)|p\.? ?s\.?|oh,? and|and also|while i am (?:at it|here)"
    r"|while i'm (?:at it|here)|(?:my )?(?:next|other) (?:question|request|issue|problem)|not only that|on top of that"
    r"|lastly|finally|thirdly|third|then there is|plus|außerdem|zweitens|des weiteren|de plus|par ailleurs|en outre"
    r"|además|por otra parte|inoltre|daarnaast|verder|além disso)\b"
    r"|(?:[2-9]|b|ii)[.):] )",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"\A\W*(?:(?:hi|hello|hey|and|so|well|ok|okay|also)\b\W*){0,3}"
    r"(?:i(?:'ve| have)?(?: also)?(?: got| have)?|there(?: is|'s| are))"
    r" (?:also |still )?(?:another|one more|a second|two|2|three|3|a few|a couple of|some) (?:other |more )?"
    r"(?:questions?|things?|matters?|points?|requests?|issues?|problems?)(?: for you| to ask| as well| too)?\W*\Z",
    re.IGNORECASE,
)
"""Says that something follows, and nothing else."""
_POLITE = re.compile(
    r"\W*(?:hi|hello|hey|dear|greetings|good (?:morning|afternoon|evening|day)|thanks?|thank you"
    r"|(?:best |kind |warm )?regards"
    r"|best|cheers|sincerely|bye|hallo|guten|danke|bonjour|merci|hola|gracias|ciao|grazie|olá|obrigad[oa])\b",
    re.IGNORECASE,
)
"""How a message begins and ends."""
_WISH = re.compile(
    r"\?|\b(?:can|could|would|will) (?:you|i|we)\b|\bplease\b|\bi(?:'d| would)? (?:like|want|need|wish)\b"
    r"|\b(?:do|does|is|are|how|what|when|where|which|why|who)\b[^.!]*\Z",
    re.IGNORECASE,
)
"""Asks for something, rather than telling more about it."""


class Classifier(Protocol):
    """Says which topic a text is about."""

    def classify(self, texts: Sequence[str]) -> list[list[tuple[str | None, float]]]:
        """Return, for each text, topics with their probabilities, what it is about first.

        `None` is no topic at all, and first where that is likelier than all topics together.
        """


@dataclass(frozen=True, kw_only=True)
class Request:
    """One thing that the customer wants."""

    text: str
    """Their words for it."""
    ask: str
    """The same in one line."""
    topic: str | None
    """`None`: nothing that the company handles."""
    confidence: float
    """Calibrated probability that the topic is right."""
    guesses: dict[str, Any] = field(default_factory=dict)
    """Values in their words that a model has found for inputs of the topic's plan, as JSON."""


@dataclass(frozen=True)
class _Piece:
    """A sentence, or the part of one that could be a request."""

    text: str
    is_next: bool
    """The words say that something else follows."""
    is_polite: bool
    """It greets or thanks, and asks for nothing."""


class _Reader:
    """A classifier that reads the same words once."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._known: dict[str, dict[str | None, float]] = {}

    def read(self, texts: Sequence[str]) -> list[dict[str | None, float]]:
        """Return the probabilities of each text's topics, the likeliest first."""
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        if new:
            self._known.update(zip(new, map(dict, self._classifier.classify(new)), strict=True))
        return [self._known[text] for text in texts]

    def best(self, text: str) -> tuple[str | None, float]:
        """Return a text's likeliest topic and its probability."""
        return next(iter(self.read([text])[0].items()))


def found(subject: str, text: str, classifier: Classifier) -> tuple[Request, ...]:
    """Return what a ticket asks for, in the order of its text; every word of it belongs to one of the requests.

    One request that is told in several sentences stays one: a sentence opens another one where it says so itself, or
    where its topic and that of what stands before it are both very sure, and not the same.
    """
    reader = _Reader(classifier)
    pieces = _pieces(text)
    groups = _grouped(pieces, subject, reader)
    requests = [_request(group, subject if n == 0 else "", reader) for n, group in enumerate(groups)]
    if len(requests) > 1 and requests[0].confidence >= SURE:
        return tuple(requests)
    whole = _whole(subject, text)
    topic, confidence = reader.best(whole)
    return (Request(text=whole, ask=_ask(pieces, text, subject, topic, reader), topic=topic, confidence=confidence),)


def _grouped(pieces: Sequence[_Piece], subject: str, reader: _Reader) -> list[list[_Piece]]:
    """Return the pieces of each request."""
    if len(pieces) < 2:
        return [list(pieces)]
    reader.read([piece.text for piece in pieces])
    groups = [[pieces[0]]]
    seen = [(None, 0.0) if pieces[0].is_polite and not subject else reader.best(_whole(subject, pieces[0].text))]
    for piece in pieces[1:]:
        if piece.is_polite:
            groups[-1].append(piece)
            continue
        topic, confidence = reader.best(piece.text)
        topics = [known for known, _ in seen]
        if topic not in topics and _opens(piece, groups[-1], (topic, confidence), seen[-1]):
            groups.append([piece])
            seen.append((topic, confidence))
            continue
        at = topics.index(topic) if topic in topics and confidence >= SURE else len(groups) - 1
        groups[at].append(piece)
        if topic is not None and (seen[at][0] is None or confidence > seen[at][1]):
            seen[at] = (topic, confidence)
    return groups


def _opens(
    piece: _Piece, group: Sequence[_Piece], this: tuple[str | None, float], before: tuple[str | None, float]
) -> bool:
    """Say whether a piece begins a request of its own; where it says so, also one that nobody can place.

    Where it does not say so, it must not be what a story was told for, nor speak of what stands before it.
    """
    asks = _WISH.search(piece.text) is not None
    if piece.is_next:
        return this[1] >= SURE or asks
    if None in (this[0], before[0]) or min(this[1], before[1]) < VERY_SURE or _REFERS.search(piece.text):
        return False
    return not asks or any(_asks_or_orders(earlier.text) for earlier in group)


def _asks_or_orders(text: str) -> bool:
    return _WISH.search(text) is not None or _TELLS.match(text) is None


def _request(group: Sequence[_Piece], subject: str, reader: _Reader) -> Request:
    text = " ".join(piece.text for piece in group)
    whole = _whole(subject, text)
    topic, confidence = reader.best(whole)
    return Request(text=whole, ask=_ask(group, text, subject, topic, reader), topic=topic, confidence=confidence)


def _ask(pieces: Sequence[_Piece], text: str, subject: str, topic: str | None, reader: _Reader) -> str:
    """Return the sentence that says most clearly what the request is about."""
    sentences = [*(piece.text for piece in pieces[:SENTENCES]), subject]
    telling = [sentence for sentence in sentences if len(sentence.split()) >= WORDS]
    if len(telling) < 2:
        return line(telling[0] if telling else text or subject)
    scores = [shares.get(topic, 0.0) for shares in reader.read(telling)]
    return line(telling[max(range(len(telling)), key=scores.__getitem__)])


def _whole(subject: str, text: str) -> str:
    return f"{subject}. {text}" if subject else text


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text, without the space around them."""
    return [sentence.strip() for sentence in _SENTENCE.split(text) if sentence.strip()]


def _pieces(text: str) -> list[_Piece]:
    """Cut a text where a request could begin; what announces the next one belongs to it."""
    pieces: list[_Piece] = []
    announced = ""
    for words in _cut(text):
        if _ANNOUNCED.search(words):
            announced = f"{announced} {words}".strip()
            continue
        is_next = bool(announced and pieces) or _NEXT.match(words) is not None
        is_polite = not announced and len(words.split()) <= WORDS and _POLITE.match(words) is not None
        pieces.append(_Piece(f"{announced} {words}".strip(), is_next, is_polite))
        announced = ""
    if announced or not pieces:
        pieces.append(_Piece(announced, is_next=False, is_polite=False))
    return pieces


def _cut(text: str) -> list[str]:
    cut = [part for sentence in sentences_of(text) for part in _clauses(sentence)]
    return [*cut[: UNITS - 1], " ".join(cut[UNITS - 1 :])] if len(cut) > UNITS else cut


def _clauses(sentence: str) -> list[str]:
    """Cut a sentence where another request could begin, so that every part says something."""
    parts, begin = [], 0
    for joint in _JOINT.finditer(sentence):
        before, after = sentence[begin : joint.start()], sentence[joint.end() :]
        if len(before.split()) >= WORDS and len(after.split()) >= WORDS:
            parts.append(before)
            begin = joint.end()
    return [*parts, sentence[begin:]]


def line(text: str) -> str:
    """Return a text in one line."""
    words = _SPACES.sub(" ", text).strip()
    return words if len(words) <= ASK_CHARACTERS else words[: ASK_CHARACTERS - 1].rstrip() + "…"
