"""What every model promises: one request, one reply or one error of the right class, whatever the other side does."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from segue import errors
from segue.models import pydantic_ai
from segue.models.model import Model, Prompt, Reply, Turn
from segue.models.scripted import ScriptedModel
from tests.contract.models import openai_server as server

SCHEMA = {"type": "object", "properties": {"topic": {"type": "string"}}, "required": ["topic"]}
PROMPT = Prompt(system="Be brief.", turns=(Turn(role="user", text="How are you?"),), output_tokens=50)
WELL = Reply(text="well", provider="fake", version=server.MODEL, input_tokens=20, output_tokens=5, cached_tokens=8)


@dataclass(frozen=True)
class Case:
    """The same thing as a server does it and as a script says it."""

    act: server.Act
    says: Any


Open = Callable[[Case], AbstractAsyncContextManager[Model]]


@pytest.fixture(params=["pydantic_ai", "scripted"])
def opened(request: pytest.FixtureRequest) -> Open:
    @asynccontextmanager
    async def scripted(case: Case) -> AsyncIterator[Model]:
        yield ScriptedModel(case.says, name="fake:tiny")

    @asynccontextmanager
    async def real(case: Case) -> AsyncIterator[Model]:
        async with server.OpenAIServer(case.act) as one:
            model = pydantic_ai.endpoint("fake:tiny", url=one.url, key=None)
            try:
                yield model
            finally:
                await model.close()

    return real if request.param == "pydantic_ai" else scripted


async def test_a_reply_tells_its_text_its_model_and_its_tokens(opened: Open) -> None:
    async with opened(Case(server.says("well"), WELL)) as model:
        assert await model.ask(PROMPT, timeout_s=5) == WELL


async def test_a_conversation_goes_on(opened: Open) -> None:
    told = Prompt(system="", turns=(Turn(role="user", text="a"), Turn(role="model", text="b"), PROMPT.turns[0]))
    async with opened(Case(server.says("well"), WELL)) as model:
        assert (await model.ask(told, timeout_s=5)).text == "well"


@pytest.mark.parametrize("way", ["schema", "object"])
async def test_a_structured_answer_is_the_text_of_its_json(opened: Open, way: Any) -> None:
    asked = Prompt(system="", turns=PROMPT.turns, schema=SCHEMA, way=way)
    async with opened(Case(server.says('{"topic": "refund"}'), '{"topic": "refund"}')) as model:
        assert (await model.ask(asked, timeout_s=5)).text == '{"topic": "refund"}'


@pytest.mark.parametrize(
    ("act", "finish"),
    [
        (server.says("well and", finish="length"), "length"),
        (server.says(None, refusal="I cannot help with that."), "refused"),
        (server.says("", finish="content_filter"), "refused"),
        (server.says("done", finish="stop"), "stop"),
    ],
)
async def test_a_reply_tells_why_it_ended(opened: Open, act: server.Act, finish: Any) -> None:
    reply = Reply(text="", finish=finish, provider="fake", version=server.MODEL)
    async with opened(Case(act, reply)) as model:
        assert (await model.ask(PROMPT, timeout_s=5)).finish == finish


async def test_tokens_that_nobody_counted_are_none(opened: Open) -> None:
    reply = Reply(text="well", provider="fake", version=server.MODEL)
    async with opened(Case(server.says("well", usage=None), reply)) as model:
        found = await model.ask(PROMPT, timeout_s=5)
    assert (found.input_tokens, found.output_tokens, found.cached_tokens) == (0, 0, 0)


BOMB = server.raw(gzip.compress(b" " * 30_000_000), headers={"content-encoding": "gzip"})
FAILURES = {
    "429": (server.busy(), errors.ModelUnavailable, "rate_limit"),
    "429 without quota": (server.fails(429, code="insufficient_quota"), errors.ModelUnavailable, "quota"),
    "500": (server.fails(500), errors.ModelUnavailable, "server"),
    "502": (server.fails(502), errors.ModelUnavailable, "server"),
    "503": (server.fails(503), errors.ModelUnavailable, "unavailable"),
    "503 in HTML": (server.raw(b"<h1>no</h1>", status=503, kind="text/html"), errors.ModelUnavailable, "unavailable"),
    "400": (server.fails(400, "temperature is too high"), errors.ModelMisconfigured, "rejected"),
    "401": (server.fails(401, code="invalid_api_key"), errors.ModelMisconfigured, "key"),
    "403": (server.fails(403), errors.ModelMisconfigured, "key"),
    "404": (server.fails(404, code="model_not_found"), errors.ModelMisconfigured, "unknown_model"),
    "409": (server.fails(409), errors.ModelMisconfigured, "rejected"),
    "too long": (server.fails(400, "This model's maximum context length is 8 tokens", code="context_length_exceeded"),
                 errors.PromptTooLong, "too_long"),
    "broken JSON": (server.raw(b'{"id": "c-1", "choices": ['), errors.BadAnswer, "garbage"),
    "no JSON": (server.raw(b"well"), errors.BadAnswer, "garbage"),
    "HTML": (server.raw(b"<html>Sign in</html>", kind="text/html"), errors.BadAnswer, "garbage"),
    "nothing": (server.raw(b""), errors.BadAnswer, "garbage"),
    "a list": (server.raw(b"[1, 2]"), errors.BadAnswer, "garbage"),
    "an error with status 200": (server.raw(b'{"error": {"message": "overloaded"}}'), errors.BadAnswer, "garbage"),
    "no choices": (server.raw(server.completion("x", choices=[])), errors.BadAnswer, "garbage"),
    "a redirect": (server.raw(b"", status=307, headers={"location": "http://127.0.0.1:9/v1"}), errors.BadAnswer,
                   "garbage"),
    "broken off": (server.breaks_off, errors.ModelUnavailable, "connection"),
    "too much": (server.floods, errors.ModelUnavailable, "connection"),
    "a little that unfolds to far too much": (BOMB, errors.ModelUnavailable, "connection"),
}  # fmt: skip


@pytest.mark.parametrize("what", FAILURES)
async def test_a_failure_is_an_error_that_says_what_can_be_done(opened: Open, what: str) -> None:
    act, kind, word = FAILURES[what]
    scripted = kind("fake:tiny failed", kind=word, model="fake:tiny")
    async with opened(Case(act, scripted)) as model:
        with pytest.raises(kind) as caught:
            await model.ask(PROMPT, timeout_s=5)
    assert type(caught.value) is kind
    assert (caught.value.kind, caught.value.model) == (word, "fake:tiny")


async def test_many_requests_at_once_get_their_own_replies(opened: Open) -> None:
    def echo(prompt: Prompt) -> str:
        return prompt.turns[-1].text

    async def act(seen: server.Seen, writer: asyncio.StreamWriter) -> None:
        await server.says(seen.texts[-1])(seen, writer)

    prompts = [Prompt(system="", turns=(Turn(role="user", text=f"number {n}"),)) for n in range(20)]
    async with opened(Case(act, echo)) as model:
        replies = await asyncio.gather(*(model.ask(prompt, timeout_s=5) for prompt in prompts))
    assert [reply.text for reply in replies] == [f"number {n}" for n in range(20)]


async def test_a_model_is_closed_without_having_been_asked(opened: Open) -> None:
    async with opened(Case(server.says("well"), WELL)) as model:
        await model.close()
