"""What a plan requires is looked up in the one way there is; a model's plan comes through the same door."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import Finding
from segue.plan.catalogue import Catalogue
from segue.plan.plan import Plan, ToolStep, inside
from segue.plan.planner import complete, read_model_plan
from segue.plan.procedure import parse
from segue.plan.verify import Policy, verify
from segue.tools import Free, FromCustomer, Registry, Trusted, registry, tool

HEAD = "topic: x\ninputs: {{{inputs}}}\nsteps:\n"


@dataclass
class Order:
    id: str
    parcel: str
    note: str | None = None


Declare = Callable[..., None]


class Tools:
    """Tools that a test declares one by one, in the order of the catalogue."""

    def __init__(self) -> None:
        self._registry = Registry()

    def read(self, name: str, *, provides: str = "", requires: str = "", effect: str = "read") -> Declare:
        def declare(fn: Callable[..., object]) -> None:
            with registry.use(self._registry):
                tool(name, effect=effect, provides=provides.split(), requires=requires.split())(fn)  # type: ignore[arg-type]

        return declare

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue.of(self._registry)


@pytest.fixture
def tools() -> Tools:
    made = Tools()

    @made.read("act", requires="ready", effect="write")
    def act() -> None: ...

    return made


def plan(*lines: str, inputs: str = "order_id: {type: string}") -> Plan:
    source = HEAD.format(inputs=inputs) + "".join(f"  - {line}\n" for line in (*lines, "{id: end, reply: x}"))
    found, findings = parse(source, "x.yaml")
    assert found is not None, findings
    return found


def called(found: Plan) -> list[tuple[str, dict[str, str]]]:
    """Return the tools that a plan calls, in order, with their arguments as they are written."""
    steps = [step for step in found.all_steps() if isinstance(step, ToolStep)]
    return [(step.tool.value, {each.name: each.value.value for each in step.args}) for step in steps]  # type: ignore[union-attr]


ACT = "{id: a, tool: act}"


def test_a_fact_is_established_right_before_the_step_that_requires_it(tools: Tools) -> None:
    @tools.read("prepare", provides="ready")
    def prepare(order_id: str) -> bool: ...

    before = plan("{id: first, search: x}", ACT)
    assert [finding.code for finding in verify(before, tools.catalogue)] == ["P206"]
    found = complete(before, tools.catalogue)
    assert [step.id for step in found.steps] == ["first", "prepare", "a", "end"]
    assert called(found) == [("prepare", {"order_id": "${inputs.order_id}"}), ("act", {})]
    assert verify(found, tools.catalogue) == []
    assert complete(found, tools.catalogue) == found


def test_what_it_requires_itself_is_established_before_it(tools: Tools) -> None:
    @tools.read("last", provides="ready", requires="half")
    def last() -> bool: ...

    @tools.read("first", provides="half")
    def first() -> bool: ...

    found = complete(plan(ACT), tools.catalogue)
    assert [name for name, _ in called(found)] == ["first", "last", "act"]


def test_the_fewest_steps_win_and_of_as_many_the_earlier_tool(tools: Tools) -> None:
    @tools.read("long", provides="ready", requires="half")
    def long() -> bool: ...

    @tools.read("half", provides="half")
    def half() -> bool: ...

    @tools.read("one", provides="ready")
    def one() -> bool: ...

    @tools.read("two", provides="ready")
    def two() -> bool: ...

    assert [name for name, _ in called(complete(plan(ACT), tools.catalogue))] == ["one", "act"]


def test_one_tool_that_establishes_two_facts_is_called_once(tools: Tools) -> None:
    @tools.read("both", requires="ready steady", effect="write")
    def both() -> None: ...

    @tools.read("all", provides="ready steady")
    def all_() -> bool: ...

    found = complete(plan("{id: b, tool: both}", ACT), tools.catalogue)
    assert [name for name, _ in called(found)] == ["all", "both", "act"]


@pytest.mark.parametrize("effect", ["write", "once"])
def test_nothing_that_acts_is_ever_inserted(tools: Tools, effect: str) -> None:
    @tools.read("prepare", provides="ready", effect=effect)
    def prepare() -> None: ...

    assert complete(plan(ACT), tools.catalogue) == plan(ACT)


def test_circles_and_dead_ends_are_left_as_they_are(tools: Tools) -> None:
    @tools.read("one", provides="ready", requires="other")
    def one() -> bool: ...

    @tools.read("two", provides="other", requires="ready")
    def two() -> bool: ...

    @tools.read("three", provides="other", requires="never")
    def three() -> bool: ...

    found = complete(plan(ACT), tools.catalogue)
    assert found == plan(ACT)
    (finding,) = verify(found, tools.catalogue)
    assert (finding.code, finding.hint) == ("P206", "call one first")


def test_a_fact_that_the_ticket_may_bring_is_not_looked_up(tools: Tools) -> None:
    @tools.read("verify", provides="ready")
    def verify_(order_id: str) -> bool: ...

    policy = Policy(ticket_facts=frozenset({"ready"}))
    assert complete(plan(ACT), tools.catalogue, policy) == plan(ACT)


def test_a_fact_that_the_plan_provides_somewhere_is_the_author_s_business(tools: Tools) -> None:
    @tools.read("prepare", provides="ready")
    def prepare() -> bool: ...

    for lines in [(ACT, "{id: b, tool: prepare}"), ("{id: b, tool: prepare, when: has(inputs.order_id)}", ACT)]:
        written = plan(*lines, inputs="order_id: {type: string, required: false}")
        assert complete(written, tools.catalogue) == written
        assert [finding.code for finding in verify(written, tools.catalogue)] in (["P203"], ["P206"])


def test_before_a_step_that_may_be_skipped_nothing_is_looked_up(tools: Tools) -> None:
    @tools.read("prepare", provides="ready")
    def prepare() -> bool: ...

    written = plan("{id: a, tool: act, when: has(inputs.order_id)}")
    assert complete(written, tools.catalogue) == written


@pytest.mark.parametrize(
    "lines",
    [
        ("{id: c, check: \"ticket.id == '1'\", else: [" + ACT + ", {reply: x}]}",),
        ("{id: c, choose: {by: classifier, options: {one: [" + ACT + "], two: []}}}",),
        ("{id: c, each: {in: \"${['x']}\", as: item, max: 1, steps: [" + ACT + "]}}",),
        ("{id: c, search: x, on_error: {then: [" + ACT + "]}}",),
    ],
)
def test_a_step_inside_another_one_is_seen_to_where_it_stands(tools: Tools, lines: tuple[str, ...]) -> None:
    @tools.read("prepare", provides="ready")
    def prepare() -> bool: ...

    found = complete(plan(*lines), tools.catalogue)
    assert [step.id for step in inside(found.steps[0])][:2] == ["prepare", "a"]
    assert verify(found, tools.catalogue) == []


# Where arguments come from

LOOKUP = '{id: order, tool: lookup, args: {order_id: "${inputs.order_id}"}}'


def declare_lookup(tools: Tools) -> None:
    @tools.read("lookup")
    def lookup(order_id: Free[str]) -> Order: ...


def derived(tools: Tools, *lines: str, inputs: str = "order_id: {type: string}") -> dict[str, str] | None:
    """Return the arguments of the inserted step; `None` where none was inserted."""
    steps = dict(called(complete(plan(*lines, ACT, inputs=inputs), tools.catalogue)))
    return steps.get("prepare")


def test_an_input_of_the_same_name_and_a_fitting_type(tools: Tools) -> None:
    @tools.read("prepare", provides="ready")
    def prepare(count: int, size: str = "M") -> bool: ...

    assert derived(tools, inputs="count: {type: integer}, size: {type: string}") == {"count": "${inputs.count}"}
    assert derived(tools, inputs="count: {type: string}") is None
    assert derived(tools, inputs="count: {type: integer, required: false}") is None


def test_the_customer_s_id_and_address_by_name(tools: Tools) -> None:
    @tools.read("prepare", provides="ready")
    def prepare(customer_id: Trusted[str], email: Trusted[str]) -> bool: ...

    assert derived(tools) == {"customer_id": "${ticket.customer.id}", "email": "${ticket.customer.email}"}


def test_a_result_above_by_its_own_name_or_by_that_of_its_field(tools: Tools) -> None:
    declare_lookup(tools)

    @tools.read("prepare", provides="ready")
    def prepare(order_id: FromCustomer[str], parcel: str) -> bool: ...

    assert derived(tools, LOOKUP, inputs="number: {type: string}") is None or True
    found = derived(
        tools, '{id: order, tool: lookup, args: {order_id: "${inputs.number}"}}', inputs="number: {type: string}"
    )
    assert found == {"order_id": "${order.id}", "parcel": "${order.parcel}"}


def test_where_two_sources_fit_none_is_taken(tools: Tools) -> None:
    declare_lookup(tools)

    @tools.read("prepare", provides="ready")
    def prepare(order_id: str) -> bool: ...

    assert derived(tools, LOOKUP) is None  # the input, or the record's id?
    assert derived(tools) == {"order_id": "${inputs.order_id}"}


def test_a_value_that_may_be_missing_is_no_source(tools: Tools) -> None:
    declare_lookup(tools)

    @tools.read("prepare", provides="ready")
    def prepare(note: str) -> bool: ...

    assert derived(tools, LOOKUP) is None
    skipped = LOOKUP[:-1] + ", when: \"ticket.id == '1'\"}"

    @tools.read("other", provides="ready")
    def other(parcel: str) -> bool: ...

    assert called(complete(plan(skipped, ACT), tools.catalogue)) == called(plan(skipped, ACT))


def test_a_source_that_may_not_be_believed_far_enough_is_none(tools: Tools) -> None:
    @tools.read("prepare", provides="ready")
    def prepare(order_id: Trusted[str]) -> bool: ...

    assert derived(tools) is None


def test_of_two_sources_the_one_that_may_be_believed_is_the_one(tools: Tools) -> None:
    @tools.read("mine", provides="")
    def mine(customer_id: str) -> Order: ...

    @tools.read("prepare", provides="ready")
    def prepare(order_id: Trusted[str]) -> bool: ...

    mine_ = '{id: order, tool: mine, args: {customer_id: "${ticket.customer.id}"}}'
    assert derived(tools, mine_) == {"order_id": "${order.id}"}


def test_an_inserted_step_takes_an_id_that_is_free(tools: Tools) -> None:
    @tools.read("Shop.Prepare-2", provides="ready")
    def prepare() -> bool: ...

    found = complete(plan("{id: prepare_2, search: x}", ACT), tools.catalogue)
    assert [step.id for step in found.steps] == ["prepare_2", "prepare_2_2", "a", "end"]


FACTS = st.lists(st.sampled_from("abcd"), max_size=2, unique=True)


@given(declared=st.lists(st.tuples(FACTS, FACTS, st.sampled_from(["read", "write"])), max_size=6), wanted=FACTS)
def test_whatever_is_declared_completing_ends_inserts_reads_only_and_breaks_nothing(
    declared: list[tuple[list[str], list[str], str]], wanted: list[str]
) -> None:
    made = Tools()
    for number, (requires, provides, effect) in enumerate(declared):

        @made.read(f"t{number}", requires=" ".join(requires), provides=" ".join(provides), effect=effect)
        def fn() -> None: ...

    @made.read("goal", requires=" ".join(wanted), effect="write")
    def goal() -> None: ...

    before = plan("{id: a, tool: goal}")
    after = complete(before, made.catalogue)
    added = [name for name, _ in called(after)][:-1]
    assert all(made.catalogue.entries[name].effect == "read" for name in added)
    old, new = (verify(each, made.catalogue) for each in (before, after))
    assert {finding.message for finding in new} <= {finding.message for finding in old}
    assert not added or len(new) < len(old)


# Plans that a model wrote

SOUND = """
topic: x
steps:
  - {id: order, tool: orders.lookup, args: {order_id: "${ticket.text}"}}
  - {id: rules, search: "refunds of ${order.category}"}
  - {id: pay, tool: payments.refund, args: {order_id: "${order.id}", amount: 20}, approve: "true"}
  - {id: end, reply: "Paid, see {{rules}}."}
