"""Remote tools are declared with the safest meaning of what is not said, and every mistake has its place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.settings import RULES, Settings, parse
from segue.settings.tools import HttpService, McpServer, RemoteTool

EVERYTHING = """
[tools.mcp.crm]
command = ["crm-server", "--quiet"]
env = ["CRM_TOKEN"]
timeout = "10 s"
prefix = "customers"
tools = ["find", "close case", "pay"]

[tools.mcp.crm.tool.find]
effect = "read"
trusted = true
approve = false
owner = "customer_id"
provides = ["known"]
result = {customer_id = "string", debt = "money"}
name = "crm.lookup"
timeout = "1 min"

[tools.mcp.crm.tool."close case"]
approve = "reason == ''"
requires = ["identity_verified"]
integrity = {reason = "from_customer"}

[tools.mcp.wiki]
url = "https://wiki.example/mcp"
headers = {Authorization = "WIKI_TOKEN"}

[tools.mcp.local]
url = "http://127.0.0.1:9000/mcp"
allow_private = true

[tools.http.shop]
description = "shop.yaml"
url = "https://shop.example/v1"
auth = "SHOP_KEY"
scheme = "header X-Api-Key"

[tools.http.shop.tool.getOrder]
effect = "read"

[tools.http.mail]
description = "https://mail.example/openapi.json"
auth = "MAIL_KEY"
scheme = "query api_key"
idempotency = ""
"""


def findings_of(text: str) -> list[str]:
    return [str(finding) for finding in parse(text, {})[1]]


def test_every_key_is_read() -> None:
    settings, findings = parse(EVERYTHING, {})
    assert not findings
    crm = settings.tools.mcp["crm"]
    assert (crm.command, crm.env, crm.timeout) == (("crm-server", "--quiet"), ("CRM_TOKEN",), timedelta(seconds=10))
    assert (crm.prefix, crm.tools, crm.line) == ("customers", ("find", "close case", "pay"), 2)
    assert crm.tool["find"] == RemoteTool(
        effect="read",
        trusted=True,
        approve="false",
        owner="customer_id",
        provides=("known",),
        result={"customer_id": "string", "debt": "money"},
        name="crm.lookup",
        timeout=timedelta(minutes=1),
        line=9,
    )
    closing = crm.tool["close case"]
    assert (closing.approve, closing.requires, closing.integrity) == (
        "reason == ''",
        ("identity_verified",),
        {"reason": "from_customer"},
    )
    assert settings.tools.mcp["wiki"].headers == {"Authorization": "WIKI_TOKEN"}
    assert settings.tools.mcp["local"].allow_private
    mail = settings.tools.http["mail"]
    assert (mail.scheme, mail.idempotency, HttpService().idempotency) == ("query api_key", "", "Idempotency-Key")
    shop = settings.tools.http["shop"]
    assert (shop.description, shop.url, shop.auth) == ("shop.yaml", "https://shop.example/v1", "SHOP_KEY")
    assert (shop.scheme, shop.tool["getOrder"].effect) == ("header X-Api-Key", "read")


def test_what_is_not_said_is_as_safe_as_can_be() -> None:
    tool = RemoteTool()
    assert (tool.effect, tool.trusted, tool.approve) == ("once", False, "true")
    assert (tool.integrity, tool.requires, tool.provides, tool.owner) == ({}, (), (), "")
    assert not McpServer().env
    assert not McpServer().allow_private
    assert not HttpService().allow_private


def test_a_command_is_a_list_or_one_text() -> None:
    settings, findings = parse("[tools.mcp.a]\ncommand = \"npx -y 'my server'\"", {})
    assert not findings
    assert settings.tools.mcp["a"].command == ("npx", "-y", "my server")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tools.mpc.crm]", '1:8 S103 unknown section [tools.mpc] (hint: did you mean "tools.mcp"?)'),
        ("[tools]\nmcp = 1", "2:1 S105 tools.mcp: expected sections, got the number 1"),
        ("[tools.mcp]\ncrm = 1", "2:1 S105 tools.mcp.crm: expected a section, got the number 1"),
        ("[tools.mcp.CRM]\nurl = 'https://a'", "1:12 S105 CRM: expected a name such as crm, got 'CRM'"),
        (
            "[tools.mcp.crm]\nurl = 'https://a'\ntimout = '1 s'",
            '3:1 S104 unknown key "timout" in [tools.mcp.crm] (hint: did you mean "timeout"?)',
        ),
        (
            "[tools.mcp.crm]\nurl = 'https://a'\neffect = 'read'",
            '3:1 S104 unknown key "effect" in [tools.mcp.crm] (hint: it belongs to [tools.mcp.crm.tool.NAME])',
        ),
        (
            "[tools.mcp.crm]\nurl = 'https://a'\n[tools.mcp.crm.tool.find]\n efect = 'read'",
            '4:2 S104 unknown key "efect" in [tools.mcp.crm.tool.find] (hint: did you mean "effect"?)',
        ),
        (
            "[tools.mcp.crm]\nurl = 'https://a'\ntool.find.effect = 'reed'",
            "3:11 S105 effect: expected \"once\", \"write\" or \"read\", got 'reed' (hint: did you mean \"read\"?)",
        ),
        ("[tools.mcp.crm]", "1:12 S109 [tools.mcp.crm]: it has neither a command nor a url (hint: say one of them)"),
        (
            "[tools.mcp.crm]\ncommand = 'x'\nurl = 'https://a'",
            "3:1 S108 [tools.mcp.crm]: it has a command and a url (hint: say one of them)",
        ),
        (
            "[tools.mcp.crm]\nurl = 'http://a'",
            "2:1 S108 [tools.mcp.crm]: http is read by everyone on the way (hint: https, or allow_private = true on",
        ),
        ("[tools.mcp.crm]\nurl = 'https://a'\nenv = ['B']", "3:1 S108 [tools.mcp.crm]: a server under a url sees no"),
        ("[tools.mcp.crm]\ncommand = 'x'\nheaders = {A = 'B'}", "3:1 S108 [tools.mcp.crm]: a program is sent no"),
        ("[tools.mcp.crm]\ncommand = 'x'\noauth = true", "3:1 S108 [tools.mcp.crm]: nobody logs in at a program"),
        ("[tools.mcp.crm]\nurl = 'https://a'\noauth_id = 'A'", "3:1 S108 [tools.mcp.crm]: nobody logs in (hint: oauth"),
        (
            "[tools.mcp.crm]\ncommand = 'x'\ntools = ['a']\n[tools.mcp.crm.tool.'b.c']\neffect = 'read'",
            '4:21 S108 [tools.mcp.crm]: "b.c" is not among the tools that are taken (hint: add it to tools)',
        ),
        (
            "[tools.mcp.crm]\ncommand = 'x'\n[tools.mcp.crm.tool.b]\nprovides = ['paid']",
            "4:1 S108 [tools.mcp.crm.tool.b]: what an untrusted tool says proves no fact",
        ),
        (
            "[tools.mcp.crm]\ncommand = 'x'\n[tools.mcp.crm.tool.b]\nowner = 'id'",
            "4:1 S108 [tools.mcp.crm.tool.b]: an untrusted tool may name any owner it likes",
        ),
        ("[tools.http.a]", '1:13 S109 [tools.http.a]: it has no description (hint: description = "service.yaml")'),
        ("[tools.http.a]\ndescription = 'x/'", "2:1 S105 description: expected the path of a file, or a URL"),
        ("[tools.http.a]\nscheme = 'digest'", '2:1 S105 scheme: expected "bearer", "basic", "header NAME"'),
        ("[tools.http.a]\nscheme = 'query a b'", '2:1 S105 scheme: expected "bearer"'),
        ("[tools.http.a]\nidempotency = 'Host'", "2:1 S105 idempotency: expected the name of a header"),
        ("[tools.http.a]\nidempotency = 'Authorization'", "2:1 S105 idempotency: expected the name of a header"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_finding_at_its_place(text: str, expected: str) -> None:
    found = [line for line in findings_of(text) if not ("S109" in line and "S109" not in expected)]
    assert len(found) == 1
    assert found[0].startswith(f"segue.toml:{expected}")


@pytest.mark.parametrize("command", ['""', "[]", '["a", 1]', '"a \'b"', '["a\\u0000"]', "true", '{a = "b"}'])
def test_a_command_that_cannot_be_run_is_refused(command: str) -> None:
    (finding,) = findings_of(f"[tools.mcp.a]\ncommand = {command}")
    assert finding.startswith("segue.toml:2:1 S105 command: expected a program and its arguments")


@pytest.mark.parametrize(
    "url",
    ["ftp://a", "https://", "https://u:p@a/", "https://a/#x", "https://a b", "https://a:x", "a.example", "http://[::1",
     "https://a\\n"],
)  # fmt: skip
def test_an_url_that_leads_nowhere_or_holds_a_password_is_refused(url: str) -> None:
    (finding,) = findings_of(f'[tools.mcp.a]\nurl = "{url}"')
    assert finding.startswith("segue.toml:2:1 S105 url: expected an http or https URL")


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ('{Authorization = "Bearer abc"}', "Authorization: expected the name of an environment variable"),
        ('{Host = "X"}', "'Host' is no header that may be set"),
        ('{"Mcp-Session-Id" = "X"}', "is no header"),
        ('{"a b" = "X"}', "is no header"),
        ('["A"]', "expected a table of headers"),
    ],
)
def test_a_header_names_the_variable_that_holds_it(headers: str, says: str) -> None:
    (finding,) = findings_of(f'[tools.mcp.a]\nurl = "https://a"\nheaders = {headers}')
    assert says in finding
    assert finding.startswith("segue.toml:3:1 S105 headers: ")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("trusted", '"yes"'), ("approve", "3"), ("approve", '" "'), ("integrity", '"free"'),
        ("integrity", '{a = "fre"}'),
        ("requires", '"verified"'), ("provides", '["Not A Fact"]'), ("owner", "[]"), ("result", '{a = "text"}'),
        ("timeout", "3"), ("name", '""'),
    ],
)  # fmt: skip
def test_a_wrong_value_of_a_tool_is_one_finding(key: str, value: str) -> None:
    (finding,) = findings_of(f"[tools.mcp.a]\ncommand = 'x'\n[tools.mcp.a.tool.b]\n{key} = {value}")
    assert finding.startswith(f"segue.toml:4:1 S105 {key}: expected") or f"{key}: 'a': expected one of" in finding


def test_several_mistakes_are_all_told() -> None:
    found = findings_of(
        "[tools.mcp.a]\nurl = 3\nenvv = []\n[tools.mcp.a.tool.b]\neffect = 'x'\n[tools.mcp.b]\n"
        "[policy]\nthreshold = 2\n"
    )
    assert [line.split(" ")[0].split(":", 1)[1] + " " + line.split(" ")[1] for line in found] == [
        "2:1 S105", "3:1 S104", "5:1 S105", "6:12 S109", "8:1 S105",
    ]  # fmt: skip


@given(st.data())
def test_no_mutation_of_a_file_raises(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(EVERYTHING)))
    end = data.draw(st.integers(start, min(len(EVERYTHING), start + 20)))
    piece = data.draw(
        st.text(max_size=10)
        | st.sampled_from(["[", "]", "{", "}", "=", '"', "\n", ".", "1e999", "true", "[]", "tool", "mcp", "*"])
    )
    settings, findings = parse(EVERYTHING[:start] + piece + EVERYTHING[end:], {})
    assert isinstance(settings, Settings)
    assert {finding.code for finding in findings} <= RULES.keys()
    assert all(str(finding).isprintable() for finding in findings)
