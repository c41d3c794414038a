"""Runs that found nothing good enough for a question, read from their journals."""

from __future__ import annotations

from collections.abc import AsyncIterator

from segue.engine.engine import Engine
from segue.support import progress, resolve
from segue.support.gaps import Unanswered
from segue.support.precedents import document_of

LOOKED_AT = 10_000
"""Latest runs."""
REASONS = ("no_procedure", "not_grounded")


async def of_runs(engine: Engine) -> AsyncIterator[Unanswered]:
    """Yield the tickets that went to a person because no article answers them; what was erased is left out."""
    for info in await engine.runs(workflow=resolve.NAME, limit=LOOKED_AT):
        if info.original is not None or info.ended_at is None:
            continue
        last = await engine.last_entry(info.run_id)
        if last is None or "result" not in (last.payload or {}):
            continue
        found = progress.so_far(info, [last], {})
        if found.handoff is None or found.reason not in REASONS:
            continue
        answers = [each.text for each in found.handoff.evidence if each.document.startswith(document_of(""))]
        yield Unanswered(ticket_id=found.ticket_id, text=found.handoff.ask, at=info.ended_at, answers=tuple(answers))
