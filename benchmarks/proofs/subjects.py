"""Good plans to put faults into: the sample's, the starter's, the documentation's, two real domains', and our own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from benchmarks import workspaces
from segue import Free, FromCustomer, Trusted, tool
from segue.plan import procedure
from segue.plan.catalogue import Catalogue
from segue.plan.plan import Plan
from segue.plan.planner import complete
from segue.support import sample
from segue.support.workspace import Workspace
from segue.support.workspace import init as starter
from segue.tools import Registry, python, registry
from segue.tools.tool import Tool


@dataclass(frozen=True)
class Subject:
    """A good plan and the tools that it may use."""

    name: str
    """Where it is from, and its topic."""
    plan: Plan
    tools: Mapping[str, Tool]


def subjects(folder: Path) -> Iterator[Subject]:
    """Yield all good plans there are; those of a domain whose data is not here are left out."""
    shop = sample.copy(folder / "sample")
    yield from _of("sample", shop)
    yield from _of("starter", starter(folder / "starter"))
    for name in ("tau2_retail", "tau2_banking"):
        try:
            workspaces.BUILDERS[name](folder / name)
        except FileNotFoundError:
            continue
        yield from _of(name, Workspace(root=folder / name))
    yield from synthetic()


def _of(name: str, workspace: Workspace) -> Iterator[Subject]:
    tools = {each.name: each for each in python.load(workspace.root)}
    plans, findings = procedure.load_all(workspace.procedures)
    assert not findings, findings
    catalogue = Catalogue.of(tools.values())
    for topic, plan in plans.items():
        yield Subject(f"{name}/{topic}", complete(plan, catalogue), tools)


def synthetic() -> Iterator[Subject]:
    """Yield plans that use what the others do not: loops, choices, models, approvals, plans made by a model."""
    tools = {each.name: each for each in own_tools()}
    for made_by, sources in (("company", COMPANY_S), ("model", MODEL_S)):
        for source in sources:
            head = _HEAD if made_by == "company" else _HEAD.replace(_PATTERN, "")
            plan, findings = procedure.parse(source.replace("HEAD\n", head), "procedures/own.yaml")
            assert plan is not None, findings
            yield Subject(f"own/{plan.topic}", replace(plan, made_by=made_by), tools)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of an order."""

    sku: str
    price: Decimal
    gift: str | None = None


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order of a customer."""

    id: str
    customer_id: str
    status: str
    age_days: int
    total: Decimal
    lines: list[Line]
    skus: list[str]
    parcel: str | None = None


def own_tools() -> Registry:
    """Return tools of every kind; none of them is ever called."""
    tools = Registry()
    with registry.use(tools):

        @tool("orders.lookup", effect="read", owner="customer_id")
        def lookup(order_id: Free[str]) -> Order:
            raise AssertionError

        @tool("identity.check", effect="read", provides=["code_matched"])
        def check(customer_id: Trusted[str], code: Free[str]) -> bool:
            raise AssertionError

        @tool("web.rates", effect="read", trusted=False)
        def rates(currency: Free[str]) -> Decimal:
            raise AssertionError

        @tool("money.refund", effect="once", requires=["identity_verified"])
        def refund(order_id: Trusted[str], amount: Trusted[Decimal]) -> Decimal:
            raise AssertionError

        @tool("money.gift", effect="once", requires=["code_matched"], approve="amount > 50")
        def gift(order_id: Trusted[str], amount: Trusted[Decimal]) -> Decimal:
            raise AssertionError

        @tool("orders.swap", effect="once", requires=["identity_verified", "code_matched"])
        def swap(order_id: Trusted[str], sku: Trusted[str], note: FromCustomer[str]) -> str:
            raise AssertionError

        @tool("orders.note", effect="write")
        def note(order_id: Trusted[str], text: Free[str]) -> str:
            raise AssertionError

    return tools


_PATTERN = " pattern: '\\d+',"
_HEAD = """\
inputs:
  order_id: {type: string, pattern: '\\d+', ask: "Which order?"}
  amount: {type: money, ask: "How much?"}
  sku: {type: string, ask: "Which item?"}
  code: {type: string, required: false}
steps:
  - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}, on_error: {escalate: tool_failed}}
