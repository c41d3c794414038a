"""Says in one sentence why a ticket went to a person, from what its packet holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from segue.support.outcome import IN_DOUBT, Action, Doubt, Handoff, Reason, Resolution

LONGEST = 80
"""Characters of a call's arguments, and of the customer's words."""
HANDED_OVER = "the procedure hands this over"
REJECTED = "the plan that "
"""How it begins why a model's plan was rejected."""
SILENT = "the ticket does not say"
"""How executing a plan puts it that an input is missing for which it has no question."""
_TRIED = re.compile(
    r"step '.*?' was tried (?P<times>once|\d+ times) and (?:failed|timed out): \w+: (?P<message>.+)", re.DOTALL
)
"""How the engine says that a step used up its attempts."""
_FAILED = ("does not hold", "failed", "not as expected", "nothing found", "needs ")
"""How the result of a step begins that is why a procedure hands a ticket over."""


def explain(resolution: Resolution) -> str:
    """Return why a ticket went to a person, in one sentence for whoever reads many; empty where it did not."""
    packet = resolution.handoff
    if packet is None:
        return ""
    text = _REASONS[packet.reason](resolution, packet)
    done = ", ".join(dict.fromkeys(_call(action) for action in packet.done))
    return _sentence(f"{text}; done before: {done}" if done else text)


def _no_procedure(resolution: Resolution, packet: Handoff) -> str:
    return f"no procedure and no article covers “{_short(packet.ask)}”"


def _low_confidence(resolution: Resolution, packet: Handoff) -> str:
    is_silent = _why(packet).startswith(SILENT)
    return _why(packet) if is_silent else f"the agent could not tell surely enough what is wanted: {_why(packet)}"


def _not_grounded(resolution: Resolution, packet: Handoff) -> str:
    nearest = f" (the nearest is {packet.evidence[0].document})" if packet.evidence else ""
    return f"no article answers “{_short(packet.ask)}”{nearest}"


def _policy(resolution: Resolution, packet: Handoff) -> str:
    if _why(packet) == HANDED_OVER:
        return f"the procedure for {resolution.topic} leaves this to a person{_because(packet)}"
    return f"the rules do not allow it ({_why(packet)})"


def _tool_failed(resolution: Resolution, packet: Handoff) -> str:
    failed = [action for action in resolution.actions if action.error not in (None, IN_DOUBT)]
    if not failed:
        return f"a result was not as expected: {_why(packet)}{_because(packet)}"
    call, error = _call(failed[-1]), failed[-1].error or ""
    found = _TRIED.fullmatch(error)
    return f"{found['message']} (from {call}, tried {found['times']})" if found else f"{error} (from {call})"


def _in_doubt(resolution: Resolution, packet: Handoff) -> str:
    calls = " and ".join(map(_call, packet.in_doubt)) or "an action"
    return f"nobody can say whether {calls} happened, so look before it is done again"


def _approval_denied(resolution: Resolution, packet: Handoff) -> str:
    return f"a person did not approve {_why(packet)}"


def _customer_asked(resolution: Resolution, packet: Handoff) -> str:
    return _why(packet).replace("asks for", "asked for") or "the customer asked for a person"


def _injection(resolution: Resolution, packet: Handoff) -> str:
    return f"somebody tries to give the agent orders: “{_short(_why(packet).partition(': ')[2])}”"


def _plan_rejected(resolution: Resolution, packet: Handoff) -> str:
    is_made = _why(packet).startswith(REJECTED)
    return _why(packet) if is_made else f"the procedure for {resolution.topic} has an error: {_why(packet)}"


def _defect(resolution: Resolution, packet: Handoff) -> str:
    return f"the agent failed by a defect: {_why(packet)}"


def _as_told(resolution: Resolution, packet: Handoff) -> str:
    return _why(packet) if _why(packet) != HANDED_OVER else f"the procedure for {resolution.topic} hands this over"


_REASONS: Mapping[Reason, Callable[[Resolution, Handoff], str]] = {
    "no_procedure": _no_procedure,
    "low_confidence": _low_confidence,
    "not_grounded": _not_grounded,
    "policy": _policy,
    "approval_denied": _approval_denied,
    "approval_timeout": _as_told,
    "tool_failed": _tool_failed,
    "in_doubt": _in_doubt,
    "budget": _as_told,
    "customer_asked": _customer_asked,
    "injection_suspected": _injection,
    "plan_rejected": _plan_rejected,
    "not_understood": _as_told,
    "taken_over": _as_told,
    "cancelled": _as_told,
    "defect": _defect,
}


def _why(packet: Handoff) -> str:
    """Return the reason in words, which a packet tells last of what was tried."""
    return packet.tried[-1].result if packet.tried else str(packet.reason)


def _because(packet: Handoff) -> str:
    """Name the last step that did not go well."""
    steps = [taken for taken in packet.tried[:-1] if taken.result.startswith(_FAILED)]
    return f", because “{steps[-1].step.replace('_', ' ')}” {steps[-1].result}" if steps else ""


def _call(call: Action | Doubt) -> str:
    args = _short(", ".join(f"{name} {_plain(value)}" for name, value in call.args.items()))
    return f"{call.tool} ({args})" if args else call.tool


def _plain(value: Any) -> str:
    return " ".join(_plain(each) for each in value.values()) if isinstance(value, dict) else str(value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def _sentence(text: str) -> str:
    line = " ".join(text.split())
    return line[:1].upper() + line[1:] + ("" if line.endswith((".", "!", "?", "…", "?”", ".”")) else ".")
