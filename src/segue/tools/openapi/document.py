"""An OpenAPI document as plain values, read from JSON or YAML within limits, and where each part of it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, TypeAlias

import yaml

from segue.tools.schema import JSON

MAX_BYTES: Final = 10_000_000
MAX_DEPTH: Final = 100
"""Tables and lists one inside the other."""
MAX_PARTS: Final = 1_000_000
"""Values in all."""

Pointer: TypeAlias = tuple[str, ...]
"""The keys, and numbers in lists, that lead to a part from the top."""


class DocumentRefused(ValueError):
    """A text that is no document; the message says why, `line` and `column` where, from 1, 0 for the whole."""

    def __init__(self, message: str, *, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def read(data: bytes) -> dict[str, JSON]:
    """Return the document that a file holds, as values of JSON.

    YAML is read as YAML 1.2 (`no` and `2020-01-01` are texts), without aliases and tags; keys are texts.

    Raises:
        DocumentRefused: It is neither JSON nor YAML, no table, or beyond the limits.
    """
    text = _text(data)
    found = _json(text) if text.lstrip()[:1] in ("{", "[") else _yaml(text)
    if not isinstance(found, dict):
        raise DocumentRefused("is no table of keys, so no OpenAPI document")
    return found


def places(data: bytes, pointers: Collection[Pointer]) -> dict[Pointer, tuple[int, int]]:
    """Return line and column, from 1, of those parts of a readable file that can be found: of their key, or item."""
    wanted, found = set(pointers), dict[Pointer, tuple[int, int]]()
    try:
        for pointer, mark in _walk(_text(data)) if wanted else ():
            if pointer in wanted and pointer not in found:
                found[pointer] = mark.line + 1, mark.column + 1
                if len(found) == len(wanted):
                    break
    except (yaml.YAMLError, ValueError):  # JSON may be written with tabs, which YAML does not take
        pass
    return found


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise DocumentRefused(f"is larger than {MAX_BYTES // 1_000_000} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentRefused("is not UTF-8", line=data.count(b"\n", 0, error.start) + 1) from error


def _json(text: str) -> JSON:
    try:
        found = json.loads(text, object_pairs_hook=_table, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        message = f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise DocumentRefused(message, line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise DocumentRefused(f"is nested deeper than {MAX_DEPTH} levels") from error
    except ValueError as error:
        raise DocumentRefused(f"is not JSON: {str(error)[:200]}") from error
    _measure(found)
    if "\\u" in text and not _is_text(found):
        raise DocumentRefused("is not JSON: a text holds half a character")
    return found


def _is_text(value: JSON) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _table(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice[:100]!r} stands there twice")
    return found


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _measure(value: JSON) -> None:
    seen, level = 0, [value]
    for _ in range(MAX_DEPTH + 1):
        inner: list[JSON] = []
        for part in level:
            if isinstance(part, dict):
                inner.extend(part.values())
            elif isinstance(part, list):
                inner.extend(part)
        seen += len(inner)
        if seen > MAX_PARTS:
            raise DocumentRefused(f"has more than {MAX_PARTS:,} parts")
        if not inner:
            return
        level = inner
    raise DocumentRefused(f"is nested deeper than {MAX_DEPTH} levels")


@dataclass
class _Open:
    """A table or list whose end has not come yet."""

    pointer: Pointer
    is_table: bool
    value: Any
    key: str | None = None
    """Of a table: whose value comes next."""

    @property
    def next(self) -> Pointer:
        return (*self.pointer, self.key or "") if self.is_table else (*self.pointer, str(len(self.value)))


@dataclass
class _Tree:
    """What the events of a YAML text build; without recursion, so that no depth can exhaust the stack."""

    value: Any = None
    open: list[_Open] = field(default_factory=list)
    documents: int = 0
    parts: int = 0

    def take(self, event: yaml.Event) -> Pointer | None:
        """Build on, and return the pointer of the key or item that has begun, if one has."""
        mark = event.start_mark
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    raise _refused("a second document begins", mark)
            case yaml.AliasEvent():
                raise _refused(f"the alias *{str(event.anchor)[:50]} is not read: write it out, or use $ref", mark)
            case yaml.ScalarEvent() | yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                return self._begin(event, mark)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self.open.pop()
        return None

    def _begin(self, event: Any, mark: Any) -> Pointer | None:
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise _refused(f"has more than {MAX_PARTS:,} parts", mark)
        if event.tag is not None and not event.tag.startswith("tag:yaml.org,2002:") and event.tag != "!":
            raise _refused(f"the tag {str(event.tag)[:50]} is not read", mark)
        around = self.open[-1] if self.open else None
        if around is not None and around.is_table and around.key is None:
            return self._key(around, event, mark)
        pointer = () if around is None else around.next
        if isinstance(event, yaml.ScalarEvent):
            self._put(around, _scalar(event, mark))
        else:
            is_table = isinstance(event, yaml.MappingStartEvent)
            begun = _Open(pointer, is_table, {} if is_table else [])
            self._put(around, begun.value)
            self.open.append(begun)
            if len(self.open) > MAX_DEPTH:
                raise _refused(f"is nested deeper than {MAX_DEPTH} levels", mark)
        return pointer if around is not None and not around.is_table else None

    def _key(self, table: _Open, event: Any, mark: Any) -> Pointer:
        if not isinstance(event, yaml.ScalarEvent):
            raise _refused("a key is a word", mark)
        key = _checked(event.value, mark)
        if key in table.value:
            raise _refused(f"the key {key[:100]!r} stands there twice", mark)
        if key == "<<" and not event.style:
            raise _refused("the merge key << is not read: use $ref", mark)
        table.key = key
        return table.next

    def _put(self, around: _Open | None, value: JSON) -> None:
        if around is None:
            self.value = value
        elif around.is_table:
            around.value[around.key] = value
            around.key = None
        else:
            around.value.append(value)


_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser is 20 times as fast, where it was built."""


def _yaml(text: str) -> JSON:
    tree = _Tree()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            tree.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = f"is not YAML: {getattr(error, 'problem', None) or getattr(error, 'reason', None) or 'unreadable'}"
        line, column = (0, 0) if mark is None else (mark.line + 1, mark.column + 1)
        raise DocumentRefused(message[:300], line=line, column=column) from error
    except DocumentRefused:
        raise
    except (ValueError, OverflowError) as error:
        raise DocumentRefused(f"is not YAML: {str(error)[:200]}") from error
    return tree.value


def _walk(text: str) -> Iterator[tuple[Pointer, Any]]:
    tree = _Tree()
    for event in yaml.parse(text, Loader=_LOADER):
        pointer = tree.take(event)
        if pointer is not None:
            yield pointer, event.start_mark


_WORDS: Final[Mapping[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})|0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}", re.ASCII)
_FRACTION = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?", re.ASCII)


def _scalar(event: yaml.ScalarEvent, mark: Any) -> JSON:
    text = _checked(event.value, mark)
    if event.style or (event.tag is not None and event.tag.endswith(":str")):
        return text  # quoted, or a block
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if len(text) <= 40 and _FRACTION.fullmatch(text) and abs(number := float(text)) < 1e300:
        return number
    return text


def _checked(text: str, mark: Any) -> str:
    if any("\ud800" <= char <= "\udfff" or char == "\0" for char in text):
        raise _refused("a text holds what is no character", mark)
    return text


def _refused(message: str, mark: Any) -> DocumentRefused:
    return DocumentRefused(message, line=mark.line + 1, column=mark.column + 1)