"""
COMPANY_S = (
    """\
topic: bounded
HEAD
  - {id: rules, search: "refunds"}
  - {id: fresh, check: "order.age_days <= 30 && order.status == 'delivered'", else: {reply: "Too late, see {{rules}}."}}
  - id: refund
    tool: money.refund
    args: {order_id: "${order.id}", amount: "${money.min(inputs.amount, order.total)}"}
    approve: "order.total > 100"
  - {id: done, reply: "We paid ${refund} back, see {{rules}}."}
""",
    """\
topic: verified
HEAD
  - {id: which, ask: "What is your code?", into: code}
  - id: verified
    tool: identity.check
    args: {customer_id: "${ticket.customer.id}", code: "${inputs.code}"}
    on_error: {escalate: policy}
  - id: swap
    tool: orders.swap
    args: {order_id: "${order.id}", sku: "${pick(inputs.sku, order.skus)}", note: "${inputs.sku}"}
    on_error: {escalate: tool_failed}
  - {id: gift, tool: money.gift, args: {order_id: "${order.id}", amount: "${money.percent(order.total, 5)}"}}
  - {id: done, reply: "We swapped it and gave you ${gift}."}
""",
    """\
topic: looped
HEAD
  - id: all
    each:
      in: "${order.lines}"
      as: line
      max: 5
      steps:
        - {id: noted, tool: orders.note, args: {order_id: "${order.id}", text: "${line.sku}"}, when: "line.price > 10"}
        - {id: named, check: "line.sku != ''", else: {escalate: policy}}
  - id: parcel
    search: "parcel ${order.parcel}"
    when: "has(order.parcel)"
    on_error: {then: [{id: other, search: "parcels"}]}
  - {id: told, reply: "Noted, see {{parcel}}.", when: "has(parcel)"}
  - {id: done, reply: "Noted."}
""",
    """\
topic: chosen
HEAD
  - {id: rules, search: "trouble with parcels"}
  - id: trouble
    choose:
      by: classifier
      options:
        late: []
        lost:
          - {id: rate, tool: web.rates, args: {currency: "GBP"}, on_error: {escalate: tool_failed}}
          - {reply: "Today's rate is ${rate}, see {{rules}}."}
        broken: {escalate: policy}
  - {id: approved, tool: money.refund, args: {order_id: "${order.id}", amount: "${inputs.amount}"}, approve: "true"}
  - {id: done, reply: "It is on its way, and you have ${approved}."}
""",
    """\
topic: composed
HEAD
  - {id: rules, search: "returns of ${order.status}", expect: "rules.found", on_error: {escalate: not_grounded}}
  - id: state
    model: {task: "Say in which state it is.", input: "${ticket.text}", output: {type: string, enum: [new, worn]}}
    expect: "state != 'worn'"
    on_error: {escalate: low_confidence}
  - {id: words, model: {task: "Explain.", input: {state: "${state}"}, output: {type: string}}}
  - {id: noted, tool: orders.note, args: {order_id: "${order.id}", text: "${words}"}, on_error: {retry: 2}}
  - {id: done, reply: "${words} See {{rules}}."}
""",
)
MODEL_S = (
    """\
topic: model_reads
HEAD
  - {id: rules, search: "refunds"}
  - {id: done, reply: "Your order is ${order.status}, see {{rules}}."}
""",
    """\
topic: model_acts
HEAD
  - {id: rules, search: "refunds"}
  - {id: refund, tool: money.refund, args: {order_id: "${order.id}", amount: "${order.total}"}, approve: "true"}
  - {id: noted, tool: orders.note, args: {order_id: "${order.id}", text: "refunded"}, approve: "true"}
  - {id: done, reply: "We paid ${refund} back, see {{rules}}."}
""",
    """\
topic: model_loops
HEAD
  - {id: found, search: "swaps of ${inputs.sku}", expect: "found.found", on_error: {escalate: not_grounded}}
  - id: all
    each:
      in: "${order.lines}"
      as: line
      max: 3
      steps:
        - {id: noted, tool: orders.note, args: {order_id: "${order.id}", text: "${line.sku}"}, approve: "true"}
  - {id: done, reply: {answer: [found]}}
""",
)
