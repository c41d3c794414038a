"""The procedures of a workspace, read and verified against its tools."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from segue.errors import Finding
from segue.plan.catalogue import Catalogue
from segue.plan.plan import Plan, ToolStep
from segue.plan.planner import complete
from segue.plan.verify import Policy, verify
from segue.settings import Settings
from segue.support.workspace import Workspace
from segue.tools.toolbox import Collection, unverified

_TOPIC = re.compile(r"""^topic:\s*["']?([^"'#\n]+)""", re.MULTILINE)


@dataclass(frozen=True)
class Checked:
    """What a workspace's files say, and everything that is wrong with them."""

    findings: tuple[Finding, ...]
    plans: Mapping[str, Plan]
    """Procedures without an error, by topic."""
    rejected: Mapping[str, str]
    """Topics whose procedure has one, with the first of them."""
    examples: Mapping[str, tuple[str, ...]]
    """What customers say, by topic: also of the rejected ones, whose tickets are known all the same."""


def policy(settings: Settings) -> Policy:
    """Return what plans may rely on in a workspace of these settings."""
    models = settings.models
    return Policy(
        has_model=bool(models.step or models.default),
        has_planner=bool(models.plan or models.default),
        steps=settings.policy.budget_steps,
    )


def checked(
    workspace: Workspace, read: tuple[Mapping[str, Plan], Sequence[Finding]], tools: Collection, policy: Policy
) -> Checked:
    """Return the procedures, verified against these tools."""
    plans, findings = read
    catalogue = Catalogue.of(tools.tools.values())
    findings = [*findings, *tools.findings, *catalogue.check()]
    good: dict[str, Plan] = {}
    rejected: dict[str, str] = {}
    for topic, written in plans.items():
        plan = complete(written, catalogue, policy)
        strangers = [tool for tool in _named(plan) if tools.is_unknown(tool)]
        stranger = [unverified(plan.source.file, 1, plan.topic, tool) for tool in strangers[:1]]
        found = stranger or verify(plan, catalogue, policy)
        findings.extend(found)
        errors = found if strangers else [finding for finding in found if finding.severity == "error"]
        if errors:
            rejected[topic] = str(errors[0])
        else:
            good[topic] = plan
    for finding in findings:
        topic = _topic(workspace.root / finding.file)
        if topic and topic not in rejected and finding.severity == "error":  # of a file that is not even a plan
            rejected[topic] = str(finding)
            good.pop(topic, None)
    examples = {topic: plan.examples for topic, plan in plans.items()}
    return Checked(tuple(sorted(findings)), good, rejected, examples)


def _named(plan: Plan) -> list[str]:
    """Return the tools that a plan names."""
    return [step.tool.value for step in plan.all_steps() if isinstance(step, ToolStep)]


def _topic(path: Path) -> str:
    """Return the topic of a procedure file, which may be too broken to be read; empty for any other file."""
    if path.suffix not in (".yaml", ".yml") or not path.is_file():
        return ""
    found = _TOPIC.search(path.read_text(encoding="utf-8", errors="replace"))
    return found.group(1).strip() if found else ""
