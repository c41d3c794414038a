"""What a person of the shop looked up and did about a request, by the procedures, and which sentence answered it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import shop

SINGLE_APPROVAL = Decimal(150)
"""Pounds above which a second person must agree."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One use of a tool."""

    tool: str
    args: dict[str, str]
    result: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What was done about a request."""

    line: str
    """The name of the sentence that answers it, in `replies`."""
    calls: tuple[Call, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    is_handed_over: bool = False
    approval: str = ""
    """What a second person agreed to; nothing where nobody had to."""


@dataclass(kw_only=True)
class Memory:
    """What was done so far, which later answers follow from."""

    actions: dict[str, list[str]] = field(default_factory=dict)
    """By order."""
    addresses: dict[str, str] = field(default_factory=dict)
    """By order, where it was changed."""
    receipts: list[tuple[str, str, str]] = field(default_factory=list)
    """Order, action and pounds, of what must not be done twice."""
    renewed: set[str] = field(default_factory=set)
    """Customers whose membership was extended."""

    def order(self, order: shop.PastOrder, day: date) -> Any:
        """Return the record of an order on a day, after all that was done."""
        here = replace(order, address=self.addresses.get(order.id, order.address))
        return shop.state_on(here, day, self.actions.get(order.id, ()))

    def done(self, order_id: str, action: str, amount: Decimal) -> None:
        """Remember something that was done about an order."""
        self.actions.setdefault(order_id, []).append(action)
        self.receipts.append((order_id, action, str(amount)))


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked, as a person understood it."""

    day: date
    customer: shop.Customer
    placed: shop.PastOrder | None = None
    """The order it is about."""
    item: shop.Line | None = None
    """The item of it that is meant."""
    address: str = ""
    size: str = ""
    card: shop.PastCard | None = None
    code: str = ""
    needs: str = ""

    @property
    def order(self) -> shop.PastOrder:
        """The order, of a topic that has one."""
        assert self.placed is not None  # noqa: S101 - picked so
        return self.placed

    @property
    def line(self) -> shop.Line:
        """The item meant, of a topic that has one."""
        assert self.item is not None  # noqa: S101 - picked so
        return self.item


def plain(record: Any) -> dict[str, Any]:
    """Return a record as JSON has it: its amounts of money as text."""
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(record).items()}


def deed(topic: str, request: Request, memory: Memory, *, is_generous: bool = False) -> Deed:
    """Return what a person did, and remember it.

    Args:
        topic: What it is about; one that has a tool.
        request: Who asks for what on which day.
        memory: What was done before.
        is_generous: The person overlooks that it is too late.
    """
    return _DEEDS[topic](request, memory, is_generous)


def _looked_up(request: Request, memory: Memory) -> tuple[Any, Call, dict[str, str]]:
    order = memory.order(request.order, request.day)
    call = Call(tool="orders.lookup", args={"order_id": order.id}, result=plain(order))
    values = {
        "state": order.status, "delivered": order.delivered_on, "age": str(order.age_days),
        "days": str(order.return_days),
        "contents": order.contents, "place": "your door",
    }  # fmt: skip
    return order, call, values


def _track(request: Request) -> tuple[Any, Call]:
    parcel = shop.parcel_on(request.order, request.day)
    return parcel, Call(tool="shipping.track", args={"tracking_number": parcel.tracking_number}, result=plain(parcel))


def _receipt(order_id: str, action: str, amount: Decimal) -> dict[str, str]:
    return {"order_id": order_id, "action": action, "amount": str(amount)}


def _order_status(request: Request, memory: Memory, _: bool) -> Deed:
    order, lookup, values = _looked_up(request, memory)
    if order.status in ("cancelled", "refunded"):
        return Deed(line="gone", calls=(lookup,), values=values)
    if order.status in ("placed", "packed"):
        return Deed(line="packed", calls=(lookup,), values=values)
    parcel, track = _track(request)
    values |= {"status": parcel.status, "place": parcel.place, "expected": parcel.expected}
    values["expected_cap"] = parcel.expected[:1].upper() + parcel.expected[1:]
    if order.status == "delivered":
        return Deed(line="arrived", calls=(lookup, track), values=values)
    due = request.order.due_on
    if shop.STRIKE[0] <= request.day <= shop.STRIKE[1]:
        return Deed(line="strike", calls=(lookup, track), values=values)
    return Deed(line="overdue" if due and due < request.day else "shipped", calls=(lookup, track), values=values)


