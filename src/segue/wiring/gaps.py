"""What a workspace's articles do not answer, of its runs and of its past tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.support import gaps, unanswered
from segue.support.gaps import Gap, Unanswered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.knowledge.document import Hit
    from segue.wiring.house import House

PAST = 2_000
"""Of the past tickets that could be such questions, the latest."""


async def found(house: House) -> list[Gap]:
    """Return what is missing in the articles, what is asked most first."""
    house.read()
    async with house.reader() as engine:
        asked = {each.ticket_id: each async for each in unanswered.of_runs(engine)}
    for each in _of_history(house):
        asked.setdefault(each.ticket_id, each)
    from segue.models.groups import grouped  # noqa: PLC0415 (scikit-learn takes a second to import)

    encode = None if house.encoder is None else house.encoder.encode
    return gaps.gaps(asked.values(), lambda texts: grouped(texts, encode), lambda text: _search(house, text))


def _of_history(house: House) -> Sequence[Unanswered]:
    latest = sorted(house.experience.history, key=lambda past: past.ticket.created_at, reverse=True)
    could_be = [past for past in latest if gaps.is_question(past)][:PAST]
    least = house.settings.policy.min_match
    return list(gaps.of_history(could_be, lambda text: _search(house, text), least=least))


def _search(house: House, text: str) -> list[Hit]:
    return house.library.find(text, limit=1, audience="public")
