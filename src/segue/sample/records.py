"""What the shop's systems answer: the records that tools return, and that procedures and past tickets hold."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

OrderStatus = Literal["placed", "packed", "shipped", "delivered", "cancelled", "refunded"]


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order, as far as the procedures need it."""

    id: str
    customer_id: str
    status: OrderStatus
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
    country: str
    """Where it goes: `United Kingdom`, `Norway`."""
    tracking_number: str
    """Empty until the parcel leaves the warehouse."""


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """Where a parcel is."""

    tracking_number: str
    status: Literal["on its way", "out for delivery", "delivered"]
    place: str
    """Where it was scanned last, or where the driver left it: `the depot in Leeds`, `your porch`."""
    expected: str
    """When it should arrive, in words: `today`, `Friday 22 May`; empty once it is delivered."""
    silent_days: int
    """Working days since its last scan."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What was done about an order."""

    order_id: str
    action: str
    """In words: `refund`, `cancellation`, `replacement of Curlew head torch`, `exchange of Heron base layer for
    size L`, `price adjustment`."""
    amount: Decimal
    """Pounds paid back, 0 where none were."""


@dataclass(frozen=True, kw_only=True)
class Stock:
    """How many of an order's item there are in another size."""

    order_id: str
    customer_id: str
    item: str
    """The product's name: `Siskin fleece`."""
    size: str
    """The size asked for, as the shop writes it: `size M`, `size 43`, `size S/M`, `long`."""
    in_stock: int
    """0 where it is sold out, or not made in this size."""
    sizes: str
    """All sizes in stock now, in words: `size S, size L`; `none` where it is sold out."""


@dataclass(frozen=True, kw_only=True)
class Price:
    """What an order's goods cost then and now."""

    order_id: str
    customer_id: str
    paid: Decimal
    """Pounds paid for the goods, delivery not included."""
    current: Decimal
    """Pounds that the same goods cost now."""
    difference: Decimal
    """Pounds by which they are cheaper now; 0 where they are not."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """A search for a parcel, opened with the carrier. Open searches are a list that colleagues work through."""

    order_id: str
    tracking_number: str
    opened_on: str
    """In words: `Wednesday 20 May`."""
    answer_by: str
    """In words, five working days later."""


@dataclass(frozen=True, kw_only=True)
class GiftCard:
    """A gift card."""

    code: str
    status: Literal["active", "used up", "expired", "blocked"]
    balance: Decimal
    """Pounds left. For the agent's eyes: a balance is not told by email or phone."""
    bought_on: str
    """In words: `24 December 2024`."""
    valid_until: str
    """In words, 36 months after it was bought or last used."""


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """An invoice that was sent again."""

    order_id: str
    number: str
    """`INV-` and the order's number."""
    sent_to: str
    """The email address of the customer's account."""
    total: Decimal
    """Pounds, VAT included."""
    vat: Decimal
    """Pounds of VAT in it; 0 to Norway and Switzerland."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A customer's membership of the Cairn Club; of somebody who never joined, the text fields are empty."""

    customer_id: str
    number: str
    """`CC` and six digits."""
    status: Literal["none", "active", "ended"]
    kind: Literal["", "single", "household"]
    since: str
    """In words: `3 June 2024`."""
    ends_on: str
    """In words: the last day of the paid year."""
    days_left: int
    """Until that day; below 0 where it is over."""
    renews: bool
    """True where it renews itself on that day."""
    fee: Decimal
    """Pounds a year."""
    credit: Decimal
    """Pounds of club credit to spend."""


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """A membership that was extended by a year."""

    member_id: str
    ends_on: str
    """In words: the new last day."""
    amount: Decimal
    """Pounds taken, the way the last fee was paid."""


@dataclass(frozen=True, kw_only=True)
class Reset:
    """A link for setting a new password, sent."""

    sent_to: str
    valid_minutes: int


@dataclass(frozen=True, kw_only=True)
class Export:
    """A copy of a customer's data, ordered."""

    customer_id: str
    reference: str
    """`DX-` and the customer's number."""
    sent_to: str
    ready_by: str
    """In words: the day by which the link to it is sent at the latest."""