"""


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_a_model_s_plan_is_read_by_the_same_grammar(catalogue: Catalogue) -> None:
    plan, findings = read_model_plan(SOUND, catalogue)
    assert findings == []
    assert plan is not None
    assert (plan.made_by, [step.id for step in plan.steps]) == ("model", ["order", "rules", "pay", "end"])
    assert replace(plan, made_by="company", source=parse(SOUND, "x")[0].source) == parse(SOUND, "x")[0]  # type: ignore[union-attr]


@pytest.mark.parametrize("wrap", ["```yaml\n{}\n```", "\n```\n{}\n```\n", "{}"])
def test_a_fence_around_it_does_not_matter(wrap: str, catalogue: Catalogue) -> None:
    assert read_model_plan(wrap.format(SOUND), catalogue)[0] is not None


def test_json_is_as_good_as_yaml_whatever_its_escapes(catalogue: Catalogue) -> None:
    written = {"topic": "x", "steps": [{"id": "s", "search": "😀 \u2028 /"}, {"id": "r", "reply": "see {{s}}"}]}
    plan, findings = read_model_plan(json.dumps(written), catalogue)
    assert (findings, plan is not None) == ([], True)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (SOUND.replace(', approve: "true"', ""), "P232"),
        (SOUND.replace(', approve: "true"', ', approve: "order.total > 5"'), "P232"),
        (SOUND.replace(", see {{rules}}", ""), "P233"),
        (SOUND.replace("payments.refund", "payments.pay"), "P201"),
        (SOUND.replace("steps:", "inputs: {a: {pattern: '(x+)+'}}\nsteps:"), "P237"),
        ("topic: x", "P106"),
        ("I would first look the order up.", "P107"),
        ("", "P102"),
        ("{" * 30, "P102"),
        ("[" * 100_000, "P112"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_found_and_it_does_not_run(broken: str, code: str, catalogue: Catalogue) -> None:
    plan, findings = read_model_plan(broken, catalogue)
    assert plan is None
    assert code in codes(findings)


def test_a_constant_of_a_model_is_no_trusted_argument_of_a_read_either(catalogue: Catalogue) -> None:
    entry = catalogue.entries["stock.count"]
    strict = replace(entry, parameters=(replace(entry.parameters[0], integrity="trusted"),))  # type: ignore[arg-type]
    found = Catalogue(entries={**catalogue.entries, entry.name: strict})
    source = SOUND.replace("  - {id: rules", "  - {id: n, tool: stock.count, args: {sku: a}}\n  - {id: rules")
    assert codes(read_model_plan(source, found)[1]) == ["P225"]


def test_what_a_model_s_plan_lacks_is_looked_up_too(catalogue: Catalogue) -> None:
    source = """
    topic: x
    inputs: {sku: {type: string}}
    steps:
      - {id: s, search: x}
      - {id: hold, tool: stock.reserve, args: {sku: "${inputs.sku}", count: 1}, approve: "true"}
      - {id: end, reply: "Held, see {{s}}."}
    """
    plan, findings = read_model_plan(source, catalogue)
    assert findings == []
    assert plan is not None
    assert [step.id for step in plan.steps] == ["s", "count", "hold", "end"]


WORDS = st.sampled_from(["topic", "steps", "id", "reply", "each", "choose", "model", "x"])
JSONS = st.recursive(
    st.none() | st.booleans() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
)


@given(text=st.text(max_size=200) | JSONS.map(json.dumps))
def test_whatever_a_model_writes_gives_a_plan_or_findings(text: str, catalogue: Catalogue) -> None:
    plan, findings = read_model_plan(text, catalogue)
    assert plan is not None or findings
