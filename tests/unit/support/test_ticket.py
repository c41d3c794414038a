import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from segue.errors import TicketError
from segue.support.ticket import (
    Customer,
    JsonError,
    Message,
    PastAction,
    PastTicket,
    Ticket,
    parse_past_ticket,
    parse_ticket,
)

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
SMALLEST: dict[str, Any] = {"id": "t-1", "messages": [{"role": "customer", "text": "Hello"}]}
FULL: dict[str, Any] = {
    "id": "t-1",
    "created_at": "2026-05-01T09:30:00Z",
    "channel": "email",
    "subject": "My order",
    "customer": {"id": "c-1", "email": "a@example.com", "name": "Ada", "authenticated": True},
    "messages": [
        {"role": "customer", "text": "Where is it?", "at": "2026-05-01T09:30:00Z"},
        {"role": "agent", "text": "On its way.", "at": 1777628400, "act": "on_its_way"},
        {"role": "customer", "text": "Thanks!"},
    ],
    "topic": "order_status",
    "actions": [
        {"tool": "orders.lookup", "args": {"order_id": "1"}, "result": {"total": "9.50"}, "after_message": 0,
         "at": "2026-05-01T09:31:00+02:00"}
    ],
    "outcome": "resolved",
    "reopened": False,
    "csat": 5,
}  # fmt: skip


def with_(place: str, value: object) -> dict[str, Any]:
    """Return a copy of `FULL` with the value at a dotted place replaced."""
    copy: dict[str, Any] = json.loads(json.dumps(FULL))
    *outer, last = [int(part) if part.isdigit() else part for part in place.split(".")]
    inner: Any = copy
    for part in outer:
        inner = inner[part]
    inner[last] = value
    return copy


def refusal(source: object) -> str:
    with pytest.raises(TicketError) as caught:
        parse_past_ticket(source, NOW)
    return str(caught.value)


def test_the_smallest_ticket_has_an_id_and_a_message_of_the_customer() -> None:
    assert parse_ticket(SMALLEST, NOW) == Ticket(
        id="t-1",
        created_at=NOW,
        channel="api",
        subject="",
        customer=Customer(id="", email="", name="", authenticated=False),
        messages=(Message(role="customer", text="Hello", at=None),),
    )


def test_a_ticket_is_read_from_its_text_as_from_its_object() -> None:
    assert parse_ticket(json.dumps(FULL), NOW) == parse_ticket(FULL, NOW)


def test_every_field_of_a_past_ticket_is_read() -> None:
    past = parse_past_ticket(FULL, NOW)
    assert past.ticket.created_at == datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
    assert past.ticket.customer == Customer(id="c-1", email="a@example.com", name="Ada", authenticated=True)
    assert [message.role for message in past.ticket.messages] == ["customer", "agent", "customer"]
    assert past.ticket.messages[1].at == datetime(2026, 5, 1, 9, 40, tzinfo=UTC)
    assert past.ticket.text == "Where is it?\n\nThanks!"
    assert past == PastTicket(
        ticket=parse_ticket(FULL, NOW),
        topic="order_status",
        has_topic=True,
        actions=(
            PastAction(
                tool="orders.lookup",
                args={"order_id": "1"},
                result={"total": "9.50"},
                after_message=0,
                at=datetime(2026, 5, 1, 7, 31, tzinfo=UTC),
            ),
        ),
        acts=("", "on_its_way", ""),
        outcome="resolved",
        reopened=False,
        csat=5.0,
    )


def test_the_answer_of_a_past_ticket_is_no_part_of_the_ticket() -> None:
    assert parse_past_ticket(FULL, NOW).ticket == parse_ticket(with_("topic", "another"), NOW)


def test_fields_that_nobody_here_knows_are_left_out() -> None:
    assert parse_ticket({**SMALLEST, "tags": ["vip"], "topic": 17, "customer": {"vip": 1}}, NOW) == parse_ticket(
        SMALLEST, NOW
    )


def test_null_counts_as_absent() -> None:
    nulls = dict.fromkeys(["created_at", "channel", "subject", "customer", "actions", "outcome", "reopened", "csat"])
    assert parse_past_ticket({**SMALLEST, **nulls}, NOW) == parse_past_ticket(SMALLEST, NOW)
    anonymous = {"id": "", "email": None, "name": None, "authenticated": None}
    assert parse_ticket({**SMALLEST, "customer": anonymous}, NOW).customer == Customer()


