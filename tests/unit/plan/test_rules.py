"""Every rule has a file that breaks it, with § where the finding must point, and one beside it that does not."""

from dataclasses import replace
from pathlib import Path

import pytest

from segue.errors import Finding
from segue.plan.catalogue import Catalogue
from segue.plan.procedure import load_all, parse
from segue.plan.rules import FORM, MEANING, RULES, STRICT, WARNINGS
from segue.plan.verify import verify
from segue.tools import python
from tests.docs.rule_examples import EXAMPLES, Example


def test_every_rule_has_an_example() -> None:
    assert {example.code for example in EXAMPLES} | {"P113"} == set(FORM | MEANING)
    assert set(RULES) == {*FORM, *MEANING, *python.RULES, "C105"}


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{each.code}-{n}" for n, each in enumerate(EXAMPLES)])
def test_a_broken_rule_is_found_where_it_is_broken(example: Example, catalogue: Catalogue) -> None:
    before, _, rest = example.broken.partition("§")
    place = (before.count("\n") + 1, len(before) - before.rfind("\n")) if example.code != "P101" else (0, 0)
    found = findings(example, before + rest, catalogue)
    assert [(finding.code, finding.line, finding.column) for finding in found] == [(example.code, *place)]
    is_warning = example.code in WARNINGS and not (example.made_by == "model" and example.code in STRICT)
    assert found[0].severity == ("warning" if is_warning else "error")
    assert findings(example, example.sound, catalogue) == []


def findings(example: Example, source: str, catalogue: Catalogue) -> list[Finding]:
    plan, faults = parse(source, "procedures/x.yaml")
    return faults if plan is None else verify(replace(plan, made_by=example.made_by), catalogue, example.policy)


def test_a_topic_has_one_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("topic: x\nsteps: [{id: a, reply: x}]")
    assert [finding.code for finding in load_all(tmp_path)[1]] == ["P113"]


def test_messages_are_sentences_without_the_words_of_python() -> None:
    assert all(text.endswith(".") for text in RULES.values())
