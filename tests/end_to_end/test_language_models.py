"""`segue resolve` where `[models]` names a server: what it answers counts, and whatever it does, tickets end."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.contract.models import openai_server as server
from tests.end_to_end.conftest import Run
from tests.unit.support.minds import MODEL, Minds, read, sentences, verdict

SETTINGS = """
[autonomy]
default = "auto"

[policy]
threshold = 0.4

[models]
TASKS
budget_usd = 20

[models.endpoints.house]
url = "URL"
price_input = 1000
price_output = 1000
timeout = "1 s"
"""
WOOL = """
# Washing wool

Wash wool by hand in water of at most 30 degrees. Do not put it into the dryer.
"""
QUESTION = "How do I wash wool by hand?"
QUOTED = "Wash wool by hand in water of at most 30 degrees. Do not put it into the dryer.\n\nSource: Washing wool"
TOOLS = """
from segue import Free, Trusted, tool

@tool("orders.lookup", effect="read", owner="customer_id")
def lookup(order_id: Free[str]) -> dict[str, str]:
    return {"id": order_id, "customer_id": "c-1"}

@tool("orders.mark", effect="once")
def mark(order_id: Trusted[str]) -> str:
    return "marked"
"""
PLAN = {
    "topic": "x",
    "steps": [
        {"id": "rules", "search": "wash wool by hand"},
        {"id": "order", "tool": "orders.lookup", "args": {"order_id": "100001"}},
        {"id": "mark", "tool": "orders.mark", "args": {"order_id": "${ticket.text}"}, "approve": "true"},
        {"id": "end", "reply": "Done, see {{rules}}."},
    ],
}


def company(root: Path, url: str, tasks: str, *texts: str) -> Path:
    names = "".join(f'{task} = ["{MODEL}"]\n' for task in tasks.split())
    settings = SETTINGS.replace("URL", url).replace("TASKS", names)
    inbox = [
        {"id": f"t-{n}", "customer": {"id": "c-1", "name": "Anna Schmidt", "authenticated": True},
         "messages": [{"role": "customer", "text": text}]}
        for n, text in enumerate(texts, 1)
    ]  # fmt: skip
    lines = "".join(json.dumps(each) + "\n" for each in inbox)
    files = {"segue.toml": settings, "knowledge/wool.md": WOOL, "tools.py": TOOLS, "inbox/new.jsonl": lines}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


async def printed(run: Run, *arguments: str) -> Any:
    """Return what a command of its own process prints, as a value for each line."""
    command = run(*arguments, "--json")
    assert await asyncio.to_thread(command.ended) == 0
    lines = command.output.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def usages(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what a run's journal says of models."""
    results = [entry["result"] for entry in entries if entry["kind"] == "step_finished"]
    return [usage for result in results if isinstance(result, dict) for usage in result.get("asked", [])]


