"""Reading what a key should hold from a YAML tree, noting everything that is otherwise."""

from __future__ import annotations

import re
from collections.abc import Collection
from collections.abc import Mapping as Keyed
from dataclasses import dataclass, field

from segue.errors import Finding
from segue.plan.document import Fault, Mapping, Node, Scalar, Sequence
from segue.plan.plan import Argument, Constant, Fields, Items, Place, Text, Value
from segue.plan.rules import did_you_mean, nearest, one_line
from segue.tools import JSON

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass
class Form:
    """The findings on one file, and the ways to read a value of it; what cannot be read is None."""

    file: str
    findings: list[Finding] = field(default_factory=list)

    def report(self, code: str, place: Place, message: str, hint: str = "") -> None:
        """Note a finding."""
        message, hint = one_line(message), one_line(hint)
        self.findings.append(Finding(self.file, place.line, place.column, code, "error", message, hint))

    def take(self, faults: list[Fault]) -> None:
        """Note what reading the YAML found."""
        for fault in faults:
            self.report(fault.code, fault.place, fault.message, fault.hint)

    def mapping(self, node: Node, what: str, example: str = "") -> Mapping | None:
        """Return a mapping."""
        if isinstance(node, Mapping):
            return node
        self.report("P107", node.place, f"{what} is written as keys with values, not {_kind(node)}", example)
        return None

    def keys(
        self, mapping: Mapping, what: str, known: Collection[str], required: Keyed[str, str] | None = None
    ) -> dict[str, Node]:
        """Return the known keys with their values; unknown and missing ones, the latter with a hint, are findings."""
        found = {}
        for key, value in mapping.entries:
            if key.text in known:
                found[key.text] = value
            else:
                message = f"{what} has no key {key.text}"
                self.report("P105", key.place, message, nearest(key.text, known))
        for name, hint in (required or {}).items():
            if name not in found:
                self.report("P106", mapping.place, f"{what} needs the key {name}", hint)
        return found

    def text(self, node: Node, what: str) -> Text | None:
        """Return a text; numbers and words such as `yes` count as they are written."""
        if not isinstance(node, Scalar):
            hint = "put it in quotes" if isinstance(node, Mapping) else ""
            self.report("P107", node.place, f"{what} is a text, not {_kind(node)}", hint)
            return None
        if not node.text.strip() or node.resolve() is None:
            self.report("P107", node.place, f"{what} is empty")
            return None
        return node.as_text()

    def words(self, node: Node, what: str) -> str:
        """Return a text without its place; empty where it is none."""
        text = self.text(node, what)
        return text.value if text else ""

    def texts(self, node: Node, what: str) -> tuple[Text, ...]:
        """Return a list of texts."""
        if not isinstance(node, Sequence):
            self.report("P107", node.place, f"{what} is a list of texts, not {_kind(node)}", "write it in [ ]")
            return ()
        texts = (self.text(item, f"each of {what}") for item in node.items)
        return tuple(text for text in texts if text is not None)

    def flag(self, node: Node, what: str) -> bool | None:
        """Return true or false."""
        value = node.resolve() if isinstance(node, Scalar) else None
        if isinstance(value, bool):
            return value
        self.report("P107", node.place, f"{what} is true or false, not {_kind(node)}")
        return None

    def whole(self, node: Node, what: str, lowest: int, highest: int) -> int:
        """Return a whole number within limits."""
        value = node.resolve() if isinstance(node, Scalar) else None
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        self.report("P107", node.place, f"{what} is a whole number from {lowest} to {highest}")
        return lowest

    def one_of(self, node: Node, what: str, known: Collection[str]) -> str | None:
        """Return one of a few words."""
        text = self.words(node, what)
        if text and text not in known:
            self.report(
                "P107", node.place, f"{what} is one of {', '.join(known)}, not {text}", did_you_mean(text, known)
            )
        return text if text in known else None

    def identifier(self, node: Node, what: str, reserved: Collection[str]) -> str:
        """Return a name that expressions can use; one that they cannot is a finding."""
        text = self.words(node, what)
        if text and not IDENTIFIER.fullmatch(text):
            better = "small letters, digits and _, beginning with a letter"
            self.report("P108", node.place, f"{text!r} is no {'id' if what == 'id' else 'name'}", better)
        elif text in reserved:
            self.report("P108", node.place, f"{text} is a word of the language", "choose another one")
        return text

    def plain(self, node: Node) -> JSON:
        """Return any YAML as plain data."""
        match node:
            case Sequence():
                return [self.plain(item) for item in node.items]
            case Mapping():
                return {key.text: self.plain(value) for key, value in node.entries}
            case Scalar():
                return node.resolve()

    def plain_mapping(self, node: Node, what: str) -> dict[str, JSON] | None:
        """Return a mapping as plain data."""
        mapping = self.mapping(node, what)
        return None if mapping is None else {key.text: self.plain(value) for key, value in mapping.entries}

    def value(self, node: Node) -> Value:
        """Return an argument's value: any YAML."""
        match node:
            case Sequence():
                return Items(items=tuple(self.value(item) for item in node.items), place=node.place)
            case Mapping():
                return Fields(fields=self.arguments(node), place=node.place)
            case Scalar():
                value = node.resolve()
                if isinstance(value, str):
                    return node.as_text()
                return Constant(value=value, place=node.place)

    def arguments(self, mapping: Mapping) -> tuple[Argument, ...]:
        """Return named values."""
        return tuple(
            Argument(name=key.text, value=self.value(value), place=key.place) for key, value in mapping.entries
        )


def _kind(node: Node) -> str:
    if isinstance(node, Scalar):
        return repr(node.text) if node.text else "nothing"
    return "a list" if isinstance(node, Sequence) else "a mapping"
