"""The shop's year before the sample's day: customers, orders and gift cards, made up from a seed.

A pure model: the same call gives the same shop, byte for byte. It fills the shop's database, and whoever writes
tickets about that year asks `state_on` and its neighbours what a tool would have answered on the day.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import people
from answers import (
    LONGER_RETURNS_SINCE,
    card_on,
    exchange_of,
    export_on,
    invoice_of,
    member_on,
    membership_on,
    parcel_on,
    prices_on,
    record,
    renewal_of,
    reset_of,
    return_days,
    search_on,
    size_meant,
    state_on,
    stock_on,
)
from ledger import (
    FIRST_DAY,
    STRIKE,
    TODAY,
    Customer,
    Line,
    PastCard,
    PastOrder,
    Product,
    after,
    country_of,
    in_words,
    in_words_with_year,
    is_working_day,
    price_on,
    products,
    working_days,
)

_CUSTOMERS = 1700
_CARDS = 160
_LAST_ID = 480_990
_MONTHLY = {1: 0.85, 2: 0.7, 3: 0.9, 4: 1.1, 5: 1.3, 6: 1.35, 7: 1.25, 8: 1.0, 9: 0.95, 10: 1.0, 11: 1.35, 12: 2.1}
"""How busy a month is, compared with an average one."""
_ORDERS_A_DAY = 10.7
_SUMMER = {1: 0.2, 2: 0.3, 3: 0.8, 4: 1.6, 5: 2.2, 6: 2.4, 7: 2.0, 8: 1.2, 9: 0.6, 10: 0.3, 11: 0.3, 12: 0.4}
_WINTER = {1: 2.2, 2: 1.6, 3: 0.6, 4: 0.3, 5: 0.1, 6: 0.1, 7: 0.1, 8: 0.2, 9: 0.7, 10: 1.6, 11: 2.4, 12: 2.4}
_AUTUMN = {1: 0.9, 2: 0.8, 3: 1.0, 4: 1.1, 5: 1.0, 6: 0.8, 7: 0.7, 8: 1.0, 9: 1.9, 10: 1.8, 11: 1.3, 12: 1.0}
_SEASONS = {
    "tents": _SUMMER, "cooking": _SUMMER, "sleeping": _SUMMER, "climbing": _SUMMER, "winter": _WINTER,
    "footwear": _AUTUMN,
}  # fmt: skip
_OWN_SEASONS = {
    "stoat": _SUMMER, "otter": _SUMMER, "goldcrest": _WINTER, "eider": _WINTER, "ousel": _WINTER, "heron": _WINTER,
    "lapwing": _AUTUMN, "merlin": _AUTUMN, "siskin": _AUTUMN, "curlew": _WINTER,
}  # fmt: skip
_SELLS = {
    "siskin": 9, "heron": 7, "corrie": 8, "merlin": 7, "otter": 5, "stoat": 5, "lapwing": 6, "curlew": 6, "bothy": 6,
    "redshank": 6, "snipe": 5, "ousel": 5, "gas-230": 4, "kittiwake": 4, "goldcrest": 4, "wagtail-22": 4, "wren": 4,
    "raven-45": 4, "dipper-2": 4,
}  # fmt: skip
"""How often a product is chosen out of its season's peak; 2 where it is not named."""


@cache
def customers() -> tuple[Customer, ...]:
    """Return all customers of the year, ids rising from c-1001."""
    chance = random.Random("customers")  # noqa: S311 - a made-up shop, no secret
    taken: set[str] = set()
    return tuple(_customer(f"c-{1001 + number}", chance, taken) for number in range(_CUSTOMERS))


def _customer(customer_id: str, chance: random.Random, taken: set[str]) -> Customer:
    country = chance.choices((*people.SHARE_ABROAD, ""), (*people.SHARE_ABROAD.values(), 846))[0]
    if country:
        origin = people.ABROAD[country][0]
    else:
        origin = chance.choices((*people.ORIGINS_IN_BRITAIN,), (*people.ORIGINS_IN_BRITAIN.values(),))[0]
    first, last = (chance.choice(names[origin].split()) for names in (people.FIRST_NAMES, people.LAST_NAMES))
    address = _address_abroad(country, chance) if country else _address(chance)
    joined = FIRST_DAY - timedelta(days=chance.randint(-330, 900)) if chance.random() < 0.2 else None
    return Customer(
        id=customer_id,
        name=f"{first} {last}",
        email=_email(first.lower(), last.lower(), chance, taken),
        address=address,
        member_since=joined,
        household=chance.random() < 0.3,
        renews=chance.random() < 0.75,
    )


