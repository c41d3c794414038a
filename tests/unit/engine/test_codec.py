"""Values to JSON and back by their annotations."""

import json
import math
import socket
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from segue.engine.codec import (
    COMPRESSED_FROM_BYTES,
    DIGEST_FROM_BYTES,
    Codec,
    Signature,
    arguments_form,
    codec_of,
    encode_any,
    pack,
    unpack,
)
from segue.errors import CodecError, DefinitionError

words = st.text(st.characters(exclude_categories=["Cs"]))
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner) | st.dictionaries(words, inner),
    max_leaves=20,
)


@dataclass
class Money:
    """An amount."""

    amount: Decimal
    currency: str = "EUR"


class Ticket(BaseModel):
    """A model."""

    id: UUID
    opened: datetime
    amounts: dict[str, Money]


utc = st.datetimes(timezones=st.just(UTC))
money = st.builds(Money, st.decimals(allow_nan=False, allow_infinity=False), words)
TYPED: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (str, words),
    (bytes, st.binary()),
    (int, st.integers()),
    (float, st.floats(allow_nan=False)),
    (bool, st.booleans()),
    (Decimal, st.decimals(allow_nan=False, allow_infinity=False)),
    (datetime, utc),
    (date, st.dates()),
    (timedelta, st.timedeltas(timedelta(days=-10_000), timedelta(days=10_000))),
    (UUID, st.uuids()),
    (set[int], st.sets(st.integers())),
    (frozenset[str], st.frozensets(words)),
    (tuple[int, str], st.tuples(st.integers(), words)),
    (list[bytes], st.lists(st.binary())),
    (dict[str, float | None], st.dictionaries(words, st.none() | st.floats(allow_nan=False))),
    (Money, money),
    (list[Money], st.lists(money)),
    (Ticket, st.builds(Ticket, id=st.uuids(), opened=utc, amounts=st.dictionaries(words, money))),
    (Any, plain),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "values"), TYPED, ids=[str(kind) for kind, _ in TYPED])
def test_a_value_comes_back_as_it_went(kind: Any, values: st.SearchStrategy[Any]) -> None:
    codec = codec_of(kind)

    @given(values)
    def check(value: Any) -> None:
        data = codec.encode(value)
        json.loads(data)
        back = codec.decode(data)
        assert back == value
        assert type(back) is type(value)

    check()


@given(plain)
def test_what_needs_no_type_is_plain_json(value: Any) -> None:
    assert json.loads(encode_any(value)) == value


class Opaque:
    def __repr__(self) -> str:
        return "Opaque()"


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        (int, "1", "str"),
        (Any, Opaque(), "Opaque"),
        (Any, {1, 2}, "annotate"),
        (Any, (1, 2), "annotate"),
        (Any, {1: "a"}, "annotate"),
        (Any, math.nan, "annotate"),
        (Any, datetime(2026, 1, 1, tzinfo=UTC), "annotate"),
        (str, "\ud800", "journaled"),
        (Money, {"amount": 1}, "dict"),
    ],
    ids=repr,
)
def test_a_value_that_does_not_fit_is_refused_with_a_reason(kind: Any, value: Any, says: str) -> None:
    with pytest.raises(CodecError, match=says):
        Codec(kind).encode(value)


def test_a_value_that_holds_itself_is_refused() -> None:
    circle: list[Any] = []
    circle.append(circle)
    for encode in (Codec(Any).encode, Codec(list[Any]).encode, encode_any):
        with pytest.raises(CodecError):
            encode(circle)


@pytest.mark.parametrize(
    ("kind", "data", "says"),
    [
        (int, b'"one"', "is no int: value: "),
        (Ticket, b'{"id":"x"}', "is no Ticket: id: "),
        (list[int], b"[1,", "value: "),
        (str, b"\xff", "value: "),
    ],
)
def test_json_that_does_not_fit_names_the_place(kind: Any, data: bytes, says: str) -> None:
    with pytest.raises(CodecError, match=says):
        Codec(kind).decode(data)


@pytest.mark.parametrize("kind", [socket.socket, list[socket.socket], dict[str, socket.socket | None]], ids=str)
def test_a_type_without_json_is_refused_when_it_is_declared(kind: Any) -> None:
    def fn(given: Any) -> None: ...

    fn.__annotations__ = {"given": kind, "return": None}
    with pytest.raises(DefinitionError, match="step 'fn': parameter 'given'"):
        Signature(fn, "step 'fn'")


def test_a_refusal_says_which_part_of_which_step() -> None:
    def fn() -> socket.socket:
        raise NotImplementedError

    with pytest.raises(DefinitionError, match=r"step 'fn': the result: type socket cannot be journaled"):
        Signature(fn, "step 'fn'")


