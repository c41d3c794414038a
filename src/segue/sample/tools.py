"""What the agent of Skarv & Sedge may look up and do: orders, parcels, payments, the club, gift cards and accounts.

A small SQLite file stands in for the shop's systems. It is made from the CSV files in `data/` and from the year in
`shop.py` when a tool first needs it; delete `data/shop.db` to start over. What the tools return is in `records.py`.
"""

import re
import sqlite3
from datetime import date, timedelta
from decimal import Decimal

import answers
import ledger
from database import (
    find_by_parcel,
    find_card,
    find_customer,
    find_membership,
    find_order,
    find_past_order,
    must_be,
    opened,
    stock_of,
    write_mail,
)
from ledger import TODAY
from records import Export, GiftCard, Invoice, Member, Order, Parcel, Price, Receipt, Renewal, Reset, Search, Stock

from segue import Done, Free, FromCustomer, NotDone, Trusted, Unknown, idempotency_key, tool
from segue.errors import PermanentError

CARRIER_IS_DOWN_FOR = "NP6610286040"
"""The carrier never answers for this parcel, to show what becomes of a tool that fails."""
WAREHOUSE_HANGS_UP_ON = "481194"
"""The line drops while a replacement for this order is booked, to show what becomes of an action in doubt."""

PATIENCE = timedelta(seconds=5)
"""How long a system may take for something that must not happen twice."""
RENEWABLE_DAYS = 60
"""How long before its end, and after, a membership can be extended."""


# Orders


@tool("orders.lookup", effect="read", owner="customer_id")
def lookup(order_id: Free[str]) -> Order:
    """Find an order by its number."""
    with opened() as shop:
        return find_order(shop, order_id)


@tool("orders.change_address", effect="write", requires=["identity_verified"])
def change_address(order_id: Trusted[str], address: FromCustomer[str]) -> Order:
    """Send an order to another address, as long as it is in the warehouse; twice is the same as once."""
    with opened() as shop:
        must_be(shop, order_id, "placed", "packed")
        shop.execute("UPDATE orders SET address = ? WHERE id = ?", [" ".join(address.split()), order_id])
        return find_order(shop, order_id)


def find_cancellation(key: str, order_id: str) -> Done[Receipt] | NotDone:
    """Say whether the cancellation asked for under this key was made."""
    return _find(key)


@tool("orders.cancel", effect="once", requires=["identity_verified"], reconcile=find_cancellation, timeout=PATIENCE)
def cancel(order_id: Trusted[str]) -> Receipt:
    """Stop an order that is still in the warehouse, and give the money back."""
    with opened() as shop:
        order = must_be(shop, order_id, "placed", "packed")
        shop.execute("UPDATE orders SET status = 'cancelled' WHERE id = ?", [order_id])
        return _record(shop, order_id, "cancellation", order.total)


def find_replacement(key: str, order_id: str, item: str) -> Done[Receipt] | NotDone | Unknown:
    """Say whether the replacement asked for under this key was booked, where the warehouse can tell."""
    return Unknown() if order_id == WAREHOUSE_HANGS_UP_ON else _find(key)


@tool("orders.replace", effect="once", requires=["identity_verified"], reconcile=find_replacement, timeout=PATIENCE)
def replace(order_id: Trusted[str], item: FromCustomer[str]) -> Receipt:
    """Send one item of a delivered order again, by express and at no charge."""
    if order_id == WAREHOUSE_HANGS_UP_ON:
        raise ConnectionError("the line to the warehouse dropped before it confirmed the booking")
    with opened() as shop:
        must_be(shop, order_id, "delivered")
        return _record(shop, order_id, f"replacement of {_item_meant(shop, order_id, item)}", Decimal(0))


def find_exchange(key: str, order_id: str, size: str) -> Done[Receipt] | NotDone:
    """Say whether the exchange asked for under this key was booked."""
    return _find(key)


@tool("orders.exchange", effect="once", requires=["identity_verified"], reconcile=find_exchange, timeout=PATIENCE)
def exchange(order_id: Trusted[str], size: FromCustomer[str]) -> Receipt:
    """Hold the item of a delivered order in another size, and email the label for sending the first one back."""
    with opened() as shop:
        must_be(shop, order_id, "delivered")
        stock = _stock(shop, order_id, size)
        if not stock.in_stock:
            raise PermanentError(f"there is no {stock.item} in {stock.size}")
        query = "UPDATE stock SET in_stock = in_stock - 1 WHERE product_id = ? AND size = ?"
        shop.execute(query, [find_past_order(shop, order_id).lines[0].product.id, stock.size])
        receipt = answers.exchange_of(find_past_order(shop, order_id), size)
        return _record(shop, order_id, receipt.action, receipt.amount)


