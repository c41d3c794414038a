"""What every journal promises, whatever keeps it; see `segue.engine.journal.Journal`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from segue.engine.journal import (
    GENESIS,
    Batch,
    Beginning,
    Ending,
    Journal,
    Kind,
    Record,
    RunInfo,
    break_in,
    chained,
    to_us,
)
from segue.errors import StoreError
from tests.contract.conftest import Runtime

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
NOW_US = to_us(START)


@pytest.fixture
def journal(runtime: Runtime) -> Iterator[Journal]:
    kept = runtime.journal()
    yield kept
    kept.close()


def entries(run_id: str, payloads: list[bytes], kind: Kind = "step_finished") -> list[Record]:
    records: list[Record] = []
    for n, payload in enumerate(payloads):
        previous = records[-1].hash if records else GENESIS
        records.append(
            chained(previous, run_id, n, str(n), kind if n else "run_started", "work", NOW_US + n, n, payload)
        )
    return records


def info(run_id: str, *, minute: int = 0) -> RunInfo:
    return RunInfo(
        run_id=run_id,
        workflow="flow",
        module="tests",
        status="running",
        started_at=START + timedelta(minutes=minute),
    )


def started(run_id: str, *, minute: int = 0) -> Beginning:
    return Beginning(run_id, "flow", "tests", to_us(START + timedelta(minutes=minute)))


def begun(journal: Journal, run_id: str, *, minute: int = 0, payloads: int = 1) -> list[Record]:
    """A run with some entries."""
    records = entries(run_id, [b'{"args":[]}'] * payloads)
    journal.commit(Batch(records=records, started=[started(run_id, minute=minute)]))
    return records


def test_entries_come_back_as_they_were_committed_and_in_order(journal: Journal) -> None:
    payloads = [b"{}", b'{"result":"\xc3\xa9"}', b'{"result":"' + b"x" * 100_000 + b'"}']
    records = entries("r", payloads)
    journal.commit(Batch(records=records, started=[started("r")]))
    assert journal.records("r") == records
    assert journal.beginning("r") == (records[0].name, records[0].payload)
    assert journal.last_record("r") == records[-1]
    assert break_in(journal.records("r")) is None


def test_entries_are_of_their_run_only(journal: Journal) -> None:
    one, two = entries("one", [b"{}", b"{}"]), entries("two", [b"{}"])
    journal.commit(Batch(records=[one[0], two[0], one[1]], started=[started("one"), started("two")]))
    assert journal.records("one") == one
    assert journal.records("two") == two


def test_a_run_nobody_knows_has_nothing(journal: Journal) -> None:
    assert journal.records("r") == []
    assert (journal.beginning("r"), journal.last_record("r")) == (None, None)
    assert (journal.run("r"), journal.end_of("r")) == (None, None)
    assert journal.messages(run_id="r") == []
    assert journal.run_ids() == []
    assert journal.next_due(0) is None


def test_what_is_committed_is_seen_by_everyone_at_once(runtime: Runtime, journal: Journal) -> None:
    other = runtime.journal()
    records = begun(journal, "r", payloads=3)
    assert other.records("r") == records
    assert other.run("r") == info("r")
    other.close()


def test_a_batch_that_cannot_be_written_is_not_written_at_all(journal: Journal) -> None:
    records = begun(journal, "r", payloads=2)
    journal.send("signal", "r", "go", None, b"1", NOW_US)
    (message,) = journal.messages()
    twice = Batch(
        records=[*entries("new", [b"{}"]), records[1]],  # the second is there already
        started=[started("new")],
        changed={"r": replace(info("r"), status="waiting")},
        taken=[message.id],
    )
    with pytest.raises(StoreError):
        journal.commit(twice)
    assert journal.run("new") is None
    assert journal.records("new") == []
    assert journal.records("r") == records
    assert journal.run("r") == info("r")
    assert journal.messages() == [message]
    journal.commit(Batch(records=entries("new", [b"{}"]), started=[started("new")]))  # and nothing is held up


def test_what_a_run_has_not_read_is_handed_on_in_its_place(journal: Journal) -> None:
    (first,) = begun(journal, "r", payloads=1)
    journal.send("signal", "r", "word", "one", b"1", NOW_US)
    journal.send("signal", "r", "word", "two", b"2", NOW_US)
    one, two = journal.messages()
    end = Ending("r", "continued", to_us(START), 1, first.hash, None)
    next_one = Batch(
        records=entries("r~2", [b"{}"]),
        started=[started("r~2")],
        taken=[one.id],
        ended={"r": end},
        handed_on=[("r~2", "r")],
    )
    journal.commit(next_one)
    assert journal.messages() == journal.messages(run_id="r~2") == [two._replace(run_id="r~2")]
    assert not journal.send("signal", "r", "word", None, b"3", NOW_US), "the run went on: send it to the next"
    assert journal.send("signal", "r~2", "word", None, b"3", NOW_US)
    assert journal.is_known("signal", "r", "one")
    assert journal.is_known("signal", "r~2", "two")


def test_runs_are_listed_latest_first_by_status_and_workflow(journal: Journal) -> None:
    for minute, run_id in enumerate("abc"):
        begun(journal, run_id, minute=minute)
    waiting = replace(info("b"), status="waiting", wake_at=START, waiting_for=("timer", "signal go"))
    journal.commit(Batch(changed={"b": waiting}))
    assert [run.run_id for run in journal.runs(status=None, workflow=None, limit=10)] == ["c", "b", "a"]
    assert [run.run_id for run in journal.runs(status=None, workflow="flow", limit=2)] == ["c", "b"]
    assert journal.runs(status=None, workflow="other", limit=10) == []
    assert [run.run_id for run in journal.runs(status="running", workflow=None, limit=10)] == ["c", "a"]
    (found,) = journal.runs(status="waiting", workflow="flow", limit=10)
    assert (found.wake_at, found.waiting_for) == (START, ("timer", "signal go"))
    assert found.started_at == START + timedelta(minutes=1)


def test_ids_of_runs_include_those_of_which_only_entries_are_left(journal: Journal) -> None:
    begun(journal, "b")
    journal.commit(Batch(records=entries("a", [b"{}"])))
    assert journal.run_ids() == ["a", "b"]


def test_what_was_under_way_is_resumed_oldest_first_and_what_waits_is_not(journal: Journal) -> None:
    for minute, run_id in enumerate(("late", "early", "waits", "ended", "stuck")):
        begun(journal, run_id, minute=-minute)
    journal.commit(
        Batch(
            changed={
                "waits": replace(info("waits"), status="waiting"),
                "stuck": replace(info("stuck"), status="failed", error="its code changed"),
            },
            ended={"ended": Ending("ended", "failed", to_us(START), 1, b"h" * 32, None)},
        )
    )
    assert journal.to_resume() == ["stuck", "early", "late"]


def test_the_timers_that_are_due_are_those_of_waiting_runs(journal: Journal) -> None:
    for minute, run_id in ((5, "five"), (2, "two"), (9, "nine")):
        begun(journal, run_id)
        wake_at = START + timedelta(minutes=minute)
        journal.commit(Batch(changed={run_id: replace(info(run_id), status="waiting", wake_at=wake_at)}))
    begun(journal, "running")
    assert journal.next_due(0) == to_us(START + timedelta(minutes=2))
    assert journal.next_due(to_us(START + timedelta(minutes=2))) == to_us(START + timedelta(minutes=5))
    assert journal.due(to_us(START + timedelta(minutes=5))) == ["two", "five"]
    assert journal.due(to_us(START)) == []
    journal.commit(Batch(changed={"two": info("two")}))
    assert journal.due(to_us(START + timedelta(minutes=5))) == ["five"]


def test_the_end_of_a_run_is_noted_with_its_head(journal: Journal) -> None:
    records = begun(journal, "r", payloads=2)
    assert journal.end_of("r") is None
    ended = Ending("r", "failed", to_us(START + timedelta(hours=1)), 2, records[-1].hash, "no such order")
    journal.commit(Batch(ended={"r": ended}))
    assert journal.end_of("r") == ("failed", 2, records[-1].hash)
    found = journal.run("r")
    assert found is not None
    assert (found.status, found.ended_at, found.error) == ("failed", START + timedelta(hours=1), "no such order")
    assert found.wake_at is None


def test_a_run_that_ended_is_never_noted_as_doing_something_else(journal: Journal) -> None:
    records = begun(journal, "r")
    journal.commit(Batch(ended={"r": Ending("r", "failed", to_us(START), 1, records[-1].hash, None)}))
    journal.commit(Batch(changed={"r": replace(info("r"), status="running")}))
    assert journal.end_of("r") == ("failed", 1, records[-1].hash)
    assert journal.to_resume() == []


def test_messages_are_kept_in_the_order_they_were_sent(journal: Journal) -> None:
    for n in range(5):
        journal.send("signal", "r" if n % 2 else "other", "go", None, str(n).encode(), NOW_US)
    everything = journal.messages()
    assert [message.payload for message in everything] == [b"0", b"1", b"2", b"3", b"4"]
    assert [message.id for message in everything] == sorted(message.id for message in everything)
    assert [message.payload for message in journal.messages(run_id="r")] == [b"1", b"3"]
    assert [message.payload for message in journal.messages(after=everything[2].id)] == [b"3", b"4"]
    first = everything[0]
    assert (first.run_id, first.kind, first.name, first.message_id, first.at_us) == (
        "other",
        "signal",
        "go",
        None,
        NOW_US,
    )


def test_a_message_of_a_known_id_is_not_kept_again(journal: Journal) -> None:
    assert journal.send("signal", "r", "go", "click", b"1", NOW_US)
    assert not journal.send("signal", "r", "go", "click", b"2", NOW_US)
    assert journal.send("signal", "other", "go", "click", b"3", NOW_US)
    assert journal.send("cancel", "r", "", "click", b"{}", NOW_US)
    assert [message.payload for message in journal.messages()] == [b"1", b"3", b"{}"]


def test_an_id_stays_known_when_its_message_was_taken_and_its_run_ended(journal: Journal) -> None:
    records = begun(journal, "r")
    journal.send("signal", "r", "go", "click", b"1", NOW_US)
    journal.send("signal", "r", "go", None, b"2", NOW_US)
    assert journal.is_known("signal", "r", "click")
    assert not journal.is_known("signal", "r", "clack")
    assert not journal.is_known("cancel", "r", "click")
    taken = [message.id for message in journal.messages()]
    journal.commit(Batch(taken=taken, ended={"r": Ending("r", "completed", to_us(START), 1, records[-1].hash, None)}))
    assert journal.messages() == journal.messages(run_id="r") == []
    assert journal.is_known("signal", "r", "click")
    assert not journal.send("signal", "r", "go", "click", b"3", NOW_US)


def test_ids_of_messages_rise_also_after_the_latest_was_deleted(journal: Journal) -> None:
    records = begun(journal, "r")
    journal.send("signal", "r", "go", None, b"1", NOW_US)
    (before,) = journal.messages()
    journal.commit(
        Batch(taken=[before.id], ended={"r": Ending("r", "completed", to_us(START), 1, records[-1].hash, None)})
    )
    journal.send("signal", "r", "go", None, b"2", NOW_US)
    (after,) = journal.messages()
    assert after.id > before.id


def test_it_notices_what_others_wrote(runtime: Runtime, journal: Journal) -> None:
    other = runtime.journal()
    journal.changed()
    assert not journal.changed()
    other.send("signal", "r", "go", None, b"1", NOW_US)
    assert journal.changed()
    assert not journal.changed()
    begun(other, "r")
    assert journal.changed()
    other.close()


def test_times_keep_their_microseconds(journal: Journal) -> None:
    at_us = NOW_US + 123_457
    journal.commit(Batch(started=[started("r")._replace(at_us=at_us)], records=entries("r", [b"{}"])))
    found = journal.run("r")
    assert found is not None
    assert to_us(found.started_at) == at_us


def test_an_empty_batch_is_nothing_to_commit(journal: Journal) -> None:
    assert not Batch()
    journal.commit(Batch())
    assert journal.run_ids() == []


def test_a_full_disk_is_a_store_error_and_leaves_what_was_there(runtime: Runtime, journal: Journal) -> None:
    records = begun(journal, "r", payloads=2)
    with runtime.full_disk():
        with pytest.raises(StoreError, match="full"):
            journal.commit(Batch(records=entries("new", [b"{}"] * 20), started=[started("new")]))
        with pytest.raises(StoreError, match="full"):
            journal.send("signal", "r", "go", None, b"x" * 10_000, NOW_US)
        assert journal.records("r") == records
    begun(journal, "new")
    assert journal.messages() == []


def test_how_far_a_schedule_has_come_is_kept(journal: Journal, runtime: Runtime) -> None:
    assert journal.schedule("report") is None
    journal.keep_schedule("report", "0 3 * * *", "UTC", 1)
    journal.keep_schedule("stock", "0 4 * * *", "UTC", 2)
    journal.keep_schedule("report", "0 5 * * *", "Europe/London", 3)
    reader = runtime.journal()
    assert reader.schedule("report") == ("0 5 * * *", "Europe/London", 3)
    assert reader.schedule("stock") == ("0 4 * * *", "UTC", 2)
    reader.close()
