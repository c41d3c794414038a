"""What a tool answers on a day: records that follow from what the shop keeps.

Nothing here reads a clock or a database; the same order asked for on the same day gives the same record.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from ledger import (
    Customer,
    Membership,
    PastCard,
    PastOrder,
    Product,
    after,
    country_of,
    in_words,
    in_words_with_year,
    is_strike,
    is_working_day,
    price_on,
    working_days,
    year_after,
)
from records import (
    Export,
    GiftCard,
    Invoice,
    Member,
    Order,
    OrderStatus,
    Parcel,
    Price,
    Receipt,
    Renewal,
    Reset,
    Search,
    Stock,
)

RETURN_DAYS = 30
RETURN_DAYS_OF_MEMBERS = 60
RETURN_DAYS_BEFORE = 14
"""For everybody, until the day below."""
LONGER_RETURNS_SINCE = date(2025, 6, 16)
FEES = {"single": Decimal("18.00"), "household": Decimal("27.00")}
"""Pounds a year for the Cairn Club."""


def state_on(order: PastOrder, day: date, actions: Sequence[str] = ()) -> Order:
    """Return the record of an order as `orders.lookup` gave it on a day.

    Args:
        order: The order.
        day: Not before the day it was placed.
        actions: What was done about it until then, as receipts call it: `refund`, `replacement of Bothy mug`.
    """
    return record(order, _status(order, day, actions), day, actions)


def record(order: PastOrder, status: OrderStatus, day: date, actions: Sequence[str] = ()) -> Order:
    """Return the record of an order whose status is known."""
    is_sent = status != "cancelled" and order.shipped_on is not None and order.shipped_on <= day
    delivered = order.delivered_on if is_sent and order.delivered_on and order.delivered_on <= day else None
    return Order(
        id=order.id,
        customer_id=order.customer_id,
        status=status,
        contents=", ".join(line.words for line in order.lines),
        item_count=sum(line.quantity for line in order.lines),
        category=order.lines[0].product.category,
        total=order.total,
        is_returnable=all(line.product.is_returnable for line in order.lines),
        has_replacement=any(action.startswith("replacement of ") for action in actions),
        age_days=(day - (delivered or order.placed_on)).days,
        return_days=return_days(order, day),
        delivered_on=in_words(delivered) if delivered else "",
        address=order.address,
        country=country_of(order.address),
        tracking_number=order.tracking_number if is_sent else "",
    )


def _status(order: PastOrder, day: date, actions: Sequence[str]) -> OrderStatus:
    if "cancellation" in actions:
        return "cancelled"
    if "refund" in actions:
        return "refunded"
    if order.delivered_on and order.delivered_on <= day:
        return "delivered"
    if order.shipped_on and order.shipped_on <= day:
        return "shipped"
    return "placed" if day == order.placed_on else "packed"


def return_days(order: PastOrder, day: date) -> int:
    """Return how many days after delivery an order may be returned, by the rules that hold on a day."""
    if day < LONGER_RETURNS_SINCE:
        return RETURN_DAYS_BEFORE
    days = RETURN_DAYS_OF_MEMBERS if order.is_members else RETURN_DAYS
    year = order.placed_on.year
    if order.delivered_on and date(year, 11, 15) <= order.placed_on <= date(year, 12, 24):
        days = max(days, (date(year + 1, 1, 31) - order.delivered_on).days)
    return days


def parcel_on(order: PastOrder, day: date) -> Parcel:
    """Return where the parcel of a sent order was on a day, as `shipping.track` gave it.

    Raises:
        ValueError: The order had not been sent.
    """
    if not order.shipped_on or order.shipped_on > day:
        raise ValueError(f"order {order.id} had not left the warehouse on {day}")
    if order.delivered_on and order.delivered_on <= day:
        return _delivered(order, day)
    due = order.due_on or day
    if due < day and order.delivered_on:
        due = order.delivered_on  # the carrier works the day out anew, unless it has lost the parcel
    scanned = _last_scan(order, day)
    is_today = due == day and not order.lost_on
    place = _depot(order) if is_today or (day - order.shipped_on).days > 1 else "our warehouse in Kirkby Tarn"
    return Parcel(
        tracking_number=order.tracking_number,
        status="out for delivery" if is_today else "on its way",
        place=place,
        expected="today" if is_today else in_words(due),
        silent_days=working_days(scanned, day),
    )


def _delivered(order: PastOrder, day: date) -> Parcel:
    assert order.delivered_on is not None  # noqa: S101 - the caller has looked
    places = ("your front door", "your porch", "the bin store", "the house next door", "your safe place")
    return Parcel(
        tracking_number=order.tracking_number,
        status="delivered",
        place=places[_number(order.id) % len(places)],
        expected="",
        silent_days=working_days(order.delivered_on, day),
    )


def _last_scan(order: PastOrder, day: date) -> date:
    """A parcel is scanned every working day, unless it is lost or nobody drives."""
    if order.lost_on and order.lost_on < day:
        return order.lost_on
    scanned = day
    while not is_working_day(scanned) or is_strike(scanned):
        scanned -= timedelta(days=1)
    return max(scanned, order.shipped_on or scanned)


def _depot(order: PastOrder) -> str:
    town = order.address.removesuffix(f", {country_of(order.address)}").rsplit(", ", 1)[-1]
    words = [word for word in town.split() if not any(char.isdigit() for char in word)]
    if country_of(order.address) == "United Kingdom":
        words = [word for word in words if not word.isupper()]
    return f"the depot in {' '.join(words)}"


def prices_on(order: PastOrder, day: date) -> Price:
    """Return what an order's goods cost then and on a day, as `prices.current` gave it."""
    current = sum((line.quantity * price_on(line.product, day) for line in order.lines), Decimal(0))
    return Price(
        order_id=order.id,
        customer_id=order.customer_id,
        paid=order.goods,
        current=current,
        difference=max(order.goods - current, Decimal("0.00")),
    )