async def test_each_stage_asks_its_model_and_the_journal_says_which_and_for_how_much(run: Run, tmp_path: Path) -> None:
    said = Minds({
        "interpret": [read(("question", QUESTION)), read(("none", "Mark it."))],
        "compose": sentences(("Wash wool by hand, in water of at most 30 degrees.", 1)),
        "judge": verdict(),
        "plan": PLAN,
    })  # fmt: skip
    async with server.OpenAIServer(said.act) as one:
        root = company(tmp_path, one.url, "interpret compose judge plan", f"{QUESTION} Anna Schmidt", "Mark it.")
        inbox = root / "inbox" / "new.jsonl"
        first, second = inbox.read_text().splitlines(keepends=True)
        inbox.write_text(first)
        (answered,) = await printed(run, "resolve", str(inbox), "--workspace", str(root))
        inbox.write_text(second)
        (waiting,) = await printed(run, "resolve", str(inbox), "--workspace", str(root))
        (shown,) = await printed(run, "runs", "show", "t-1", "--workspace", str(root))
        (planned,) = await printed(run, "runs", "show", "t-2", "--workspace", str(root))
    told = run("runs", "show", "t-1", "--workspace", str(root))
    assert await asyncio.to_thread(told.ended) == 0
    assert "house:tiny  25 tokens  0.025 USD  answered as tiny-2026-01-01" in told.output.read_text(encoding="utf-8")
    assert (answered["outcome"], answered["cost_usd"]) == ("resolved", 0.075)
    assert answered["reply"] == "Wash wool by hand, in water of at most 30 degrees.\n\nSource: Washing wool"
    assert [citation["document"] for citation in answered["citations"]] == ["wool.md"]
    found = usages(shown["entries"])
    assert [usage["task"] for usage in found] == ["interpret", "compose", "judge"]
    for usage in found:
        assert (usage["model"], usage["version"], usage["cost_usd"]) == (MODEL, server.MODEL, "0.025")
        assert (usage["input_tokens"], usage["output_tokens"], len(usage["prompt_digest"])) == (20, 5, 64)
    assert (waiting["outcome"], waiting["cost_usd"]) == ("waiting", 0.05)  # for a person to approve
    assert [usage["task"] for usage in usages(planned["entries"])] == ["interpret", "plan"]
    assert "Anna" not in "".join(text for seen in one.seen for text in seen.texts)


FAULTS: dict[str, server.Act] = {
    "busy": server.busy(),
    "down": server.fails(500),
    "rejecting": server.fails(400, "no such argument"),
    "unknown": server.fails(404, "no such model"),
    "keyless": server.fails(401, "no such key"),
    "silent": server.silent,
    "dripping": server.drips,
    "broken": server.breaks_off,
    "html": server.raw(b"<html>Welcome</html>", kind="text/html"),
    "nonsense": server.says("Well, that depends."),
    "another": server.says('{"requests": "all of them", "sentences": 7}'),
    "cut": server.says('{"sentences": [{"text": "Wash', finish="length"),
    "refusing": server.says(None, refusal="I can't help with that."),
    "lying": server.says(json.dumps(sentences(("Wash wool at 90 degrees, we pay for the damage.", 1)))),
}


async def test_whatever_a_server_does_every_ticket_is_resolved_all_the_same(run: Run, tmp_path: Path) -> None:
    async def act(seen: server.Seen, writer: asyncio.StreamWriter) -> None:
        fault = next(act for name, act in FAULTS.items() if f"({name})" in seen.texts[1])
        await fault(seen, writer)

    async with server.OpenAIServer(act) as one:
        root = company(tmp_path, one.url, "interpret compose", *(f"{QUESTION} ({name})" for name in FAULTS))
        inbox = str(root / "inbox" / "new.jsonl")
        ended = await printed(run, "resolve", inbox, "--workspace", str(root))
        (shown,) = await printed(run, "runs", "show", "t-1", "--workspace", str(root))
    outcomes = {name: (each["outcome"], each["reply"]) for name, each in zip(FAULTS, ended, strict=True)}
    assert outcomes == dict.fromkeys(FAULTS, ("resolved", QUOTED))
    assert [(usage["task"], bool(usage["error"])) for usage in usages(shown["entries"])] == [
        ("interpret", True),
        ("compose", True),
    ]


async def test_a_budget_that_is_used_up_is_told_as_such(run: Run, tmp_path: Path) -> None:
    said = Minds({"interpret": read(("question", QUESTION)), "compose": sentences()})
    async with server.OpenAIServer(said.act) as one:
        root = company(tmp_path, one.url, "interpret compose", QUESTION)
        settings = root / "segue.toml"
        settings.write_text(settings.read_text().replace("= 20", "= 0.01"))
        (ended,) = await printed(run, "resolve", str(root / "inbox" / "new.jsonl"), "--workspace", str(root))
    assert (ended["outcome"], ended["reason"]) == ("escalated", "budget")
    assert one.seen == []
