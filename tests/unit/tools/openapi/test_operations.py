"""What a document describes is found; what cannot be used is said with its place, and the rest goes on."""

from __future__ import annotations

from typing import Any

import pytest

from segue.tools.openapi.operation import Fault, Operation
from segue.tools.openapi.operations import MOST_OPERATIONS, Withheld, listed, made_name, version, word

OK = {"200": {"description": "ok", "content": {"application/json": {"schema": {"type": "object"}}}}}


def document(paths: dict[str, Any], *, openapi: str = "3.1.0", **more: Any) -> dict[str, Any]:
    return {"openapi": openapi, "info": {"title": "t", "version": "1"}, "paths": paths, **more}


def read(described: dict[str, Any], *, withheld: Withheld = frozenset()) -> tuple[list[Operation], list[Fault]]:
    listing = listed(described, withheld=withheld)
    return listing.read(listing.ids)


def one(operation: Any, *, method: str = "get", path: str = "/x", **more: Any) -> Operation | Fault:
    if isinstance(operation, dict):
        operation = {"responses": OK, **operation}
    operations, faults = read(document({path: {method: operation}}, **more))
    assert len(operations) + len(faults) == 1
    return (*operations, *faults)[0]


def good(operation: Any, **how: Any) -> Operation:
    found = one(operation, **how)
    assert isinstance(found, Operation), found
    return found


def bad(operation: Any, **how: Any) -> Fault:
    found = one(operation, **how)
    assert isinstance(found, Fault), found
    return found


def parameter(name: str = "p", where: str = "query", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "schema": {"type": "string"}, **more}


def body(schema: Any, *, required: bool = True, kind: str = "application/json") -> dict[str, Any]:
    return {"required": required, "content": {kind: {"schema": schema}}}


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ({"openapi": "3.0.3"}, None),
        ({"openapi": "3.1.0"}, None),
        ({"openapi": "3.1"}, None),
        ({"openapi": "3.0.0-rc1"}, None),
        ({"swagger": "2.0"}, "OpenAPI 2.0 (Swagger) is not read"),
        ({"openapi": "3.2.0"}, "OpenAPI 3.2.0 is not read, only 3.0 and 3.1"),
        ({"openapi": 3.1}, "is no OpenAPI document"),
        ({"openapi": "2.0"}, "OpenAPI 2.0 is not read"),
        ({}, "is no OpenAPI document"),
    ],
)
def test_only_versions_that_are_understood_are_read(stated: dict[str, Any], why: str | None) -> None:
    fault = version(stated)
    assert (fault is None) == (why is None)
    if fault is not None and why is not None:
        assert fault.message.startswith(why)


def test_an_operation_has_its_name_or_one_made_of_method_and_path() -> None:
    assert good({"operationId": "getOrder"}).name == "getOrder"
    assert good({"operationId": "orders/get-one v2"}).name == "orders_get-one_v2"
    unnamed = good({"parameters": [parameter("order_id", "path")]}, path="/orders/{order_id}")
    assert (unnamed.id, unnamed.name) == ("get_orders_order_id", "get_orders_order_id")
    assert made_name("delete", "/v1/users/{userId}/keys/") == "delete_v1_users_userId_keys"
    assert word("42nd") == "_42nd"
    assert word("X-Request-ID") == "X_Request_ID"
    assert word("filter[status][]") == "filter_status"


def test_the_words_for_people_are_one_line_from_outside() -> None:
    assert good({"summary": "Get\nan order.\x1b[2J", "description": "long"}).description == "Get an order.�[2J"
    assert good({}).description == "GET /x"


def test_arguments_come_from_every_place_with_their_types() -> None:
    schema = {"type": "object", "properties": {"amount": {"type": "number"}, "note": {}}, "required": ["amount"]}
    found = good(
        {
            "parameters": [
                parameter("id", "path"),
                parameter("limit", schema={"type": "integer", "default": 5}),
                parameter("X-Trace", "header", required=True),
                parameter("theme", "cookie"),
            ],
            "requestBody": body(schema),
        },
        method="post",
        path="/orders/{id}/refunds",
    )
    assert [(each.name, each.sent_as, each.where, each.is_required) for each in found.arguments] == [
        ("id", "id", "path", True),
        ("limit", "limit", "query", False),
        ("X_Trace", "X-Trace", "header", True),
        ("theme", "theme", "cookie", False),
        ("amount", "amount", "body", True),
        ("note", "note", "body", False),
    ]
    assert found.arguments[1].schema == {"type": "integer", "default": 5}


