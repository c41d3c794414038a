"""A person's data: every place of a workspace that holds some, and how it goes from there.

What is found by something is erased before it, so that an erasure which was interrupted is gone on with by the same
call: the helpdesk's tickets by the runs', other runs' quotes of past tickets by the files'. What is derived from all of
this, and bytes that a database leaves behind, cannot be found at all: that is dropped at the end of every erasure, and
the workspace chain says whether the last one came so far.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from segue.engine.engine import Engine
from segue.engine.workspace import WorkspaceJournal
from segue.errors import UsageError
from segue.support import resolve
from segue.support.helpdesks.local import LocalHelpdesk
from segue.support.precedents import document_of
from segue.support.workspace import Workspace

DERIVED = ("models", "index/texts", "reports")
"""Folders below `.segue` that are made from the history, and made again when they are missing."""
SUBJECT = "customer"
"""Of the entries in the workspace chain that say where an erasure begins and ends: who it was stands nowhere."""
PATIENCE = timedelta(seconds=30)
"""For runs that are cancelled first."""
_ANY = b'"' + document_of("").encode()
"""Looked for first: most entries quote nothing."""
_QUOTE = re.compile(rb'"((?:[^"\\]|\\.)*)"')
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True)
class Found:
    """Where something of a customer is."""

    who: str
    """Their id or e-mail address."""
    also: tuple[str, ...] = ()
    """Other ids and addresses that their tickets carry, which are not looked for."""
    runs: tuple[str, ...] = ()
    """Of their tickets; those, too, that were only asked for."""
    tickets: frozenset[str] = frozenset()
    """Ids of the tickets of these runs, and of theirs in the helpdesk."""
    past: frozenset[str] = frozenset()
    """Ids of their tickets in the history."""
    quotes: Mapping[str, tuple[int, ...]]
    """Entries of other customers' runs that quote their past tickets, by run."""
    lines: Mapping[Path, int]
    """How many of the files of tickets are theirs."""

    def __bool__(self) -> bool:
        return bool(self.runs or self.tickets or self.lines)


@dataclass(frozen=True, kw_only=True)
class Erased:
    """What was erased."""

    runs: int
    entries: int
    """Of runs; of other customers' runs too."""
    tickets: int
    """In the helpdesk, with all that was written on them."""
    posts: int
    """Removed there, or freed of quotes."""
    lines: int
    """Of files of tickets."""


async def find(engine: Engine, workspace: Workspace, helpdesk: LocalHelpdesk, who: str) -> Found:
    """Look for a customer in runs, helpdesk, inbox and history.

    Args:
        engine: Of the workspace; need not drive.
        workspace: The files.
        helpdesk: The local one.
        who: Their id, or their e-mail address in any case.
    """
    lines: dict[Path, int] = {}
    past: set[str] = set()
    also: set[str] = set()
    for path, is_past in workspace.ticket_files():
        with path.open("rb") as file:
            theirs = [ticket for line in file if (ticket := _theirs(_parsed(line), who)) is not None]
        if theirs:
            lines[path] = len(theirs)
            also.update(name for ticket in theirs for name in _names(ticket))
            past.update(str(ticket.get("id")) for ticket in theirs if is_past)
    runs, quotes = await engine.at_one_moment(lambda kept: (dict(_runs_of(kept, who)), _quotes(kept, past)))
    also.update(name for ticket in runs.values() for name in _names(ticket))
    tickets = helpdesk.of_customer(who, ()) + [str(ticket["id"]) for ticket in runs.values()]
    return Found(
        who=who,
        also=tuple(sorted(name for name in also if name and name.casefold() != who.casefold())),
        runs=tuple(runs),
        tickets=frozenset(tickets),
        past=frozenset(past),
        quotes={run_id: numbers for run_id, numbers in quotes.items() if run_id not in runs},
        lines=lines,
    )


