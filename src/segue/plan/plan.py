"""The plan as data: steps read from top to bottom, each knowing where it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import Field

from segue.plan.language.types import Type, from_schema

REASONS: Final = (
    "no_procedure",
    "low_confidence",
    "not_grounded",
    "policy",
    "approval_denied",
    "approval_timeout",
    "tool_failed",
    "in_doubt",
    "budget",
    "customer_asked",
    "injection_suspected",
    "plan_rejected",
    "not_understood",
    "taken_over",
    "cancelled",
    "defect",
)
"""Why a ticket is handed to a person."""


ChosenBy: TypeAlias = Literal["model", "classifier"]
"""Who says which option is right."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written in the plan's file; line 0 where there is no file."""

    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text of the plan: a template, a condition, a name."""

    kind: Literal["text"] = "text"
    value: str
    place: Place = Place()
    anchors: tuple[tuple[int, int, int], ...] = ()
    """(offset, line, column), ascending: from this offset on the text stands there, up to the next one."""

    def at(self, offset: int) -> Place:
        """Return where the character at `offset` is written."""
        start, line, column = 0, self.place.line, self.place.column
        for anchor in self.anchors:
            if anchor[0] > offset:
                break
            start, line, column = anchor
        return Place(line, column + offset - start if line else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A number, a truth value or null."""

    kind: Literal["constant"] = "constant"
    value: bool | int | float | None
    place: Place = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list of values."""

    kind: Literal["items"] = "items"
    items: tuple[Value, ...]
    place: Place = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """A record of values."""

    kind: Literal["fields"] = "fields"
    fields: tuple[Argument, ...]
    place: Place = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """A named value."""

    name: str
    value: Value
    place: Place = Place()


Value: TypeAlias = Annotated[Text | Constant | Items | Fields, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnError:
    """What happens instead of a step that failed, or whose result was not as expected."""

    retries: int = 0
    """So many further attempts; then the ticket is escalated as `tool_failed`."""
    steps: tuple[Step, ...] = ()
    """Run in its place; empty for `retries`."""
    goes_on: bool = False
    """The step below is next (`then`); else `steps` end the plan."""


@dataclass(frozen=True, kw_only=True)
class _Step:
    """What every step has."""

    id: str
    """Unique in the plan; generated, with dots, for a nested step that was given none."""
    place: Place = Place()
    when: Text | None = None
    """Condition; where it is false, the step is skipped."""


@dataclass(frozen=True, kw_only=True)
class ToolStep(_Step):
    """Call a tool; its value is the tool's result."""

    kind: Literal["tool"] = "tool"
    tool: Text
    args: tuple[Argument, ...] = ()
    expect: Text | None = None
    """Condition on the step's own result; where it is false, the step has failed."""
    approve: Text | None = None
    """Where it is true, a person must say yes first."""
    on_error: OnError | None = None


@dataclass(frozen=True, kw_only=True)
class SearchStep(_Step):
    """Search the knowledge; its value is `{found, passages}`."""

    kind: Literal["search"] = "search"
    query: Text
    expect: Text | None = None
    on_error: OnError | None = None


@dataclass(frozen=True, kw_only=True)
class ModelStep(_Step):
    """Ask a model; its value is the model's answer, typed by a schema."""

    kind: Literal["model"] = "model"
    task: Text
    """What the model is to do, in the author's words; values have no place in it."""
    given: Value | None = None
    """What the model is shown (`input`)."""
    output: dict[str, Any]
    """JSON Schema of the answer."""
    expect: Text | None = None
    on_error: OnError | None = None

    @cached_property
    def type(self) -> Type:
        """Type of the answer."""
        return from_schema(self.output)


@dataclass(frozen=True, kw_only=True)
class AskStep(_Step):
    """Ask the customer and wait; its value is `{text}`."""

    kind: Literal["ask"] = "ask"
    question: Text
    into: Text | None = None
    """The input that the answer fills."""


@dataclass(frozen=True, kw_only=True)
class CheckStep(_Step):
    """Go on only where a condition holds."""

    kind: Literal["check"] = "check"
    condition: Text
    otherwise: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Option:
    """One of several ways on."""

    name: str
    place: Place = Place()
    description: str = ""
    """What speaks for it."""
    examples: tuple[str, ...] = ()
    """Texts for which it is the right one."""
    steps: tuple[Step, ...] = ()
    """None: the plan goes on below."""


