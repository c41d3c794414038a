"""The reference says what the code does: settings, findings, commands, names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import typer.main

import segue
from segue import errors, settings
from segue.cli.app import app
from segue.support.outcome import Outcome, Reason
from tests.docs import findings
from tests.docs.pages import ROOT, pages

REFERENCE = ROOT / "docs" / "reference"
EVERYWHERE = {"--workspace", "--json", "--debug", "--help", "--version"}


def test_the_settings_page_is_what_the_table_of_settings_says() -> None:
    assert _page("settings.md") == settings.reference()


def test_the_findings_page_is_what_the_rules_say() -> None:
    assert _page("findings.md") == findings.render()


def test_every_code_is_explained_once_and_no_other() -> None:
    explained = re.findall(r"^\| ([A-Z]\d{3}) \|", _page("findings.md"), re.MULTILINE)
    assert sorted(explained) == sorted(findings.codes())


def test_every_code_that_is_reported_has_a_rule() -> None:
    used = {code for source in (ROOT / "src" / "segue").rglob("*.py")
            for code in re.findall(r'"([SCHMPKTA]\d{3})"', source.read_text(encoding="utf-8"))}  # fmt: skip
    assert used == findings.codes()


def test_every_public_name_is_explained_and_no_other() -> None:
    named = set(re.findall(r"^## `(\w+)`$", _page("python.md"), re.MULTILINE))
    assert named == set(segue.__all__)


def test_every_public_name_can_be_imported() -> None:
    for name in segue.__all__:
        assert getattr(segue, name) is not None


def test_every_error_is_named() -> None:
    ours = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
    named = set(re.findall(r"`(\w+)`", _page("python.md").partition("## Errors")[2]))
    assert ours - {"SegueError"} == named - {"segue"}


def test_every_command_has_its_section_and_no_other() -> None:
    found = set(re.findall(r"^## `segue ([a-z]+(?: [a-z]+)?)[^`]*`$", _page("cli.md"), re.MULTILINE))
    assert found == {name for name, _ in _commands()}


def test_every_section_names_the_arguments_and_options_that_the_command_has() -> None:
    sections = re.split(r"^## `segue (.*)`$", _page("cli.md"), flags=re.MULTILINE)
    usages = dict(zip(sections[1::2], sections[2::2], strict=True))
    for name, command in _commands():
        arguments = [one for one in command.params if one.param_type_name == "argument"]
        shown = [one.metavar if one.required else f"[{one.metavar}]" for one in arguments]
        usage = " ".join([name, *shown])
        options = {text for one in command.params for text in one.opts if text.startswith("--")}
        named = set(re.findall(r"(?<!\w)--[a-z]+(?:-[a-z]+)*", usages[usage]))
        assert named | EVERYWHERE == options | EVERYWHERE, usage
        assert ("--workspace" in named) == ("--workspace" in options), usage
        assert ("`--json`" in usages[usage]) == ("--json" in options), usage


def test_every_reason_and_outcome_is_named() -> None:
    assert set(get_args(Reason)) <= set(re.findall(r"`(\w+)`", _page("procedures.md")))
    assert set(get_args(Outcome)) <= set(re.findall(r"`(\w+)`", _page("tickets.md")))


def test_every_link_leads_somewhere() -> None:
    for page in pages():
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert target.startswith("https://") or (page.parent / target).exists(), f"{page}: {target}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    open_ = [ROOT / "README.md"]
    while open_:
        page = open_.pop()
        seen.add(page)
        targets = re.findall(r"\]\(([^)#]+\.md)", page.read_text(encoding="utf-8"))
        found = {(page.parent / target).resolve() for target in targets if not target.startswith("https://")}
        open_.extend(found - seen)
    assert seen == set(pages())


def _page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def _commands() -> Iterator[tuple[str, Any]]:
    group: Any = typer.main.get_command(app)
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
        else:
            yield from ((f"{name} {below}", found) for below, found in inner.items())
