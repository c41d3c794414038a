"""What every journal promises of the workspace chain; see `segue.engine.workspace.WorkspaceJournal`."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from segue.engine.journal import Batch, Ending, to_us
from segue.engine.workspace import WorkspaceJournal, checked, mentions
from segue.errors import AuditError, StoreError
from tests.contract.conftest import Runtime
from tests.contract.test_journal import NOW_US, START, begun, entries, started

APPENDS = """
import sys
from pathlib import Path
from segue.engine.embedded.journal import SqliteJournal
kept = SqliteJournal(Path(sys.argv[1]))
sys.stdin.readline()
for number in range(200):
    kept.record("login", f"{sys.argv[2]}-{number}", 1, "{}", b"null")
"""


@pytest.fixture
def journal(runtime: Runtime) -> Iterator[WorkspaceJournal]:
    kept = runtime.journal()
    yield kept
    kept.close()


def test_an_entry_comes_back_as_it_was_recorded(journal: WorkspaceJournal) -> None:
    first = journal.record("login", "mira", NOW_US, '{"by":"password"}', b'"\xc3\xa9"')
    second = journal.record("approval", "ticket-17", NOW_US + 5, "{}", b"null")
    assert list(checked(journal.workspace())) == [first, second]
    assert (first.seq, first.kind, first.subject, first.at_us, first.detail) == (
        0,
        "login",
        "mira",
        NOW_US,
        '{"by":"password"}',
    )
    assert (first.payload, first.digest, second.seq) == (b'"\xc3\xa9"', None, 1)


def test_the_chain_never_goes_back_in_time_whatever_the_clocks_say(journal: WorkspaceJournal) -> None:
    journal.record("login", "late", NOW_US, "{}", b"null")
    assert journal.record("login", "early", NOW_US - 1000, "{}", b"null").at_us == NOW_US


def test_a_commit_names_the_runs_that_begin_and_end_in_one_entry(journal: WorkspaceJournal) -> None:
    one, two = entries("one", [b"{}", b"{}"]), entries("two", [b"{}"])
    ended = Ending("one", "failed", NOW_US, 2, one[-1].hash, "no such order")
    at = START + timedelta(minutes=3)
    journal.commit(
        Batch(records=[*one, *two], started=[started("one"), started("two", minute=3)], ended={"one": ended})
    )
    journal.commit(Batch(records=[entries("two", [b"{}", b"{}"])[1]]))  # nothing begins or ends
    (entry,) = checked(journal.workspace())
    assert (entry.kind, entry.at_us) == ("runs", NOW_US + (at - START) // timedelta(microseconds=1))
    assert json.loads(entry.detail) == {
        "started": ["one", "two"],
        "ended": [["one", "failed", 2, one[-1].hash.hex()]],
    }
    assert [(told.run_id, told.entries, told.status) for told in mentions(entry)] == [
        ("one", 1, None),
        ("two", 1, None),
        ("one", 2, "failed"),
    ]


def test_a_commit_that_fails_names_no_run(journal: WorkspaceJournal) -> None:
    records = begun(journal, "r")
    with pytest.raises(StoreError):
        journal.commit(Batch(records=[*entries("new", [b"{}"]), records[0]], started=[started("new")]))
    assert len(list(journal.workspace())) == 1


def test_a_checkpoint_names_the_live_runs_that_went_on_since_the_last_one(journal: WorkspaceJournal) -> None:
    one, two, over = begun(journal, "one"), begun(journal, "two", payloads=2), begun(journal, "over")
    journal.commit(Batch(ended={"over": Ending("over", "completed", to_us(START), 1, over[-1].hash, None)}))
    first = journal.checkpoint(NOW_US)
    assert [(told.run_id, told.entries, told.head) for told in mentions(first)] == [
        ("one", 1, one[-1].hash),
        ("two", 2, two[-1].hash),
    ]
    third = entries("two", [b"{}"] * 3)[2]
    journal.commit(Batch(records=[third]))
    assert [told[:3] for told in mentions(journal.checkpoint(NOW_US))] == [("two", 3, third.hash)]
    assert mentions(journal.checkpoint(NOW_US)) == []
    assert list(checked(journal.workspace()))[-1].kind == "checkpoint"


def test_two_processes_append_to_one_chain(runtime: Runtime, journal: WorkspaceJournal) -> None:
    file = Path(runtime.url.removeprefix("sqlite:///"))
    command = [sys.executable, "-c", APPENDS, str(file)]
    both = [subprocess.Popen([*command, name], stdin=subprocess.PIPE, text=True) for name in ("a", "b")]
    for one in both:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.close()
    assert [one.wait() for one in both] == [0, 0]
    recorded = list(checked(journal.workspace()))
    for name in ("a", "b"):
        assert [entry.subject for entry in recorded if entry.subject.startswith(name)] == [
            f"{name}-{number}" for number in range(200)
        ]


@pytest.mark.parametrize("seq", [0, 1, 2])
@pytest.mark.parametrize(
    "change",
    [
        "kind = 'erasure'",
        "subject = 'eve'",
        "at = at + 1",
        "detail = '{}'",
        "salt = zeroblob(32)",
        "salt = NULL",
        "payload = x'31'",
        "payload = NULL",
        "digest = zeroblob(32)",
        "salt = NULL, payload = NULL, digest = zeroblob(32)",
        "hash = zeroblob(32)",
        "seq = 9",
    ],
)
def test_a_change_of_anything_is_found_at_its_entry(
    runtime: Runtime, journal: WorkspaceJournal, change: str, seq: int
) -> None:
    for name in ("a", "b", "c"):
        journal.record("login", name, NOW_US, '{"by":"password"}', b"null")
    runtime.alter(f"UPDATE workspace_entries SET {change} WHERE seq = ?", [seq])  # noqa: S608 (our own words)
    with pytest.raises(AuditError) as caught:
        list(checked(journal.workspace()))
    assert (caught.value.run_id, caught.value.seq) == ("", seq)


def test_an_erased_payload_keeps_the_chain_whole(runtime: Runtime, journal: WorkspaceJournal) -> None:
    made = journal.record("approval", "ticket-17", NOW_US, "{}", b'"what was shown"')
    journal.record("login", "mira", NOW_US, "{}", b"null")
    digest = sha256((made.salt or b"") + (made.payload or b"")).digest()
    erase = "UPDATE workspace_entries SET salt = NULL, payload = ?, digest = ? WHERE seq = 0"
    runtime.alter(erase, [None, digest])
    assert [entry.payload for entry in checked(journal.workspace())] == [None, b"null"]
    runtime.alter(erase, [b'"what was not shown"', digest])  # a digest is no excuse for another payload
    with pytest.raises(AuditError):
        list(checked(journal.workspace()))


def test_a_snapshot_does_not_see_what_is_written_meanwhile(runtime: Runtime, journal: WorkspaceJournal) -> None:
    begun(journal, "r")
    reader = runtime.journal()
    with reader.snapshot():
        before = list(reader.workspace())
        begun(journal, "later")
        assert list(reader.workspace()) == before
        assert reader.run_ids() == ["r"]
    assert len(list(reader.workspace())) == 2
    reader.close()


def test_pruning_leaves_out_what_is_gone_and_what_did_not_end_before(journal: WorkspaceJournal) -> None:
    heads = {name: entries(name, [b"{}"])[0] for name in ("old", "new", "live")}
    journal.commit(Batch(records=list(heads.values()), started=[started(name) for name in heads]))
    for name, minute in (("old", 1), ("new", 2)):
        ended = Ending(name, "completed", to_us(START + timedelta(minutes=minute)), 1, heads[name].hash, None)
        journal.commit(Batch(ended={name: ended}))
    before_us = NOW_US + 120_000_000
    assert journal.ended_roots(before_us, after="", limit=9) == ["old"]
    for removed in ([("old", 1)], []):
        assert journal.prune(["old", "new", "live", "other"], before_us, NOW_US) == removed
    assert journal.run_ids() == ["live", "new"]
    assert [entry.kind for entry in checked(journal.workspace())] == ["runs"] * 3 + ["pruned"]
