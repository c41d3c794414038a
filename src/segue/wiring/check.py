"""Everything that is wrong with a workspace, said without running anything of it."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime

from segue import settings as settings_
from segue.errors import Finding, WorkspaceError
from segue.knowledge import ingest as ingesting
from segue.plan import procedure
from segue.plan.catalogue import Catalogue
from segue.support.interpret import QUESTION
from segue.support.workspace import Workspace
from segue.tools import python
from segue.tools.registry import Registry
from segue.tools.toolbox import Toolbox
from segue.wiring.elsewhere import servers, services, sources
from segue.wiring.procedures import checked, policy


def check(workspace: Workspace, *, again: bool = False) -> list[Finding]:
    """Return everything that is wrong with a workspace's files, by file and line.

    Args:
        workspace: The folder.
        again: Whether descriptions of HTTP services that were fetched before are fetched again.
    """
    settings, findings = settings_.load(workspace.settings, os.environ)
    is_usable = not any(finding.severity == "error" for finding in findings)
    topics = {QUESTION}
    own, is_whole = Registry(), True
    try:
        own = python.load(workspace.root)
    except WorkspaceError as error:
        findings.extend(error.findings)
        is_whole = False  # without its tools every procedure would look wrong
    read = procedure.load_all(workspace.procedures)
    mcp = servers(workspace, settings) if is_usable else None
    http = services(workspace, settings, again=again) if is_usable else None
    with closing(Toolbox(own, sources(mcp, http))) as toolbox:
        if is_whole and is_usable:
            findings += checked(workspace, read, toolbox.now(), policy(settings)).findings
        else:
            findings += [*read[1], *Catalogue.of(own).check()]
    topics |= set(read[0])
    if workspace.knowledge.exists():
        findings += ingesting.check(workspace.knowledge)
    now = datetime.now(UTC)
    for past in workspace.read_history(now=now, report=findings.append):
        topics.add(past.topic or QUESTION)
    for _ in workspace.read_inbox(now=now, report=findings.append):
        pass
    if is_usable:
        findings += settings_.unknown_topics(workspace.settings, topics)
        findings += settings_.unready_models(workspace.settings, os.environ)
    return sorted(set(findings))
