"""A small shop's HTTP API: its description, and a server for it that fails in any way on request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from tests.loopback import Asked, Loopback, loopback, reply

DESCRIPTION = """\
openapi: 3.0.3
info: {title: Shop, version: 1.0.0}
servers: [{url: /v1}]
security: [{token: []}]
paths:
  /orders/{order_id}:
    parameters:
      - {name: order_id, in: path, required: true, schema: {type: string, maxLength: 20}}
    get:
      operationId: getOrder
      summary: One order.
      responses:
        200: {description: It, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
        404: {description: None of this number}
  /orders/{order_id}/refunds:
    post:
      operationId: refundOrder
      summary: Pay money back.
      parameters:
        - {name: order_id, in: path, required: true, schema: {type: string}}
        - {name: Idempotency-Key, in: header, required: true, schema: {type: string}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/NewRefund'}}}
      responses:
        201: {description: Done, content: {application/json: {schema: {$ref: '#/components/schemas/Refund'}}}}
  /orders/{order_id}/address:
    put:
      operationId: changeAddress
      parameters:
        - {name: order_id, in: path, required: true, schema: {type: string}}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [street, city]
              properties: {street: {type: string}, city: {type: string}, note: {type: string, nullable: true}}
      responses:
        204: {description: Done}
  /ping:
    get:
      security: []
      responses:
        200: {description: Pong, content: {text/plain: {}}}
  /label/{order_id}:
    get:
      operationId: getLabel
      parameters:
        - {name: order_id, in: path, required: true, schema: {type: string}}
      responses:
        200: {description: It, content: {application/pdf: {}}}
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
  schemas:
    Order:
      type: object
      required: [id, customer_id, status, total]
      properties:
        id: {type: string}
        customer_id: {type: string}
        status: {type: string, enum: [open, shipped, refunded]}
        total: {type: number, format: decimal}
        shipped_on: {type: string, format: date, nullable: true}
    NewRefund:
      type: object
      required: [amount]
      properties:
        id: {type: string, readOnly: true}
        amount: {type: number, format: decimal, minimum: 0}
        reason: {type: string, enum: [damaged, late, other]}
    Refund:
      allOf:
        - $ref: '#/components/schemas/NewRefund'
        - {type: object, required: [id], properties: {paid_on: {type: string, format: date}}}
"""

Fault = Callable[["Shop", Asked, asyncio.StreamWriter], Awaitable[object]]
"""Answers instead of the shop."""
TOKEN = "shop-token-1234"  # noqa: S105


@dataclass
class Shop:
    """What it has and did; `faults` answer the next requests, one each."""

    server: Loopback
    orders: dict[str, dict[str, object]] = field(default_factory=dict)
    refunds: dict[str, dict[str, object]] = field(default_factory=dict)
    """By idempotency key."""
    addresses: list[tuple[str, object]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.server.url("/v1")

    def asked(self, method: str) -> list[Asked]:
        return [asked for asked in self.server.asked if asked.method == method]

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        """Do what is asked, and say so."""
        parts = asked.path.split("/")
        if asked.path == "/v1/ping":
            reply(writer, "pong")
        elif asked.headers.get("authorization") != f"Bearer {TOKEN}":
            reply(writer, {"detail": "who are you?"}, status=401)
        elif parts[3] not in self.orders:
            reply(writer, {"detail": f"there is no order {parts[3]}"}, status=404)
        elif asked.method == "GET":
            reply(writer, self.orders[parts[3]])
        elif asked.method == "PUT":
            self.addresses.append((parts[3], asked.json()))
            reply(writer, status=204)
        else:
            reply(writer, self.refund(asked, parts[3]), status=201)

    def refund(self, asked: Asked, order: str) -> dict[str, object]:
        """Pay once for each idempotency key."""
        amount = Decimal(str(asked.json()["amount"]))
        key = asked.headers["idempotency-key"]
        made = {"id": f"r-{len(self.refunds) + 1}", "amount": float(amount), "paid_on": "2026-05-02"}
        if key not in self.refunds:
            self.orders[order]["status"] = "refunded"
        return self.refunds.setdefault(key, made)


@asynccontextmanager
async def shop() -> AsyncIterator[Shop]:
    """Serve the API until the block ends."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if open_.faults:
            await open_.faults.pop(0)(open_, asked, writer)
        else:
            await open_.answer(asked, writer)

    async with loopback(answer) as server:
        open_ = Shop(server)
        order = {"customer_id": "c-1", "status": "open", "total": 19.9, "shipped_on": None}
        open_.orders = {number: {"id": number, **order} for number in ("1001", "1002")}
        yield open_


def says(status: int, body: object = b"", **headers: str) -> Fault:
    """Return the fault of a server that answers this and does nothing."""

    async def fault(shop: Shop, asked: Asked, writer: asyncio.StreamWriter) -> None:
        reply(writer, body, status=status, **headers)

    return fault


async def does_it_and_says_nothing(shop: Shop, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Act, and let the client wait for ever."""
    shop.refund(asked, asked.path.split("/")[3])
    await asyncio.Event().wait()


async def does_it_and_hangs_up(shop: Shop, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Act, and close the connection."""
    shop.refund(asked, asked.path.split("/")[3])
    raise ConnectionError


async def hangs_up(shop: Shop, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Close the connection and do nothing."""
    raise ConnectionError
