"""What the shop's tools return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

import meaning


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a customer is."""

    user_id: str


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where something is sent to."""

    address1: str
    address2: str
    city: str
    state: str
    country: str
    zip: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """A line of an order."""

    name: str
    product_id: str
    item_id: str
    price: Decimal
    options: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order, as its customer may see it."""

    order_id: str
    user_id: str
    status: str
    contents: str
    total: Decimal
    paid_with: str
    """The id of how it was paid first."""
    sent_to: str
    tracking: str
    items: list[Item]
    address: Address

    @classmethod
    def of(cls, order: Mapping[str, Any]) -> Self:
        """Read it from its record."""
        items = [
            Item(**{key: line[key] for key in ("name", "product_id", "item_id", "options")}, price=money(line["price"]))
            for line in order["items"]
        ]
        return cls(
            order_id=order["order_id"],
            user_id=order["user_id"],
            status=order["status"],
            contents=meaning.contents(dict(order)),
            total=sum((item.price for item in items), Decimal(0)),
            paid_with=order["payment_history"][0]["payment_method_id"],
            sent_to=in_words(order["address"]),
            tracking=", ".join(number for sent in order["fulfillments"] for number in sent["tracking_id"]),
            items=items,
            address=Address(**order["address"]),
        )


@dataclass(frozen=True, kw_only=True)
class User:
    """A customer."""

    user_id: str
    name: str
    email: str
    lives_at: str
    payment_methods: list[str]
    ways_to_pay: str
    """The same in words."""
    orders: str
    """Their numbers."""

    @classmethod
    def of(cls, user: Mapping[str, Any]) -> Self:
        """Read it from its record."""
        return cls(
            user_id=user["user_id"],
            name=f"{user['name']['first_name']} {user['name']['last_name']}",
            email=user["email"],
            lives_at=in_words(user["address"]),
            payment_methods=sorted(user["payment_methods"]),
            ways_to_pay=", ".join(sorted(user["payment_methods"])),
            orders=", ".join(user["orders"]),
        )


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One of the forms that a product comes in."""

    item_id: str
    options: dict[str, str]
    available: bool
    price: Decimal

    @classmethod
    def of(cls, variant: Mapping[str, Any]) -> Self:
        """Read it from its record."""
        return cls(**{**variant, "price": money(variant["price"])})


@dataclass(frozen=True, kw_only=True)
class Product:
    """A product in all its forms."""

    product_id: str
    name: str
    variants: list[Variant]
    in_stock: int
    """Forms that are available."""

    @classmethod
    def of(cls, product: Mapping[str, Any]) -> Self:
        """Read it from its record."""
        variants = [Variant.of(each) for each in product["variants"].values()]
        in_stock = sum(variant.available for variant in variants)
        return cls(product_id=product["product_id"], name=product["name"], variants=variants, in_stock=in_stock)


@dataclass(frozen=True, kw_only=True)
class Meant:
    """The items of an order that a customer's words mean."""

    user_id: str
    item_ids: list[str]
    in_words: str


@dataclass(frozen=True, kw_only=True)
class Swap:
    """The items of an order that a customer wants in another form, and these forms."""

    user_id: str
    item_ids: list[str]
    new_item_ids: list[str]
    in_words: str
    difference: Decimal
    """What the new ones cost more."""


def money(amount: float) -> Decimal:
    """Return an amount of the records, exactly."""
    return Decimal(str(amount))


def in_words(address: Mapping[str, str]) -> str:
    """Return an address in one line."""
    parts: Sequence[str] = [address[key] for key in ("address1", "address2", "city", "state", "zip", "country")]
    return ", ".join(part for part in parts if part)
