"""Executes a verified plan: from top to bottom, its reads early and side by side, as part of a durable run.

A step takes effect at its turn: after every step above it has finished, been skipped or taken its way out. Reads and
searches between two steps that act or ask are begun together as soon as their values are there, and what they gave
counts at their turn. No read begins before an action above it: it would see the world as it was.
"""

from __future__ import annotations

import asyncio
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace

from segue.errors import BudgetExceeded, NondeterminismError, PermanentError, StepFailed
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
from segue.plan.plan import Plan, SearchStep
from segue.plan.provenance import Origins
from segue.plan.scope import environment
from segue.plan.trace import constant, trace
from segue.plan.verify import Begun, Policy, verify
from segue.plan.verify.begun import NOTHING
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
    policy: Policy | None = None,
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
        policy: What a plan may rely on that takes the place of this one.
    """
    values = _values(plan, catalogue, ticket, inputs, guessed)
    course = Course(plan, catalogue, world, values, set(facts), Deeds(), lookups or Lookups())
    ended = await _end(course)
    for _ in range(world.replans):
        another = await _another(course, ended) if ended.reason == "tool_failed" else None
        if another is None:
            break
        following = _followed(course, another, ticket, policy)
        if following is not None:
            course, ended = following, await _end(following)
    return _told(course, ended)


def _told(course: Course, ended: Ended) -> Ended:
    inputs = course.values.inputs
    missing = [entry.name for entry in course.plan.inputs if entry.required and entry.name not in inputs]
    return course.deeds.told(ended, inputs, missing)


async def _another(course: Course, ended: Ended) -> Plan | None:
    """Return another plan for what one has failed at; `None` where nobody makes one."""
    try:
        return await course.world.replan(course.plan, _told(course, ended))
    except (StepFailed, PermanentError, BudgetExceeded) as error:
        course.deeds.note_plan(f"failed: {error}")
        return None


def _followed(course: Course, plan: Plan, ticket: Mapping[str, JSON], policy: Policy | None) -> Course | None:
    """Return the course of another plan that goes on from what was done; `None` where it is rejected.

    Why it is stands among what was done, so that whoever makes the next one is told.
    """
    values, types, origins = course.values.kept()
    searches = frozenset(step.id for step in course.plan.all_steps() if isinstance(step, SearchStep)) & values.keys()
    begun = Begun(types=types, origins=origins, searches=searches, facts=frozenset(course.facts))
    errors = [each for each in verify(plan, course.catalogue, policy, begun) if each.severity == "error"]
    if errors:
        course.deeds.note_plan(f"rejected: {errors[0]}")
        return None
    course.deeds.note_plan("another one")
    kept = _values(plan, course.catalogue, ticket, course.values.inputs, frozenset(), begun, values)
    return replace(course, plan=plan, values=kept)


def _values(
    plan: Plan,
    catalogue: Catalogue,
    ticket: Mapping[str, JSON],
    inputs: Mapping[str, JSON],
    guessed: frozenset[str],
    begun: Begun = NOTHING,
    kept: Mapping[str, JSON] | None = None,
) -> Values:
    """Return the values that a plan begins with, and where everything in it comes from."""
    is_authenticated = ticket["customer"]["authenticated"] is True

    def said(name: str = "") -> Origin:
        is_guessed = plan.made_by == "model" or name in guessed
        return of_customer(is_authenticated=is_authenticated, is_guessed=is_guessed)

    known: dict[str, Tree] = {
        "ticket": of_ticket(is_authenticated=is_authenticated),
        "inputs": {entry.name: said(entry.name) for entry in plan.inputs},
        **begun.origins,
    }
    origins = Origins(known, trace(plan, catalogue, known).presence, constant(plan))
    given: dict[str, JSON] = {"ticket": dict(ticket), "inputs": dict(inputs), **(kept or {})}
    types = environment(plan, catalogue)
    types = replace(types, names={**types.names, **begun.types})
    return Values(types, ChainMap(given), ChainMap(known), origins, said())


async def _end(course: Course) -> Ended:
    try:
        await Turns(course).take(course.plan.steps)
    except Leave as leave:
        return leave.ended
    except asyncio.CancelledError:
        return Ended(way="escalate", reason="cancelled", why="somebody cancelled the run")
    except NondeterminismError:
        raise
    except BudgetExceeded as error:
        return Ended(way="escalate", reason="budget", why=str(error))
    except NotListed as error:
        return Ended(way="escalate", reason="policy", why=str(error))
    except Exception as error:  # noqa: BLE001 (whatever is wrong with us, what was done so far must not get lost)
        return Ended(way="escalate", reason="defect", why=f"{type(error).__name__}: {error}")
    return Ended(way="escalate", reason="defect", why="the plan ended without a reply")
