"""Steps for each item of a list: one item after the other, and never half of a list that is too long."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from segue import Trusted
from segue.errors import PermanentError
from tests.unit.support.company import Office, Shop, ticket


@dataclass(frozen=True, kw_only=True)
class Line:
    sku: str
    price: Decimal
    note: str | None = None


class Basket:
    """Lines of an order, and what was done about them."""

    def __init__(self, office: Office, *skus: str) -> None:
        self.lines = [Line(sku=sku, price=Decimal(n + 1)) for n, sku in enumerate(skus)]
        self.done: list[str] = []
        self.broken: set[str] = set()

        @office.tool("lines", effect="read")
        async def lines() -> list[Line]:
            return self.lines

        @office.tool("stock", effect="read")
        async def stock(sku: str) -> int:
            return len(sku)

        @office.tool("hold", effect="once")
        async def hold(sku: Trusted[str], price: Trusted[Decimal]) -> str:
            if sku in self.broken:
                raise PermanentError(f"no {sku}")
            self.done.append(f"{sku} {price}")
            return f"held {sku}"


EACH = """
topic: x
steps:
  - {id: all, tool: lines}
  - id: holds
    each:
      in: "${all}"
      as: line
      max: 3
      steps:
        - {id: enough, tool: stock, args: {sku: "${line.sku}"}}
        - {id: held, tool: hold, args: {sku: "${line.sku}", price: "${line.price}"}, when: "enough > 1"}
  - {id: end, reply: "Held."}
