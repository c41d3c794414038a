"""The package's source, parsed once."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "segue"


@dataclass(frozen=True)
class Source:
    """One module of the package."""

    path: str
    """Under `src/segue`, with `/`."""
    text: str
    tree: ast.Module

    @property
    def imported(self) -> frozenset[str]:
        """Every module that it imports anywhere, inside functions too."""
        names: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
                names.update(f"{node.module}.{alias.name}" for alias in node.names)
        return frozenset(names)

    @property
    def packages(self) -> frozenset[str]:
        """The first part of each name that it imports."""
        return frozenset(name.partition(".")[0] for name in self.imported)


@cache
def sources() -> tuple[Source, ...]:
    """Return every module; the sample's and the starter's files are data."""
    found = (path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))
    names = sorted(name for name in found if not name.startswith(("sample/", "support/starter/")))
    texts = {name: (SOURCE / name).read_text(encoding="utf-8") for name in names}
    return tuple(Source(name, text, ast.parse(text)) for name, text in texts.items())