def stock_on(order: PastOrder, size: str, day: date, counts: dict[str, int] | None = None) -> Stock:
    """Return how many of an order's first item there are in another size, as `stock.check` gave it.

    Args:
        order: The order.
        size: In the customer's words: `M`, `large`, `43`, `size S/M`.
        day: Stock changes from month to month.
        counts: How many there are in each size, where that is known.
    """
    product = order.lines[0].product
    if counts is None:
        counts = {each: _stock(product, each, day) for each in product.sizes}
    meant = size_meant(product, size)
    return Stock(
        order_id=order.id,
        customer_id=order.customer_id,
        item=product.name,
        size=meant or size,
        in_stock=counts.get(meant, 0),
        sizes=", ".join(each for each in product.sizes if counts.get(each)) or "none",
    )


def _stock(product: Product, size: str, day: date) -> int:
    chance = random.Random(f"{product.id} {size} {day:%Y-%m}")  # noqa: S311 - a made-up shop, no secret
    return 0 if chance.random() < 0.16 else chance.randint(1, 14)


_SIZE_WORDS = {"extra small": "xs", "small": "s", "medium": "m", "large": "l", "extra large": "xl", "xx large": "xxl"}


def size_meant(product: Product, words: str) -> str:
    """Return the size of a product that a customer's words name; nothing where it is not made in it."""
    said = " ".join(words.lower().removeprefix("size").replace("-", " ").split()).removeprefix("eu ").removeprefix("a ")
    said = _SIZE_WORDS.get(said, said)
    for size in product.sizes:
        if size.lower().removeprefix("size ") == said:
            return size
    ranges = [size for size in product.sizes if " to " in size]
    return next((size for size in ranges if said.isdigit() and _spans(size, int(said))), "")


def _spans(size: str, number: int) -> bool:
    low, high = size.removeprefix("size ").split(" to ")
    return int(low) <= number <= int(high)


def exchange_of(order: PastOrder, size: str) -> Receipt:
    """Return the receipt of an exchange for a size, as `orders.exchange` gave it."""
    product = order.lines[0].product
    return Receipt(
        order_id=order.id, action=f"exchange of {product.name} for {size_meant(product, size)}", amount=Decimal(0)
    )


def search_on(order: PastOrder, day: date) -> Search:
    """Return the search for a parcel that was opened on a day, as `shipping.open_search` gave it."""
    return Search(
        order_id=order.id,
        tracking_number=order.tracking_number,
        opened_on=in_words(day),
        answer_by=in_words(after(day, 5)),
    )


