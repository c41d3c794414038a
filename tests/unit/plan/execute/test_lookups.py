"""The same lookup is made once, until something may have changed the world."""

from __future__ import annotations

import pytest

from segue.errors import PermanentError
from tests.unit.support.company import Certain, Office, Shop, ticket


class Counter:
    """A read that counts its calls, and what can change it."""

    def __init__(self, office: Office) -> None:
        self.calls: list[str] = []

        @office.tool("look", effect="read")
        async def look(at: str) -> str:
            self.calls.append(at)
            if at == "nothing":
                raise PermanentError("there is nothing")
            return f"{at} {len(self.calls)}"

        @office.tool("act", effect="write")
        async def act() -> None: ...


def plan(*steps: str, topic: str = "x") -> str:
    lines = "".join(f"\n  - {step}" for step in steps)
    return f"topic: {topic}\nsteps:{lines}\n"


A, B = "{id: a, tool: look, args: {at: here}}", "{id: b, tool: look, args: {at: here}}"


async def test_two_steps_with_the_same_arguments_share_one_call(office: Office) -> None:
    counter = Counter(office)
    office.procedure(plan(A, B, "{id: c, tool: look, args: {at: there}}", "{id: end, reply: '${a}, ${b}, ${c}'}"))
    async with office:
        resolution = await office.resolve(ticket())
    assert resolution.reply == "here 1, here 1, there 2"
    assert counter.calls == ["here", "there"]
    assert [action.args["at"] for action in resolution.actions] == ["here", "there"]


async def test_after_an_action_it_is_made_again(office: Office) -> None:
    counter = Counter(office)
    office.procedure(plan(A, "{id: x, tool: act}", B, "{id: end, reply: '${a}, ${b}'}"))
    async with office:
        resolution = await office.resolve(ticket())
    assert resolution.reply == "here 1, here 2"
    assert len(counter.calls) == 2
    assert [action.tool for action in resolution.actions] == ["look", "act", "look"]


async def test_after_a_wait_for_somebody_it_is_made_again(office: Office) -> None:
    counter = Counter(office)
    office.procedure(plan(A, "{id: q, ask: 'Sure?'}", B, "{id: end, reply: '${a}, ${b}'}"))
    async with office:
        await office.resolve(ticket())
        assert (await office.signal("message", "yes")).reply == "here 1, here 2"
    assert len(counter.calls) == 2


async def test_one_that_failed_is_made_again_by_the_next_step(office: Office) -> None:
    counter = Counter(office)
    failing = "tool: look, args: {at: nothing}, on_error: {then: [{search: x}]}"
    office.procedure(plan(f"{{id: a, {failing}}}", "{id: q, check: \"ticket.id == 't-1'\", else: {escalate: policy}}",
                          "{id: x, tool: act}", f"{{id: b, {failing}}}", "{id: end, reply: ok}"))  # fmt: skip
    async with office:
        assert (await office.resolve(ticket())).reply == "ok"
    assert counter.calls == ["nothing", "nothing"]


async def test_who_waits_for_the_same_lookup_fails_with_it(office: Office) -> None:
    counter = Counter(office)
    failing = "tool: look, args: {at: nothing}, on_error: {then: [{search: x}]}"
    office.procedure(plan(f"{{id: a, {failing}}}", f"{{id: b, {failing}}}", "{id: end, reply: ok}"))
    async with office:
        resolution = await office.resolve(ticket())
    assert resolution.reply == "ok"
    assert counter.calls == ["nothing"]
    assert [action.error for action in resolution.actions] == ["there is nothing"]


TWO = Certain("status", words={"Also": ("size", 1.0)})


async def test_the_requests_of_a_ticket_share_their_lookups(office: Office, shop: Shop) -> None:
    order = '{id: order, tool: orders.lookup, args: {order_id: "100001"}}'
    office.procedure(plan(order, "{id: end, reply: 'It is ${order.status}.'}", topic="status"))
    office.procedure(plan(order, "{id: end, reply: 'It cost ${order.total}.'}", topic="size"))
    office.classifier = TWO
    async with office:
        resolution = await office.resolve(ticket("Where is it? Also, please say what it cost."))
        calls = [entry for entry in await office.entries() if entry.name == "orders.lookup"]
    assert resolution.reply == "It is delivered.\n\nIt cost 40.10."
    assert [action.tool for action in resolution.actions] == ["orders.lookup"]
    assert len(calls) == 1


async def test_but_not_once_the_first_request_has_acted(office: Office, shop: Shop) -> None:
    order = '{id: order, tool: orders.lookup, args: {order_id: "100001"}}'
    mark = '{id: mark, tool: orders.mark, args: {order_id: "${order.id}"}}'
    office.procedure(plan(order, mark, "{id: end, reply: 'Marked.'}", topic="status"))
    office.procedure(plan(order, "{id: end, reply: 'It cost ${order.total}.'}", topic="size"))
    office.classifier = TWO
    async with office:
        resolution = await office.resolve(ticket("Mark it. Also, please say what it cost."))
    assert [action.tool for action in resolution.actions] == ["orders.lookup", "orders.mark", "orders.lookup"]


async def test_a_lookup_that_was_cut_off_is_made_by_the_next_request(office: Office) -> None:
    counter = Counter(office)

    @office.tool("slow", effect="read")
    async def slow() -> str:
        return "no"

    check = "{id: right, check: \"one == 'yes'\", else: {reply: No.}}"
    office.procedure(plan("{id: one, tool: slow}", check, A, "{id: end, reply: '${a}'}", topic="status"))
    office.procedure(plan(A, "{id: end, reply: '${a}'}", topic="size"))
    office.classifier = TWO
    async with office:
        resolution = await office.resolve(ticket("Where is it? Also, please look."))
    assert resolution.reply in ("No.\n\nhere 1", "No.\n\nhere 2")
    assert set(counter.calls) == {"here"}


@pytest.mark.parametrize(("first", "calls"), [("100001", 1), ("100002", 2)])
async def test_other_arguments_are_another_lookup(office: Office, shop: Shop, first: str, calls: int) -> None:
    one, two = (f'{{id: {step}, tool: orders.lookup, args: {{order_id: "{number}"}}}}'
                for step, number in (("a", first), ("b", "100001")))  # fmt: skip
    office.procedure(plan(one, two, "{id: end, reply: '${b.total}'}"))
    async with office:
        resolution = await office.resolve(ticket())
    assert resolution.reply == "40.10"
    assert len(resolution.actions) == calls
