"""Reads `segue.toml`: every mistake becomes a finding with its place, and the rest is read all the same."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from segue.errors import Finding
from segue.settings.keys import Key, keys
from segue.settings.places import KeyPath, Place, places
from segue.settings.sections import LATER, SECTIONS, Settings
from segue.settings.values import Unfit, nearest, one_line, shown

FILE = "segue.toml"
SIZE_LIMIT = 1_000_000

RULES = {
    "S101": "segue.toml cannot be read, is not UTF-8 or is larger than 1 MB.",
    "S102": "segue.toml is not TOML.",
    "S103": "A section is not known.",
    "S104": "A key is not known.",
    "S105": "A value is of the wrong type, or out of range.",
    "S106": "A section, a key or a value is known, but not built yet.",
    "S107": "A value of the environment is wrong.",
    "S108": "Two values contradict each other.",
    "S109": "A key is missing that its section cannot do without.",
    "S110": "A model is named whose provider's package is not installed.",
    "S111": "A model is named whose key is not in the environment.",
    "S112": "A budget in money cannot count a model whose price is not known.",
    "A101": "Autonomy `auto` without a proof: allowed as a rehearsal on the local helpdesk.",
    "A102": "Autonomy `auto` without a proof on a helpdesk that reaches customers.",
    "A103": "Autonomy is set for a topic that nothing else knows.",
}
"""What each finding of this room means."""

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def load(file: Path, environment: Mapping[str, str]) -> tuple[Settings, list[Finding]]:
    """Return the settings of a workspace and what is wrong with them.

    Args:
        file: Its `segue.toml`.
        environment: As `os.environ`; `SEGUE_URL` wins over the file.

    Returns:
        The settings, and the findings in the order of the file. A refused value has its default, so with a
        finding of severity `error` the settings say what to show, not what to do.
    """
    text = _text(file)
    return (Settings(), [text]) if isinstance(text, Finding) else parse(text, environment)


def parse(text: str, environment: Mapping[str, str]) -> tuple[Settings, list[Finding]]:
    """Return the settings that a text holds, as `load` does; never raises."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return Settings(), [_syntax(error, text)]
    reading = _Reading(text)
    sections = {name: reading.section(name, document.get(name, {})) for name in SECTIONS}
    reading.others(document)
    reading.environment(sections, environment)
    settings = Settings(**{name: SECTIONS[name](**given) for name, given in sections.items()})
    if "ask_reminder" not in sections["policy"]:
        half = settings.policy.ask_timeout / 2
        settings = replace(settings, policy=replace(settings.policy, ask_reminder=half))
    reading.agreement(settings)
    if "models" not in reading.faulty:
        reading.faults(("models",), settings.models)
    reading.autonomy(settings, is_local=_helpdesk(document) == "local")
    return settings, sorted(reading.findings)


def unready_models(file: Path, environment: Mapping[str, str]) -> list[Finding]:
    """Return a warning for everything that this machine lacks for the models that are named.

    Args:
        file: The workspace's `segue.toml`; a mistake in it is `load`'s to find.
        environment: As `os.environ`.
    """
    text = _text(file)
    if isinstance(text, Finding):
        return []
    reading = _Reading(text)
    for code, fault in parse(text, {})[0].models.unready(environment):
        path = ("models", *fault.key.split("."))
        reading.add(path, code, fault.message, hint=fault.hint, severity="warning")
    return sorted(reading.findings)


def unknown_topics(file: Path, known: Iterable[str]) -> list[Finding]:
    """Return a warning for each topic under `[autonomy]` that nothing else knows: perhaps it is misspelt.

    Args:
        file: The workspace's `segue.toml`; a mistake in it is `load`'s to find.
        known: The topics of the procedures and of the history, and the built-in ones.
    """
    text = _text(file)
    topics = sorted(known)
    if isinstance(text, Finding) or not (named := parse(text, {})[0].autonomy.topics):
        return []
    reading = _Reading(text)
    for topic in named.keys() - set(topics):
        message = f'no procedure and no past ticket has the topic "{topic}"'
        hint = nearest(topic, topics)
        reading.add(("autonomy", topic), "A103", message, hint=hint, severity="warning")
    return sorted(reading.findings)


