"""What people did next in conversations like this one: learned from the history, asked when a customer writes again."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, Protocol

from segue.models.moves.course import Called, Course, Heard, Turn, Wrote
from segue.support.ticket import Message, PastTicket

Kind = Literal["ask", "act", "answer", "refuse", "close"]
NotKnownYet = Literal["not_known_yet"]
NOT_KNOWN_YET: NotKnownYet = "not_known_yet"
"""It is being learned what people do; nobody waits for it."""

LAST = 60
"""Turns of a conversation that are looked at."""
ENOUGH = 100
"""Past tickets in which the customer wrote again after an answer, for there to be something to learn."""
AT_MOST = 2_000
"""Of these, the latest are learned from."""

_NOT = (
    r"(?:can(?:no|')t|could(?: not|n't)|won't|will not|do(?:es)?(?: not|n't)"
    r"|(?:am|are|is|'m|'re) (?:not able|unable) to)"
)
_REFUSES = re.compile(
    rf"\b(?:{_NOT} (?:\w+ ){{0,3}}(?:help|assist|understand|offer|support|handle|deal)"
    r"|(?:not|nothing) (?:something )?(?:that )?(?:we|i) (?:can|could|are able to|am able to) (?:help|do|offer)"
    r"|only able to|outside (?:of )?(?:what|our)|not (?:our|my) (?:department|area|business))\b",
    re.IGNORECASE,
)
"""Says that this is nothing they can help with."""
_CLOSES = re.compile(
    r"\b(?:good ?bye|bye|you(?:'re| are) (?:most |very )?welcome|my pleasure|don't hesitate to"
    r"|anything else (?:\w+ ){0,5}(?:do|help|assist)"
    r"|have an? (?:\w+ ){0,2}(?:day|evening|weekend|one)"
    r"|(?:glad|happy) (?:to|that|i|we) (?:\w+ ){0,3}help(?:ed)?"
    r"|(?:thank you|thanks) for (?:contacting|your (?:call|message|time|visit)))\b"
    r"|\A\W*(?:thank you|thanks)\W*\Z",
    re.IGNORECASE,
)
"""Says that all is done, or asks whether it is."""


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What people would do next."""

    kind: Kind
    """The likeliest of the five."""
    probability: float
    """Of the kind."""
    move: str
    """The likeliest move of this kind: a tool, a kind of reply that the history names, or the kind itself."""


def chance(foreseen: Foreseen | NotKnownYet | None, kind: Kind) -> float:
    """Return how probable it is that people would do this next; 0 unless it is known to be the likeliest."""
    return foreseen.probability if isinstance(foreseen, Foreseen) and foreseen.kind == kind else 0.0


class Foresight(Protocol):
    """Says which move comes next."""

    def next(self, course: Course) -> list[tuple[str, float]]:
        """Return every move with the probability that it comes next, the likeliest first."""


@dataclass(frozen=True)
class Practice:
    """What people in a company do, and of which kind each of their moves is."""

    foresight: Foresight
    kinds: Mapping[str, Kind]

    def foresee(self, course: Course) -> Foreseen:
        """Return what people would do after a conversation so far."""
        ranked = self.foresight.next(course[-LAST:])
        shares: defaultdict[Kind, float] = defaultdict(float)
        for move, share in ranked:
            shares[self.kinds[move]] += share
        kind = max(shares, key=lambda each: shares[each])
        move = next(move for move, _ in ranked if self.kinds[move] == kind)
        return Foreseen(kind=kind, probability=min(1.0, shares[kind]), move=move.partition(" ")[2])


Learn = Callable[[Sequence[Course]], Foresight | None]


def practice(past: Sequence[PastTicket], learn: Learn) -> Practice | NotKnownYet | None:
    """Return what people did in past conversations; `None` where too few customers wrote again.

    Args:
        past: The oldest first.
        learn: Makes the foresight, or gives `None` where it is not known yet.
    """
    talks = [course for course in map(course_of, past) if _goes_on(course)][-AT_MOST:]
    kinds = kinds_of(talks)
    if len(talks) < ENOUGH or len(kinds) < 2:
        return None
    foresight = learn(talks)
    return NOT_KNOWN_YET if foresight is None else Practice(foresight, kinds)


def kinds_of(courses: Iterable[Course]) -> dict[str, Kind]:
    """Return of which kind each move is: that of most of its texts."""
    seen: defaultdict[str, Counter[Kind]] = defaultdict(Counter)
    for course in courses:
        for turn in course:
            if not isinstance(turn, Heard):
                seen[turn.move]["act" if isinstance(turn, Called) else kind_of(turn.text)] += 1
    return {move: counts.most_common(1)[0][0] for move, counts in seen.items()}


def course_of(past: PastTicket) -> list[Turn]:
    """Return what was said and done about a past ticket, in order; what has no place came before the first answer."""
    return list(_course(past))


def _course(past: PastTicket) -> Iterator[Turn]:
    messages = past.ticket.messages
    first = next((n for n, message in enumerate(messages) if message.role == "customer"), 0)
    calls: defaultdict[int, list[Turn]] = defaultdict(list)
    for action in past.actions:
        place = first if action.after_message is None else action.after_message
        calls[place].append(called(action.tool, action.args, action.result))
    for number, message in enumerate(messages):
        if message.role == "customer":
            yield Heard(message.text)
        elif message.role == "agent":
            yield wrote(message.text, past.acts[number] if past.acts else "")
        yield from calls[number]


def told(messages: Sequence[Message]) -> list[Turn]:
    """Return what was said on a ticket, in order, as far as customer and agents said it."""
    said = (message for message in messages if message.role != "system")
    return [Heard(message.text) if message.role == "customer" else wrote(message.text) for message in said]


def called(tool: str, args: Mapping[str, Any], result: Any = None) -> Called:
    """Return the move that calls a tool."""
    return Called(f"call {tool}", dict(args), result)


def wrote(text: str, act: str = "") -> Wrote:
    """Return the move that replies; where nobody named it, it is named by its kind."""
    return Wrote(f"reply {act}" if act else f"say {kind_of(text)}", text)


def kind_of(text: str) -> Kind:
    """Return what a reply does, by its words."""
    if _REFUSES.search(text):
        return "refuse"
    if _CLOSES.search(text):
        return "close"
    return "ask" if text.rstrip().endswith("?") else "answer"


def _goes_on(course: Course) -> bool:
    """Say whether the customer wrote again after somebody answered, and that was answered too."""
    said = [isinstance(turn, Heard) for turn in course if not isinstance(turn, Called)]
    return sum(heard and not after for heard, after in pairwise(said)) > 1