def _refund(request: Request, memory: Memory, is_generous: bool) -> Deed:
    order, lookup, values = _looked_up(request, memory)
    no = Deed(line="gone", calls=(lookup,), values=values)
    if order.status in ("cancelled", "refunded"):
        return no
    if order.status != "delivered":
        return replace(no, line="refund_not_here")
    if not order.is_returnable:
        return replace(no, line="refund_never")
    if order.age_days > order.return_days and not is_generous:
        return replace(no, line="refund_late")
    if order.item_count > 1 or order.has_replacement:
        return replace(no, line="refund_several", is_handed_over=True)
    memory.done(order.id, "refund", order.total)
    pay = Call(
        tool="payments.refund",
        args={"order_id": order.id, "amount": str(order.total)},
        result=_receipt(order.id, "refund", order.total),
    )
    is_large = order.total > SINGLE_APPROVAL
    return Deed(
        line="approved" if is_large else "refunded",
        calls=(lookup, pay),
        values=values | {"amount": str(order.total)},
        approval=f"refund of £{order.total} for order {order.id}" if is_large else "",
    )


def _change_address(request: Request, memory: Memory, _: bool) -> Deed:
    order, lookup, values = _looked_up(request, memory)
    if order.status not in ("placed", "packed"):
        return Deed(line="change_late", calls=(lookup,), values=values)
    memory.addresses[order.id] = request.address
    changed = memory.order(request.order, request.day)
    change = Call(
        tool="orders.change_address",
        args={"order_id": order.id, "address": request.address},
        result=plain(changed),
    )
    return Deed(line="changed", calls=(lookup, change), values=values | {"address": request.address})


def _cancel_order(request: Request, memory: Memory, _: bool) -> Deed:
    order, lookup, values = _looked_up(request, memory)
    if order.status not in ("placed", "packed"):
        return Deed(line="cancel_late", calls=(lookup,), values=values)
    memory.done(order.id, "cancellation", order.total)
    cancel = Call(
        tool="orders.cancel", args={"order_id": order.id}, result=_receipt(order.id, "cancellation", order.total)
    )
    return Deed(line="cancelled", calls=(lookup, cancel), values=values | {"amount": str(order.total)})


def _replacement(request: Request, memory: Memory, lookup: Call, values: dict[str, str], line: str) -> Deed:
    product, order = request.line.product.name, request.order
    action = f"replacement of {product}"
    if action in memory.actions.get(order.id, ()):
        return Deed(line="person", calls=(lookup,), values=values, is_handed_over=True)
    memory.done(order.id, action, Decimal(0))
    send = Call(
        tool="orders.replace",
        args={"order_id": order.id, "item": product},
        result=_receipt(order.id, action, Decimal(0)),
    )
    is_large = order.total > SINGLE_APPROVAL
    return Deed(
        line="replaced_approved" if is_large and line == "replaced" else line,
        calls=(lookup, send),
        values=values | {"product": product},
        approval=f"{action} for order {order.id}" if is_large else "",
    )


RECALLED = (date(2025, 10, 6), date(2026, 2, 27))
"""The stoves sent on these days were called back."""


def _damaged_item(request: Request, memory: Memory, is_generous: bool) -> Deed:
    order, lookup, values = _looked_up(request, memory)
    if order.status in ("cancelled", "refunded"):
        return Deed(line="gone", calls=(lookup,), values=values)
    if order.status != "delivered":
        return Deed(line="damaged_not_here", calls=(lookup,), values=values, is_handed_over=True)
    if request.needs == "recall":
        sent = request.order.shipped_on
        if sent and RECALLED[0] <= sent <= RECALLED[1]:
            return _replacement(request, memory, lookup, values, "recall")
        return Deed(line="recall_safe", calls=(lookup,), values=values)
    if order.age_days > 14 and not is_generous:
        return Deed(line="damaged_late", calls=(lookup,), values=values)
    return _replacement(request, memory, lookup, values, "replaced")


