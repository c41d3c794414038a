"""A run as people read it: how it stands, its journal, and what was written on its ticket."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from segue.cli import layout, output

if TYPE_CHECKING:
    from segue.engine.journal import Entry, RunInfo
    from segue.support.helpdesks.local import Post
    from segue.support.outcome import Resolution

LABEL = 13
"""Columns for what a line of a packet is."""
_SIGNALS = {
    "approval": "Approve it, or deny it with the value false",
    "message": "Answer for the customer",
    "taken_over": "Take the ticket over, with your name as the value",
}
_CALLED = ("step_finished", "step_failed", "step_in_doubt")
"""How a tool call ends."""
_POSTS = {
    "reply": "Reply to the customer",
    "question": "Question to the customer",
    "draft": "Draft of a reply, for a person to send",
    "note": "Note for the team",
    "handoff": "Handed over to a person",
}


def fields(entry: Entry) -> dict[str, Any]:
    """Return an entry as `--json` prints it."""
    from segue.support.progress import given_to  # noqa: PLC0415 (not needed for --help)

    payload = entry.payload or {}
    shown = {name: value for name, value in asdict(entry).items() if name not in ("payload", "hash")}
    found = given_to(entry)
    origins = {name: asdict(origin) for name, origin in found[1].items()} if found else None
    called = {"args": found[0] if found else None, "origins": origins}
    result = payload.get("result", payload.get("value"))
    return {**shown, "result": result, "error": payload.get("error"), "hash": entry.hash, **called}


def head(run: Mapping[str, Any], info: RunInfo) -> None:
    """Print how a run stands, and what it waits for."""
    about = [
        run["status"],
        "(erased)" if run["erased"] else run["outcome"],
        f"topic {run['topic']}" if run["topic"] else "",
    ]
    layout.text(f"{run['run_id']}: " + ", ".join(dict.fromkeys(part for part in about if part)))
    if info.error:
        layout.text(info.error)
    if info.waiting_for:
        until = f", until {info.wake_at:%Y-%m-%d %H:%M:%SZ}" if info.wake_at else ""
        layout.text(f"It waits for: {', '.join(info.waiting_for)}{until}")
        for name, how in _SIGNALS.items():
            if f"signal {name}" in info.waiting_for:
                output.line(f"{how}: segue signal {run['run_id']} {name} VALUE")


def why(known: Resolution) -> None:
    """Print why a ticket went to a person, where it did."""
    from segue.support.explain import explain  # noqa: PLC0415 (not needed for --help)

    if known.handoff is not None:
        layout.text(explain(known))


def journal(entries: Sequence[Entry]) -> None:
    """Print a row for each entry."""
    output.line()
    rows = [_row(entries[0], entry) for entry in entries]
    few = [[at, f"{kind} {name}", result] for _, at, _, kind, name, _, result in rows]
    layout.show(
        layout.Table(columns=["", "at", "path", "what", "name", "try", "result"], rows=rows, is_cut=True),
        layout.Table(columns=["at", "what", "result"], rows=few, is_cut=True),
    )


def calls(entries: Sequence[Entry]) -> None:
    """Print what each tool was given, how far that may be believed, and where it comes from."""
    from segue.plan.origin import in_words  # noqa: PLC0415 (not needed for --help)
    from segue.support.progress import given_to  # noqa: PLC0415

    rows = []
    for entry in entries:
        found = given_to(entry) if entry.kind in _CALLED else None
        for name, value in found[0].items() if found else ():
            origin = found[1].get(name) if found else None
            sources = " and ".join(map(in_words, origin.sources)) if origin else ""
            given = json.dumps(value, ensure_ascii=False)
            rows.append([entry.path, entry.name, f"{name}: {given}", origin.level if origin else "", sources])
    if rows:
        output.line()
        columns = ["", "tool", "was given", "level", "from"]
        few = [[given, level] for _, _, given, level, _ in rows]
        layout.show(layout.Table(columns=columns, rows=rows, is_cut=True), layout.Table(columns=columns[2:4], rows=few))


def models(entries: Sequence[Entry]) -> None:
    """Print which models were asked for what, with tokens and cost."""
    rows = []
    for entry in entries:
        result = (entry.payload or {}).get("result") if entry.kind == "step_finished" else None
        for usage in result.get("asked") or () if isinstance(result, dict) else ():
            tokens = usage["input_tokens"] + usage["output_tokens"]
            cost = "unknown" if usage["cost_usd"] is None else f"{Decimal(usage['cost_usd']):f} USD"
            told = usage["error"] or f"answered as {usage['version']}"
            rows.append([entry.path, usage["task"], usage["model"], f"{tokens} tokens", cost, told])
    if rows:
        output.line()
        columns = ["", "asked to", "model", "took", "cost", "result"]
        few = [[task, model, cost] for _, task, model, _, cost, _ in rows]
        layout.show(
            layout.Table(columns=columns, rows=rows, is_cut=True),
            layout.Table(columns=["asked to", "model", "cost"], rows=few),
        )


def posts(written: Iterable[Post]) -> None:
    """Print what was written on a ticket."""
    for post in written:
        if not post.text:  # a note follows that says why there is nothing to send
            continue
        output.line()
        output.line(f"{_POSTS[post.kind]}:")
        if post.kind == "handoff":
            _packet(post.data)
        else:
            layout.text(post.text, indent=2)


def _row(first: Entry, entry: Entry) -> list[str]:
    return [
        str(entry.seq),
        f"{(entry.at - first.at).total_seconds():.3f} s",
        entry.path,
        entry.kind.replace("_", " "),
        entry.name,
        str(entry.attempt or ""),
        result(entry),
    ]


def result(entry: Entry) -> str:
    """Return what came of something, as an entry tells it."""
    payload = entry.payload
    if payload is None:
        return "(erased)"
    if payload.get("error"):
        return str(payload["error"].get("message", ""))
    value = payload.get("result", payload.get("value"))
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _packet(packet: Mapping[str, Any]) -> None:
    """Print what a person needs to go on."""
    _item("reason", packet["reason"])
    _item("ask", packet["ask"])
    for name, calls in (("done", packet["done"]), ("in doubt", packet["in_doubt"])):
        for call in calls:
            key = f", key {call['key']}" if "key" in call else ""
            _item(name, f"{call['tool']}({', '.join(f'{k}={v!r}' for k, v in call['args'].items())}){key}")
    for fact in packet["facts"]:
        _item("fact", f"{fact['name']}: {json.dumps(fact['value'], ensure_ascii=False)} ({fact['source']})")
    for tried in packet["tried"]:
        _item("tried", f"{tried['step']}: {tried['result']}")
    for missing in packet["missing"]:
        _item("missing", missing)
    for passage in packet["evidence"]:
        _item("evidence", f"{passage['document']}:{passage['start']}-{passage['end']} {passage['heading']}")
    if packet["proposed_reply"]:
        _item("proposed", packet["proposed_reply"])


def _item(name: str, text: str) -> None:
    layout.text(text, label=f"  {name}", indent=LABEL, lines=6)
