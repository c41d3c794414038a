"""A help center that nobody here wrote: 83 customers' questions end in a typed outcome, most with the right article."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest

from benchmarks import workspaces
from segue.support.outcome import WORST_FIRST, Reason
from tests.end_to_end.conftest import Run

RIGHT = 0.6
"""Share of the questions that must cite an article which is right, at least."""


@pytest.fixture(scope="module")
def resolved(run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("wixqa")
    try:
        workspaces.wixqa(folder)
    except FileNotFoundError as missing:
        pytest.skip(str(missing))
    answers = run("resolve", str(folder / "inbox" / "questions.jsonl"), "--workspace", str(folder), "--json")
    assert answers.ended() == 0
    return folder, [json.loads(line) for line in answers.output.read_text(encoding="utf-8").splitlines()]


def test_every_question_ends_in_a_typed_outcome_and_none_fails(
    resolved: tuple[Path, list[dict[str, Any]]],
) -> None:
    _, tickets = resolved
    assert len(tickets) == 83
    outcomes = Counter(ticket["outcome"] for ticket in tickets)
    reasons = Counter(ticket["reason"] for ticket in tickets)
    print(dict(outcomes), dict(reasons))  # noqa: T201 (seen with -s)
    assert set(outcomes) <= set(WORST_FIRST)
    assert set(reasons) <= {None, *get_args(Reason)}
    assert "failed" not in outcomes


def test_most_questions_cite_an_article_that_is_right(resolved: tuple[Path, list[dict[str, Any]]]) -> None:
    folder, tickets = resolved
    right = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    citing = [
        ticket["ticket_id"]
        for ticket in tickets
        if {cited["document"] for cited in ticket["citations"]} & set(right[ticket["ticket_id"]])
    ]
    answered = sum(bool(ticket["citations"]) for ticket in tickets)
    print(f"{len(citing)} of {len(tickets)} cite a right article; {answered} cite any")  # noqa: T201 (seen with -s)
    assert len(citing) / len(tickets) >= RIGHT


def test_what_is_quoted_stands_where_the_citation_points(resolved: tuple[Path, list[dict[str, Any]]]) -> None:
    folder, tickets = resolved
    for ticket in tickets:
        if not ticket["citations"]:
            continue
        region = ""
        for cited in ticket["citations"]:
            source = (folder / "knowledge" / cited["document"]).read_text(encoding="utf-8")
            region += source[cited["start"] : cited["end"]]
        quoted = re.split(r"\n\nSources?: ", ticket["reply"])[0]
        for word in quoted.split():
            assert word.strip(".,;:!?()|*_`\\[]") in region, (ticket["ticket_id"], word)
