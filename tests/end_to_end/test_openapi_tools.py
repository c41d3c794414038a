"""A procedure calls a shop's HTTP API, and whatever the shop does, the ticket ends as it should."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from segue import wiring
from segue.support import batch, workspace
from segue.support.outcome import Resolution
from segue.support.ticket import parse_ticket
from segue.wiring import House
from tests.shop_api import (
    DESCRIPTION,
    TOKEN,
    Shop,
    does_it_and_hangs_up,
    does_it_and_says_nothing,
    hangs_up,
    says,
    shop,
)

PROCEDURE = """
topic: question  # the one for which nothing has to be learned first
steps:
  - {id: order, tool: shop.getOrder, args: {order_id: "1001"}}
  - {id: new, check: "order.status == 'open' && order.total < 100", else: {reply: "It is ${order.status} already."}}
  - {id: refund, tool: shop.refundOrder, args: {order_id: "${order.id}", amount: "${order.total}", reason: late}}
  - {id: done, reply: "We refunded ${refund.amount} (${refund.id})."}
"""
SETTINGS = """
[autonomy]
default = "auto"

[tools.http.shop]
description = "shop.yaml"
url = "URL"
auth = "SHOP_TOKEN"
allow_private = true
timeout = "TIMEOUT"

[tools.http.shop.tool.getOrder]
effect = "read"
trusted = true
approve = false
owner = "customer_id"
"""
REFUND = """
[tools.http.shop.tool.refundOrder]
effect = "EFFECT"
trusted = true
approve = false
"""


@pytest.fixture
def houses(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[House]]:
    monkeypatch.setenv("SHOP_TOKEN", TOKEN)
    opened: list[House] = []
    yield opened
    for house in opened:
        house.close()


def company(root: Path, open_: Shop, effect: str = "once", *, timeout: str = "5 s", procedure: str = PROCEDURE) -> Path:
    said = SETTINGS + (REFUND.replace("EFFECT", effect) if effect else "")
    (root / "segue.toml").write_text(said.replace("URL", open_.url).replace("TIMEOUT", timeout))
    (root / "shop.yaml").write_text(DESCRIPTION)
    (root / "procedures").mkdir(exist_ok=True)
    (root / "procedures" / "question.yaml").write_text(procedure)
    return root


async def resolve(root: Path, houses: list[House], *, customer: str = "c-1", meanwhile: Any = None) -> Resolution:
    """Return what becomes of a ticket; where it waits, after something was done meanwhile."""
    house = House(workspace.at(root))
    houses.append(house)
    source = {
        "id": "t-1",
        "customer": {"id": customer, "authenticated": True},
        "messages": [{"role": "customer", "text": "please pay me back"}],
    }
    ticket = parse_ticket(source, datetime.now(UTC))
    async with batch.Work(house.engine) as work:
        (found,) = [each async for each in batch.resolve(work, house.workflow, [ticket], house.effects)]
        if meanwhile is not None:
            await meanwhile(work, found)
            (found,) = [each async for each in batch.resolve(work, house.workflow, [ticket], house.effects)]
    return found


async def test_an_order_is_looked_up_and_refunded_to_the_cent(tmp_path: Path, houses: list[House]) -> None:
    async with shop() as open_:
        found = await resolve(company(tmp_path, open_), houses)
    assert (found.outcome, found.reply) == ("resolved", "We refunded 19.9 (r-1).")
    assert [action.tool for action in found.actions] == ["shop.getOrder", "shop.refundOrder"]
    (key,) = open_.refunds
    assert key.startswith("ticket-t-1")
    assert Decimal(str(open_.asked("POST")[0].json()["amount"])) == Decimal("19.9")


async def test_what_nobody_says_anything_of_waits_for_a_person(tmp_path: Path, houses: list[House]) -> None:
    async def approve(work: batch.Work, waiting: Resolution) -> None:
        assert waiting.outcome == "waiting"
        assert not open_.refunds
        await work.engine.signal(waiting.run_id, "approval", True)

    async with shop() as open_:
        found = await resolve(company(tmp_path, open_, ""), houses, meanwhile=approve)
    assert (found.outcome, len(open_.refunds)) == ("resolved", 1)


async def test_someone_elses_order_is_not_even_looked_at(tmp_path: Path, houses: list[House]) -> None:
    async with shop() as open_:
        found = await resolve(company(tmp_path, open_), houses, customer="c-2")
    assert (found.outcome, found.reason) == ("escalated", "policy")
    assert "19.9" not in json.dumps([action.result for action in found.actions])
    assert not open_.asked("POST")


@pytest.mark.parametrize(
    "fault", [says(429, Retry_After="1"), says(500), hangs_up, says(200, "<html>"), says(200, {"id": 5})]
)
async def test_a_lookup_that_fails_is_tried_again(fault: Any, tmp_path: Path, houses: list[House]) -> None:
    async with shop() as open_:
        open_.faults = [fault]
        found = await resolve(company(tmp_path, open_), houses)
    assert found.outcome == "resolved"
    assert len(open_.asked("GET")) == 2


async def test_a_lookup_that_goes_on_failing_is_handed_to_a_person(tmp_path: Path, houses: list[House]) -> None:
    async with shop() as open_:
        open_.faults = [says(503, "down")] * 9
        found = await resolve(company(tmp_path, open_), houses)
    assert (found.outcome, found.reason) == ("escalated", "tool_failed")
    assert len(open_.asked("GET")) == 3
    assert not open_.asked("POST")
    assert "status 503: down" in json.dumps([action.error for action in found.actions])


@pytest.mark.parametrize(
    "fault",
    [
        does_it_and_says_nothing,
        does_it_and_hangs_up,
        says(500),
        says(201, "<html>done"),
        says(201, {"amount": "much"}),
    ],
)
async def test_a_refund_that_may_have_been_paid_is_in_doubt_and_never_paid_again(
    fault: Any, tmp_path: Path, houses: list[House]
) -> None:
    async with shop() as open_:
        open_.faults = [Shop.answer, fault]
        found = await resolve(company(tmp_path, open_, timeout="0.4 s"), houses)
    assert (found.outcome, found.reason) == ("escalated", "in_doubt")
    assert found.handoff is not None
    (doubt,) = found.handoff.in_doubt
    assert doubt.tool == "shop.refundOrder"
    assert len(open_.asked("POST")) == 1
    assert open_.asked("POST")[0].headers["idempotency-key"] == doubt.key  # under which a person looks it up


@pytest.mark.parametrize("fault", [says(422, {"detail": "too late"}), says(409, "too late"), says(429, "too late")])
async def test_a_refund_that_was_refused_is_a_failure_and_no_doubt(
    fault: Any, tmp_path: Path, houses: list[House]
) -> None:
    async with shop() as open_:
        open_.faults = [Shop.answer, fault]
        found = await resolve(company(tmp_path, open_), houses)
    assert (found.outcome, found.reason) == ("escalated", "tool_failed")
    assert found.handoff is not None
    assert not found.handoff.in_doubt
    assert "too late" in json.dumps([action.error for action in found.actions])
    assert not open_.refunds


@pytest.mark.parametrize("fault", [does_it_and_hangs_up, says(500), says(201, "garbage")])
async def test_where_the_shop_knows_a_key_again_a_refund_is_repeated_and_paid_once(
    fault: Any, tmp_path: Path, houses: list[House]
) -> None:
    async with shop() as open_:
        open_.faults = [Shop.answer, fault]
        found = await resolve(company(tmp_path, open_, "write"), houses)
    assert (found.outcome, found.reply) == ("resolved", "We refunded 19.9 (r-1).")
    first, second = open_.asked("POST")
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert len(open_.refunds) == 1


async def test_no_secret_is_recorded(tmp_path: Path, houses: list[House]) -> None:
    async with shop() as open_:
        open_.faults = [says(500, f"Bearer {TOKEN}"), Shop.answer, says(422, TOKEN)]
        found = await resolve(company(tmp_path, open_), houses)
    assert found.outcome == "escalated"
    recorded = b"".join(path.read_bytes() for path in (tmp_path / ".segue").rglob("*") if path.is_file())
    assert b"refundOrder" in recorded
    assert TOKEN.encode() not in recorded


def test_check_verifies_procedures_against_what_is_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", TOKEN)
    wrong = PROCEDURE.replace("order.total < 100", "order.totals < 100").replace("reason: late", "reason: bored")

    class Nowhere:
        url = "https://shop.example/v1"

    company(tmp_path, Nowhere(), procedure=wrong)  # type: ignore[arg-type]
    found = [str(each) for each in wiring.check(workspace.at(tmp_path)) if each.severity == "error"]
    assert len(found) == 2
    assert "totals" in found[0]
    assert "bored" in found[1]


async def test_a_description_under_a_url_is_fetched_over_the_guarded_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", TOKEN)
    async with shop() as open_:
        company(tmp_path, open_)
        file = tmp_path / "segue.toml"
        file.write_text(file.read_text().replace('"shop.yaml"', f'"{open_.server.url("/openapi.yaml")}"'))
        open_.faults = [says(404), says(404), says(200, DESCRIPTION)]

        def check(**how: Any) -> list[str]:
            return [f"{each.code} {each.severity}" for each in wiring.check(workspace.at(tmp_path), **how)]

        assert await asyncio.to_thread(check) == ["C107 warning", "A101 warning", "H101 warning"]
        assert await asyncio.to_thread(check) == ["C107 warning", "A101 warning", "H101 warning"]
        assert await asyncio.to_thread(check) == ["H105 warning", "A101 warning"]
        assert await asyncio.to_thread(check) == ["H105 warning", "A101 warning"]  # it is kept
        open_.faults = [says(200, DESCRIPTION.replace("operationId: getOrder", "operationId: get"))]
        again = await asyncio.to_thread(lambda: check(again=True))
        assert "H107 error" in again
    assert [asked.target for asked in open_.server.asked] == ["/openapi.yaml"] * 4
    assert all("authorization" not in asked.headers for asked in open_.server.asked)
