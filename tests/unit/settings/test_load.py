from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.settings import RULES, Settings, load, parse, unknown_topics

EVERYTHING = """
[segue]
url = "sqlite:///state/runs.db"

[policy]
threshold = 0.8
min_match = 0
ask_timeout = "3s"
ask_reminder = "1 s"
approval_timeout = "2 days"
budget_steps = 40
budget_usd = 0.5
budget_time = "20 min"

[autonomy]
default = "draft"
refund = "off"
"gift cards" = "draft"

[helpdesk]
kind = "local"

[backtest]
alpha = 0.1
delta = 0.01

[knowledge]
encoder = "none"

[models]
[server]
"""


def findings_of(text: str, **environment: str) -> list[str]:
    return [str(finding) for finding in parse(text, environment)[1]]


def test_without_any_key_everything_has_its_default() -> None:
    settings, findings = parse("", {})
    assert settings == Settings()
    assert not findings
    assert settings.segue.path == Path(".segue/segue.db")
    assert settings.policy.threshold == 0.7
    assert settings.autonomy.of("refund") == "draft"
    assert settings.helpdesk.kind == "local"


def test_every_key_is_read() -> None:
    settings, findings = parse(EVERYTHING, {})
    assert not findings
    assert settings.segue.path == Path("state/runs.db")
    assert settings.knowledge.encoder == "none"
    assert settings.policy.threshold == 0.8
    assert settings.policy.min_match == 0.0
    assert settings.policy.ask_timeout == timedelta(seconds=3)
    assert settings.policy.ask_reminder == timedelta(seconds=1)
    assert settings.policy.approval_timeout == timedelta(days=2)
    assert (settings.policy.budget_steps, settings.policy.budget_usd) == (40, 0.5)
    assert settings.policy.budget_time == timedelta(minutes=20)
    assert [settings.autonomy.of(topic) for topic in ("refund", "gift cards", "question")] == [
        "off",
        "draft",
        "draft",
    ]
    assert (settings.backtest.alpha, settings.backtest.delta) == (0.1, 0.01)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///.segue/segue.db", ".segue/segue.db"),
        ("sqlite:///../shared/s.db", "../shared/s.db"),
        ("sqlite:////var/lib/segue.db", "/var/lib/segue.db"),
        ("sqlite:///with space/ü.db", "with space/ü.db"),
    ],
)
def test_three_slashes_are_relative_to_the_workspace_and_four_absolute(url: str, path: str) -> None:
    settings, findings = parse(f'[segue]\nurl = "{url}"', {})
    assert not findings
    assert settings.segue.path == Path(path)
    assert Path("/shop") / settings.segue.path == Path("/shop") / path


@pytest.mark.parametrize(
    "url",
    ["", "segue.db", "sqlite://segue.db", "sqlite:///", "sqlite:///a/", "sqlite:////", "sqlite:///..",
     "sqlite:///:memory:", "sqlite:///a.db?mode=ro", "sqlite:///a\\u0000b", "mysql:///x"],
)  # fmt: skip
def test_an_url_that_names_no_file_is_refused(url: str) -> None:
    settings, findings = parse(f'[segue]\nurl = "{url}"', {})
    assert [(finding.line, finding.column, finding.code) for finding in findings] == [(2, 1, "S105")]
    assert settings.segue.url == "sqlite:///.segue/segue.db"


def test_the_environment_wins_over_the_file() -> None:
    settings, findings = parse('[segue]\nurl = "sqlite:///a.db"', {"SEGUE_URL": "sqlite:////tmp/b.db"})
    assert not findings
    assert settings.segue.url == "sqlite:////tmp/b.db"
    assert parse("", {"SEGUE_URL": ""})[0] == Settings()


def test_a_wrong_value_of_the_environment_names_its_variable() -> None:
    (finding,) = findings_of("", SEGUE_URL="b.db")
    assert finding.startswith("segue.toml:0:0 S107 environment variable SEGUE_URL: expected sqlite:/// and the path")


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("2s", timedelta(seconds=2)),
        ("90 sec", timedelta(seconds=90)),
        ("15 min", timedelta(minutes=15)),
        ("15m", timedelta(minutes=15)),
        ("1.5 hours", timedelta(minutes=90)),
        ("2h", timedelta(hours=2)),
        (" 3D ", timedelta(days=3)),
    ],
)
def test_a_duration_has_a_unit(text: str, duration: timedelta) -> None:
    settings, findings = parse(f'[policy]\napproval_timeout = "{text}"', {})
    assert not findings
    assert settings.policy.approval_timeout == duration


@pytest.mark.parametrize("value", ['"15"', "15", "1.5", '"2 fortnights"', '"0 s"', '"-1 s"', '"9999 d"', '""',
                                   '"1h 30m"', "true", "[]", '"\u0661 s"', "2026-01-01",
                                   '"0.0001 s"'])  # fmt: skip
