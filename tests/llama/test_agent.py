"""The agent with a small real model in every stage: what that says is hardly ever right, and every ticket ends well."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from segue.models import pydantic_ai
from segue.models.candidate import Candidate
from segue.models.routing import Routing
from tests.unit.support.company import Certain, Office, ticket
from tests.unit.support.conftest import office, shop

if not os.environ.get("SEGUE_LLAMA"):
    pytest.skip("`make test-llama` builds llama.cpp's server and runs these", allow_module_level=True)

__all__ = ["office", "shop"]
WOOL = {"wool.md": "# Washing wool\n\nWash wool by hand in water of at most 30 degrees. Keep it out of the dryer.\n"}
NAME = "llama:tiny"


async def usages(company: Office, run_id: str) -> list[dict[str, Any]]:
    results = [(entry.payload or {}).get("result") for entry in await company.entries(run_id)]
    return [usage for result in results if isinstance(result, dict) for usage in result.get("asked", ())]


@pytest.mark.usefixtures("shop")
async def test_whatever_a_small_model_says_each_ticket_ends_and_nothing_is_done(office: Office, llama: str) -> None:
    office.articles(WOOL)
    office.procedure('topic: parcel\nexamples: ["Where is my parcel?"]\nsteps: [{id: end, reply: "On its way."}]')
    office.classifier = Certain("question", 0.9, {"order": (None, 0.9)})
    office.threshold = 0.1
    office.patience = timedelta(minutes=5)
    opened = partial(pydantic_ai.endpoint, NAME, url=llama, key=None)
    model = Candidate(name=NAME, open=opened, way=None, concurrency=1, timeout_s=300.0)
    texts = {"t-1": "How do I wash my wool jumper?", "t-2": "Please put a note on my order 100001."}
    async with Routing([model], {"default": (NAME,)}) as routing:
        office.models = routing
        async with office:
            for name, text in texts.items():
                ended = await office.resolve(ticket(text, id=name))
                assert ended.outcome in ("resolved", "escalated", "waiting"), ended
                assert not [action for action in ended.actions if action.effect != "read"]
                asked = await usages(office, f"ticket-{name}")
                assert asked[0]["task"] == "interpret"
                assert all(usage["version"] or usage["error"] for usage in asked)
