"""A real model on a real server: small, so what it says is hardly ever right, but every part between is."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from segue.errors import AnswerTruncated, BadAnswer, ModelUnavailable, PromptTooLong
from segue.models import pydantic_ai
from segue.models.candidate import Candidate
from segue.models.model import JsonWay, Limits, Part, Request
from segue.models.routing import Routing

if not os.environ.get("SEGUE_LLAMA"):
    pytest.skip("`make test-llama` builds llama.cpp's server and runs these", allow_module_level=True)

TOPICS = ["refund", "delivery", "other"]
SCHEMA = {
    "type": "object",
    "properties": {"topic": {"enum": TOPICS}, "urgent": {"type": "boolean"}},
    "required": ["topic", "urgent"],
    "additionalProperties": False,
}
WAYS: dict[str, JsonWay | None] = {"auto": None, "object": "object", "schema": "schema"}


@pytest.fixture
async def routing(llama: str) -> AsyncIterator[Routing]:
    made = [
        Candidate(
            name=f"llama:{name}",
            open=partial(pydantic_ai.endpoint, f"llama:{name}", url=llama, key=None),
            way=way,
            concurrency=1,
        )
        for name, way in WAYS.items()
    ]
    async with Routing(made, {"default": ["llama:auto"]}) as opened:
        yield opened


def ticket(text: str, **changes: Any) -> Request:
    given: dict[str, Any] = {
        "task": "interpret",
        "system": "You read what customers write to a shop and tell its topic, and whether it is urgent.",
        "parts": (Part(text=text, label="ticket"),),
        "limits": Limits(output_tokens=60, seconds=120),
    }
    return Request(**given | changes)


async def test_it_answers_with_text_and_counts_its_tokens(routing: Routing) -> None:
    say = (Part(text="Say hello in one short sentence.", is_trusted=True),)
    answer = await routing.ask(ticket("", parts=say, system="You answer in one short sentence."))
    assert answer.text.strip()
    assert answer.input_tokens > 10
    assert answer.output_tokens > 0
    assert answer.cost_usd is None


@pytest.mark.parametrize("text", ["Where is my parcel? It should have come on Monday.", "I want my money back, now!"])
async def test_auto_finds_out_how_it_is_asked_for_json(routing: Routing, text: str) -> None:
    first = await routing.ask(ticket(text, schema=SCHEMA))
    again = await routing.ask(ticket(text, schema=SCHEMA))
    assert first.value["topic"] in TOPICS
    assert isinstance(first.value["urgent"], bool)
    assert [attempt.kind for attempt in first.attempts] == ["server"]
    assert again.attempts == ()


async def test_json_object_with_a_schema_is_honoured(routing: Routing) -> None:
    answer = await routing.ask(ticket("Where is my parcel?", schema=SCHEMA), only="llama:object")
    assert answer.value["topic"] in TOPICS
    assert answer.attempts == ()


async def test_json_schema_is_an_error_of_the_server(routing: Routing) -> None:
    """The day on which this fails, llama.cpp's server has learned it, and `auto` takes the first way."""
    with pytest.raises(ModelUnavailable) as caught:
        await routing.ask(ticket("Where is my parcel?", schema=SCHEMA), only="llama:schema")
    assert caught.value.kind == "server"


async def test_an_answer_that_its_grammar_lets_through_is_shown_its_fault(routing: Routing) -> None:
    """The server's grammar knows no `minimum`, and the model counts from one; whether it understands is its affair."""
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1000}}, "required": ["n"]}
    try:
        answer = await routing.ask(ticket("Choose a number.", schema=schema), only="llama:object")
        tried = [attempt.kind for attempt in answer.attempts]
        assert answer.value["n"] >= 1000
    except BadAnswer as error:
        tried = [attempt["kind"] for attempt in error.attempts]
        assert len(tried) == 2
    assert tried[0] == "schema"


async def test_a_long_answer_is_cut_off(routing: Routing) -> None:
    with pytest.raises(AnswerTruncated):
        await routing.ask(ticket("Tell a long story.", limits=Limits(output_tokens=8, seconds=120)))


async def test_a_prompt_that_does_not_fit_is_told(routing: Routing) -> None:
    with pytest.raises(PromptTooLong):
        await routing.ask(ticket("word " * 5000))