def test_anything_else_is_no_duration(value: str) -> None:
    settings, findings = parse(f"[policy]\napproval_timeout = {value}", {})
    assert [finding.code for finding in findings] == ["S105"]
    assert settings.policy.approval_timeout == timedelta(days=2)


@pytest.mark.parametrize(
    "value", ["1.01", "-0.1", "nan", "inf", "true", '"0.7"', "[0.7]", "{}", "10000000000000000000"]
)
def test_a_share_lies_between_0_and_1(value: str) -> None:
    settings, findings = parse(f"[policy]\nthreshold = {value}", {})
    assert [finding.code for finding in findings] == ["S105"]
    assert settings.policy.threshold == 0.7


def test_a_budget_of_0_is_without_limit() -> None:
    settings, findings = parse("[policy]\nbudget_steps = 0\nbudget_usd = 0", {})
    assert not findings
    assert (settings.policy.budget_steps, settings.policy.budget_usd) == (None, None)
    assert (Settings().policy.budget_steps, Settings().policy.budget_usd) == (None, None)


@pytest.mark.parametrize(
    ("key", "value"),
    [(key, value) for key in ("budget_steps", "budget_usd") for value in ("-1", "true", '"5"', "nan", "1e10", "[]")]
    + [("budget_steps", "1.5"), ("budget_time", "60"), ("budget_time", '"0 s"')],
)
def test_a_budget_is_a_number_and_its_time_a_duration(key: str, value: str) -> None:
    settings, findings = parse(f"[policy]\n{key} = {value}", {})
    assert [finding.code for finding in findings] == ["S105"]
    assert settings.policy == Settings().policy


@pytest.mark.parametrize("value", ["0", "1", "1.0", '"5 %"'])
def test_a_level_of_error_is_neither_0_nor_1(value: str) -> None:
    assert [finding.code for finding in parse(f"[backtest]\nalpha = {value}", {})[1]] == ["S105"]


@pytest.mark.parametrize("value", ['""', '"keys/"', '".."', "3", '"a\\u0000b"'])
def test_a_file_needs_a_name(value: str) -> None:
    assert [finding.code for finding in parse(f"[audit]\nkey = {value}", {})[1]] == ["S105"]


def test_the_reminder_stands_at_half_of_the_timeout_by_default() -> None:
    assert parse('[policy]\nask_timeout = "4 h"', {})[0].policy.ask_reminder == timedelta(hours=2)
    assert Settings().policy.ask_reminder == Settings().policy.ask_timeout / 2


def test_a_reminder_after_the_end_of_the_question_is_refused() -> None:
    (finding,) = findings_of('[policy]\nask_timeout = "4 h"\nask_reminder = "4 h"')
    assert finding.startswith("segue.toml:3:1 S108 the reminder would come after the question has ended")


def test_an_unknown_key_names_the_nearest_known_one() -> None:
    assert findings_of("[policy]\n\n  treshold = 0.7") == [
        'segue.toml:3:3 S104 unknown key "treshold" in [policy] (hint: did you mean "threshold"?)'
    ]


def test_an_unknown_key_that_another_section_knows_is_sent_there() -> None:
    assert findings_of("threshold = 1\n[segue]\nalpha = 0.1\nzzz = 1") == [
        'segue.toml:1:1 S104 unknown key "threshold" outside of the sections (hint: it belongs to [policy])',
        'segue.toml:3:1 S104 unknown key "alpha" in [segue] (hint: it belongs to [backtest])',
        'segue.toml:4:1 S104 unknown key "zzz" in [segue] (hint: known: url)',
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[polcy]", 'segue.toml:1:2 S103 unknown section [polcy] (hint: did you mean "policy"?)'),
        ("[tools.htp]", 'segue.toml:1:8 S103 unknown section [tools.htp] (hint: did you mean "tools.http"?)'),
        ("[[policy]]", "segue.toml:1:3 S105 policy: expected a section, got a list"),
        ("segue = 1", "segue.toml:1:1 S105 segue: expected a section, got the number 1"),
        ("[tools]\nmcp = 1", "segue.toml:2:1 S105 tools.mcp: expected sections, got the number 1"),
        ('["a\\nb"]', r"segue.toml:1:2 S103 unknown section [a\nb] (hint: known: segue, knowledge, "),
    ],
)  # fmt: skip
def test_a_wrong_section_is_one_finding(text: str, expected: str) -> None:
    (finding,) = findings_of(text)
    assert finding.startswith(expected)


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("[server]\nport = 80", (2, 1), "[server]"),
        ('[helpdesk]\nkind = "zendesk"', (2, 1), '"zendesk"'),
        ('[autonomy]\nrefund = "approve"', (2, 1), '"approve"'),
        ('[autonomy]\ndefault = "shadow"', (2, 1), '"shadow"'),
        ('[segue]\nurl = "postgresql://h/d"', (2, 1), "postgresql://"),
    ],
)
def test_what_is_not_built_yet_says_so(text: str, place: tuple[int, int], what: str) -> None:
    (finding,) = parse(text, {})[1]
    assert (finding.line, finding.column) == place
    assert (finding.code, finding.severity) == ("S106", "error")
    assert what in finding.message
    assert "is not built yet" in finding.message


