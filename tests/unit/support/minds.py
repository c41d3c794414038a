"""Language models for an office: a real server on loopback that answers each stage as a test says."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from segue.models import pydantic_ai
from segue.models.candidate import Candidate
from segue.models.price import Price
from segue.models.routing import Routing
from segue.support.asking import choosing, composing, interpreting, judging, planning
from tests.contract.models import openai_server as server
from tests.contract.models.conftest import QuickClock
from tests.unit.support.company import Office

MODEL = "house:tiny"
PRICE = Price(input=Decimal(1000), output=Decimal(1000))
"""Each answer of the server takes 25 tokens: 0.025 dollars."""
SYSTEMS = {
    "interpret": interpreting.SYSTEM,
    "plan": planning.SYSTEM,
    "choose": choosing.CHOOSE,
    "step": choosing.TASK,
    "compose": composing.SYSTEM,
    "judge": judging.SYSTEM,
}
Says = Any
"""A JSON value that is answered, an act of the server, or a list of them for one request after the other."""


@dataclass
class Minds:
    """What the models were asked."""

    says: Mapping[str, Says]
    seen: list[tuple[str, server.Seen]] = field(default_factory=list)
    _left: dict[str, deque[Says]] = field(default_factory=dict)

    def asked(self, stage: str) -> list[server.Seen]:
        """Return the requests of a stage."""
        return [seen for name, seen in self.seen if name == stage]

    def data(self, stage: str) -> str:
        """Return what the first request of a stage was about."""
        return self.asked(stage)[0].texts[1]

    async def act(self, seen: server.Seen, writer: asyncio.StreamWriter) -> None:
        stage = next(name for name, system in SYSTEMS.items() if seen.texts[0].startswith(system))
        self.seen.append((stage, seen))
        given = self.says[stage]
        left = self._left.setdefault(stage, deque(given if isinstance(given, list) else [given]))
        said = left.popleft() if len(left) > 1 else left[0]
        act = said if callable(said) else server.says(json.dumps(said))
        await act(seen, writer)


@asynccontextmanager
async def minds(office: Office, *, tasks: Sequence[str] = (), **says: Says) -> AsyncIterator[Minds]:
    """Let an office ask models in these stages; `tasks` names further ones, which must not be asked."""
    found = Minds(says)
    async with server.OpenAIServer(found.act) as one:
        model = Candidate(name=MODEL, open=partial(pydantic_ai.endpoint, MODEL, url=one.url, key=None), price=PRICE)
        names: dict[str, tuple[str, ...]] = dict.fromkeys([*says, *tasks], (MODEL,))
        async with Routing([model], names, clock=QuickClock()) as routing:
            office.models = routing
            yield found


def read(*requests: tuple[str, str], language: str = "en", urgency: str = "normal", **inputs: str) -> dict[str, Any]:
    """Return what a model reads in a ticket: topic and words of each request, and the inputs of the first."""
    found = [{"topic": topic, "words": words, "inputs": []} for topic, words in requests]
    found[0]["inputs"] = [{"name": name, "value": value} for name, value in inputs.items()]  # type: ignore[assignment]
    return {"requests": found, "language": language, "urgency": urgency}


def sentences(*texts: tuple[str, int]) -> dict[str, Any]:
    """Return a model's reply: each sentence with the number of its article."""
    return {"sentences": [{"text": text, "articles": [number]} for text, number in texts]}


def verdict(why: str = "", **faults: bool) -> dict[str, Any]:
    """Return a model's opinion on a reply: a good one, but for what is said."""
    return {"is_grounded": True, "is_answer": True, "is_true_to_deeds": True, "why": why} | faults


async def asked(office: Office, step: str, run_id: str = "ticket-t-1") -> list[dict[str, Any]]:
    """Return what a run's journal says that models were asked in the steps of a name."""
    entries = [e for e in await office.entries(run_id) if e.kind == "step_finished" and e.name == step and e.payload]
    return [usage for entry in entries for usage in (entry.payload or {})["result"]["asked"]]
