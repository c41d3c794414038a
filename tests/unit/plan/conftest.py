from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import pytest

from segue.errors import Finding
from segue.plan.catalogue import Catalogue
from segue.plan.procedure import parse
from segue.plan.verify import verify
from segue.tools import Free, FromCustomer, Registry, Trusted, registry, tool

Findings = Callable[[str], list[Finding]]


@dataclass
class Address:
    street: str
    town: str
    floor: int | None = None


@dataclass
class Item:
    sku: str
    price: Decimal
    count: int
    weight_kg: float
    note: str | None = None


@dataclass
class Order:
    id: str
    customer_id: str
    status: Literal["open", "shipped", "unknown"]
    category: str
    age_days: int
    weight_kg: float
    total: Decimal
    items: list[Item]
    tracking: str | None = None


@dataclass
class Receipt:
    id: str
    amount: Decimal


def find_refund(key: str, order_id: str, amount: Decimal) -> None: ...


def declare() -> Registry:
    """Declares the tools that the tests' plans use; none of them is ever called."""
    with registry.use(Registry()) as tools:

        @tool("orders.lookup", effect="read", owner="customer_id")
        def lookup(order_id: Free[str]) -> Order:
            raise NotImplementedError

        @tool("orders.find", effect="read")
        def find(text: str) -> Order | None:
            raise NotImplementedError

        @tool("orders.raw", effect="read")
        def raw(order_id: str) -> Any:
            raise NotImplementedError

        @tool("orders.change_address", effect="write", requires=["identity_verified"])
        def change_address(order_id: Trusted[str], address: FromCustomer[Address], note: str = "") -> Order:
            raise NotImplementedError

        @tool("payments.refund", effect="once", requires=["identity_verified"], reconcile=find_refund)
        def refund(order_id: Trusted[str], amount: Trusted[Decimal]) -> Receipt:
            raise NotImplementedError

        @tool("identity.verify", effect="read", provides=["identity_verified"])
        def identity(code: str) -> bool:
            raise NotImplementedError

        @tool("stock.reserve", effect="write", requires=["stock_counted"])
        def reserve(sku: str, count: int, kind: Literal["hard", "soft"] = "soft") -> bool:
            raise NotImplementedError

        @tool("stock.count", effect="read", provides=["stock_counted"])
        def count_stock(sku: str) -> int:
            raise NotImplementedError

        @tool("parcel.weigh", effect="read")
        def weigh(kilograms: float, parts: list[Decimal], labels: dict[str, str], urgent: bool = False) -> float:
            raise NotImplementedError

        @tool("parcel.label", effect="read")
        def label(about: Any = None, note: str | None = None) -> str:
            raise NotImplementedError

    return tools


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.of(declare())


@pytest.fixture(scope="session")
def findings(catalogue: Catalogue) -> Findings:
    """Reads and verifies a procedure; gives what is wrong with it."""

    def find(source: str) -> list[Finding]:
        plan, faults = parse(source, "procedures/x.yaml")
        return faults if plan is None else verify(plan, catalogue)

    return find
