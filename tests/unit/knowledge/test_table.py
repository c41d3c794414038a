"""The rows of a table are found and cited with its head, wherever the table is cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segue.knowledge import reading, table
from tests.unit.knowledge.conftest import Shelf

CELLS = st.text(alphabet='abc ",;\n\r|é', max_size=6)


def texts(source: str) -> list[str]:
    return [block.text for block in table.read(source).blocks]


def test_cells_stand_between_bars() -> None:
    assert texts("Plan,Price\nBasic,5\nPro,9\n") == ["| Plan | Price |", "| Basic | 5 |", "| Pro | 9 |"]


def test_quotes_and_what_is_in_them_are_read_as_a_reader_sees_them() -> None:
    assert texts('Name,Note\n"Smith, John","He said ""yes""\nand left"') == [
        "| Name | Note |",
        '| Smith, John | He said "yes" and left |',
    ]


def test_the_separator_is_found() -> None:
    assert texts("a;b;c\n1,5;2;3") == ["| a | b | c |", "| 1,5 | 2 | 3 |"]
    assert texts("a\tb\n1\t2") == ["| a | b |", "| 1 | 2 |"]


def test_each_part_of_a_long_table_begins_with_its_head(shelf: Shelf) -> None:
    rows = "".join(f"Country {number},{number} days,{number}.50\n" for number in range(200))
    shelf.write("rates.csv", f"Country,Time,Cost\n{rows}")
    markdown = "".join(f"| Town {number} | {number} days |\n" for number in range(200))
    shelf.write("towns.md", f"# Towns\n\n| Town | Time |\n|---|---|\n{markdown}")
    page = "".join(f"<tr><td>Lake {number}</td><td>{number} m</td></tr>" for number in range(200))
    shelf.write("lakes.html", f"<h1>Lakes</h1><table><tr><th>Lake</th><th>Depth</th></tr>{page}</table>")
    assert shelf.ingest().problems == ()
    for query, head in (
        ("country 150", "| Country | Time | Cost |"),
        ("town 150", "| Town | Time |"),
        ("lake 150", "| Lake | Depth |"),
    ):
        best = shelf.library.search(query)[0]
        assert best.text.startswith(f"{head}\n")
        assert " 150 |" in best.text
        source = (shelf.folder / best.document).read_text()
        assert "150" in source[best.start : best.end]


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=6))
def test_no_table_breaks_the_reading(rows: list[list[str]]) -> None:
    source = "\n".join(",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows)
    blocks = table.read(source).blocks
    ends = [0, *(block.end for block in blocks)]
    assert all(end <= block.start < block.end for end, block in zip(ends, blocks, strict=False))


@given(st.text(alphabet='ab",;\t|\n\r', max_size=60))
def test_no_text_breaks_the_reading(source: str) -> None:
    assert all(0 <= block.start < block.end <= len(source) for block in table.read(source).blocks)


def test_a_table_is_a_document() -> None:
    document, _ = reading.read("price-list.csv", b"Plan,Price\nBasic,5\n", file="price-list.csv")
    assert document.title == "Price list"
    assert document.passages[0].text == "| Plan | Price |\n| Basic | 5 |"
