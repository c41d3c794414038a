"""The sample company's shop: its tools answer what its year says, and refuse what must not happen twice."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest

from segue import Done
from segue.errors import PermanentError
from segue.tools import python

DAY = timedelta(days=1)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "shop"
    shutil.copytree(
        Path(str(files("segue") / "sample")), folder, ignore=shutil.ignore_patterns("history", "past_actions.csv")
    )
    yield folder
    python._forget(folder)


@pytest.fixture
def tools(workspace: Path) -> ModuleType:
    python.load(workspace)
    return sys.modules["tools"]


@pytest.fixture
def shop(tools: ModuleType) -> ModuleType:
    assert tools
    return sys.modules["shop"]


def test_what_must_not_happen_twice_can_be_asked_about_and_does_not_take_for_ever(workspace: Path) -> None:
    tools = python.load(workspace)
    once = [tool for tool in tools if tool.effect == "once"]
    assert len(once) == 6
    assert all(tool.reconcile and tool.timeout == timedelta(seconds=5) for tool in once)


def test_an_order_of_the_year_is_looked_up_as_the_year_says(tools: ModuleType, shop: ModuleType) -> None:
    for order in shop.orders()[::100]:
        assert tools.lookup(order.id) == shop.state_on(order, shop.TODAY)


def test_the_years_orders_rise_with_time_and_stand_apart_from_those_written_by_hand(shop: ModuleType) -> None:
    orders = shop.orders()
    assert len(orders) >= 4000
    assert len({order.tracking_number for order in orders}) == len(orders)
    for earlier, later in itertools.pairwise(orders):
        assert "440000" < earlier.id < later.id < "481000"
        assert earlier.placed_on <= later.placed_on


def test_a_parcel_is_expected_in_the_past_only_when_it_is_lost(shop: ModuleType) -> None:
    for order in shop.orders()[::20]:
        if not order.lost_on:
            assert shop.state_on(order, order.delivered_on - DAY).status in {"placed", "packed", "shipped"}
            assert shop.state_on(order, order.delivered_on).status == "delivered"
            parcel = shop.parcel_on(order, max(order.shipped_on, order.delivered_on - DAY))
            assert parcel.silent_days < 4
            assert parcel.expected in {"today", shop.in_words(order.due_on), shop.in_words(order.delivered_on)}


def test_the_return_period_was_fourteen_days_until_june(shop: ModuleType) -> None:
    order = next(each for each in shop.orders() if not each.is_members and each.delivered_on)
    before, after = shop.LONGER_RETURNS_SINCE - DAY, shop.LONGER_RETURNS_SINCE
    assert [shop.return_days(order, day) for day in (before, after)] == [14, 30]


def test_a_christmas_present_may_come_back_until_the_end_of_january(shop: ModuleType) -> None:
    order = next(each for each in shop.orders() if each.placed_on.isoformat() == "2025-12-01" and each.delivered_on)
    last = order.delivered_on + shop.return_days(order, order.delivered_on) * DAY
    assert last.isoformat() >= "2026-01-31"


def test_what_people_did_in_the_year_changes_the_order(workspace: Path, tools: ModuleType, shop: ModuleType) -> None:
    refunded, cancelled, replaced = [order for order in shop.orders()[:200] if order.delivered_on][:3]
    rows = [
        "idempotency_key,order_id,action,amount",
        f"k1,{refunded.id},refund,{refunded.total}",
        f"k2,{cancelled.id},cancellation,{cancelled.total}",
        f"k3,{replaced.id},replacement of Bothy mug,0",
    ]
    (workspace / "data" / "past_actions.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert tools.lookup(refunded.id).status == "refunded"
    assert tools.lookup(cancelled.id).status == "cancelled"
    assert tools.lookup(replaced.id).has_replacement
    with closing(sqlite3.connect(workspace / "data" / "shop.db")) as database:
        assert not database.execute("SELECT * FROM actions").fetchall()


def test_a_search_is_opened_once_however_often_it_is_asked_for(tools: ModuleType) -> None:
    assert tools.open_search("481206") == tools.open_search("481206")


def test_the_difference_paid_is_never_more_than_the_price_has_dropped(
    tools: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "idempotency_key", lambda: "key")
    assert tools.current_price("481192").difference == Decimal("9.00")
    with pytest.raises(PermanentError, match=r"£9\.00 cheaper"):
        tools.adjust("481192", Decimal("9.01"))
    assert tools.adjust("481192", Decimal("9.00")).amount == Decimal("9.00")
    with pytest.raises(PermanentError, match="done before"):
        tools.adjust("481192", Decimal("9.00"))


def test_an_extension_of_a_membership_is_found_again_by_its_key(
    tools: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "idempotency_key", lambda: "key")
    renewal = tools.extend("CC118230")
    assert renewal.ends_on == tools.find_member("c-107").ends_on == "3 June 2027"
    assert tools.find_renewal("key", "CC118230") == Done(renewal)
    with pytest.raises(PermanentError, match="cannot be extended today"):
        tools.extend("CC118230")
    with pytest.raises(PermanentError, match="cannot be extended today"):
        tools.extend("CC127741")


def test_an_exchange_takes_the_other_size_out_of_stock(tools: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "idempotency_key", lambda: "key")
    there = tools.check_stock("481162", "40").in_stock
    assert tools.exchange("481162", "a 40").action == "exchange of Otter approach shoes for size 40"
    assert tools.check_stock("481162", "EU 40").in_stock == there - 1
