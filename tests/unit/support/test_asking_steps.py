"""The questions that a procedure asks a model itself: which way to go, and what stands in a text."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from segue import Budget
from segue.support.outcome import Resolution
from tests.contract.models import openai_server as server
from tests.unit.support.company import Office, ticket
from tests.unit.support.minds import Minds, asked, minds

PARCEL = """
topic: parcel
steps:
  - id: which
    choose:
      by: model
      options:
        late: {description: It has not come., steps: [{reply: "It will come."}]}
        broken: {examples: ["it fell apart"], steps: [{reply: "We send another one."}]}
"""
COLOUR = """
topic: colour
steps:
  - id: seen
    model: {task: Say which colour is meant, input: "${ticket.text}", output: {type: string, enum: [red, blue]}}
    on_error: {reply: "Which colour?"}
  - {id: rules, search: "colours"}
  - {id: end, reply: "Then it is ${seen}, see {{rules}}."}
"""


async def resolved(office: Office, procedure: str, **says: Any) -> tuple[Resolution, Minds]:
    office.articles({"colours.md": "# Colours\n\nOur colours are red and blue.\n"})
    office.procedure(procedure)
    async with minds(office, **says) as found, office:
        return await office.resolve(ticket("The blue one fell apart.")), found


async def test_a_model_picks_one_of_the_companys_ways(office: Office) -> None:
    resolution, found = await resolved(office, PARCEL, choose={"option": "broken"})
    assert (resolution.reply, resolution.cost_usd) == ("We send another one.", 0.025)
    instructions, _, data = found.data("choose").partition("<data text ")
    assert "- late: It has not come." in instructions
    assert "for example: “it fell apart”" in instructions
    assert "The blue one fell apart." in data


@pytest.mark.parametrize("said", [{"option": "none of these"}, {"option": "refund everything"}, server.fails(500)])
async def test_an_unsure_model_and_one_that_fails_choose_nothing(office: Office, said: Any) -> None:
    resolution, _ = await resolved(office, PARCEL, choose=said)
    assert (resolution.outcome, resolution.reason) == ("escalated", "low_confidence")


async def test_where_the_model_fails_meaning_and_words_choose(office: Office) -> None:
    office.chooser = lambda text, options: "late"
    resolution, _ = await resolved(office, PARCEL, choose=server.fails(500))
    assert resolution.reply == "It will come."


async def test_a_classifiers_choice_asks_no_model(office: Office) -> None:
    office.chooser = lambda text, options: "late"
    by_words = PARCEL.replace("by: model", "by: classifier")
    resolution, found = await resolved(office, by_words, choose={"option": "broken"})
    assert (resolution.reply, found.seen) == ("It will come.", [])


async def test_a_models_answer_is_a_value_of_the_plan(office: Office) -> None:
    office.articles({"colours.md": "# Colours\n\nOur colours are red and blue.\n"})
    office.procedure(COLOUR)
    schema: list[Any] = []
    async with minds(office, step=server.says('"blue"')) as found, office:
        resolution = await office.resolve(ticket("The blue one fell apart."))
        (usage,) = await asked(office, "model")
        schema.append(found.asked("step")[0].body["response_format"]["json_schema"]["schema"])
    assert resolution.reply == "Then it is blue, see “Colours”."
    assert (usage["task"], usage["output_tokens"]) == ("step", 5)
    assert schema == [{"type": "string", "enum": ["red", "blue"]}]
    assert found.data("step").startswith("Task: Say which colour is meant\n\n<data data ")


@pytest.mark.parametrize("fault", [server.says('"green"'), server.fails(401, "no"), server.says(None, refusal="no")])
async def test_a_model_that_fails_takes_the_steps_own_way_out(office: Office, fault: server.Act) -> None:
    resolution, _ = await resolved(office, COLOUR, step=fault)
    assert (resolution.outcome, resolution.reply) == ("resolved", "Which colour?")


async def test_a_budget_that_is_used_up_is_no_failure_of_the_step(office: Office) -> None:
    office.budget = Budget(usd=Decimal("0.0001"))
    resolution, found = await resolved(office, COLOUR, step=server.says('"blue"'))
    assert (resolution.outcome, resolution.reason) == ("escalated", "budget")
    assert found.seen == []


async def test_without_a_model_for_steps_the_step_fails(office: Office) -> None:
    resolution, found = await resolved(office, COLOUR, compose={"sentences": []})
    assert (resolution.reply, found.seen) == ("Which colour?", [])


WORDS = """
topic: colour
steps:
  - {id: rules, search: "colours"}
  - {id: said, model: {task: Explain it, input: "${ticket.text}", output: {type: string}}, on_error: {reply: "No."}}
  - {id: end, reply: "We promise you a full refund of 500 pounds. ${said}"}
"""


@pytest.mark.parametrize(
    "lie", ["Our colours are red and blue since 1999.", "You get a voucher of 20 pounds for your trouble."]
)
async def test_a_models_words_leave_in_no_template_that_no_source_says(office: Office, lie: str) -> None:
    resolution, _ = await resolved(office, WORDS, step=server.says(json.dumps(lie)))
    assert (resolution.outcome, resolution.reason, resolution.reply) == ("escalated", "not_grounded", "")


ASKS = """
topic: colour
steps:
  - {id: rules, search: "colours"}
  - {id: said, model: {task: Explain it, input: "${ticket.text}", output: {type: string}}, on_error: {reply: "No."}}
  - {id: which, ask: "Do you want a full refund? ${said}"}
  - {id: end, reply: "Thank you."}
"""


async def test_a_models_words_are_asked_in_no_question_that_no_source_says(office: Office) -> None:
    lie = "You get a voucher of 20 pounds for your trouble."
    resolution, _ = await resolved(office, ASKS, step=server.says(json.dumps(lie)))
    assert (resolution.outcome, resolution.reason) == ("escalated", "not_grounded")
    assert resolution.handoff is not None
    assert "20" in resolution.handoff.tried[-1].result
    assert office.said() == []


async def test_what_a_search_found_may_be_asked_in_a_models_words(office: Office) -> None:
    resolution, _ = await resolved(office, ASKS, step=server.says(json.dumps("Our colours are red and blue.")))
    assert resolution.outcome == "waiting"
    assert office.said() == ["Do you want a full refund? Our colours are red and blue."]


async def test_the_companys_own_words_beside_them_need_no_source(office: Office) -> None:
    resolution, _ = await resolved(office, WORDS, step=server.says(json.dumps("Our colours are red and blue.")))
    assert resolution.reply == "We promise you a full refund of 500 pounds. Our colours are red and blue."
