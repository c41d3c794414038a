from dataclasses import fields

from segue.settings import Settings, parse, reference
from segue.settings.sections import SECTIONS, keys


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
            if not entry.is_rest:
                settings, findings = parse(f"[{name}]\n{field.name} = {entry.kind.show(field.default)}", {})
                assert not findings
                assert settings == Settings()
