"""Checks of what is recorded: against its hash chains, and against heads that were published earlier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from segue.engine.head import Head
from segue.engine.journal import GENESIS, Journal, Record, break_in
from segue.engine.workspace import Mention, WorkspaceJournal, checked, mentions
from segue.errors import AuditError


@dataclass(frozen=True, kw_only=True)
class FirstBad:
    """Where the record breaks first."""

    run_id: str
    """Empty for the workspace chain."""
    seq: int | None
    """Of the entry, from 0; `None` where the run is missing as a whole."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a check of everything found."""

    ok: bool
    runs: int
    """Checked before the first bad one."""
    entries: int
    """Of these runs."""
    head: str
    """Hash of the last good entry of the workspace chain; the same until something is recorded there."""
    first_bad: FirstBad | None = None
    workspace: int = 0
    """Entries of the workspace chain."""
    proven: int | None = None
    """As many of these are proven by a head, with all that they name; `None` without a head: consistency only."""
    pruned: int = 0
    """Runs that the workspace chain says were pruned."""
    pruned_since: int = 0
    """As many of these after the last head: whoever can write the database could have said so."""


@dataclass
class _Sums:
    """What was found to be right so far."""

    runs: int = 0
    entries: int = 0
    workspace: int = 0
    head: bytes = GENESIS
    pruned: dict[str, list[tuple[int, Mention]]] = field(default_factory=dict)
    """Numbers of the entries that say a run was pruned, and what it was then."""

    def report(self, proven: int | None, bad: AuditError | None = None) -> Report:
        first = None if bad is None else FirstBad(run_id=bad.run_id, seq=bad.seq, reason=bad.reason)
        return Report(
            ok=bad is None,
            runs=self.runs,
            entries=self.entries,
            head=self.head.hex(),
            first_bad=first,
            workspace=self.workspace,
            proven=proven if bad is None else None,
            pruned=len(self.pruned),
            pruned_since=sum(prunings[-1][0] >= proven for prunings in self.pruned.values()) if proven else 0,
        )


def check_run(kept: Journal, run_id: str) -> list[Record]:
    """Check a run's entries against their chain and against what was noted at its end, and return them.

    Raises:
        AuditError: Names the first bad entry.
    """
    noted = kept.end_of(run_id)  # before the entries are read: they may grow meanwhile
    records = kept.records(run_id)
    if not records:
        raise AuditError("its entries are missing", run_id=run_id, seq=0)
    found = break_in(records)
    if found is not None:
        raise AuditError(found[1], run_id=run_id, seq=found[0])
    if noted is None:
        return records
    _, entries, head = noted
    if len(records) < entries:
        reason = f"the run ended with {entries} entries; this one and all after it are missing"
        raise AuditError(reason, run_id=run_id, seq=len(records))
    if records[-1].hash != head:
        raise AuditError("it is not the entry that the run ended with", run_id=run_id, seq=len(records) - 1)
    return records


def check_all(kept: WorkspaceJournal, heads: Sequence[Head] = (), key: str = "") -> Report:
    """Check the workspace chain, every run that it names, and the chain of every run, in this order.

    Args:
        kept: Must not change meanwhile: see `WorkspaceJournal.snapshot`.
        heads: Published earlier; the first one that does not fit is the first bad entry.
        key: Public, of whoever signed them.
    """
    sums = _Sums()
    proven = max((head.seq + 1 for head in heads), default=None)
    try:
        _check_signatures(heads, key)
        _check_chain(kept, heads, sums)
        for record in kept.workspace():
            for told in mentions(record) if record.kind != "pruned" else ():
                _check_mention(kept, record.seq, told, sums)
        for run_id in kept.run_ids():
            if kept.run(run_id) is None:
                raise AuditError("there are entries of it, but the run itself is missing", run_id=run_id, seq=None)
            sums.entries += len(check_run(kept, run_id))
            sums.runs += 1
    except AuditError as error:
        return sums.report(proven, error)
    return sums.report(proven)


def _check_signatures(heads: Iterable[Head], key: str) -> None:
    for head in heads:
        if not head.is_signed_by(key):
            reason = f"the head of this entry, of {head.at}, proves nothing: it is not signed with the key {key}"
            raise AuditError(reason, run_id="", seq=head.seq)


def _check_chain(kept: WorkspaceJournal, heads: Iterable[Head], sums: _Sums) -> None:
    """Check the workspace chain by itself and against heads, and note what it says was pruned."""
    expected: dict[int, set[str]] = {}
    for head in heads:
        expected.setdefault(head.seq, set()).add(head.hash)
    for record in checked(kept.workspace()):
        if expected.pop(record.seq, {record.hash.hex()}) != {record.hash.hex()}:
            reason = "it is not the entry of the signed head: it, or one before it, was altered and hashed again"
            raise AuditError(reason, run_id="", seq=record.seq)
        for told in mentions(record) if record.kind == "pruned" else ():
            sums.pruned.setdefault(told.run_id, []).append((record.seq, told))
        sums.workspace += 1
        sums.head = record.hash
    if expected:
        reason = f"a head was signed at entry {min(expected)}; this one and all up to there are missing"
        raise AuditError(reason, run_id="", seq=sums.workspace)


def _check_mention(kept: WorkspaceJournal, seq: int, told: Mention, sums: _Sums) -> None:
    """Check that a run is as an entry of the workspace chain says, or was pruned later.

    Raises:
        AuditError: Names the run, and its first entry that is bad or missing.
    """
    pruned = next((pruned for at, pruned in sums.pruned.get(told.run_id, ()) if at > seq), None)
    if pruned is not None:
        if told.entries > pruned.entries or (told.status is not None and told.head != pruned.head):
            reason = f"entry {seq} of the workspace chain names another end than that with which the run was pruned"
            raise AuditError(reason, run_id=told.run_id, seq=told.entries - 1)
        return
    found = kept.hash_at(told.run_id, told.entries - 1)
    is_there = found is not None if told.head is None else found == told.head
    if told.status is not None:
        is_there = is_there and kept.end_of(told.run_id) == (told.status, told.entries, told.head)
    if is_there:
        return
    records = kept.records(told.run_id)
    if not records:
        reason = f"the run is missing as a whole; entry {seq} of the workspace chain names it"
        raise AuditError(reason, run_id=told.run_id, seq=None)
    check_run(kept, told.run_id)  # an entry that does not fit its own chain is named first
    if len(records) < told.entries:
        reason = (
            f"entry {seq} of the workspace chain knew {told.entries} entries; this one and all after it are missing"
        )
        raise AuditError(reason, run_id=told.run_id, seq=len(records))
    if found != told.head:
        reason = f"it is not the one that entry {seq} of the workspace chain names: it, or one before it, was altered"
        raise AuditError(reason, run_id=told.run_id, seq=told.entries - 1)
    reason = (
        f"the run is not noted as having ended here as {told.status}, which entry {seq} of the workspace chain says"
    )
    raise AuditError(reason, run_id=told.run_id, seq=told.entries - 1)
