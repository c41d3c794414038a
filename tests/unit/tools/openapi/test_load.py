"""Descriptions become tools as far as they can be used, and each fault is a finding with its place."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from segue.errors import Finding
from segue.http import Unreachable
from segue.tools import Integrity, Tool
from segue.tools.openapi.load import MOST_FINDINGS, MOST_TOOLS, RULES, WARNINGS, Loaded, load
from segue.tools.openapi.service import Service
from segue.tools.remote import Terms
from tests.shop_api import DESCRIPTION

TOKEN = {"SHOP_TOKEN": "t-1"}
HTTPS = DESCRIPTION.replace("{url: /v1}", "{url: 'https://shop.example/v1'}")


def loaded(folder: Path, text: str | bytes = HTTPS, *, file: str = "shop.yaml", **how: Any) -> Loaded:
    (folder / file).write_bytes(text.encode() if isinstance(text, str) else text)
    said = {"name": "shop", "description": file, "auth": "SHOP_TOKEN", "line": 3}
    environment = how.pop("environment", TOKEN)
    fetch, again = how.pop("fetch", None), how.pop("again", False)
    service = Service(**{**said, **how})
    return load(service, folder, environment=environment, key=str, fetch=fetch, again=again)


def findings(*args: Any, **how: Any) -> list[str]:
    found = loaded(*args, **how).findings
    assert all(finding.code in RULES for finding in found)
    assert all(finding.severity == "warning" for finding in found if finding.code in WARNINGS)
    return [f"{'?' if finding.severity == 'warning' else '!'} {finding}" for finding in found]


def by_name(result: Loaded) -> dict[str, Tool]:
    return {tool.name: tool for tool in result.tools}


def test_what_nobody_says_anything_of_is_as_safe_as_can_be(tmp_path: Path) -> None:
    made = by_name(loaded(tmp_path))
    assert list(made) == ["shop.getOrder", "shop.refundOrder", "shop.changeAddress", "shop.get_ping"]
    for tool in made.values():
        assert (tool.effect, tool.trusted, tool.approve, tool.file, tool.line) == (
            "once",
            False,
            "true",
            "segue.toml",
            3,
        )
        assert {parameter.integrity for parameter in tool.parameters} <= {Integrity.TRUSTED}
    assert made["shop.getOrder"].description == "One order."


def test_what_the_company_says_counts(tmp_path: Path) -> None:
    said = Terms(
        effect="read",
        trusted=True,
        approve="false",
        owner="customer_id",
        provides=("known",),
        integrity={"order_id": "from_customer"},
        timeout=timedelta(seconds=9),
        name="orders.lookup",
        line=8,
    )
    result = loaded(tmp_path, prefix="store", tools=("getOrder", "get_ping"), terms={"getOrder": said})
    assert list(by_name(result)) == ["orders.lookup", "store.get_ping"]
    tool = result.tools[0]
    assert (tool.effect, tool.trusted, tool.approve, tool.owner, tool.line) == ("read", True, "false", "customer_id", 8)
    assert tool.timeout == timedelta(seconds=9)
    assert tool.parameters[0].integrity is Integrity.FROM_CUSTOMER


def test_a_plan_sees_the_types_of_the_service(tmp_path: Path) -> None:
    made = by_name(loaded(tmp_path))
    refund = {parameter.name: parameter for parameter in made["shop.refundOrder"].parameters}
    assert list(refund) == ["order_id", "amount", "reason"]  # neither the key, nor what only the server sets
    assert refund["amount"].schema == {"type": "string", "format": "decimal"}
    assert refund["reason"].schema == {"type": "string", "enum": ["damaged", "late", "other"]}
    assert [name for name, each in refund.items() if each.required] == ["order_id", "amount"]
    result = made["shop.refundOrder"].result
    assert result["required"] == ["amount", "id"]
    assert list(result["properties"]) == ["id", "amount", "reason", "paid_on"]
    assert made["shop.changeAddress"].result == {"type": "null"}


def test_types_that_the_company_states_are_believed(tmp_path: Path) -> None:
    text = HTTPS.replace("total: {type: number, format: decimal}", "total: {type: number}")
    tool = by_name(loaded(tmp_path, text, terms={"getOrder": Terms(result={"total": "money", "more": "integer"})}))
    properties = tool["shop.getOrder"].result["properties"]
    assert properties["total"] == {"type": "string", "format": "decimal"}
    assert properties["more"] == {"type": "integer"}
    assert tool["shop.getOrder"].result["required"] == ["id", "customer_id", "status", "total"]
    untold = by_name(loaded(tmp_path, terms={"get_ping": Terms(result={"answer": "string"})}))["shop.get_ping"]
    assert untold.result == {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}


def test_what_cannot_be_used_is_a_warning_unless_it_was_asked_for(tmp_path: Path) -> None:
    line = next(number for number, text in enumerate(HTTPS.splitlines(), 1) if "application/pdf" in text)
    why = 'H105 operation "getLabel" cannot be used: its answer 200: is application/pdf, neither JSON nor text'
    assert findings(tmp_path) == [f"? shop.yaml:{line}:9 {why}"]
    assert findings(tmp_path, tools=("getLabel",)) == [f"! shop.yaml:{line}:9 {why}"]
    assert findings(tmp_path, terms={"getLabel": Terms()}) == [f"! shop.yaml:{line}:9 {why}"]
    assert findings(tmp_path, HTTPS.replace("application/pdf", "application/json")) == []


def test_an_operation_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    found = findings(
        tmp_path, tools=("getOrders", "get_ping"), terms={"refundorder": Terms(line=9), "get_ping": Terms()}
    )
    assert found[0] == (
        '! segue.toml:3:0 H107 service shop: no operation "getOrders" is described (hint: did you mean "getOrder"?)'
    )
    assert '! segue.toml:9:0 H107 service shop: no operation "refundorder" is described' in found[1]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"owner": "customer"}, "owner: its result has no field 'customer', only id, customer_id, status, total"),
        ({"integrity": {"number": "free"}}, "integrity: it has no parameter 'number', only order_id"),
        ({"name": "get order!"}, "a name is at most 100 letters"),
    ],
)
def test_what_the_company_says_must_fit(said: Any, why: str, tmp_path: Path) -> None:
    result = loaded(tmp_path, terms={"getOrder": Terms(line=7, **said)})
    assert "shop.getOrder" not in by_name(result)
    assert "shop.refundOrder" in by_name(result)
    errors = [str(finding) for finding in result.findings if finding.severity == "error"]
    assert errors == [error for error in errors if error.startswith("segue.toml:7:0 H108 service shop: tool ")]
    assert why in errors[0]


BROKEN = {
    "no file": (None, {}, "segue.toml:3:0 H101 service shop: shop.yaml cannot be read: No such file or directory"),
    "outside": (
        "",
        {"description": "../x.yaml"},
        "segue.toml:3:0 H101 service shop: ../x.yaml is not in the workspace",
    ),
    "a folder": (None, {"description": "."}, "segue.toml:3:0 H101 service shop"),
    "no YAML": ("a: [", {}, "shop.yaml:2:1 H102 is not YAML"),
    "no text": (b"\xff", {}, "shop.yaml:1:0 H102 is not UTF-8"),
    "an alias": ("a: &b 1\nc: *b", {}, r"shop.yaml:2:4 H102 the alias \*b is not read"),
    "2.0": (
        "info: {}\nswagger: '2.0'",
        {},
        r"shop.yaml:2:1 H103 OpenAPI 2.0 \(Swagger\) is not read \(hint: convert it",
    ),
    "3.2": ("openapi: 3.2.0", {}, "shop.yaml:1:1 H103 OpenAPI 3.2.0 is not read"),
    "no paths": ("openapi: 3.1.0\nservers: [{url: 'https://a.b'}]", {}, "shop.yaml:0:0 H103 it describes no paths"),
    "no server": (DESCRIPTION, {}, "shop.yaml:3:1 H104 it does not say where the service is reached"),
    "http": (DESCRIPTION, {"url": "http://shop.example"}, "shop.yaml:0:0 H104 the service is reached by http"),
    "a query": (DESCRIPTION, {"url": "https://shop.example/?a=b"}, "H104 https://shop.example/ is no plain URL"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_description_that_is_none_is_one_finding(how: str, tmp_path: Path) -> None:
    import re

    text, said, why = BROKEN[how]
    result = loaded(tmp_path, text or "", **said)
    if text is None:
        (tmp_path / "shop.yaml").unlink()
        result = load(
            Service(name="shop", **{"description": "shop.yaml", **said}, line=3), tmp_path, environment={}, key=str
        )
    assert not result.tools
    (found,) = [finding for finding in result.findings if finding.severity == "error"]
    assert re.search(why, str(found))


def test_many_findings_of_a_kind_are_counted(tmp_path: Path) -> None:
    paths = {f"/{n}": {"get": {"operationId": f"op{n}"}} for n in range(50)}
    document = {"openapi": "3.1.0", "servers": [{"url": "https://a.example"}], "paths": paths}
    result = loaded(tmp_path, json.dumps(document, indent=1), terms={"op44": Terms()})
    assert len(result.findings) == MOST_FINDINGS + 2
    assert "and 29 more of this kind" in str(result.findings[0])
    assert [finding.severity for finding in result.findings].count("error") == 1
    assert all(finding.line for finding in result.findings[1:])


def test_of_many_operations_those_that_are_named_are_taken(tmp_path: Path) -> None:
    done = {"responses": {"204": {"description": "done"}}}
    paths = {f"/{n}": {"post": {"operationId": f"op{n}", **done}} for n in range(MOST_TOOLS + 1)}
    document = json.dumps({"openapi": "3.1.0", "servers": [{"url": "https://a.example"}], "paths": paths})
    result = loaded(tmp_path, document, terms={"op7": Terms(effect="write")})
    assert list(by_name(result)) == ["shop.op7"]
    assert [finding.code for finding in result.findings] == ["H110"]
    assert len(loaded(tmp_path, document, tools=tuple(f"op{n}" for n in range(301))).tools) == 301


def test_missing_credentials_are_a_warning(tmp_path: Path) -> None:
    text = HTTPS.replace("application/pdf", "application/json")
    hint = "the environment variable SHOP_TOKEN is not set (hint: its calls will fail)"
    assert findings(tmp_path, text, environment={}) == [f"? segue.toml:3:0 H109 service shop: {hint}"]
    assert "H109 service shop: it asks for credentials, and none are named" in findings(tmp_path, text, auth="")[0]
    assert findings(tmp_path, text, auth="", tools=("get_ping",)) == []
    assert "is not written name:password" in findings(tmp_path, text, scheme="basic")[0]
    for scheme in ("bearer", "header X-Key", "query key"):
        assert findings(tmp_path, text, scheme=scheme) == []


URL = "https://docs.shop.example/openapi.yaml"


def fetching(*answers: str | Exception) -> tuple[list[str], Any]:
    calls: list[str] = []

    def fetch(url: str, allow_private: bool) -> bytes:
        calls.append(url)
        answer = answers[len(calls) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer.encode()

    return calls, fetch


def test_a_description_under_a_url_is_fetched_once_and_kept(tmp_path: Path) -> None:
    calls, fetch = fetching(HTTPS, HTTPS.replace("One order.", "Another."))
    how: dict[str, Any] = {"description": URL, "url": "https://shop.example/v1", "fetch": fetch}
    for _ in range(2):
        assert by_name(loaded(tmp_path, **how))["shop.getOrder"].description == "One order."
    assert calls == [URL]
    assert (tmp_path / ".segue" / "openapi" / "shop").read_text() == HTTPS
    assert by_name(loaded(tmp_path, **how, again=True))["shop.getOrder"].description == "Another."
    assert [path.name for path in (tmp_path / ".segue" / "openapi").iterdir()] == ["shop"]


def test_a_description_that_cannot_be_fetched_is_the_one_fetched_before(tmp_path: Path) -> None:
    gone = Unreachable("https://docs.shop.example/: no connection", was_sent=False)
    how: dict[str, Any] = {"description": URL, "url": "https://shop.example/v1"}
    assert (
        "H101 service shop: the description cannot be fetched: https://docs.shop.example/: no connection"
        in findings(tmp_path, fetch=fetching(gone)[1], **how)[0]
    )
    loaded(tmp_path, fetch=fetching(HTTPS)[1], **how)
    for bad in (gone, "a: ["):
        result = loaded(tmp_path, fetch=fetching(bad)[1], again=True, **how)
        assert "shop.getOrder" in by_name(result)
        (found,) = [finding for finding in result.findings if finding.code == "H101"]
        assert (found.severity, "the one fetched before is used" in found.message) == ("warning", True)


@pytest.mark.parametrize(
    ("server", "is_believed"),
    [
        ("/v1", True),
        ("https://docs.shop.example/v1", True),
        ("https://docs.shop.example:443/v1", True),
        ("https://evil.example/v1", False),
        ("https://docs.shop.example:444/v1", False),
        ("http://docs.shop.example/v1", False),
        ("//evil.example/v1", False),
        ("https://{host}/v1", False),
        ("javascript:x", False),
    ],
)
def test_a_fetched_description_leads_to_its_own_server_only(server: str, is_believed: bool, tmp_path: Path) -> None:
    """Otherwise whoever writes it could have our credentials sent to them."""
    fetch = fetching(DESCRIPTION.replace("{url: /v1}", f"{{url: '{server}'}}"))[1]
    result = loaded(tmp_path, description=URL, fetch=fetch)
    errors = [finding for finding in result.findings if finding.severity == "error"]
    assert bool(result.tools) == is_believed
    assert [finding.code for finding in errors] == ([] if is_believed else ["H104"])
    assert [finding.file for finding in errors] == ([] if is_believed else [".segue/openapi/shop"])


def test_servers_may_have_variables(tmp_path: Path) -> None:
    text = DESCRIPTION.replace(
        "{url: /v1}", "{url: 'https://{region}.shop.example/v1', variables: {region: {default: eu}}}"
    )
    assert loaded(tmp_path, text).tools
    assert not loaded(tmp_path, text.replace("default: eu", "enum: [eu]")).tools


def test_findings_are_in_the_order_of_their_places(tmp_path: Path) -> None:
    result = loaded(tmp_path, tools=("getLabel", "gone"), environment={})
    assert isinstance(result.findings[0], Finding)
    assert list(result.findings) == sorted(result.findings)