# Parcels and stock


@tool("shipping.track", effect="read")
def track(tracking_number: Trusted[str]) -> Parcel:
    """Ask the carrier where a parcel is and when it arrives."""
    if tracking_number == CARRIER_IS_DOWN_FOR:
        raise ConnectionError("Northmoor Parcel does not answer")
    with opened() as shop:
        row = shop.execute("SELECT * FROM parcels WHERE tracking_number = ?", [tracking_number]).fetchone()
        order = find_by_parcel(shop, tracking_number)
    if row is not None:
        silent = ledger.working_days(date.fromisoformat(row.pop("scanned_on")), TODAY)
        return Parcel(**row, silent_days=silent)
    if order is None:
        raise PermanentError(f"Northmoor Parcel knows no parcel {tracking_number!r}")
    return answers.parcel_on(order, TODAY)


@tool("shipping.open_search", effect="write", requires=["identity_verified"])
def open_search(order_id: Trusted[str]) -> Search:
    """Have the carrier search for an order's parcel; while a search is open, asking again changes nothing."""
    with opened() as shop:
        must_be(shop, order_id, "shipped", "delivered")
        shop.execute("INSERT OR IGNORE INTO searches VALUES (?, ?)", [order_id, TODAY.isoformat()])
        row = shop.execute("SELECT opened_on FROM searches WHERE order_id = ?", [order_id]).fetchone()
        return answers.search_on(find_past_order(shop, order_id), date.fromisoformat(row["opened_on"]))


@tool("stock.check", effect="read", owner="customer_id")
def check_stock(order_id: Trusted[str], size: FromCustomer[str]) -> Stock:
    """Say how many there are of an order's item in another size."""
    with opened() as shop:
        return _stock(shop, order_id, size)


# Money


def find_refund(key: str, order_id: str, amount: Decimal) -> Done[Receipt] | NotDone:
    """Say whether the refund asked for under this key was paid."""
    return _find(key)


@tool("payments.refund", effect="once", requires=["identity_verified"], reconcile=find_refund, timeout=PATIENCE)
def refund(order_id: Trusted[str], amount: Trusted[Decimal]) -> Receipt:
    """Pay the money for an order back, the way it was paid."""
    with opened() as shop:
        order = must_be(shop, order_id, "delivered")
        if not 0 < amount <= order.total:
            raise PermanentError(f"order {order_id} cost £{order.total}: £{amount} cannot be paid back")
        shop.execute("UPDATE orders SET status = 'refunded' WHERE id = ?", [order_id])
        return _record(shop, order_id, "refund", amount)


@tool("prices.current", effect="read", owner="customer_id")
def current_price(order_id: Trusted[str]) -> Price:
    """Say what an order's goods cost now, and how much less that is than what was paid."""
    with opened() as shop:
        return answers.prices_on(find_past_order(shop, order_id), TODAY)


def find_adjustment(key: str, order_id: str, amount: Decimal) -> Done[Receipt] | NotDone:
    """Say whether the difference asked for under this key was paid."""
    return _find(key)


@tool("payments.adjust", effect="once", requires=["identity_verified"], reconcile=find_adjustment, timeout=PATIENCE)
def adjust(order_id: Trusted[str], amount: Trusted[Decimal]) -> Receipt:
    """Pay back the difference to a lower price, the way the order was paid."""
    with opened() as shop:
        must_be(shop, order_id, "delivered")
        difference = answers.prices_on(find_past_order(shop, order_id), TODAY).difference
        if not 0 < amount <= difference:
            raise PermanentError(f"order {order_id} is £{difference} cheaper now: £{amount} cannot be paid back")
        return _record(shop, order_id, "price adjustment", amount)


@tool("giftcards.balance", effect="read")
def balance(code: Free[str]) -> GiftCard:
    """Say whether a gift card is valid, until when, and what is left on it. Who has the code has the card."""
    with opened() as shop:
        return answers.card_on(find_card(shop, code), TODAY)


@tool("invoices.send", effect="write", requires=["identity_verified"])
def send_invoice(order_id: Trusted[str]) -> Invoice:
    """Send the invoice of an order, with its VAT, to the email address of the customer's account again."""
    with opened() as shop:
        order = find_past_order(shop, order_id)
        invoice = answers.invoice_of(order, find_customer(shop, "id", order.customer_id))
        write_mail(shop, invoice.sent_to, f"Invoice {invoice.number}")
        return invoice


# The club and accounts


@tool("members.lookup", effect="read", owner="customer_id")
def find_member(customer_id: Trusted[str]) -> Member:
    """Find a customer's membership of the Cairn Club; who never joined has the status `none`."""
    with opened() as shop:
        customer = find_customer(shop, "id", customer_id)
        return answers.member_record(customer.id, find_membership(shop, "customer_id", customer.id), TODAY)


