"""A shop and a bank that nobody here invented, as workspaces of files: their tickets end as their rules say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from benchmarks import tau2, witness, workspaces
from benchmarks.witness import Company, Ran, people
from segue.plan import procedure
from segue.plan.catalogue import Catalogue
from segue.plan.planner import complete
from segue.support.ticket import Ticket, parse_ticket
from segue.support.workspace import Workspace
from segue.tools import python
from segue.wiring.check import check
from tests.end_to_end.conftest import Run


@dataclass(frozen=True)
class Domain:
    """A workspace, and the agent in it."""

    root: Path
    company: Company

    def ticket(self, name: str) -> Ticket:
        """Return a ticket of the inbox."""
        lines = (self.root / "inbox" / "tickets.jsonl").read_text(encoding="utf-8").splitlines()
        return next(parse_ticket(each, witness.AT) for each in map(json.loads, lines) if each["id"] == name)


def _built(name: str, folder: Path) -> Domain:
    root = folder / name
    try:
        workspaces.BUILDERS[name](root)
    except FileNotFoundError as missing:
        pytest.skip(str(missing))
    tools = list(python.load(root))
    read, findings = procedure.load_all(root / "procedures")
    assert not findings
    catalogue = Catalogue.of(tools)
    return Domain(root, Company(plans={topic: complete(plan, catalogue) for topic, plan in read.items()}, tools=tools))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Domain:
    return _built("tau2_retail", tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Domain:
    return _built("tau2_banking", tmp_path_factory.mktemp("bank"))


def test_check_finds_nothing_wrong_with_either(shop: Domain, bank: Domain) -> None:
    for domain in (shop, bank):
        found = check(Workspace(root=domain.root))
        assert [finding.code for finding in found] == ["A101"]  # that `auto` is a rehearsal here


def test_the_bank_has_all_its_articles(bank: Domain) -> None:
    assert len(list((bank.root / "knowledge").glob("*.md"))) == 698 + 1


@pytest.mark.parametrize(
    ("number", "topic"), [(0, "return_items"), (4, "cancel_order"), (6, "exchange_items"), (9, "modify_items")]
)
async def test_a_request_of_the_shop_leads_to_the_calls_that_it_should(shop: Domain, number: int, topic: str) -> None:
    name = f"taubench-retail-train-{number}"
    wanted = json.loads((shop.root / "expected.json").read_text(encoding="utf-8"))[name]
    ran = await shop.company.resolve(shop.ticket(name), topic, people("yes"))
    assert ran.resolution.outcome == "resolved"
    assert _acts(ran) == [(each["name"], each["args"]) for each in wanted]


async def test_a_customer_who_says_no_to_what_is_described_changes_nothing(shop: Domain) -> None:
    ran = await shop.company.resolve(shop.ticket("taubench-retail-train-1"), "return_items", people("no"))
    assert ran.resolution.reply.endswith("stays as it is.")
    assert _acts(ran) == []


async def test_an_order_of_somebody_else_is_neither_told_nor_changed(shop: Domain) -> None:
    theirs = {"id": "james_li_5688", "email": "james.li4495@example.com", "authenticated": True}
    ticket = witness.ticket("Cancel order #W7602708, it is no longer needed.", customer=theirs)
    ran = await shop.company.resolve(ticket, "cancel_order", people("yes"))
    assert ran.resolution.outcome == "escalated"
    assert (ran.replies, _acts(ran)) == ((), [])


async def test_money_goes_only_to_a_way_to_pay_that_is_the_customers(shop: Domain) -> None:
    theirs = {"id": "james_li_5688", "email": "james.li4495@example.com", "authenticated": True}
    ticket = witness.ticket("Return #W4435622 via paypal_3738584: Water Bottle;", customer=theirs)
    ran = await shop.company.resolve(ticket, "return_items", people("yes"))
    assert (ran.resolution.reason, _acts(ran)) == ("policy", [])


@pytest.mark.parametrize(
    ("number", "topic", "tool"),
    [
        (2, "freeze_debit_card", "freeze_debit_card_3892"),
        (3, "replace_credit_card", "order_replacement_credit_card_7291"),
        (4, "cash_back_dispute", "submit_cash_back_dispute_0589"),
        (5, "transfer_money", "transfer_funds_between_bank_accounts_7291"),
        (6, "change_email", "change_user_email"),
    ],
)
async def test_a_wish_of_a_customer_of_the_bank_is_verified_written_down_and_fulfilled(
    bank: Domain, number: int, topic: str, tool: str
) -> None:
    ran = await bank.company.resolve(bank.ticket(f"bank-{number}"), topic, people("yes"))
    assert ran.resolution.outcome == "resolved"
    assert [made.tool for made in ran.acts] == ["log_verification", tool]


async def test_who_is_not_authenticated_is_told_nothing_by_the_bank(bank: Domain) -> None:
    customer = {"id": "lj82d4f1a9", "email": "jinhai.liang@techventures.com", "authenticated": False}
    ticket = witness.ticket("What is on my account?", customer=customer)
    ran = await bank.company.resolve(ticket, "account_overview", people())
    assert (ran.resolution.outcome, ran.resolution.reason) == ("escalated", "policy")
    assert {made.tool for made in ran.made} <= {"get_current_time"}


def test_a_change_survives_the_process_that_made_it(shop: Domain, run: Run, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    tau2.retail(root)
    with (root / "segue.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[knowledge]\nencoder = "none"\n')  # words alone tell these topics apart
    inbox = tmp_path / "inbox.jsonl"
    lines = (root / "inbox" / "tickets.jsonl").read_text(encoding="utf-8").splitlines()
    inbox.write_text(next(line for line in lines if "taubench-retail-train-4" in line), encoding="utf-8")
    (waiting,) = _resolved(run, root, inbox)
    assert (waiting["topic"], waiting["outcome"]) == ("cancel_order", "waiting")
    assert run("signal", "taubench-retail-train-4", "message", '"yes"', "--workspace", str(root)).ended() == 0
    (resolved,) = _resolved(run, root, inbox)
    assert resolved["outcome"] == "resolved"
    changes = [json.loads(line) for line in (root / "changes.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [change["result"]["status"] for change in changes] == ["cancelled"]


def _resolved(run: Run, root: Path, inbox: Path) -> Sequence[dict[str, Any]]:
    command = run("resolve", str(inbox), "--workspace", str(root), "--json")
    assert command.ended() == 0
    return [json.loads(line) for line in command.output.read_text(encoding="utf-8").splitlines()]


def _acts(ran: Ran) -> list[tuple[str, dict[str, Any]]]:
    return [(made.tool, {key: _plain(value) for key, value in made.args.items()}) for made in ran.acts]


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
