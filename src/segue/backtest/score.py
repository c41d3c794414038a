"""Was it right? Decided on plain values, by what people did then; the agent's own words are never the truth."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from segue.backtest.case import Call, Case, Played
from segue.backtest.world import is_same
from segue.tools.tool import Tool

Why = Literal["topic", "action", "reply", "not_ours", "was_escalated", "unrecorded", "failed", "needless", "unanswered"]
"""What was wrong:

- `topic`: the request was taken for another one
- `action`: another action than people took, or one where they took none, or none where they took one
- `reply`: what people told the customer is not in the reply
- `not_ours`: it dealt with what nobody here handles
- `was_escalated`: it went on alone where people handed over
- `unrecorded`: its way led over a call that nobody made then, so nobody knows
- `failed`: a defect of ours
- `needless`: it handed over what one person dealt with: no mistake, but no help either
- `unanswered`: it waited for an answer that people did not need
"""
ALONE = frozenset({"resolved", "drafted"})
"""Outcomes by which the agent answers for what was done and said, at once or once a person sends it."""
COVERED = 0.5
"""Share of what people told the customer that a reply must hold."""
COMMON = 4
"""Letters from which on a word says something."""

_FIGURE = re.compile(r"(?<![\w-])[£€$]?\d[\d.,:/]*\d|(?<![\w-])[£€$]?\d")
_WORD = re.compile(rf"[^\W\d_]{{{COMMON},}}")

Same = Callable[[Call, Call], bool]
"""Whether a recorded call and a played one are the same."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a played case is worth."""

    correct: bool
    why: Why | None = None
    """`None` where it is correct."""


def same_by(tools: Mapping[str, Tool]) -> Same:
    """Return the comparison of calls by the tools' own types."""

    def same(recorded: Call, played: Call) -> bool:
        tool = tools.get(played.tool)
        return tool is not None and is_same(tool, recorded, played.args)

    return same


def judge(case: Case, played: Played, *, same: Same, is_answered_from_articles: bool) -> Verdict:
    """Say whether the agent did what was right.

    Args:
        case: What people did.
        played: What the agent did.
        same: Compares calls.
        is_answered_from_articles: Whether the reply is all there is to it, so that it is judged as well; a procedure's
            reply is its author's.
    """
    why = _fault(case, played, same=same, judges_reply=is_answered_from_articles)
    return Verdict(correct=why is None, why=why)


def _fault(case: Case, played: Played, *, same: Same, judges_reply: bool) -> Why | None:
    if played.outcome == "failed":
        return "failed"
    if case.is_topic_only:
        return _fault_of_topic(case, played)
    if played.outcome in ALONE:
        return _fault_alone(case, played, same=same, judges_reply=judges_reply)
    if played.outcome == "escalated":
        return None if case.escalated else _or_unrecorded("needless", played)
    if played.outcome == "waiting_expired":
        return None if case.unanswered else _or_unrecorded("unanswered", played)
    return _fault_of_topic(case, played)


def _or_unrecorded(why: Why, played: Played) -> Why:
    """Return what was wrong, unless nobody knows: with the result of the call it might have gone on."""
    return "unrecorded" if played.unrecorded else why


def _fault_of_topic(case: Case, played: Played) -> Why | None:
    if not case.has_topic or case.topic == played.topic:
        return None
    return "topic" if case.topic is not None or played.outcome not in ALONE else "not_ours"


def _fault_alone(case: Case, played: Played, *, same: Same, judges_reply: bool) -> Why | None:
    if played.unrecorded:
        return "unrecorded"
    if case.has_topic and case.topic is None:
        return "not_ours"
    if case.escalated:
        return "was_escalated"
    if case.has_topic and case.topic != played.topic:
        return "topic"
    if not _are_same([call for call in case.calls if call.effect != "read"], _actions(played), same):
        return "action"
    if judges_reply and case.replies and coverage(case.replies, played.reply) < COVERED:
        return "reply"
    return None


def _actions(played: Played) -> list[Call]:
    return [call for call in played.calls if call.effect != "read"]


def _are_same(recorded: Sequence[Call], played: Sequence[Call], same: Same) -> bool:
    """Say whether each action has its like, in any order."""
    left = list(recorded)
    for call in played:
        found = next((other for other in left if same(other, call)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def coverage(said: Sequence[str], reply: str) -> float:
    """Return the share of what people said that a reply says too, 0 to 1.

    Figures are what customers act on, so where people gave some, they are compared; otherwise the words of four letters
    and more, by their beginnings.
    """
    text = " ".join(said)
    wanted = set(_figures(text))
    if wanted:
        return len(wanted & set(_figures(reply))) / len(wanted)
    words = {word[:5].lower() for word in _WORD.findall(text)}
    given = {word[:5].lower() for word in _WORD.findall(reply)}
    return 2 * len(words & given) / len(words) if words else 1.0


def _figures(text: str) -> list[str]:
    """Return the figures of a text, without currency and trailing zeros: £64.00 is 64."""
    found = (match.strip("£€$").replace(",", "") for match in _FIGURE.findall(text))
    return [each.rstrip("0").rstrip(".") if "." in each else each for each in found]
