"""A plan means what it says, read from top to bottom; what nobody can observe happens early."""

import asyncio
from decimal import Decimal

import pytest

from segue.errors import PermanentError
from tests.unit.support.company import Office, Shop, ticket


class Meeting:
    """Reads that come here go on only when all of them are here: proof, without a clock, that they run together."""

    def __init__(self, size: int) -> None:
        self._missing = size
        self._complete = asyncio.Event()

    async def join(self) -> str:
        self._missing -= 1
        if not self._missing:
            self._complete.set()
        await self._complete.wait()
        return "met"


def meet(office: Office, *names: str) -> None:
    """Declare reads that wait for each other."""
    meeting = Meeting(len(names))
    for name in names:

        @office.tool(name, effect="read")
        async def read(of: str = "") -> str:
            return await meeting.join()


def log(office: Office, *names: str, effect: str = "read") -> list[str]:
    """Declare tools that note when they begin."""
    begun: list[str] = []
    for name in names:
        _noting(office, name, effect, begun)
    return begun


def _noting(office: Office, name: str, effect: str, begun: list[str]) -> None:
    @office.tool(name, effect=effect)
    async def note(of: str = "") -> str:
        begun.append(name)
        return name


async def test_independent_reads_run_side_by_side(office: Office) -> None:
    meet(office, "a", "b", "c")
    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: a}
      - {id: two, tool: b}
      - {id: three, tool: c}
      - {id: end, reply: "${one} ${two} ${three}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "met met met"


async def test_a_read_below_a_check_begins_before_the_check_is_decided(office: Office) -> None:
    meet(office, "a", "b")
    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: a}
      - {id: right, check: "one == 'met'", else: {escalate: policy}}
      - {id: two, tool: b}
      - {id: end, reply: "${two}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "met"


async def test_reads_inside_an_else_run_side_by_side_too(office: Office) -> None:
    meet(office, "a", "b")
    office.procedure("""
    topic: x
    steps:
      - id: never
        check: "ticket.text == 'never'"
        else:
          - {id: one, tool: a}
          - {id: two, tool: b}
          - {reply: "${one} ${two}"}
      - {id: end, reply: "x"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "met met"


async def test_a_read_waits_for_the_value_that_it_needs(office: Office) -> None:
    @office.tool("first", effect="read")
    async def first() -> str:
        await asyncio.sleep(0)
        return "1"

    @office.tool("second", effect="read")
    async def second(of: str) -> str:
        return of + "2"

    office.procedure("""
    topic: x
    steps:
      - {id: a, tool: first}
      - {id: b, tool: second, args: {of: "${a}"}}
      - {id: c, tool: second, args: {of: "${b}"}}
      - {id: end, reply: "${c}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "122"


@pytest.mark.parametrize("effect", ["write", "once"])
async def test_no_read_begins_before_an_action_above_it(office: Office, effect: str) -> None:
    world = {"count": 0}

    @office.tool("count", effect="read")
    async def count() -> int:
        return world["count"]

    @office.tool("add", effect=effect)
    async def add() -> int:
        await asyncio.sleep(0)
        world["count"] += 1
        return world["count"]

    office.procedure("""
    topic: x
    steps:
      - {id: before, tool: count}
      - {id: one, tool: add}
      - {id: between, tool: count}
      - {id: two, tool: add}
      - {id: after, tool: count}
      - {id: end, reply: "${before} ${between} ${after}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "0 1 2"


async def test_no_read_begins_before_an_action_that_stands_in_for_a_failed_step_above(office: Office) -> None:
    world = {"count": 0}

    @office.tool("fail", effect="read")
    async def fail() -> str:
        raise PermanentError("no")

    @office.tool("count", effect="read")
    async def count() -> int:
        return world["count"]

    @office.tool("add", effect="write")
    async def add() -> int:
        world["count"] += 1
        return world["count"]

    office.procedure("""
    topic: x
    steps:
      - {id: broken, tool: fail, on_error: {then: [{tool: add}]}}
      - {id: after, tool: count}
      - {id: end, reply: "${after}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "1"


async def test_nothing_below_a_question_begins_before_it_is_answered(office: Office) -> None:
    begun = log(office, "a", "b")
    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: a}
      - {id: sure, ask: "Sure?"}
      - {id: two, tool: b}
      - {id: end, reply: "${sure.text} ${two}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).outcome == "waiting"
        assert begun == ["a"]
        assert (await office.signal("message", "Yes.")).reply == "Yes. b"


async def test_a_check_that_fails_ends_the_plan_and_cancels_what_is_early(office: Office) -> None:
    ended: list[str] = []

    @office.tool("endless", effect="read")
    async def endless() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")
        return ""

    log(office, "a")
    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: a}
      - {id: right, check: "one == 'z'", else: {reply: "No."}}
      - {id: late, tool: endless}
      - {id: end, reply: "${late}"}
    """)
    async with office:
        resolution = await office.resolve(ticket())
        assert (resolution.outcome, resolution.reply) == ("resolved", "No.")
        assert ended == ["cancelled"]
        assert [action.tool for action in resolution.actions] == ["a"]


async def test_an_early_failure_does_not_count_where_a_check_above_ends_the_plan(office: Office) -> None:
    failed = asyncio.Event()

    @office.tool("slow", effect="read")
    async def slow() -> str:
        await failed.wait()
        return "a"

    @office.tool("broken", effect="read")
    async def broken() -> str:
        failed.set()
        raise PermanentError("broken")

    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: slow}
      - {id: right, check: "one == 'z'", else: {reply: "No."}}
      - {id: late, tool: broken}
      - {id: end, reply: "${late}"}
    """)
    async with office:
        resolution = await office.resolve(ticket())
        assert (resolution.outcome, resolution.reply) == ("resolved", "No.")


async def test_an_early_failure_counts_at_its_turn(office: Office) -> None:
    failed = asyncio.Event()

    @office.tool("slow", effect="read")
    async def slow() -> str:
        await failed.wait()
        return "a"

    @office.tool("broken", effect="read")
    async def broken() -> str:
        failed.set()
        raise PermanentError("it is broken")

    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: slow}
      - {id: right, check: "one == 'a'", else: {reply: "No."}}
      - {id: late, tool: broken}
      - {id: end, reply: "${late}"}
    """)
    async with office:
        resolution = await office.resolve(ticket())
        assert (resolution.outcome, resolution.reason) == ("escalated", "tool_failed")
        assert resolution.handoff is not None
        assert ("late", "failed: it is broken") in [(each.step, each.result) for each in resolution.handoff.tried]


async def test_calls_are_reported_in_the_order_of_the_plan_however_they_ended(office: Office) -> None:
    second = asyncio.Event()

    @office.tool("slow", effect="read")
    async def slow() -> str:
        await second.wait()
        return "slow"

    @office.tool("fast", effect="read")
    async def fast() -> str:
        second.set()
        return "fast"

    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: slow}
      - {id: two, tool: fast}
      - {id: end, reply: "${one} ${two}"}
    """)
    async with office:
        resolution = await office.resolve(ticket())
        assert [action.tool for action in resolution.actions] == ["slow", "fast"]


async def test_a_step_whose_condition_is_false_is_skipped(office: Office) -> None:
    begun = log(office, "a", "b")
    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: a, when: "ticket.text == 'run it'"}
      - {id: two, tool: b, when: "has(one)"}
      - {id: end, reply: "${has(one) ? 'ran' : 'skipped'} ${has(two) ? 'ran' : 'skipped'}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "skipped skipped"
        assert begun == []
        assert (await office.resolve(ticket("run it", id="t-2"))).reply == "ran ran"
        assert begun == ["a", "b"]


async def test_a_skipped_step_asks_for_nothing(office: Office) -> None:
    begun = log(office, "a")
    office.procedure("""
    topic: x
    inputs: {size: {type: string, pattern: 'size \\d+', ask: "Which size?"}}
    steps:
      - {id: one, tool: a, args: {of: "${inputs.size}"}, when: "ticket.text == 'sized'"}
      - {id: end, reply: "done"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "done"
        assert begun == []


async def test_a_fact_holds_for_the_steps_below_the_one_that_provides_it(office: Office) -> None:
    log(office, "a")

    @office.tool("verify", effect="read", provides=["counted"])
    async def verify() -> bool:
        return True

    @office.tool("read", effect="read", requires=["counted"])
    async def read() -> str:
        return "read"

    @office.tool("write", effect="write", requires=["counted"])
    async def write() -> str:
        return "written"

    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: a}
      - {id: sure, tool: verify}
      - {id: two, tool: read}
      - {id: three, tool: write}
      - {id: end, reply: "${two} ${three}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "read written"


async def test_a_customer_s_two_orders_are_looked_up_with_the_arguments_of_each(office: Office, shop: Shop) -> None:
    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: orders.lookup, args: {order_id: "100001"}}
      - {id: two, tool: orders.lookup, args: {order_id: "100002"}}
      - {id: end, reply: "${one.total} ${two.total}"}
    """)
    async with office:
        resolution = await office.resolve(ticket())
        assert resolution.reply == "40.10 250.00"
        assert [Decimal(action.result["total"]) for action in resolution.actions] == [Decimal("40.10"), Decimal(250)]
