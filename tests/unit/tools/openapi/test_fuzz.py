"""Whatever a description holds, it becomes tools and findings, never an exception; and whatever a tool is given."""

from __future__ import annotations

import copy
import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.plan.catalogue import Catalogue
from segue.tools import ToolArgumentError, ToolResultError
from segue.tools.openapi.document import read
from segue.tools.openapi.load import RULES, load
from segue.tools.openapi.request import ArgumentRefused, request
from segue.tools.openapi.runner import OperationRunner
from segue.tools.openapi.service import Service
from segue.tools.openapi.wire import planned, received, sent
from segue.tools.remote import Terms
from segue.tools.schema import JsonValueError
from segue.tools.validator import Checked
from tests.shop_api import DESCRIPTION

GOOD = read(DESCRIPTION.encode()) | {"servers": [{"url": "https://shop.example"}]}
WORDS = [
    *(
        "get",
        "post",
        "$ref",
        "schema",
        "type",
        "object",
        "array",
        "string",
        "number",
        "null",
        "nullable",
        "allOf",
        "url",
    ),
    *("oneOf", "anyOf", "properties", "required", "items", "enum", "in", "path", "query", "name", "content", "servers"),
    *("application/json", "parameters", "responses", "200", "default", "format", "decimal", "pattern", "(a+)+$", "#"),
    *("#/components/schemas/Order", "#/paths", "{order_id}", "/x/{y}", "style", "deepObject", "explode", "readOnly"),
    *("minimum", "exclusiveMinimum", "additionalProperties", "operationId", "requestBody"),
]
texts = st.sampled_from(WORDS) | st.text(max_size=8)
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for key, part in inner for each in paths_of(part, (*path, key)))]


PATHS = [path for path in paths_of(GOOD) if path]


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """Return the shop's description with a few parts replaced, removed, renamed or made to refer to others."""
    document = copy.deepcopy(GOOD)
    for path in draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=4)):
        parent: Any = document
        try:
            for key in path[:-1]:
                parent = parent[key]
            match draw(st.sampled_from(["replace", "remove", "refer", "add"])):
                case "replace":
                    parent[path[-1]] = draw(values)
                case "remove":
                    del parent[path[-1]]
                case "refer":
                    target = "/".join(
                        str(key).replace("~", "~0").replace("/", "~1") for key in draw(st.sampled_from(PATHS))
                    )
                    parent[path[-1]] = {"$ref": f"#/{target}"}
                case "add" if isinstance(parent[path[-1]], dict):
                    parent[path[-1]].update(draw(st.dictionaries(texts, values, max_size=3)))
        except (KeyError, IndexError, TypeError):
            continue  # what was there is gone
    return document


def loaded(document: Any, **terms: Terms) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "shop.json").write_bytes(json.dumps(document).encode())
        service = Service(name="shop", description="shop.json", terms=terms, line=1)
        return load(service, Path(folder), environment={}, key=str)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(changed())
def test_any_description_becomes_tools_and_findings(document: dict[str, Any]) -> None:
    result = loaded(document, getOrder=Terms(effect="read", owner="customer_id"), gone=Terms())
    assert {finding.code for finding in result.findings} <= RULES.keys()
    assert all(str(finding).isprintable() for finding in result.findings)
    catalogue = Catalogue.of(result.tools)
    assert not catalogue.check()
    for entry in catalogue.entries.values():
        assert entry.type is not None
        assert all(parameter.type is not None for parameter in entry.parameters)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(texts, values, max_size=6) | st.dictionaries(st.sampled_from([*GOOD]), values))
def test_a_description_of_anything_becomes_findings(document: dict[str, Any]) -> None:
    assert isinstance(loaded({"openapi": "3.1.0", **document}).findings, tuple)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(changed(), st.data())
def test_whatever_a_tool_is_given_is_sent_or_refused(document: dict[str, Any], data: st.DataObject) -> None:
    for tool in loaded(document).tools:
        runner = tool.runner
        assert isinstance(runner, OperationRunner)
        names = [parameter.name for parameter in tool.parameters]
        args = {name: data.draw(values) for name in names if data.draw(st.booleans())}
        try:
            given_ = tool._given(args)
            asked = request(runner._operation, "https://shop.example", given_, body_form=runner._body)
        except (ToolArgumentError, ArgumentRefused):
            continue
        assert asked.url.startswith("https://shop.example/")
        json.loads(asked.body or b"null")


@given(values, values)
def test_any_answer_is_a_result_or_refused(schema: Any, answer: Any) -> None:
    for tool in loaded(with_result(schema)).tools:
        assert isinstance(tool.runner, OperationRunner)
        with suppress(ToolResultError, JsonValueError):
            tool.encode(received(answer, tool.runner._operation.result))


def with_result(schema: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    operation = {"operationId": "op", "responses": {"200": {"description": "", "content": content}}}
    return {"openapi": "3.1.0", "servers": [{"url": "https://a.example"}], "paths": {"/x": {"get": operation}}}


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(?=(a+))\\1b", "(.*a){25}"])
def test_a_hostile_pattern_takes_no_time(pattern: str) -> None:
    (tool,) = loaded(with_result({"type": "string", "pattern": pattern})).tools
    for text in ("a" * 50_000 + "!", "b"):
        with suppress(ToolResultError):
            tool.encode(text)


@given(values)
def test_a_value_that_fits_a_plan_is_sent_and_comes_back_the_same(value: Any) -> None:
    schema = {"type": "object", "properties": {"get": {"type": "number", "format": "decimal"}}}
    try:
        Checked(planned(schema)).read(value)
        there = sent(value, schema)
    except JsonValueError:
        return
    back = received(there, schema)
    same = {name: part for name, part in value.items() if name != "get"}
    assert {name: part for name, part in back.items() if name != "get"} == same