def find_renewal(key: str, member_id: str) -> Done[Renewal] | NotDone:
    """Say whether the extension asked for under this key was made."""
    with opened() as shop:
        query = "SELECT member_id, ends_on, amount FROM renewals WHERE idempotency_key = ?"
        row = shop.execute(query, [key]).fetchone()
    if row is None:
        return NotDone()
    return Done(Renewal(member_id=row["member_id"], ends_on=row["ends_on"], amount=Decimal(row["amount"])))


@tool("members.extend", effect="once", requires=["identity_verified"], reconcile=find_renewal, timeout=PATIENCE)
def extend(member_id: Trusted[str]) -> Renewal:
    """Extend a membership by a year, counted from its last day, and take the fee for it."""
    with opened() as shop:
        kept = find_membership(shop, "number", member_id)
        if kept is None:
            raise PermanentError(f"there is no member {member_id!r}")
        if abs((kept.ends_on - TODAY).days) > RENEWABLE_DAYS:
            raise PermanentError(f"membership {member_id} runs until {kept.ends_on}: it cannot be extended today")
        renewal = answers.renewal_of(kept)
        ends_on = ledger.year_after(kept.ends_on).isoformat()
        shop.execute("UPDATE members SET ends_on = ? WHERE number = ?", [ends_on, member_id])
        taken = [idempotency_key(), member_id, renewal.ends_on, str(renewal.amount)]
        shop.execute("INSERT INTO renewals VALUES (?, ?, ?, ?)", taken)
        return renewal


@tool("accounts.send_reset", effect="write")
def send_reset(email: Free[str]) -> Reset:
    """Send a link for a new password to the address of an account: whoever asks for it, only its owner gets it."""
    with opened() as shop:
        reset = answers.reset_of(find_customer(shop, "email", email).email)
        write_mail(shop, reset.sent_to, "Your new password")
        return reset


@tool("accounts.export_data", effect="write", requires=["identity_verified"])
def export_data(customer_id: Trusted[str]) -> Export:
    """Order a copy of all that is kept about a customer; asking again while it is made changes nothing."""
    with opened() as shop:
        customer = find_customer(shop, "id", customer_id)
        shop.execute("INSERT OR IGNORE INTO exports VALUES (?, ?)", [customer.id, TODAY.isoformat()])
        row = shop.execute("SELECT asked_on FROM exports WHERE customer_id = ?", [customer.id]).fetchone()
        return answers.export_on(customer, date.fromisoformat(row["asked_on"]))


def _stock(shop: sqlite3.Connection, order_id: str, size: str) -> Stock:
    order = find_past_order(shop, order_id)
    return answers.stock_on(order, size, TODAY, stock_of(shop, order.lines[0].product.id))


def _item_meant(shop: sqlite3.Connection, order_id: str, text: str) -> str:
    """Return the one item of the order that the customer's words name best."""
    names = [line.product.name for line in find_past_order(shop, order_id).lines]
    shared = {name: len(_words(text) & _words(name)) for name in names}
    meant = [name for name in names if shared[name] and shared[name] == max(shared.values())]
    if len(meant) != 1:
        raise PermanentError(f"order {order_id} holds {', '.join(names)}: unclear which of them is meant by {text!r}")
    return meant[0]


def _words(text: str) -> set[str]:
    """Return the words that tell products apart; one mug or two are the same."""
    return {word.removesuffix("s") for word in re.findall(r"\w{3,}", text.lower())} - {"size", "the", "and"}


def _record(shop: sqlite3.Connection, order_id: str, action: str, amount: Decimal) -> Receipt:
    """Write down, under the call's idempotency key, what is done in this transaction."""
    for table in ("actions", "past_actions"):
        query = f"SELECT 1 FROM {table} WHERE order_id = ? AND action = ?"  # noqa: S608 - our own names
        if shop.execute(query, [order_id, action]).fetchone():
            raise PermanentError(f"order {order_id}: {action} was done before")
    shop.execute("INSERT INTO actions VALUES (?, ?, ?, ?)", [idempotency_key(), order_id, action, str(amount)])
    return Receipt(order_id=order_id, action=action, amount=amount)


def _find(key: str) -> Done[Receipt] | NotDone:
    with opened() as shop:
        row = shop.execute("SELECT order_id, action, amount FROM actions WHERE idempotency_key = ?", [key]).fetchone()
    if row is None:
        return NotDone()
    return Done(Receipt(order_id=row["order_id"], action=row["action"], amount=Decimal(row["amount"])))
