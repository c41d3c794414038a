"""`segue gaps`: what customers ask and no article answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

WIFI = "Do you have wifi for customers and their dogs?"
PAST = {
    "id": "h-1",
    "created_at": "2026-03-01T09:00:00Z",
    "messages": [
        {"role": "customer", "text": WIFI},
        {"role": "agent", "text": "There is wifi in the cafe on the first floor."},
    ],
    "topic": None,
    "outcome": "escalated",
}


@pytest.fixture
def asked(run: Run, shop: Path) -> Path:
    """A shop of whose customers one asked before the agent was there, and another one asks it."""
    (shop / "history").mkdir(exist_ok=True)
    (shop / "history" / "past.jsonl").write_text(json.dumps(PAST) + "\n")
    ticket = {"id": "t-9", "messages": [{"role": "customer", "text": WIFI}]}
    (shop / "new.jsonl").write_text(json.dumps(ticket) + "\n")
    (resolved,) = [
        json.loads(line) for line in run("resolve", shop / "new.jsonl", "--workspace", shop, "--json").out.splitlines()
    ]
    assert resolved["reason"] == "no_procedure"
    return shop


def test_what_nobody_answers_is_shown_with_what_people_said_about_it(run: Run, asked: Path) -> None:
    found = run("gaps", "--workspace", asked, "--json").json
    assert [(gap["size"], {each["ticket_id"] for each in gap["examples"]}) for gap in found] == [(2, {"h-1", "t-9"})]
    assert found[0]["outline"][0]["text"].startswith("There is wifi")
    shown = run("gaps", "--workspace", asked)
    assert "2 questions" in shown.out
    assert "people said: There is wifi in the cafe" in shown.out


def test_without_any_that_is_said(run: Run, shop: Path) -> None:
    ran = run("gaps", "--workspace", shop)
    assert (ran.status, "No gaps" in ran.out) == (0, True)


def test_what_was_asked_too_seldom_is_left_out(run: Run, asked: Path) -> None:
    assert run("gaps", "--workspace", asked, "--least", "3", "--json").json == []
