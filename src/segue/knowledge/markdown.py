"""Markdown (and MDX) into blocks: a scan by lines that knows where everything stands.

It builds no tree: what matters here is where a reader's text begins and ends, under which heading it stands and
which lines belong together. Each line is looked at once, so a file takes linear time whatever is in it.
"""

from __future__ import annotations

import re

from segue.knowledge import inline
from segue.knowledge.blocks import Block, Edit, Kind, Source, block
from segue.knowledge.inline import COMPONENT

LINE = re.compile(
    r"""
    [ \t]*+ (?:
        (?P<blank> $ )
      | (?P<quote> > [ \t]? )
      | (?P<heading> \#{1,6} ) (?: [ \t]+ | $ )
      | (?P<fence> `{3,} (?=[^`\n]*$) | ~{3,} )
      | (?P<component> </?[A-Z] )
      | (?P<hidden> <!-- | <script\b | <style\b | \{/\* )
      | (?P<table> (?: \| [ \t]*+ )? :?+-++:?+ [ \t]*+ (?: \| [ \t]*+ :?+-++:?+ [ \t]*+ )++ \|?+ [ \t]*+ $
                 | \| [ \t]*+ :?+-++:?+ [ \t]*+ \| [ \t]*+ $ )
      | (?P<underline> =++ | -++ ) [ \t]*+ $
      | (?P<rule> (?P<mark>[-*_]) [ \t]*+ (?: (?P=mark) [ \t]*+ ){2,}+ $ )
      | (?P<item> (?: [-*+] | \d{1,9}[.)] ) (?: [ \t]+ | $ ) )
      | (?P<row> \| )
      | (?P<reference> \[ [^\]\n]{1,200} \]: [ \t]*+ \S++ (?: [ \t]++ ["'(].* )? $ )
      | (?P<image> (?: !\[ [^\]\n]*+ \] \( [^()\n]*+ (?: \( [^()\n]*+ \) [^()\n]*+ )*+ \) [ \t]*+ )++ $ )
      | (?P<module> (?: import\b.*\bfrom\s*['"] | import\s*['"] | export\s+(?:default|const|let|function)\b ) )
    )
    """,
    re.VERBOSE | re.MULTILINE,
)
"""What a line is by how it begins; one that does not match is text."""

PROPERTY = re.compile(r"""([\w:-]++)=(?:"([^"]*+)"|'([^']*+)'|\{(?:"([^"{}]*+)"|'([^'{}]*+)'|`([^`{}$]*+)`)\})""")
NAMING = frozenset(("title", "label", "heading", "header", "summary"))
TELLING = frozenset(("alt", "caption", "description", "tip"))
"""Properties of components that are text to a reader: names of what is inside, and sentences about it."""
COMPONENT_LEVEL = 4
"""Of the heading that a component's name is: below those that begin a passage, since nothing says where it ends."""
LINKS = {
    "](": re.compile(r"\]\(\s*<?([^\s()<>]{1,2000})"),
    "href=": re.compile(r"\bhref=[\"']([^\"'\s]{1,2000})[\"']"),
    "]:": re.compile(r"^[ \t]*\[[^\]\n]{1,200}\]:[ \t]*(\S{1,2000})", re.MULTILINE),
}
"""What a document points to, by what is in each way of writing it; most documents have none of them."""
BRACKETS = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}
REFERENCE = re.compile(r"^[ \t]*\[([^\]\n]{1,200})\]:", re.MULTILINE)
PADDING = re.compile(r"(?<=\|[ \t])[ \t]{1,500}|[ \t]{1,500}(?=[ \t]\|)")
HIDDEN_UNTIL = {"<!--": "-->", "<script": "</script>", "<style": "</style>", "{/*": "*/}"}
LONGEST_UNDERLINED = 120
"""A longer paragraph above `---` is a paragraph above a rule, whatever CommonMark says."""


