"""Declaring steps and workflows: what cannot work is refused at once, and names are unique."""

import functools
import types
from datetime import timedelta
from threading import Timer
from typing import Any

import pytest

from segue import step, workflow
from segue.engine.names import Names, is_async
from segue.engine.step import Step, steps
from segue.engine.workflow import Workflow
from segue.errors import DefinitionError, DuplicateName


def test_a_name_is_the_qualname_or_what_is_given() -> None:
    @step
    async def one() -> None: ...

    @step(name="definitions.other")
    async def two() -> None: ...

    @workflow
    async def flow() -> None: ...

    assert one.name == "test_a_name_is_the_qualname_or_what_is_given.<locals>.one"
    assert two.name == "definitions.other"
    assert flow.name.endswith("flow")


def test_a_decorated_function_keeps_its_face() -> None:
    @step
    async def lookup(order_id: str) -> str:
        """Look an order up."""
        return order_id

    assert lookup.fn.__name__ == "lookup"
    assert lookup.__doc__ == "Look an order up."
    assert lookup.__module__ == __name__


@pytest.mark.parametrize("what", [step, workflow])
def test_two_definitions_of_one_name_are_refused_naming_both_places(what: Any) -> None:
    async def one() -> None: ...
    async def two() -> None: ...

    declare = what(name=f"definitions.twice {what.__name__}")
    declare(one)

    with pytest.raises(DuplicateName, match=r"test_definitions\.py:\d+ and at .*test_definitions\.py:\d+"):
        declare(two)


def test_the_same_function_may_be_defined_again() -> None:
    def define() -> Step[[], None]:
        @step(name="definitions.again")
        async def again() -> None: ...

        return again

    define()
    assert steps.find("definitions.again", __name__) is not None
    second = define()
    assert steps.find("definitions.again", __name__) is second


def definition_in(module: str, line: int = 1) -> Workflow[[], Any]:
    """A workflow `main` as another module defines it."""
    names: dict[str, Any] = {"__name__": module}
    exec(compile("\n" * line + "async def main() -> None: ...", f"/{module}.py", "exec"), names)  # noqa: S102
    return Workflow(names["main"])


def test_two_modules_may_use_one_name_and_each_finds_its_own() -> None:
    names: Names[Workflow[..., Any]] = Names("workflow")
    here, there = definition_in("here"), definition_in("there")
    names.add(here, explicit=False)
    names.add(there, explicit=False)
    assert names.find("main", "here") is here
    assert names.find("main", "there") is there
    assert names.find("main", "elsewhere") is None, "which of the two?"


def test_a_name_that_only_one_module_uses_is_found_from_anywhere() -> None:
    names: Names[Workflow[..., Any]] = Names("workflow")
    only = definition_in("here")
    names.add(only, explicit=False)
    assert names.find("main", "moved_since") is only
    assert names.find("other", "here") is None


def test_listeners_hear_of_every_addition() -> None:
    names: Names[Workflow[..., Any]] = Names("workflow")
    heard = []
    names.listeners.append(lambda: heard.append("again"))
    names.add(definition_in("here"), explicit=False)
    names.add(definition_in("there"), explicit=False)
    assert len(heard) == 2


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"effect": "writes"}, "one of read, write, once"),
        ({"effect": "write", "reconcile": print}, "only a step of effect once"),
        ({"timeout": timedelta(0)}, "timeout is 0:00:00: it must be positive"),
        ({"total_timeout": timedelta(seconds=-1)}, "total_timeout"),
        ({"name": "a\nb"}, "control character"),
        ({"name": "x" * 201}, "200 characters"),
    ],
    ids=str,
)
def test_a_step_that_cannot_work_is_refused_at_definition(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):

        @step(**fields)
        async def work() -> None: ...


def test_a_parameter_without_a_json_form_is_refused_at_definition() -> None:
    with pytest.raises(DefinitionError, match=r"step '.*work': parameter 'on': type Timer cannot be journaled"):

        @step
        async def work(on: Timer) -> None: ...

    with pytest.raises(DefinitionError, match=r"workflow '.*flow': the result"):

        @workflow
        async def flow() -> types.ModuleType:
            raise NotImplementedError


def test_a_workflow_must_be_async() -> None:
    with pytest.raises(DefinitionError, match="must be an async function"):

        @workflow  # type: ignore[arg-type]
        def flow() -> None: ...


def test_what_is_async_is_seen_through_partials_and_callables() -> None:
    async def fn(n: int) -> int:
        return n

    class Caller:
        """Something to call."""

        async def __call__(self) -> None: ...

    class Plain:
        """Something to call, in a thread."""

        def __call__(self) -> None: ...

    assert is_async(fn)
    assert is_async(functools.partial(fn, 1))
    assert is_async(functools.partial(functools.partial(fn), 1))
    assert is_async(Caller())
    assert not is_async(Plain())
    assert not is_async(len)


async def test_a_callable_object_can_be_a_step() -> None:
    class Adder:
        """Adds."""

        def __init__(self, n: int) -> None:
            self.n = n

        async def __call__(self, to: int) -> int:
            return self.n + to

    add: Step[[int], int] = Step(Adder(2), name="definitions.add")
    assert await add(3) == 5


async def test_a_workflow_called_directly_is_just_its_function() -> None:
    @step
    async def double(n: int) -> int:
        return 2 * n

    @workflow
    async def flow(n: int) -> int:
        return await double(n) + 1

    assert await flow(4) == 9
    assert await flow.fn(4) == 9
