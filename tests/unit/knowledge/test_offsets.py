"""Whatever a document is made of, its passages tell truly where they stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segue.knowledge import reading
from segue.knowledge.document import Passage
from segue.knowledge.problems import Refused

WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzäé北", min_size=1, max_size=9)
SENTENCES = st.lists(WORDS, min_size=1, max_size=25).map(lambda words: " ".join(words).capitalize() + ".")
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=30).map(" ".join)
BLOCKS = st.one_of(
    PARAGRAPHS,
    st.builds("{} {}".format, st.sampled_from(["#", "##", "###", "####"]), SENTENCES),
    st.lists(SENTENCES, min_size=1, max_size=12).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.lists(WORDS, min_size=2, max_size=40).map(lambda rows: "\n".join(f"| {row} | b |" for row in rows)),
    PARAGRAPHS.map(lambda text: f"```\n{text}\n```"),
    PARAGRAPHS.map(lambda text: f"> **{text}**"),
    PARAGRAPHS.map(lambda text: f"<Note>\n[{text}](https://example.com) &amp; `more`\n</Note>"),
)
NEWLINES = st.sampled_from(["\n", "\r\n", "\r"])


def passages(name: str, source: str) -> tuple[Passage, ...]:
    try:
        return reading.read(name, source.encode(), file=name)[0].passages
    except Refused:
        return ()


def are_in_order(source: str, found: tuple[Passage, ...]) -> bool:
    ends = [0, *(passage.end for passage in found)]
    starts = [*(passage.start for passage in found), len(source)]
    return all(end <= start for end, start in zip(ends, starts, strict=True)) and all(
        passage.start < passage.end and passage.text.strip() for passage in found
    )


@given(st.lists(BLOCKS, max_size=12), NEWLINES)
def test_regions_of_markdown_are_in_the_source_in_order_and_apart(blocks: list[str], newline: str) -> None:
    source = "\n\n".join(blocks).replace("\n", newline)
    assert are_in_order(source, passages("a.md", source))


@given(st.lists(PARAGRAPHS, min_size=1, max_size=6), NEWLINES)
def test_every_word_of_a_paragraph_is_in_a_passage(paragraphs: list[str], newline: str) -> None:
    source = "\n\n".join(paragraphs).replace("\n", newline)
    found = passages("a.md", source)
    assert " ".join(passage.text for passage in found).split() == source.split()


@given(st.lists(PARAGRAPHS, min_size=1, max_size=6), NEWLINES)
def test_text_without_markup_is_its_region(paragraphs: list[str], newline: str) -> None:
    source = "\n\n".join(paragraphs).replace("\n", newline)
    for name in ("a.md", "a.txt"):
        assert all(source[passage.start : passage.end] == passage.text for passage in passages(name, source))


@given(st.lists(PARAGRAPHS.map(lambda text: f"**{text}**"), min_size=1, max_size=6))
def test_every_word_of_emphasised_text_is_in_a_passage(paragraphs: list[str]) -> None:
    found = passages("a.md", "\n\n".join(paragraphs))
    assert " ".join(passage.text for passage in found).split() == " ".join(paragraphs).replace("**", "").split()


@given(st.lists(PARAGRAPHS, min_size=1, max_size=6), st.sampled_from(["<p>", "<li>", "<div><b>", "<h4>"]))
def test_every_word_of_a_page_is_in_a_passage(paragraphs: list[str], tag: str) -> None:
    source = "".join(f"{tag}{text}{tag.replace('<', '</')}" for text in paragraphs)
    found = passages("a.html", source)
    assert are_in_order(source, found)
    assert [word for passage in found for word in passage.text.split() if word != "-"] == " ".join(paragraphs).split()


@given(
    st.text(alphabet="#*_`~[]()<>!|-=&;:\\ \n\t\r.aA1\"'/", max_size=300), st.sampled_from(["a.md", "a.html", "a.txt"])
)
def test_no_text_breaks_the_reading(source: str, name: str) -> None:
    assert are_in_order(source, passages(name, source))
