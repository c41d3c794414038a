from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NotRequired, Optional, assert_type

import pytest
from pydantic import BaseModel
from typing_extensions import TypedDict

from segue.errors import DefinitionError, DuplicateName, SegueError
from segue.tools import Free, FromCustomer, Integrity, Registry, Tool, Trusted, registry, tool
from segue.tools.rate import Rate
from segue.tools.runner import Function


class Size(Enum):
    SMALL = "s"
    LARGE = "l"


@dataclass
class Line:
    sku: str
    price: Decimal
    note: str | None = None


class Order(BaseModel):
    id: str
    customer_id: str
    lines: list[Line]
    ordered_on: date
    size: Size = Size.SMALL


class Options(TypedDict):
    fast: bool
    gift: NotRequired[str]


@pytest.fixture(autouse=True)
def tools() -> Iterator[Registry]:
    with registry.use(Registry()) as tools:
        yield tools


def only(tools: Registry) -> Tool:
    (found,) = tools
    return found


def test_a_declared_function_stays_an_ordinary_function() -> None:
    @tool("add", effect="read")
    def add(a: int, b: int = 2) -> int:
        return a + b

    assert add(1) == 3
    assert_type(add(1, 2), int)


def test_a_declaration_becomes_a_tool(tools: Registry) -> None:
    def find(key: str, order_id: str, options: Options | None) -> None: ...
    def take_back() -> None: ...

    @tool(
        "orders.send",
        effect="once",
        owner="customer_id",
        requires=["identity_verified"],
        provides=["sent"],
        reconcile=find,
        undo=take_back,
        approve="order_id == ''",
        timeout=timedelta(seconds=5),
        trusted=False,
        rate="100/min",
    )
    async def send(order_id: str, options: Options | None = None) -> Order:
        """Send an order
        again.

        Not said to models.
        """
        raise NotImplementedError

    found = only(tools)
    assert (found.name, found.description, found.effect) == ("orders.send", "Send an order again.", "once")
    assert (found.owner, found.requires, found.provides) == ("customer_id", ("identity_verified",), ("sent",))
    assert (found.approve, found.timeout) == ("order_id == ''", timedelta(seconds=5))
    assert (found.trusted, found.rate) == (False, Rate(100, timedelta(minutes=1)))
    assert (found.reconcile, found.undo, found.runner) == (find, take_back, Function(send))
    assert found.file == __file__
    assert [(entry.name, entry.required, entry.default) for entry in found.parameters] == [
        ("order_id", True, None),
        ("options", False, None),
    ]


def test_a_tool_is_believed_and_called_as_often_as_wanted_unless_declared_otherwise(tools: Registry) -> None:
    declare(good)
    assert only(tools).trusted
    assert only(tools).rate is None


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("1/s", Rate(1, timedelta(seconds=1))),
        ("30/h", Rate(30, timedelta(hours=1))),
        ("1000/day", Rate(1000, timedelta(days=1))),
    ],
)
def test_a_rate_is_a_number_of_calls_in_a_period(tools: Registry, text: str, rate: Rate) -> None:
    declare(good, rate=text)
    assert only(tools).rate == rate


def test_a_tool_that_passes_on_what_others_wrote_says_so(tools: Registry) -> None:
    @tool("web.read", effect="read", trusted=False)
    def read(url: str) -> str: ...  # type: ignore[empty-body]

    assert not only(tools).trusted
    with pytest.raises(DefinitionError, match=r"trusted is True or False, not 'no'"):
        tool("web.write", effect="read", trusted="no")(read)  # type: ignore[arg-type]


def test_schemas_keep_money_apart_from_text_and_know_every_field(tools: Registry) -> None:
    @tool("orders.lookup", effect="read")
    def lookup(amount: Decimal, size: Size, options: Options, at: date | None = None) -> Order | None: ...

    found = only(tools)
    schemas = {entry.name: entry.schema for entry in found.parameters}
    assert schemas["amount"] == {"type": "string", "format": "decimal"}
    assert schemas["size"]["enum"] == ["s", "l"]
    assert schemas["options"]["required"] == ["fast"]
    assert {"type": "null"} in schemas["at"]["anyOf"]
    records = found.result["$defs"]
    assert records["Line"]["properties"]["price"]["format"] == "decimal"
    assert records["Line"]["required"] == ["sku", "price", "note"]
    assert records["Order"]["required"] == ["id", "customer_id", "lines", "ordered_on", "size"]


def test_once_parameters_are_trusted_unless_declared_otherwise(tools: Registry) -> None:
    @tool("a", effect="once")
    def once(a: str, b: Free[str], c: FromCustomer[str], d: Optional[Trusted[str]] = None) -> None: ...  # noqa: UP045

    @tool("b", effect="write")
    def write(
        a: str, b: Trusted[Decimal], c: list[Trusted[str]], d: Annotated[FromCustomer[str], "x"], e: Free[Trusted[str]]
    ) -> None: ...

    levels = {found.name: [entry.integrity for entry in found.parameters] for found in tools}
    assert levels["a"] == [Integrity.TRUSTED, Integrity.FREE, Integrity.FROM_CUSTOMER, Integrity.TRUSTED]
    assert levels["b"] == [
        Integrity.FREE,
        Integrity.TRUSTED,
        Integrity.TRUSTED,
        Integrity.FROM_CUSTOMER,
        Integrity.TRUSTED,
    ]


