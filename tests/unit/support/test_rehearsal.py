"""A backtest plays past tickets on the real engine: each as of its own time, with nothing done to the world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from segue.backtest.report import Report
from segue.support.past_answers import PastAnswer, PastAnswers
from segue.support.rehearsal import REFIT, Recall, Rehearsal
from segue.support.ticket import PastTicket, parse_past_ticket
from tests.unit.support.company import Certain, Office, Shop

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REFUND = """
topic: refund
inputs:
  order_id: {type: string, pattern: '\\b\\d{6}\\b', ask: "Which order?"}
steps:
  - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}}
  - id: paid
    tool: payments.refund
    args: {order_id: "${order.id}", amount: "${order.total}"}
    approve: "order.total > 100"
  - {id: done, reply: "We have paid £${paid.amount} back."}
"""
LOOKED_UP = {"id": "100001", "customer_id": "c-1", "total": "40.10", "status": "delivered", "note": None}


def past(name: str, *said: str, at: datetime = NOW, **more: Any) -> PastTicket:
    """Return a past ticket of customer c-1; a message that begins with `agent:` is a person's."""
    messages = [
        {"role": "agent", "text": text.removeprefix("agent:")}
        if text.startswith("agent:")
        else {"role": "customer", "text": text}
        for text in said
    ]
    customer = {"id": "c-1", "authenticated": True}
    given = {"id": name, "created_at": at.isoformat(), "customer": customer, "messages": messages, "topic": "refund"}
    return parse_past_ticket({**given, "outcome": "resolved", **more}, NOW)


def actions(order: dict[str, Any] | None = None, *, paid: bool = True) -> list[dict[str, Any]]:
    """Return what a person did about an order."""
    order = order or LOOKED_UP
    looked_up = {"tool": "orders.lookup", "args": {"order_id": order["id"]}, "result": order}
    args = {"order_id": order["id"], "amount": order["total"]}
    refund = {"tool": "payments.refund", "args": args, "result": {"amount": order["total"]}}
    return [looked_up, refund] if paid else [looked_up]


class Alike:
    """Finds every question as like as can be."""

    def __init__(self, questions: Sequence[str]) -> None:
        self.questions = questions

    def of(self, text: str, *, least: float) -> list[tuple[int, float]]:
        return [(place, 1.0) for place in range(len(self.questions))]


class Asked(PastAnswers):
    """Remembers as of when it was asked for answers."""

    def __init__(self, past: Sequence[PastTicket]) -> None:
        super().__init__(past, Alike)
        self.before: list[datetime] = []

    def to(self, question: str, before: datetime) -> list[PastAnswer] | None:
        self.before.append(before)
        return super().to(question, before)


class Learner:
    """Remembers what it was given to learn from."""

    def __init__(self) -> None:
        self.lessons: list[list[str]] = []

    def __call__(self, known: Sequence[PastTicket]) -> Certain:
        self.lessons.append([str(each.id) for each in known])
        return Certain("refund")


async def rehearse(
    office: Office,
    tickets: Sequence[PastTicket],
    learn: Any = None,
    history: Sequence[PastTicket] = (),
    recall: Recall = lambda _: None,
) -> Report:
    rehearsal = Rehearsal(
        plans=office.plans,
        rejected={},
        tools={each.name: each for each in office.tools},
        search=lambda query, *, limit, like, as_of: office.library.search(query, limit=limit, like=like, as_of=as_of),
        terms=office.terms,
        threshold=office.threshold,
        learn=learn or (lambda known: office.classifier),
        history=history,
        recall=recall,
    )
    return await rehearsal.run(tickets)


def told(report: Report) -> list[tuple[str, str, str | None]]:
    return [(each.case.id, each.played.outcome, each.verdict.why) for each in report.results]


