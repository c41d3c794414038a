"""Stopped anywhere and started again, a plan ends the same way, and nothing that it does happens twice."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from segue.engine.journal import ENDED
from segue.errors import PermanentError
from segue.support.brain import Answer, Choice
from segue.support.outcome import Resolution
from tests.conftest import FakeClock
from tests.unit.support.company import Certain, Office, Scripted, Shop, ticket

HOUR = timedelta(hours=1)
Story = Callable[["Restless", Shop], Awaitable[Resolution]]


class Restless(Office):
    """An office whose engine is closed and opened again once, when a run has so many entries."""

    restart_at: int = 0
    """0: never."""

    async def rest(self, run_id: str = "ticket-t-1") -> Resolution:
        while self.restart_at:
            if len(await self.engine.entries(run_id)) >= self.restart_at:
                self.restart_at = 0
                await self.__aexit__()
                await self.__aenter__()
            elif self.engine.status(run_id) in (*ENDED, "waiting"):
                break
            else:
                await asyncio.sleep(0)
        return await super().rest(run_id)


async def refund(office: Restless, shop: Shop) -> Resolution:
    """Asks for the order, waits for an approval, pays."""
    office.articles({"r.md": "# Refund rules\n\nRefunds are paid the way you paid.\n"})
    office.procedure("""
    topic: refund
    inputs: {order_id: {type: string, pattern: '\\b\\d{6}\\b', ask: "Which order?"}}
    steps:
      - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}}
      - {id: rules, search: "refund rules"}
      - {id: mark, tool: orders.mark, args: {order_id: "${order.id}"}}
      - {id: pay, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}, approve: "true"}
      - {id: end, reply: "Paid ${pay.amount}, see {{rules}}."}
    """)
    async with office:
        await office.resolve(ticket("refund"))
        await office.signal("message", "100002")
        await office.clock.advance(HOUR)
        return await office.signal("approval", True)


async def two_requests(office: Restless, shop: Shop) -> Resolution:
    """One request whose look-ups run side by side, and one that comes to nothing."""
    tries = count(1)

    @office.tool("flaky", effect="read")
    async def flaky() -> str:
        if next(tries) == 1:
            raise ConnectionError("busy")
        return "up"

    @office.tool("broken", effect="read")
    async def broken() -> str:
        raise PermanentError("broken")

    office.classifier = Certain("status", words={"Also": ("cancel", 1.0)})
    office.procedure("""
    topic: status
    steps:
      - {id: one, tool: orders.lookup, args: {order_id: "100001"}}
      - {id: two, tool: flaky}
      - {id: right, check: "one.status == 'delivered'", else: {escalate: policy}}
      - {id: end, reply: "${one.status}, ${two}"}
    """)
    office.procedure("""
    topic: cancel
    steps:
      - {id: mark, tool: orders.mark, args: {order_id: "100001"}}
      - {id: three, tool: broken, on_error: {then: [{tool: orders.mark, args: {order_id: "100002"}}]}}
      - {id: theirs, tool: orders.lookup, args: {order_id: "200001"}}
      - {id: end, reply: "${theirs.status}"}
    """)
    async with office:
        return await office.resolve(ticket("Where is it? Also, please cancel the other one."))


async def early_end(office: Restless, shop: Shop) -> Resolution:
    """A check that ends the plan while a read below it is under way."""

    @office.tool("endless", effect="read")
    async def endless() -> str:
        await asyncio.Event().wait()
        return ""

    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: orders.lookup, args: {order_id: "100001"}}
      - {id: two, tool: orders.lookup, args: {order_id: "100002"}}
      - {id: right, check: "one.status == 'lost'", else: [{tool: orders.mark, args: {order_id: "1"}}, {reply: "No."}]}
      - {id: three, tool: endless}
      - {id: end, reply: "${three}"}
    """)
    async with office:
        return await office.resolve(ticket())


