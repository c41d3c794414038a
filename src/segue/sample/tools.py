"""What the agent of Skarv & Sedge may look up and do: the shop's orders, parcels and payments.

A small SQLite file stands in for the shop's systems. It is made from the CSV files in `data/` when a tool
first needs it; delete `data/shop.db` to start over.
"""

import csv
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from segue import Done, Free, FromCustomer, NotDone, Trusted, Unknown, idempotency_key, tool
from segue.errors import PermanentError

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 5, 20)
"""The sample's day. Its orders are of spring 2026; measured by the real date, all would soon be old."""

CARRIER_IS_DOWN_FOR = "NP6610286040"
"""The carrier never answers for this parcel, to show what becomes of a tool that fails."""
WAREHOUSE_HANGS_UP_ON = "481194"
"""The line drops while a replacement for this order is booked, to show what becomes of an action in doubt."""

RETURN_DAYS = 30
RETURN_DAYS_OF_MEMBERS = 60


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order, as far as the procedures need it."""

    id: str
    customer_id: str
    status: Literal["placed", "packed", "shipped", "delivered", "cancelled", "refunded"]
    contents: str
    """Its items in words: `2 x Bothy mug, Siskin fleece size M`."""
    item_count: int
    category: str
    """Of its first item: `tents`, `footwear` and so on."""
    total: Decimal
    """Pounds paid, delivery included."""
    is_returnable: bool
    """False where an item is never taken back, such as a rope."""
    has_replacement: bool
    """True where we sent an item of it again."""
    age_days: int
    """Days since it was delivered, or since it was placed while it has not arrived."""
    return_days: int
    """How many days after delivery this customer may return it."""
    delivered_on: str
    """In words: `Tuesday 19 May`; empty until then."""
    address: str
    tracking_number: str
    """Empty until the parcel leaves the warehouse."""


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """Where a parcel is."""

    tracking_number: str
    status: str
    """`on its way` or `out for delivery`."""
    place: str
    """Where it was scanned last."""
    expected: str
    """When it should arrive, in words: `today`, `Friday 22 May`."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What was done about an order."""

    order_id: str
    action: str
    """In words: `refund`, `replacement of Curlew head torch`."""
    amount: Decimal
    """Pounds paid back, 0 where none were."""


@tool("orders.lookup", effect="read", owner="customer_id")
def lookup(order_id: Free[str]) -> Order:
    """Find an order by its number."""
    with _shop() as shop:
        return _order(shop, order_id)


@tool("shipping.track", effect="read")
def track(tracking_number: Trusted[str]) -> Parcel:
    """Ask the carrier where a parcel is and when it arrives."""
    if tracking_number == CARRIER_IS_DOWN_FOR:
        raise ConnectionError("Northmoor Parcel does not answer")
    with _shop() as shop:
        row = shop.execute("SELECT * FROM parcels WHERE tracking_number = ?", [tracking_number]).fetchone()
    if row is None:
        raise PermanentError(f"Northmoor Parcel knows no parcel {tracking_number!r}")
    return Parcel(**row)


@tool("orders.change_address", effect="write", requires=["identity_verified"])
def change_address(order_id: Trusted[str], address: FromCustomer[str]) -> Order:
    """Send an order to another address, as long as it is in the warehouse; twice is the same as once."""
    with _shop() as shop:
        _must_be(shop, order_id, "placed", "packed")
        shop.execute("UPDATE orders SET address = ? WHERE id = ?", [" ".join(address.split()), order_id])
        return _order(shop, order_id)


def find_refund(key: str, order_id: str, amount: Decimal) -> Done[Receipt] | NotDone:
    """Say whether the refund asked for under this key was paid."""
    return _find(key)


@tool("payments.refund", effect="once", requires=["identity_verified"], reconcile=find_refund)
def refund(order_id: Trusted[str], amount: Trusted[Decimal]) -> Receipt:
    """Pay the money for an order back, the way it was paid."""
    with _shop() as shop:
        order = _must_be(shop, order_id, "delivered")
        if not 0 < amount <= order.total:
            raise PermanentError(f"order {order_id} cost £{order.total}: £{amount} cannot be paid back")
        shop.execute("UPDATE orders SET status = 'refunded' WHERE id = ?", [order_id])
        return _record(shop, order_id, "refund", amount)


def find_cancellation(key: str, order_id: str) -> Done[Receipt] | NotDone:
    """Say whether the cancellation asked for under this key was made."""
    return _find(key)


@tool("orders.cancel", effect="once", requires=["identity_verified"], reconcile=find_cancellation)
def cancel(order_id: Trusted[str]) -> Receipt:
    """Stop an order that is still in the warehouse, and give the money back."""
    with _shop() as shop:
        order = _must_be(shop, order_id, "placed", "packed")
        shop.execute("UPDATE orders SET status = 'cancelled' WHERE id = ?", [order_id])
        return _record(shop, order_id, "cancellation", order.total)


def find_replacement(key: str, order_id: str, item: str) -> Done[Receipt] | NotDone | Unknown:
    """Say whether the replacement asked for under this key was booked, where the warehouse can tell."""
    return Unknown() if order_id == WAREHOUSE_HANGS_UP_ON else _find(key)