@dataclass(frozen=True, kw_only=True)
class ChooseStep(_Step):
    """Go one of several declared ways; where it is unsure which, the ticket is escalated as `low_confidence`."""

    kind: Literal["choose"] = "choose"
    by: ChosenBy
    options: tuple[Option, ...]
    given: Text | None = None
    """What is looked at (`input`); the request's words without it."""


@dataclass(frozen=True, kw_only=True)
class EachStep(_Step):
    """Take steps for each item of a list, one item after the other."""

    kind: Literal["each"] = "each"
    items: Text
    """Exactly one `${…}` that is a list (`in`)."""
    name: str
    """Of the item, inside (`as`)."""
    most: int
    """A longer list is escalated as `policy` before the first item (`max`)."""
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class ReplyStep(_Step):
    """Answer the customer and end: with a template, or composed from what searches found."""

    kind: Literal["reply"] = "reply"
    text: Text | None = None
    answer: tuple[Text, ...] = ()
    """Ids of search steps."""
    guidance: str = ""
    """For a model that composes the answer."""


@dataclass(frozen=True, kw_only=True)
class EscalateStep(_Step):
    """Hand the ticket to a person and end."""

    kind: Literal["escalate"] = "escalate"
    reason: Text


Step: TypeAlias = Annotated[
    ToolStep | SearchStep | ModelStep | AskStep | CheckStep | ChooseStep | EachStep | ReplyStep | EscalateStep,
    Field(discriminator="kind"),
]
Work: TypeAlias = ToolStep | SearchStep | ModelStep
"""Steps that give a value and can fail."""

InputType: TypeAlias = Literal["string", "integer", "number", "boolean", "money", "date", "email"]


@dataclass(frozen=True, kw_only=True)
class Input:
    """Something that the plan must know about the request."""

    name: str
    place: Place = Place()
    type: InputType = "string"
    required: bool = True
    """Missing, it is asked for (`ask`), or the ticket is escalated; else the plan looks with `has`."""
    ask: str = ""
    """The question to the customer."""
    description: str = ""
    pattern: str = ""
    """Regular expression that finds it in the customer's words."""
    choices: tuple[str, ...] = ()
    """The only texts there are (`enum`)."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """The file that a plan was read from."""

    file: str
    """Relative to the workspace, with `/`."""
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to do about one topic."""

    topic: str
    description: str = ""
    examples: tuple[str, ...] = ()
    """What customers write who want this."""
    guidance: str = ""
    """For a model that writes the reply, or where there are no steps the plan."""
    inputs: tuple[Input, ...] = ()
    steps: tuple[Step, ...] = ()
    """None: a model composes the plan by the guidance."""
    made_by: Literal["company", "model"] = "company"
    """Whose words it is: a company's can be relied on."""
    source: Source = Source(file="", sha256="")

    def input(self, name: str) -> Input | None:
        """Return the input of this name."""
        return next((entry for entry in self.inputs if entry.name == name), None)

    def all_steps(self) -> tuple[Step, ...]:
        """Return every step in the order of the file, nested ones after the step that holds them."""
        return self._all_steps

    @cached_property
    def _all_steps(self) -> tuple[Step, ...]:
        return tuple(found for step in self.steps for found in (step, *inside(step)))

    def asked_inputs(self) -> frozenset[str]:
        """Return the inputs that an ask step fills: they may be missing until it has run."""
        return frozenset(
            step.into.value for step in self.all_steps() if isinstance(step, AskStep) and step.into is not None
        )


def nested(step: Step) -> tuple[Step, ...]:
    """Return the steps that stand inside a step."""
    match step:
        case CheckStep(otherwise=steps):
            return steps
        case ChooseStep(options=options):
            return tuple(inner for option in options for inner in option.steps)
        case EachStep(steps=steps):
            return steps
        case ToolStep() | SearchStep() | ModelStep() if step.on_error is not None:
            return step.on_error.steps
        case _:
            return ()


def inside(step: Step) -> Iterator[Step]:
    """Yield every step that stands inside a step, at any depth."""
    pending = list(reversed(nested(step)))
    while pending:
        inner = pending.pop()
        yield inner
        pending.extend(reversed(nested(inner)))
