"""HTML into tags and stretches of text, each with its place; what is malformed is read as a browser reads it.

The standard library's parser gives places too, but takes minutes for a few hundred kilobytes of unfinished tags.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

NAME = re.compile(r"[A-Za-z][^\s/<>]*")
TAG_END = re.compile(r"""[^"'>]*+(?:(?:"[^"]*+"|'[^']*+')[^"'>]*+)*+>""")
ATTRIBUTE = re.compile(r"""(?<![\w-])(lang|alt)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""", re.IGNORECASE)
RAW = {name: re.compile(f"</{name}(?![A-Za-z0-9])", re.IGNORECASE) for name in ("script", "style")}
"""Elements whose content is no HTML, and what ends it."""


class Event(NamedTuple):
    """A tag, a stretch of text, or something that nobody sees: a comment or declaration."""

    kind: Literal["start", "end", "text", "hidden"]
    start: int
    end: int
    name: str = ""
    """Of a tag, in lower case."""
    value: str = ""
    """The description of an image, or the language of the page."""


def events(source: str, position: int = 0) -> Iterator[Event]:
    """Yield what `source` consists of from `position` on, without a gap."""
    return _Tokenizer(source, position).events()


class _Tokenizer:
    def __init__(self, source: str, position: int) -> None:
        self.source = source
        self.position = position
        self.last_bracket = source.rfind(">")
        self.quotes_close = True
        """No tag was met whose quotes do not; from then on a tag ends at the first bracket, so that time is linear."""

    def events(self) -> Iterator[Event]:
        text = self.position
        bracket = self.source.find("<", text)
        while bracket >= 0:
            event = self._markup(bracket)
            if event is None:
                bracket = self.source.find("<", bracket + 1)
                continue
            if text < bracket:
                yield Event("text", text, bracket)
            yield event
            text = event.end
            if event.kind == "start" and event.name in RAW:
                closing = RAW[event.name].search(self.source, text)
                bracket = closing.start() if closing else -1
            else:
                bracket = self.source.find("<", text)
        if text < len(self.source):
            yield Event("text", text, len(self.source))

    def _markup(self, start: int) -> Event | None:
        """Return the tag, comment or declaration that begins there; `None` if the bracket is just one."""
        following = self.source[start + 1 : start + 2]
        if following in ("!", "?"):
            return self._hidden(start)
        is_end = following == "/"
        name = NAME.match(self.source, start + 1 + is_end)
        end = self._tag_end(name.end()) if name else -1
        if name is None or end < 0:
            return None
        tag = name[0].lower()
        value = self._value(tag, name.end(), end) if tag in ("html", "img") and not is_end else ""
        return Event("end" if is_end else "start", start, end, tag, value)

    def _hidden(self, start: int) -> Event | None:
        if self.source.startswith("<!--", start):
            end = self.source.find("-->", start + 4)
            return Event("hidden", start, end + 3 if end >= 0 else len(self.source))
        end = self._bracket(start)
        return Event("hidden", start, end) if end >= 0 else None

    def _tag_end(self, position: int) -> int:
        if self.quotes_close and position <= self.last_bracket:
            found = TAG_END.match(self.source, position)
            if found is not None:
                return found.end()
            self.quotes_close = False
        return self._bracket(position)

    def _bracket(self, position: int) -> int:
        """Return the place after the next `>`, -1 if there is none; searched for only where there is one."""
        return self.source.find(">", position) + 1 if position <= self.last_bracket else -1

    def _value(self, tag: str, start: int, end: int) -> str:
        wanted = "lang" if tag == "html" else "alt"
        for found in ATTRIBUTE.finditer(self.source, start, end):
            if found[1].lower() == wanted:
                return html.unescape(found[2] or found[3] or found[4] or "")
        return ""
