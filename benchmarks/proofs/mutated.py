"""Q10, mutated plans: `python -m benchmarks.proofs.mutated` puts faults into good plans and says which `verify` misses.

Every good plan there is must be without a finding, and every fault that is seen to do harm must be found. What does
harm is told by `oracle`, which follows plans through simulated worlds and shares no rule with `verify`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import measure
from benchmarks.proofs import mutations, oracle, subjects
from benchmarks.proofs.mutations import Mutant
from benchmarks.proofs.oracle import Harm
from benchmarks.proofs.subjects import Subject
from segue.errors import Finding
from segue.plan.catalogue import Catalogue
from segue.plan.plan import Plan
from segue.plan.verify import verify

WORLDS = 18
"""That each mutant is followed through, until one with harm; good plans are followed through three times as many."""
GOAL_PER_S = 2000
ROUNDS = 20

Verify = Callable[[Plan, Catalogue], Iterable[Finding]]


@dataclass
class Proof:
    """What was tried, and what came of it."""

    plans: int = 0
    accused: list[str] = field(default_factory=list)
    """Good plans that have a finding, or are seen to do harm."""
    made: Counter[str] = field(default_factory=Counter)
    """Mutants, by kind."""
    harmful: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    """Of the harmful ones."""
    rejected: Counter[str] = field(default_factory=Counter)
    """Of all."""
    missed: list[str] = field(default_factory=list)
    verified_s: float = 0.0
    """Seconds of the processor that `verify` took, each plan and mutant seen for the first time."""

    @property
    def holds(self) -> bool:
        """Whether nothing good is accused, and nothing harmful missed."""
        return not self.accused and not self.missed

    @property
    def per_s(self) -> float:
        """Plans and mutants verified in a second."""
        return (self.plans + sum(self.made.values())) / self.verified_s


def prove(
    good: Iterable[Subject],
    *,
    worlds: int = WORLDS,
    verifies: Verify = verify,
    wanted: Callable[[Mutant, int], bool] = lambda *_: True,
) -> Proof:
    """Try every mutant of good plans.

    Args:
        good: The plans.
        worlds: That each mutant is followed through.
        verifies: What is put to the proof.
        wanted: Says which mutants are tried, by their number.
    """
    proof = Proof()
    for subject in good:
        proof.plans += 1
        own = oracle.harms(subject.plan, subject.tools, 3 * worlds, stop=False)
        errors = _errors(proof, verifies, subject.plan, Catalogue.of(subject.tools.values()))
        proof.accused += [f"{subject.name}: {each}" for each in (*errors, *sorted(own))]
        for number, mutant in enumerate(mutations.mutants(subject.plan, subject.tools)):
            if wanted(mutant, number):
                _try(proof, verifies, subject, mutant, worlds)
    return proof


def _try(proof: Proof, verifies: Verify, subject: Subject, mutant: Mutant, worlds: int) -> None:
    kind = mutant.kind
    proof.made[kind] += 1
    is_found = bool(_errors(proof, verifies, mutant.plan, Catalogue.of(mutant.tools.values())))
    proof.rejected[kind] += is_found
    harms: set[Harm] = oracle.harms(mutant.plan, mutant.tools, worlds)
    proof.harmful[kind] += bool(harms)
    proof.found[kind] += bool(harms) and is_found
    if harms and not is_found:
        proof.missed.append(f"{subject.name}: {kind}: {sorted(harms)}")


def _errors(proof: Proof, verifies: Verify, plan: Plan, catalogue: Catalogue) -> list[Finding]:
    begun = time.process_time()
    found = [each for each in verifies(plan, catalogue) if each.severity == "error"]
    proof.verified_s += time.process_time() - begun
    return found


def main() -> int:
    """Try, print and write the figures to `benchmarks/results`; gives 1 where something was missed or wrongly found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proofs.mutated", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few worlds, our own plans alone; nothing is written")
    options = parser.parse_args()
    about = measure.machine()
    with tempfile.TemporaryDirectory() as folder:
        good = list(subjects.synthetic() if options.quick else subjects.subjects(Path(folder)))
        proof = prove(good, worlds=6 if options.quick else WORLDS)
    again = _again_per_s(good)
    rows: list[tuple[str, ...]] = [("fault", "mutants", "harmful", "found", "share", "rejected in all")]
    rows += [_row(proof, kind) for kind in sorted(proof.made)]
    total = tuple(str(each.total()) for each in (proof.made, proof.harmful, proof.found))
    rows.append(("all", *total, f"{proof.found.total() / proof.harmful.total():.1%}", str(proof.rejected.total())))
    measure.table(rows)
    print(f"{proof.plans} good plans, {len(proof.accused)} wrongly accused; {len(proof.made)} kinds of fault")
    goal = "met" if again >= GOAL_PER_S else "missed"
    print(
        f"{again:,.0f} good plans verified/s, goal ≥ {GOAL_PER_S:,}/s: {goal}; {proof.per_s:,.0f} never seen before/s"
    )
    print(*proof.accused, *proof.missed, sep="\n", end="\n" if proof.accused or proof.missed else "")
    if not options.quick:
        measure.keep("mutated", _results(proof) | {"verified_per_s": round(again)}, about)
    return 0 if proof.holds else 1


def _again_per_s(good: list[Subject]) -> float:
    """Return how many of the good plans are verified in a second of the processor, as at every start and request."""
    known = [(subject.plan, Catalogue.of(subject.tools.values())) for subject in good]
    begun = time.process_time()
    for _ in range(ROUNDS):
        for plan, catalogue in known:
            verify(plan, catalogue)
    return ROUNDS * len(known) / (time.process_time() - begun)


def _row(proof: Proof, kind: str) -> tuple[str, ...]:
    harmful, found = proof.harmful[kind], proof.found[kind]
    share = f"{found / harmful:.0%}" if harmful else "–"
    return kind, str(proof.made[kind]), str(harmful), str(found), share, str(proof.rejected[kind])


def _results(proof: Proof) -> dict[str, Any]:
    kinds = {
        kind: {
            "mutants": proof.made[kind],
            "harmful": proof.harmful[kind],
            "found": proof.found[kind],
            "rejected": proof.rejected[kind],
        }
        for kind in sorted(proof.made)
    }
    return {
        "plans": proof.plans,
        "accused": proof.accused,
        "missed": proof.missed,
        "kinds": kinds,
        "worlds": WORLDS,
        "verified_when_new_per_s": round(proof.per_s),
    }


if __name__ == "__main__":
    sys.exit(main())
