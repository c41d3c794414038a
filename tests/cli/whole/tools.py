"""What the agent may look up and do."""

from dataclasses import dataclass
from decimal import Decimal

from segue import Free, FromCustomer, Trusted, tool


@dataclass(frozen=True, kw_only=True)
class Order:
    id: str
    customer_id: str
    status: str
    total: Decimal
    age_days: int
    skus: list[str]
    tracking: str | None = None


@tool("orders.lookup", effect="read", owner="customer_id")
def lookup(order_id: Free[str]) -> Order:
    raise NotImplementedError


@tool("code.check", effect="read", provides=["code_matched"])
def check(code: Free[str]) -> bool:
    raise NotImplementedError


@tool("payments.refund", effect="once", requires=["code_matched"])
def refund(order_id: Trusted[str], amount: Trusted[Decimal]) -> Decimal:
    raise NotImplementedError


@tool("orders.note", effect="write", requires=["reviewed"])
def note(order_id: Trusted[str], text: FromCustomer[str], urgent: bool = False) -> str:
    raise NotImplementedError
