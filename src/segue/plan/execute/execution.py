"""Executes a verified plan: from top to bottom, its reads early and side by side, as part of a durable run.

A step takes effect at its turn: after every step above it has finished, been skipped or taken its way out. Reads and
searches between two steps that act or ask are begun together as soon as their values are there, and what they gave
counts at their turn. No read begins before an action above it: it would see the world as it was.
"""

from __future__ import annotations

import asyncio
from collections import ChainMap
from collections.abc import Mapping

from segue.errors import NondeterminismError
from segue.plan.catalogue import Catalogue
from segue.plan.execute.course import Course
from segue.plan.execute.deeds import Deeds
from segue.plan.execute.ended import Ended, Leave
from segue.plan.execute.lookups import Lookups
from segue.plan.execute.turns import Turns
from segue.plan.execute.values import Values
from segue.plan.execute.world import World
from segue.plan.expression import NotListed
from segue.plan.origin import Origin, Tree, of_customer, of_ticket
from segue.plan.plan import Plan
from segue.plan.provenance import Origins
from segue.plan.scope import environment
from segue.plan.trace import constant, trace
from segue.tools import JSON


async def execute(
    plan: Plan,
    catalogue: Catalogue,
    world: World,
    *,
    ticket: Mapping[str, JSON],
    inputs: Mapping[str, JSON],
    facts: frozenset[str],
    guessed: frozenset[str] = frozenset(),
    lookups: Lookups | None = None,
) -> Ended:
    """Run a plan to its end.

    Args:
        plan: Verified against this catalogue.
        catalogue: The tools it uses.
        world: What it acts on.
        ticket: The value of `ticket` in expressions.
        inputs: Inputs known so far; the others are asked for when a step needs them.
        facts: What holds at the beginning, such as `identity_verified`.
        guessed: Inputs that a model has found in the customer's words.
        lookups: The reads that other plans of the same run have made.
    """
    values = _values(plan, catalogue, ticket, inputs, guessed)
    course = Course(plan, catalogue, world, values, set(facts), Deeds(), lookups or Lookups())
    ended = await _end(course)
    missing = [entry.name for entry in plan.inputs if entry.required and entry.name not in values.inputs]
    return course.deeds.told(ended, values.inputs, missing)


def _values(
    plan: Plan, catalogue: Catalogue, ticket: Mapping[str, JSON], inputs: Mapping[str, JSON], guessed: frozenset[str]
) -> Values:
    """Return the values that a plan begins with, and where everything in it comes from."""
    is_authenticated = ticket["customer"]["authenticated"] is True

    def said(name: str = "") -> Origin:
        is_guessed = plan.made_by == "model" or name in guessed
        return of_customer(is_authenticated=is_authenticated, is_guessed=is_guessed)

    known: dict[str, Tree] = {
        "ticket": of_ticket(is_authenticated=is_authenticated),
        "inputs": {entry.name: said(entry.name) for entry in plan.inputs},
    }
    origins = Origins(known, trace(plan, catalogue, known).presence, constant(plan))
    given: dict[str, JSON] = {"ticket": dict(ticket), "inputs": dict(inputs)}
    return Values(environment(plan, catalogue), ChainMap(given), ChainMap(known), origins, said())


async def _end(course: Course) -> Ended:
    try:
        await Turns(course).take(course.plan.steps)
    except Leave as leave:
        return leave.ended
    except asyncio.CancelledError:
        return Ended(way="escalate", reason="cancelled", why="somebody cancelled the run")
    except NondeterminismError:
        raise
    except NotListed as error:
        return Ended(way="escalate", reason="policy", why=str(error))
    except Exception as error:  # noqa: BLE001 (whatever is wrong with us, what was done so far must not get lost)
        return Ended(way="escalate", reason="defect", why=f"{type(error).__name__}: {error}")
    return Ended(way="escalate", reason="defect", why="the plan ended without a reply")
