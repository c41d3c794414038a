import io
import json
from collections.abc import Callable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from segue.errors import Finding
from segue.support.lines import RULES, read_stream
from segue.support.ticket import LINE_LIMIT, Ticket, parse_ticket

NOW = datetime(2026, 5, 20, tzinfo=UTC)


def line(ticket_id: str, text: str = "Hello") -> bytes:
    return json.dumps({"id": ticket_id, "messages": [{"role": "customer", "text": text}]}).encode()


def read(data: bytes) -> tuple[list[Ticket], list[Finding]]:
    findings: list[Finding] = []
    tickets = read_stream(io.BytesIO(data), parse_ticket, file="new.jsonl", now=NOW, report=findings.append)
    return list(tickets), findings


def read_ids(data: bytes) -> tuple[list[str], list[str]]:
    tickets, findings = read(data)
    return [ticket.id for ticket in tickets], [str(finding) for finding in findings]


def test_lines_are_read_in_order() -> None:
    assert read_ids(line("a") + b"\n" + line("b") + b"\n") == (["a", "b"], [])


def test_a_byte_order_mark_crlf_blank_lines_and_a_missing_last_newline_are_fine() -> None:
    data = b"\xef\xbb\xbf" + line("a") + b"\r\n\r\n  \t\n" + b"\xef\xbb\xbf" + line("b") + b"\r\n" + line("c")
    assert read_ids(data) == (["a", "b", "c"], [])


def test_an_empty_file_holds_nothing() -> None:
    assert read_ids(b"") == ([], [])
    assert read_ids(b"\xef\xbb\xbf\n") == ([], [])


def test_a_bad_line_is_named_and_the_rest_goes_on() -> None:
    data = b"\n".join([
        line("a"),
        b'{"id": "x", }',
        b'{"id": "x"}',
        b"caf\xe9",
        b'"text"',
        line("b"),
    ])  # fmt: skip
    assert read_ids(data) == (
        ["a", "b"],
        [
            "new.jsonl:2:13 T104 not JSON: Expecting property name enclosed in double quotes at column 13",
            "new.jsonl:3:0 T105 messages: missing",
            "new.jsonl:4:0 T102 not UTF-8: byte 4 of the line",
            "new.jsonl:5:0 T105 ticket: expected an object, got 'text'",
        ],
    )


def test_a_ticket_written_as_json_inside_json_is_none() -> None:
    ids, findings = read_ids(json.dumps(line("a").decode()).encode())
    assert not ids
    assert findings[0].startswith("new.jsonl:1:0 T105 ticket: expected an object, got ")


def test_an_id_that_stands_twice_counts_once() -> None:
    tickets, findings = read(line("a", "first") + b"\n\n" + line("a", "second") + b"\n" + line("b"))
    assert [(ticket.id, ticket.text) for ticket in tickets] == [("a", "first"), ("b", "Hello")]
    assert [(finding.line, finding.code, finding.severity) for finding in findings] == [(3, "T106", "error")]
    assert '"a" stands in new.jsonl:1 already' in findings[0].message


def padded(size: int, ticket_id: str) -> bytes:
    return line(ticket_id) + b" " * (size - len(line(ticket_id)))


def test_a_line_over_the_limit_is_skipped_to_its_end() -> None:
    at_limit = padded(LINE_LIMIT, "a")
    for end in (b"\n", b"\r\n"):
        assert read_ids(at_limit + end + line("b")) == (["a", "b"], [])
        for extra in (1, 2, 3, 4, 2_000_000):
            ids, findings = read_ids(at_limit + b" " * extra + end + line("b"))
            assert ids == ["b"]
            assert findings == ["new.jsonl:1:0 T103 the line is longer than 5,000,000 bytes"]
    assert read_ids(b"\xef\xbb\xbf" + at_limit)[0] == []
    assert read_ids(at_limit) == (["a"], [])


class Endless(io.RawIOBase):
    """A stream whose only line never ends before `size` bytes; counts what is asked for at once."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.most = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size > 0
        self.most = max(self.most, size)
        given = min(size, self.left)
        self.left -= given
        return b"x" * given


def test_no_line_takes_more_memory_than_the_limit() -> None:
    stream = Endless(50_000_000)
    findings: list[Finding] = []
    assert not list(read_stream(stream, parse_ticket, file="-", now=NOW, report=findings.append))  # type: ignore[arg-type]
    assert stream.left == 0
    assert stream.most <= LINE_LIMIT + 2
    assert [finding.code for finding in findings] == ["T103"]


def test_lines_are_read_only_as_they_are_asked_for() -> None:
    stream = io.BytesIO(line("a") + b"\n" + line("b") + b"\n")
    tickets = read_stream(stream, parse_ticket, file="-", now=NOW, report=never)
    assert next(tickets).id == "a"
    assert stream.tell() == len(line("a")) + 1


def never(finding: Finding) -> None:
    raise AssertionError(finding)


@given(st.lists(st.binary(max_size=30) | st.sampled_from([line("a"), line("b"), b"{}", b"[]", b"\xff", b"\r"])))
def test_every_line_is_a_ticket_or_a_finding_or_blank(lines: list[bytes]) -> None:
    data = b"\n".join(lines)
    tickets, findings = read(data)
    is_blank: Callable[[bytes], bool] = lambda text: not text.removeprefix(b"\xef\xbb\xbf").strip()  # noqa: E731
    assert len(tickets) + len(findings) == sum(not is_blank(text) for text in data.split(b"\n"))
    assert {finding.code for finding in findings} <= RULES.keys()