def invoice_of(order: PastOrder, customer: Customer) -> Invoice:
    """Return the invoice of an order, as `invoices.send` gave it."""
    is_taxed = country_of(order.address) not in ("Norway", "Switzerland")
    vat = (order.total / 6).quantize(Decimal("0.01")) if is_taxed else Decimal("0.00")
    return Invoice(order_id=order.id, number=f"INV-{order.id}", sent_to=customer.email, total=order.total, vat=vat)


def card_on(card: PastCard, day: date) -> GiftCard:
    """Return a gift card as `giftcards.balance` gave it on a day."""
    is_spent = card.spent_on is not None and card.spent_on <= day
    balance = card.left if is_spent else card.value
    used = card.spent_on if is_spent and card.spent_on else card.bought_on
    valid_until = used.replace(year=used.year + 3, day=min(used.day, 28))
    status: Literal["active", "used up", "expired", "blocked"] = "active" if balance else "used up"
    if valid_until < day:
        status, balance = "expired", Decimal("0.00")
    if card.blocked_on and card.blocked_on <= day:
        status = "blocked"
    return GiftCard(
        code=card.code,
        status=status,
        balance=balance,
        bought_on=in_words_with_year(card.bought_on),
        valid_until=in_words_with_year(valid_until),
    )


def member_on(customer: Customer, day: date) -> Member:
    """Return a customer's membership as `members.lookup` gave it on a day."""
    return member_record(customer.id, membership_on(customer, day), day)


def membership_on(customer: Customer, day: date) -> Membership | None:
    """Return what the club keeps about a customer on a day, if they ever joined."""
    since = customer.member_since
    if since is None or since > day:
        return None
    ends = year_after(since)
    while customer.renews and ends < day:
        ends = year_after(ends)
    return Membership(
        number=f"CC{200000 + _number(customer.id) * 37 % 700000:06d}",
        kind="household" if customer.household else "single",
        since=since,
        ends_on=ends,
        renews=customer.renews,
        credit=_credit(customer, day),
    )


def member_record(customer_id: str, kept: Membership | None, day: date) -> Member:
    """Return the record of a membership, or of having none, on a day."""
    if kept is None:
        return Member(
            customer_id=customer_id,
            number="",
            status="none",
            kind="",
            since="",
            ends_on="",
            days_left=0,
            renews=False,
            fee=FEES["single"],
            credit=Decimal("0.00"),
        )
    return Member(
        customer_id=customer_id,
        number=kept.number,
        status="active" if kept.ends_on >= day else "ended",
        kind=kept.kind,
        since=in_words_with_year(kept.since),
        ends_on=in_words_with_year(kept.ends_on),
        days_left=(kept.ends_on - day).days,
        renews=kept.renews,
        fee=FEES[kept.kind],
        credit=kept.credit,
    )


def renewal_of(kept: Membership) -> Renewal:
    """Return the extension of a membership by a year, as `members.extend` gives it."""
    ends_on = in_words_with_year(year_after(kept.ends_on))
    return Renewal(member_id=kept.number, ends_on=ends_on, amount=FEES[kept.kind])


def _credit(customer: Customer, day: date) -> Decimal:
    chance = random.Random(f"{customer.id} {day:%Y-%m}")  # noqa: S311 - as above
    return Decimal(chance.choice((0, 0, chance.randint(80, 3200)))) / 100 + Decimal("0.00")


def reset_of(email: str) -> Reset:
    """Return what was sent to somebody who cannot sign in, as `accounts.send_reset` gave it."""
    return Reset(sent_to=email, valid_minutes=60)


def export_on(customer: Customer, day: date) -> Export:
    """Return the order for a copy of a customer's data, as `accounts.export_data` gave it on a day."""
    return Export(
        customer_id=customer.id,
        reference=f"DX-{customer.id.removeprefix('c-')}",
        sent_to=customer.email,
        ready_by=in_words(after(day, 1)),
    )


def _number(identifier: str) -> int:
    return int("".join(char for char in identifier if char.isdigit()))
