"""Studies of quality are named once; one whose data is missing says so and stops no other."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from benchmarks.quality import study
from benchmarks.quality.study import STUDIES, Missing, Row, measured


def _module(monkeypatch: pytest.MonkeyPatch, name: str, rows: object) -> None:
    module = ModuleType(name)
    module.rows = rows  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(STUDIES, name, name)


def test_what_is_missing_is_said_and_the_others_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_data() -> list[Row]:
        raise FileNotFoundError("no such data")

    def without_package() -> list[Row]:
        raise Missing("no such package")

    row = Row(row="Q0", what="luck", value=0.5, goal=0.4)
    _module(monkeypatch, "first", without_data)
    _module(monkeypatch, "second", without_package)
    _module(monkeypatch, "third", lambda: [row])
    assert measured(["first", "second", "third"]) == ([row], {"first": "no such data", "second": "no such package"})


def test_a_row_says_whether_its_goal_is_met() -> None:
    assert Row(row="Q0", what="", value=0.5, goal=0.5).is_met is True
    assert Row(row="Q0", what="", value=0.4, goal=0.5, baseline=0.1).cells()[4:7] == ("0.100", "≥ 0.5", "missed")
    assert Row(row="Q0", what="", value=0.4).is_met is None
    assert len(Row(row="Q0", what="", value=0.4).cells()) == len(study.HEAD)


def test_every_study_that_is_named_can_be_had() -> None:
    for module in STUDIES.values():
        __import__(module)
        assert callable(sys.modules[module].rows)  # type: ignore[attr-defined]
