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
ATTRIBUTE = re.compile(
    r"""(?<![\w-])(lang|alt|href|class|id|role|aria-hidden|hidden|style)(?![\w-])
        (?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?+""",
    re.IGNORECASE | re.VERBOSE,
)
TOLD = {"html": ("lang",), "img": ("alt",), "a": ("href",)}
"""Of these elements, the attribute that is their value; of all others, what says that nobody reads them."""
BOXES = re.compile("article|button|dialog|div|dl|form|ol|p|section|span|table|ul")
FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|breadcrumbs?|consent|cookies?|gdpr|footer|menu|nav|navbar|navigation|newsletter|pagination"
    r"|paginator|related|share|sharing|sidebar|skip|social|toc|tooltip|sr-only|visually-hidden)(?:$|[\s_-])"
    r"|(?:cookie|consent)(?:banner|bar|notice|popup)|(?:site|page)(?:footer|nav|header)",
    re.IGNORECASE,
)
"""Words in a class of what stands around the text, not in it."""
FURNITURE_IDS = re.compile(
    r"(?:cookie|consent|gdpr)\w*[_-]?(?:banner|bar|notice|popup|modal|consent)|(?:site|page|main|global)[_-]?(?:nav|footer|header)"
    r"|navbar|sidebar|breadcrumbs?|footer",
    re.IGNORECASE,
)
"""Whole ids of the same; a heading may give its words to the id of a section, so single words do not count."""
ROLES = frozenset(
    ("alertdialog", "banner", "complementary", "contentinfo", "dialog", "menu", "menubar", "navigation", "search")
)
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
    """The description of an image, the target of a link, or the language of the page."""
    is_furniture: bool = False
    """Its attributes say that it belongs to the site, not to the text, or is not shown."""


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
        if is_end:
            return Event("end", start, end, tag)
        value = self._value(TOLD[tag], name.end(), end) if tag in TOLD else ""
        return Event(
            "start", start, end, tag, value, bool(BOXES.fullmatch(tag)) and self._is_furniture(name.end(), end)
        )

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

    def _value(self, wanted: tuple[str, ...], start: int, end: int) -> str:
        for found in ATTRIBUTE.finditer(self.source, start, end):
            if found[1].lower() in wanted:
                return _unescaped(found)
        return ""

    def _is_furniture(self, start: int, end: int) -> bool:
        for found in ATTRIBUTE.finditer(self.source, start, end):
            value = _unescaped(found)
            match found[1].lower():
                case "class" if FURNITURE.search(value):
                    return True
                case "id" if FURNITURE_IDS.fullmatch(value):
                    return True
                case "role" if value.lower() in ROLES:
                    return True
                case "hidden":
                    return True
                case "aria-hidden" if value.lower() == "true":
                    return True
                case "style" if "display:none" in value.replace(" ", "").lower():
                    return True
        return False


def _unescaped(found: re.Match[str]) -> str:
    return html.unescape(found[2] or found[3] or found[4] or "")