class _Reading:
    """One text on its way to `Settings`, and what is found wrong with it."""

    def __init__(self, text: str) -> None:
        self.findings: list[Finding] = []
        self.faulty: set[str] = set()
        """The sections in which something was found."""
        self._places = places(text)

    def add(self, path: KeyPath, code: str, message: str, *, hint: str = "", severity: str = "error") -> None:
        """Note a finding at the place of a key, or of the nearest table around it."""
        line, column = self._place(path)
        self.faulty.add(path[0])
        self.findings.append(Finding(FILE, line, column, code, severity, one_line(message), hint))

    def _place(self, path: KeyPath) -> Place:
        around = (path[:end] for end in range(len(path), 0, -1))
        return next((self._places[outer] for outer in around if outer in self._places), (0, 0))

    def section(self, name: str, table: object) -> dict[str, Any]:
        """Return the values of one section that are right, by the names of its class's fields."""
        if not isinstance(table, dict):
            self.add((name,), "S105", f"{name}: expected a section, got {shown(table)}", hint=f"write [{name}]")
            return {}
        return self._table((name,), SECTIONS[name], table)

    def _table(self, path: KeyPath, section: type, table: Mapping[str, Any]) -> dict[str, Any]:
        known = keys(section)
        rest = next((word for word, entry in known.items() if entry.is_rest), "")
        read: dict[str, Any] = {rest: {}} if rest else {}
        for word, value in table.items():
            entry = known.get(word)
            if entry is not None and entry.section is not None:
                read[word] = self._sections((*path, word), entry, entry.section, value)
            elif entry is not None and word != rest:
                self._value((*path, word), entry, value, into=read)
            elif rest:
                self._value((*path, word), known[rest], value, into=read[rest])
            else:
                self._unknown((*path, word), known, value)
        return read

    def _sections(self, path: KeyPath, entry: Key, section: type, tables: object) -> dict[str, Any]:
        """Return the sections that stand under their names, those that are right."""
        if not isinstance(tables, dict):
            self.add(path, "S105", f"{'.'.join(path)}: expected sections, got {shown(tables)}")
            return {}
        read: dict[str, Any] = {}
        for name, table in tables.items():
            inner, before = (*path, name), len(self.findings)
            if not isinstance(table, dict):
                hint = f"write [{'.'.join(path)}.NAME]"
                self.add(inner, "S105", f"{'.'.join(inner)}: expected a section, got {shown(table)}", hint=hint)
                continue
            self._value(inner, entry, name, into={})
            made = section(**self._table(inner, section, table), line=self._place(inner)[0])
            if len(self.findings) == before:
                self.faults(inner, made)
            read[name] = made
        return read

    def faults(self, path: KeyPath, section: Any) -> None:
        """Find what is missing in a section, or contradicts itself."""
        for fault in section.faults():
            where = (*path, *fault.key.split(".", 1)) if fault.key else path
            message = f"[{'.'.join(path)}]: {fault.message}"
            self.add(where, "S109" if fault.is_missing else "S108", message, hint=fault.hint)

    def _unknown(self, path: KeyPath, known: Mapping[str, Key], value: object) -> None:
        *outer, word = path
        section = ".".join(outer)
        if isinstance(value, dict) and all(entry.section for entry in known.values()):
            hint = nearest(f"{section}.{word}", [f"{section}.{name}" for name in known])
            self.add(path, "S103", f"unknown section [{section}.{word}]", hint=hint)
            return
        inner = [name for name, entry in known.items() if entry.section and word in keys(entry.section)]
        hint = f"it belongs to [{section}.{inner[0]}.NAME]" if inner else ""
        if len(path) == 2:
            hint = hint or _elsewhere(word)
        self.add(path, "S104", f'unknown key "{word}" in [{section}]', hint=hint or nearest(word, [*known]))

    def others(self, document: Mapping[str, Any]) -> None:
        """Find what is wrong with the sections that hold no keys."""
        for name, value in document.items():
            if name in SECTIONS:
                continue
            if not isinstance(value, dict):
                hint = _elsewhere(name) or "every key belongs to a section"
                self.add((name,), "S104", f'unknown key "{name}" outside of the sections', hint=hint)
            elif (name,) in LATER:
                self._later((name,), value)
            else:
                known = [*SECTIONS, *dict.fromkeys(path[0] for path in LATER)]
                self.add((name,), "S103", f"unknown section [{name}]", hint=nearest(name, known))

    def environment(self, sections: Mapping[str, dict[str, Any]], environment: Mapping[str, str]) -> None:
        """Let the environment's values win over the file's."""
        for name, section in SECTIONS.items():
            for word, entry in keys(section).items():
                if value := environment.get(entry.variable):
                    try:
                        sections[name][word] = entry.kind.read(value)
                    except Unfit as unfit:
                        message = f"environment variable {entry.variable}: {unfit}"
                        self.findings.append(_finding("S107", message, unfit.hint))

    def agreement(self, settings: Settings) -> None:
        """Find values that contradict each other; where one is wrong already, there is nothing to compare."""
        if not self.findings and settings.policy.ask_reminder >= settings.policy.ask_timeout:
            message = "the reminder would come after the question has ended"
            self.add(("policy", "ask_reminder"), "S108", message, hint="make it shorter than ask_timeout")

    def autonomy(self, settings: Settings, *, is_local: bool) -> None:
        """Find what would run alone without a proof."""
        chosen = {"default": settings.autonomy.default, **settings.autonomy.topics}
        for topic in (topic for topic, level in chosen.items() if level == "auto"):
            path = ("autonomy", topic)
            if is_local:
                message = f'{topic} = "auto" is a rehearsal on the local helpdesk, not proven'
                self.add(path, "A101", message, severity="warning")
            else:
                hint = 'use "draft" until a backtest has proven it'
                self.add(path, "A102", f'{topic} = "auto" is not proven and would reach customers', hint=hint)

    def _value(self, path: KeyPath, entry: Key, value: object, *, into: dict[str, Any]) -> None:
        try:
            into[path[-1]] = entry.kind.read(value)
        except Unfit as unfit:
            self.add(path, unfit.code, f"{path[-1]}: {unfit}", hint=unfit.hint)

    def _later(self, path: KeyPath, table: Mapping[str, Any]) -> None:
        for word in table:
            message = f'[{".".join(path)}] is not built yet, so "{word}" would do nothing'
            self.add((*path, word), "S106", message, hint="remove it")


