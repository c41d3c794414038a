import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.errors import Finding, WorkspaceError
from segue.tools import python
from segue.tools.python import load

GOOD = """
from segue.tools import tool
import pricing

@tool("price", effect="read")
def price(sku: str) -> int:
    return pricing.PRICE
"""


@pytest.fixture(autouse=True)
def process() -> Iterator[None]:
    """Leaves the process as it was: module `tools` and `sys.path` belong to all tests."""
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def workspace(folder: Path, source: str, price: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "tools.py").write_text(source, encoding="utf-8")
    (folder / "pricing.py").write_text(f"PRICE = {price}\n", encoding="utf-8")
    return folder


def finding(folder: Path) -> Finding:
    with pytest.raises(WorkspaceError) as caught:
        load(folder)
    (found,) = caught.value.findings
    assert found.file == "tools.py"
    assert found.severity == "error"
    return found


def test_a_workspace_without_tools_has_none(tmp_path: Path) -> None:
    assert len(load(tmp_path)) == 0


def test_tools_are_imported_once_as_module_tools_with_the_workspace_first(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "a", "import sys\nPLACE = sys.path[0]\n" + GOOD)
    first = load(folder)
    assert [tool.name for tool in first] == ["price"]
    assert load(folder / ".." / "a") is first
    assert str(folder.resolve()) == sys.modules["tools"].PLACE


async def test_several_workspaces_of_a_process_keep_apart(tmp_path: Path) -> None:
    one, two = workspace(tmp_path / "one", GOOD, price=1), workspace(tmp_path / "two", GOOD, price=2)
    tools = [load(one), load(two)]
    assert load(one) is tools[0]
    assert [await tool.call({"sku": "x"}) for registry in tools for tool in registry] == [1, 2]


def test_what_is_installed_inside_a_workspace_stays_imported(tmp_path: Path) -> None:
    folder = workspace(
        tmp_path / "one", "import sys\nsys.path.append('" + str(tmp_path / "one" / "site") + "')\nimport deep\n"
    )
    (folder / "site").mkdir()
    (folder / "site" / "deep.py").write_text("")
    load(folder)
    load(workspace(tmp_path / "two", GOOD))
    assert "deep" in sys.modules


TWICE = """from segue.tools import tool
@tool('a', effect='read')
def f() -> None: ...
@tool('a', effect='read')
def g() -> None: ..."""

CASES = [
    ("C101", 2, "\n1 / 0\n", "ZeroDivisionError: division by zero"),
    ("C101", 1, "import missing_module", "ModuleNotFoundError"),
    ("C101", 3, "def f():\n    raise ValueError('no')\nf()", "ValueError: no"),
    ("C101", 1, "raise SystemExit(3)", "SystemExit"),
    ("C101", 1, "raise ValueError('two\\nlines')", "ValueError: two lines"),
    ("C101", 1, "import broken", "invalid syntax"),
    ("C102", 2, "x = 1\ndef f(:\n", "is no Python: invalid syntax"),
    ("C103", 2, "from segue.tools import tool\n@tool('a', effect='twice')\ndef f() -> None: ...", "'twice'"),
    ("C104", 4, TWICE, "tools.py:2"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "line", "source", "says"), CASES)
def test_what_goes_wrong_in_the_file_is_a_finding_with_its_line(
    code: str, line: int, source: str, says: str, tmp_path: Path
) -> None:
    folder = workspace(tmp_path / "a", source)
    (folder / "broken.py").write_text("def f(:\n")
    found = finding(folder)
    line = 2 if "def f():" in source else line  # where it was raised
    assert (found.code, found.line) == (code, line)
    assert says in found.message
    assert str(tmp_path) not in sys.path


def test_every_rule_on_the_file_has_an_example() -> None:
    assert {code for code, _, _, _ in CASES} == set(python.RULES)


def test_a_file_that_is_no_text_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "tools.py").write_bytes(b"x = '\xff'\n")
    assert finding(tmp_path).code == "C102"
    (tmp_path / "tools.py").write_bytes(b"x = '\0'\n")
    assert finding(tmp_path).code in ("C101", "C102")


def test_a_mended_file_is_read_again(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "a", "1 / 0")
    assert finding(folder).code == "C101"
    workspace(folder, GOOD)
    assert len(load(folder)) == 1