async def doubt(office: Restless, shop: Shop) -> Resolution:
    """An action of which nobody can tell whether it happened."""

    @office.tool("act", effect="once")
    async def act() -> None:
        shop.done.append(("", "act"))
        raise ConnectionError("the line dropped")

    office.procedure('topic: x\nsteps: [{id: a, tool: act}, {id: end, reply: "done"}]')
    async with office:
        return await office.resolve(ticket())


async def silence(office: Restless, shop: Shop) -> Resolution:
    """A customer who never answers."""
    office.procedure('topic: x\nsteps: [{id: a, ask: "Well?"}, {id: end, reply: "done"}]')
    async with office:
        await office.resolve(ticket())
        await office.wait(timedelta(days=1))
        return await office.wait(timedelta(days=2))


async def draft(office: Restless, shop: Shop) -> Resolution:
    """A topic for which a person acts."""
    office.levels["x"] = "draft"
    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: orders.lookup, args: {order_id: "100001"}}
      - {id: mark, tool: orders.mark, args: {order_id: "${one.id}"}}
      - {id: end, reply: "done"}
    """)
    async with office:
        return await office.resolve(ticket())


async def loop(office: Restless, shop: Shop) -> Resolution:
    """A loop whose lookups are shared, whose choice is made by a model, and whose last item is approved."""

    @office.tool("numbers", effect="read")
    async def numbers() -> list[str]:
        return ["100001", "100002"]

    class Model(Scripted):
        async def choose(self, text: str, options: Sequence[Choice]) -> Answer:
            return Answer(value="small" if text == "40.10" else "large")  # the same however often it is asked

    office.model = Model()
    office.procedure("""
    topic: x
    steps:
      - {id: all, tool: numbers}
      - id: each_one
        each:
          in: "${all}"
          as: number
          max: 2
          steps:
            - {id: order, tool: orders.lookup, args: {order_id: "${number}"}}
            - {id: again, tool: orders.lookup, args: {order_id: "${number}"}}
            - id: kind
              choose:
                by: model
                input: "${string(order.total)}"
                options:
                  small: [{tool: orders.mark, args: {order_id: "${again.id}"}}]
                  large:
                    - tool: payments.refund
                      args: {order_id: "${order.id}", amount: "${order.total}"}
                      approve: "true"
      - {id: end, reply: "done"}
    """)
    async with office:
        await office.resolve(ticket())
        await office.clock.advance(HOUR)
        return await office.signal("approval", True)


async def told(story: Story, folder: Path, restart_at: int) -> tuple[int, dict[str, Any]]:
    """Tell a story; gives the number of its entries, and everything that a person can see of its end."""
    office = Restless(folder, FakeClock())
    office.restart_at = restart_at
    shop = Shop()
    shop.serve(office)
    try:
        resolution = await story(office, shop)
        async with office:
            entries = len(await office.entries())
            await office.engine.verify("ticket-t-1")
            decided = [entry.detail for entry in await office.engine.workspace(kind="approval")]
        seen = [(post.kind, post.text, post.data) for post in office.posts()]
        return entries, {"end": replace(resolution, seconds=0.0), "acts": shop.done, "posts": seen, "decided": decided}
    finally:
        office.close()


@pytest.mark.parametrize("story", [refund, two_requests, early_end, silence, draft, loop], ids=lambda s: s.__name__)
async def test_restarted_after_any_entry_a_plan_ends_the_same_way(story: Story, tmp_path: Path) -> None:
    entries, undisturbed = await told(story, tmp_path / "undisturbed", restart_at=0)
    for restart_at in range(1, entries):
        _, disturbed = await told(story, tmp_path / str(restart_at), restart_at)
        assert disturbed == undisturbed, f"restarted after entry {restart_at}"


async def test_restarted_after_any_entry_an_action_in_doubt_is_never_repeated(tmp_path: Path) -> None:
    entries, _ = await told(doubt, tmp_path / "undisturbed", restart_at=0)
    for restart_at in range(1, entries):
        _, disturbed = await told(doubt, tmp_path / str(restart_at), restart_at)
        assert disturbed["end"].reason == "in_doubt", f"restarted after entry {restart_at}"
        assert len(disturbed["acts"]) <= 1
