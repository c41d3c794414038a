"""What became of a call: a result, something that certainly did not happen, or something that may have."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from segue.errors import NotDone, PermanentError, RetryLater, SegueError
from segue.http import BadStatus, ForbiddenAddress, HttpError, Response
from segue.tools.tool import Effect

_REFUSED: Final = frozenset((*range(400, 452), 307, 308)) - {408}
"""Statuses by which a server says that it did not do what it was asked. 408 is also what a proxy says that no longer
waits, and what stands above 451 no standard knows."""
_LATER: Final = frozenset((408, 425, 429))
"""Statuses under 500 after which the same request may succeed."""


class ServiceRefused(PermanentError):
    """The service said no, and would say so again; it did nothing."""


class NotDoneYet(NotDone, RetryLater):
    """The service did nothing now, and said when to come back."""


def unsent(error: HttpError, effect: Effect) -> SegueError:
    """Return what a call without an answer has come to.

    Of a `once` call that was not sent it is certain that nothing happened. Whatever was sent may have been acted
    on: the error is passed on as it is, and the engine decides what follows.
    """
    if error.was_sent:
        return error
    if isinstance(error, ForbiddenAddress):
        return ServiceRefused(str(error))
    return NotDone(str(error)) if effect == "once" else error


def refused(response: Response, effect: Effect) -> SegueError:
    """Return what an answer other than success has come to."""
    error = response.failure()
    if effect == "once":
        return _once(error)
    if error.status not in _LATER and error.status < 500:
        return ServiceRefused(str(error))
    return RetryLater(str(error), after=error.retry_after) if error.retry_after else error


def _once(error: BadStatus) -> SegueError:
    if error.status not in _REFUSED:
        return error
    if error.status in _LATER:
        return NotDoneYet(str(error), after=error.retry_after or timedelta(0))
    return ServiceRefused(str(error))
