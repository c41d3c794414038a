"""Values go where the description says, written so that they can be nothing else than values."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.tools.openapi.operation import Argument, Body, Operation
from segue.tools.openapi.request import ArgumentRefused, Request, request
from segue.tools.validator import Checked

BASE = "https://shop.example/v1/"


def asked(values: dict[str, Any], *arguments: Argument, path: str = "/x", body: Body | None = None) -> Request:
    operation = Operation(
        id="op", name="op", method="POST", path=path, description="", pointer=(), arguments=arguments, body=body
    )
    return request(operation, BASE, values, body_form=None if body is None else Checked(body.schema))


def argument(name: str, where: Any, **more: Any) -> Argument:
    return Argument(name=name, sent_as=more.pop("sent_as", name), where=where, schema={}, is_required=False, **more)


def test_each_value_goes_to_its_place() -> None:
    record = Body(
        media_type="application/merge-patch+json", schema={"type": "object"}, is_required=True, is_record=True
    )
    sent = asked(
        {"id": "a b", "limit": 5, "trace": "t-1", "theme": "dark", "note": "schön", "deep": {"a": [1, None]}},
        argument("id", "path"),
        argument("limit", "query"),
        argument("trace", "header", sent_as="X-Trace"),
        argument("theme", "cookie"),
        argument("note", "body", sent_as="the note"),
        argument("deep", "body"),
        argument("absent", "query"),
        path="/orders/{id}/notes",
        body=record,
    )
    assert sent.url == "https://shop.example/v1/orders/a%20b/notes?limit=5"
    assert dict(sent.headers) == {
        "X-Trace": "t-1",
        "Cookie": "theme=dark",
        "Content-Type": "application/merge-patch+json",
        "Accept": "application/json",
    }
    assert json.loads(sent.body or b"") == {"the note": "schön", "deep": {"a": [1, None]}}
    assert "schön".encode() in (sent.body or b"")
    assert "a%20b" not in repr(sent)


@pytest.mark.parametrize(
    ("style", "value", "query"),
    [
        ("plain", "a&b=c d+e/é", "q=a%26b%3Dc%20d%2Be%2F%C3%A9"),
        ("plain", True, "q=true"),
        ("plain", 1.5, "q=1.5"),
        ("plain", -3, "q=-3"),
        ("plain", "", "q="),
        ("repeated", ["a", "b,c"], "q=a&q=b%2Cc"),
        ("commas", ["a", "b,c", 3], "q=a,b%2Cc,3"),
        ("spaces", ["a", "b"], "q=a%20b"),
        ("pipes", ["a", "b|c"], "q=a%7Cb%7Cc"),
        ("brackets", {"gte": 3, "l t": "x", "none": None}, "q%5Bgte%5D=3&q%5Bl%20t%5D=x"),
        ("json", {"a": [1]}, "q=%7B%22a%22%3A%5B1%5D%7D"),
        ("repeated", [], ""),
        ("plain", None, ""),
    ],
)
def test_a_query_is_written_in_its_style(style: Any, value: Any, query: str) -> None:
    assert urlsplit(asked({"q": value}, argument("q", "query", style=style)).url).query == query


@pytest.mark.parametrize(
    "value", ["", ".", "..", "../admin", "a/b", "a\\b", "%2e%2e", "a%2Fb", "a\nb", "\x00", "\u202e"]
)
def test_no_value_leads_to_another_path(value: str) -> None:
    with pytest.raises(ArgumentRefused, match="cannot be part of a path") as caught:
        asked({"id": value}, argument("id", "path"), path="/orders/{id}")
    assert caught.value.argument == "id"


@given(st.text(), st.text())
def test_whatever_the_values_are_the_path_has_its_shape_and_the_query_its_parameters(one: str, two: str) -> None:
    arguments = argument("id", "path"), argument("q", "query")
    try:
        url = asked({"id": one, "q": two}, *arguments, path="/orders/{id}/items").url
    except (ArgumentRefused, UnicodeEncodeError):
        return
    for parts in (urlsplit(url), urlsplit(str(httpx2.URL(url)))):
        assert re.fullmatch(r"/v1/orders/[^/]+/items", parts.path)
        assert unquote(parts.path.split("/")[3]) == one
        assert parse_qsl(parts.query, keep_blank_values=True) == [("q", two)]
        assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "shop.example", "")


@pytest.mark.parametrize("value", ["a\r\nX: b", "é", "a\x00", " a", "a "])
def test_a_header_is_one_header(value: str) -> None:
    with pytest.raises(ArgumentRefused, match="printable ASCII"):
        asked({"h": value}, argument("h", "header"))
    assert asked({"h": ["a", 2]}, argument("h", "header", style="commas")).headers["h"] == "a,2"


@pytest.mark.parametrize("value", ["a;b", "a b", 'a"', "a,b", "a\\b", "é", "a\n"])
def test_a_cookie_is_one_cookie(value: str) -> None:
    with pytest.raises(ArgumentRefused, match="cannot be a cookie"):
        asked({"c": value}, argument("c", "cookie"))
    with pytest.raises(ArgumentRefused, match="cannot be a cookie"):
        asked({"c": "fine"}, argument("c", "cookie", sent_as="a;b"))


def test_what_has_no_form_as_text_is_refused() -> None:
    for where in ("path", "query", "header", "cookie"):
        with pytest.raises(ArgumentRefused, match="no form as text"):
            asked({"p": {"a": 1}}, argument("p", where), path="/{p}")
    with pytest.raises(ArgumentRefused, match="no form as text"):
        asked({"p": [[1]]}, argument("p", "query", style="repeated"))


def test_a_body_fits_as_a_whole_or_is_not_sent() -> None:
    schema = {"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a"]}
    arguments = argument("a", "body"), argument("b", "body")
    body = Body(media_type="application/json", schema=schema, is_required=False, is_record=True)
    assert asked({}, *arguments, body=body).body is None
    assert asked({"a": 1}, *arguments, body=body).body == b'{"a":1}'
    with pytest.raises(ArgumentRefused, match="required") as caught:
        asked({"b": 1}, *arguments, body=body)
    assert caught.value.argument == "body"
    needed = Body(media_type="application/json", schema={"type": "object"}, is_required=True, is_record=True)
    assert asked({}, *arguments, body=needed).body == b"{}"
    whole = Body(media_type="application/json", schema={"type": "array"}, is_required=True, is_record=False)
    assert asked({"body": [1, "a"]}, argument("body", "body", sent_as=""), body=whole).body == b'[1,"a"]'


def test_an_amount_is_sent_as_the_number_that_it_is() -> None:
    amount = Argument(
        name="amount", sent_as="amount", where="body", schema={"type": "number", "format": "decimal"}, is_required=True
    )
    body = Body(media_type="application/json", schema={"type": "object"}, is_required=True, is_record=True)
    assert asked({"amount": "19.90"}, amount, body=body).body == b'{"amount":19.9}'
    assert asked({"amount": "20.00"}, amount, body=body).body == b'{"amount":20}'
    with pytest.raises(ArgumentRefused, match="more digits"):
        asked({"amount": "0.12345678901234567890"}, amount, body=body)
