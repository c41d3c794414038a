"""A model that answers as a test says, without any network; the promise is `segue.models.model.Model`'s."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from segue.errors import ModelMisconfigured
from segue.models.model import Prompt, Reply

Say = str | Reply | BaseException | Callable[[Prompt], "str | Reply"]
"""A text or reply that is given, an error that is raised, or a function of the prompt."""


class ScriptedModel:
    """Gives its answers in order; a function as the last one answers everything from then on."""

    def __init__(self, *answers: Say, name: str = "scripted:test") -> None:
        self.name = name
        self.prompts: list[Prompt] = []
        """What it was asked, in order."""
        self.is_closed = False
        self._answers = deque(answers)

    async def ask(self, prompt: Prompt, *, timeout_s: float) -> Reply:
        """Give the next answer at once.

        Raises:
            ModelMisconfigured: There is none.
            BaseException: It is the answer.
        """
        self.prompts.append(prompt)
        if not self._answers:
            raise ModelMisconfigured(f"{self.name} has no answer to request {len(self.prompts)}", kind="script")
        answer = self._answers[0]
        if len(self._answers) > 1 or not callable(answer) or isinstance(answer, BaseException):
            self._answers.popleft()
        if isinstance(answer, BaseException):
            raise answer
        said = answer if isinstance(answer, str | Reply) else answer(prompt)
        return said if isinstance(said, Reply) else self._reply(prompt, said)

    def _reply(self, prompt: Prompt, text: str) -> Reply:
        """Return a text as a reply that counts words as tokens, for want of better ones."""
        provider, _, version = self.name.partition(":")
        read = sum(len(turn.text.split()) for turn in prompt.turns) + len(prompt.system.split())
        return Reply(text=text, provider=provider, version=version, input_tokens=read, output_tokens=len(text.split()))

    async def close(self) -> None:
        """Note that it was closed."""
        self.is_closed = True
