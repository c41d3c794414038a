"""What the agent may do in this company's systems: plain Python functions, each declared as a tool.

The orders stand in this file so that the workspace runs at once; in your own, ask your shop's database here.
"""

from __future__ import annotations

from dataclasses import dataclass

from segue import Free, tool
from segue.errors import PermanentError


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order, as a customer may see it."""

    id: str
    customer_id: str
    titles: str
    status: str
    leaves_on: str
    arrives_by: str = ""
    tracking: str = ""


ORDERS = {
    order.id: order
    for order in [
        Order(
            id="MB-1042",
            customer_id="c-7",
            titles="The Lighthouse Ledger",
            status="shipped",
            leaves_on="Monday 4 May",
            arrives_by="Thursday 7 May",
            tracking="NP 5530 1187",
        ),
        Order(
            id="MB-1051",
            customer_id="c-9",
            titles="Moths of the North; A Year of Soups",
            status="packing",
            leaves_on="Friday 8 May",
        ),
    ]
}


@tool("orders.lookup", effect="read", owner="customer_id")
async def lookup(order_id: Free[str]) -> Order:
    """Look an order up by its number."""
    if order_id not in ORDERS:
        raise PermanentError(f"there is no order {order_id}")
    return ORDERS[order_id]
