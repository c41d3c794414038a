"""HTML into blocks: the text a reader came for, without navigation, headers, footers and scripts."""

from __future__ import annotations

import html
import re

from segue.knowledge.blocks import Block, Edit, Kind, Source, block
from segue.knowledge.tags import Event, events

DROPPED = re.compile("aside|footer|head|header|iframe|nav|noscript|script|select|style|svg|template|textarea")
"""Elements that are passed over with all they hold."""
APART = re.compile(
    "address|article|blockquote|body|caption|center|d[dlt]|details|dialog|div|fieldset|figcaption|figure|form|h[1-6]|hr"
    "|html|li|main|ol|p|pre|section|summary|table|tbody|tfoot|thead|tr|ul"
)
"""Elements that begin a block of their own."""
HEADINGS = {f"h{level}": level for level in range(1, 7)}
SPACE_OR_ENTITY = re.compile(r"\s+|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
MOST_UNCLOSED = 50
"""Elements without an end are looked for; a page with more is not looked through any further."""
ROW_ENDS = frozenset(("table", "tbody", "tfoot", "thead", "tr"))


def read(source: str, start: int = 0) -> Source:
    """Return the blocks of `source` from `start` on, with the page's title and language."""
    page = list(events(source, start))
    language = next((event.value for event in page if event.name == "html" and event.value), None)
    title = _named(source, page, "h1") or _named(source, page, "title") or None
    links = dict.fromkeys(event.value for event in page if event.name == "a" and event.value)
    blocks = _blocks(source, _main(page)) or _blocks(source, page)
    return Source(blocks, title, language, tuple(links))


def _blocks(source: str, page: list[Event]) -> list[Block]:
    reading = _Reading(source, _furniture(page))
    for event in page:
        reading.take(event)
    reading.close()
    return reading.blocks


def _main(page: list[Event]) -> list[Event]:
    """Return what stands in the one element that holds the page's own text; nothing where there is none, or several."""
    starts = [number for number, event in enumerate(page) if event.name == "main" and event.kind == "start"]
    ends = [number for number, event in enumerate(page) if event.name == "main" and event.kind == "end"]
    return page[starts[0] : ends[0]] if len(starts) == len(ends) == 1 and starts < ends else []


def _furniture(page: list[Event]) -> frozenset[int]:
    """Return where elements begin that belong to the site and not to the text; one without an end is none of them."""
    found: set[int] = set()
    number, unclosed = 0, 0
    while number < len(page) and unclosed < MOST_UNCLOSED:
        event = page[number]
        if event.is_furniture:
            end = _end(page, number)
            if end > 0:
                found.add(event.start)
                number = end
            else:
                unclosed += 1
        number += 1
    return frozenset(found)


def _end(page: list[Event], start: int) -> int:
    """Return the number of the event that closes an element, -1 if nothing does."""
    name, depth = page[start].name, 0
    for number in range(start, len(page)):
        if page[number].name == name:
            depth += 1 if page[number].kind == "start" else -1
            if not depth:
                return number
    return -1


def _named(source: str, page: list[Event], name: str) -> str:
    """Return the text of the first element of that name."""
    inside = False
    parts: list[str] = []
    for event in page:
        if inside and (event.name == name or (parts and APART.fullmatch(event.name))):
            break
        if event.name == name:
            inside = event.kind == "start"
        elif inside and event.kind == "text":
            parts.append(html.unescape(source[event.start : event.end]))
    return " ".join("".join(parts).split())


class _Reading:
    """Goes through the events; what is being read reaches from `start` to `end`, -1 when nothing is."""

    def __init__(self, source: str, furniture: frozenset[int]) -> None:
        self.source = source
        self.furniture = furniture
        self.blocks: list[Block] = []
        self.within = ""
        """The element being passed over, with `depth` of its name open."""
        self.depth = 0
        self.lists: list[int] = []
        """Of each list that is open, the number of its last item; -1 where they have none."""
        self.is_code = False
        self.kind: Kind = "text"
        self.level = 0
        self.start = -1
        self.end = -1
        self.edits: list[Edit] = []
        self.has_text = False
        self.after_space = True
        self.is_head = False
        """A cell of the row being read is one of a head."""
        self.head = ""

    def take(self, event: Event) -> None:
        """Take in one event."""
        if self.within:
            if event.name == self.within:
                self.depth += 1 if event.kind == "start" else -1
                self.within = self.within if self.depth else ""
        elif event.kind == "text":
            self._text(event.start, event.end)
        elif event.kind == "start" and (DROPPED.fullmatch(event.name) or event.start in self.furniture):
            self.close()
            self.within, self.depth = event.name, 1
        else:
            self._tag(event)

    def close(self) -> None:
        """Finish what is being read."""
        if self.start >= 0 and self.has_text:
            head = self.head if self.kind == "row" else ""
            made = block(self.kind, self.source, self.start, self.end, self.edits, level=self.level, head=head)
            self.blocks += [made] if made else []
            if made and self.kind == "row" and self.is_head and not head:
                self.head = made.text
        self.start, self.edits, self.kind, self.level, self.is_head = -1, [], "text", 0, False
        self.has_text, self.after_space = False, True

    def _open(self, kind: Kind, start: int, *, level: int = 0) -> None:
        self.close()
        self.kind, self.start, self.level = kind, start, level

    def _replace(self, start: int, end: int, replacement: str = "") -> None:
        """Let a reader see `replacement` there; it belongs to what is being read, if anything is."""
        if self.start >= 0:
            self.edits.append(Edit(start, end, replacement))
            self.end = end
            if replacement:
                self.after_space = replacement[-1].isspace()

    def _text(self, start: int, end: int) -> None:
        is_blank = self.source[start:end].isspace()
        if self.start < 0 and not is_blank:
            self._open("code" if self.is_code else "text", start)
        if self.start < 0:
            return
        self.end = end
        self.has_text = self.has_text or not is_blank
        for found in SPACE_OR_ENTITY.finditer(self.source, start, end):
            if found[0][0] == "&":
                seen = html.unescape(found[0]).replace("\xa0", " ")
            elif self.is_code:
                continue
            else:
                seen = "" if self.after_space and found.start() == start else " "
            if seen != found[0]:
                self.edits.append(Edit(*found.span(), seen))
        self.after_space = self.source[end - 1].isspace()

    def _tag(self, event: Event) -> None:
        name, begins = event.name, event.kind == "start"
        if self.kind == "row" and self.start >= 0 and name not in ROW_ENDS:
            self._in_row(event)
        elif APART.fullmatch(name):
            self._apart(event)
        elif name == "br":
            self._replace(event.start, event.end, "\n" if begins else "")
        else:  # an inline tag, an image or a comment
            self._replace(event.start, event.end, event.value if event.name == "img" and self.has_text else "")

    def _apart(self, event: Event) -> None:
        """Take in a tag of an element that stands apart from what is around it."""
        name, begins = event.name, event.kind == "start"
        if name == "tr" and not begins and self.has_text:
            self._replace(event.start, event.end, "|" if self.after_space else " |")
        if self.kind == "item" and self.start >= 0 and not self.has_text and name != "li":
            self._replace(event.start, event.end)  # the item's text stands inside
            return
        self.close()
        if name in ("ul", "ol"):
            self._list(0 if name == "ol" else -1, begins=begins)
        elif name == "li" and begins:
            self._open("item", event.start)
            self._replace(event.start, event.end, self._marker())
        elif name == "tr" and begins:
            self._open("row", event.end)
        elif name in HEADINGS and begins:
            self._open("heading", event.end, level=HEADINGS[name])
        elif name == "pre":
            self.is_code = begins
        elif name == "table":
            self.head = ""

    def _list(self, number: int, *, begins: bool) -> None:
        if begins:
            self.lists.append(number)
        elif self.lists:
            self.lists.pop()

    def _marker(self) -> str:
        if not self.lists or self.lists[-1] < 0:
            return "  " * (len(self.lists) - 1) + "- "
        self.lists[-1] += 1
        return "  " * (len(self.lists) - 1) + f"{self.lists[-1]}. "

    def _in_row(self, event: Event) -> None:
        """Take in a tag inside a table's row: cells stand between bars, whatever is in them on one line."""
        space = "" if self.after_space else " "
        if event.name in ("td", "th"):
            self.is_head = self.is_head or event.name == "th"
            self._replace(event.start, event.end, f"{space}| " if event.kind == "start" else space)
        else:
            self._replace(event.start, event.end, space if event.name == "br" or APART.fullmatch(event.name) else "")
