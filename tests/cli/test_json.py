"""What `--json` prints: exactly what the contract says, and nothing else on standard output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from segue.engine.engine import Engine
from segue.plan import schema
from tests.cli.conftest import Ran, Run

RESOLUTION = [
    "ticket_id",
    "run_id",
    "topic",
    "outcome",
    "reason",
    "reply",
    "citations",
    "actions",
    "proposed",
    "handoff",
    "confidence",
    "confidence_parts",
    "cost_usd",
    "seconds",
]
HANDOFF = [
    "reason",
    "ask",
    "facts",
    "tried",
    "done",
    "in_doubt",
    "evidence",
    "proposed_reply",
    "missing",
    "urgency",
    "run",
]
RUN = ["run_id", "workflow", "status", "outcome", "topic", "started_at", "ended_at", "erased"]
ENTRY = ["seq", "path", "kind", "name", "at", "attempt", "result", "error", "hash", "args", "origins"]
AUDIT = ["ok", "runs", "entries", "head", "first_bad", "workspace", "proven", "pruned", "pruned_since"]


def test_init_names_the_workspace(run: Run, tmp_path: Path) -> None:
    assert run("init", "new", "--json").json == {"workspace": str(tmp_path / "new")}


def test_ingest_counts_what_changed(run: Run, shop: Path) -> None:
    first = run("ingest", "--workspace", shop, "--json")
    assert first.json == {"documents": 2, "added": 2, "changed": 0, "removed": 0, "passages": 8, "problems": []}
    (shop / "knowledge" / "broken.md").write_bytes(b"\xff\xfe nothing that is text")
    (shop / "knowledge" / "returns.md").unlink()
    second = run("ingest", "--workspace", shop, "--json")
    assert second.status == 1
    problem = second.json.pop("problems")[0]
    assert list(problem) == ["file", "line", "message"]
    assert problem["file"] == "knowledge/broken.md"
    assert (second.json["documents"], second.json["removed"]) == (1, 1)


def test_search_gives_passages_with_their_place(run: Run, shop: Path) -> None:
    run("ingest", "--workspace", shop)
    found = run("search", "how long does delivery take", "--workspace", shop, "--json", "--limit", "2").json
    assert len(found) == 2
    assert list(found[0]) == ["document", "heading", "start", "end", "text", "score"]
    source = (shop / "knowledge" / found[0]["document"]).read_text()
    assert "2 to 3" in source[found[0]["start"] : found[0]["end"]]


def test_check_lists_findings(run: Run, shop: Path) -> None:
    (shop / "procedures" / "order_status.yaml").write_text("topic: x\nsteps: [{id: a, tool: no.such}]\n")
    ran = run("check", "--workspace", shop, "--json")
    assert ran.status == 1
    assert all(
        list(finding) == ["file", "line", "column", "code", "severity", "message", "hint"] for finding in ran.json
    )
    assert {"file": "procedures/order_status.yaml", "line": 2, "column": 23, "code": "P201"}.items() <= next(
        finding for finding in ran.json if finding["code"] == "P201"
    ).items()


def test_resolve_prints_one_object_a_line_in_the_order_of_the_file(run: Run, shop: Path) -> None:
    lines = [
        {"id": "q-2", "messages": [{"role": "customer", "text": "How long does delivery take within the country?"}]},
        {"id": "q-1", "messages": [{"role": "customer", "text": "I want to speak to a person."}]},
    ]
    ran = run("resolve", "-", "--workspace", shop, "--json", stdin="".join(f"{json.dumps(line)}\n" for line in lines))
    assert (ran.status, ran.err) == (0, "")
    answered, handed_over = (json.loads(line) for line in ran.out.splitlines())
    assert list(answered) == list(handed_over) == RESOLUTION
    assert (answered["ticket_id"], answered["outcome"], answered["handoff"]) == ("q-2", "resolved", None)
    assert list(answered["citations"][0]) == ["document", "start", "end"]
    assert (handed_over["ticket_id"], handed_over["reason"]) == ("q-1", "customer_asked")
    assert list(handed_over["handoff"]) == HANDOFF


def test_a_refused_line_is_status_1_and_the_others_are_resolved(run: Run, shop: Path) -> None:
    (shop / "mixed.jsonl").write_text('{"id": "a"\n{"id":"b","messages":[{"role":"customer","text":"a person!"}]}\n')
    ran = run("resolve", shop / "mixed.jsonl", "--workspace", shop, "--json")
    assert (ran.status, ran.json["ticket_id"]) == (1, "b")
    assert "mixed.jsonl:1:" in ran.error


def test_the_demo_prints_its_tickets_outcomes_and_audit(demo: Ran) -> None:
    assert (demo.status, demo.err) == (0, "")
    shown = demo.json
    assert list(shown) == ["workspace", "tickets", "outcomes", "audit", "forecast"]
    assert len(shown["tickets"]) == 60
    assert all(list(ticket) == RESOLUTION for ticket in shown["tickets"])
    assert sum(shown["outcomes"].values()) == 60
    assert "failed" not in shown["outcomes"]
    assert list(shown["audit"]) == AUDIT
    assert all(
        list(action) == ["tool", "args", "effect", "result", "error"]
        for ticket in shown["tickets"]
        for action in ticket["actions"]
    )


def test_runs_and_entries(run: Run, demo: Ran) -> None:
    workspace = demo.json["workspace"]
    runs = run("runs", "list", "--limit", "100", "--workspace", workspace, "--json").json
    assert len(runs) == 60
    assert all(list(one) == RUN for one in runs)
    shown = run("runs", "show", "t-3003", "--workspace", workspace, "--json").json
    assert list(shown) == ["run", "entries"]
    assert shown["run"] == next(one for one in runs if one["run_id"] == "ticket-t-3003")
    assert all(list(entry) == ENTRY for entry in shown["entries"])
    assert [entry["seq"] for entry in shown["entries"]] == list(range(len(shown["entries"])))
    assert shown["entries"][-1]["result"]["outcome"] == "resolved"


def test_what_an_action_was_given_is_told_with_where_it_comes_from(run: Run, demo: Ran) -> None:
    shown = run("runs", "show", "t-3003", "--workspace", demo.json["workspace"], "--json").json
    called = [entry for entry in shown["entries"] if entry["origins"]]
    assert {"orders.lookup", "payments.refund"} <= {entry["name"] for entry in called}
    assert all(entry["args"].keys() == entry["origins"].keys() for entry in called)
    assert all(list(one) == ["level", "sources"] for entry in called for one in entry["origins"].values())
    paid = next(entry for entry in called if entry["name"] == "payments.refund")
    assert {one["level"] for one in paid["origins"].values()} == {"system"}


def test_the_schema_of_procedures_needs_no_workspace(run: Run) -> None:
    ran = run("check", "--schema")
    assert (ran.status, ran.err) == (0, "")
    assert ran.json == schema.schema()


def test_the_audit_of_a_whole_and_of_an_empty_workspace(run: Run, demo: Ran, shop: Path) -> None:
    whole = run("audit", "verify", "--workspace", demo.json["workspace"], "--json")
    assert (whole.status, whole.json) == (0, demo.json["audit"])
    empty = run("audit", "verify", "--workspace", shop, "--json")
    assert (empty.status, empty.json["runs"], empty.json["ok"]) == (0, 0, True)


def test_doctor_lists_what_was_looked_at(run: Run, shop: Path) -> None:
    ran = run("doctor", "--workspace", shop, "--json")
    assert ran.status == 0
    assert all(list(one) == ["check", "ok", "message", "hint"] for one in ran.json)
    assert {"python", "workspace", "disk", "files", "database", "driver", "library"} <= {
        one["check"] for one in ran.json
    }


def test_what_a_tool_prints_stays_out_of_the_json(run: Run, shop: Path) -> None:
    tools = shop / "tools.py"
    source = tools.read_text()
    assert "    return" in source
    loud = source.replace("    return", '    print("from a tool"); os.system("echo from a child")\n    return')
    tools.write_text(loud.replace("from segue", 'import os\nprint("from the module")\nfrom segue', 1))
    ran = run("resolve", shop / "inbox" / "2026-05.jsonl", "--workspace", shop, "--json")
    assert ran.json["outcome"] == "resolved"
    assert {"from the module", "from a tool", "from a child"} <= set(ran.err.splitlines())


def test_a_status_limits_the_runs_that_are_listed(run: Run, demo: Ran) -> None:
    waiting = run("runs", "list", "--status", "waiting", "--workspace", demo.json["workspace"], "--json").json
    assert ("ticket-t-3009", "waiting") in [(one["run_id"], one["outcome"]) for one in waiting]
    assert {one["status"] for one in waiting} == {"waiting"}
    two = run("runs", "list", "--limit", "2", "--workspace", demo.json["workspace"], "--json").json
    assert len(two) == 2


def test_listing_runs_that_have_ended_reads_one_entry_of_each(
    run: Run, demo: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = run("runs", "list", "--status", "completed", "--workspace", demo.json["workspace"], "--json").json
    monkeypatch.delattr(Engine, "entries")
    assert run("runs", "list", "--status", "completed", "--workspace", demo.json["workspace"], "--json").json == listed
    assert {one["outcome"] for one in listed} == demo.json["outcomes"].keys() - {"waiting"}
