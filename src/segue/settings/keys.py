"""How a section of `segue.toml` declares its keys: what each is, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, cast

from segue.settings.values import Kind, T


@dataclass(frozen=True)
class Key:
    """What the table says about one key."""

    kind: Kind[Any]
    about: str
    variable: str = ""
    """The environment variable that wins over the file."""
    is_rest: bool = False
    """Whether it stands for every key that the section does not name, as a mapping."""
    section: type | None = None
    """Where it holds sections by name, the class of each; `kind` is then that of the names."""

    @property
    def is_value(self) -> bool:
        """Whether it is one key with one value."""
        return not self.is_rest and self.section is None


def key(default: T, kind: Kind[T], about: str, *, variable: str = "") -> T:
    """Declare one key of a section, its default given as read."""
    entry = Key(kind, about, variable=variable)
    return field(default=default, metadata={"key": entry})


def table(kind: Kind[Mapping[str, T]], about: str) -> Mapping[str, T]:
    """Declare a key whose value is a table of one kind of value, empty by default."""
    return cast("Mapping[str, T]", field(default_factory=dict, metadata={"key": Key(kind, about)}))


def other_keys(kind: Kind[T], about: str) -> Mapping[str, T]:
    """Declare what every further key of a section means."""
    entry = Key(kind, about, is_rest=True)
    return cast("Mapping[str, T]", field(default_factory=dict, metadata={"key": entry}))


def sections(section: type[T], name: Kind[str], about: str) -> Mapping[str, T]:
    """Declare a key that holds sections of one class, each under a name."""
    entry = Key(name, about, section=section)
    return cast("Mapping[str, T]", field(default_factory=dict, metadata={"key": entry}))


def keys(section: type) -> dict[str, Key]:
    """Return the keys of a section by name."""
    return {entry.name: entry.metadata["key"] for entry in fields(section) if "key" in entry.metadata}
