"""What routing does about everything that a server can do wrong, over real HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from segue import errors
from segue.models import pydantic_ai
from segue.models.candidate import Candidate
from segue.models.model import Answer, Limits, Part, Request
from segue.models.price import Price
from segue.models.routing import Routing
from tests.contract.models import openai_server as server
from tests.contract.models.conftest import QuickClock

SCHEMA = {
    "type": "object",
    "properties": {"topic": {"enum": ["refund", "delivery"]}},
    "required": ["topic"],
    "additionalProperties": False,
}
GOOD = '{"topic": "refund"}'


def candidate(name: str, one: server.OpenAIServer, **changes: Any) -> Candidate:
    return Candidate(name=name, open=partial(pydantic_ai.endpoint, name, url=one.url, key=None), **changes)


def question(**changes: Any) -> Request:
    given: dict[str, Any] = {"task": "interpret", "parts": (Part(text="Where is my money?", label="ticket"),)}
    return Request(**given | changes)


@asynccontextmanager
async def routed(
    *acts: server.Act, clock: QuickClock | None = None, name: str = "a:tiny", **changes: Any
) -> AsyncIterator[tuple[Routing, server.OpenAIServer]]:
    """Open a routing with one model, whose server does this."""
    async with server.OpenAIServer(*acts) as one:
        routing = Routing([candidate(name, one, **changes)], {"default": [name]}, clock=clock)
        yield routing, one
        await routing.close()


async def ask(
    *acts: server.Act,
    then: server.Act | None = None,
    clock: QuickClock | None = None,
    request: Request | None = None,
    **changes: Any,
) -> tuple[Answer, server.OpenAIServer]:
    """Ask a model that does this, and where it fails one that does `then`."""
    async with server.OpenAIServer(*acts) as first, server.OpenAIServer(then or server.silent) as second:
        both = [candidate("a:tiny", first, **changes), candidate("b:tiny", second)]
        models = both if then else both[:1]
        routing = Routing(models, {"default": [one.name for one in models]}, clock=clock or QuickClock())
        async with routing:
            return await routing.ask(request or question()), first


NEXT_IS_ASKED = {
    "429": (server.busy(), "rate_limit"),
    "429 for long": (server.busy("3600"), "rate_limit"),
    "no quota": (server.fails(429, code="insufficient_quota"), "quota"),
    "500": (server.fails(500), "server"),
    "503": (server.fails(503), "unavailable"),
    "broken JSON": (server.raw(b'{"id": "c-1", "choices": ['), "garbage"),
    "no JSON": (server.raw(b"well"), "garbage"),
    "HTML": (server.raw(b"<html>Sign in</html>", kind="text/html"), "garbage"),
    "no choices": (server.raw(server.completion("x", choices=[])), "garbage"),
    "an empty answer": (server.says(""), "empty"),
    "cut off": (server.says("We have", finish="length"), "truncated"),
    "too long": (server.fails(400, "maximum context length", code="context_length_exceeded"), "too_long"),
    "broken off": (server.breaks_off, "connection"),
    "too much": (server.floods, "connection"),
}


@pytest.mark.parametrize("what", NEXT_IS_ASKED)
async def test_the_next_model_is_asked(what: str, quick: QuickClock) -> None:
    act, kind = NEXT_IS_ASKED[what]

    answer, first = await ask(act, then=server.says("soon"), clock=quick)

    assert (answer.text, answer.model) == ("soon", "b:tiny")
    assert [(attempt.model, attempt.kind) for attempt in answer.attempts] == [("a:tiny", kind)]
    assert len(first.seen) == 1
    assert quick.waits == []  # while another model is there, nobody waits


@pytest.mark.parametrize("act", [server.silent, server.drips])
async def test_the_next_model_is_asked_when_one_takes_too_long(act: server.Act) -> None:
    answer, _ = await ask(act, then=server.says("soon"), timeout_s=0.2)
    assert [(attempt.model, attempt.kind) for attempt in answer.attempts] == [("a:tiny", "timeout")]


async def test_a_slow_first_byte_is_waited_for() -> None:
    answer, _ = await ask(server.slowly(server.says("soon")), then=server.says("never"))
    assert (answer.text, answer.attempts) == ("soon", ())


IS_TOLD = {
    "400": (server.fails(400, "no such argument"), errors.ModelMisconfigured, "rejected"),
    "401": (server.fails(401), errors.ModelMisconfigured, "key"),
    "404": (server.fails(404), errors.ModelMisconfigured, "unknown_model"),
    "a refusal": (server.says(None, refusal="I cannot help with that."), errors.ModelRefused, "refused"),
    "a filter": (server.says("", finish="content_filter"), errors.ModelRefused, "refused"),
}


@pytest.mark.parametrize("what", IS_TOLD)
async def test_a_mistake_in_the_settings_or_a_refusal_is_told_and_no_other_model_hides_it(what: str) -> None:
    act, error, kind = IS_TOLD[what]
    with pytest.raises(error) as caught:
        await ask(act, then=server.says("soon"))
    assert caught.value.kind == kind
    assert isinstance(caught.value, errors.PermanentError)
    assert [attempt["model"] for attempt in caught.value.attempts] == ["a:tiny"]


async def test_a_model_that_was_busy_is_asked_again_when_it_said(quick: QuickClock) -> None:
    answer, first = await ask(server.busy("2"), server.busy("3"), server.says("soon"), clock=quick)
    assert answer.text == "soon"
    assert [attempt.kind for attempt in answer.attempts] == ["rate_limit", "rate_limit"]
    assert quick.waits == [pytest.approx(2, abs=0.1), pytest.approx(3, abs=0.1)]
    assert len(first.seen) == 3


async def test_a_model_that_says_nothing_of_when_is_asked_again_a_little_later(quick: QuickClock) -> None:
    answer, _ = await ask(server.fails(500), server.raw(b"{"), server.says("soon"), clock=quick)
    assert answer.text == "soon"
    assert [0.5 <= quick.waits[0] <= 0.625, 1 <= quick.waits[1] <= 1.25] == [True, True]


async def test_a_model_that_goes_on_failing_is_given_up(quick: QuickClock) -> None:
    with pytest.raises(errors.ModelUnavailable) as caught:
        await ask(server.fails(503, headers={"retry-after": "4"}), clock=quick)
    assert [attempt["kind"] for attempt in caught.value.attempts] == ["unavailable"] * 3
    assert caught.value.after.total_seconds() == pytest.approx(4, abs=0.1)
    assert isinstance(caught.value, errors.RetryLater)


async def test_nobody_waits_for_longer_than_the_call_may_take(quick: QuickClock) -> None:
    with pytest.raises(errors.ModelUnavailable) as caught:
        await ask(server.busy("120"), clock=quick)
    assert quick.waits == []
    assert caught.value.after_s == pytest.approx(120, abs=0.1)


async def test_a_model_that_asked_for_rest_is_not_called_by_the_next_request_either(quick: QuickClock) -> None:
    async with routed(server.busy("120"), server.says("soon"), clock=quick) as (routing, one):
        for _ in range(2):
            with pytest.raises(errors.ModelUnavailable) as caught:
                await routing.ask(question())
        assert len(one.seen) == 1
        assert "asked not to be called" in str(caught.value)
        quick.pass_(121)
        assert (await routing.ask(question())).text == "soon"


async def test_a_call_ends_at_its_deadline_whatever_servers_do() -> None:
    begun = time.monotonic()
    async with routed(server.silent) as (routing, _):
        with pytest.raises(errors.ModelUnavailable) as caught:
            await routing.ask(question(limits=Limits(seconds=0.3)))
    assert caught.value.kind == "timeout"
    assert time.monotonic() - begun < 5


async def test_a_structured_answer_is_a_value_of_its_schema() -> None:
    answer, first = await ask(server.says(f"```json\n{GOOD}\n```"), request=question(schema=SCHEMA))
    assert (answer.value, answer.text) == ({"topic": "refund"}, GOOD)
    assert len(first.seen) == 1


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ('{"topic": "weather"}', '$.topic: the value is not one of "refund" or "delivery"'),
        ("refund", "it is not JSON: Expecting value at line 1, column 1"),
        ('{"topic": ', "it is not JSON"),
        ("{}", '$: "topic" is a required property'),
        (
            '{"topic": "refund", "because": "I say so"}',
            "$: Additional properties are not allowed ('because' was unexpected)",
        ),
        ('{"topic": NaN}', "NaN is no value"),
        ('{"topic": "refund", "topic": "delivery"}', "a key stands twice"),
        ("[" * 100_000, "it is nested too deeply"),
    ],
)
async def test_an_answer_of_another_schema_is_repaired_once_with_its_fault_shown(wrong: str, fault: str) -> None:
    answer, first = await ask(server.says(wrong), server.says(GOOD), request=question(schema=SCHEMA))

    assert answer.value == {"topic": "refund"}
    assert [attempt.kind for attempt in answer.attempts] == ["schema"]
    assert fault in answer.attempts[0].message
    role, shown = [(message["role"], message["content"]) for message in first.seen[1].body["messages"]][-2:]
    assert role == ("assistant", wrong)
    assert fault in shown[1]
    assert (answer.input_tokens, answer.output_tokens, answer.cached_tokens) == (40, 10, 16)  # both are paid for


async def test_an_answer_that_stays_wrong_is_the_next_models_turn_and_then_an_error() -> None:
    answer, first = await ask(server.says("{}"), then=server.says(GOOD), request=question(schema=SCHEMA))
    assert (answer.model, [attempt.kind for attempt in answer.attempts]) == ("b:tiny", ["schema", "schema"])
    assert len(first.seen) == 2

    with pytest.raises(errors.BadAnswer, match="though it was told what was wrong") as caught:
        await ask(server.says("{}"), request=question(schema=SCHEMA))
    assert (caught.value.kind, caught.value.tokens) == ("schema", 50)
    assert len(caught.value.attempts) == 2


async def test_an_answer_that_is_cut_off_is_told_as_that() -> None:
    with pytest.raises(errors.AnswerTruncated, match="was cut off after 1024 tokens"):
        await ask(server.says('{"topic": "ref', finish="length"), request=question(schema=SCHEMA))


async def test_how_llama_wants_to_be_asked_for_json_is_found_out_once() -> None:
    async with routed(server.llama(GOOD), way=None) as (routing, one):
        answers = [await routing.ask(question(schema=SCHEMA)) for _ in range(2)]
    assert [answer.value for answer in answers] == [{"topic": "refund"}] * 2
    assert [[attempt.kind for attempt in answer.attempts] for answer in answers] == [["server"], []]
    kinds = [seen.body["response_format"]["type"] for seen in one.seen]
    assert kinds == ["json_schema", "json_object", "json_object"]
    assert '"enum": ["refund", "delivery"]' in one.seen[-1].texts[0]  # the model reads the schema too


async def test_a_server_that_refuses_a_way_is_asked_in_the_other() -> None:
    refuses = server.fails(400, "response_format is not supported")
    answer, first = await ask(refuses, server.says(GOOD), way=None, request=question(schema=SCHEMA))
    assert answer.value == {"topic": "refund"}
    assert [seen.body["response_format"]["type"] for seen in first.seen] == ["json_schema", "json_object"]


async def test_a_server_that_is_down_has_not_decided_for_a_way() -> None:
    down = [server.fails(500)] * 2
    answer, first = await ask(*down, server.says(GOOD), way=None, request=question(schema=SCHEMA))
    assert answer.value == {"topic": "refund"}
    kinds = [seen.body["response_format"]["type"] for seen in first.seen]
    assert kinds == ["json_schema", "json_object", "json_schema"]


@pytest.mark.parametrize(("way", "kind"), [("schema", "json_schema"), ("object", "json_object")])
async def test_a_way_that_the_settings_name_is_the_only_one(way: Any, kind: str) -> None:
    _, first = await ask(server.says(GOOD), way=way, request=question(schema=SCHEMA))
    assert [seen.body["response_format"]["type"] for seen in first.seen] == [kind]


async def test_what_is_sent_to_an_endpoint_costs_its_own_price_and_never_that_of_a_namesake() -> None:
    price = Price(input=Decimal(2), output=Decimal(8))
    priced, _ = await ask(server.says("soon"), price=price)
    assert priced.cost_usd == Decimal("0.00008")
    free, _ = await ask(server.says("soon"), price=Price(input=Decimal(0), output=Decimal(0)))
    assert free.cost_usd == 0
    async with routed(server.says("soon", model="gpt-4o-mini"), name="local:gpt-4o-mini") as (routing, _):
        assert (await routing.ask(question())).cost_usd is None
    uncounted, _ = await ask(server.says("soon", usage=None), price=price)
    assert uncounted.cost_usd is None


async def test_what_a_provider_is_paid_is_its_list_price() -> None:
    says = server.says("soon", model="gpt-4o-mini-2024-07-18")
    async with routed(says, name="openai:gpt-4o-mini", listed="openai") as (routing, _):
        answer = await routing.ask(question())
    assert answer.version == "gpt-4o-mini-2024-07-18"
    assert answer.cost_usd is not None
    assert Decimal(0) < answer.cost_usd < Decimal("0.001")


async def test_at_most_so_many_requests_are_under_way_at_a_time() -> None:
    under_way, most, release = 0, 0, asyncio.Event()

    async def act(seen: server.Seen, writer: asyncio.StreamWriter) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if under_way == 2:
            release.set()
        await release.wait()
        under_way -= 1
        await server.says("soon")(seen, writer)

    async with routed(act, concurrency=2) as (routing, _):
        await asyncio.gather(*(routing.ask(question()) for _ in range(7)))
    assert most == 2


def test_one_routing_serves_one_event_loop_after_the_other() -> None:
    """A client belongs to the loop that it was made in; the library's own would be of no use in the second one."""

    async def once(routing: Routing) -> str:
        async with server.OpenAIServer(server.says("soon")) as one:
            ports.append(one)
            async with routing:
                return (await routing.ask(question())).text

    ports: list[server.OpenAIServer] = []
    made = Candidate(name="a:tiny", open=lambda: pydantic_ai.endpoint("a:tiny", url=ports[-1].url, key=None))
    routing = Routing([made], {"default": ["a:tiny"]})
    assert [asyncio.run(once(routing)) for _ in range(2)] == ["soon", "soon"]
