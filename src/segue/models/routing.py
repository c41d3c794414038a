"""Asks the models of a task, in order, until one of them gives an answer that can be used.

A model that is busy, down, slow or talks nonsense is followed by the next one; when all were tried they are tried
again, not before the time that a provider asked for. A wrong key, an unknown model and a request that the provider
refuses are mistakes in the settings: they are told, and no other model hides them. While `is_redacting`, personal data
that `segue.redaction` finds is replaced before anything is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Self
from weakref import WeakKeyDictionary

from segue.errors import (
    BadAnswer,
    ModelBudgetExceeded,
    ModelError,
    ModelMisconfigured,
    ModelUnavailable,
    PromptTooLong,
)
from segue.models import schema
from segue.models.call import Call
from segue.models.candidate import Candidate, Contact
from segue.models.model import Answer, Request
from segue.models.pace import Clock, LoopClock
from segue.models.prompt import prompt_of
from segue.redaction import NOBODY, Redacted, redact, untouched

ROUNDS = 3
"""How often each model of the list is tried."""
FIRST_WAIT_S = 0.5
"""Between the first two rounds; it doubles."""
LATER_IS_LOST = frozenset({"schema", "truncated", "quota"})
"""Kinds of failure that the same model would repeat within one call."""


class Routing:
    """The models of a workspace. It may be used from several event loops, each of which has connections of its own."""

    def __init__(
        self,
        candidates: Iterable[Candidate],
        tasks: Mapping[str, Sequence[str]],
        *,
        is_redacting: bool = True,
        region: str = "",
        clock: Clock | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            candidates: Every model that a task names.
            tasks: Names of models by task, the first one asked first; `default` is for the tasks that are not there.
            is_redacting: Whether personal data is replaced before anything is sent.
            region: For telephone numbers, as for `segue.redaction.find`.
            clock: For waits and deadlines.
        """
        self._candidates = {candidate.name: candidate for candidate in candidates}
        self._tasks = {task: tuple(names) for task, names in tasks.items()}
        self._is_redacting = is_redacting
        self._region = region
        self._clock = clock or LoopClock()
        self._contacts: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Contact]] = WeakKeyDictionary()

    def models(self, task: str) -> tuple[str, ...]:
        """Return the names of the models that are asked for a task, in order; none: no model does it."""
        return self._tasks.get(task) or self._tasks.get("default", ())

    @property
    def names(self) -> tuple[str, ...]:
        """Every model that some task names, once."""
        return tuple(dict.fromkeys(name for names in self._tasks.values() for name in names))

    async def ask(self, request: Request, *, only: str | None = None) -> Answer:
        """Return the answer of the first model that gives one.

        Args:
            request: What is asked.
            only: The name of the one model to ask, whatever the task's list says.

        Raises:
            ModelUnavailable: None could be reached, or none in time; the same request may succeed later.
            ModelMisconfigured: The settings are wrong, or no model is there for the task.
            ModelRefused: A model declined.
            ModelBudgetExceeded: It would cost more than it may.
            PromptTooLong: It fits into none of them.
            BadAnswer: None gave an answer of the schema, or one that is whole.
            DefinitionError: The schema is none.
        """
        if request.schema is not None:
            schema.check(request.schema)
        contacts = self._opened([only] if only else self.models(request.task))
        if not contacts:
            raise ModelMisconfigured(f"no model is configured for the task {request.task!r}", kind="no_model")
        hidden = self._hidden(request)
        call = Call(request, prompt_of(request, hidden.texts), hidden, self._clock)
        try:
            async with asyncio.timeout(request.limits.seconds):
                return await self._rounds(call, contacts)
        except TimeoutError:
            late = f"no model answered within {request.limits.seconds:g} s"
            raise call.failed(ModelUnavailable(late, kind="timeout", model=call.asked)) from None
        except ModelError as error:
            raise call.failed(error) from error.__cause__

    async def _rounds(self, call: Call, contacts: Sequence[Contact]) -> Answer:
        open_ = list(contacts)
        lost: ModelError | None = None
        busy: ModelError | None = None
        for number in range(1, ROUNDS + 1):
            for contact in [contact for contact in open_ if not contact.pace.rests_s]:
                try:
                    return await call.answer(contact)
                except (ModelUnavailable, BadAnswer, PromptTooLong, ModelBudgetExceeded) as error:
                    call.note(error)
                    if isinstance(error, ModelUnavailable):
                        contact.pace.rest(error.after_s)
                    if isinstance(error, PromptTooLong | ModelBudgetExceeded) or error.kind in LATER_IS_LOST:
                        open_.remove(contact)
                        lost = error
                    else:
                        busy = error
            wait = max(call.wait_s(FIRST_WAIT_S, number), min((one.pace.rests_s for one in open_), default=0.0))
            if not open_ or number == ROUNDS or wait >= call.left_s:
                break
            await self._clock.sleep(wait)
        raise _told(open_, busy, lost)

    def _hidden(self, request: Request) -> Redacted:
        texts = [request.system, *(part.text for part in request.parts)]
        if not self._is_redacting:
            return untouched(texts)
        private = [False, *(not part.is_trusted and not part.is_public for part in request.parts)]
        known = [request.personal if is_private else NOBODY for is_private in private]
        return redact(zip(texts, known, strict=True), region=self._region)

    def _opened(self, names: Sequence[str]) -> list[Contact]:
        here = self._contacts.setdefault(asyncio.get_running_loop(), {})
        for name in names:
            if name not in here:
                here[name] = Contact(self._candidates[name], self._clock)
        return [here[name] for name in names]

    async def close(self) -> None:
        """Let go of the connections of the event loop that runs."""
        for contact in self._contacts.pop(asyncio.get_running_loop(), {}).values():
            await contact.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _told(open_: Sequence[Contact], busy: ModelError | None, lost: ModelError | None) -> ModelError:
    """Return what the caller is told: that it may work later, if there is a model for which that is true."""
    if not open_ and lost is not None:
        return lost
    rests_s = min((contact.pace.rests_s for contact in open_), default=0.0)
    if busy is None:
        name = open_[0].candidate.name
        return ModelUnavailable(f"{name} asked not to be called for {rests_s:.0f} s", kind="rate_limit", model=name,
                                after_s=rests_s)  # fmt: skip
    if isinstance(busy, ModelUnavailable):
        busy.after_s = max(busy.after_s, rests_s)
    return busy
