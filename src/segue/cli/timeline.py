"""A run's timeline: a line for each call, with a bar that shows when it was at work and when it waited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from segue.cli import layout, output, story

if TYPE_CHECKING:
    from segue.engine.journal import Entry
    from segue.engine.timeline import Scale, Span, Stretch

_BARS = {"work": ("━", "green"), "failed": ("━", "red"), "pause": ("╌", "yellow"), "wait": ("·", "blue")}
"""How a stretch is drawn, by its kind."""
_SIGNS = {"━": "at work", "×": "failed", "?": "in doubt", "╌": "until the next attempt", "·": "waiting",
          "▸": "under way"}  # fmt: skip
_STATES = {"done": "", "failed": "red", "in doubt": "bold red", "timed out": "yellow", "under way": "blue",
           "left": "dim"}  # fmt: skip
_NAMES = {"sleep": "sleep", "signal": "signal {}", "child": "child {}"}
WIDEST_BAR, NARROWEST_BAR = 40, 12
"""Columns."""
LONGEST_NAME, SHORT_NAME = 36, 24
"""Columns on a wide terminal and on a narrow one."""
WIDE = 100


def show(entries: Sequence[Entry], status: str) -> None:
    """Print a run's timeline."""
    from segue.engine import timeline  # noqa: PLC0415 (not needed for --help)

    found = timeline.spans(entries, datetime.now(UTC))
    if not found:
        return
    scale = timeline.Scale(found)
    output.line()
    layout.show(*(_table(found, scale, entries, status, columns) for columns in _LAYOUTS))
    drawn = set("".join(bar(span, scale, WIDEST_BAR) for span in found))
    layout.text("  ".join(f"{sign} {meaning}" for sign, meaning in _SIGNS.items() if sign in drawn))
    if scale.is_folded:
        layout.text("Long waits are drawn shorter than they were.")


def _table(
    found: Sequence[Span], scale: Scale, entries: Sequence[Entry], status: str, columns: Sequence[str]
) -> layout.Table:
    """Return one way to lay it out, its bars as wide as the other columns let them be."""
    is_over = entries[-1].kind.startswith("run_")
    whole = max(entries[-1].at, *(span.end for span in found)) - entries[0].at
    names = [_cut(_name(span)) for span in found]
    took = ["" if span.what == "cancel" else lasted(span.end - span.start) for span in found]
    longest = max(map(len, (*took, lasted(whole))))
    cells: dict[str, list[str]] = {
        "": [*(span.path for span in found), ""],
        "what": [*map(_marked, names, found), status],
        "took": [text.rjust(longest) for text in (*took, lasted(whole))],
        "result": [*map(_result, found), story.result(entries[-1]) if is_over else ""],
    }
    others = [max(map(len, (name, *cells[name]))) + layout.GAP for name in columns if name not in ("when", "result")]
    width = _bar_width(sum(others), has_result="result" in columns)
    cells["when"] = [*(bar(span, scale, width) for span in found), ""]
    heads = [name.ljust(width) if name == "when" else name.rjust(longest) if name == "took" else name
             for name in columns]  # fmt: skip
    rows = list(zip(*(cells[name] for name in columns), strict=True))
    return layout.Table(columns=heads, rows=rows, is_cut="result" in columns)


_LAYOUTS = (("", "what", "when", "took", "result"), ("", "what", "when", "took"), ("what", "when", "took"),
            ("what", "took"))  # fmt: skip


def _bar_width(others: int, *, has_result: bool) -> int:
    """Return how wide bars are, beside so many columns and, perhaps, a result."""
    terminal = layout.terminal_width()
    if terminal is None:
        return WIDEST_BAR
    room = terminal - others
    if has_result:
        room = min(room // 2, room - layout.GAP - layout.SHORTEST)
    return max(NARROWEST_BAR, min(room, WIDEST_BAR))


def bar(span: Span, scale: Scale, width: int) -> layout.Marked:
    """Return the bar of a span, on a scale of so many columns."""
    cells, styles = [" "] * width, [""] * width

    def draw(stretch: Stretch, char: str, style: str) -> None:
        begin = min(int(scale.at(stretch.start) * width), width - 1)
        end = min(max(round(scale.at(stretch.end) * width), begin + 1), width)
        cells[begin:end] = char * (end - begin)
        styles[begin:end] = [style] * (end - begin)
        if stretch.kind == "failed":
            cells[end - 1] = "?" if span.state == "in doubt" and stretch is span.stretches[-1] else "×"

    for stretch in sorted(span.stretches, key=lambda stretch: stretch.kind in ("work", "failed")):
        char, style = _BARS[stretch.kind]
        draw(stretch, *{"branches": ("─", "dim"), "cancel": ("┃", "yellow")}.get(span.what, (char, style)))
    if span.state == "under way":
        last = max(place for place, cell in enumerate(cells) if cell != " ")
        cells[last], styles[last] = "▸", "bold blue"
    text = "".join(cells).rstrip()
    return layout.Marked(text, [(place, place + 1, style) for place, style in enumerate(styles[: len(text)]) if style])


def lasted(duration: timedelta) -> str:
    """Return a duration in the two largest units that it has."""
    seconds = duration.total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, whole = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {whole} s"


def _name(span: Span) -> str:
    name = _NAMES.get(span.what, "{}").format(span.name)
    return "  " * span.depth + output.printable(name)


def _cut(text: str) -> str:
    longest = LONGEST_NAME if (layout.terminal_width() or WIDE) >= WIDE else SHORT_NAME
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _marked(name: str, span: Span) -> layout.Marked:
    style = "dim" if span.what == "branches" else _STATES[span.state]
    return layout.Marked(name, [(0, len(name), style)] if style else [])


def _result(span: Span) -> str:
    """Return what came of a call, and how many attempts it took."""
    if span.last is None:
        return ""
    told = story.result(span.last) if span.state in ("done", "failed", "in doubt") else span.state
    if span.what == "child":
        told = f"{(span.last.payload or {}).get('run_id', '')}: {told}"
    if span.what == "signal":
        told = {"timed out": "none came", "under way": "waits"}.get(span.state, told)
    tries = f"{span.attempts} tries" if span.attempts > 1 else ""
    return "; ".join(part for part in (tries, told) if part)