def test_a_misspelt_level_of_autonomy_names_the_nearest() -> None:
    assert findings_of('[autonomy]\ndefault = 1\nx = "atuo"') == [
        'segue.toml:2:1 S105 default: expected "off", "draft" or "auto", got the number 1',
        'segue.toml:3:1 S105 x: expected "off", "draft" or "auto", got \'atuo\' (hint: did you mean "auto"?)',
    ]


def test_auto_on_the_local_helpdesk_is_a_rehearsal() -> None:
    settings, findings = parse('[autonomy]\ndefault = "auto"\nrefund = "draft"', {})
    assert settings.autonomy.of("question") == "auto"
    assert [(finding.line, finding.code, finding.severity) for finding in findings] == [(2, "A101", "warning")]
    assert "not proven" in findings[0].message


def test_auto_on_a_helpdesk_that_reaches_customers_is_refused() -> None:
    findings = parse('[autonomy]\nrefund = "auto"\n[helpdesk]\nkind = "zendesk"', {})[1]
    assert [(finding.line, finding.code, finding.severity) for finding in findings] == [
        (2, "A102", "error"),
        (4, "S106", "error"),
    ]


def test_a_topic_may_have_the_name_of_a_field() -> None:
    settings, findings = parse('[autonomy]\ntopics = "off"', {})
    assert not findings
    assert settings.autonomy.of("topics") == "off"


def test_a_topic_that_nothing_knows_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "segue.toml"
    file.write_text('[autonomy]\ndefault = "draft"\nrefund = "off"\nrefnud = "off"\n')
    (finding,) = unknown_topics(file, ["question", "refund"])
    assert str(finding).startswith("segue.toml:4:1 A103 no procedure and no past ticket has the topic")
    assert (finding.severity, finding.hint) == ("warning", 'did you mean "refund"?')
    assert unknown_topics(file, ["refund", "refnud"]) == []
    file.write_text("[")
    assert unknown_topics(file, []) == []
    assert unknown_topics(tmp_path / "missing.toml", []) == []


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("[policy\nx", 1, 8), ("a = 1\na = 2", 2, 6), ("a = ", 1, 5), ("[policy]\nx = 2026-13-01", 2, 5),
     ('a = """\n\n', 3, 0), ("a = " + "[" * 20_000, 0, 0)],
)  # fmt: skip
def test_bad_toml_is_one_finding_with_its_place(text: str, line: int, column: int) -> None:
    settings, (finding,) = parse(text, {})
    assert settings == Settings()
    assert finding.code == "S102"
    assert finding.line == line
    assert "(at " not in finding.message


def test_a_file_is_read_with_its_byte_order_mark_and_crlf(tmp_path: Path) -> None:
    file = tmp_path / "segue.toml"
    file.write_bytes(b"\xef\xbb\xbf[policy]\r\nthreshold = 0.9\r\n")
    settings, findings = load(file, {})
    assert not findings
    assert settings.policy.threshold == 0.9


def test_a_file_that_cannot_be_read_is_one_finding(tmp_path: Path) -> None:
    file = tmp_path / "segue.toml"
    assert str(load(file, {})[1][0]).startswith("segue.toml:0:0 S101 cannot be read: ")
    file.write_bytes(b"[policy]\n# caf\xe9\n")
    assert [str(finding) for finding in load(file, {})[1]] == ["segue.toml:2:0 S101 not UTF-8"]
    file.write_bytes(b"#" * 1_000_001)
    assert [str(finding) for finding in load(file, {})[1]] == ["segue.toml:0:0 S101 larger than 1,000,000 bytes"]


@given(st.data())
def test_no_mutation_of_a_file_raises(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(EVERYTHING)))
    end = data.draw(st.integers(start, min(len(EVERYTHING), start + 20)))
    piece = data.draw(
        st.text(max_size=10) | st.sampled_from(["[", "]", "{", "}", "=", '"', "'''", "\n", ".", "1e999", "true", "[]"])
    )
    settings, findings = parse(EVERYTHING[:start] + piece + EVERYTHING[end:], {})
    assert isinstance(settings, Settings)
    assert {finding.code for finding in findings} <= RULES.keys()
    assert all(str(finding).isprintable() for finding in findings)


@given(st.text())
def test_no_value_of_the_environment_raises(value: str) -> None:
    settings, findings = parse("", {"SEGUE_URL": value})
    assert isinstance(settings, Settings)
    assert {finding.code for finding in findings} <= {"S107"}