@tool("orders.replace", effect="once", requires=["identity_verified"], reconcile=find_replacement)
def replace(order_id: Trusted[str], item: FromCustomer[str]) -> Receipt:
    """Send one item of a delivered order again, by express and at no charge."""
    if order_id == WAREHOUSE_HANGS_UP_ON:
        raise ConnectionError("the line to the warehouse dropped before it confirmed the booking")
    with _shop() as shop:
        _must_be(shop, order_id, "delivered")
        return _record(shop, order_id, f"replacement of {_item_meant(shop, order_id, item)}", Decimal(0))


@contextmanager
def _shop() -> Iterator[sqlite3.Connection]:
    """One transaction, with the database to itself: tools are called from several threads at once."""
    with closing(sqlite3.connect(DATA / "shop.db", timeout=30, isolation_level=None)) as shop:
        shop.row_factory = lambda cursor, row: dict(zip([c[0] for c in cursor.description], row, strict=True))
        shop.execute("BEGIN IMMEDIATE")
        if not shop.execute("SELECT name FROM sqlite_master").fetchall():
            _fill(shop)
        yield shop
        shop.execute("COMMIT")  # after an exception the connection closes without it, which undoes everything


def _fill(shop: sqlite3.Connection) -> None:
    for statement in (DATA / "schema.sql").read_text(encoding="utf-8").split(";"):
        shop.execute(statement)
    for table in ("products", "customers", "orders", "lines", "parcels"):
        with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        names, values = ", ".join(rows[0]), ", ".join(f":{name}" for name in rows[0])
        shop.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", rows)  # noqa: S608 - our own names


def _order(shop: sqlite3.Connection, order_id: str) -> Order:
    row = shop.execute(
        "SELECT o.*, c.member FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = ?",
        [order_id],
    ).fetchone()
    if row is None:
        raise PermanentError(f"there is no order {order_id!r}")
    lines = _lines(shop, order_id)
    delivered = date.fromisoformat(row["delivered_on"]) if row["delivered_on"] else None
    goods = sum(int(line["quantity"]) * Decimal(line["unit_price"]) for line in lines)
    return Order(
        id=order_id,
        customer_id=row["customer_id"],
        status=row["status"],
        contents=", ".join(_in_words(line) for line in lines),
        item_count=sum(int(line["quantity"]) for line in lines),
        category=lines[0]["category"],
        total=goods + Decimal(row["delivery_charge"]),
        is_returnable=all(line["returnable"] == "yes" for line in lines),
        has_replacement=_has_replacement(shop, order_id),
        age_days=(TODAY - (delivered or date.fromisoformat(row["placed_on"]))).days,
        return_days=RETURN_DAYS_OF_MEMBERS if row["member"] == "yes" else RETURN_DAYS,
        delivered_on=f"{delivered:%A} {delivered.day} {delivered:%B}" if delivered else "",
        address=row["address"],
        tracking_number=row["tracking_number"],
    )


def _has_replacement(shop: sqlite3.Connection, order_id: str) -> bool:
    query = "SELECT 1 FROM actions WHERE order_id = ? AND action LIKE 'replacement of %'"
    return shop.execute(query, [order_id]).fetchone() is not None


def _lines(shop: sqlite3.Connection, order_id: str) -> list[dict[str, str]]:
    return shop.execute(
        "SELECT * FROM lines JOIN products ON products.id = product_id WHERE order_id = ? ORDER BY name",
        [order_id],
    ).fetchall()


def _in_words(line: dict[str, str]) -> str:
    count = "" if line["quantity"] == "1" else f"{line['quantity']} x "
    return f"{count}{line['name']} {line['variant']}".rstrip()


def _item_meant(shop: sqlite3.Connection, order_id: str, text: str) -> str:
    """Return the one item of the order that the customer's words name."""
    names = [line["name"] for line in _lines(shop, order_id)]
    said = set(re.findall(r"\w{4,}", text.lower()))
    meant = [name for name in names if said & set(re.findall(r"\w{4,}", name.lower()))]
    if len(meant) != 1:
        raise PermanentError(f"order {order_id} holds {', '.join(names)}: unclear which of them is meant by {text!r}")
    return meant[0]


def _must_be(shop: sqlite3.Connection, order_id: str, *statuses: str) -> Order:
    order = _order(shop, order_id)
    if order.status not in statuses:
        raise PermanentError(f"order {order_id} is {order.status}, not {' or '.join(statuses)}")
    return order


def _record(shop: sqlite3.Connection, order_id: str, action: str, amount: Decimal) -> Receipt:
    """Write down, under the call's idempotency key, what is done in this transaction."""
    if shop.execute("SELECT 1 FROM actions WHERE order_id = ? AND action = ?", [order_id, action]).fetchone():
        raise PermanentError(f"order {order_id}: {action} was done before")
    shop.execute("INSERT INTO actions VALUES (?, ?, ?, ?)", [idempotency_key(), order_id, action, str(amount)])
    return Receipt(order_id=order_id, action=action, amount=amount)


def _find(key: str) -> Done[Receipt] | NotDone:
    with _shop() as shop:
        row = shop.execute("SELECT order_id, action, amount FROM actions WHERE idempotency_key = ?", [key]).fetchone()
    if row is None:
        return NotDone()
    return Done(Receipt(order_id=row["order_id"], action=row["action"], amount=Decimal(row["amount"])))
