"""What the shop's systems do to their records. Each change looks first, then acts: a refusal leaves all as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ledger import Data, Touched

from segue.errors import PermanentError

Record = dict[str, Any]
Change = tuple[Record, Touched]

ADDRESS = ("address1", "address2", "city", "state", "country", "zip")


def order_of(data: Data, order_id: str) -> Record:
    """Return an order."""
    if order_id not in data["orders"]:
        raise PermanentError(f"there is no order {order_id}")
    return data["orders"][order_id]


def user_of(data: Data, user_id: str) -> Record:
    """Return a customer."""
    if user_id not in data["users"]:
        raise PermanentError(f"there is no customer {user_id}")
    return data["users"][user_id]


def variant_of(data: Data, item_id: str) -> tuple[Record, Record]:
    """Return a product, and the variant of it that has this number."""
    for product in data["products"].values():
        if item_id in product["variants"]:
            return product, product["variants"][item_id]
    raise PermanentError(f"there is no item {item_id}")


def find_by_email(data: Data, email: str) -> str:
    """Return the id of the customer with an email address."""
    for name, user in data["users"].items():
        if user["email"].lower() == email.lower():
            return name
    raise PermanentError("no customer has this email address")


def find_by_name(data: Data, first_name: str, last_name: str, zip_code: str) -> str:
    """Return the id of the customer with a name and a zip code."""
    wanted = (first_name.lower(), last_name.lower(), zip_code)
    for name, user in data["users"].items():
        if (user["name"]["first_name"].lower(), user["name"]["last_name"].lower(), user["address"]["zip"]) == wanted:
            return name
    raise PermanentError("no customer has this name and zip code")


# Changes


def cancel_pending_order(data: Data, order_id: str, reason: str) -> Change:
    """Stop an order, and give the money back the way it came."""
    order = order_of(data, order_id)
    if order["status"] != "pending":
        raise PermanentError(f"order {order_id} is {order['status']} and cannot be cancelled")
    refunds = [{**paid, "transaction_type": "refund"} for paid in order["payment_history"]]
    touched = [("orders", order_id)]
    for refund in refunds:
        touched += _pay_back(data, order["user_id"], refund["payment_method_id"], refund["amount"])
    order |= {"status": "cancelled", "cancel_reason": reason}
    order["payment_history"] = [*order["payment_history"], *refunds]
    return order, touched


def exchange_delivered_order_items(
    data: Data, order_id: str, item_ids: Sequence[str], new_item_ids: Sequence[str], payment_method_id: str
) -> Change:
    """Ask for other variants of what was delivered."""
    order = _of_status(data, order_id, "delivered")
    difference = _difference(data, order, item_ids, new_item_ids)
    _check_covered(data, order["user_id"], payment_method_id, difference)
    order |= {
        "status": "exchange requested",
        "exchange_items": sorted(item_ids),
        "exchange_new_items": sorted(new_item_ids),
        "exchange_payment_method_id": payment_method_id,
        "exchange_price_difference": difference,
    }
    return order, [("orders", order_id)]


def return_delivered_order_items(data: Data, order_id: str, item_ids: Sequence[str], payment_method_id: str) -> Change:
    """Ask for money for what was delivered: to where it came from, or to a gift card."""
    order = _of_status(data, order_id, "delivered")
    _lines(order, item_ids)
    method = _method(data, order["user_id"], payment_method_id)
    if method["source"] != "gift_card" and payment_method_id != order["payment_history"][0]["payment_method_id"]:
        raise PermanentError("the money goes back to where it came from, or to a gift card")
    order |= {
        "status": "return requested",
        "return_items": sorted(item_ids),
        "return_payment_method_id": payment_method_id,
    }
    return order, [("orders", order_id)]


def modify_pending_order_items(
    data: Data, order_id: str, item_ids: Sequence[str], new_item_ids: Sequence[str], payment_method_id: str
) -> Change:
    """Put other variants into an order, once."""
    order = _of_status(data, order_id, "pending")
    difference = _difference(data, order, item_ids, new_item_ids)
    _check_covered(data, order["user_id"], payment_method_id, difference)
    lines = _lines(order, item_ids)
    touched = [("orders", order_id), *_pay_back(data, order["user_id"], payment_method_id, -difference)]
    for line, item_id in zip(lines, new_item_ids, strict=True):
        _, variant = variant_of(data, item_id)
        line |= {"item_id": item_id, "price": variant["price"], "options": variant["options"]}
    kind = "payment" if difference > 0 else "refund"
    paid = {"transaction_type": kind, "amount": abs(difference), "payment_method_id": payment_method_id}
    order["payment_history"] = [*order["payment_history"], paid]
    order["status"] = "pending (item modified)"
    return order, touched


def modify_pending_order_payment(data: Data, order_id: str, payment_method_id: str) -> Change:
    """Let an order be paid another way."""
    order = _pending(data, order_id)
    history = order["payment_history"]
    if len(history) != 1 or history[0]["transaction_type"] != "payment":
        raise PermanentError(f"order {order_id} was not paid in one payment")
    before, amount = history[0]["payment_method_id"], history[0]["amount"]
    if payment_method_id == before:
        raise PermanentError(f"order {order_id} is paid that way already")
    _check_covered(data, order["user_id"], payment_method_id, amount)
    touched = [("orders", order_id), *_pay_back(data, order["user_id"], payment_method_id, -amount)]
    touched += _pay_back(data, order["user_id"], before, amount)
    order["payment_history"] = [
        *history,
        {"transaction_type": "payment", "amount": amount, "payment_method_id": payment_method_id},
        {"transaction_type": "refund", "amount": amount, "payment_method_id": before},
    ]
    return order, touched


def modify_pending_order_address(data: Data, order_id: str, *address: str) -> Change:
    """Send an order somewhere else."""
    order = _pending(data, order_id)
    order["address"] = dict(zip(ADDRESS, address, strict=True))
    return order, [("orders", order_id)]


def modify_user_address(data: Data, user_id: str, *address: str) -> Change:
    """Give a customer another address of their own."""
    user = user_of(data, user_id)
    user["address"] = dict(zip(ADDRESS, address, strict=True))
    return user, [("users", user_id)]


# What every change looks at


def _of_status(data: Data, order_id: str, status: str) -> Record:
    order = order_of(data, order_id)
    if order["status"] != status:
        raise PermanentError(f"order {order_id} is {order['status']}, not {status}")
    return order


def _pending(data: Data, order_id: str) -> Record:
    order = order_of(data, order_id)
    if not order["status"].startswith("pending"):
        raise PermanentError(f"order {order_id} is {order['status']}, not pending")
    return order


def _lines(order: Record, item_ids: Sequence[str]) -> list[Record]:
    """Return the lines of an order with these items, each line once."""
    if not item_ids:
        raise PermanentError("no item is named")
    left, found = list(order["items"]), []
    for item_id in item_ids:
        line = next((each for each in left if each["item_id"] == item_id), None)
        if line is None:
            raise PermanentError(f"order {order['order_id']} holds {dict(Counter(item_ids))[item_id]} of {item_id} not")
        left.remove(line)
        found.append(line)
    return found


def _difference(data: Data, order: Record, item_ids: Sequence[str], new_item_ids: Sequence[str]) -> float:
    """Return what new items cost more than old ones; each new one is an available variant of the same product."""
    if len(item_ids) != len(new_item_ids):
        raise PermanentError("every item needs one in its place")
    difference = 0.0
    for line, item_id in zip(_lines(order, item_ids), new_item_ids, strict=True):
        product, variant = variant_of(data, item_id)
        if product["product_id"] != line["product_id"] or not variant["available"]:
            raise PermanentError(f"{item_id} cannot take the place of {line['item_id']}")
        difference += variant["price"] - line["price"]
    return round(difference, 2)


def _method(data: Data, user_id: str, payment_method_id: str) -> Record:
    methods = user_of(data, user_id)["payment_methods"]
    if payment_method_id not in methods:
        raise PermanentError(f"{payment_method_id} is none of the customer's ways to pay")
    method: Record = methods[payment_method_id]
    return method


def _check_covered(data: Data, user_id: str, payment_method_id: str, amount: float) -> None:
    method = _method(data, user_id, payment_method_id)
    if method["source"] == "gift_card" and method["balance"] < amount:
        raise PermanentError(f"{payment_method_id} does not cover {amount}")


def _pay_back(data: Data, user_id: str, payment_method_id: str, amount: float) -> Touched:
    """Book an amount onto a gift card at once; other ways to pay take days, and not here."""
    method = _method(data, user_id, payment_method_id)
    if method["source"] != "gift_card":
        return []
    method["balance"] = round(method["balance"] + amount, 2)
    return [("users", user_id)]