def test_a_class_declared_after_its_step_is_found_at_the_first_call() -> None:
    def fn(given: "Later") -> "Later":  # type: ignore[name-defined] # noqa: F821 (it comes later)
        return given

    signature = Signature(fn, "step 'fn'")
    globals()["Later"] = Money
    try:
        value = Money(Decimal(1))
        assert signature.decode(signature.encode((value,))) == (value,)
    finally:
        del globals()["Later"]


def test_a_class_that_is_never_declared_is_named() -> None:
    def fn(given: "Nowhere") -> None:  # type: ignore[name-defined] # noqa: F821 (the mistake)
        ...

    with pytest.raises(DefinitionError, match="Nowhere"):
        Signature(fn, "step 'fn'").encode((1,))


def test_a_class_local_to_the_decorating_function_is_found() -> None:
    @dataclass
    class Local:
        """Known only here."""

        n: int

    def fn(given: Local) -> "Local":
        return given

    signature = Signature(fn, "step 'fn'")
    assert signature.decode(signature.encode((Local(3),))) == (Local(3),)


numbers = st.integers()


@given(numbers, numbers, st.lists(numbers), numbers, st.dictionaries(st.sampled_from("xyz"), numbers))
def test_a_call_comes_back_with_every_kind_of_parameter(
    a: int, b: int, more: list[int], c: int, others: dict[str, int]
) -> None:
    def fn(a: int, /, b: int, *more: int, c: int = 3, **others: int) -> Any:
        return a, b, list(more), c, others

    signature = Signature(fn, "step 'fn'")
    bound = signature.bind((a, b, *more), {"c": c, **others})
    again = signature.decode(signature.encode(bound))
    assert signature.call(fn, bound) == signature.call(fn, again) == (a, b, more, c, others)


def test_a_call_that_does_not_fit_is_a_type_error() -> None:
    def fn(a: int) -> None: ...

    signature = Signature(fn, "step 'fn'")
    for args, kwargs in (((), {}), ((1, 2), {}), ((1,), {"b": 2})):
        with pytest.raises(TypeError):
            signature.bind(args, kwargs)


@given(st.binary(max_size=100), st.integers(0, 3))
def test_payloads_are_packed_and_unpacked_whatever_their_size(seed: bytes, factor: int) -> None:
    payload = b'{"result":"' + seed.hex().encode() * (COMPRESSED_FROM_BYTES // 100 * factor + 1) + b'"}'
    stored = pack(payload)
    assert unpack(stored) == payload
    assert (stored == payload) == (len(payload) < COMPRESSED_FROM_BYTES)


def test_a_damaged_packed_payload_is_a_codec_error() -> None:
    stored = pack(b'{"a":"' + b"x" * COMPRESSED_FROM_BYTES + b'"}')
    with pytest.raises(CodecError, match="damaged"):
        unpack(stored[:-5])


def test_long_arguments_stand_in_their_entry_by_digest() -> None:
    short, long = b"[1]", b'["' + b"x" * DIGEST_FROM_BYTES + b'"]'
    assert arguments_form(short) == short
    form = json.loads(arguments_form(long))
    assert form["bytes"] == len(long)
    assert len(form["sha256"]) == 64
    assert arguments_form(long) != arguments_form(long.replace(b"x", b"y", 1))


def test_a_value_given_back_is_a_copy_that_nobody_else_holds() -> None:
    def fn(items: list[int], name: str) -> list[int]:
        return items

    signature = Signature(fn, "step 'fn'")
    items = [1]
    (own, name) = signature.own((items, "a"), signature.encode((items, "a")))
    assert own == items
    assert own is not items
    assert name == "a"
    encoded, result = signature.encode_result(items)
    assert encoded == b"[1]"
    assert result == items
    assert result is not items


def test_codecs_of_the_same_types_are_built_once() -> None:
    def declared() -> Signature:
        def fn(order: Ticket, note: str | None) -> Money: ...

        return Signature(fn, "step")

    one, two = declared(), declared()
    assert one.arguments is two.arguments
    assert one.result is two.result


def test_types_that_are_equal_and_written_in_another_order_are_read_each_in_its_own() -> None:
    @dataclass
    class Cat:
        name: str

    @dataclass
    class Dog:
        name: str

    data = b'{"name":"Rex"}'
    assert Cat | Dog == Dog | Cat
    assert type(codec_of(Cat | Dog).decode(data)) is Cat
    assert type(codec_of(Dog | Cat).decode(data)) is Dog


def test_a_type_with_metadata_that_cannot_be_hashed_has_a_codec() -> None:
    assert codec_of(Annotated[int, ["unhashable"]]).decode(b"7") == 7
