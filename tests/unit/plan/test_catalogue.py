import json
from dataclasses import replace

from segue.plan import expression
from segue.plan.catalogue import Catalogue
from segue.plan.expression import Compiled
from segue.plan.language.types import MONEY, STRING, Record
from segue.plan.plan import Input, Plan, ReplyStep, SearchStep, Text, ToolStep
from segue.plan.scope import environment
from segue.tools import Integrity, Registry, registry, tool


def test_the_catalogue_tells_what_a_plan_must_know_of_a_tool(catalogue: Catalogue) -> None:
    refund = catalogue.entries["payments.refund"]
    assert (refund.effect, refund.requires, refund.provides) == ("once", ("identity_verified",), ())
    assert [(entry.name, entry.type, entry.integrity) for entry in refund.parameters] == [
        ("order_id", STRING, Integrity.TRUSTED),
        ("amount", MONEY, Integrity.TRUSTED),
    ]
    assert isinstance(refund.type, Record)
    assert [field.name for field in refund.type.fields] == ["id", "amount"]
    assert catalogue.get("payments.refnd") is None


def test_the_digest_changes_with_what_a_plan_can_depend_on_and_with_nothing_else(catalogue: Catalogue) -> None:
    entry = catalogue.entries["payments.refund"]

    def digest(**changes: object) -> str:
        changed = replace(entry, **changes)  # type: ignore[arg-type]  # any field
        return Catalogue(entries={**catalogue.entries, entry.name: changed}).digest()

    assert digest() == catalogue.digest() == digest(file="elsewhere.py", line=99)
    assert catalogue.digest().startswith("sha256:")
    others = [
        digest(effect="write"),
        digest(requires=()),
        digest(result={}),
        digest(approve="true"),
        digest(parameters=()),
    ]
    assert len({catalogue.digest(), *others}) == 6


def test_an_approval_is_a_condition_over_the_arguments() -> None:
    with registry.use(Registry()) as tools:

        @tool("good", effect="once", approve="amount > 100 && kind == 'x'")
        def good(amount: int, kind: str) -> None: ...

        @tool("always", effect="once", approve=True)
        def always() -> None: ...

        @tool("unknown", effect="once", approve="amont > 100")
        def unknown(amount: int) -> None: ...

        @tool("text", effect="once", approve="kind")
        def text(kind: str) -> None: ...

    catalogue = Catalogue.of(tools)
    found = catalogue.check()
    assert [(finding.code, finding.file) for finding in found] == [("C105", "test_catalogue.py")] * 2
    assert "amont" in found[0].message
    assert found[0].hint == "did you mean amount?"
    assert "neither true nor false" in found[1].message
    condition = expression.compile(catalogue.entries["good"].approve or "", catalogue.entries["good"].arguments)
    assert isinstance(condition, Compiled)
    assert condition.holds({"amount": 101, "kind": "x"})


def test_a_running_plan_sees_every_step_by_its_type(catalogue: Catalogue) -> None:
    plan = Plan(
        topic="x",
        inputs=(Input(name="size", type="integer"),),
        steps=(
            ToolStep(id="order", tool=Text(value="orders.lookup")),
            SearchStep(id="found", query=Text(value="x")),
            ReplyStep(id="end", text=Text(value="x")),
        ),
    )
    scope = environment(plan, catalogue)
    assert set(scope.names) == {"inputs", "ticket", "order", "found"}
    condition = expression.compile("inputs.size > 3 && order.total > 2 && found.passages.all(p, p.score > 1)", scope)
    assert isinstance(condition, Compiled)
    passages = json.loads('[{"document": "a", "heading": "", "text": "", "score": 2}]')
    values = {"inputs": {"size": 4}, "order": {"total": "2.50"}, "found": {"found": True, "passages": passages}}
    assert condition.holds(values)
