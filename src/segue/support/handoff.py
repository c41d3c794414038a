"""The packet with which a person takes a ticket over: everything known, done and in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from segue.plan.execute import Call, Ended
from segue.support.outcome import IN_DOUBT, Action, Citation, Doubt, Evidence, Fact, Handoff, Reason, Try, Urgency

EVIDENCE = 5
"""Passages in a packet, the best first."""


def packet(
    reason: Reason,
    *,
    ask: str,
    run_id: str,
    urgency: Urgency = "normal",
    ended: Iterable[Ended] = (),
    why: str = "",
    proposed_reply: str = "",
    precedents: Sequence[Evidence] = (),
) -> Handoff:
    """Return the packet for a ticket, from how its requests ended.

    Args:
        reason: Why a person must go on.
        ask: What the customer wants, in one line.
        run_id: Of the run.
        urgency: As the customer put it.
        ended: How each of its plans ended.
        why: The reason in words, where no plan says it.
        proposed_reply: What could be sent.
        precedents: Past tickets that were like this one.
    """
    plans = list(ended)
    calls = [call for plan in plans for call in plan.calls]
    tried = [Try(step=taken.id, result=taken.result) for plan in plans for taken in plan.taken]
    by_reason = sorted(plans, key=lambda plan: plan.reason == reason)  # what the packet is about comes last
    whys = [why] if why else [plan.why for plan in by_reason if plan.why]
    return Handoff(
        reason=reason,
        ask=ask,
        facts=tuple(_facts(plans)),
        tried=(*tried, *(Try(step="end", result=text) for text in whys)),
        done=tuple(_action(call) for call in calls if call.effect != "read" and not call.error),
        in_doubt=tuple(Doubt(tool=call.tool, args=call.args, key=key) for plan in plans for call, key in plan.in_doubt),
        evidence=(*tuple(_evidence(plans))[:EVIDENCE], *precedents),
        proposed_reply=proposed_reply,
        missing=tuple(dict.fromkeys(name for plan in plans for name in plan.missing)),
        urgency=urgency,
        run=run_id,
    )


def actions(ended: Ended) -> list[Action]:
    """Return every tool call of a plan as it is reported, those in doubt last."""
    doubts = [replace(call, error=IN_DOUBT) for call, _ in ended.in_doubt]
    return [_action(call) for call in (*ended.calls, *doubts)]


def proposed(ended: Ended) -> list[Action]:
    """Return the actions that a plan leaves to a person."""
    return [_action(call) for call in ended.proposed]


def _action(call: Call) -> Action:
    return Action(tool=call.tool, args=call.args, effect=call.effect, result=call.result, error=call.error or None)


def citation(passage: Mapping[str, Any]) -> Citation:
    """Return the pointer to a passage that a search gave."""
    return Citation(document=passage["document"], start=passage["start"], end=passage["end"])


def _facts(plans: Sequence[Ended]) -> Iterable[Fact]:
    for plan in plans:
        for name, value in plan.inputs.items():
            yield Fact(name=name, value=value, source="customer")
        for call in plan.calls:
            if call.effect == "read" and not call.error:
                yield Fact(name=call.tool, value=call.result, source=f"tool:{call.tool}")


def _evidence(plans: Sequence[Ended]) -> Iterable[Evidence]:
    seen = set()
    found = (passage for plan in plans for passage in plan.found)
    for passage in sorted(found, key=lambda passage: -float(passage["match"])):
        place = (passage["document"], passage["start"])
        if place not in seen:
            seen.add(place)
            yield Evidence(**{name: passage[name] for name in ("document", "heading", "start", "end", "text")})