def _email(first: str, last: str, chance: random.Random, taken: set[str]) -> str:
    names = (f"{first}.{last}", f"{first[0]}.{last}", f"{first}{last}", f"{last}.{first}", f"{first}_{last[0]}")
    host = chance.choice(("example.com", "example.com", "example.org", "example.net"))
    name = chance.choice(names)
    email = f"{name}@{host}"
    while email in taken:
        email = f"{name}{chance.randint(2, 99)}@{host}"
    taken.add(email)
    return email


def _address(chance: random.Random) -> str:
    town, street = chance.choice((*people.TOWNS,)), chance.choice(people.STREETS.split(","))
    flat = f"Flat {chance.randint(1, 24)}, " if chance.random() < 0.18 else ""
    letters = "".join(chance.choice("ABDEFGHJLNPQRSTUWXYZ") for _ in range(2))
    postcode = f"{people.TOWNS[town]}0 {chance.randint(1, 9)}{letters}"  # a district 0 is in hardly any town
    return f"{flat}{chance.randint(1, 140)} {street}, {town} {postcode}"


def _address_abroad(country: str, chance: random.Random) -> str:
    _, streets, towns = people.ABROAD[country]
    return f"{chance.choice(streets).format(n=chance.randint(1, 120))}, {chance.choice(towns)}, {country}"


@cache
def orders() -> tuple[PastOrder, ...]:
    """Return all orders from `FIRST_DAY` to the day before `TODAY`, ids rising with time from 440001."""
    chance = random.Random("orders")  # noqa: S311 - as above
    days = list(_order_days(chance))
    step = (_LAST_ID - 440_000) / len(days)
    buyers = _regulars(chance)
    return tuple(
        _order(str(440_001 + int(number * step)), day, chance.choice(buyers), chance) for number, day in enumerate(days)
    )


def _order_days(chance: random.Random) -> Iterator[date]:
    day = FIRST_DAY
    while day < TODAY:
        busy = _MONTHLY[day.month] * (1.25 if day.weekday() in {0, 6} else 0.9)
        if (day.month, day.day) > (12, 19) or (day.month, day.day) == (1, 1):
            busy *= 0.45
        for _ in range(round(chance.gauss(_ORDERS_A_DAY * busy, 2))):
            yield day
        day += timedelta(days=1)


def _regulars(chance: random.Random) -> list[Customer]:
    """Some customers order often: they are in the hat several times."""
    return [each for each in customers() for _ in range(chance.choice((1, 1, 2, 3, 5)))]


def _order(order_id: str, day: date, customer: Customer, chance: random.Random) -> PastOrder:
    lines = _lines(day, customer.address, chance)
    is_members = member_on(customer, day).status == "active"
    goods = sum((line.quantity * line.unit_price for line in lines), Decimal(0))
    is_express = customer.country == "United Kingdom" and not _is_far(customer.address) and chance.random() < 0.08
    road = _road(day, customer.address, is_express, chance)
    return PastOrder(
        id=order_id,
        customer_id=customer.id,
        is_members=is_members,
        placed_on=day,
        lines=lines,
        delivery_charge=_delivery_charge(customer.address, goods, is_members, is_express),
        address=customer.address,
        tracking_number=f"NP{64_000_00000 + int(order_id) * 431 + chance.randint(0, 400):010d}",
        **road,
    )


def _is_far(address: str) -> bool:
    return any(f", {town} " in address for town in people.FAR_TOWNS)


def _delivery_charge(address: str, goods: Decimal, is_members: bool, is_express: bool) -> Decimal:
    country = country_of(address)
    if country != "United Kingdom":
        return Decimal("14.50" if country in people.EUROPEAN_UNION else "19.00")
    if is_express:
        return Decimal("7.95")
    if is_members or goods >= (90 if _is_far(address) else 60):
        return Decimal("0.00")
    return Decimal("5.95" if _is_far(address) else "3.95")


