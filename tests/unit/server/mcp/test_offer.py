"""What an MCP client can ask of the agent, what it is told, and what it may not do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from mcp import Client, MCPError

from tests.unit.server.mcp.conftest import GIFT, GREETING, OpenClient

ASK = {"text": "please greet me", "ticket_id": "t-1", "customer_email": "eve@example.com", "customer_id": "c-9"}


async def call(client: Client, name: str, **arguments: Any) -> Any:
    """Return the structured result of a tool, which fits the schema that it declares."""
    result = await client.call_tool(name, arguments)
    assert not result.is_error, result.content
    (tool,) = [tool for tool in (await client.list_tools()).tools if tool.name == name]
    assert tool.output_schema is not None
    jsonschema_rs.validate(tool.output_schema, result.structured_content)
    return result.structured_content


async def refusal(client: Client, name: str, **arguments: Any) -> str:
    """Return what a client is told instead of a result."""
    result = await client.call_tool(name, arguments)
    assert result.is_error
    return str(getattr(result.content[0], "text", ""))


async def test_it_offers_five_tools_with_schemas_and_says_what_they_do_to_the_world(open_client: OpenClient) -> None:
    async with open_client() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert list(tools) == ["resolve_ticket", "search_knowledge", "get_run", "list_queue", "approve"]
        assert all(tool.output_schema and tool.description for tool in tools.values())
        readers = {name for name, tool in tools.items() if tool.annotations and tool.annotations.read_only_hint}
        assert readers == {"search_knowledge", "get_run", "list_queue"}
        assert (await client.list_prompts()).prompts == []


async def test_a_question_is_answered_from_the_articles_with_citations(open_client: OpenClient) -> None:
    async with open_client() as client:
        found = await call(client, "resolve_ticket", text="May I send a book back within 30 days?", ticket_id="t-1")
        assert (found["run_id"], found["outcome"], found["topic"]) == ("ticket-t-1", "resolved", "question")
        assert found["citations"][0]["document"] == "returns.md"
        again = await call(client, "resolve_ticket", text="May I send a book back within 30 days?", ticket_id="t-1")
        assert again == found
        run = await call(client, "get_run", run_id="t-1")
        assert (run["status"], run["resolution"]) == ("completed", found)


async def test_a_budget_holds_for_tickets_that_come_this_way_too(open_client: OpenClient) -> None:
    async with open_client(settings="[policy]\nbudget_steps = 2\n") as client:
        found = await call(client, "resolve_ticket", text="May I send a book back within 30 days?", ticket_id="t-1")
        assert (found["outcome"], found["reason"]) == ("escalated", "budget")


async def test_a_whole_ticket_may_be_given_and_a_malformed_one_is_refused_with_the_reason(
    open_client: OpenClient,
) -> None:
    async with open_client() as client:
        ticket = {"id": "t-7", "messages": [{"role": "customer", "text": "May I send a book back?"}]}
        assert (await call(client, "resolve_ticket", ticket=ticket))["ticket_id"] == "t-7"
        assert "messages" in await refusal(client, "resolve_ticket", ticket={"id": "t-8", "messages": 3})
        assert "say what the customer writes" in await refusal(client, "resolve_ticket")


async def test_what_customers_may_not_read_is_neither_found_nor_shown(open_client: OpenClient) -> None:
    async with open_client() as client:
        found = await call(client, "search_knowledge", query="voucher returns goodwill")
        assert {passage["document"] for passage in found["passages"]} <= {"returns.md"}
        article = await client.read_resource("segue://articles/returns.md")
        assert getattr(article.contents[0], "text", "").startswith("You may send a book back within 30 days.")
        for path in ("goodwill.md", "none.md", "../segue.toml", "%2e%2e/segue.toml"):
            with pytest.raises(MCPError):
                await client.read_resource(f"segue://articles/{path}")


async def test_articles_are_listed_and_each_can_be_read_where_the_list_says(open_client: OpenClient) -> None:
    async with open_client() as client:
        listed = (await client.list_resources()).resources
        assert [(each.name, each.title) for each in listed] == [
            ("Grüße & more.md", "Greetings"),
            ("returns.md", "Returns"),
        ]
        for each in listed:
            (content,) = (await client.read_resource(each.uri)).contents
            assert getattr(content, "text", "")


async def test_a_run_can_be_read_with_its_journal(open_client: OpenClient) -> None:
    async with open_client() as client:
        await call(client, "resolve_ticket", text="May I send a book back?", ticket_id="t-1")
        read = await client.read_resource("segue://runs/ticket-t-1")
        told = json.loads(getattr(read.contents[0], "text", ""))
        assert told["run"]["status"] == "completed"
        assert told["entries"][-1]["kind"] == "run_completed"
        with pytest.raises(MCPError, match="there is no run nobody"):
            await client.read_resource("segue://runs/nobody")
        assert "there is no run nobody" in await refusal(client, "get_run", run_id="nobody")


async def test_an_action_waits_in_the_queue_until_a_person_says_yes(open_client: OpenClient, tmp_path: Path) -> None:
    async with open_client(GREETING) as client:
        waiting = await call(client, "resolve_ticket", **ASK)
        assert waiting["outcome"] == "waiting"
        (entry,) = (await call(client, "list_queue"))["waiting"]
        assert (entry["run_id"], entry["kind"], entry["handoff"]) == ("ticket-t-1", "approval", None)
        assert "shop.greet(to='Ada')" in entry["asks"]
        assert (entry["actions"], entry["confidence"]) == ([], waiting["confidence"])
        found = await call(client, "approve", run_id="t-1", by="Grace Hopper")
        assert (found["outcome"], found["reply"]) == ("resolved", "You were greeted.")
        assert (tmp_path / "sent").read_text() == "Ada"
        assert (await call(client, "list_queue"))["waiting"] == []


async def test_a_no_hands_the_ticket_over_with_its_packet(open_client: OpenClient, tmp_path: Path) -> None:
    async with open_client(GREETING) as client:
        await call(client, "resolve_ticket", **ASK)
        found = await call(client, "approve", run_id="t-1", approved=False, by="Grace", reason="not today")
        assert (found["outcome"], found["reason"]) == ("escalated", "approval_denied")
        (entry,) = (await call(client, "list_queue"))["waiting"]
        assert (entry["kind"], entry["handoff"]["reason"]) == ("escalation", "approval_denied")
        assert not (tmp_path / "sent").exists()


@pytest.mark.parametrize(
    ("by", "says"),
    [
        ("", "say who decides"),
        ("Segue", "who proposes an action does not approve it"),
        (" the  agent ", "who proposes an action does not approve it"),
        ("AI", "who proposes an action does not approve it"),
        ("EVE@example.com", "the ticket's customer does not decide"),
        ("c-9", "the ticket's customer does not decide"),
    ],
)
async def test_who_proposes_or_profits_never_approves(
    by: str, says: str, open_client: OpenClient, tmp_path: Path
) -> None:
    async with open_client(GREETING) as client:
        await call(client, "resolve_ticket", **ASK)
        assert says in await refusal(client, "approve", run_id="t-1", by=by)
        assert not (tmp_path / "sent").exists()


async def test_where_the_server_knows_who_asks_the_name_that_they_give_does_not_count(open_client: OpenClient) -> None:
    async with open_client(GREETING, who=lambda: "agent") as client:
        await call(client, "resolve_ticket", **ASK)
        assert "who proposes an action does not approve it" in await refusal(
            client, "approve", run_id="t-1", by="Grace"
        )


async def test_an_approval_that_nobody_asked_for_is_refused(open_client: OpenClient) -> None:
    async with open_client() as client:
        await call(client, "resolve_ticket", text="May I send a book back?", ticket_id="t-1")
        assert "waits for no approval now" in await refusal(client, "approve", run_id="t-1", by="Grace")
        assert "there is no run nobody" in await refusal(client, "approve", run_id="nobody", by="Grace")


async def test_a_caller_cannot_authenticate_a_customer_unless_callers_are_trusted(open_client: OpenClient) -> None:
    customer = {"id": "c-1", "authenticated": True}
    ticket = {"id": "t-1", "messages": [{"role": "customer", "text": "a gift"}], "customer": customer}
    async with open_client(GIFT) as client:
        found = await call(client, "resolve_ticket", ticket=ticket)
        assert (found["outcome"], found["reason"]) == ("escalated", "policy")
    async with open_client(GIFT, trusts_callers=True) as client:
        assert (await call(client, "resolve_ticket", ticket={**ticket, "id": "t-2"}))["outcome"] == "waiting"


async def test_what_takes_longer_than_a_caller_waits_goes_on_and_is_told_later(open_client: OpenClient) -> None:
    async with open_client(GREETING) as client:
        assert (await call(client, "resolve_ticket", **ASK, wait_s=0))["outcome"] in ("running", "waiting")
        assert (await call(client, "resolve_ticket", **ASK))["outcome"] == "waiting"


async def test_an_unknown_tool_or_argument_is_told_without_a_traceback(open_client: OpenClient) -> None:
    async with open_client() as client:
        assert "limit" in await refusal(client, "list_queue", limit=0)
        assert "Unknown tool" in await refusal(client, "delete_everything")
