"""Replies in a model's words: only what the articles say leaves the house, and a second opinion may still stop it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from segue.support.outcome import Resolution
from tests.contract.models import openai_server as server
from tests.unit.support.company import Certain, Office, ticket
from tests.unit.support.minds import Minds, asked, minds, sentences, verdict

WASHING = "# Washing wool\n\nWash wool by hand in water of at most 30 degrees. Do not put it into the dryer.\n"
QUESTION = "How do I wash my wool jumper?"
GOOD = ("Wash your wool jumper by hand in water of at most 30 degrees.", 1)
EXTRACT = "Wash wool by hand in water of at most 30 degrees. Do not put it into the dryer.\n\nSource: Washing wool"


@pytest.fixture
def company(office: Office) -> Office:
    office.articles({"wool.md": WASHING})
    office.classifier = Certain("question", 0.95)
    office.threshold = 0.1
    return office


async def resolved(company: Office, text: str = QUESTION, **says: Any) -> tuple[Resolution, Minds]:
    async with minds(company, **says) as found, company:
        resolution = await company.resolve(ticket(text))
        for step in ("compose", "judge"):
            assert all(usage["task"] == step for usage in await asked(company, step))
    return resolution, found


async def test_a_reply_is_in_the_models_words_and_cites_what_it_rests_on(company: Office) -> None:
    resolution, found = await resolved(company, compose=sentences(GOOD, ("Do not put it into the dryer.", 1)))
    assert resolution.outcome == "resolved"
    assert resolution.reply == f"{GOOD[0]} Do not put it into the dryer.\n\nSource: Washing wool"
    assert [citation.document for citation in resolution.citations] == ["wool.md"]
    assert resolution.cost_usd == 0.025
    assert "Article 1: Washing wool" in found.data("compose")


async def test_the_companys_guidance_is_an_instruction(company: Office) -> None:
    company.procedure("""
    topic: question
    guidance: Be brief.
    steps:
      - {id: found, search: "${ticket.text}"}
      - {id: end, reply: {answer: [found]}}
    """)
    _, found = await resolved(company, compose=sentences(GOOD))
    instructions, _, _ = found.data("compose").partition("<data ")
    assert "How this company wants it written: Be brief." in instructions


REFUSED = {
    "a number": ("Wash your wool jumper by hand in water of at most 60 degrees.", "60"),
    "a link": ("Wash wool by hand, see https://evil.example/wool.", "https://evil.example/wool stands in no source"),
    "a name": ("Wash wool by hand in water, says Doctor Smith.", "Doctor"),
    "a denial": ("Do not wash wool by hand in water of at most 30 degrees.", "a source says the contrary"),
    "a deal": ("Our partners give jewellery away for nothing on every weekend.", "no source "),
    "somebody": ("Wash wool by hand in water of at most 30 degrees, [EMAIL_7] says.", "[EMAIL_7], which nobody said"),
}


@pytest.mark.parametrize("lie", REFUSED)
async def test_what_no_article_says_is_not_sent_and_the_article_itself_is(company: Office, lie: str) -> None:
    text, why = REFUSED[lie]
    async with minds(company, compose=sentences(GOOD, (text, 1))), company:
        resolution = await company.resolve(ticket(QUESTION))
        (entry,) = [e for e in await company.entries() if e.name == "compose" and e.kind == "step_finished"]
    assert (resolution.outcome, resolution.reply) == ("resolved", EXTRACT)
    assert why in (entry.payload or {})["result"]["refused"]


async def test_articles_that_do_not_answer_are_not_quoted_either(company: Office) -> None:
    resolution, _ = await resolved(company, compose=sentences(), judge=verdict())
    assert (resolution.outcome, resolution.reason) == ("escalated", "not_grounded")


FAULTS = [server.fails(500), server.says("well"), server.says(None, refusal="no"), server.says('{"sentences": ["x"]}')]


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_model_that_fails_leaves_the_answer_to_the_articles_words(company: Office, fault: server.Act) -> None:
    resolution, _ = await resolved(company, compose=fault, judge=fault)
    assert (resolution.outcome, resolution.reply) == ("resolved", EXTRACT)


async def test_a_second_opinion_lets_a_reply_go(company: Office) -> None:
    resolution, found = await resolved(company, compose=sentences(GOOD), judge=verdict())
    assert resolution.outcome == "resolved"
    assert resolution.cost_usd == 0.05
    for shown in (QUESTION, GOOD[0], "Do not put it into the dryer."):
        assert shown in found.data("judge")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("is_grounded", "it states what no source says"),
        ("is_answer", "it does not answer the question"),
        ("is_true_to_deeds", "it promises what was not done"),
    ],
)
async def test_a_second_opinion_against_a_reply_hands_it_to_a_person(company: Office, fault: str, words: str) -> None:
    opinion = verdict("They asked about silk.", **{fault: False})
    resolution, _ = await resolved(company, compose=sentences(GOOD), judge=opinion)
    assert (resolution.outcome, resolution.reason) == ("escalated", "not_grounded")
    assert resolution.handoff is not None
    assert resolution.handoff.proposed_reply.startswith(GOOD[0])
    assert resolution.handoff.tried[-1].result == f"a second opinion: {words} (They asked about silk.)"
    assert company.said() == []


async def test_the_articles_own_words_are_judged_too(company: Office) -> None:
    resolution, _ = await resolved(company, judge=verdict(is_answer=False))
    assert (resolution.outcome, resolution.reason) == ("escalated", "not_grounded")


async def test_a_companys_own_words_need_no_second_opinion(company: Office) -> None:
    company.procedure('topic: question\nsteps: [{id: end, reply: "We are on holiday."}]')
    resolution, found = await resolved(company, compose=sentences(GOOD), judge=verdict(is_answer=False))
    assert (resolution.outcome, resolution.reply, found.seen) == ("resolved", "We are on holiday.", [])


async def test_a_draft_is_read_by_a_person_and_by_no_model(company: Office) -> None:
    company.levels["question"] = "draft"
    near = "Wash wool by hand in water of at most 30 degrees?"
    resolution, found = await resolved(company, near, compose=sentences(GOOD), judge=verdict(is_answer=False))
    assert resolution.outcome == "drafted"
    assert found.asked("judge") == []


async def test_a_run_under_way_stays_as_it_began_when_models_come_or_go(company: Office) -> None:
    company.procedure("""
    topic: question
    steps:
      - {id: sure, ask: "Is it wool?"}
      - {id: found, search: "${ticket.text}"}
      - {id: end, reply: {answer: [found]}}
    """)
    async with company:
        assert (await company.resolve(ticket(QUESTION))).outcome == "waiting"
    async with minds(company, compose=sentences(GOOD), judge=verdict(is_answer=False)) as found:
        company.changed()
        async with company:
            resolution = await company.signal("message", "yes")
    assert (resolution.outcome, resolution.reply.startswith(GOOD[0])) == ("resolved", True)
    assert found.asked("judge") == []  # it began without
    assert asdict(resolution)["cost_usd"] == 0.025
