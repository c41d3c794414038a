"""A shop and a bank as workspaces: their files in `domains/`, with the records, rules and articles of tau2-bench."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks import data

DOMAINS = Path(__file__).parent / "domains"
_AT = "2026-05-20T09:00:00Z"
_ABOUT_THEMSELVES = re.compile(r"\b(?:Your name is|You are)\b[^.]*(?:\.\w+[^.]*)*\.(?= |$)\s*")


def retail(target: Path) -> None:
    """Build the shop: its records and rules, and customers' requests as its inbox.

    `expected.json` names the calls that each request should lead to; the agent never reads it.
    """
    source = data.folder("tau2_retail")
    _company("tau2_retail", source, target)
    _policy(target, source / "policy.md")
    users = json.loads((source / "db.json").read_text(encoding="utf-8"))["users"]
    tasks = [task for task in data.lines(source / "taubench_train_tasks.jsonl") if task["user_id"] in users]
    tickets = [_ticket(task["id"], users[task["user_id"]], asked(task["instruction"])) for task in tasks]
    _inbox(target, tickets, {task["id"]: task["gold_actions"] for task in tasks})


def banking(target: Path) -> None:
    """Build the bank: its records, rules and 698 articles, and customers' wishes as its inbox."""
    source = data.folder("tau2_banking")
    _company("tau2_banking", source, target)
    _policy(target, source / "policy.md", source / "policy_additional.md")
    for article in data.lines(source / "articles.jsonl"):
        name = re.sub(r"[^a-z0-9]+", "-", article["id"].lower()).strip("-")
        audience = "audience: internal\n" if "internal" in article["title"].lower() else ""
        title = json.dumps(article["title"], ensure_ascii=False)
        _write(target / "knowledge" / f"{name}.md", f"---\ntitle: {title}\n{audience}---\n{article['content']}\n")
    users = json.loads((source / "db.json").read_text(encoding="utf-8"))["users"]["data"]
    _inbox(target, [_ticket(f"bank-{n}", users[user], text) for n, (user, text) in enumerate(WISHES, start=1)], {})


WISHES = (
    ("lj82d4f1a9", "What is on my checking account, and how much do I owe on my credit card?"),
    ("lj82d4f1a9", "Please freeze my debit card ending in 4821, I cannot find it."),
    ("890389b165", "My Silver Rewards Card was stolen. Please send me a new credit card."),
    ("6680a37184", "The cash back for txn_cfabb609133d is wrong, please have a look."),
    ("125", "Please transfer $100 from my checking account to my saving account."),
    ("76ad9cc60e", "Please change my email address to wei.chen@example.com"),
)
"""A few customers of the bank, and what they may write."""


def asked(instruction: str) -> str:
    """Return what a customer would write who was given this part to play."""
    return _ABOUT_THEMSELVES.sub("", instruction).strip()


def _company(name: str, source: Path, target: Path) -> None:
    """Copy what is written for a domain, and its records."""
    shutil.copytree(DOMAINS / name, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(DOMAINS / "ledger.py", target / "ledger.py")
    _write(target / "db.json", (source / "db.json").read_text(encoding="utf-8"))


def _policy(target: Path, *files: Path) -> None:
    text = "\n\n".join(file.read_text(encoding="utf-8") for file in files)
    _write(target / "knowledge" / "policy.md", f"---\ntitle: How we work\naudience: internal\n---\n{text}")


def _ticket(name: str, user: dict[str, Any], text: str) -> dict[str, Any]:
    return {
        "id": name,
        "created_at": _AT,
        "channel": "email",
        "customer": {"id": user["user_id"], "email": user["email"], "authenticated": True},
        "messages": [{"role": "customer", "text": text}],
    }


def _inbox(target: Path, tickets: Iterable[dict[str, Any]], expected: dict[str, Any]) -> None:
    _write(target / "inbox" / "tickets.jsonl", "".join(json.dumps(ticket) + "\n" for ticket in tickets))
    if expected:
        _write(target / "expected.json", json.dumps(expected, indent=1))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
