"""The index follows its library, whoever changes it and whatever happens to its files."""

from __future__ import annotations

import fcntl
import logging
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from segue.errors import StoreError
from segue.knowledge.ingest import ingest
from segue.knowledge.library import Library
from tests.unit.knowledge.conftest import DAY, START, Shelf


@pytest.fixture
def shop(shelf: Shelf) -> Shelf:
    for number in range(5):
        shelf.write(f"a{number}.md", f"Alpha number{number}.")
    shelf.ingest()
    return shelf


def another(shelf: Shelf) -> Library:
    """Return the library as another process has it."""
    return Library(shelf.database, shelf.index)


def folder(shelf: Shelf) -> Path:
    (place,) = shelf.index.glob("lexical-*")
    return place


def test_changes_made_elsewhere_are_found(shop: Shelf) -> None:
    assert len(shop.found("alpha")) == 5
    shop.write("new.md", "Alpha too.")
    elsewhere = another(shop)
    ingest(shop.folder, elsewhere, now=START)
    elsewhere.close()
    assert "new.md" in shop.found("alpha")


def test_an_index_that_was_left_behind_catches_up_by_what_changed_only(shop: Shelf) -> None:
    kept = shutil.copytree(shop.index, shop.root / "kept")
    (shop.folder / "a0.md").unlink()
    shop.write("a1.md", "Alpha changed.")
    shop.ingest()
    shutil.rmtree(shop.index)
    shutil.copytree(kept, shop.index)
    before = {place.name for place in folder(shop).glob("*.store")}
    elsewhere = another(shop)
    assert sorted(hit.document for hit in elsewhere.search("alpha")) == ["a1.md", "a2.md", "a3.md", "a4.md"]
    assert elsewhere.search("changed")[0].document == "a1.md"
    assert before <= {place.name for place in folder(shop).glob("*.store")}
    elsewhere.close()


def test_a_deleted_index_is_made_again(shop: Shelf) -> None:
    expected = shop.library.search("alpha number3")
    shutil.rmtree(shop.index)
    elsewhere = another(shop)
    assert elsewhere.search("alpha number3") == expected
    elsewhere.close()
    assert shop.library.search("alpha number3") == expected


def test_a_damaged_file_costs_one_rebuild_and_is_said(shop: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    expected = shop.library.search("alpha number3")
    names = sorted(place.name for place in folder(shop).iterdir() if not place.name.endswith(".lock"))
    for name in names:
        for damage in ("cut", "altered", "deleted"):
            place = folder(shop) / name
            if not place.exists():
                continue
            data = place.read_bytes()
            match damage:
                case "cut":
                    place.write_bytes(data[: len(data) // 2])
                case "altered":
                    place.write_bytes(bytes(byte ^ 0xA5 for byte in data))
                case _:
                    place.unlink()
            elsewhere = another(shop)
            assert elsewhere.search("alpha number3") == expected, (name, damage)
            elsewhere.close()
    with caplog.at_level(logging.WARNING, logger="segue.knowledge"):
        caplog.clear()
        (folder(shop) / "meta.json").write_text("{}")
        elsewhere = another(shop)
        assert elsewhere.search("alpha number3") == elsewhere.search("alpha number3") == expected
        elsewhere.close()
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "the search index is damaged and is made again"
    ]


def test_an_index_of_another_library_is_not_used(shop: Shelf) -> None:
    shop.library.close()
    for place in shop.database.parent.glob("segue.db*"):
        place.unlink()
    elsewhere = another(shop)
    assert elsewhere.search("alpha") == []
    elsewhere.close()


def test_an_older_index_is_served_while_somebody_writes(shop: Shelf) -> None:
    before = sorted(shop.found("alpha"))
    assert len(before) == 5
    with (shop.index / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shop.library.documents.withdraw(["a0.md"], now=START)
        elsewhere = another(shop)
        assert sorted(hit.document for hit in elsewhere.search("alpha")) == before
        assert sorted(shop.found("alpha")) == before
        elsewhere.close()
    assert sorted(shop.found("alpha")) == before[1:]


def test_the_first_search_waits_for_the_first_index(shop: Shelf) -> None:
    shutil.rmtree(folder(shop))
    elsewhere = another(shop)
    found: list[int] = []
    searching = threading.Thread(target=lambda: found.append(len(elsewhere.search("alpha"))))
    with (shop.index / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        searching.start()
        assert found == []
    searching.join()
    assert found == [5]
    elsewhere.close()


WRITER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from segue.knowledge.library import Library

root = Path(sys.argv[1])
library = Library(root / ".segue" / "segue.db", root / ".segue" / "index")
library.documents.withdraw(["a0.md"], now=datetime(2026, 3, 2, tzinfo=UTC))
with library.index.updating() as update:
    update.catch_up()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_after_a_writer_was_killed_the_next_use_works(shop: Shelf) -> None:
    subprocess.run([sys.executable, "-c", WRITER, shop.root], check=False)
    assert sorted(shop.found("alpha")) == ["a1.md", "a2.md", "a3.md", "a4.md"]
    shop.write("new.md", "Alpha too.")
    shop.ingest()
    assert "new.md" in shop.found("alpha")


def test_a_folder_that_cannot_be_written_is_an_error_that_says_so(shop: Shelf) -> None:
    shutil.rmtree(shop.index)
    shop.index.write_text("in the way")
    elsewhere = another(shop)
    with pytest.raises(StoreError, match="index"):
        elsewhere.search("alpha")
    elsewhere.close()


def test_versions_of_a_document_never_overlap(shop: Shelf) -> None:
    for number in range(4):
        shop.write("a0.md", f"---\nvalid_from: 2026-03-0{9 - number}\n---\nUnique {number}.")
        shop.ingest()
    found = [shop.library.search("number0 unique", as_of=START + day * DAY) for day in range(-5, 15)]
    held = [[hit.text for hit in hits if hit.document == "a0.md"] for hits in found]
    assert held == [["Alpha number0."]] * 10 + [["Unique 3."]] * 10


SEARCHER = """
import sys
from pathlib import Path
from segue.knowledge.library import Library

root, wanted = Path(sys.argv[1]), int(sys.argv[2])
library = Library(root / ".segue" / "segue.db", root / ".segue" / "index")
seen = {len(library.search("alpha", limit=100))}
print("ready", flush=True)
while max(seen) < wanted:
    seen.add(len(library.search("alpha", limit=100)))
print(sorted(seen))
"""


def test_processes_search_while_one_ingests_and_see_all_of_it_at_once(shop: Shelf) -> None:
    for number in range(5, 80):
        shop.write(f"a{number}.md", f"Alpha number{number}.")
    command = [sys.executable, "-c", SEARCHER, str(shop.root), "80"]
    searchers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    outputs = [searcher.stdout for searcher in searchers if searcher.stdout is not None]
    assert [output.readline() for output in outputs] == ["ready\n"] * 3
    shop.ingest()
    assert [output.read() for output in outputs] == ["[5, 80]\n"] * 3
    for searcher, output in zip(searchers, outputs, strict=True):
        assert searcher.wait() == 0
        output.close()