def test_a_topic_that_is_null_says_something_and_an_absent_one_nothing() -> None:
    silent = parse_past_ticket({**SMALLEST, "outcome": "escalated"}, NOW)
    out_of_scope = parse_past_ticket({**SMALLEST, "topic": None, "outcome": "escalated"}, NOW)
    named = parse_past_ticket({**SMALLEST, "topic": "refund", "outcome": "escalated"}, NOW)
    assert [past.has_topic for past in (silent, out_of_scope, named)] == [False, True, True]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-05-01T09:30:00Z", datetime(2026, 5, 1, 9, 30, tzinfo=UTC)),
        ("2026-05-01t09:30:00z", datetime(2026, 5, 1, 9, 30, tzinfo=UTC)),
        ("2026-05-01 09:30:00+05:30", datetime(2026, 5, 1, 4, tzinfo=UTC)),
        ("2026-05-01T00:30:00.25-00:00", datetime(2026, 5, 1, 0, 30, 0, 250_000, tzinfo=UTC)),
        ("2026-05-01T09:30:00.123456789Z", datetime(2026, 5, 1, 9, 30, 0, 123_456, tzinfo=UTC)),
        ("1990-12-31T23:59:60Z", datetime(1991, 1, 1, tzinfo=UTC)),
        (1777627800, datetime(2026, 5, 1, 9, 30, tzinfo=UTC)),
        (1777627800.5, datetime(2026, 5, 1, 9, 30, 0, 500_000, tzinfo=UTC)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (-1, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_time_is_rfc_3339_or_unix_seconds(text: object, time: datetime) -> None:
    parsed = parse_ticket({**SMALLEST, "created_at": text}, NOW).created_at
    assert parsed == time
    assert parsed.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "value",
    ["", "yesterday", "2026-05-01", "2026-05-01T09:30:00", "20260501T093000Z", "2026-05-01T09:30Z",
     "2026-W18-5",
     "2026-02-30T00:00:00Z", "2026-05-01T24:00:00Z", "2026-05-01T09:30:61Z", "2026-05-01T09:30:00+25:00",
     "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:60Z", "2026-05-01T09:30:00Z\n", "٢٠٢٦-05-01T09:30:00Z",
     "1777627800", 1777627800000, 1e400, float("nan"), 10**400, True, [], {}],
)  # fmt: skip
def test_any_other_time_is_refused(value: object) -> None:
    message = refusal({**SMALLEST, "created_at": value})
    assert message.startswith("created_at: expected a time such as")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ([], "ticket: expected an object, got a list"),
        (None, "ticket: expected an object, got null"),
        (17, "ticket: expected an object, got the number 17"),
        ({}, "id: missing"),
        ({"id": "t"}, "messages: missing"),
        ({"id": "t", "messages": []}, "messages: expected at least one of role customer"),
        (with_("messages", FULL["messages"][1:2]), "messages: expected at least one of role customer"),
        (with_("id", None), "id: missing"),
        (with_("id", 17), "id: expected text, got the number 17"),
        (with_("id", ""), "id: expected 1 to 200 characters, got 0"),
        (with_("id", "  "), "id: expected 1 to 200 characters, got 0"),
        (with_("id", "x" * 201), "id: expected 1 to 200 characters, got 201"),
        (with_("id", "a\nb"), "id: control characters are not allowed"),
        (with_("id", "a\u2028b"), "id: control characters are not allowed"),
        (with_("id", "a\ud800b"), "id: control characters are not allowed"),
        (with_("channel", 1), "channel: expected text, got the number 1"),
        (with_("subject", ["x"]), "subject: expected text, got a list"),
        (with_("subject", "é" * 1_001), "subject: longer than 2,000 bytes"),
        (with_("customer", "c-1"), "customer: expected an object, got 'c-1'"),
        (with_("customer.id", 1), "customer.id: expected text, got the number 1"),
        (with_("customer.id", "c\t1"), "customer.id: control characters are not allowed"),
        (with_("customer.email", {}), "customer.email: expected text, got an object"),
        (with_("customer.authenticated", "yes"), "customer.authenticated: expected true or false, got 'yes'"),
        (with_("customer.authenticated", 1), "customer.authenticated: expected true or false, got the"),
        (with_("messages", {}), "messages: expected a list, got an object"),
        (with_("messages", "hi"), "messages: expected a list, got 'hi'"),
        (with_("messages", [FULL["messages"][0]] * 501), "messages: 501 entries, at most 500 are taken"),
        (with_("messages.1", "hi"), "messages[1]: expected an object, got 'hi'"),
        (with_("messages.1.role", None), "messages[1].role: missing"),
        (with_("messages.1.role", "user"), "messages[1].role: expected customer, agent or system, got"),
        (with_("messages.1.role", []), "messages[1].role: expected customer, agent or system, got a list"),
        (with_("messages.2.text", None), "messages[2].text: missing"),
        (with_("messages.2.text", 5), "messages[2].text: expected text, got the number 5"),
        (with_("messages.2.text", "x" * 100_001), "messages[2].text: longer than 100,000 bytes"),
        (with_("messages.2.text", "é" * 50_001), "messages[2].text: longer than 100,000 bytes"),
        (with_("messages.2.at", "noon"), "messages[2].at: expected a time such as"),
        (with_("topic", 3), "topic: expected text, got the number 3"),
        (with_("topic", ""), "topic: expected 1 to 200 characters, got 0"),
        (with_("actions", {}), "actions: expected a list, got an object"),
        (with_("actions", [{"tool": "x"}] * 501), "actions: 501 entries, at most 500 are taken"),
        (with_("actions.0.tool", None), "actions[0].tool: missing"),
        (with_("actions.0.args", []), "actions[0].args: expected an object, got a list"),
        (with_("actions.0.result", float("inf")), "actions[0].result: expected a JSON value, got a number"),
        (with_("actions.0.after_message", 3), "actions[0].after_message: expected a whole number from 0"),
        (with_("actions.0.after_message", -1), "actions[0].after_message: expected a whole number from 0"),
        (with_("actions.0.after_message", True), "actions[0].after_message: expected a whole number from 0"),
        (with_("outcome", "closed"), "outcome: expected resolved, escalated or unresolved, got 'closed'"),
        (with_("reopened", 0), "reopened: expected true or false, got the number 0"),
        (with_("csat", "5"), "csat: expected a number from 0 to 100, got '5'"),
        (with_("csat", float("nan")), "csat: expected a number from 0 to 100, got a number out of range"),
        (with_("csat", 10**400), "csat: expected a number from 0 to 100, got a number out of range"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_with_what_was_expected(source: object, message: str) -> None:
    assert refusal(source).startswith(message)


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("", "not JSON: Expecting value at column 1", 1),
        ('{"id": }', "not JSON: Expecting value at column 8", 8),
        ('{"id": "t"} x', "not JSON: Extra data at column 13", 13),
        ("[" * 100_000, "not readable JSON: nested too deeply", 0),
        ('{"id": ' + "1" * 5_000 + "}", "not readable JSON: a number has too many digits", 0),
        ('"' + "x" * 5_000_000 + '"', "longer than 5,000,000 bytes", 0),
    ],
)
def test_text_that_is_not_json_names_the_column(text: str, message: str, column: int) -> None:
    with pytest.raises(JsonError) as caught:
        parse_ticket(text, NOW)
    assert str(caught.value) == message
    assert caught.value.column == column


