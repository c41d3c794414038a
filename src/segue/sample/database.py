"""The shop's database: a small SQLite file that stands in for the shop's systems, and how its rows are read."""

import csv
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import answers
import ledger
import shop
from ledger import DATA, TODAY, Customer, Line, Membership, PastCard, PastOrder
from records import Order

from segue import idempotency_key
from segue.errors import PermanentError


@contextmanager
def opened() -> Iterator[sqlite3.Connection]:
    """Give one transaction, with the database to itself: tools are called from several threads at once."""
    with closing(sqlite3.connect(DATA / "shop.db", timeout=30, isolation_level=None)) as database:
        database.row_factory = lambda cursor, row: dict(zip([c[0] for c in cursor.description], row, strict=True))
        database.execute("BEGIN IMMEDIATE")
        if not database.execute("SELECT name FROM sqlite_master").fetchall():
            _fill(database)
        yield database
        database.execute("COMMIT")  # after an exception the connection closes without it, which undoes everything


# Reading


def find_order(database: sqlite3.Connection, order_id: str) -> Order:
    """Return the record of an order as of the sample's day.

    Raises:
        PermanentError: There is none.
    """
    row = _row(database, order_id)
    return answers.record(_order(database, row), row["status"], TODAY, _actions(database, order_id))


def find_past_order(database: sqlite3.Connection, order_id: str) -> PastOrder:
    """Return an order with its lines and days.

    Raises:
        PermanentError: There is none.
    """
    return _order(database, _row(database, order_id))


def find_by_parcel(database: sqlite3.Connection, tracking_number: str) -> PastOrder | None:
    """Return the order that travels under a tracking number."""
    row = database.execute("SELECT * FROM orders WHERE tracking_number = ?", [tracking_number]).fetchone()
    return _order(database, row) if row and tracking_number else None


def must_be(database: sqlite3.Connection, order_id: str, *statuses: str) -> Order:
    """Return an order that is in one of these states.

    Raises:
        PermanentError: It is in another.
    """
    order = find_order(database, order_id)
    if order.status not in statuses:
        raise PermanentError(f"order {order_id} is {order.status}, not {' or '.join(statuses)}")
    return order


def find_customer(database: sqlite3.Connection, column: str, value: str) -> Customer:
    """Return a customer by `id` or `email`.

    Raises:
        PermanentError: There is none.
    """
    query = f"SELECT * FROM customers WHERE lower({column}) = lower(?)"  # noqa: S608 - one of our two names
    row = database.execute(query, [value]).fetchone()
    if row is None:
        raise PermanentError(f"there is no customer with the {column} {value!r}")
    return Customer(id=row["id"], name=row["name"], email=row["email"], address=row["address"], member_since=None)


def find_membership(database: sqlite3.Connection, column: str, value: str) -> Membership | None:
    """Return what the club keeps about a member, by `customer_id` or `number`."""
    query = f"SELECT * FROM members WHERE {column} = ?"  # noqa: S608 - one of our two names
    row = database.execute(query, [value]).fetchone()
    if row is None:
        return None
    return Membership(
        number=row["number"],
        kind=row["kind"],
        since=date.fromisoformat(row["since"]),
        ends_on=date.fromisoformat(row["ends_on"]),
        renews=row["renews"] == "yes",
        credit=Decimal(row["credit"]),
    )


def find_card(database: sqlite3.Connection, code: str) -> PastCard:
    """Return a gift card by its code, however that is written.

    Raises:
        PermanentError: There is none.
    """
    row = database.execute("SELECT * FROM gift_cards WHERE code = ?", [code.strip().upper()]).fetchone()
    if row is None:
        raise PermanentError(f"there is no gift card {code!r}")
    return PastCard(
        code=row["code"],
        bought_on=date.fromisoformat(row["bought_on"]),
        value=Decimal(row["value"]),
        spent_on=_day(row["spent_on"]),
        left=Decimal(row["amount_left"]),
        blocked_on=_day(row["blocked_on"]),
    )


def stock_of(database: sqlite3.Connection, product_id: str) -> dict[str, int] | None:
    """Return how many there are of a product by size, where somebody has counted them."""
    rows = database.execute("SELECT size, in_stock FROM stock WHERE product_id = ?", [product_id]).fetchall()
    return {row["size"]: int(row["in_stock"]) for row in rows} or None


def _row(database: sqlite3.Connection, order_id: str) -> dict[str, Any]:
    row: dict[str, Any] | None = database.execute("SELECT * FROM orders WHERE id = ?", [order_id]).fetchone()
    if row is None:
        raise PermanentError(f"there is no order {order_id!r}")
    return row


def _order(database: sqlite3.Connection, row: dict[str, str]) -> PastOrder:
    lines = database.execute("SELECT * FROM lines WHERE order_id = ?", [row["id"]]).fetchall()
    return PastOrder(
        id=row["id"],
        customer_id=row["customer_id"],
        is_members=row["member"] == "yes",
        placed_on=date.fromisoformat(row["placed_on"]),
        shipped_on=_day(row["shipped_on"]),
        delivered_on=_day(row["delivered_on"]),
        lines=tuple(sorted(map(_line, lines), key=lambda line: line.product.name)),
        delivery_charge=Decimal(row["delivery_charge"]),
        address=row["address"],
        tracking_number=row["tracking_number"],
        due_on=_day(row["due_on"]),
        lost_on=_day(row["lost_on"]),
    )


