"""Checks of what is recorded against its hash chains."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from segue.engine.journal import Journal, Record, break_in
from segue.errors import AuditError


@dataclass(frozen=True, kw_only=True)
class FirstBad:
    """Where a chain breaks first."""

    run_id: str
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
    head: str
    """Hash over the last hashes of all runs, by run id: it differs if any run differs."""
    first_bad: FirstBad | None = None


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


def check_all(kept: Journal) -> Report:
    """Check every run there is, in the order of their ids."""
    runs = entries = 0
    head = sha256()
    for run_id in kept.run_ids():
        try:
            if kept.run(run_id) is None:
                raise AuditError("there are entries of it, but the run itself is missing", run_id=run_id, seq=None)
            records = check_run(kept, run_id)
        except AuditError as error:
            bad = FirstBad(run_id=run_id, seq=error.seq, reason=error.reason)
            return Report(ok=False, runs=runs, entries=entries, head=head.hexdigest(), first_bad=bad)
        runs += 1
        entries += len(records)
        head.update(f"{run_id}\x1f{len(records)}\x1f".encode() + records[-1].hash)
    return Report(ok=True, runs=runs, entries=entries, head=head.hexdigest())
