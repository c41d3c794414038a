"""What the shop keeps: products and their prices, customers, members, orders and gift cards; and how it counts days."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 5, 20)
"""The sample's day. Its orders are of spring 2026; measured by the real date, all would soon be old."""
FIRST_DAY = date(2025, 4, 20)
"""The day of the model's first order; its last orders are of the day before `TODAY`."""

STRIKE = (date(2025, 11, 17), date(2025, 11, 21))
"""The drivers of Northmoor Parcel did not drive on these days: no scans, no deliveries."""
_HOLIDAYS = (
    "2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26 2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25"
)
HOLIDAYS = frozenset(map(date.fromisoformat, _HOLIDAYS.split()))
"""On which no parcel moves."""


@dataclass(frozen=True, kw_only=True)
class Product:
    """Something the shop sells."""

    id: str
    name: str
    category: str
    price: Decimal
    """Pounds, when it is not on offer."""
    is_returnable: bool
    sizes: tuple[str, ...]
    """As an order names them: `size M`, `size 43`; none where it has no sizes."""


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A customer, as of the last day of the model."""

    id: str
    name: str
    email: str
    address: str
    """In one line; outside of the United Kingdom it ends with the country."""
    member_since: date | None
    """The day of joining the Cairn Club; none for most."""
    household: bool = False
    renews: bool = True
    """False where the membership ends with the paid year."""

    @property
    def country(self) -> str:
        """Where the address is."""
        return country_of(self.address)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One position of an order."""

    product: Product
    variant: str
    """Its size, or nothing."""
    quantity: int
    unit_price: Decimal
    """Pounds paid for each."""

    @property
    def words(self) -> str:
        """Such as `2 x Bothy mug`, `Siskin fleece size M`."""
        count = "" if self.quantity == 1 else f"{self.quantity} x "
        return f"{count}{self.product.name} {self.variant}".rstrip()


@dataclass(frozen=True, kw_only=True)
class PastOrder:
    """An order with all that ever happened to it at the warehouse and on the road."""

    id: str
    customer_id: str
    is_members: bool
    """True where the customer was a member when it was placed."""
    placed_on: date
    shipped_on: date | None
    """None while it is in the warehouse."""
    delivered_on: date | None
    """None while it is on the road, and for ever where the parcel was lost."""
    lines: tuple[Line, ...]
    """Ordered by the product's name."""
    delivery_charge: Decimal
    address: str
    tracking_number: str
    due_on: date | None = None
    """When the carrier means to deliver it."""
    lost_on: date | None = None
    """The day of the last scan of a parcel that never arrived."""

    @property
    def goods(self) -> Decimal:
        """Pounds paid, delivery not included."""
        return sum((line.quantity * line.unit_price for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """Pounds paid, delivery included."""
        return self.goods + self.delivery_charge


@dataclass(frozen=True, kw_only=True)
class Membership:
    """What the Cairn Club keeps about a member."""

    number: str
    kind: Literal["single", "household"]
    since: date
    ends_on: date
    """Last day of the paid year."""
    renews: bool
    credit: Decimal
    """Pounds of club credit."""


@dataclass(frozen=True, kw_only=True)
class PastCard:
    """A gift card and what became of it."""

    code: str
    bought_on: date
    value: Decimal
    spent_on: date | None = None
    """The day something was bought with it."""
    left: Decimal = Decimal(0)
    """Pounds left after that day."""
    blocked_on: date | None = None
    """The day it was reported lost."""


# What there is


@cache
def products() -> dict[str, Product]:
    """Return all products by id."""
    with (DATA / "products.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: _product(row) for row in csv.DictReader(file)}


def _product(row: dict[str, str]) -> Product:
    return Product(
        id=row["id"],
        name=row["name"],
        category=row["category"],
        price=Decimal(row["price"]),
        is_returnable=row["returnable"] == "yes",
        sizes=tuple(filter(None, row["sizes"].split("|"))),
    )


def price_on(product: Product, day: date) -> Decimal:
    """Return what a product costs on a day, offers included."""
    offers = [price for start, end, price in _offers().get(product.id, ()) if start <= day <= end]
    return min([product.price, *offers])


@cache
def _offers() -> dict[str, list[tuple[date, date, Decimal]]]:
    """Return by product the days, first and last, on which it was cheaper, and its price then."""
    offers: dict[str, list[tuple[date, date, Decimal]]] = {}
    with (DATA / "offers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            days = date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])
            offers.setdefault(row["product_id"], []).append((*days, Decimal(row["price"])))
    return offers


# Days and places


def is_working_day(day: date) -> bool:
    """Say whether parcels move on a day."""
    return day.weekday() < 5 and day not in HOLIDAYS


def after(day: date, working: int) -> date:
    """Return the day that is so many working days later."""
    while working > 0:
        day += timedelta(days=1)
        working -= is_working_day(day)
    return day


def is_strike(day: date) -> bool:
    """Say whether the drivers were on strike on a day."""
    return STRIKE[0] <= day <= STRIKE[1]


def working_days(start: date, end: date) -> int:
    """Count the working days after `start`, up to `end`, without those of the strike."""
    days = (start + timedelta(days=each) for each in range(1, (end - start).days + 1))
    return sum(is_working_day(day) and not is_strike(day) for day in days)


def year_after(day: date) -> date:
    """Return the same day a year later; after a 29 February the 28th."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def in_words(day: date) -> str:
    """Write a day as customers read it: `Tuesday 19 May`."""
    return f"{day:%A} {day.day} {day:%B}"


def in_words_with_year(day: date) -> str:
    """Write a day with its year: `19 May 2026`."""
    return f"{day.day} {day:%B} {day.year}"


def country_of(address: str) -> str:
    """Return the country of an address: its last part, unless that holds a British postcode."""
    last = address.rsplit(", ", 1)[-1]
    return "United Kingdom" if any(char.isdigit() for char in last) else last
