"""What a run has made of its ticket so far, read from its journal: for runs that wait, and for those that broke."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from segue.engine.journal import Entry, RunInfo
from segue.plan.origin import Level, Origin
from segue.support.outcome import IN_DOUBT, Action, Outcome, Resolution
from segue.support.ticket import TicketId

_RESOLUTION = TypeAdapter(Resolution)


def so_far(info: RunInfo, entries: Sequence[Entry], effects: Mapping[str, str]) -> Resolution:
    """Return what became of a ticket up to the last entry.

    Args:
        info: Of the run.
        entries: Its journal.
        effects: Effect of each tool, by name.
    """
    payloads = [(entry, entry.payload or {}) for entry in entries]
    for entry, payload in reversed(payloads):
        if entry.kind == "run_completed" and "result" in payload:  # else it was erased
            return _RESOLUTION.validate_python(payload["result"])
    request = _first(payloads, "interpret").get("requests", [{}])[0]
    return Resolution(
        ticket_id=TicketId(str((payloads[0][1].get("args") or [{}])[0].get("id", "")) if payloads else ""),
        run_id=info.run_id,
        topic=request.get("topic"),
        outcome=_outcome(info, payloads),
        reason="defect" if info.status == "failed" else ("cancelled" if info.status == "cancelled" else None),
        actions=tuple(_actions(payloads, effects)),
        confidence=float(request.get("confidence", 0.0)),
        cost_usd=float(sum(_costs(payloads), Decimal(0))),
        seconds=_seconds(info.started_at, entries),
    )


def given_to(entry: Entry) -> tuple[dict[str, Any], dict[str, Origin]] | None:
    """Return the arguments of a tool call, and where each comes from; `None` for an entry of anything else."""
    args = (entry.payload or {}).get("args")
    match args:
        case [dict() as given, str(), dict() as origins]:
            return given, {name: Origin(Level(o["level"]), tuple(o["sources"])) for name, o in origins.items()}
        case _:
            return None


def _outcome(info: RunInfo, payloads: Sequence[tuple[Entry, dict[str, Any]]]) -> Outcome:
    if info.status == "completed":  # as the helpdesk was told
        told = (
            payload["args"][1] for entry, payload in payloads if entry.name == "helpdesk.close" and "args" in payload
        )
        return next(told, "failed")
    outcomes: dict[str, Outcome] = {"waiting": "waiting", "running": "running", "cancelled": "escalated"}
    return outcomes.get(info.status, "failed")


def _first(payloads: Sequence[tuple[Entry, dict[str, Any]]], name: str) -> dict[str, Any]:
    found = (payload["result"] for entry, payload in payloads if entry.kind == "step_finished" and entry.name == name)
    result: Any = next(found, {})
    return result if isinstance(result, dict) else {}


def _costs(payloads: Sequence[tuple[Entry, dict[str, Any]]]) -> Iterator[Decimal]:
    """Yield what each step says that models took for it."""
    for entry, payload in payloads:
        result = payload.get("result")
        if entry.kind == "step_finished" and isinstance(result, dict) and "asked" in result:
            yield Decimal(result.get("cost_usd") or 0)


def _actions(payloads: Sequence[tuple[Entry, dict[str, Any]]], effects: Mapping[str, str]) -> list[Action]:
    actions = []
    for entry, payload in payloads:
        if entry.name in effects and entry.kind in ("step_finished", "step_failed", "step_in_doubt"):
            args = payload.get("args") or [{}]
            given = args[0] if isinstance(args, list) else args  # very long ones are recorded by their digest
            effect: Any = effects[entry.name]
            result, error = payload.get("result"), _error(entry, payload)
            actions.append(Action(tool=entry.name, args=given, effect=effect, result=result, error=error))
    return actions


def _error(entry: Entry, payload: Mapping[str, Any]) -> str | None:
    if entry.kind == "step_in_doubt":
        return IN_DOUBT
    error = payload.get("error")
    return str(error.get("message") or error.get("type")) if error else None


def _seconds(started: datetime, entries: Sequence[Entry]) -> float:
    return (entries[-1].at - started).total_seconds() if entries else 0.0