def _line(row: dict[str, str]) -> Line:
    return Line(
        product=shop.products()[row["product_id"]],
        variant=row["variant"],
        quantity=int(row["quantity"]),
        unit_price=Decimal(row["unit_price"]),
    )


def _actions(database: sqlite3.Connection, order_id: str) -> list[str]:
    query = "SELECT action FROM actions WHERE order_id = :id UNION SELECT action FROM past_actions WHERE order_id = :id"
    return [row["action"] for row in database.execute(query, {"id": order_id})]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def write_mail(database: sqlite3.Connection, sent_to: str, subject: str) -> None:
    """Put an email into the outbox, once for each call, however often it is attempted."""
    database.execute("INSERT OR IGNORE INTO mails VALUES (?, ?, ?)", [idempotency_key(), sent_to, subject])


# Filling


def _fill(database: sqlite3.Connection) -> None:
    for statement in (DATA / "schema.sql").read_text(encoding="utf-8").split(";"):
        database.execute(statement)
    for table in ("products", "customers", "members", "lines", "parcels", "stock", "gift_cards"):
        _insert(database, table, _csv(table))
    members = {row["id"] for row in _csv("customers") if row["member"] == "yes"}
    _insert(database, "orders", [_by_hand(row, members) for row in _csv("orders")])
    _fill_year(database)
    if (DATA / "past_actions.csv").exists():
        _insert(database, "past_actions", _csv("past_actions"))
        for action, status in (("refund", "refunded"), ("cancellation", "cancelled")):
            query = "UPDATE orders SET status = ? WHERE id IN (SELECT order_id FROM past_actions WHERE action = ?)"
            database.execute(query, [status, action])


def _csv(table: str) -> list[dict[str, str]]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _insert(database: sqlite3.Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        names, values = ", ".join(rows[0]), ", ".join(f":{name}" for name in rows[0])
        database.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", rows)  # noqa: S608 - our own names


def _by_hand(row: dict[str, str], members: set[str]) -> dict[str, str]:
    """Add to an order of the CSV file what follows from the rest: it left us as soon as it could."""
    placed = date.fromisoformat(row["placed_on"])
    shipped = placed if ledger.is_working_day(placed) else ledger.after(placed, 1)
    return row | {
        "member": "yes" if row["customer_id"] in members else "no",
        "shipped_on": shipped.isoformat() if row["tracking_number"] else "",
        "due_on": "",
        "lost_on": "",
    }


def _fill_year(database: sqlite3.Connection) -> None:
    _insert(database, "customers", [_customer_row(each) for each in shop.customers()])
    kept = [(each.id, shop.membership_on(each, TODAY)) for each in shop.customers()]
    _insert(database, "members", [_member_row(customer, member) for customer, member in kept if member])
    _insert(database, "orders", [_order_row(order) for order in shop.orders()])
    lines = [(order.id, line) for order in shop.orders() for line in order.lines]
    _insert(database, "lines", [_line_row(order_id, line) for order_id, line in lines])
    _insert(database, "gift_cards", [_card_row(card) for card in shop.gift_cards()])


def _customer_row(customer: Customer) -> dict[str, str]:
    member = "yes" if shop.member_on(customer, TODAY).status == "active" else "no"
    named = {"id": customer.id, "name": customer.name, "email": customer.email, "address": customer.address}
    return named | {"member": member}


def _member_row(customer_id: str, member: Membership) -> dict[str, str]:
    kept = {name: str(value) for name, value in asdict(member).items()}
    return kept | {"customer_id": customer_id, "renews": "yes" if member.renews else "no"}


def _order_row(order: PastOrder) -> dict[str, str]:
    today = shop.state_on(order, TODAY)
    days = {name: getattr(order, name) for name in ("placed_on", "shipped_on", "delivered_on", "due_on", "lost_on")}
    return {name: day.isoformat() if day else "" for name, day in days.items()} | {
        "id": order.id,
        "customer_id": order.customer_id,
        "status": today.status,
        "delivery_charge": str(order.delivery_charge),
        "address": order.address,
        "tracking_number": order.tracking_number,
        "member": "yes" if order.is_members else "no",
    }


def _line_row(order_id: str, line: Line) -> dict[str, str]:
    return {
        "order_id": order_id,
        "product_id": line.product.id,
        "variant": line.variant,
        "quantity": str(line.quantity),
        "unit_price": str(line.unit_price),
    }


def _card_row(card: PastCard) -> dict[str, str]:
    return {
        "code": card.code,
        "bought_on": card.bought_on.isoformat(),
        "value": str(card.value),
        "spent_on": card.spent_on.isoformat() if card.spent_on else "",
        "amount_left": str(card.left),
        "blocked_on": card.blocked_on.isoformat() if card.blocked_on else "",
    }