"""


async def test_the_steps_are_taken_for_each_item_in_order(office: Office) -> None:
    basket = Basket(office, "aa", "b", "cc")
    office.procedure(EACH)
    async with office:
        resolution = await office.resolve(ticket())
    assert resolution.reply == "Held."
    assert basket.done == ["aa 1", "cc 3"]
    tools = [action.tool for action in resolution.actions]
    assert tools == ["lines", "stock", "hold", "stock", "stock", "hold"]


async def test_an_empty_list_is_no_fault(office: Office) -> None:
    basket = Basket(office)
    office.procedure(EACH)
    async with office:
        assert (await office.resolve(ticket())).reply == "Held."
    assert basket.done == []


async def test_a_longer_list_is_left_to_a_person_before_anything_is_done(office: Office) -> None:
    basket = Basket(office, "aa", "bb", "cc", "dd")
    office.procedure(EACH)
    async with office:
        resolution = await office.resolve(ticket())
    assert (resolution.outcome, resolution.reason) == ("escalated", "policy")
    assert basket.done == []
    assert resolution.handoff is not None
    assert resolution.handoff.tried[-1].result == "holds is for 3 items at most, and there are 4"


async def test_what_a_step_gave_for_one_item_is_not_seen_for_the_next(office: Office) -> None:
    basket = Basket(office, "aa", "b")
    office.procedure(
        EACH.replace("{id: end", "{id: end").replace(
            "        - {id: enough",
            '        - {id: seen, check: "!has(line.note)", else: {escalate: policy}}\n        - {id: enough',
        )
    )
    async with office:
        assert (await office.resolve(ticket())).outcome == "resolved"
    assert basket.done == ["aa 1"]


async def test_a_skipped_step_of_one_item_does_not_keep_the_value_of_the_item_before(office: Office) -> None:
    Basket(office, "aa", "b")
    told: list[Any] = []

    @office.tool("tell", effect="write")
    async def tell(text: str) -> None:
        told.append(text)

    office.procedure(
        EACH.replace(
            "  - {id: end", "        - {tool: tell, args: {text: \"${has(held) ? held : 'nothing'}\"}}\n  - {id: end"
        )
    )
    async with office:
        await office.resolve(ticket())
    assert told == ["held aa", "nothing"]


async def test_reads_of_one_item_run_side_by_side_and_those_of_the_next_wait(office: Office) -> None:
    begun: list[str] = []
    both = {sku: asyncio.Event() for sku in ("a", "b")}
    Basket(office, "a", "b")

    @office.tool("one", effect="read")
    async def one(sku: str) -> str:
        begun.append(f"one {sku}")
        await both[sku].wait()
        return sku

    @office.tool("two", effect="read")
    async def two(sku: str) -> str:
        begun.append(f"two {sku}")
        both[sku].set()
        return sku

    office.procedure("""
    topic: x
    steps:
      - {id: all, tool: lines}
      - id: holds
        each:
          in: "${all}"
          as: line
          max: 2
          steps: [{tool: one, args: {sku: "${line.sku}"}}, {tool: two, args: {sku: "${line.sku}"}}]
      - {id: end, reply: "ok"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "ok"
    assert begun == ["one a", "two a", "one b", "two b"]


async def test_a_branch_inside_ends_the_plan_and_what_was_done_is_told(office: Office) -> None:
    basket = Basket(office, "aa", "bb", "cc")
    office.procedure(
        EACH.replace(
            "        - {id: held",
            '        - {id: right, check: "line.sku != \'bb\'", else: {reply: "Not bb."}}\n        - {id: held',
        )
    )
    async with office:
        resolution = await office.resolve(ticket())
    assert (resolution.outcome, resolution.reply) == ("resolved", "Not bb.")
    assert basket.done == ["aa 1"]


async def test_a_failure_for_one_item_escalates_with_what_was_done_for_the_others(office: Office) -> None:
    basket = Basket(office, "aa", "bb", "cc")
    basket.broken = {"bb"}
    office.procedure(EACH)
    async with office:
        resolution = await office.resolve(ticket())
    assert (resolution.outcome, resolution.reason) == ("escalated", "tool_failed")
    assert resolution.handoff is not None
    assert [action.args["sku"] for action in resolution.handoff.done] == ["aa"]


async def test_a_failure_that_goes_on_goes_on_with_the_next_item(office: Office) -> None:
    basket = Basket(office, "aa", "bb", "cc")
    basket.broken = {"bb"}
    office.procedure(EACH.replace('when: "enough > 1"}', 'on_error: {then: [{search: "x"}]}}'))
    async with office:
        assert (await office.resolve(ticket())).outcome == "resolved"
    assert basket.done == ["aa 1", "cc 3"]


async def test_loops_stand_inside_each_other_and_may_call_their_items_alike_one_after_the_other(office: Office) -> None:
    Basket(office, "a", "b")
    told: list[str] = []

    @office.tool("tell", effect="write")
    async def tell(text: str) -> None:
        told.append(text)

    office.procedure("""
    topic: x
    steps:
      - {id: all, tool: lines}
      - id: outer
        each:
          in: "${all}"
          as: line
          max: 2
          steps:
            - each: {in: "${['x', 'y']}", as: word, max: 2, steps: [{tool: tell, args: {text: "${line.sku}${word}"}}]}
      - {id: again, each: {in: "${['z']}", as: line, max: 2, steps: [{tool: tell, args: {text: "${line}"}}]}}
      - {id: end, reply: "ok"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "ok"
    assert told == ["ax", "ay", "bx", "by", "z"]


async def test_an_input_is_asked_for_when_the_first_item_needs_it_and_kept(office: Office) -> None:
    Basket(office, "a", "b")
    told: list[str] = []

    @office.tool("tell", effect="write")
    async def tell(text: str) -> None:
        told.append(text)

    office.procedure("""
    topic: x
    inputs: {size: {type: string, pattern: 'size \\w', ask: "Which size?"}}
    steps:
      - {id: all, tool: lines}
      - id: holds
        each: {in: "${all}", as: line, max: 2, steps: [{tool: tell, args: {text: "${line.sku} ${inputs.size}"}}]}
      - {id: end, reply: "ok"}
    """)
    async with office:
        assert (await office.resolve(ticket())).outcome == "waiting"
        assert (await office.signal("message", "size M")).reply == "ok"
    assert told == ["a size M", "b size M"]


async def test_an_item_is_believed_as_far_as_its_list(office: Office, shop: Shop) -> None:
    office.procedure("""
    topic: x
    inputs: {order_id: {type: string, pattern: '\\b\\d{6}\\b', ask: "Which?"}}
    steps:
      - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}}
      - id: holds
        each:
          in: "${[order.id]}"
          as: number
          max: 1
          steps: [{tool: payments.refund, args: {order_id: "${number}", amount: "${order.total}"}}]
      - {id: end, reply: "ok"}
    """)
    async with office:
        assert (await office.resolve(ticket("100001"))).reply == "ok"
    assert shop.acts() == [("refund", "100001", "40.10")]
