"""Carries out the calls of operations: one connection for each call, so that no answer is another call's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

from segue.http import Auth, Client, HttpError, Limits, Response
from segue.tools.openapi import ending
from segue.tools.openapi.operation import Operation
from segue.tools.openapi.request import ArgumentRefused, Request, request
from segue.tools.openapi.wire import received
from segue.tools.schema import JSON, JsonValueError
from segue.tools.tool import Effect, ToolArgumentError, ToolResultError
from segue.tools.validator import Checked

_AS_THEY_ARE = "!#$&'()*+,/:;=?@[]{}|^`<>\"\\"
"""Characters of a key that a header may hold; all others are percent-encoded."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """How a service is reached, for all its operations."""

    url: str
    """What its paths are added to."""
    auth: Callable[[], Auth | None]
    """Gives its credentials when they are needed; raises `PermanentError` where they are missing."""
    allow_private: bool = False
    idempotency: str = ""
    """Name of the header that a `write` or `once` call sends its key in; empty where none is sent."""
    key: Callable[[], str]
    """Gives the idempotency key of the call under way."""
    _clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[timedelta, Client]] = field(
        default_factory=WeakKeyDictionary, repr=False, compare=False
    )

    def client(self, timeout: timedelta) -> Client:
        """Return the client for this event loop. It keeps no connection open, so nothing has to close it."""
        clients = self._clients.setdefault(asyncio.get_running_loop(), {})
        if timeout not in clients:
            total = 0.95 * timeout  # so that it is us who end the call, and know whether it was sent
            limits = Limits(total=total, silence=total, idle=timedelta(0))
            clients[timeout] = Client(limits=limits, allow_private=self.allow_private)
        return clients[timeout]


class OperationRunner:
    """A `Runner` that asks a service to do something; held by `tests/unit/tools/openapi`."""

    def __init__(self, name: str, operation: Operation, access: Access, *, effect: Effect, timeout: timedelta) -> None:
        self._name = name
        self._operation = operation
        self._access = access
        self._effect = effect
        self._timeout = timeout
        self._body = None if operation.body is None else Checked(operation.body.schema)

    async def run(self, values: Mapping[str, Any]) -> JSON:
        """Carry out one call.

        Raises:
            ToolArgumentError: A value cannot be sent; nothing was.
            ToolResultError: The service did it, and its answer cannot be read.
            PermanentError, NotDone: It certainly did not do it.
            HttpError, RetryLater: Anything may have happened.
        """
        auth, asked = self._access.auth(), self._asked(values)
        headers = dict(asked.headers)
        if self._effect != "read" and self._access.idempotency:
            headers[self._access.idempotency] = quote(self._access.key(), safe=_AS_THEY_ARE)
        try:
            response = await self._access.client(self._timeout).request(
                asked.method, asked.url, headers=headers, body=asked.body, auth=auth
            )
        except HttpError as error:
            raise ending.unsent(error, self._effect) from None
        if not response.is_success:
            raise ending.refused(response, self._effect)
        return self._read(response)

    def _asked(self, values: Mapping[str, JSON]) -> Request:
        try:
            return request(self._operation, self._access.url, values, body_form=self._body)
        except ArgumentRefused as refused:
            raise ToolArgumentError(self._name, refused.argument, str(refused)) from refused

    def _read(self, response: Response) -> JSON:
        if self._operation.gives == "nothing" or not response.body.strip():
            return None
        if self._operation.gives == "text":
            return response.text
        try:
            return received(response.json(), self._operation.result)
        except JsonValueError as error:
            raise ToolResultError(self._name, str(error)) from error