def _road(day: date, address: str, is_express: bool, chance: random.Random) -> dict[str, date | None]:
    """Return when the parcel leaves, when it is due and when it arrives; a few are late, and fewer are lost."""
    shipped = day if is_working_day(day) and chance.random() < 0.6 else after(day, 1)
    due = after(shipped, _usual_days(address, is_express, chance))
    luck = chance.random()
    if luck < 0.008:
        last_scan = after(shipped, chance.randint(1, 2))
        return {"shipped_on": shipped, "due_on": due, "delivered_on": None, "lost_on": last_scan}
    arrived = after(due, chance.randint(1, 4)) if luck < 0.07 else due
    if shipped <= STRIKE[1] and arrived >= STRIKE[0]:
        arrived = after(max(arrived, STRIKE[1]), chance.randint(2, 5))
    return {"shipped_on": shipped, "due_on": due, "delivered_on": arrived, "lost_on": None}


def _usual_days(address: str, is_express: bool, chance: random.Random) -> int:
    """Working days from the warehouse to the door, as the article on delivery says."""
    country = country_of(address)
    if country in people.EUROPEAN_UNION:
        return chance.randint(5, 8)
    if country != "United Kingdom":
        return chance.randint(6, 10)
    if _is_far(address):
        return chance.randint(3, 5)
    return 1 if is_express else chance.randint(2, 3)


def _lines(day: date, address: str, chance: random.Random) -> tuple[Line, ...]:
    wanted = chance.choices((1, 2, 3, 4), (70, 19, 8, 3))[0]
    chosen: dict[str, Product] = {}
    for product in chance.choices((*products().values(),), _popularity(day.month), k=wanted):
        if product.id != "gas-230" or not (_is_far(address) or country_of(address) != "United Kingdom"):  # no flights
            chosen[product.id] = product
    chosen = chosen or {"siskin": products()["siskin"]}
    return tuple(_line(product, day, chance) for product in sorted(chosen.values(), key=lambda each: each.name))


@cache
def _popularity(month: int) -> tuple[float, ...]:
    return tuple(
        _SELLS.get(each.id, 2) * _OWN_SEASONS.get(each.id, _SEASONS.get(each.category, {})).get(month, 1.0)
        for each in products().values()
    )


def _line(product: Product, day: date, chance: random.Random) -> Line:
    is_small = product.price < 30 and chance.random() < 0.3
    return Line(
        product=product,
        variant=chance.choice(product.sizes) if product.sizes else "",
        quantity=chance.randint(2, 4) if is_small else 1,
        unit_price=price_on(product, day),
    )


@cache
def gift_cards() -> tuple[PastCard, ...]:
    """Return the gift cards that customers write about."""
    chance = random.Random("gift cards")  # noqa: S311 - as above
    return tuple(_card(chance) for _ in range(_CARDS))


def _card(chance: random.Random) -> PastCard:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read as another
    code = "-".join(("GC", *("".join(chance.choices(letters, k=4)) for _ in range(2))))
    bought = date(2022, 1, 10) + timedelta(days=chance.randint(0, 1560))
    value = Decimal(chance.choice((10, 20, 25, 30, 40, 50, 50, 75, 100, 100, 150, 200))) + Decimal("0.00")
    spent = bought + timedelta(days=chance.randint(3, 700)) if chance.random() < 0.45 else None
    blocked = bought + timedelta(days=chance.randint(10, 300)) if chance.random() < 0.08 else None
    left = (value * chance.randint(5, 80) / 100).quantize(Decimal("0.01")) if chance.random() < 0.6 else Decimal("0.00")
    return PastCard(code=code, bought_on=bought, value=value, spent_on=spent, left=left, blocked_on=blocked)


__all__ = [
    "FIRST_DAY",
    "LONGER_RETURNS_SINCE",
    "STRIKE",
    "TODAY",
    "Customer",
    "Line",
    "PastCard",
    "PastOrder",
    "Product",
    "after",
    "card_on",
    "country_of",
    "customers",
    "exchange_of",
    "export_on",
    "gift_cards",
    "in_words",
    "in_words_with_year",
    "invoice_of",
    "is_working_day",
    "member_on",
    "membership_on",
    "orders",
    "parcel_on",
    "price_on",
    "prices_on",
    "products",
    "record",
    "renewal_of",
    "reset_of",
    "return_days",
    "search_on",
    "size_meant",
    "state_on",
    "stock_on",
    "working_days",
]
