"""What a request costs: at an endpoint's own price, else at the provider's list price, else nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from segue.models.model import Reply

MILLION = Decimal(1_000_000)


@dataclass(frozen=True, kw_only=True)
class Price:
    """US dollars for a million tokens."""

    input: Decimal
    output: Decimal

    def of(self, input_tokens: int, output_tokens: int) -> Decimal:
        """Return what so many tokens cost."""
        return (self.input * input_tokens + self.output * output_tokens) / MILLION

    @property
    def is_free(self) -> bool:
        """Whether nothing costs anything."""
        return not self.input and not self.output


def cost(reply: Reply, model: str, *, own: Price | None, listed: str) -> Decimal | None:
    """Return what a reply cost, or `None` where that is not known: there is no price, or nobody counted.

    Args:
        reply: With its tokens.
        model: As the settings call it; the reply's version is looked up first.
        own: The price that the settings give.
        listed: What the price list calls the provider; empty: it is not asked.
    """
    is_counted = reply.input_tokens > 0 or reply.output_tokens > 0
    if own is not None:
        return own.of(reply.input_tokens, reply.output_tokens) if is_counted or own.is_free else None
    if not is_counted or not listed:
        return None
    for name in dict.fromkeys((reply.version, model)):
        found = _listed(listed, name, reply.input_tokens, reply.output_tokens, reply.cached_tokens)
        if found is not None:
            return found
    return None


def most(model: str, tokens: tuple[int, int], *, own: Price | None, listed: str) -> Decimal | None:
    """Return what a request costs at most that reads and writes so many tokens; `None` where that is not known."""
    if own is not None:
        return own.of(*tokens)
    return _listed(listed, model, *tokens, 0) if listed else None


def _listed(provider: str, model: str, read: int, written: int, cached: int) -> Decimal | None:
    from genai_prices import Usage, calc_price  # noqa: PLC0415 (takes half a second to import)

    usage = Usage(input_tokens=read, output_tokens=written, cache_read_tokens=min(cached, read))
    try:
        return calc_price(usage, model_ref=model, provider_id=provider).total_price
    except LookupError:
        return None