def read(source: str, start: int = 0) -> Source:
    """Return the blocks of `source` from `start` on, titled by the first heading of level 1."""
    scan = _Scan(source, start)
    scan.run()
    title = next((each.text for each in scan.blocks if each.kind == "heading" and each.level == 1), None)
    ways = (pattern for sign, pattern in LINKS.items() if sign in source)
    links = dict.fromkeys(found[1] for way in ways for found in way.finditer(source, start))
    return Source(scan.blocks, " ".join(title.split()) if title else None, links=tuple(links))


class _Scan:
    """One pass over the lines; what is being read reaches from `start` to `end`, -1 when nothing is."""

    def __init__(self, source: str, position: int) -> None:
        self.source = source
        # The same length, so that every offset holds in both.
        self.text = source.replace("\r\n", " \n").replace("\r", "\n")
        self.labels = (
            frozenset(label.lower() for label in REFERENCE.findall(self.text)) if "]:" in source else frozenset()
        )
        self.position = position
        self.blocks: list[Block] = []
        self.kind: Kind = "text"
        self.start = -1
        self.end = -1
        self.edits: list[Edit] = []
        self.in_table = False
        self.head = ""
        """What the head of the table says that is being read."""
        self.unclosed: set[str] = set()

    def run(self) -> None:
        text, size = self.text, len(self.text)
        while self.position < size:
            line = self.position
            stop = text.find("\n", line)
            stop = size if stop < 0 else stop
            self.position = stop + 1
            found = LINE.match(text, line)
            while found is not None and found.lastgroup == "quote":
                line = found.end()
                found = LINE.match(text, line)
            if found is None:
                self._text(line, stop)
            else:
                self._mark(found, line, stop)
        self._close()

    def _mark(self, found: re.Match[str], line: int, stop: int) -> None:
        """Take in a line that begins with a mark."""
        where = found.end()
        match found.lastgroup:
            case "heading":
                self._heading(len(found["heading"]), where, self._title_end(where, stop))
            case "fence":
                self._code(found["fence"])
            case "hidden":
                self._hidden(found["hidden"], found.start("hidden"), line, stop)
            case "table":
                self._table()
            case "underline":
                self._underline(found["underline"], line, stop)
            case "item":
                self._open("item", found.start("item"), stop)
            case "row":
                self._row(found.start("row"), stop)
            case "component":
                self._component(found.start("component"), line, stop)
            case "module":
                self._module(stop)
            case _:  # blank, rule, reference, image: nothing to read
                self._close()

    def _text(self, line: int, stop: int) -> None:
        """Take in a line that begins or continues a paragraph, an item or a table."""
        if self.in_table:
            self._row(line, stop)
        elif self.start < 0:
            self._open("text", line, stop)
        else:
            if self.text[line - 1] != "\n":  # after the marks of a quote
                self.edits.append(Edit(self.text.rfind("\n", 0, line) + 1, line))
            self.end = stop

    def _open(self, kind: Kind, start: int, end: int) -> None:
        self._close()
        self.kind, self.start, self.end = kind, start, end

    def _close(self) -> None:
        """Finish what is being read."""
        if self.start >= 0:
            self._add(self.kind, self.start, self.end, self.edits)
            self.start, self.edits = -1, []
        self.in_table = False
        self.head = ""

    def _add(self, kind: Kind, start: int, end: int, edits: list[Edit], *, level: int = 0) -> None:
        marks = inline.marks(self.text, start, end, labels=self.labels)
        made = block(kind, self.source, start, end, edits + marks, level=level, head=self.head if kind == "row" else "")
        if made is not None:
            self.blocks.append(made)

    def _heading(self, level: int, start: int, end: int) -> None:
        self._close()
        self._add("heading", start, end, [], level=level)

    def _title_end(self, start: int, stop: int) -> int:
        """Return where a heading ends, the number signs that may close it left out."""
        line = self.text[start:stop].rstrip()
        bare = line.rstrip("#")
        return start + len(bare if not bare or bare[-1] in " \t" else line)

    def _underline(self, underline: str, line: int, stop: int) -> None:
        """Make the paragraph above a heading, or read a rule, or a paragraph that only looks like one."""
        above = self.text[self.start : self.end] if self.start >= 0 and self.kind == "text" else ""
        if above and "\n" not in above and len(above) <= LONGEST_UNDERLINED:
            self._heading_above(1 if underline[0] == "=" else 2)
        elif underline[0] == "-" and (len(underline) > 2 or self.start >= 0):
            self._close()
        else:
            self._text(line, stop)

    def _heading_above(self, level: int) -> None:
        start, end, edits = self.start, self.end, self.edits
        self.start, self.edits = -1, []
        self._add("heading", start, end, edits, level=level)

    def _code(self, fence: str) -> None:
        """Read on to the line that closes the fence, or to the end."""
        self._close()
        start = end = self.position
        while self.position < len(self.text):
            line = self.position
            stop = self.text.find("\n", line)
            stop = len(self.text) if stop < 0 else stop
            self.position = stop + 1
            bare = self.text[line:stop].strip(" \t>")
            if len(bare) >= len(fence) and not bare.strip(fence[0]):
                break
            end = stop
        content = self.text[start:end]
        start += len(content) - len(content.lstrip("\n"))
        made = block("code", self.source, start, start + len(content.strip("\n").rstrip()), [])
        if made is not None:
            self.blocks.append(made)

    def _hidden(self, opening: str, start: int, line: int, stop: int) -> None:
        """Pass over a comment, script or style sheet that fills lines of its own."""
        closing = HIDDEN_UNTIL[opening]
        end = -1 if closing in self.unclosed else self.text.find(closing, start)
        if end < 0:
            self.unclosed.add(closing)
            self._text(line, stop)
        else:
            self._close()
            self.position = end + len(closing)

    def _row(self, start: int, stop: int) -> None:
        """Take in a row of a table."""
        head = self.head
        self._close()
        self.in_table, self.head = True, head
        padding = PADDING.finditer(self.text, start, stop)
        self._add("row", start, stop, [Edit(*found.span()) for found in padding])

    def _table(self) -> None:
        """Pass over the line below a table's head; the head may have looked like a paragraph."""
        if self.start >= 0 and "\n" not in self.text[self.start : self.end]:
            self.kind = "row"
        was_table = self.in_table or self.kind == "row"
        self._close()
        self.in_table = True
        if was_table and self.blocks and self.blocks[-1].kind == "row" and not self.blocks[-1].head:
            self.head = self.blocks[-1].text

    def _component(self, start: int, line: int, stop: int) -> None:
        """Read the text in a component's tag, and go on behind it."""
        tag = COMPONENT.match(self.text, start)
        if tag is None:
            self._text(line, stop)
            return
        self._close()
        for found in PROPERTY.finditer(self.text, *tag.span("properties")):
            name = found[1].lower()
            if name in NAMING | TELLING and (group := found.lastindex or 0) > 1:
                kind: Kind = "heading" if name in NAMING else "text"
                self._add(kind, *found.span(group), [], level=COMPONENT_LEVEL if kind == "heading" else 0)
        self.position = tag.end()

    def _module(self, stop: int) -> None:
        """Pass over an import or export, up to where its brackets are closed."""
        self._close()
        line = self.position
        open_ = 0
        while "{" not in self.unclosed:
            open_ += sum(BRACKETS.get(char, 0) for char in self.text[self._line_start(stop) : stop])
            if open_ <= 0 or self.position >= len(self.text):
                break
            stop = self.text.find("\n", self.position)
            stop = len(self.text) if stop < 0 else stop
            self.position = stop + 1
        if open_ > 0:  # never closed: only its first line is one, and so of every other
            self.unclosed.add("{")
            self.position = line

    def _line_start(self, stop: int) -> int:
        return self.text.rfind("\n", 0, stop) + 1
