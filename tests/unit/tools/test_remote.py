"""What a server says of a tool is checked before it becomes one, and the company's word counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from segue.errors import DefinitionError
from segue.tools import Integrity, Tool
from segue.tools.remote import Described, Terms, declared, named, remote_tool

FIND = Described(
    name="find",
    description="Find a\ncustomer.\x1b[0m",
    accepts={
        "type": "object",
        "properties": {"id": {"type": "string"}, "limit": {"type": "integer", "default": 5}},
        "required": ["id", "token"],
    },
    gives={"type": "object", "properties": {"customer_id": {"type": "string"}}, "required": ["customer_id"]},
)


class Nowhere:
    async def run(self, values: Mapping[str, Any]) -> Any:
        return {"customer_id": "c-1", **values}


def made(described: Described = FIND, **terms: Any) -> Tool:
    said = Terms(**terms)
    return remote_tool(named("crm", described, said), described, said, Nowhere(), timeout=timedelta(seconds=30), line=4)


def test_without_a_word_of_the_company_it_is_as_safe_as_can_be() -> None:
    tool = made()
    assert (tool.name, tool.description) == ("crm.find", "Find a customer.�[0m")
    assert (tool.effect, tool.trusted, tool.approve, tool.timeout) == ("once", False, "true", timedelta(seconds=30))
    assert [(each.name, each.required, each.default, each.integrity) for each in tool.parameters] == [
        ("id", True, None, Integrity.TRUSTED),
        ("limit", False, 5, Integrity.TRUSTED),
        ("token", True, None, Integrity.TRUSTED),
    ]
    assert (tool.file, tool.line) == ("segue.toml", 4)


def test_the_companys_word_counts() -> None:
    tool = made(
        effect="read",
        trusted=True,
        approve="false",
        integrity={"id": "from_customer"},
        owner="customer_id",
        requires=("identity_verified",),
        provides=("known",),
        timeout=timedelta(seconds=5),
        name="customers.find",
        line=9,
    )
    assert (tool.name, tool.effect, tool.trusted, tool.approve) == ("customers.find", "read", True, "false")
    assert [each.integrity for each in tool.parameters] == [Integrity.FROM_CUSTOMER, Integrity.FREE, Integrity.FREE]
    assert (tool.owner, tool.requires, tool.provides) == ("customer_id", ("identity_verified",), ("known",))
    assert (tool.timeout, tool.line) == (timedelta(seconds=5), 9)


@pytest.mark.parametrize(
    ("described", "terms", "says"),
    [
        (Described(name="a/b"), {}, "tool 'crm.a/b': a name is at most 100 letters"),
        (Described(name="x" * 100), {}, "a name is at most 100 letters"),
        (Described(name="a\u202eb"), {}, "tool 'crm.a�b'"),
        (Described(name="a", accepts={"type": "string"}), {}, "its arguments are no object"),
        (Described(name="a", accepts=[]), {}, "the schema of its arguments: it is no schema"),
        (Described(name="a", gives={"$ref": "http://h/"}), {}, "the schema of its result: it refers to 'http://h/'"),
        (FIND, {"integrity": {"ids": "free"}}, "it has no parameter 'ids', only id, limit, token"),
        (FIND, {"owner": "customer"}, "its result has no field 'customer', only customer_id"),
        (Described(name="a"), {"owner": "id"}, "only none that it describes"),
        (
            Described(name="a", accepts={"properties": {f"p{n}": {} for n in range(101)}}),
            {},
            "no object of at most 100 properties",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_words(described: Described, terms: dict[str, Any], says: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        made(described, **terms)
    assert says in str(refused.value)
    assert str(refused.value).isprintable()


def test_a_result_that_no_server_describes_is_described_by_the_company() -> None:
    schema = declared({"id": "string", "debt": "money", "rest": "any"})
    assert schema["required"] == ["id", "debt", "rest"]
    assert schema["properties"]["debt"] == {"type": "string", "format": "decimal"}
