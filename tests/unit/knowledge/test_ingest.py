"""A folder becomes a library, and follows its changes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from segue.knowledge import reading
from segue.knowledge.ingest import check, ingest
from segue.knowledge.library import Library
from tests.unit.knowledge.conftest import DAY, START, Shelf


def test_articles_are_found_after_an_ingest(shelf: Shelf) -> None:
    shelf.write("returns.md", "# Returns\n\nSend it back within 30 days.")
    shelf.write("faq/gift.html", "<h1>Gift cards</h1><p>They are valid for two years.")
    done = shelf.ingest()
    assert (done.documents, done.added, done.changed, done.removed, done.passages) == (2, 2, 0, 0, 2)
    assert done.problems == ()
    assert shelf.found("how long is a gift card valid") == ["faq/gift.html"]


def test_nothing_is_done_where_nothing_changed(shelf: Shelf) -> None:
    shelf.write("a.md", "Alpha.")
    shelf.ingest()
    before = shelf.library.documents.state()
    done = shelf.ingest()
    assert (done.documents, done.added, done.changed, done.removed) == (1, 0, 0, 0)
    assert shelf.library.documents.state() == before


def test_each_day_finds_what_held_on_it(shelf: Shelf) -> None:
    shelf.write("returns.md", "Returns take thirty days.")
    shelf.ingest()
    shelf.write("returns.md", "Returns take sixty days.")
    assert shelf.ingest().changed == 1
    (shelf.folder / "returns.md").unlink()
    assert shelf.ingest().removed == 1
    shelf.write("returns.md", "Returns take ninety days.")
    assert shelf.ingest().added == 1

    def text(moment: datetime) -> list[str]:
        return [hit.text for hit in shelf.library.search("returns", as_of=moment)]

    assert text(datetime(1999, 1, 1, tzinfo=UTC)) == ["Returns take thirty days."]
    assert text(START + DAY / 2) == ["Returns take thirty days."]
    assert text(START + DAY) == ["Returns take sixty days."]
    assert text(START + 2 * DAY) == []
    assert text(START + 3 * DAY) == ["Returns take ninety days."]
    assert text(START + 4000 * DAY) == ["Returns take ninety days."]


def test_an_author_may_say_from_when_until_when_a_document_holds(shelf: Shelf) -> None:
    shelf.write("sale.md", "---\nvalid_from: 2026-05-01\nvalid_to: 2026-06-01\n---\nSummer sale.")
    shelf.ingest()
    days = {
        day: bool(shelf.found("sale", as_of=datetime.fromisoformat(day).replace(tzinfo=UTC)))
        for day in ("2026-04-30", "2026-05-01", "2026-05-31", "2026-06-01")
    }
    assert days == {"2026-04-30": False, "2026-05-01": True, "2026-05-31": True, "2026-06-01": False}


def test_a_version_announced_for_later_leaves_the_one_before_in_force_until_then(shelf: Shelf) -> None:
    shelf.write("price.md", "Shipping costs four pounds.")
    shelf.ingest()
    shelf.write("price.md", "---\nvalid_from: 2026-03-10\n---\nShipping costs five pounds.")
    shelf.ingest()
    prices = [shelf.library.search("shipping", as_of=datetime(2026, 3, day, tzinfo=UTC)) for day in (9, 10)]
    assert [[hit.text for hit in hits] for hits in prices] == [
        ["Shipping costs four pounds."],
        ["Shipping costs five pounds."],
    ]


def test_a_later_version_does_not_reach_back_before_it_was_written(shelf: Shelf) -> None:
    shelf.write("a.md", "---\nvalid_from: 2026-01-01\n---\nAlpha one.")
    shelf.ingest()
    shelf.write("a.md", "---\nvalid_from: 2026-01-01\n---\nAlpha two.")
    shelf.ingest()
    (before,) = shelf.library.search("alpha", as_of=datetime(2026, 2, 1, tzinfo=UTC))
    assert before.text == "Alpha one."


def test_every_problem_is_told_once_and_the_rest_goes_on(shelf: Shelf) -> None:
    shelf.write("good.md", "Alpha.")
    shelf.write("empty.md", "")
    shelf.write("front.md", "---\ntitle: a: b\n---\nText")
    shelf.write("warned.md", "---\naudience: staff\n---\nBeta.")
    (shelf.folder / "latin.txt").write_bytes(b"one\ncaf\xe9")
    (shelf.folder / "large.md").write_bytes(b"x" * 5_000_001)
    (shelf.folder / "photo.png").write_bytes(b"PNG")
    (shelf.folder / "scan.pdf").write_bytes(b"%PDF")
    (shelf.folder / "out.md").symlink_to(shelf.root)
    done = shelf.ingest()
    assert [(problem.file, problem.line, problem.code, problem.severity) for problem in done.problems] == [
        ("knowledge/empty.md", 0, "K109", "error"),
        ("knowledge/front.md", 2, "K105", "error"),
        ("knowledge/large.md", 0, "K103", "error"),
        ("knowledge/latin.txt", 2, "K104", "error"),
        ("knowledge/out.md", 0, "K102", "error"),
        ("knowledge/photo.png", 0, "K110", "warning"),
        ("knowledge/scan.pdf", 0, "K115", "error"),
        ("knowledge/warned.md", 2, "K108", "warning"),
    ]
    assert (done.documents, done.added) == (2, 2)
    assert [finding.code for finding in check(shelf.folder)] == [problem.code for problem in done.problems]


def test_a_file_that_cannot_be_read_any_more_keeps_its_last_version(shelf: Shelf) -> None:
    shelf.write("a.md", "Alpha one.")
    shelf.ingest()
    shelf.write("a.md", "---\ntitle: [\n---\nAlpha two.")
    done = shelf.ingest()
    assert (done.documents, done.changed, done.removed) == (1, 0, 0)
    assert "until then the version read last stays in use" in done.problems[0].hint
    assert [hit.text for hit in shelf.library.search("alpha")] == ["Alpha one."]


def test_a_missing_folder_removes_nothing(shelf: Shelf) -> None:
    shelf.write("a.md", "Alpha.")
    shelf.ingest()
    (shelf.folder / "a.md").unlink()
    shelf.folder.rmdir()
    done = shelf.ingest()
    assert [problem.code for problem in done.problems] == ["K100"]
    assert (done.documents, done.removed) == (1, 0)
    assert shelf.found("alpha") == ["a.md"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_that_cannot_be_listed_keeps_what_is_below_it(shelf: Shelf) -> None:
    shelf.write("sub/a.md", "Alpha.")
    shelf.ingest()
    (shelf.folder / "sub").chmod(0)
    done = shelf.ingest()
    (shelf.folder / "sub").chmod(0o700)
    assert [problem.code for problem in done.problems] == ["K101"]
    assert done.removed == 0


def test_newer_rules_read_a_file_again_without_making_a_version(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.write("a.md", "Alpha.")
    shelf.ingest()
    monkeypatch.setattr(reading, "VERSION", reading.VERSION + 1)
    assert shelf.ingest().changed == 1
    assert shelf.found("alpha", as_of=START - 100 * DAY) == ["a.md"]
    assert shelf.ingest().changed == 0


def test_progress_is_told_file_by_file(shelf: Shelf) -> None:
    for name in ("a.md", "b.md", "c.pdf"):
        shelf.write(name, "Text.")
    told: list[tuple[int, int]] = []
    ingest(shelf.folder, shelf.library, now=START, on_progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from segue.knowledge import ingest as ingesting
from segue.knowledge.library import Library

ingesting.BATCH_PASSAGES = 2
at = int(sys.argv[2])
root = Path(sys.argv[1])
library = Library(root / ".segue" / "segue.db", root / ".segue" / "index")
ingesting.ingest(root / "knowledge", library, now=datetime(2026, 3, 1, tzinfo=UTC),
    on_progress=lambda done, total: os.kill(os.getpid(), signal.SIGKILL) if done == at else None)
"""


