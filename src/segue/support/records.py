"""What people decide, written into the workspace chain: once, whoever dies in the middle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Final, Protocol

from segue.engine.engine import Engine
from segue.plan.approval import ApprovalRequest, Decision

APPROVAL: Final = "approval"


class Records(Protocol):
    """Where decisions are kept that an auditor asks for.

    May be called again with the same key, also after a crash in the middle, and has then happened once.
    """

    async def approval(self, request: ApprovalRequest, decision: Decision, *, key: str) -> None:
        """Keep what somebody decided, with what they were shown."""


class Chain:
    """The workspace chain."""

    def __init__(self, open_engine: Callable[[], Engine]) -> None:
        """Take what gives an engine that only reads and records, not entered."""
        self._open = open_engine

    async def approval(self, request: ApprovalRequest, decision: Decision, *, key: str) -> None:
        """Append the decision, unless it is there.

        What is never erased says which request was decided and how; who decided, and about whose money, may be.
        """
        async with self._open() as engine:
            known = await engine.workspace(kind=APPROVAL, subject=request.run)
            if any(entry.detail.get("key") == key for entry in known):
                return
            detail = {"request": request.id, "step": request.step, "tool": request.tool, "approved": decision.approved}
            shown = {"request": asdict(request), "decision": decision.model_dump()}
            await engine.record(APPROVAL, request.run, detail={**detail, "key": key}, payload=shown)
