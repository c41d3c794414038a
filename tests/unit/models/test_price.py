"""What a reply costs, and when nobody can say."""

from decimal import Decimal

import pytest

from segue.models.model import Reply
from segue.models.price import Price, cost, most

OWN = Price(input=Decimal("0.15"), output=Decimal("0.60"))
FREE = Price(input=Decimal(0), output=Decimal(0))


def reply(read: int = 1_000_000, written: int = 500_000, *, version: str = "x", cached: int = 0) -> Reply:
    return Reply(text="", provider="p", version=version, input_tokens=read, output_tokens=written, cached_tokens=cached)


def test_an_own_price_is_for_a_million_tokens() -> None:
    assert cost(reply(), "x", own=OWN, listed="") == Decimal("0.45")
    assert cost(reply(1, 0), "x", own=OWN, listed="openai") == Decimal("0.00000015")
    assert most("x", (2_000_000, 0), own=OWN, listed="") == Decimal("0.30")


def test_tokens_that_nobody_counted_cost_nothing_only_where_nothing_costs_anything() -> None:
    assert cost(reply(0, 0), "x", own=OWN, listed="") is None
    assert cost(reply(0, 0), "gpt-4o-mini", own=None, listed="openai") is None
    assert cost(reply(0, 0), "x", own=FREE, listed="") == 0


def test_the_price_list_knows_the_version_or_else_the_name() -> None:
    by_version = cost(reply(1000, 100, version="gpt-4o-mini-2024-07-18"), "?", own=None, listed="openai")
    by_name = cost(reply(1000, 100, version="?"), "gpt-4o-mini", own=None, listed="openai")
    assert by_version == by_name
    assert by_name is not None
    assert by_name > 0


def test_what_was_read_before_is_cheaper() -> None:
    fresh = cost(reply(1000, 0), "gpt-4o-mini", own=None, listed="openai")
    cached = cost(reply(1000, 0, cached=900), "gpt-4o-mini", own=None, listed="openai")
    more_than_all = cost(reply(1000, 0, cached=5000), "gpt-4o-mini", own=None, listed="openai")
    assert fresh is not None
    assert cached is not None
    assert more_than_all is not None
    assert more_than_all < cached < fresh


@pytest.mark.parametrize(("listed", "model"), [("", "gpt-4o-mini"), ("openai", "no-such-model"), ("nobody", "x")])
def test_a_price_that_is_not_known_is_not_zero(listed: str, model: str) -> None:
    assert cost(reply(), model, own=None, listed=listed) is None
    assert most(model, (1, 1), own=None, listed=listed) is None
