import tomllib
from dataclasses import MISSING, fields

import pytest

from segue.settings import Settings, parse, reference
from segue.settings.keys import keys
from segue.settings.models import Endpoint
from segue.settings.sections import SECTIONS
from segue.settings.tools import HttpService, McpServer, RemoteTool


def test_every_section_is_a_field_of_the_settings() -> None:
    assert list(SECTIONS) == [field.name for field in fields(Settings)]


def test_the_reference_names_every_key_with_its_meaning() -> None:
    text = reference()
    for name, section in SECTIONS.items():
        assert f"## `[{name}]`" in text
        for entry in keys(section).values():
            assert entry.about in text


def test_every_default_of_the_reference_can_be_written_into_the_file() -> None:
    for name, section in SECTIONS.items():
        for field in fields(section):
            entry = field.metadata["key"]
            shown = entry.kind.show(field.default) if entry.is_value else ""
            if shown:  # a key without a default may only be left out
                settings, findings = parse(f"[{name}]\n{field.name} = {shown}", {})
                assert not findings
                assert settings == Settings()


def test_sections_inside_sections_are_shown_once_with_every_place_where_they_may_stand() -> None:
    text = reference()
    assert text.count("## `[tools.mcp.NAME.tool.NAME]` and `[tools.http.NAME.tool.NAME]`") == 1
    for section in (McpServer, HttpService, RemoteTool, Endpoint):
        for name, entry in keys(section).items():
            assert f"`{name}{'' if entry.section is None else '.NAME'}`" in text
            assert entry.about in text


@pytest.mark.parametrize("section", [McpServer, HttpService, RemoteTool, Endpoint])
def test_every_default_of_an_inner_section_can_be_written_too(section: type) -> None:
    for entry in fields(section):
        known = entry.metadata.get("key")
        if known is None or not known.is_value:
            continue
        default = entry.default if entry.default is not MISSING else {}
        shown = known.kind.show(default)
        if shown not in ("", '""', "[]"):
            assert known.kind.read(tomllib.loads(f"x = {shown}")["x"]) == default
