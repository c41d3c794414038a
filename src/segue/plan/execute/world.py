"""What a plan acts on, as a port: the customer, the company's systems and its people."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Protocol

from segue.plan.execute.ended import Call, Ended
from segue.plan.plan import ChosenBy, Input, Option, Plan, Step
from segue.tools import JSON


class World(Protocol):
    """What a plan acts on; each method is a step or a wait of the run."""

    @property
    def replans(self) -> int:
        """How often a plan that failed may be followed by another one; 0 where nobody could make one."""

    def replan(self, plan: Plan, ended: Ended) -> Awaitable[Plan | None]:
        """Make another plan for what one has failed at, from what it has done; `None` where there is none.

        Its steps may use the values of the steps that were done.
        """

    def turn(self, tool: str) -> Awaitable[None]:
        """Wait until a tool may be called once more; before anything is intended."""

    def call(self, call: Call, attempts: int | None) -> Awaitable[JSON]:
        """Call a tool; `attempts` is how often at most, `None` for the tool's own number.

        Raises:
            NotTheirs: Its record belongs to somebody else.
            StepFailed, PermanentError: It failed.
            InDoubt: Nobody knows whether it happened.
        """

    def search(self, query: str) -> Awaitable[JSON]:
        """Search the knowledge; gives `{found, passages}`."""

    def model(self, task: str, given: JSON, output: Mapping[str, JSON], attempts: int | None) -> Awaitable[JSON]:
        """Ask a model; gives a value that fits the schema `output`, as far as the model keeps to it.

        Raises:
            StepFailed, PermanentError: There is no model, or no answer that can be used.
        """

    def choose(self, by: ChosenBy, text: str | None, options: Sequence[Option]) -> Awaitable[str | None]:
        """Choose an option for a text, for the request's words where it is `None`; gives its name, `None` if unsure.

        Raises:
            StepFailed, PermanentError: Whoever should choose failed.
        """

    def ask(self, asked: Ended, wanted: Sequence[Input]) -> Awaitable[Mapping[str, JSON]]:
        """Ask the customer; gives the values of `wanted` and the answer as `text`.

        Args:
            asked: The question as a reply, with which of its words are models', and what was done and found before.
            wanted: What it asks for.

        Raises:
            Leave: It may not be asked, or there is no answer to go on with.
        """

    def approval(self, step: str, call: Call, why: str) -> Awaitable[None]:
        """Wait for a person's yes to exactly this call of a step; `why` says why they are asked.

        `step` is its topic and id, and in a loop which item.

        Raises:
            Leave: They said no, or nothing in time.
        """

    def gate(self, step: Step, found: Sequence[JSON]) -> Awaitable[None]:
        """Decide whether to go on, before each action and each reply; `found` is what a reply is composed from.

        Raises:
            Leave: Not alone.
        """

    def compose(self, found: Sequence[JSON], guidance: str) -> Awaitable[tuple[str, Sequence[JSON]] | None]:
        """Compose a reply from passages; gives it and what it cites, or `None` where they hold no answer."""
