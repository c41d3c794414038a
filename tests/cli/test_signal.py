"""`segue signal`: approvals and customers' words reach the run that waits for them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Run


@pytest.fixture
def company(demo: Ran, tmp_path: Path) -> Path:
    """The sample company after its demo: a refund waits for somebody's yes."""
    return Path(shutil.copytree(demo.json["workspace"], tmp_path / "company"))


@pytest.mark.parametrize(("said", "outcome"), [([], "resolved"), (["true"], "resolved"), (["false"], "escalated")])
def test_an_approval_decides_about_the_action(run: Run, company: Path, said: list[str], outcome: str) -> None:
    sent = run("signal", "t-3009", "approval", *said, "--workspace", company, "--json")
    assert (sent.status, sent.err, sent.json) == (0, "", {"run_id": "ticket-t-3009", "signal": "approval"})
    assert _resolved(run, company, "t-3009")["outcome"] == outcome


def test_an_approval_that_is_neither_yes_nor_no_is_refused(run: Run, company: Path) -> None:
    for said in ("perhaps", "1", '["true"]'):
        ran = run("signal", "t-3009", "approval", said, "--workspace", company)
        assert (ran.status, ran.error) == (2, f"segue: approval {said}: an approval is true or false")
    assert _resolved(run, company, "t-3009")["outcome"] == "waiting"


def test_a_signal_sent_twice_under_one_id_counts_once(run: Run, company: Path) -> None:
    for _ in range(2):
        assert run("signal", "t-3009", "approval", "--id", "click-1", "--workspace", company).status == 0
    assert _resolved(run, company, "t-3009")["outcome"] == "resolved"
    assert run("signal", "t-3009", "approval", "--id", "click-1", "--workspace", company).status == 0


def test_a_run_that_has_ended_takes_no_signal(run: Run, company: Path) -> None:
    ran = run("signal", "t-3003", "approval", "--workspace", company)
    assert ran.status == 2
    assert ran.error.startswith("segue: run ticket-t-3003 has ended")


def test_a_signal_that_nobody_waits_for_is_noted(run: Run, company: Path) -> None:
    ran = run("signal", "t-3009", "aproval", "--workspace", company)
    assert ran.status == 0
    assert ran.error.startswith("segue: note: ticket-t-3009 waits for approval, taken_over, message now")


def test_an_order_number_is_a_customers_words(run: Run, shop: Path) -> None:
    ticket = {"id": "t", "customer": {"id": "c-7", "authenticated": True},
              "messages": [{"role": "customer", "text": "Where is my order?"}]}  # fmt: skip
    procedure = shop / "procedures" / "order_status.yaml"
    procedure.write_text(procedure.read_text().replace(r"MB-\\d{4}", r"\\d{4}"))
    tools = shop / "tools.py"
    tools.write_text(tools.read_text().replace("MB-1042", "1042"))
    line = json.dumps(ticket)
    waiting = run("resolve", "-", "--workspace", shop, "--json", stdin=line).json
    assert waiting["outcome"] == "waiting", waiting
    assert run("signal", "t", "message", "1042", "--workspace", shop).status == 0
    assert run("resolve", "-", "--workspace", shop, "--json", stdin=line).json["outcome"] == "resolved"


@pytest.mark.parametrize("words", ["true", "null", '{"text": "hello"}', "1042", '"1042"'])
def test_a_message_is_sent_as_it_stands(run: Run, company: Path, words: str) -> None:
    assert run("signal", "t-3009", "message", words, "--workspace", company).status == 0
    _resolved(run, company, "t-3009")
    entries = run("runs", "show", "t-3009", "--workspace", company, "--json").json["entries"]
    heard = [entry["result"] for entry in entries if (entry["kind"], entry["name"]) == ("signal_received", "message")]
    assert heard == [words]


def test_a_message_without_words_is_refused(run: Run, company: Path) -> None:
    ran = run("signal", "t-3009", "message", "--workspace", company)
    assert (ran.status, ran.error) == (2, "segue: message: say what the customer writes")


def test_a_person_who_takes_a_ticket_over_stops_its_run(run: Run, company: Path) -> None:
    assert run("signal", "t-3009", "taken_over", "Ada", "--workspace", company).status == 0
    ended = _resolved(run, company, "t-3009")
    assert (ended["outcome"], ended["reason"]) == ("escalated", "taken_over")


def _resolved(run: Run, company: Path, ticket: str) -> dict[str, object]:
    found = run("resolve", _inbox(company), "--workspace", company, "--json")
    return next(shown for shown in map(json.loads, found.out.splitlines()) if shown["ticket_id"] == ticket)


def _inbox(company: Path) -> Path:
    return next((company / "inbox").glob("*.jsonl"))
