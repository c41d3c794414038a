"""A product's documentation that nobody here wrote, 90 pages of MDX, is read without a trace of its components."""

from __future__ import annotations

import re

import pytest

from benchmarks import data
from segue.knowledge import reading
from segue.knowledge.document import Document
from segue.knowledge.sources import files

COMPONENT = re.compile(r"</?(?:Accordion|Card|CardGroup|Frame|Info|Note|Tab|Tabs|Tip|Warning)\b|\bclassName=|\bcols=\{")
MODULE = re.compile(r"^(?:import .* from |export (?:default|const) )", re.MULTILINE)


@pytest.fixture(scope="module")
def pages() -> list[Document]:
    try:
        folder = data.folder("helpcenter_chatwoot")
    except FileNotFoundError as missing:
        pytest.skip(str(missing))
    found = [file for file in files.listed(folder, reading.SUFFIXES) if file.problem is None]
    return [reading.read(file.path, files.content(file), file=file.path)[0] for file in found]


def test_every_page_is_read_and_named(pages: list[Document]) -> None:
    assert len(pages) >= 90
    assert all(page.title and page.passages for page in pages)


def test_nothing_of_components_and_modules_is_left(pages: list[Document]) -> None:
    texts = [passage.text for page in pages for passage in page.passages]
    assert [found[0] for text in texts if (found := COMPONENT.search(text) or MODULE.search(text))] == []


def test_what_components_say_by_their_titles_is_there(pages: list[Document]) -> None:
    (statuses,) = [page for page in pages if page.path.endswith("message-statuses.mdx")]
    whole = "\n".join(passage.text for passage in statuses.passages)
    assert "A message shows Failed — can I resend it?" in whole
    assert "| Facebook | Yes | Yes | Yes | Yes |" in whole
