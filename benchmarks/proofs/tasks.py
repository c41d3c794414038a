"""tau2's tasks: what was the right thing to do for a customer, as calls of a domain's tools."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import data

JSON = Any
Call = tuple[str, dict[str, JSON]]

MECHANICS = frozenset(("unlock_discoverable_agent_tool", "give_discoverable_user_tool", "request_human_agent_transfer"))
"""Of the benchmark, not of a bank: here every tool is in the catalogue."""


@dataclass(frozen=True)
class Task:
    """What was the right thing to do for a customer."""

    name: str
    customer: Mapping[str, JSON]
    """Empty where it cannot be told who it is."""
    calls: tuple[Call, ...]
    records: str
    """All of the company's as JSON, as they are when the task begins."""


def retail(folder: Path) -> Iterator[Task]:
    """Yield the tasks of the shop: every file of tasks that there is."""
    text = (folder / "db.json").read_text(encoding="utf-8")
    records = json.loads(text)
    for path in sorted(folder.glob("*task*.jsonl")):
        for task in data.lines(path):
            calls = tuple((call["name"], dict(call["args"])) for call in task["gold_actions"])
            user = records["users"].get(task.get("user_id") or _shopper(records, calls))
            yield Task(f"{path.stem}/{task['id']}", _customer(user), calls, text)


def _shopper(records: JSON, calls: tuple[Call, ...]) -> str:
    """Return whose orders, or whose own record, the calls are about."""
    for _, args in calls:
        if args.get("order_id") in records["orders"]:
            return str(records["orders"][args["order_id"]]["user_id"])
        if args.get("user_id") in records["users"]:
            return str(args["user_id"])
    for name, args in calls:
        for key, user in records["users"].items():
            names = (user["name"]["first_name"], user["name"]["last_name"], user["address"]["zip"])
            if name == "find_user_id_by_name_zip" and names == (args["first_name"], args["last_name"], args["zip"]):
                return str(key)
            if name == "find_user_id_by_email" and user["email"] == args["email"]:
                return str(key)
    return ""


def banking(folder: Path) -> Iterator[Task]:
    """Yield the tasks of the bank, each with the records that it adds."""
    whole = json.loads((folder / "db.json").read_text(encoding="utf-8"))
    records = {name: table["data"] for name, table in whole.items()}
    for path in sorted(folder.glob("*task*.jsonl")):
        for task in data.lines(path):
            own = _with(records, (task["initial_state"] or {}).get("initialization_data") or {})
            calls = tuple(_bank_call(each) for each in task["gold_actions"] if each["name"] not in MECHANICS)
            ids = [args["user_id"] for _, args in calls if args.get("user_id") in own["users"]]
            user = own["users"].get(ids[0]) if ids else None
            yield Task(f"{path.stem}/{task['id']}", _customer(user), calls, json.dumps(own))


def _bank_call(call: Mapping[str, JSON]) -> Call:
    args = call["args"]
    inner = args.get("agent_tool_name") or args.get("discoverable_tool_name")
    if inner is None:
        return call["name"], dict(args)
    return inner, json.loads(args.get("arguments") or "{}")


def _with(records: JSON, more: Mapping[str, JSON]) -> JSON:
    """Return records with those that a task adds."""
    added = more.get("agent_data", more) or {}
    merged = {name: dict(table) for name, table in records.items()}
    for name, table in added.items():
        if name in merged:
            merged[name] |= copy.deepcopy(table.get("data", table))
    return merged


def _customer(user: Mapping[str, JSON] | None) -> Mapping[str, JSON]:
    return {} if user is None else {"id": user["user_id"], "email": user["email"], "authenticated": True}
