"""Tables and texts for people: laid out for the width of the terminal, and as plain lines where there is none."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from segue.cli import output

if TYPE_CHECKING:
    from rich.table import Table as RichTable
    from rich.text import Text

GAP = 2
"""Columns between two cells."""
CUT_AT = 200
"""Characters of a cut column where nothing else limits it."""
SHORTEST = 24
"""Below this a cut column says nothing."""
WIDEST = 100
"""Columns of a text: longer lines are hard to read."""

_STYLES = {
    "resolved": "green",
    "ok": "green",
    "escalated": "yellow",
    "drafted": "cyan",
    "skipped": "dim",
    "waiting": "blue",
    "running": "blue",
    "waiting_expired": "yellow",
    "failed": "bold red",
    "no": "bold red",
}


class Marked(str):
    """A cell of one line with colours of its own."""

    __slots__ = ("marks",)
    marks: Sequence[tuple[int, int, str]]
    """Beginning, end and style of each part that has one."""

    def __new__(cls, text: str, marks: Sequence[tuple[int, int, str]]) -> Self:
        """Make it of printable characters."""
        made = super().__new__(cls, text)
        made.marks = marks
        return made


@dataclass(frozen=True, kw_only=True)
class Table:
    """One way to lay something out."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    """A cell may have several lines."""
    is_cut: bool = False
    """Whether the last column is cut to the room there is, rather than folded."""

    def widths(self) -> list[int]:
        """Return how wide each column must be to show every cell unfolded."""
        from rich.cells import cell_len  # noqa: PLC0415 (not needed for --json)

        cells = zip(self.columns, *self.rows, strict=True)
        return [max(cell_len(text) for cell in column for text in cell.split("\n")) for column in cells]

    def least(self) -> int:
        """Return how many columns of a terminal it needs."""
        *widths, last = self.widths()
        return sum(widths) + GAP * len(widths) + (min(last, SHORTEST) if self.is_cut else last)


def show(*layouts: Table) -> None:
    """Print the first layout that fits the terminal, the last one, folded, where none does.

    Without a terminal the first is printed, its lines as long as they are.
    """
    from rich.console import Console  # noqa: PLC0415 (not needed for --json)

    width = terminal_width()
    fitting = (layout for layout in layouts if width is None or layout.least() <= width)
    chosen = next(fitting, layouts[-1])
    console = Console(width=width or chosen.least() + CUT_AT, highlight=False, legacy_windows=False)
    with console.capture() as captured:
        console.print(_drawn(chosen, console.width))
    output.drawn("\n".join(line.rstrip() for line in captured.get().splitlines()))


def text(words: str, *, label: str = "", indent: int = 0, lines: int | None = None) -> None:
    """Print a text, wrapped; a label stands before its first line.

    Args:
        words: The text; its paragraphs are kept.
        label: What it is.
        indent: Columns left free, those of the label included.
        lines: At most so many of each paragraph.
    """
    width = max(SHORTEST, min(terminal_width() or WIDEST, WIDEST) - indent)
    for paragraph in words.split("\n"):
        for line in _wrapped(output.printable(paragraph), width, lines):
            output.line(f"{label:<{indent}}{line}".rstrip())
            label = ""


def _wrapped(paragraph: str, width: int, lines: int | None) -> list[str]:
    if lines is None:
        return textwrap.wrap(paragraph, width) or [""]
    return textwrap.wrap(paragraph, width, max_lines=lines, placeholder=" …") or [""]


def terminal_width() -> int | None:
    """Return the width to keep to; `None` where the output is no terminal and nobody has asked for one."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    return os.get_terminal_size(1).columns or None if sys.stdout.isatty() else None


def _drawn(layout: Table, width: int) -> RichTable:
    from rich import box  # noqa: PLC0415 (not needed for --json)
    from rich.table import Table as Drawn  # noqa: PLC0415

    table = Drawn(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, GAP - 1, 0, 0), pad_edge=False)
    for column in layout.columns:
        table.add_column(column, overflow="fold")
    if layout.is_cut:
        *others, last = layout.widths()
        table.columns[-1].width = min(last, CUT_AT, max(SHORTEST, width - sum(others) - GAP * len(others)))
        table.columns[-1].no_wrap, table.columns[-1].overflow = True, "ellipsis"
    for row in layout.rows:
        table.add_row(*map(_text, row))
    return table


def _text(cell: str) -> Text:
    from rich.text import Text  # noqa: PLC0415 (not needed for --json)

    if isinstance(cell, Marked):
        text = Text(str(cell))
        for begin, end, style in cell.marks:
            text.stylize(style, begin, end)
        return text
    lines = (output.printable(line) for line in cell.split("\n"))
    return Text("\n").join(Text(line, style=_STYLES.get(line, "")) for line in lines)
