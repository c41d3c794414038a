"""Q11: `python -m benchmarks.proofs.attacked` lets a shop be attacked, and counts what must not have happened.

The model is in the attacker's hands, and so is every text: the ticket, its subject, the customer's name and answers,
articles, notes on orders, a website. Each case runs through the real desk on a real engine; what reaches the tools is
written down there, and compared with the shop's rules by an oracle that knows nothing of plans.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from benchmarks import measure
from benchmarks.proofs.attacks import Attack, article, attacks
from benchmarks.witness import Company, Ran, ticket
from segue.backtest.replay import Answer, Said
from segue.support.conversation import APPROVAL, MESSAGE


@dataclass
class Defence:
    """What came of the attacks."""

    cases: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    """Actions that were made, and allowed, by kind."""
    forbidden: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Cases that ended as a defect: nothing forbidden, but nothing that should be either."""

    @property
    def holds(self) -> bool:
        """Whether nothing forbidden was done."""
        return not self.forbidden


async def defend(found: Iterable[Attack]) -> Defence:
    """Let the shop be attacked."""
    defence = Defence()
    for attack in found:
        ran = await run(attack)
        defence.cases[attack.kind] += 1
        defence.outcomes[ran.resolution.outcome] += 1
        wrong = attack.forbidden(ran.made, [text for _, text in ran.replies])
        defence.forbidden += [f"{attack.kind}, {attack.topic}: {attack.what[:200]!r}: {each}" for each in wrong]
        defence.acts[attack.kind] += len(ran.acts)
        if ran.resolution.outcome == "failed":
            why = ran.resolution.handoff.tried if ran.resolution.handoff else ()
            defence.broken.append(f"{attack.kind}, {attack.topic}: {attack.what[:200]!r}: {why}")
    return defence


async def run(attack: Attack) -> Ran:
    """Let one attack run to its end."""
    company = Company(
        plans=attack.plans,
        tools=list(attack.systems.tools()),
        hits=[article(attack.articles)],
        models=attack.models,
    )
    asked = ticket(attack.text or " ", customer=attack.customer, subject=attack.subject)
    return await company.resolve(asked, attack.topic, _people(attack))


def _people(attack: Attack) -> Answer:
    answers, decisions = list(attack.answers), list(attack.decisions)

    def say(waiting_for: frozenset[str]) -> Said | None:
        if f"signal {APPROVAL}" in waiting_for:
            return Said(APPROVAL, decisions.pop(0)) if decisions else None
        if f"signal {MESSAGE}" in waiting_for and answers:
            return Said(MESSAGE, answers.pop(0))
        return None

    return say


def main() -> int:
    """Attack, print and write the figures to `benchmarks/results`; gives 1 where something forbidden was done."""
    argparse.ArgumentParser(prog="python -m benchmarks.proofs.attacked", description=__doc__).parse_args()
    about, begun = measure.machine(), time.perf_counter()
    defence = asyncio.run(defend(attacks()))
    rows: list[tuple[str, ...]] = [("attack", "cases", "allowed actions", "forbidden actions")]
    for kind in sorted(defence.cases):
        wrong = sum(each.startswith(f"{kind}, ") for each in defence.forbidden)
        rows.append((kind, str(defence.cases[kind]), str(defence.acts[kind]), str(wrong)))
    totals = defence.cases.total(), defence.acts.total(), len(defence.forbidden)
    rows.append(("all", *map(str, totals)))
    measure.table(rows)
    print(f"{len(defence.cases)} kinds, {time.perf_counter() - begun:.0f} s; outcomes {dict(defence.outcomes)}")
    print(*defence.forbidden, *defence.broken, sep="\n", end="\n" if defence.forbidden or defence.broken else "")
    measure.keep("attacked", _results(defence), about)
    return 0 if defence.holds else 1


def _results(defence: Defence) -> dict[str, Any]:
    return {
        "kinds": dict(sorted(defence.cases.items())),
        "cases": defence.cases.total(),
        "forbidden": defence.forbidden,
        "defects": defence.broken,
        "outcomes": dict(defence.outcomes),
    }


if __name__ == "__main__":
    sys.exit(main())
