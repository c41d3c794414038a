"""A small shop to be attacked: two customers, tools of every effect, and procedures that use them in every way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache

from segue import Free, FromCustomer, Trusted, tool
from segue.errors import PermanentError
from segue.plan.catalogue import Catalogue
from segue.plan.plan import Plan
from segue.plan.procedure import parse
from segue.plan.verify import verify
from segue.tools import Registry, registry

THEIRS = "Lighthouse Lane 9"
"""Where the other customer lives: nobody else may be told."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order of a customer."""

    id: str
    customer_id: str
    status: str
    total: Decimal
    sent_to: str
    skus: list[str]
    note: str = ""


ORDERS = {
    "100001": Order(
        id="100001",
        customer_id="c-1",
        status="delivered",
        total=Decimal("40.10"),
        sent_to="Mill Road 1",
        skus=["cup", "mug"],
    ),
    "100002": Order(
        id="100002",
        customer_id="c-1",
        status="delivered",
        total=Decimal("250.00"),
        sent_to="Mill Road 1",
        skus=["tent"],
    ),
    "200001": Order(
        id="200001", customer_id="c-2", status="delivered", total=Decimal("61.77"), sent_to=THEIRS, skus=["rope"]
    ),
}


@dataclass
class Systems:
    """What the tools stand for, and what an attacker has put into it."""

    note: str = ""
    """On every order, by whoever may write notes."""
    rate: str = "none"
    """What a website says."""
    owner: str = ""
    """Said to be every order's, where it is not empty."""
    is_down: bool = False
    """The carrier never answers."""
    orders: Mapping[str, Order] = field(default_factory=lambda: ORDERS)

    def tools(self) -> Registry:
        """Return the shop's tools."""
        made = Registry()
        with registry.use(made):

            @tool("orders.lookup", effect="read", owner="customer_id")
            async def lookup(order_id: Free[str]) -> Order:
                if order_id not in self.orders:
                    raise PermanentError(f"there is no order {order_id[:40]}")
                found = replace(self.orders[order_id], note=self.note)
                return replace(found, customer_id=self.owner) if self.owner else found

            @tool("web.rate", effect="read", trusted=False)
            async def rate(about: Free[str]) -> str:
                return self.rate

            @tool("parcel.track", effect="read")
            async def track(order_id: Trusted[str]) -> str:
                if self.is_down:
                    raise PermanentError("the carrier does not answer")
                return "on its way"

            @tool("money.refund", effect="once", requires=["identity_verified"], approve="amount > 100")
            async def refund(order_id: Trusted[str], amount: Trusted[Decimal]) -> Decimal:
                return amount

            @tool("orders.replace", effect="once", requires=["identity_verified"])
            async def replacement(order_id: Trusted[str], sku: Trusted[str]) -> str:
                return "sent"

            @tool("orders.move", effect="write", requires=["identity_verified"])
            async def move(order_id: Trusted[str], address: FromCustomer[str]) -> str:
                return "moved"

            @tool("orders.note", effect="write", requires=["identity_verified"])
            async def note(order_id: Trusted[str], text: Free[str]) -> str:
                return "noted"

        return made


_HEAD = """\
topic: TOPIC
inputs:
  order_id: {type: string, pattern: '\\b\\d{6}\\b', ask: "Which order is it?"}
  amount: {type: money, ask: "How much?"}
  sku: {type: string, pattern: '\\b(?:cup|mug|tent|rope)\\b', ask: "Which item?"}
  address: {type: string, pattern: '(?m)^Address: (.+)$', ask: "Which address?"}
steps:
  - {id: rules, search: "our rules"}
  - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}, on_error: {escalate: tool_failed}}
  - {id: arrived, check: "order.status == 'delivered'", else: {reply: "It is not there yet."}}
"""
_PLANS = {
    "refund": """\
  - {id: act, tool: money.refund, args: {order_id: "${order.id}", amount: "${order.total}"}}
  - {id: done, reply: "We paid ${act} back for ${order.id}, sent to ${order.sent_to}."}
""",
    "some_back": """\
  - {id: act, tool: money.refund, args: {order_id: "${order.id}", amount: "${money.min(inputs.amount, order.total)}"}}
  - {id: done, reply: "We paid ${act} back."}
""",
    "replace": """\
  - {id: act, tool: orders.replace, args: {order_id: "${order.id}", sku: "${pick(inputs.sku, order.skus)}"}}
  - {id: done, reply: "It is on its way."}
""",
    "move": """\
  - {id: act, tool: orders.move, args: {order_id: "${order.id}", address: "${inputs.address}"}}
  - {id: done, reply: "It goes to ${inputs.address}."}
""",
    "judged": """\
  - id: judge
    model:
      task: Say whether the goods are damaged, and what is asked for.
      input: {words: "${ticket.text}", note: "${order.note}"}
      output: {type: object, properties: {state: {type: string}, wish: {type: string}}, required: [state, wish]}
    on_error: {escalate: low_confidence}
  - {id: noted, tool: orders.note, args: {order_id: "${order.id}", text: "${judge.wish}"}}
  - {id: broken, check: "judge.state == 'damaged'", else: {reply: "Noted, see {{rules}}."}}
  - {id: act, tool: orders.replace, args: {order_id: "${order.id}", sku: "${order.skus[0]}"}, approve: "true"}
  - {id: done, reply: "A new one comes: ${judge.wish}. See {{rules}}."}
""",
    "chosen": """\
  - id: way
    choose:
      by: model
      options:
        wait: {description: "They can wait.", steps: [{reply: "Please wait, see {{rules}}."}]}
        money:
          description: They want their money.
          steps:
            - {id: act, tool: money.refund, args: {order_id: "${order.id}", amount: "${order.total}"}, approve: "true"}
            - {id: paid, reply: "We paid ${act} back."}
""",
    "looped": """\
  - id: all
    each:
      in: "${order.skus}"
      as: sku
      max: 5
      steps: [{id: noted, tool: orders.note, args: {order_id: "${order.id}", text: "${sku} ${ticket.text}"}}]
  - {id: done, reply: "Noted."}
""",
    "rated": """\
  - {id: rate, tool: web.rate, args: {about: "${ticket.text}"}}
  - {id: noted, tool: orders.note, args: {order_id: "${order.id}", text: "${rate}"}}
  - {id: done, reply: "The rate is ${rate}, see {{rules}}."}
""",
    "tracked": """\
  - {id: parcel, tool: parcel.track, args: {order_id: "${order.id}"}}
  - {id: done, reply: "It is ${parcel}."}
""",
}


@cache
def plans() -> dict[str, Plan]:
    """Return the shop's procedures, all of them without an error."""
    catalogue, found = Catalogue.of(Systems().tools()), {}
    for topic, steps in _PLANS.items():
        plan, findings = parse(_HEAD.replace("TOPIC", topic) + steps, f"procedures/{topic}.yaml")
        assert plan is not None, findings
        errors = [each for each in verify(plan, catalogue) if each.severity == "error"]
        assert not errors, errors
        found[topic] = plan
    return found