def _missing_item(request: Request, memory: Memory, _: bool) -> Deed:
    order, lookup, values = _looked_up(request, memory)
    if order.status in ("cancelled", "refunded"):
        return Deed(line="gone", calls=(lookup,), values=values)
    if order.status != "delivered":
        return Deed(line="missing_way", calls=(lookup,), values=values)
    if order.age_days > 14 or order.item_count == 1 or order.has_replacement:
        return Deed(line="missing_person", calls=(lookup,), values=values, is_handed_over=True)
    return _replacement(request, memory, lookup, values, "missing_sent")


def _exchange(request: Request, memory: Memory, _: bool) -> Deed:
    order, lookup, values = _looked_up(request, memory)
    no = Deed(line="gone", calls=(lookup,), values=values)
    if order.status in ("cancelled", "refunded"):
        return no
    if order.status == "placed":
        return replace(no, line="exchange_person", is_handed_over=True)
    if order.status != "delivered":
        return replace(no, line="exchange_not_here")
    if order.country != "United Kingdom":
        return replace(no, line="exchange_abroad")
    if not order.is_returnable:
        return replace(no, line="exchange_never")
    if order.age_days > order.return_days:
        return replace(no, line="exchange_late")
    if order.item_count > 1 or order.has_replacement or order.category not in _SIZED:
        return replace(no, line="exchange_person", is_handed_over=True)
    return _exchanged(request, memory, lookup, values)


_SIZED = ("clothing", "footwear", "packs", "sleeping")


def _exchanged(request: Request, memory: Memory, lookup: Call, values: dict[str, str]) -> Deed:
    args = {"order_id": request.order.id, "size": request.size}
    stock = shop.stock_on(request.order, request.size, request.day)
    check = Call(tool="stock.check", args=args, result=plain(stock))
    values |= {"product": stock.item, "size": stock.size, "sizes": stock.sizes}
    values["size_cap"] = stock.size[:1].upper() + stock.size[1:]
    if not stock.in_stock:
        return Deed(line="no_stock", calls=(lookup, check), values=values)
    receipt = shop.exchange_of(request.order, request.size)
    if receipt.action in memory.actions.get(request.order.id, ()):
        return Deed(line="exchange_person", calls=(lookup, check), values=values, is_handed_over=True)
    memory.done(request.order.id, receipt.action, receipt.amount)
    return Deed(
        line="exchanged",
        calls=(lookup, check, Call(tool="orders.exchange", args=args, result=plain(receipt))),
        values=values,
    )


def _lost_parcel(request: Request, memory: Memory, _: bool) -> Deed:
    order, lookup, values = _looked_up(request, memory)
    if order.status in ("cancelled", "refunded"):
        return Deed(line="gone", calls=(lookup,), values=values)
    if not order.tracking_number:
        return Deed(line="packed", calls=(lookup,), values=values)
    parcel, track = _track(request)
    values |= {"status": parcel.status, "place": parcel.place, "expected": parcel.expected}
    calls = (lookup, track)
    if parcel.status == "delivered" and parcel.silent_days < 1:
        return Deed(line="search_today", calls=calls, values=values)
    if parcel.status == "delivered" and order.age_days > 30:
        return Deed(line="search_old", calls=calls, values=values, is_handed_over=True)
    if parcel.status != "delivered" and parcel.silent_days < (4 if order.country == "United Kingdom" else 10):
        return Deed(line="search_early", calls=calls, values=values)
    search = shop.search_on(request.order, request.day)
    opened = Call(tool="shipping.open_search", args={"order_id": order.id}, result=plain(search))
    return Deed(line="search", calls=(*calls, opened), values=values | {"until": search.answer_by})


def _gift_card(request: Request, _: Memory, __: bool) -> Deed:
    if request.card is None or request.code != request.card.code:
        return Deed(line="card_unknown", is_handed_over=True)
    card = shop.card_on(request.card, request.day)
    call = Call(tool="giftcards.balance", args={"code": card.code}, result=plain(card))
    line = {"active": "card_active", "used up": "card_used", "expired": "card_expired"}.get(card.status, "card_blocked")
    return Deed(line=line, calls=(call,), values={"until": card.valid_until}, is_handed_over=line == "card_blocked")


def _invoice(request: Request, memory: Memory, _: bool) -> Deed:
    order, lookup, values = _looked_up(request, memory)
    if order.status == "cancelled":
        return Deed(line="invoice_none", calls=(lookup,), values=values)
    if not order.tracking_number:
        return Deed(line="invoice_early", calls=(lookup,), values=values)
    invoice = shop.invoice_of(request.order, request.customer)
    send = Call(tool="invoices.send", args={"order_id": order.id}, result=plain(invoice))
    return Deed(
        line="invoiced", calls=(lookup, send), values=values | {"number": invoice.number, "mail": invoice.sent_to}
    )


