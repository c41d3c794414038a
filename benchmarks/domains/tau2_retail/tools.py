"""What the agent may look up and do in the shop: the sixteen tools of its systems, and what its customers' words mean.

Every change is asked for by a customer who was found in the records (`user_located`), is who they say they are
(`identity_verified`), and has said yes to exactly this (`customer_confirmed`).
"""

import ast
import operator
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Literal

import meaning
import shop
from ledger import Ledger
from records import Address, Identity, Meant, Order, Product, Swap, User, Variant

from segue import Done, Free, FromCustomer, NotDone, Trusted, tool
from segue.errors import PermanentError

LEDGER = Ledger(Path(__file__).parent)
RULES = ["identity_verified", "user_located", "customer_confirmed"]

Reason = Literal["no longer needed", "ordered by mistake"]


def find_change(key: str, *args: object) -> Done[Order] | NotDone:
    """Say whether the change asked for under this key was made."""
    is_made, order = LEDGER.found(key)
    return Done(Order.of(order)) if is_made else NotDone()


# Who it is


@tool("find_user_id_by_email", effect="read", owner="user_id", provides=["user_located"])
def find_user_id_by_email(email: Free[str]) -> Identity:
    """Find the customer with an email address."""
    return Identity(user_id=shop.find_by_email(LEDGER.data, email))


@tool("find_user_id_by_name_zip", effect="read", owner="user_id", provides=["user_located"])
def find_user_id_by_name_zip(first_name: Free[str], last_name: Free[str], zip: Free[str]) -> Identity:  # noqa: A002
    """Find the customer with a name and a zip code."""
    return Identity(user_id=shop.find_by_name(LEDGER.data, first_name, last_name, zip))


@tool("get_user_details", effect="read", owner="user_id", requires=["user_located"])
def get_user_details(user_id: Trusted[str]) -> User:
    """Return a customer's address, orders and ways to pay."""
    return User.of(shop.user_of(LEDGER.data, user_id))


@tool("confirm", effect="read", provides=["customer_confirmed"])
def confirm(answer: FromCustomer[bool]) -> bool:
    """Take the customer's yes to what was just described to them; a no goes no further."""
    if not answer:
        raise PermanentError("the customer said no")
    return answer


# Orders and products


@tool("get_order_details", effect="read", owner="user_id", requires=["user_located"])
def get_order_details(order_id: Free[str]) -> Order:
    """Find an order by its number."""
    return Order.of(shop.order_of(LEDGER.data, order_id))


@tool("get_product_details", effect="read")
def get_product_details(product_id: Free[str]) -> Product:
    """Return a product in all its forms."""
    if product_id not in LEDGER.data["products"]:
        raise PermanentError(f"there is no product {product_id}")
    return Product.of(LEDGER.data["products"][product_id])


@tool("get_item_details", effect="read")
def get_item_details(item_id: Free[str]) -> Variant:
    """Return one form of a product."""
    return Variant.of(shop.variant_of(LEDGER.data, item_id)[1])


@tool("list_all_product_types", effect="read")
def list_all_product_types() -> dict[str, str]:
    """Return the id of every product, by its name."""
    return {product["name"]: name for name, product in LEDGER.data["products"].items()}


@tool("find_product", effect="read")
def find_product(name: Free[str]) -> Product:
    """Find the one product that is named."""
    found = [each for each in LEDGER.data["products"].values() if each["name"].lower() in name.lower()]
    if len(found) != 1:
        raise PermanentError("unclear which product is meant")
    return Product.of(found[0])


@tool("items_meant", effect="read", owner="user_id", requires=["user_located"])
def items_meant(order_id: Trusted[str], words: FromCustomer[str]) -> Meant:
    """Say which items of an order a customer means."""
    order = shop.order_of(LEDGER.data, order_id)
    lines = [line for line, _ in meaning.items(order, words)]
    names = meaning.contents({"items": lines})
    return Meant(user_id=order["user_id"], item_ids=[line["item_id"] for line in lines], in_words=names)


@tool("swap_meant", effect="read", owner="user_id", requires=["user_located"])
def swap_meant(order_id: Trusted[str], words: FromCustomer[str]) -> Swap:
    """Say which items of an order a customer wants in another form, and in which."""
    order = shop.order_of(LEDGER.data, order_id)
    pairs = [(line, meaning.replacement(LEDGER.data, line, about)) for line, about in meaning.items(order, words)]
    told = [f"{meaning.contents({'items': [line]})} for {', '.join(new['options'].values())}" for line, new in pairs]
    return Swap(
        user_id=order["user_id"],
        item_ids=[line["item_id"] for line, _ in pairs],
        new_item_ids=[new["item_id"] for _, new in pairs],
        in_words="; ".join(told),
        difference=sum((Decimal(str(new["price"])) - Decimal(str(line["price"])) for line, new in pairs), Decimal(0)),
    )