def test_parameters_of_a_path_hold_for_its_operations_unless_they_say_otherwise() -> None:
    item = {
        "parameters": [parameter("id", "path", schema={"type": "integer"}), parameter("q")],
        "get": {"responses": OK, "parameters": [parameter("q", schema={"type": "boolean"})]},
        "delete": {"responses": {"204": {"description": "gone"}}},
    }
    (getting, deleting), faults = read(document({"/x/{id}": item}))
    assert not faults
    assert [(each.name, each.schema["type"]) for each in getting.arguments] == [("id", "integer"), ("q", "boolean")]
    assert [(each.name, each.schema["type"]) for each in deleting.arguments] == [("id", "integer"), ("q", "string")]
    assert deleting.gives == "nothing"


def test_names_that_collide_say_where_they_go() -> None:
    places = [parameter("id", "path"), parameter("id"), parameter("ID.", "header"), parameter("id", "cookie")]
    schema = {"type": "object", "properties": {"id": {"type": "string"}, "i d": {}}}
    found = good({"parameters": places, "requestBody": body(schema)}, method="put", path="/x/{id}")
    assert [each.name for each in found.arguments] == ["id", "id_query", "ID", "id_cookie", "id_body", "i_d"]
    lost = bad({"parameters": [parameter("a b"), parameter("a-b"), parameter("a_b")]})
    assert 'two of its arguments would be called "a_b_query"' in lost.message


def test_a_body_that_is_no_record_is_one_argument() -> None:
    found = good({"requestBody": body({"type": "array", "items": {"type": "string"}})}, method="post")
    assert [(each.name, each.is_required) for each in found.arguments] == [("body", True)]
    beside = good({"parameters": [parameter("body")], "requestBody": body({"type": "array"})}, method="post")
    assert [each.name for each in beside.arguments] == ["body", "body_body"]


def test_of_a_body_that_may_be_left_out_nothing_is_required() -> None:
    schema = {"type": "object", "properties": {"a": {}}, "required": ["a"]}
    found = good({"requestBody": body(schema, required=False)}, method="patch")
    assert [each.is_required for each in found.arguments] == [False]


def test_a_body_of_another_kind_is_done_without_where_that_is_allowed() -> None:
    form = body({"type": "object"}, kind="multipart/form-data", required=False)
    assert good({"requestBody": form}, method="post").body is None
    lost = bad({"requestBody": {**form, "required": True}}, method="post")
    assert "its body is sent as multipart/form-data, not as JSON" in lost.message
    assert "a GET has no body" in bad({"requestBody": body({})}, method="get").message


def answers(content: Any) -> dict[str, Any]:
    return {"200": {"description": "x", "content": content}}


NULLABLE = {"anyOf": [{"type": "object"}, {"type": "null"}]}
RESULTS = [
    (OK, "json", {"type": "object"}),
    ({"204": {"description": "done"}}, "nothing", {"type": "null"}),
    (answers({"text/plain": {}}), "text", {"type": "string"}),
    (answers({"application/hal+json; v=1": {"schema": {"type": "array"}}}), "json", {"type": "array"}),
    ({**OK, "204": {"description": "x"}}, "json", NULLABLE),
    ({**OK, "201": OK["200"], "404": {"content": {"text/html": {}}}}, "json", {"type": "object"}),
    ({**OK, "201": {"content": {"application/json": {"schema": {"type": "array"}}}}}, "json", {}),
    ({**OK, "201": {"content": {"text/plain": {}}}}, "json", {}),
    ({"2XX": OK["200"], "default": {"description": "error"}}, "json", {"type": "object"}),
    ({"default": OK["200"]}, "json", {"type": "object"}),
    ({"400": {"description": "bad"}}, "json", {}),
    (answers({"application/json": {}}), "json", {}),
]


@pytest.mark.parametrize(("responses", "gives", "result"), RESULTS)
def test_the_result_is_what_a_success_holds(responses: Any, gives: str, result: Any) -> None:
    found = good({"responses": responses})
    assert (found.gives, found.result) == (gives, result)