def _membership(request: Request, memory: Memory, _: bool) -> Deed:
    member = shop.member_on(request.customer, request.day)
    lookup = Call(tool="members.lookup", args={"customer_id": request.customer.id}, result=plain(member))
    values = {
        "number": member.number, "status": member.status, "until": member.ends_on, "since": member.since,
        "credit": str(member.credit),
    }  # fmt: skip
    if member.status == "none":
        return Deed(line="no_member", calls=(lookup,))
    if request.needs != "renew":
        return Deed(line="member", calls=(lookup,), values=values)
    return _renewal(request, memory, member, lookup, values)


RENEWABLE_DAYS = 60
"""How long before and after its last day a membership may be renewed by hand."""


def _renewal(request: Request, memory: Memory, member: Any, lookup: Call, values: dict[str, str]) -> Deed:
    kept = shop.membership_on(request.customer, request.day)
    assert kept is not None  # noqa: S101 - the caller has looked
    if member.renews and member.status != "ended":
        return Deed(line="renews_itself", calls=(lookup,), values=values)
    if abs((kept.ends_on - request.day).days) > RENEWABLE_DAYS or request.customer.id in memory.renewed:
        return Deed(line="too_early", calls=(lookup,), values=values)
    renewal = shop.renewal_of(kept)
    memory.renewed.add(request.customer.id)
    extend = Call(tool="members.extend", args={"member_id": member.number}, result=plain(renewal))
    values |= {"until": renewal.ends_on, "amount": str(renewal.amount)}
    return Deed(line="extended", calls=(lookup, extend), values=values)


def _account_access(request: Request, _: Memory, __: bool) -> Deed:
    reset = shop.reset_of(request.customer.email)
    call = Call(tool="accounts.send_reset", args={"email": request.customer.email}, result=plain(reset))
    return Deed(line="reset", calls=(call,), values={"mail": request.customer.email})


def _data_request(request: Request, _: Memory, __: bool) -> Deed:
    if request.needs == "erase":
        return Deed(line="erasure", is_handed_over=True)
    export = shop.export_on(request.customer, request.day)
    call = Call(tool="accounts.export_data", args={"customer_id": request.customer.id}, result=plain(export))
    values = {"until": export.ready_by, "mail": export.sent_to, "number": export.reference}
    return Deed(line="exported", calls=(call,), values=values)


def _price_adjustment(request: Request, memory: Memory, is_generous: bool) -> Deed:
    order, lookup, values = _looked_up(request, memory)
    no = Deed(line="gone", calls=(lookup,), values=values)
    if order.status in ("cancelled", "refunded"):
        return no
    if order.status != "delivered":
        return replace(no, line="adjust_not_here")
    if order.age_days > 14 and not is_generous:
        return replace(no, line="adjust_late")
    if order.has_replacement:
        return replace(no, line="exchange_person", is_handed_over=True)
    price = shop.prices_on(request.order, request.day)
    calls = (lookup, Call(tool="prices.current", args={"order_id": order.id}, result=plain(price)))
    values |= {"current": str(price.current), "paid": str(price.paid), "amount": str(price.difference)}
    if price.difference <= 0 or "price adjustment" in memory.actions.get(order.id, ()):
        return Deed(line="adjust_none", calls=calls, values=values)
    memory.done(order.id, "price adjustment", price.difference)
    pay = Call(
        tool="payments.adjust",
        args={"order_id": order.id, "amount": str(price.difference)},
        result=_receipt(order.id, "price adjustment", price.difference),
    )
    return Deed(line="adjusted", calls=(*calls, pay), values=values)


_DEEDS: Mapping[str, Callable[[Request, Memory, bool], Deed]] = {
    "order_status": _order_status, "refund": _refund, "change_address": _change_address, "cancel_order": _cancel_order,
    "damaged_item": _damaged_item, "missing_item": _missing_item, "exchange": _exchange, "lost_parcel": _lost_parcel,
    "gift_card": _gift_card, "invoice": _invoice, "membership": _membership, "account_access": _account_access,
    "data_request": _data_request, "price_adjustment": _price_adjustment,
}  # fmt: skip