@tool("address_meant", effect="read")
def address_meant(words: FromCustomer[str]) -> Address:
    """Read an address from one line."""
    return Address(**dict(zip(shop.ADDRESS, meaning.address(words), strict=True)))


_OPERATORS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@tool("calculate", effect="read")
def calculate(expression: Free[str]) -> str:
    """Calculate with numbers, + - * / and parentheses."""
    try:
        tree = ast.parse(expression[:200], mode="eval").body
        return str(round(_value(tree), 2))
    except (SyntaxError, ArithmeticError, RecursionError) as error:
        raise PermanentError(f"{expression[:200]} cannot be calculated") from error


def _value(node: ast.expr) -> Decimal:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Decimal(str(number))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left), _value(right))
    raise PermanentError("only numbers, + - * / and parentheses can be calculated with")


# Changes


@tool("cancel_pending_order", effect="once", requires=RULES, reconcile=find_change)
def cancel_pending_order(order_id: Trusted[str], reason: FromCustomer[Reason]) -> Order:
    """Stop an order and give the money back."""
    return Order.of(LEDGER.change(shop.cancel_pending_order, order_id, reason))


@tool("exchange_delivered_order_items", effect="once", requires=RULES, reconcile=find_change)
def exchange_delivered_order_items(
    order_id: Trusted[str],
    item_ids: Trusted[list[str]],
    new_item_ids: Trusted[list[str]],
    payment_method_id: Trusted[str],
) -> Order:
    """Ask for other forms of what was delivered."""
    given = (order_id, item_ids, new_item_ids, payment_method_id)
    return Order.of(LEDGER.change(shop.exchange_delivered_order_items, *given))


@tool("return_delivered_order_items", effect="once", requires=RULES, reconcile=find_change)
def return_delivered_order_items(
    order_id: Trusted[str], item_ids: Trusted[list[str]], payment_method_id: Trusted[str]
) -> Order:
    """Ask for the money for what was delivered."""
    return Order.of(LEDGER.change(shop.return_delivered_order_items, order_id, item_ids, payment_method_id))


@tool("modify_pending_order_items", effect="once", requires=RULES, reconcile=find_change)
def modify_pending_order_items(
    order_id: Trusted[str],
    item_ids: Trusted[list[str]],
    new_item_ids: Trusted[list[str]],
    payment_method_id: Trusted[str],
) -> Order:
    """Put other forms into an order that was not sent yet; this can be done once."""
    return Order.of(LEDGER.change(shop.modify_pending_order_items, order_id, item_ids, new_item_ids, payment_method_id))


@tool("modify_pending_order_payment", effect="once", requires=RULES, reconcile=find_change)
def modify_pending_order_payment(order_id: Trusted[str], payment_method_id: Trusted[str]) -> Order:
    """Let an order that was not sent yet be paid another way."""
    return Order.of(LEDGER.change(shop.modify_pending_order_payment, order_id, payment_method_id))


@tool("modify_pending_order_address", effect="write", requires=RULES)
def modify_pending_order_address(
    order_id: Trusted[str],
    address1: FromCustomer[str],
    address2: FromCustomer[str],
    city: FromCustomer[str],
    state: FromCustomer[str],
    country: FromCustomer[str],
    zip: FromCustomer[str],  # noqa: A002
) -> Order:
    """Send an order that was not sent yet to another address."""
    address = (address1, address2, city, state, country, zip)
    return Order.of(LEDGER.change(shop.modify_pending_order_address, order_id, *address))


@tool("modify_user_address", effect="write", requires=RULES)
def modify_user_address(
    user_id: Trusted[str],
    address1: FromCustomer[str],
    address2: FromCustomer[str],
    city: FromCustomer[str],
    state: FromCustomer[str],
    country: FromCustomer[str],
    zip: FromCustomer[str],  # noqa: A002
) -> User:
    """Give a customer another address of their own."""
    address = (address1, address2, city, state, country, zip)
    return User.of(LEDGER.change(shop.modify_user_address, user_id, *address))


@tool("transfer_to_human_agents", effect="read")
def transfer_to_human_agents(summary: Free[str]) -> str:
    """Say that a person takes over; a procedure ends with `escalate` instead, which does it."""
    return "Transfer successful"