def declare(fn: Callable[..., Any], **words: Any) -> None:
    tool(**{"name": "a", "effect": "read"} | words)(fn)


class Thing:
    pass


def good(a: int) -> int:
    return a


def untyped(a) -> int:  # type: ignore[no-untyped-def]
    return int(a)


def no_result(a: int):  # type: ignore[no-untyped-def]
    return a


def collecting(*args: int) -> int:
    return len(args)


def collecting_names(**kwargs: int) -> int:
    return len(kwargs)


def positional(a: int, /) -> int:
    return a


def strange(a: Thing) -> int:
    return id(a)


def strange_result(a: int) -> Thing:
    return Thing()


def unknown(a: "Nothing") -> int:  # type: ignore[name-defined]  # noqa: F821
    return int(a)


def bad_default(a: int = "x") -> int:  # type: ignore[assignment]
    return a


def yielding(a: int) -> Iterator[int]:
    yield a


def lookup(a: int) -> Order | None:
    return None


def short_reconcile(key: str) -> None: ...


FAULTS: list[tuple[Callable[..., Any], dict[str, Any], str]] = [
    (good, {"name": "1a"}, "its name is"),
    (good, {"name": "a b"}, "its name is"),
    (good, {"effect": "twice"}, "not one of 'read', 'write', 'once'"),
    (good, {"requires": "fact"}, r"requires=\['fact'\]"),
    (good, {"provides": ["Not A Fact"]}, "is no fact"),
    (good, {"timeout": 5}, "timedelta"),
    (good, {"timeout": timedelta(0)}, "timedelta"),
    (good, {"trusted": "yes"}, "trusted is True or False, not 'yes'"),
    (good, {"rate": "100"}, "rate is '100': a number and s, min, h or day"),
    (good, {"rate": "0/min"}, "rate is '0/min'"),
    (good, {"rate": "1/week"}, "rate is '1/week'"),
    (good, {"rate": 5}, "rate is 5"),
    (good, {"reconcile": short_reconcile}, "only `once`"),
    (good, {"effect": "once", "reconcile": short_reconcile}, "the key and 1 argument"),
    (good, {"undo": short_reconcile}, "nothing to undo"),
    (lookup, {"owner": "customer"}, "no field 'customer', only id, customer_id"),
    (good, {"owner": "customer_id"}, "no field 'customer_id', only none"),
    (untyped, {}, "parameter a has no type"),
    (no_result, {}, "its result has no type"),
    (collecting, {}, r"\*args: int collects"),
    (collecting_names, {}, "collects"),
    (positional, {}, "passable by name"),
    (strange, {}, "parameter a cannot be read"),
    (strange_result, {}, "its result has no JSON form"),
    (unknown, {}, "unknown type: name 'Nothing'"),
    (bad_default, {}, "the default of a does not fit"),
    (yielding, {}, "does not yield"),
    (Thing, {}, "above a function"),
]


@pytest.mark.parametrize(("fn", "words", "says"), FAULTS, ids=[says for _, _, says in FAULTS])
def test_a_wrong_declaration_names_the_tool_and_its_place(fn: Callable[..., Any], words: Any, says: str) -> None:
    with pytest.raises(DefinitionError, match=says) as caught:
        declare(fn, **words)
    if fn is not Thing:
        assert f"test_declare.py:{fn.__code__.co_firstlineno}" in str(caught.value)


@pytest.mark.parametrize("result", [dict[str, Any], Any, dict[str, Decimal]])
def test_an_owner_in_a_result_without_declared_fields_is_believed(result: Any, tools: Registry) -> None:
    def fn() -> None: ...

    fn.__annotations__["return"] = result
    declare(fn, owner="customer_id")
    assert only(tools).owner == "customer_id"


def test_a_name_stands_for_one_tool() -> None:
    declare(good)
    with pytest.raises(DuplicateName, match=r"test_declare\.py:\d+ and at test_declare\.py:\d+") as caught:
        declare(lookup)
    assert isinstance(caught.value, SegueError)


def test_declarations_go_to_the_registry_in_use(tools: Registry) -> None:
    with registry.use(Registry()) as inner:
        declare(good)
    assert len(inner) == 1
    assert len(tools) == 0
    assert inner.get("a") is not None
    assert inner.get("b") is None


def test_types_of_a_function_body_are_found(tools: Registry) -> None:
    @dataclass
    class Local:
        kind: Literal["x", "y"]

    @tool("local", effect="read")
    def local(value: "Local") -> "Local":
        return value

    assert only(tools).result["properties"]["kind"]["enum"] == ["x", "y"]
