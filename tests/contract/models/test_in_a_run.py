"""A model asked in a step of a durable run: paid for once, counted in its budget, waited for as it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from segue import Budget, RetryPolicy, step, wait_for_signal, workflow
from segue.errors import (
    BudgetExceeded,
    ModelBudgetExceeded,
    ModelMisconfigured,
    ModelUnavailable,
    RunFailed,
    StepFailed,
)
from segue.models.candidate import Candidate
from segue.models.model import Answer, Limits, Part, Reply, Request
from segue.models.price import Price
from segue.models.routing import Routing
from segue.models.scripted import ScriptedModel
from tests.conftest import until
from tests.contract.conftest import Runtime

PAID = Reply(text="well", provider="a", version="tiny-1", input_tokens=100_000, output_tokens=0)
made: dict[str, Routing] = {}


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    yield
    made.clear()


def models(*answers: object) -> ScriptedModel:
    model = ScriptedModel(*answers, name="a:tiny")  # type: ignore[arg-type]
    price = Price(input=Decimal(2), output=Decimal(2))
    made["routing"] = Routing([Candidate(name="a:tiny", open=lambda: model, price=price)], {"default": ["a:tiny"]})
    return model


@step(name="models.ask", retry=RetryPolicy(max_attempts=2, initial_delay=timedelta(seconds=1), jitter=0))
async def ask(request: Request) -> Answer:
    return await made["routing"].ask(request)


def question(**changes: object) -> Request:
    return replace(Request(task="step", parts=(Part(text="How are you?"),)), **changes)  # type: ignore[arg-type]


@workflow(name="models.talk")
async def talk(times: int) -> str:
    said = [(await ask(question())).text for _ in range(times)]
    await wait_for_signal("go")
    return " ".join(said)


@workflow(name="models.thrifty")
async def thrifty() -> int:
    """Ask as long as the limit, counted from the answers so far, allows."""
    limits, answers = Limits(usd=Decimal("0.5"), output_tokens=1), list[Answer]()
    try:
        while True:
            answers.append(await ask(question(limits=limits.after(*answers))))
    except ModelBudgetExceeded:
        return len(answers)


async def test_an_answer_is_paid_for_once_however_often_its_run_is_replayed(runtime: Runtime) -> None:
    model = models(lambda _: PAID)
    async with runtime.engine() as engine:
        handle = await engine.start(talk, 2, run_id="r")
        await until(lambda: len(model.prompts) == 2)
    async with runtime.engine() as engine:
        await engine.signal("r", "go", None)
        assert await (await engine.start(talk, 2, run_id="r")).result() == "well well"
        entries = [entry for entry in await engine.entries("r") if entry.kind == "step_finished"]
    assert handle.run_id == "r"
    assert len(model.prompts) == 2
    result = entries[0].payload["result"]
    assert (result["version"], result["cost_usd"]) == ("tiny-1", "0.2")
    assert len(result["prompt_digest"]) == 64


async def test_a_runs_budget_counts_what_answers_cost(runtime: Runtime) -> None:
    model = models(lambda _: PAID)
    async with runtime.engine() as engine:
        handle = await engine.start(talk, 9, run_id="r", budget=Budget(usd=0.5))
        with pytest.raises(RunFailed) as caught:
            await handle.result()
    assert isinstance(caught.value.__cause__, BudgetExceeded)
    assert len(model.prompts) == 3


async def test_limits_that_are_counted_from_answers_are_the_same_at_replay(runtime: Runtime) -> None:
    model = models(lambda _: PAID)
    async with runtime.engine() as engine:
        assert await (await engine.start(thrifty, run_id="r")).result() == 3  # 0.1 is left, which one more might need
    assert len(model.prompts) == 3


async def test_a_step_waits_as_long_as_the_provider_says(runtime: Runtime) -> None:
    busy = ModelUnavailable("busy", kind="rate_limit", model="a:tiny", after_s=90)
    model = models(busy, PAID)
    async with runtime.engine() as engine:
        handle = await engine.start(talk, 1, run_id="r")
        await until(lambda: model.prompts)
        await runtime.clock.advance(timedelta(seconds=80))
        assert len(model.prompts) == 1
        made["routing"] = models_again(model)  # the pause of the process is over too
        await runtime.clock.advance(timedelta(seconds=11))
        await until(lambda: len(model.prompts) == 2)
        await engine.signal("r", "go", None)
        assert await handle.result() == "well"


def models_again(model: ScriptedModel) -> Routing:
    return Routing([Candidate(name="a:tiny", open=lambda: model)], {"default": ["a:tiny"]})


async def test_a_mistake_in_the_settings_is_not_tried_again_and_keeps_its_facts_in_the_journal(
    runtime: Runtime,
) -> None:
    model = models(ModelMisconfigured("no such key", kind="key", model="a:tiny"))
    async with runtime.engine() as engine:
        handle = await engine.start(talk, 1, run_id="r")
        with pytest.raises(RunFailed) as caught:
            await handle.result()
    cause = caught.value.__cause__
    assert isinstance(cause, ModelMisconfigured)
    assert (cause.kind, cause.attempts[0]["kind"], cause.tokens) == ("key", "key", 0)
    assert len(model.prompts) == 1
    async with runtime.engine(drive=False) as engine:
        with pytest.raises(RunFailed) as caught:
            await (await engine.start(talk, 1, run_id="r")).result()
    again = caught.value.__cause__
    assert isinstance(again, ModelMisconfigured)
    assert (again.kind, again.model, again.attempts[0]["model"]) == ("key", "a:tiny", "a:tiny")


async def test_a_model_that_stays_away_fails_the_step_with_every_attempt(runtime: Runtime) -> None:
    models(*[ModelUnavailable("down", kind="server", model="a:tiny", after_s=120)] * 2)
    async with runtime.engine() as engine:
        handle = await engine.start(talk, 1, run_id="r")
        await runtime.clock.advance(timedelta(seconds=1))
        await until(lambda: made)
        made["routing"] = models_again(
            ScriptedModel(ModelUnavailable("down", kind="server", model="a:tiny", after_s=120))
        )
        await runtime.clock.advance(timedelta(seconds=120))
        with pytest.raises(RunFailed) as caught:
            await handle.result()
    failed = caught.value.__cause__
    assert isinstance(failed, StepFailed)
    assert isinstance(failed.__cause__, ModelUnavailable)
    assert failed.__cause__.after == timedelta(seconds=120)
