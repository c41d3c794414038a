"""Tools written in Python: a workspace's `tools.py`, imported once per process as module `tools`."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from contextlib import redirect_stdout
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Final

from segue.errors import DefinitionError, DuplicateName, Finding, WorkspaceError
from segue.tools import registry
from segue.tools.registry import Registry

RULES: Final = {
    "C101": "`tools.py` can be imported.",
    "C102": "`tools.py` is well-formed Python.",
    "C103": "Every tool is declared in a way that can work.",
    "C104": "A tool's name stands for one tool.",
}
"""What is asked of a workspace's tools, by the code of the finding."""

_FILE = "tools.py"
_MODULE = "tools"
_LONGEST = 400
_loaded: dict[Path, Registry] = {}


def load(workspace: Path) -> Registry:
    """Return the tools of a workspace; without a `tools.py` there are none.

    The same workspace gives the same registry each time. Another workspace takes over the module name
    `tools` and the first place on `sys.path`; the tools of the first one go on working.

    Raises:
        WorkspaceError: The file cannot be imported (C101), read (C102), or declares a tool wrongly
            (C103) or twice (C104).
    """
    folder = workspace.resolve()
    if folder not in _loaded:
        path = folder / _FILE
        _loaded[folder] = _import(path) if path.exists() else Registry()
    return _loaded[folder]


def _import(path: Path) -> Registry:
    _leave_other_workspaces()
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(_MODULE, path)
    assert spec is not None  # noqa: S101  # a path that ends in .py always has a loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[_MODULE] = module
    try:
        with registry.use(Registry()) as tools:
            _run(spec, module)
    except (Exception, SystemExit) as error:
        _forget(path.parent)
        raise WorkspaceError([_finding(error, path)]) from error
    return tools


def _run(spec: ModuleSpec, module: ModuleType) -> None:
    assert spec.loader is not None  # noqa: S101  # as above
    with redirect_stdout(sys.stderr):  # what a program prints while it is imported is no result of a command
        spec.loader.exec_module(module)


def _leave_other_workspaces() -> None:
    for folder in _loaded:
        _forget(folder)


def _forget(folder: Path) -> None:
    """Take a workspace off `sys.path`, and its modules out of the way of others of the same name."""
    if str(folder) in sys.path:
        sys.path.remove(str(folder))
    own = {name for name, module in sys.modules.items() if _lies_in(folder, module)}
    for name in [name for name in sys.modules if name.partition(".")[0] in own]:
        del sys.modules[name]


def _lies_in(folder: Path, module: ModuleType) -> bool:
    """Say whether a module or package stands directly in a folder; deeper ones may be installed."""
    file = getattr(module, "__file__", None)
    if not file or module.__name__ == "__main__":
        return False
    path = Path(file)
    return folder == (path.parent.parent if path.name == "__init__.py" else path.parent)


def _finding(error: BaseException, path: Path) -> Finding:
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return _at(error.lineno or 0, error.offset or 0, "C102", f"is no Python: {error.msg}")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    line = (frames[-1].lineno or 0) if frames else 0
    if isinstance(error, DefinitionError):
        return _at(line, 0, "C103", str(error))
    if isinstance(error, DuplicateName):
        return _at(line, 0, "C104", str(error))
    hint = (
        "install it where segue is installed, or put it beside tools.py"
        if isinstance(error, ModuleNotFoundError)
        else ""
    )
    return _at(line, 0, "C101", f"cannot be imported: {type(error).__name__}: {error}", hint)


def _at(line: int, column: int, code: str, message: str, hint: str = "") -> Finding:
    message = " ".join(message.split())[:_LONGEST]  # what a company's code raises may have many lines
    return Finding(file=_FILE, line=line, column=column, code=code, severity="error", message=message, hint=hint)
