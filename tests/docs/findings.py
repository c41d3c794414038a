"""Renders `docs/reference/findings.md` from the rules: `python -m tests.docs.findings > docs/reference/findings.md`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from segue import settings
from segue.knowledge import problems
from segue.plan import rules
from segue.support import lines
from segue.tools import python, toolbox
from segue.tools.mcp import servers
from segue.tools.openapi import load as openapi
from tests.docs.rule_examples import EXAMPLES, HEAD

_HEAD = """# Findings

What `segue check` finds wrong in a workspace's files, and what `segue ingest` and `segue resolve` refuse. A finding is
one line: `procedures/refund.yaml:14:9 P203 step "refund" runs before …`, that is file, line, column, code, what is
wrong and, where there is one, a hint. Line or column 0 means the file or the line as a whole. Codes are stable: a rule
keeps its code, and a code is not used again.

A finding of severity *error* makes `segue check` end with status 1. A *warning*, marked here, does not; P226 is an
error in a plan that a model made.
"""

_EXAMPLES = f"""## Examples of P1 and P2

Where an example is only steps, it begins with

```text
{HEAD.rstrip()}
```

and the tools are those of the tests. Each example is one of them.
"""
LONGEST = 2000
"""Characters of an example that is shown."""


@dataclass(frozen=True)
class _Family:
    title: str
    about: str
    rules: Mapping[str, str]


def _families() -> list[_Family]:
    ours = dict(settings.RULES)
    tools = {code: text for code, text in rules.RULES.items() if code.startswith("C")} | toolbox.RULES
    return [
        _Family("S: `segue.toml`", "What was found.", _of(ours, "S")),
        _Family("A: autonomy", "What was found.", _of(ours, "A")),
        _Family("C: tools", "What must hold, of `tools.py` and of what is offered elsewhere.", tools),
        _Family("M: MCP servers", "What must hold.", servers.RULES),
        _Family("H: descriptions of HTTP services", "What must hold.", openapi.RULES),
        _Family("P1: how a procedure is written", "What must hold.", rules.FORM),
        _Family("P2: what a plan means", "What must hold, whoever wrote the plan.", rules.MEANING),
        _Family("K: articles", "What was found.", problems.RULES),
        _Family("T: tickets and history", "What was found.", lines.RULES),
    ]


def codes() -> set[str]:
    """Return every code that there is, from where each room keeps its own."""
    rooms = (settings.RULES, python.RULES, toolbox.RULES, servers.RULES, openapi.RULES, rules.RULES, problems.RULES,
             lines.RULES)  # fmt: skip
    return {code for room in rooms for code in room}


def render() -> str:
    """Return the page."""
    remote = {*toolbox.WARNINGS, *servers.WARNINGS, *openapi.WARNINGS}
    warnings = {*rules.WARNINGS, *problems.WARNINGS, *remote, "A101", "A103", "S110", "S111", "S112"}
    parts = [_HEAD]
    for family in _families():
        rows = [
            f"| {code} | {_sentence(text)}{' *Warning.*' * (code in warnings)} |"
            for code, text in sorted(family.rules.items())
        ]
        page = [f"## {family.title}", "", family.about, "", "| code | rule |", "| --- | --- |", *rows, ""]
        parts.append("\n".join(page))
    return "\n".join([*parts, *_examples()])


def _examples() -> list[str]:
    """Return, for each rule, what breaks it and what does not."""
    parts = [_EXAMPLES]
    first = {example.code: example for example in reversed(EXAMPLES)}
    for code, example in sorted(first.items()):
        if len(example.broken) < LONGEST:
            parts.append(f"`{code}` {_sentence(rules.RULES[code])} Found in the first, not in the second:\n")
            parts += (
                f"```text\n{_shown(source)}\n```\n" for source in (example.broken.replace("§", ""), example.sound)
            )
    return parts


def _shown(source: str) -> str:
    """Return an example without what all of them have."""
    return source.removeprefix(HEAD).strip("\n")


def _of(ours: Mapping[str, str], letter: str) -> dict[str, str]:
    return {code: text for code, text in ours.items() if code.startswith(letter)}


def _sentence(text: str) -> str:
    first = text.partition(" ")[0]
    begun = text if "." in first else text[0].upper() + text[1:]  # the name of a file stays as it is
    return begun.removesuffix(".").replace("|", "\\|") + "."


if __name__ == "__main__":
    sys.stdout.write(render())