@pytest.mark.parametrize("at", [1, 4, 9])
def test_an_ingest_killed_anywhere_is_completed_by_the_next(shelf: Shelf, at: int) -> None:
    for number in range(9):
        shelf.write(f"a{number}.md", f"Alpha{number} beta.")
    process = subprocess.run([sys.executable, "-c", KILLED, shelf.root, str(at)], check=False)
    assert process.returncode == -signal.SIGKILL
    saved = shelf.library.documents.counts()[0]
    assert saved == at // 2 * 2
    assert len(shelf.found("beta", limit=20)) == saved
    done = shelf.ingest()
    assert (done.documents, done.added) == (9, 9 - saved)
    assert len(set(shelf.found("beta", limit=20))) == 9


def test_two_ingests_at_once_do_the_work_once(shelf: Shelf, tmp_path: Path) -> None:
    for number in range(30):
        shelf.write(f"a{number}.md", f"Alpha{number} beta.")
    program = KILLED.replace("if done == at else None", "if False else None")
    processes = [subprocess.Popen([sys.executable, "-c", program, tmp_path, "0"]) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    with_all_versions = Library(shelf.database, shelf.index)
    assert len(with_all_versions.search("beta", limit=100, as_of=START)) == 30
    assert with_all_versions.documents.state().revision <= 15
    with_all_versions.close()
