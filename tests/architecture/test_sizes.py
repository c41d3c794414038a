"""Files hold one idea, functions one step, and names say what is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.conftest import sources

LONGEST_FILE, LONGEST_OF_ALL = 500, 600
LONGER = {
    "engine/driver.py": "one driver: what it takes, commits and wakes belongs together",
    "engine/run.py": "one run: every durable call and what its entry means",
}
"""Files over the limit, and why no second idea was found in them yet."""
LONGEST_FUNCTION = 50
NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}


def test_no_file_holds_two_ideas() -> None:
    lines = {source.path: source.text.count("\n") for source in sources()}
    assert {path for path, number in lines.items() if number > LONGEST_FILE} <= LONGER.keys()
    assert max(lines.values()) <= LONGEST_OF_ALL


def test_functions_are_short() -> None:
    assert {name: lines for name, lines in _functions() if lines > LONGEST_FUNCTION} == {}


def test_a_module_is_named_for_what_is_in_it() -> None:
    for source in sources():
        for part in source.path.removesuffix(".py").split("/"):
            assert part not in NAMELESS, source.path
            assert re.fullmatch(r"[a-z][a-z0-9_]*|__init__|__main__", part), source.path


def test_every_module_starts_with_a_sentence() -> None:
    for source in sources():
        words = ast.get_docstring(source.tree)
        assert words, source.path
        assert words.partition("\n")[0].endswith((".", ":")), source.path


def _functions() -> Iterator[tuple[str, int]]:
    """Yield each function with the lines of its body, its docstring not counted."""
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                has_words = ast.get_docstring(node) is not None
                body = node.body[1:] if has_words else node.body
                if body:
                    yield f"{source.path}:{node.name}", (node.end_lineno or 0) - body[0].lineno + 1
