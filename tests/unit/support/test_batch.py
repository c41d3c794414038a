"""Many tickets at once: reported in their order, whoever drives the database."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from segue import Engine
from segue.errors import EngineClosed
from segue.support import batch
from segue.support.outcome import Resolution
from segue.support.ticket import Ticket
from tests.conftest import settle, until
from tests.unit.support.company import Office, ticket

REPLY = 'topic: x\nsteps: [{id: a, tool: look, args: {text: "${ticket.text}"}}, {id: end, reply: "${a}"}]'


def working(office: Office, work: batch.Work, tickets: Sequence[Ticket]) -> AsyncIterator[Resolution]:
    return batch.resolve(work, office.workflow, tickets, {})


@pytest.fixture
def looked(office: Office) -> list[str]:
    """Names of tickets in the order in which a tool looked at them; the first waits for the last."""
    seen: list[str] = []
    last = asyncio.Event()

    @office.tool("look", effect="read")
    async def look(text: str) -> str:
        seen.append(text)
        if text == "first":
            await last.wait()
        if text == "last":
            last.set()
        return text

    office.procedure(REPLY)
    return seen


async def test_tickets_are_reported_in_the_order_they_came(office: Office, looked: list[str]) -> None:
    tickets = [ticket(text, id=text) for text in ("first", "second", "last")]
    async with batch.Work(office.engine_of_its_own) as work:
        replies = [resolution.reply async for resolution in working(office, work, tickets)]
    assert replies == ["first", "second", "last"]


async def test_more_tickets_than_are_worked_on_together_all_get_their_turn(office: Office, looked: list[str]) -> None:
    tickets = [ticket(f"ticket {n}", id=f"t-{n}") for n in range(batch.TOGETHER + 8)]
    async with batch.Work(office.engine_of_its_own) as work:
        replies = [resolution.reply async for resolution in working(office, work, tickets)]
    assert replies == [f"ticket {n}" for n in range(batch.TOGETHER + 8)]


async def test_beside_another_driver_the_inbox_is_used(office: Office, looked: list[str]) -> None:
    async with office.engine_of_its_own(drive=True) as other, batch.Work(office.engine_of_its_own) as work:
        assert work.engine is not other
        replies = [resolution.reply async for resolution in working(office, work, [ticket("hello")])]
        assert replies == ["hello"]
        assert other.status("ticket-t-1") == "completed"


async def test_when_the_other_driver_goes_away_its_work_is_taken_over(
    office: Office, looked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "TAKE_OVER_S", 0.01)
    other = Engine(f"sqlite:///{office.database}")  # which does not know how to resolve a ticket
    await other.__aenter__()
    async with batch.Work(office.engine_of_its_own) as work:
        asked = working(office, work, [ticket("hello")])
        first = asyncio.ensure_future(anext(asked))
        await settle()
        assert (looked, first.done()) == ([], False)
        await other.__aexit__(None, None, None)
        assert (await first).reply == "hello"
        await asked.aclose()  # type: ignore[attr-defined]
    assert looked == ["hello"]


async def test_what_is_not_waited_for_goes_on_when_the_database_is_driven_again(
    office: Office, looked: list[str]
) -> None:
    async with batch.Work(office.engine_of_its_own) as work:
        asked = working(office, work, [ticket("first", id="t-1"), ticket("second", id="t-2")])
        first = asyncio.ensure_future(anext(asked))
        await until(lambda: "second" in looked)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await asked.aclose()  # type: ignore[attr-defined]
    async with office:
        await office.open(ticket("last", id="t-3"))
        assert (await office.rest("ticket-t-1")).reply == "first"


async def test_work_that_is_over_says_so(office: Office, looked: list[str]) -> None:
    async with batch.Work(office.engine_of_its_own) as work:
        pass
    with pytest.raises(EngineClosed):
        _ = work.engine
