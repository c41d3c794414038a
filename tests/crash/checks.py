"""What must hold of a database after every life, and of the world at the end."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from segue.engine.audit import check_all
from segue.engine.chain import successor
from segue.engine.embedded.journal import SqliteJournal
from segue.engine.journal import Record, entry
from tests.crash.scenario import FORK

SETTLED = ("step_finished", "step_failed", "step_in_doubt")
ONCE = ("crash.charge", "crash.ship")


class Violation(AssertionError):
    """Something that must never be."""


def must(holds: object, otherwise: str) -> None:
    """Raise a violation unless something holds."""
    if not holds:
        raise Violation(otherwise)


class Checks:
    """The runs of one folder, through all their lives."""

    def __init__(self, folder: Path, roots: list[str]) -> None:
        self.folder = folder
        self.roots = roots
        self.hashes: dict[str, list[bytes]] = {}
        """Of the entries on disk after the last life, by run."""
        self.settled: dict[str, int] = {}
        """The life in which a step's last entry came to the disk, by the step's path with its run."""
        self.intended: dict[str, int] = {}
        """The life in which a step's last intent came to the disk."""
        self.records: dict[str, list[Record]] = {}
        self.doubts = 0
        self.tokens: dict[str, str] = {}
        self.passed: dict[str, int] = {}

    # After every life

    def after(self, life: int) -> None:
        """The journal grew at its end only, its chains are whole, and what was promised is there."""
        kept = SqliteJournal(self.folder / "segue.db")
        try:
            report = check_all(kept)
            must(report.ok, f"life {life}: {report.first_bad}")
            self.records = {run_id: kept.records(run_id) for run_id in kept.run_ids()}
            for run_id in {*self.hashes, *self.records}:
                hashes = [record.hash for record in self.records.get(run_id, [])]
                before = self.hashes.get(run_id, [])
                must(hashes[: len(before)] == before, f"run {run_id} lost entries in life {life}")
                new = self.records[run_id][len(before) :]
                self.hashes[run_id] = hashes
                for record in new:
                    self._new(record, life)
            self._promises(kept)
        finally:
            kept.close()

    def _new(self, record: Record, life: int) -> None:
        key = f"{record.run_id}:{record.path}"
        if record.kind == "step_intended":
            self.intended[key] = life
        elif record.kind in SETTLED:
            must(key not in self.settled, f"{key} was settled twice")
            self.settled[key] = life
            self.doubts += record.kind == "step_in_doubt" and record.run_id != FORK
            is_told = record.run_id == FORK or record.kind != "step_in_doubt" or self.intended[key] < life
            must(is_told, f"{key} is in doubt, and nobody was killed meanwhile")

    def _promises(self, kept: SqliteJournal) -> None:
        """What a call that returned had promised is on disk."""
        for what, key in {(line["what"], line["key"]) for line in self.noted()}:
            if what == "started":
                must(kept.beginning(key) is not None, f"run {key} was started, and is lost")
            elif what == "signalled":
                run_id, _, signal_id = key.split("/")
                links = [run_id, *(link for link in self.hashes if link.startswith(f"{run_id}~"))]
                is_known = any(kept.is_known("signal", link, signal_id) for link in links)
                must(is_known, f"signal {key} was sent, and is lost")

    def noted(self) -> list[dict[str, Any]]:
        """What the ledger remembers."""
        return [json.loads(line) for line in (self.folder / "ledger.jsonl").read_text().splitlines()]

    # At the end

    def at_end(self) -> None:
        """Nothing settled ran again, nothing irreversible happened twice, all ended, and the results are right."""
        end = json.loads((self.folder / "end.json").read_text())
        self.passed = end["passed"]
        self._nothing_is_left()
        self._ledger_and_journal_agree()
        self._signals_count_once()
        self._turns_are_taken()
        for name, (how, result) in end["ends"].items():
            getattr(self, f"_{name.partition('-')[0]}")(name, how, result)

    def _nothing_is_left(self) -> None:
        kept = SqliteJournal(self.folder / "segue.db")
        try:
            infos = kept.runs(status=None, workflow=None, limit=1000)
            must({info.run_id for info in infos} == set(self.hashes), "the list of runs is not complete")
            for info in infos:
                must(info.ended_at is not None, f"run {info.run_id} is stuck: {info}")
            for message in kept.messages():
                must(message.kind != "start", f"a start was never taken: {message}")
        finally:
            kept.close()
        calls = {line["key"] for line in self.noted() if line["what"] == "called"}
        for run_id, records in self.records.items():
            last = {record.path: record for record in records if record.path}
            must(records[-1].kind.startswith("run_"), f"run {run_id} has no end")
            for path, record in last.items():
                # cancelled before its intent was on disk, it never begins
                is_open = record.kind == "step_intended" and f"{run_id}:{path}" in calls
                must(not is_open, f"{run_id}:{path} was intended and called, and nobody knows its end")
        must(set(self.roots) <= set(self.hashes), "a run is lost")

    def _ledger_and_journal_agree(self) -> None:
        noted = self.noted()
        deeds = Counter(line["key"] for line in noted if line["what"] == "acted")
        calls = {line["key"] for line in noted if line["what"] == "called"}
        for line in noted:
            if line["what"] in ("acted", "called"):
                is_cut_off = line["key"].startswith("stopped")  # a step under way is cancelled with its run
                settled = self.settled.get(line["key"], line["life"] if is_cut_off else -1)
                must(line["life"] <= settled, f"ran again after it was settled, or never was: {line}")
        for run_id, records in self.records.items():
            for record in records if run_id != FORK else []:
                if record.kind in SETTLED:
                    self._agrees(record, deeds[f"{run_id}:{record.path}"], calls)
        must(not any(key.startswith(FORK) for key in calls), "a fork did something in the world")

    def _agrees(self, record: Record, deeds: int, calls: set[str]) -> None:
        key = f"{record.run_id}:{record.path}"
        if record.name in ONCE:
            must(deeds <= 1, f"{key} happened {deeds} times")
            must(deeds == 1 or record.kind != "step_finished", f"{key} is finished, and never happened")
        elif record.kind == "step_finished":
            must(key in calls, f"{key} is finished, and was never called")

    def _signals_count_once(self) -> None:
        taken: Counter[tuple[str, str, str]] = Counter()
        for run_id, records in self.records.items():
            for record in records:
                if record.kind == "signal_received" and run_id != FORK:
                    payload = entry(record).payload or {}
                    taken[run_id.partition("~")[0], record.name, payload["id"]] += 1
        must(all(number == 1 for number in taken.values()), f"a signal was taken twice: {taken}")

    def _turns_are_taken(self) -> None:
        """Of a queue with room for one, no run begins before the one under way has ended."""
        seen = [line["key"].partition(":")[0] for line in self.noted() if line["what"] == "called"]
        turns = [run_id for run_id in seen if run_id.startswith("turn-")]
        order = list(dict.fromkeys(turns))
        must(turns == sorted(turns, key=order.index), f"runs of a queue for one went on at once: {turns}")

    # How each ends

    def _shop(self, name: str, how: str, result: Any) -> None:
        must(how == "completed", f"{name} ended as {how}")
        steps = [
            f"order of {name}", f"reserved for {name}", f"charged {name}", len(name), "granted", True,
            f"packed the order of {name}",
        ]  # fmt: skip
        must(result["steps"] == steps and result["is_later"], f"{name} gave {result}")
        self.tokens[name] = result["token"]
        for n, parcel in enumerate(result["parcels"]):
            kind = self._kind_at(name, f"5.{n}.0")
            must((parcel == "in doubt") == (kind == "step_in_doubt"), f"{name}: parcel {n} is {parcel} and {kind}")

    _stall = _shop

    def _kind_at(self, run_id: str, path: str) -> str:
        return [record.kind for record in self.records[run_id] if record.path == path][-1]

    def _trip(self, name: str, how: str, result: Any) -> None:
        must((how, result) == ("failed", "ValueError"), f"{name} ended as {how}, {result}")
        booked, given_back = self._undone(name)
        must(len(booked) == 3 and given_back == booked[::-1], f"{name} booked {booked}, gave back {given_back}")

    def _stopped(self, name: str, how: str, result: Any) -> None:
        must(how == "cancelled", f"{name} ended as {how}, {result}")
        booked, given_back = self._undone(name)
        must(sorted(booked) == sorted(given_back), f"{name} booked {booked}, gave back {given_back}")
        for run_id, records in self.records.items():
            if run_id.startswith(f"{name}/"):
                must(records[-1].kind == "run_cancelled", f"{run_id} was not cancelled with {name}")

    def _undone(self, run_id: str) -> tuple[list[str], list[str]]:
        ends = [(r.name, entry(r).payload or {}) for r in self.records[run_id] if r.kind == "step_finished"]
        booked = [payload["result"] for name, payload in ends if name == "crash.book"]
        return booked, [payload["args"][0] for name, payload in ends if name == "crash.give_back"]

    def _lanes(self, name: str, how: str, result: Any) -> None:
        must(how == "completed", f"{name} ended as {how}, {result}")
        lanes = [*result[:3], result[3][0]]
        for number, (first, parcel, last) in enumerate(lanes):
            must((first, last) == (f"reserved for lane {number}", f"order of lane {number}"), f"{name} gave {result}")
            must(parcel in (f"shipped {number}", "in doubt"), f"{name} gave {result}")
        must(result[3][1] == ["order of deep"], f"{name} gave {result}")

    def _frugal(self, name: str, how: str, result: Any) -> None:
        must((how, result) == ("failed", "BudgetExceeded"), f"{name} ended as {how}, {result}")
        links = [name, successor(name), successor(successor(name))]
        must(self._finished(links) == 5, f"{name} used up {self._finished(links)} steps of 5")

    def _thrifty(self, name: str, how: str, result: Any) -> None:
        must((how, result) == ("failed", "BudgetExceeded"), f"{name} ended as {how}, {result}")
        must(self._finished([name]) == 3, f"{name} asked {self._finished([name])} times")

    def _finished(self, links: list[str]) -> int:
        return sum(record.kind == "step_finished" for link in links for record in self.records[link])

    def _turn(self, name: str, how: str, result: Any) -> None:
        expected = f"reserved for {name.replace('-', ' ')}"
        must((how, result) == ("completed", expected), f"{name} ended as {how}, {result}")

    def _words(self, name: str, how: str, result: Any) -> None:
        must((how, result) == ("completed", ["one", "two", "three"]), f"{name} ended as {how}, {result}")

    def _listens(self, name: str, how: str, result: Any) -> None:
        must(how == "completed", f"{name} ended as {how}, {result}")
        heard = [what for what in result if what != "nothing"]
        must(heard == ["first", "second"][: len(heard)], f"{name} heard {result}")
