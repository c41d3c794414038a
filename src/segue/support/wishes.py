"""Wishes that any procedure must respect: for a person, for haste, for being left alone; and attempts to command."""

from __future__ import annotations

import re

from segue.support import haste, person
from segue.support.outcome import Urgency


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


# Being left alone: the message says that and nothing else

_LEAD = r"\A(?:\W|\b(?:hi|hello|hey|oh|ok|okay|sorry|thanks|thank you|actually|well|please|ah|then|all)\b)*"
_WANTS_MORE = (
    r"\b(?:but|want|(?<!not )(?<!n't )need|refund|instead|still|however|only|broken|damaged|wrong|just|money)\b|\?"
)
_REST = (
    r"(?:\s+(?:then|now|today|yesterday|already|any ?more|any longer|after all|by itself|thanks|thank you|please|again"
    r"|(?:for|with) (?:the|your) help))*"
)
_LEAVE = _any(
    rf"{_LEAD}(?:never ?mind|forget (?:it|about it))\b{_REST}(?:\W*\Z|[,.!;\n-](?!.*(?:{_WANTS_MORE})))",
    rf"{_LEAD}(?:(?:it is |it's )?no longer (?:needed|necessary)|found it|no need|do(?:n't| not) worry(?: about it)?"
    r"|i (?:don't|do not) need (?:it|this|help|anything)|all good"
    r"|(?:it|that|this|the (?:problem|issue)|problem|issue|everything)?(?:'s| is| has| was)?(?: been)?(?: now)?"
    r" ?(?:solved|sorted|resolved|fixed|settled|arrived|turned up)(?: itself)?"
    r"|(?:ignore|disregard|close|cancel) (?:my|this|the) (?:message|request|mail|email|ticket|case)"
    rf"|you can close (?:it|this|my ticket|the ticket))\b{_REST}(?:\W*\Z|[,.!;\n-](?!.*(?:\d|{_WANTS_MORE})))",
)

# Something more, not something else

_MORE = re.compile(
    r"\A\W*(?:(?:hi|hello|hey|oh|ok|okay|thanks|thank you|please|one)\W+)*"
    r"(?:and|also|additionally|besides|another (?:question|thing|matter|request)|as well|in addition|btw|by the way"
    r"|(?:one )?more (?:question|thing|request)|(?:apart from|in addition to) that"
    r"|while (?:you are|you're|i am|i'm) at it)\b",
    re.IGNORECASE,
)

# Orders to the agent

_RULES = r"(?:instructions?|rules?|prompts?|guidelines?|polic(?:y|ies)|directions?|restrictions?)\b"
_OF_SOMETHING = r"(?!\s+(?:for|of|about|on|in|to)\b)"
"""What follows the rules of a stove, of a promotion: they are not ours."""
_COMMAND = _any(
    r"\b(?:ignore|disregard|forget|override|bypass)\s+(?:(?:all|any|the|of|your|these|those|everything)\s+)*"
    rf"(?:previous|prior|above|earlier|preceding)\s+(?:(?:system|safety|given)\s+)?{_RULES}",
    rf"\b(?:ignore|disregard|forget|override|bypass)\s+(?:(?:all|any|of)\s+)*the\s+{_RULES}\s+above\b",
    rf"\b(?:ignore|disregard|override|bypass)\s+(?:(?:all|any|of)\s+)*your\s+(?:own\s+)?{_RULES}{_OF_SOMETHING}",
    r"(?:\A|[.!?:;,\n] ?|\b(?:please|and|now|must|should|just)\s+)forget\s+(?:(?:all|about|of)\s+)*your\s+"
    rf"{_RULES}{_OF_SOMETHING}",
    rf"\b(?:do not|don't|stop) follow(?:ing)? your\s+{_RULES}",
    r"\byou(?:'re| are)(?: now)?(?: running)?(?: in)?(?: an?| the)?\s+(?:maintenance|developer|debug|god"
    r"|admin(?:istrator)?|system|unrestricted|jailbreak) mode\b",
    r"\b(?:you are(?: now)?|act as|behave as) (?:an? )?(?:unrestricted|unfiltered|jailbroken)\b",
    r"\byou have no (?:more )?(?:restrictions|rules|limits|guidelines)\b",
    r"\b(?:reveal|print|show|repeat|output)\b[^.?!\n]{0,20}\b"
    rf"(?:system prompt|your (?:prompt|(?:hidden |secret |initial )?instructions))\b{_OF_SOMETHING}",
    r"\b(?:bypass|skip|override)\b[^.?!\n]{0,15}\bapprovals?\b",
    r"\bapproval (?:rules?|limits?|checks?) (?:is|are) (?:switched |turned )?off\b",
    r"<[ /]{0,3}(?:system|assistant|instructions?) ?>",
    r"\[ ?(?:system|inst) ?\]",
    r"(?<!#)#{2,6} ?(?:system|instructions?) ?:",
    r"(?m:^) ?(?:system|assistant) ?: ?(?:you|ignore|disregard|approve|refund|pay|from now|always|never|i (?:will|have)"
    r"|the (?:user|customer))\b",
    r"\bignoriere?n? (?:sie )?(?:alle |die |deine |ihre )*(?:vorherigen |bisherigen )?(?:anweisungen|regeln)\b",
    r"\bignore[rz]? (?:toutes )?(?:les|vos|tes) instructions précédentes\b",
    r"\bignor[ae] (?:todas )?(?:las|tus|sus) instrucciones anteriores\b",
)


def wants_person(text: str) -> bool:
    """Say whether a customer asks for a human being."""
    return person.is_asked_for(text)


def wants_nothing_more(text: str) -> bool:
    """Say whether a message withdraws the request, and says nothing else."""
    return _LEAVE.search(text) is not None


def asks_for_more(text: str) -> bool:
    """Say whether a message adds something to what was asked before, rather than changing it."""
    return _MORE.search(text) is not None


def urgency(text: str) -> Urgency:
    """Return how urgent a customer says it is."""
    return haste.urgency(text)


def command(text: str) -> str:
    """Return the words of a ticket that try to give the agent orders; empty where there are none.

    No rule of safety rests on this: what a ticket says never raises what it may do. It spares a person the
    customer's trick and tells them of it.
    """
    found = _COMMAND.search(text)
    return "" if found is None else found.group(0).strip()[:200]
