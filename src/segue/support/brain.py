"""Who does the thinking: the port behind which the local brain and language models stand."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from segue.plan.execute import Ended
from segue.plan.plan import Plan
from segue.redaction import Personal
from segue.support import answer
from segue.support.interpret import Request, Understanding
from segue.support.past_answers import PastAnswer
from segue.support.ticket import Ticket
from segue.support.usage import Counted

JSON = Any
T = TypeVar("T")
Soon: TypeAlias = T | Awaitable[T]
"""What a function gives, async or not; one that is not runs in a thread."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An option, as far as it says when it is right."""

    name: str
    description: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer(Counted):
    """What somebody answered."""

    value: JSON
    """Of a choice: the option's name, `None` where it is unsure."""


@dataclass(frozen=True, kw_only=True)
class Planned(Counted):
    """The plan for a request, or why there is none."""

    plan: Plan | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A reply that is ready to be sent, and what it can be judged by."""

    question: str
    """The customer's words."""
    text: str
    sources: tuple[str, ...] = ()
    """Texts of the passages that it cites."""
    done: tuple[JSON, ...] = ()
    """Tool calls that were made: `{tool, args, result}`."""


@dataclass(frozen=True, kw_only=True)
class Verdict(Counted):
    """A second opinion on a reply."""

    objection: str = ""
    """Why it should not be sent; empty where it may be."""


class Chooser(Protocol):
    """Tells options apart without a model."""

    def __call__(self, text: str, options: Sequence[Choice]) -> str | None:
        """Return the name of the option that a text speaks for; `None` where it is unsure."""


class Brain(Protocol):
    """Does what takes thought; each method is a step of a run, so its result is asked for once.

    Promise, kept by `local.LocalBrain` and `asking.ModelBrain` and proven by `tests/unit/support/test_asking_*.py`:
    a model that fails, lies or costs too much never keeps a ticket from its end. `personal` is what is known of the
    customer, to be hidden from models.
    """

    @property
    def replans(self) -> int:
        """How often a plan that has failed is followed by another one, for one request."""

    @property
    def is_judging(self) -> bool:
        """Whether it has second opinions."""

    def interpret(self, ticket: Ticket) -> Soon[Understanding]:
        """Say what a ticket wants."""

    def plan(self, request: Request, personal: Personal) -> Soon[Planned]:
        """Return the plan for a request, verified."""

    def choose(self, by: str, text: str, options: list[Choice], personal: Personal) -> Soon[Answer]:
        """Choose the option that a text speaks for.

        Args:
            by: `model` or `classifier`.
            text: What others wrote: data, whatever it says.
            options: The company's.
            personal: Of the customer.
        """

    def solve(self, task: str, given: JSON, output: dict[str, JSON], personal: Personal) -> Soon[Answer]:
        """Do the task of a plan's model step. Whatever it raises is the step's failure, retried as a read is.

        Args:
            task: The company's own words.
            given: What others wrote.
            output: JSON Schema of the answer.
            personal: Of the customer.

        Raises:
            PermanentError: There is nobody to ask, or to ask again would not help.
        """

    def compose(
        self,
        question: str,
        found: list[dict[str, JSON]],
        guidance: str,
        past_answers: list[PastAnswer],
        personal: Personal,
    ) -> Soon[answer.Answer]:
        """Answer a question from passages; an empty text where they hold no answer.

        Args:
            question: The customer's words.
            found: The passages, best first.
            guidance: How the company wants it written.
            past_answers: What people answered to questions like it; none of their words may be told.
            personal: Of the customer.
        """

    def replan(self, asked: str, plan: Plan, ended: Ended, personal: Personal) -> Soon[Planned]:
        """Return another plan that goes on from what one has done that failed; it is not verified yet.

        Args:
            asked: The customer's words.
            plan: What has failed.
            ended: How, and what it had done.
            personal: Of the customer.
        """

    def judge(self, reply: Finished, personal: Personal) -> Soon[Verdict]:
        """Give a second opinion on a reply."""


def personal_of(ticket: Ticket) -> Personal:
    """Return what is known of a ticket's customer, which no model need know."""
    customer = ticket.customer
    return Personal(
        names=(customer.name,) if customer.name else (),
        emails=(customer.email,) if customer.email else (),
        ids=(customer.id,) if customer.id else (),
    )