def test_what_is_asked_for_is_what_is_described() -> None:
    several = answers({"application/vnd.api+json": {}, "text/csv": {}})
    assert good({"responses": several}).accept == "application/vnd.api+json"
    assert good({"responses": {"204": {}}}).accept == "*/*"
    assert good({"responses": {"200": {}}}, method="head").gives == "nothing"


def test_parts_are_found_where_they_are_referred_to() -> None:
    far_off = {
        "operationId": "far",
        "parameters": [{"$ref": "#/components/parameters/Id"}],
        "requestBody": {"$ref": "#/components/requestBodies/B"},
        "responses": {"200": {"$ref": "#/components/responses/R"}},
    }
    components = {
        "parameters": {"Id": parameter("id", "path")},
        "requestBodies": {"B": body({"$ref": "#/components/schemas/S"})},
        "responses": {"R": {"$ref": "#/components/responses/R2"}, "R2": OK["200"]},
        "schemas": {"S": {"type": "object", "properties": {"a": {"type": "string"}}}},
        "pathItems": {"P": {"post": far_off}},
    }
    (far,), faults = read(document({"/far/{id}": {"$ref": "#/components/pathItems/P"}}, components=components))
    assert not faults
    assert [each.name for each in far.arguments] == ["id", "a"]
    assert far.pointer == ("components", "pathItems", "P", "post")


def test_credentials_and_keys_are_never_arguments() -> None:
    names = [("Authorization", "header"), ("Content-Type", "header"), ("api_key", "query"), ("q", "query")]
    own = [*(parameter(*each) for each in names), parameter("idempotency-key", "header", required=True)]
    withheld = frozenset({("query", "api_key"), ("header", "idempotency-key")})
    (found,), _ = read(document({"/x": {"post": {"responses": OK, "parameters": own}}}), withheld=withheld)
    assert [each.name for each in found.arguments] == ["q"]


TEXTS = {"type": "array", "items": {"type": "string"}}


@pytest.mark.parametrize(
    ("schema", "how", "style"),
    [
        ({"type": "string"}, {}, "plain"),
        ({"enum": ["a"]}, {}, "plain"),
        ({}, {}, "plain"),
        ({"type": ["integer", "null"]}, {}, "plain"),
        (TEXTS, {}, "repeated"),
        (TEXTS, {"explode": False}, "commas"),
        ({"type": "array"}, {"style": "spaceDelimited", "explode": False}, "spaces"),
        ({"type": "array"}, {"style": "pipeDelimited", "explode": False}, "pipes"),
        ({"type": "object", "properties": {"a": {}}}, {"style": "deepObject", "explode": True}, "brackets"),
    ],
)
def test_styles_that_occur_are_written(schema: Any, how: Any, style: str) -> None:
    found = good({"parameters": [parameter(schema=schema, **how)]})
    assert found.arguments[0].style == style


def test_a_parameter_may_be_json() -> None:
    own = {"name": "filter", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}}
    assert good({"parameters": [own]}).arguments[0].style == "json"


