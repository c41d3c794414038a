"""Values pass from step to step by reference, exactly; what a customer wrote is never a template."""

from decimal import Decimal
from typing import Any

import pytest

from segue.support.outcome import Citation
from tests.unit.support.company import Office, Shop, ticket

POLICY = "# Refund rules\n\nRefunds are paid the way you paid. It takes five days.\n"


def catch(office: Office) -> list[Any]:
    """Declare a tool that keeps what it is given."""
    caught: list[Any] = []

    @office.tool("catch", effect="read")
    async def keep(value: Any) -> bool:
        caught.append(value)
        return True

    return caught


@pytest.mark.parametrize("total", ["0.10", "40.10", "9999999999999999.99", "0.000001", "1E+3", "100"])
async def test_a_decimal_arrives_exactly_as_it_was_looked_up(office: Office, shop: Shop, total: str) -> None:
    given: list[Decimal] = []

    @office.tool("amount", effect="read")
    async def amount() -> Decimal:
        return Decimal(total)

    @office.tool("pay", effect="once")
    async def pay(amount: Decimal) -> None:
        given.append(amount)

    office.procedure("""
    topic: x
    steps:
      - {id: sum, tool: amount}
      - {id: paid, tool: pay, args: {amount: "${sum}"}}
      - {id: end, reply: "Paid."}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "Paid."
    assert [str(value) for value in given] == [total]


async def test_money_is_added_and_compared_without_rounding(office: Office) -> None:
    @office.tool("prices", effect="read")
    async def prices() -> list[Decimal]:
        return [Decimal("0.10"), Decimal("0.20")]

    office.procedure("""
    topic: x
    steps:
      - {id: p, tool: prices}
      - {id: same, check: "money.add(p[0], p[1]) == 0.3", else: {reply: "rounded"}}
      - {id: end, reply: "${money.add(p[0], p[1])} of ${money.max(p[0], p[1])}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "0.30 of 0.20"


async def test_an_argument_that_is_one_reference_keeps_its_type_and_any_other_text_is_a_text(office: Office) -> None:
    caught = catch(office)

    @office.tool("source", effect="read")
    async def source() -> dict[str, Any]:
        return {"n": 7, "b": True, "l": [1, 2], "t": "text", "f": 0.5}

    office.procedure("""
    topic: x
    steps:
      - {id: s, tool: source}
      - {id: n, tool: catch, args: {value: "${s.n}"}}
      - {id: b, tool: catch, args: {value: "${s.b}"}}
      - {id: l, tool: catch, args: {value: "${s.l}"}}
      - {id: mixed, tool: catch, args: {value: "${s.n} of ${s.t}"}}
      - {id: deep, tool: catch, args: {value: {one: ["${s.n}", "a ${s.n}", 3, true, null], two: {three: "${s.f}"}}}}
      - {id: literal, tool: catch, args: {value: "$${s.n} yes"}}
      - {id: end, reply: "ok"}
    """)
    async with office:
        await office.resolve(ticket())
    for expected in (7, True, [1, 2], "7 of text", {"one": [7, "a 7", 3, True, None], "two": {"three": 0.5}}):
        assert [value for value in caught if value == expected and type(value) is type(expected)]
    assert "${s.n} yes" in caught


async def test_a_value_that_is_not_there_can_be_asked_for_and_passed_on(office: Office, shop: Shop) -> None:
    office.procedure("""
    topic: x
    steps:
      - {id: order, tool: orders.lookup, args: {order_id: "100001"}}
      - {id: end, reply: "${has(order.note) ? order.note : 'no note'}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "no note"


@pytest.mark.parametrize(
    "words", ["${order.total}", "{{order}}", "$${x}", "{{", "}}", "${", "${1/0}", "'; DROP", "\\", "{{ a b }}"]
)
async def test_what_a_customer_writes_is_never_filled_in(office: Office, words: str) -> None:
    caught = catch(office)
    office.procedure("""
    topic: x
    steps:
      - {id: c, tool: catch, args: {value: "You wrote: ${ticket.text}"}}
      - {id: found, search: "${ticket.text}"}
      - {id: end, reply: "You wrote: ${ticket.text}"}
    """)
    async with office:
        assert (await office.resolve(ticket(words))).reply == f"You wrote: {words}"
    assert caught == [f"You wrote: {words}"]


@pytest.mark.parametrize("words", ["How do I use {{name}} in a mail?", "what is {{{ a }}} or ${x} or $${y}", "{{"])
async def test_a_question_about_templates_is_a_question(office: Office, words: str) -> None:
    office.classifier = None
    office.articles({"mail.md": "# Mail templates\n\nA name in a mail template is filled in when the mail is sent.\n"})
    async with office:
        resolution = await office.resolve(ticket(words))
    assert resolution.outcome in ("resolved", "escalated")
    assert resolution.reason in (None, "no_procedure", "low_confidence")


async def test_a_citation_names_the_article_and_points_to_the_passage(office: Office) -> None:
    office.articles({"money/refunds.md": POLICY})
    office.procedure("""
    topic: x
    steps:
      - {id: policy, search: "refund rules"}
      - {id: end, reply: "See {{policy}}."}
    """)
    async with office:
        resolution = await office.resolve(ticket())
    assert resolution.reply == "See “Refund rules”."
    (cited,) = resolution.citations
    assert cited.document == "money/refunds.md"
    assert "five days" in POLICY[cited.start : cited.end]
    assert isinstance(cited, Citation)


async def test_a_reply_that_would_cite_nothing_is_not_sent(office: Office) -> None:
    office.articles({"money/refunds.md": POLICY})
    office.procedure("""
    topic: x
    steps:
      - {id: policy, search: "zebra crossing"}
      - {id: end, reply: "See {{policy}}."}
    """)
    async with office:
        resolution = await office.resolve(ticket())
        assert (resolution.outcome, resolution.reason) == ("escalated", "not_grounded")
        assert office.said() == []


async def test_what_the_ticket_says_of_itself_can_be_used(office: Office) -> None:
    office.procedure("""
    topic: x
    steps:
      - id: end
        reply: "${ticket.id}|${ticket.subject}|${ticket.channel}|${ticket.customer.id}|${ticket.customer.authenticated}"
    """)
    async with office:
        assert (await office.resolve(ticket(subject="Hi"))).reply == "t-1|Hi|api|c-1|true"
