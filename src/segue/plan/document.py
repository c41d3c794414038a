"""YAML as a tree that knows its lines and columns; scalars are resolved by YAML 1.2's core schema."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import yaml

from segue.plan.anchors import anchors
from segue.plan.plan import Place, Text

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 40


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, number, truth value or null, as it is written."""

    text: str
    is_plain: bool
    """Neither quoted nor a block, so that it may be a number."""
    place: Place
    anchors: tuple[tuple[int, int, int], ...] = ()

    def resolve(self) -> str | int | float | bool | None:
        """Return the value: `yes`, `on`, `007`, dates and numbers beyond 64 bits stay text."""
        if not self.is_plain:
            return self.text
        if self.text in _WORDS:
            return _WORDS[self.text]
        if _WHOLE.fullmatch(self.text) and len(self.text) <= 18:
            return int(self.text, 0)
        if _DECIMAL.fullmatch(self.text) and len(self.text) <= 30 and abs(number := float(self.text)) < 1e300:
            return number
        return self.text

    def as_text(self) -> Text:
        """Return it as a text of the plan."""
        return Text(value=self.text, place=self.place, anchors=self.anchors)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values; of a key that stands twice, the first."""

    entries: tuple[tuple[Scalar, Node], ...]
    place: Place


Node: TypeAlias = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that a procedure file must not hold."""

    code: str
    place: Place
    message: str
    hint: str = ""


_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*|(?=[eE])))([eE][-+]?[0-9]+)?", re.ASCII)
_UNCLOSED = "a quote, a bracket or a brace above is not closed"
_QUOTES = "put a text that holds any of : # { } [ ] & * in quotes"


def read(source: bytes) -> tuple[Node | None, list[Fault]]:
    """Return the tree of a YAML document, and what must not be in it; without a tree nothing can be read."""
    if len(source) > MAX_BYTES:
        return None, [Fault("P101", Place(), f"is larger than {MAX_BYTES // 1024} kB")]
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        return None, [Fault("P101", Place(line, 0), "is not UTF-8", "save the file as UTF-8")]
    builder = _Builder(text)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            builder.take(event)
    except yaml.YAMLError as error:
        return None, [*builder.faults, _syntax_fault(error, text)]
    except (ValueError, OverflowError) as error:  # \U escapes beyond Unicode, version numbers beyond reason
        return None, [*builder.faults, Fault("P102", Place(), f"is not YAML: {error}")]
    except _TooMuchError:
        return None, builder.faults
    if builder.root is None:
        builder.faults.append(Fault("P102", Place(), "is empty", "begin with topic: and steps:"))
    return builder.root, builder.faults


class _TooMuchError(Exception):
    """The rest of the document is not worth reading."""


@dataclass
class _Open:
    """A list or mapping whose end has not come yet."""

    place: Place
    is_mapping: bool
    items: list[Node] = field(default_factory=list)
    """Of a mapping: keys and values in turn."""


class _Builder:
    """Makes a tree of PyYAML's events: no recursion, so no document is too deep to be refused."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Node | None = None
        self.faults: list[Fault] = []
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        place = Place(event.start_mark.line + 1, event.start_mark.column + 1)
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._refuse(place, "a second document", "write one procedure to a file")
                    raise _TooMuchError
            case yaml.AliasEvent():
                self._refuse(place, f"the alias *{event.anchor}", "write it out, or put the text in quotes")
                self._add(Scalar(f"*{event.anchor}", False, place))
            case yaml.ScalarEvent():
                self._check_marks(event, place)
                self._add(self._scalar(event, place))
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._check_marks(event, place)
                self._open.append(_Open(place, isinstance(event, yaml.MappingStartEvent)))
                if len(self._open) > MAX_DEPTH:
                    self.faults.append(Fault("P112", place, f"is nested deeper than {MAX_DEPTH} levels"))
                    raise _TooMuchError
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                done = self._open.pop()
                self._add(self._mapping(done) if done.is_mapping else Sequence(tuple(done.items), done.place))

    def _add(self, node: Node) -> None:
        if self._open:
            self._open[-1].items.append(node)
        else:
            self.root = node

    def _refuse(self, place: Place, what: str, hint: str = "") -> None:
        self.faults.append(Fault("P104", place, f"{what} is not part of the language", hint))

    def _check_marks(self, event: Any, place: Place) -> None:
        if event.anchor is not None:
            self._refuse(place, f"the anchor &{event.anchor}", "put the text in quotes")
        if event.tag is not None:
            self._refuse(place, f"the tag {event.tag}", "put the text in quotes")

    def _scalar(self, event: Any, place: Place) -> Scalar:
        bad = next((char for char in event.value if char == "\0" or "\ud800" <= char <= "\udfff"), None)
        if bad is not None:
            self.faults.append(Fault("P102", place, f"a text holds {bad!r}, which is no character"))
        raw = self.text[event.start_mark.index : event.end_mark.index]
        is_exact = raw == event.value
        spots = () if is_exact else tuple(anchors(raw, event.value, event.style, place))
        return Scalar(event.value, event.style is None, place, spots)

    def _mapping(self, done: _Open) -> Mapping:
        first: dict[str, Place] = {}
        entries: list[tuple[Scalar, Node]] = []
        for key, value in zip(done.items[::2], done.items[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.faults.append(Fault("P107", key.place, "a key is a word", _QUOTES))
            elif key.text == "<<" and key.is_plain:
                self._refuse(key.place, "the merge key <<")
            elif key.text in first:
                message = f"the key {key.text} stands in line {first[key.text].line} already"
                self.faults.append(Fault("P103", key.place, message, "remove one"))
            else:
                first[key.text] = key.place
                entries.append((key, value))
        return Mapping(tuple(entries), done.place)


def _syntax_fault(error: yaml.YAMLError, text: str) -> Fault:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        offset = getattr(error, "position", 0)
        line = text.count("\n", 0, offset) + 1
        return Fault("P102", Place(line, offset - text.rfind("\n", 0, offset)), "holds a character that YAML forbids")
    lines = text.splitlines()
    around = " ".join(lines[max(0, mark.line - 1) : mark.line + 1])
    hint = "indent with spaces" if "\\t" in str(error) else _QUOTES if re.search(r"[{}:&*]", around) else ""
    hint = _UNCLOSED if "<stream end>" in str(error) or "end of stream" in str(error) else hint
    message = str(getattr(error, "problem", None) or getattr(error, "context", None) or "it cannot be read")
    return Fault("P102", Place(mark.line + 1, mark.column + 1), f"is not YAML: {message}", hint)
