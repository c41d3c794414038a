"""What a type check collects: parts with their types, faults in the author's words, text for the runtime."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from segue.plan.language.syntax import Literal, Node
from segue.plan.language.types import ANY, BOOL, DOUBLE, MONEY, STRING, Maybe, Scalar, Type, present, with_article
from segue.plan.rules import Problem

Path: TypeAlias = tuple[str, ...]
"""A name and the fields selected from it: `("order", "total")`."""

NOTHING: frozenset[Path] = frozenset()
MAX_SLOTS: Final = 64
RUNTIME_TYPES: Final = {"bool": "bool", "int": "int", "double": "double", "string": "string", "money": "string"}
"""What the runtime takes a scalar for; all other types are `any` to it."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable of the text for the runtime: what is found at a path, or whether anything is."""

    name: str
    """Its type for the runtime, and a number below `MAX_SLOTS`."""
    path: Path
    asks_presence: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A part of an expression: its type, and its text for the runtime."""

    type: Type
    code: str = "null"
    path: Path | None = None
    """Of a name of the environment; its code is a slot, made when it is used."""
    there: str = ""
    """For a raw value of a list or map: text that tells whether it is there."""
    local: Path | None = None
    """Of a loop's item; only to know what is there."""
    is_atom: bool = True
    truths: frozenset[Path] = NOTHING
    """What is surely there where the part is true."""
    falsities: frozenset[Path] = NOTHING
    """What is surely there where it is false."""


class Draft(ABC):
    """The state of one check of one expression.

    Attributes:
        names: Types of what may be used.
        locals: Items of the loops around the current part: type and name in the runtime's text.
        problems: What is wrong so far.
        slots: The variables used so far.
        patterns: (offset, text) of constant regular expressions.
        deepest: Depth of nested loops.
    """

    def __init__(self, source: str, names: Mapping[str, Type], *, is_strict: bool) -> None:
        self.source = source
        self.names = names
        self.locals: dict[str, tuple[Type, str]] = {}
        self.problems: list[Problem] = []
        self.slots: dict[tuple[Path, bool], Slot] = {}
        self.patterns: list[tuple[int, str]] = []
        self.loops = 0
        self.deepest = 0
        self._is_strict = is_strict
        self._is_guarding = False

    @abstractmethod
    def check(self, node: Node, seen: frozenset[Path]) -> Typed:
        """Type a part, `seen` being what surely has a value there."""

    def value(self, node: Node, seen: frozenset[Path]) -> Typed:
        """Type a part that must have a value."""
        typed = self.check(node, seen)
        if not isinstance(typed.type, Maybe):
            return typed
        if self._is_strict and not (self._is_guarding and typed.path):
            text = self.text(node)
            is_step = typed.path is not None and len(typed.path) == 1
            message = f"step {text} may have no value" if is_step else f"{text} may be missing"
            hint = f"guard it with has({text})" if typed.path or typed.local else ""
            self.fault("P209", node.start, message, hint)
        return replace(typed, type=typed.type.of)

    def condition(self, node: Node, seen: frozenset[Path]) -> Typed:
        """Type a part that must be true or false."""
        typed = self.value(node, seen)
        if typed.type not in (BOOL, ANY):
            return self.fault("P211", node.start, f"{self.text(node)} is {with_article(typed.type)}, not true or false")
        return typed

    def asked(self, node: Node, seen: frozenset[Path]) -> Typed:
        """Type a part that is only asked whether it is there: what stands before its dots may be missing."""
        with self.guarding(yes=True):
            return self.check(node, seen)

    @contextmanager
    def guarding(self, *, yes: bool) -> Iterator[None]:
        """Let missing values in paths be no fault inside, or be one again."""
        before, self._is_guarding = self._is_guarding, yes
        try:
            yield
        finally:
            self._is_guarding = before

    def fault(self, code: str, offset: int, message: str, hint: str = "") -> Typed:
        """Note a problem; the part counts as `any`, so that nothing is said twice."""
        self.problems.append(Problem(code, offset, message, hint))
        return Typed(type=ANY)

    def text(self, node: Node) -> str:
        """Return the author's words, shortened for a message."""
        text = self.source[node.start : node.end]
        return text if len(text) <= 40 else f"{text[:37]}…"

    def emit(self, typed: Typed) -> str:
        """Return the text for the runtime that gives a part's value."""
        if typed.path is not None:
            return self._slot(typed.path, present(typed.type), asks_presence=False)
        if typed.there and present(typed.type) in (MONEY, DOUBLE):  # JSON has whole doubles, and no money
            return f"{'string' if present(typed.type) == MONEY else 'double'}({typed.code})"
        return typed.code

    def atom(self, typed: Typed) -> str:
        """Return it so that an operator may stand beside it."""
        code = self.emit(typed)
        return code if typed.is_atom else f"({code})"

    def presence(self, typed: Typed) -> str:
        """Return text that tells whether a part has a value."""
        if typed.path is not None:
            return self._slot(typed.path, BOOL, asks_presence=True)
        return typed.there or f"{self.atom(typed)} != null"

    def _slot(self, path: Path, type_: Type, *, asks_presence: bool) -> str:
        if (path, asks_presence) not in self.slots:
            if len(self.slots) == MAX_SLOTS:
                self.fault("P210", 0, f"uses more than {MAX_SLOTS} values")
            name = f"{RUNTIME_TYPES.get(str(type_), 'any')}{len(self.slots)}"
            self.slots[path, asks_presence] = Slot(name, path, asks_presence)
        return self.slots[path, asks_presence].name


def quote(text: str) -> str:
    """Return a text as a CEL literal that survives whatever it holds."""
    is_plain = text.isascii() and text.isprintable() and '"' not in text and "\\" not in text
    return f'"{text}"' if is_plain else '"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"'


def is_null(node: Node) -> bool:
    """Say whether the author wrote `null`."""
    return isinstance(node, Literal) and node.kind == "null"


def prefixes(path: Path | None) -> frozenset[Path]:
    """Return a path and all that stands before its dots: where it is there, they are."""
    return frozenset(path[:length] for length in range(1, len(path) + 1)) if path else NOTHING


def plain(type_: Type) -> Type:
    """Return the type without its choices."""
    return STRING if isinstance(type_, Scalar) and type_.name == "string" else type_
