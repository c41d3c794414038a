"""The official MCP conformance suite, against our server and our client."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.packages import node, package
from tests.unit.server.mcp.conftest import write

ROOT = Path(__file__).parents[2]
PATIENCE_S = 300
OURS = f"{sys.executable} -m tests.conformance.client"
_RESULT = re.compile(r"^([✓✗]) (\S+): \d+ passed, (\d+) failed", re.MULTILINE)

OFFERED = (
    "server-initialize",
    "ping",
    "tools-list",
    "tools-call-simple-text",
    "tools-call-error",
    "server-sse-multiple-streams",
    "resources-list",
    "resources-read-text",
    "resources-read-binary",
    "resources-templates-read",
    "prompts-list",
    "dns-rebinding-protection",
)
"""Server scenarios for what we offer."""
NOT_OFFERED = {
    "completion-complete": "no argument has values to complete",
    "logging-set-level": "our records go to our own log, not to whoever asks",
    "tools-call-with-logging": "the same",
    "tools-call-with-progress": "a run tells how it goes by get_run",
    "tools-call-image": "tools give records",
    "tools-call-audio": "the same",
    "tools-call-embedded-resource": "the same",
    "tools-call-mixed-content": "the same",
    "tools-call-sampling": "we ask no client's model for anything",
    "tools-call-elicitation": "we ask no client's user for anything: people are asked by the run",
    "elicitation-sep1034-defaults": "the same",
    "elicitation-sep1330-enums": "the same",
    "json-schema-2020-12": "schemas come from types",
    "server-sse-polling": "a stream that breaks is not resumed: the same ticket again gives the same run",
    "resources-subscribe": "articles and runs are read, not followed",
    "resources-unsubscribe": "the same",
    "prompts-get-simple": "there are no prompts",
    "prompts-get-with-args": "the same",
    "prompts-get-embedded-resource": "the same",
    "prompts-get-with-image": "the same",
}
"""The others, and why not."""
NAMELESS = ("server-initialize", "ping", "tools-list", "resources-list", "prompts-list", "dns-rebinding-protection")
"""Scenarios that ask for no names of their own, so that our server itself can be put to them."""
CLIENT = (
    "initialize",
    "tools_call",
    "elicitation-sep1034-client-defaults",
    "sse-retry",
    "auth/2025-03-26-oauth-endpoint-fallback",
    "auth/resource-mismatch",
    "auth/offline-access-scope",
    "auth/offline-access-not-supported",
)
"""Client scenarios that are no part of the suite `auth`."""
REFUSED = {
    "auth/client-credentials-jwt": "an extension of OAuth",
    "auth/client-credentials-basic": "an extension of OAuth",
    "auth/cross-app-access-complete-flow": "an extension of OAuth",
    "auth/2025-03-26-oauth-metadata-backcompat": "its server names another issuer, which RFC 8414 forbids",
}
"""Client scenarios that we leave out, and why."""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the suite; its report is on standard output."""
    suite = package("@modelcontextprotocol/conformance") / "dist" / "index.js"
    return subprocess.run(
        [str(node()), str(suite), *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        cwd=ROOT,
        check=False,
    )


@contextmanager
def served(*command: str) -> Iterator[str]:
    """Start a server that prints its URL, and end it by the end of its input."""
    package("@modelcontextprotocol/conformance")  # else there is nothing to start it for
    process = subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        said = next(line for line in process.stdout if "http://" in line)
        yield next(word for word in said.split() if word.startswith("http://"))
    finally:
        process.stdin.close()
        process.terminate()
        process.wait(PATIENCE_S)
        process.stdout.close()


def passed(url: str) -> set[str]:
    """Put a server to the whole suite and return the scenarios that it passed; one process is quicker than many."""
    report = run("server", "--url", url).stdout
    lines = _RESULT.findall(report)
    assert lines, report[-4000:]
    return {name for mark, name, failures in lines if mark == "✓" and failures == "0"}


def test_every_server_scenario_is_either_passed_or_about_something_that_we_do_not_offer() -> None:
    listed = run("list", "--server").stdout
    known = {line.split()[1] for line in listed.splitlines() if line.startswith("  - ")}
    assert known == {*OFFERED, *NOT_OFFERED}


def test_our_pieces_pass_every_server_scenario_for_what_we_offer() -> None:
    with served("-m", "tests.conformance.fixture") as url:
        assert set(OFFERED) - passed(url) == set()


def test_our_server_itself_passes_those_that_ask_for_no_names(tmp_path: Path) -> None:
    start = "from segue.cli import main; main()"
    with served("-c", start, "mcp", "--workspace", str(write(tmp_path)), "--http", "0") as url:
        assert set(NAMELESS) - passed(url) == set()


@pytest.mark.parametrize("scenario", CLIENT)
def test_our_client_passes_the_client_scenarios_outside_of_the_suite_of_authorization(scenario: str) -> None:
    report = run("client", "--command", OURS, "--scenario", scenario)
    assert report.returncode == 0, report.stdout[-4000:]


def test_our_client_passes_the_suite_of_authorization() -> None:
    report = run("client", "--command", OURS, "--suite", "auth").stdout
    assert len(_RESULT.findall(report)) == 14
    assert [name for mark, name, _ in _RESULT.findall(report) if mark != "✓"] == []


def test_every_client_scenario_is_passed_or_left_out_with_a_reason() -> None:
    listed = run("list", "--client").stdout
    known = {line.split()[1] for line in listed.splitlines() if line.startswith("  - ")}
    assert len(known - {*CLIENT, *REFUSED}) == 14  # the suite `auth`