async def test_the_agent_acts_on_what_was_recorded_and_nothing_happens(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    report = await rehearse(office, [past("a", "refund 100001", "agent:Done.", actions=actions())])
    assert told(report) == [("a", "resolved", None)]
    assert report.results[0].played.reply == "We have paid £40.10 back."
    assert shop.done == []
    assert office.helpdesk.count() == 0


async def test_what_people_did_not_do_is_wrong_and_what_they_did_not_look_up_is_unrecorded(
    office: Office, shop: Shop
) -> None:
    office.procedure(REFUND)
    tickets = [
        past("refused", "refund 100001", "agent:No.", actions=actions(paid=False)),
        past("unseen", "refund 100002", "agent:Done.", actions=actions()),
    ]
    report = await rehearse(office, tickets)
    assert told(report) == [("refused", "escalated", "unrecorded"), ("unseen", "escalated", "unrecorded")]


async def test_the_customer_answers_as_then_and_silence_takes_no_time(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    tickets = [
        past("answers", "refund please", "agent:Which order?", "it is 100001", "agent:Done.", actions=actions()),
        past("silent", "refund please", "agent:Which order?", outcome="unresolved"),
    ]
    assert told(await rehearse(office, tickets)) == [("answers", "resolved", None), ("silent", "waiting_expired", None)]


async def test_an_approval_is_given_where_people_acted(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    dear = {**LOOKED_UP, "id": "100002", "total": "250.00"}
    tickets = [
        past("paid", "refund 100002", "agent:Done.", actions=actions(dear)),
        past("refused", "refund 100002", "agent:No.", actions=actions(dear, paid=False), outcome="escalated"),
    ]
    report = await rehearse(office, tickets)
    assert told(report) == [("paid", "resolved", None), ("refused", "escalated", None)]
    assert report.results[1].played.reason == "approval_denied"


async def test_what_was_answered_is_never_shown_to_the_agent(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    leak = past("a", "refund please", "agent:It is order 100001.", actions=actions())
    assert told(await rehearse(office, [leak])) == [("a", "waiting_expired", "unanswered")]


async def test_only_older_tickets_are_learned_from_and_seldom_enough(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    days = [past(f"d{n}", "refund 100001", at=NOW + timedelta(days=n), actions=actions()) for n in range(12)]
    before = [past(f"h{n}", "refund", at=NOW - timedelta(days=9 - n)) for n in range(9)]
    unlabelled = parse_past_ticket(
        {"id": "u", "messages": [{"role": "customer", "text": "x"}]}, NOW - timedelta(days=1)
    )
    learner = Learner()
    await rehearse(office, list(reversed(days)), learner, [*before, unlabelled, *days])
    assert learner.lessons[0] == [each.id for each in before]
    sizes = [len(lesson) for lesson in learner.lessons]
    assert len(sizes) < len(days)
    assert all(later > earlier * REFIT for earlier, later in pairwise(sizes))
    for lesson in learner.lessons:
        assert lesson == [each.id for each in (*before, *days)][: len(lesson)]


async def test_the_search_finds_what_held_then(office: Office) -> None:
    change = "2025-06-16"
    office.articles(
        {
            "new.md": f"---\ntitle: Returns\nvalid_from: {change}\n---\n\nYou may return things for 30 days.\n",
            "old.md": f"---\ntitle: Returns\nvalid_to: {change}\n---\n\nYou may return things for 14 days.\n",
            **{f"other-{n}.md": f"# Opening {n}\n\nWe are open from nine to five.\n" for n in range(20)},
        }
    )
    office.classifier = Certain("question")
    question = "For how many days may I return things?"
    tickets = [
        past("then", question, "agent:14 days.", at=datetime(2025, 6, 1, tzinfo=UTC), topic="question"),
        past("now", question, "agent:30 days.", at=datetime(2025, 7, 1, tzinfo=UTC), topic="question"),
    ]
    report = await rehearse(office, tickets)
    assert told(report) == [("then", "resolved", None), ("now", "resolved", None)]
    assert ["14 days" in each.played.reply for each in report.results] == [True, False]


async def test_the_same_history_gives_the_same_report(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    tickets = [past(f"t{n}", "refund 100001", actions=actions(), at=NOW + timedelta(hours=n)) for n in range(5)]
    first, again = await rehearse(office, tickets), await rehearse(office, tickets)
    assert [(each.played, each.verdict) for each in first.results] == [
        (each.played, each.verdict) for each in again.results
    ]


async def test_only_what_people_had_answered_by_then_leads_to_an_article(office: Office) -> None:
    office.classifier = Certain("question")
    office.articles({"dogs.md": "# Dogs\n\nDogs are welcome in the shop."})
    later = NOW + timedelta(days=1)
    cases = [
        past("later", "Are dogs welcome?", at=later, topic="question"),
        past("then", "Are they?", topic="question"),
    ]
    known: list[Asked] = []

    def recall(past: Sequence[PastTicket]) -> PastAnswers:
        known.append(Asked(past))
        return known[-1]

    await rehearse(office, cases, recall=recall)
    assert [asked.before for asked in known] == [[NOW, later]]