async def erase(
    engine: Engine, workspace: Workspace, helpdesk: LocalHelpdesk, found: Found, *, patience: timedelta = PATIENCE
) -> Erased:
    """End a customer's live runs, and erase everything that was found; the chains verify as before.

    Raises:
        UsageError: Another customer's run quotes them and has not ended; nothing was erased.
        EngineBusy: Whoever drives has not ended their runs in time; nothing was erased.
        StoreError: Something cannot be written; the same call goes on from there.
        OSError: A file cannot be.
    """
    for run_id in found.quotes:
        if (await engine.run(run_id)).ended_at is None:
            raise UsageError(f"run {run_id} quotes a past ticket of theirs and has not ended: let it end, or cancel it")
    runs = await engine.stop(found.runs, patience=patience)
    await engine.record("erasure", SUBJECT, detail={"state": "begun"})
    posts = helpdesk.erase(found.tickets, {document_of(ticket) for ticket in found.past})
    entries = await engine.erase(found.runs, parts=found.quotes)
    for path in found.lines:
        _rewrite(path, found.who)
    erased = Erased(
        runs=len(runs), entries=entries, tickets=len(found.tickets), posts=posts, lines=sum(found.lines.values())
    )
    await finish(engine, workspace, vars(erased))
    return erased


async def is_unfinished(engine: Engine) -> bool:
    """Say whether the last erasure was interrupted."""
    told = await engine.workspace(kind="erasure", subject=SUBJECT)
    return bool(told) and told[-1].detail["state"] == "begun"


async def finish(engine: Engine, workspace: Workspace, counts: Mapping[str, int]) -> None:
    """Drop what was derived from what is erased, leave no byte of it in the database, and say so in the chain.

    Raises:
        StoreError: The disk is full, or somebody reads what was there before.
        OSError: A folder cannot be removed.
    """
    for name in DERIVED:
        if (workspace.records / name).exists():
            shutil.rmtree(workspace.records / name)
    await engine.rewrite()
    await engine.record("erasure", SUBJECT, detail={"state": "done", **counts})


def _runs_of(kept: WorkspaceJournal, who: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the runs of a customer's tickets, with the ticket."""
    for run_id in kept.run_ids():
        begun = kept.beginning(run_id)
        if begun is not None and begun[0] == resolve.NAME and (ticket := _theirs(_begun_with(begun[1]), who)):
            yield run_id, ticket
    for message in kept.messages():
        if message.kind == "start" and message.name == resolve.NAME:
            ticket = _theirs(_begun_with(message.payload), who)
            if ticket is not None:
                yield message.run_id, ticket


def _begun_with(payload: bytes) -> object:
    """Return the first argument that a run begins with; nothing of an erased one."""
    args = json.loads(payload)["args"] if payload else []
    return args[0] if args else None


def _quotes(kept: WorkspaceJournal, past: set[str]) -> dict[str, tuple[int, ...]]:
    """Return the entries that have one of these past tickets as evidence, by run."""
    wanted = {json.dumps(document_of(ticket), ensure_ascii=escaped)[1:-1].encode()
              for ticket in past for escaped in (True, False)}  # fmt: skip
    found: dict[str, tuple[int, ...]] = {}
    for record in kept.all_records() if wanted else ():
        payload = record.payload or b""
        if _ANY in payload and not wanted.isdisjoint(_QUOTE.findall(payload)):
            found[record.run_id] = (*found.get(record.run_id, ()), record.seq)
    return found


def _theirs(ticket: object, who: str) -> dict[str, Any] | None:
    """Return a ticket if it is this customer's."""
    if not isinstance(ticket, dict):
        return None
    customer, email = _names(ticket)
    return ticket if who == customer or (email and who.casefold() == email.casefold()) else None


def _names(ticket: Mapping[str, Any]) -> tuple[str, str]:
    """Return id and e-mail address of a ticket's customer, empty where it has none."""
    customer = ticket.get("customer")
    given = customer if isinstance(customer, dict) else {}
    return str(given.get("id") or ""), str(given.get("email") or "")


def _parsed(line: bytes) -> object:
    """Return what a line holds; nothing where it is no JSON, which nobody can take for a ticket either."""
    try:
        return json.loads(line.removeprefix(_BOM))
    except (ValueError, RecursionError):
        return None


def _rewrite(path: Path, who: str) -> None:
    """Write a file of tickets without a customer's lines; the others stay as they are, byte by byte."""
    target = path.resolve()
    unfinished = target.with_name(f".{target.name}.unfinished")
    with target.open("rb") as old, unfinished.open("wb") as new:
        new.writelines(line for line in old if _theirs(_parsed(line), who) is None)
        new.flush()
        os.fsync(new.fileno())
    shutil.copystat(target, unfinished)
    unfinished.replace(target)
