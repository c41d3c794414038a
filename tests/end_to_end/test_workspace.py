"""A workspace's files become an agent; what is wrong in one of them stops that part, and never silently."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from segue.knowledge.vectors import Progress
from segue.support import batch, resolve, workspace
from segue.support.moves import ENOUGH
from segue.support.outcome import Resolution
from segue.support.ticket import parse_ticket
from segue.wiring import House
from segue.wiring.experience import Experience

AUTO = '[autonomy]\ndefault = "auto"\n'
REFUND = """\
topic: refund
examples: ["I want my money back", "refund please", "please refund my order", "money back for the boots"]
steps:
  - {id: end, reply: "We refunded you."}
"""
STATUS = """\
topic: status
examples: ["where is my parcel", "when does it arrive", "has it been sent", "tracking of my parcel"]
steps:
  - {id: end, reply: "It is on its way."}
"""
HISTORY = "".join(
    json.dumps({"id": f"h-{n}", "messages": [{"role": "customer", "text": text}], "topic": topic}) + "\n"
    for n, (text, topic) in enumerate(
        (f"{text} number {k}", topic)
        for k in range(8)
        for text, topic in (("a refund for order", "refund"), ("where is my parcel", "status"))
    )
)
BASE = {"segue.toml": AUTO, "procedures/status.yaml": STATUS, "history/h.jsonl": HISTORY}


class Company:
    """A workspace made of a few texts."""

    def __init__(self, root: Path, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        self.house = House(workspace.at(root))
        self.house.prepare()

    def resolve(self, *texts: str) -> Resolution:
        """Return what becomes of a ticket; every other text is ours."""
        source = {"id": "t-1", "messages": _messages(texts)}
        return asyncio.run(self._resolve(source))

    async def _resolve(self, source: object) -> Resolution:
        ticket = parse_ticket(source, datetime.now(UTC))
        async with self.house.work() as work:
            async for resolution in batch.resolve(work, self.house.workflow, [ticket], self.house.effects):
                return resolution
        raise AssertionError


def _messages(texts: Sequence[str]) -> list[dict[str, str]]:
    return [{"role": ("customer", "agent")[place % 2], "text": text} for place, text in enumerate(texts)]


Open = Callable[[Mapping[str, str]], Company]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Open]:
    opened: list[Company] = []

    def open_(files: Mapping[str, str]) -> Company:
        opened.append(Company(tmp_path, files))
        return opened[-1]

    yield open_
    for each in opened:
        each.house.close()


def test_a_ticket_takes_the_procedure_of_its_topic(company: Open) -> None:
    resolution = company({**BASE, "procedures/refund.yaml": REFUND}).resolve("a refund for order number 9 please")
    assert (resolution.outcome, resolution.reply) == ("resolved", "We refunded you.")


@pytest.mark.parametrize(
    "broken",
    [
        REFUND.replace("steps:", "steps: ["),
        REFUND.replace("reply:", "answer:"),
        REFUND.replace("We refunded", "We refunded ${nobody.knows}"),
        REFUND + "steps: []\n",
    ],
    ids=["no YAML", "an unknown key", "an unknown step", "a key twice"],
)
def test_the_tickets_of_a_faulty_procedure_go_to_a_person_with_the_fault(company: Open, broken: str) -> None:
    resolution = company({**BASE, "procedures/refund.yaml": broken}).resolve("a refund for order number 9 please")
    assert (resolution.outcome, resolution.reason) == ("escalated", "plan_rejected")
    assert resolution.handoff is not None
    assert any("procedures/refund.yaml:" in step.result for step in resolution.handoff.tried)


def test_of_two_procedures_of_one_topic_neither_is_taken(company: Open) -> None:
    two = {"procedures/a.yaml": REFUND, "procedures/b.yaml": REFUND.replace("We refunded", "We did not refund")}
    assert company({**BASE, **two}).resolve("a refund for order number 9 please").reason == "plan_rejected"


def test_the_other_procedures_go_on(company: Open) -> None:
    resolution = company({**BASE, "procedures/refund.yaml": "topic: refund\nsteps: ["}).resolve("where is my parcel")
    assert resolution.reply == "It is on its way."


def test_without_a_word_about_autonomy_everything_is_a_draft(company: Open) -> None:
    resolution = company({**BASE, "segue.toml": "", "procedures/refund.yaml": REFUND}).resolve("a refund for order")
    assert (resolution.outcome, resolution.reply) == ("drafted", "We refunded you.")


# What people did in past conversations


def _talk(number: int) -> str:
    texts = (
        f"where is my parcel number {number}",
        "It is on its way.",
        ("thanks", "thank you", "great, thanks")[number % 3],
        "You are welcome.",
    )
    return json.dumps({"id": f"talk-{number}", "messages": _messages(texts), "topic": "status"}) + "\n"


TALKS = {**BASE, "history/h.jsonl": HISTORY, "history/talks.jsonl": "".join(map(_talk, range(ENOUGH)))}


def test_what_ingest_learned_is_known_to_the_first_customer_who_writes_again(company: Open) -> None:
    shop = company(TALKS)
    House(shop.house.workspace).experience.practise(lambda *_: None)
    assert shop.resolve("where is my parcel number 7").reply == "It is on its way."
    assert shop.resolve("where is my parcel number 7", "It is on its way.", "thanks").reply == resolve.WELCOME


def test_a_customer_who_writes_again_does_not_wait_until_it_is_learned(
    company: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def learn(_: object, on_progress: Progress) -> None:
        begun.set()
        while True:
            on_progress(0, 1)

    monkeypatch.setattr(Experience, "practise", learn)
    shop = company(TALKS)
    shop.resolve("where is my parcel number 7")
    assert begun.is_set()
    assert shop.resolve("where is my parcel number 7", "It is on its way.", "thanks").outcome == "escalated"
    assert "segue-practice" not in {thread.name for thread in threading.enumerate()}