def _text(file: Path) -> str | Finding:
    try:
        data = file.read_bytes()
    except OSError as error:
        return _finding("S101", f"cannot be read: {error.strerror or error}")
    if len(data) > SIZE_LIMIT:
        return _finding("S101", f"larger than {SIZE_LIMIT:,} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Finding(FILE, data.count(b"\n", 0, error.start) + 1, 0, "S101", "error", "not UTF-8")


def _helpdesk(document: Mapping[str, Any]) -> object:
    """Return the kind that was asked for, built or not."""
    table = document.get("helpdesk")
    return table.get("kind", "local") if isinstance(table, dict) else "local"


def _syntax(error: Exception, text: str) -> Finding:
    where = _WHERE.search(str(error))
    message = _WHERE.sub("", str(error)) if isinstance(error, ValueError) else "nested too deeply"
    if where is None:
        return _finding("S102", f"not TOML: {message}")
    line, column = (where[1], where[2]) if where[1] else (text.count("\n") + 1, 0)
    hint = 'a text stands in quotes: key = "a text"' if "nvalid value" in message else ""
    return Finding(FILE, int(line), int(column), "S102", "error", f"not TOML: {message}", hint)


def _finding(code: str, message: str, hint: str = "") -> Finding:
    return Finding(FILE, 0, 0, code, "error", message, hint)


def _elsewhere(word: str) -> str:
    homes = [name for name, section in SECTIONS.items() if word in keys(section) and keys(section)[word].is_value]
    return f"it belongs to [{homes[0]}]" if homes else ""
