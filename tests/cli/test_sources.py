"""What `segue ingest` reads besides files, and how searches are narrowed from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

TICKET = {
    "id": "t-1",
    "created_at": "2026-03-01T09:00:00Z",
    "subject": "Leaking kettle",
    "customer": {"id": "c-17", "email": "ada@example.com"},
    "messages": [
        {"role": "customer", "text": "My kettle leaks; write to ada@example.com.", "at": "2026-03-01T09:00:00Z"},
        {"role": "agent", "text": "Turn the valve to the left.", "at": "2026-03-01T10:00:00Z"},
    ],
    "topic": None,
    "outcome": "resolved",
}


@pytest.fixture
def kettles(shop: Path) -> Path:
    (shop / "history").mkdir(exist_ok=True)
    lines = [TICKET, {**TICKET, "id": "t-2", "outcome": "unresolved"}, {**TICKET, "id": "t-3", "reopened": True}]
    (shop / "history" / "past.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with (shop / "segue.toml").open("a") as settings:
        settings.write("\n[knowledge]\ntickets = true\nsites = ['http://127.0.0.1:9/help']\n")
    return shop


def test_past_tickets_are_read_where_that_is_wanted_and_forgotten_where_it_is_not(run: Run, kettles: Path) -> None:
    before = run("ingest", "--offline", "--json", "--workspace", kettles).json
    found = run("search", "valve", "--source", "tickets", "--json", "--workspace", kettles).json
    assert [hit["document"] for hit in found] == ["ticket:t-1"]
    assert "ada" not in found[0]["text"]
    for narrowed in (("--audience", "public"), ("--as-of", "2026-03-01T09:30:00Z")):
        others = run("search", "valve", *narrowed, "--json", "--workspace", kettles).json
        assert not [hit for hit in others if hit["document"].startswith("ticket:")]
    text = run("text", "ticket:t-1", "--json", "--workspace", kettles).json["text"]
    assert text[found[0]["start"] : found[0]["end"]] == found[0]["text"]
    settings = kettles / "segue.toml"
    settings.write_text(settings.read_text().replace("tickets = true", "tickets = false"))
    after = run("ingest", "--offline", "--json", "--workspace", kettles).json
    assert (after["removed"], after["documents"]) == (1, before["documents"] - 1)


def test_a_site_that_cannot_be_visited_is_a_problem_and_the_rest_goes_on(run: Run, kettles: Path) -> None:
    done = run("ingest", "--json", "--workspace", kettles)
    assert done.status == 1
    assert [problem["file"] for problem in done.json["problems"]] == ["http://127.0.0.1:9/help"]
    assert done.json["documents"] > 1


def test_the_text_that_offsets_count_in_is_printed(run: Run, kettles: Path) -> None:
    run("ingest", "--offline", "--workspace", kettles)
    (article, *_) = sorted(path.name for path in (kettles / "knowledge").glob("*.md"))
    shown = run("text", article, "--json", "--workspace", kettles).json
    assert shown == {"document": article, "text": (kettles / "knowledge" / article).read_text()}
    for wrong in ("nothing.md", "../segue.toml", "/etc/passwd"):
        assert run("text", wrong, "--workspace", kettles).status == 2


@pytest.mark.parametrize(
    ("option", "value"), [("--audience", "all"), ("--source", "disk"), ("--as-of", "yesterday"), ("--steps", "two")]
)
def test_a_value_that_an_option_does_not_take_is_wrong_usage(run: Run, shop: Path, option: str, value: str) -> None:
    asked = run("search", "delivery", option, value, "--workspace", shop)
    assert asked.status == 2
    assert option.lstrip("-") in asked.err