def test_what_no_database_stores_is_replaced_in_free_text() -> None:
    ticket = parse_ticket(
        r'{"id": "t", "subject": "a\u0000b",'
        r' "messages": [{"role": "customer", "text": "\ud83d\ude00 \ud800!"}]}',
        NOW,
    )
    assert ticket.subject == "a\ufffdb"
    assert ticket.text == "\U0001f600 \ufffd!"
    action = {"tool": "x", "args": {"k\x00": ["\udfff"]}}
    assert parse_past_ticket({**SMALLEST, "actions": [action]}, NOW).actions[0].args == {"k\ufffd": ["\ufffd"]}


def test_free_json_is_bounded_in_depth() -> None:
    value: object = 1
    for _ in range(10_000):
        value = [value]
    message = refusal({**SMALLEST, "actions": [{"tool": "x", "result": value}]})
    assert message == "actions[0].result: nested deeper than 50 levels"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)
PLACES = ["id", "created_at", "channel", "subject", "customer", "customer.id", "customer.email",
          "customer.name", "customer.authenticated", "messages", "messages.0", "messages.1.role",
          "messages.1.text", "messages.1.at", "topic", "actions", "actions.0", "actions.0.tool",
          "actions.0.args", "actions.0.result", "actions.0.after_message", "actions.0.at", "outcome",
          "reopened", "csat"]  # fmt: skip


@given(JSON)
def test_no_json_value_raises_anything_else(value: object) -> None:
    for parse in (parse_ticket, parse_past_ticket):
        with pytest.raises(TicketError):
            parse(value, NOW)


@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    with pytest.raises(TicketError) as caught:
        parse_ticket(text, NOW)
    assert str(caught.value).isprintable()


@given(st.dictionaries(st.sampled_from(PLACES), JSON, min_size=1, max_size=3))
def test_a_ticket_with_any_values_is_read_and_written_back_unchanged_or_refused(
    changes: dict[str, object],
) -> None:
    ticket = json.loads(json.dumps(FULL))
    for place in sorted(changes, key=len, reverse=True):  # inner ones first: an outer one replaces them
        *outer, last = [int(part) if part.isdigit() else part for part in place.split(".")]
        inner = ticket
        for part in outer:
            inner = inner[part]
        inner[last] = changes[place]
    refused = ""
    try:
        past = parse_past_ticket(ticket, NOW)
    except TicketError as error:
        refused = str(error)
    if refused:
        assert refused.isprintable()
    else:
        adapter = TypeAdapter(PastTicket)
        assert adapter.validate_json(adapter.dump_json(past)) == past


def test_a_ticket_is_written_as_json_and_read_back_unchanged() -> None:
    for kind, value in ((Ticket, parse_ticket(FULL, NOW)), (PastTicket, parse_past_ticket(FULL, NOW))):
        adapter: TypeAdapter[Any] = TypeAdapter(kind)
        assert adapter.validate_json(adapter.dump_json(value)) == value