RECORD = {"type": "object", "properties": {"a": {}}}
ELSEWHERE = {"application/json": {"schema": {"$ref": "http://evil.example/x"}}}
UNUSABLE: list[tuple[Any, dict[str, str], str]] = [
    ([], {}, "it is no table"),
    ({"servers": [{"url": "https://other.example"}]}, {}, "it has a server of its own"),
    ({"responses": None}, {}, "it has no responses"),
    ({"responses": answers({"image/png": {}})}, {}, "its answer 200: is image/png, neither JSON nor text"),
    ({"responses": {"200": {"$ref": "#/nowhere"}}}, {}, "which is not there"),
    ({"responses": answers(ELSEWHERE)}, {}, "not part of the document"),
    ({"parameters": 5}, {}, "its parameters are no list"),
    ({"parameters": [7]}, {}, "a parameter is no table"),
    ({"parameters": [{"in": "query"}]}, {}, "a parameter has no name"),
    ({"parameters": [parameter(where="formData")]}, {}, 'parameter "p" is in "formData"'),
    ({"parameters": [parameter("Host", "header")]}, {}, "is no header, or one that only the connection sets"),
    ({"parameters": [parameter("Cookie", "header")]}, {}, "is no header, or one that only the connection sets"),
    ({"parameters": [parameter("X: a", "header")]}, {}, "is no header, or one that only the connection sets"),
    ({"parameters": [parameter(schema={"type": "wrong"})]}, {}, 'parameter "p": type is no type of JSON'),
    ({"parameters": [parameter(style="matrix")]}, {}, "style matrix, is not written"),
    ({"parameters": [parameter(style=["form"])]}, {}, "is not written"),
    ({"parameters": [parameter(schema=RECORD)]}, {}, "a record in the query, style form, exploded, is not written"),
    ({"parameters": [parameter(schema={"type": "array", "items": TEXTS})]}, {}, "a value of many parts"),
    ({"parameters": [{"name": "p", "in": "query", "content": {"text/xml": {}}}]}, {}, "is written as text/xml"),
    ({}, {"path": "/x/{id}"}, "its path names id, its parameters none"),
    ({"parameters": [parameter("id", "path")]}, {}, "its path names none, its parameters id"),
    ({"parameters": [parameter("a", "path")]}, {"path": "/{a}/{a}"}, "its path names a, a"),
    ({"parameters": [parameter("a", "path")]}, {"path": "/{a}/{"}, "its path names a"),
    ({"parameters": [parameter("a}", "path")]}, {"path": "/{a}"}, "its parameters a}"),
    ({}, {"path": "x"}, "its path does not begin with /"),
    ({}, {"path": "/a\nb"}, "its path does not begin with /"),
    ({}, {"method": "trace"}, "TRACE does nothing for anyone"),
    ({"requestBody": {"content": 5}}, {"method": "post"}, "its body has no content"),
    ({"requestBody": body({"$ref": "#/nowhere"})}, {"method": "post"}, "its body: it refers to '#/nowhere'"),
]


@pytest.mark.parametrize(("own", "how", "why"), UNUSABLE)
def test_what_cannot_be_used_says_why(own: Any, how: Any, why: str) -> None:
    fault = bad(own, **how)
    assert fault.code == "H105"
    assert why in fault.message
    assert fault.pointer[:2] == ("paths", how.get("path", "/x"))
    assert fault.operation


def test_one_that_cannot_be_used_does_not_take_the_others_along() -> None:
    paths = {
        "/bad": {"get": {"operationId": "bad"}},
        "/worse": 5,
        "/ref": {"$ref": "else.yaml"},
        "x-more": 1,
        "/good": {"get": {"operationId": "good", "responses": OK}},
    }
    operations, faults = read(document(paths))
    assert [each.id for each in operations] == ["good"]
    assert sorted(each.pointer[1] for each in faults) == ["/bad", "/ref", "/worse"]


def test_two_of_one_name_are_one_and_a_fault() -> None:
    ids = {"/a": "do it", "/b": "do-it", "/c": "do_it"}
    paths = {path: {"get": {"operationId": id_, "responses": OK}} for path, id_ in ids.items()}
    operations, faults = read(document(paths))
    assert [each.name for each in operations] == ["do_it", "do-it"]
    assert [(each.code, each.message) for each in faults] == [("H106", 'operation "do_it" has the name of GET /a')]


def test_more_operations_than_can_be_used_are_left_out() -> None:
    paths = {f"/{n}": {"get": {"responses": OK}} for n in range(MOST_OPERATIONS + 5)}
    operations, faults = read(document(paths))
    assert len(operations) == MOST_OPERATIONS
    assert "more than 2,000 operations" in faults[0].message


def test_what_nobody_takes_is_not_read() -> None:
    paths = {"/a": {"get": {"operationId": "a", "responses": OK}}, "/b": {"get": {"operationId": "b", "responses": 5}}}
    listing = listed(document(paths))
    assert listing.ids == ["a", "b"]
    operations, faults = listing.read(["a", "c"])
    assert ([each.id for each in operations], faults) == (["a"], [])


def test_whether_callers_must_log_in_is_known() -> None:
    assert good({}, security=[{"key": []}]).needs_login
    assert not good({"security": []}, security=[{"key": []}]).needs_login
    assert good({"security": [{"key": []}]}).needs_login
    assert not good({}).needs_login


@pytest.mark.parametrize("paths", [None, [], 5, "x"])
def test_without_paths_there_is_nothing(paths: Any) -> None:
    operations, faults = read({"openapi": "3.1.0", "paths": paths})
    assert not operations
    assert faults[0].message == "it describes no paths"
