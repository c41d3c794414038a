"""Every block that claims to run is run: offline, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from segue.plan.catalogue import Catalogue
from segue.plan.procedure import parse
from segue.plan.verify import verify
from segue.support import sample
from segue.support.lines import read_stream
from segue.support.ticket import parse_past_ticket
from segue.tools import python
from tests.docs.pages import LANGUAGES, ROOT, Block, blocks, blocks_of, pages

READ_EXPORTS = "docs/reference/audit.md"
"""Its script is run on exports by tests/contract/engine/test_export.py."""
SCRIPTS = [*(block for block in blocks("python") if block.page != READ_EXPORTS),
           *(Block(f"examples/{path.name}", 1, "python", path.read_text(encoding="utf-8"))
             for path in sorted((ROOT / "examples").glob("*.py")))]  # fmt: skip
SAYS = {
    "README.md": ["paid back 1250 p for A-1"],
    "docs/tutorial.md": ["2 tickets: 1 resolved, 1 waiting", "no tool orders.look_up", "status 1", "Sent message"],
    "docs/how-to/add-sources.md": ["3 documents with", "| Country | Days | Cost | | Norway | 7 | 12.50 |"],
    "docs/how-to/use-an-http-api.md": ['api.yaml:27:19 H105 warning: operation "getLabel" cannot be used', "0 errors"],
    "docs/how-to/observe.md": ['"run": "parcel-1", "path": "0"', "attempt weigh: finished", "run post: completed"],
    "docs/how-to/use-an-mcp-server.md": ['"mcp crm", "ok": true, "message": "2 tools"', "0 errors, 1 warning"],
    "docs/how-to/offer-segue-to-an-mcp-client.md": ["resolved [{'document': 'delivery.md'"],
    "docs/how-to/write-your-first-procedure.md": [
        "P225 argument order_id of orders.cancel must be system, and is customer, from the customer's words",
        "status 1",
        "0 errors, 1 warning",
        "2 tickets: 1 waiting, 1 resolved",
        "2 tickets: 2 resolved",
        "a person and orders.lookup",
    ],
    "docs/how-to/write-a-workflow.md": ["900 g for Ines", "0.0.0 step_finished", "0.1.0 step_finished"],
    "docs/how-to/keep-no-longer-than-needed.md": ["0 runs with 0 entries removed"],
    "examples/approval.py": ["status: waiting", "published: Closed on Monday"],
    "examples/durable_workflow.py": ["open in all: 2500", "A-2: still open"],
    "examples/once.py": ["payments: 1", "1 step_intended pay", "the journal is whole"],
    "examples/side_by_side.py": ["1500 g", "P-3 was tried 2 times"],
}
"""What the scripts of a page must print."""
SHELLS = {page.relative_to(ROOT).as_posix(): script for page in pages()
          if (script := "\n".join(block.text for block in blocks_of(page) if block.language == "sh"))}  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_every_script_runs_and_says_what_it_should(script: Block, tmp_path: Path) -> None:
    said = _run(script, tmp_path)
    for words in SAYS.get(script.page, []):
        assert words in said


def test_the_readmes_workflow_runs_again_on_the_run_of_the_first_time(tmp_path: Path) -> None:
    script = next(script for script in SCRIPTS if script.page == "README.md")
    assert _run(script, tmp_path) == _run(script, tmp_path)


def test_how_to_test_a_workflow_shows_what_its_scripts_print(tmp_path: Path) -> None:
    page = "docs/how-to/test-a-workflow.md"
    said = "".join(_run(script, tmp_path) for script in SCRIPTS if script.page == page)
    shown = [block.text for block in blocks("text") if block.page == page]
    assert len(shown) == 2
    assert all(text in said for text in shown)


def _run(script: Block, folder: Path) -> str:
    (folder / "script.py").write_text(script.text, encoding="utf-8")
    command = [sys.executable, "-W", "error", "script.py"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def test_every_example_says_what_it_should() -> None:
    assert {script.page for script in SCRIPTS if script.page.startswith("examples/")} <= SAYS.keys()


@pytest.mark.parametrize(("page", "script"), SHELLS.items(), ids=SHELLS)
def test_the_commands_of_every_page_run_one_after_the_other(page: str, script: str, tmp_path: Path) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for name, command in (("segue", f"{sys.executable} -m segue"), ("python", sys.executable)):
        (bin_folder / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (bin_folder / name).chmod(0o755)
    environment = os.environ | {"PATH": f"{bin_folder}:{os.environ['PATH']}"}
    command = ["sh", "-e", "-c", script]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    for words in SAYS[page]:
        assert words in ran.stdout


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return Catalogue.of(python.load(sample.copy(tmp_path_factory.mktemp("sample") / "company").root))


@pytest.mark.parametrize("block", blocks("yaml"), ids=str)
def test_every_procedure_passes_check_with_the_tools_of_the_sample(block: Block, catalogue: Catalogue) -> None:
    plan, findings = parse(block.text, "procedure.yaml")
    assert findings == []
    assert plan is not None
    assert verify(plan, catalogue) == []


@pytest.mark.parametrize("block", blocks("json"), ids=str)
def test_every_ticket_can_be_read(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "tickets.jsonl"
    file.write_text(block.text, encoding="utf-8")
    refused: list[object] = []
    with file.open("rb") as stream:
        found = list(read_stream(stream, parse_past_ticket, file="x", now=datetime.now(UTC), report=refused.append))
    assert refused == []
    assert len(found) == block.text.count("\n")


def test_a_block_says_what_it_is() -> None:
    for page in pages():
        text = page.read_text(encoding="utf-8")
        assert text.count("\n```") == 2 * len(list(blocks_of(page))), page
        assert {block.language for block in blocks_of(page)} <= LANGUAGES, page
