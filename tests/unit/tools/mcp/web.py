"""An MCP server over HTTP of a few lines, good and bad, on a real socket of this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Behaviour:
    """What the server does, and what it has seen."""

    def __init__(self, *habits: str) -> None:
        self.habits = set(habits)
        self.calls: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.gets = 0
        self.logins: list[str] = []


def _answer(message: Any, behaviour: Behaviour) -> Any:
    match message["method"]:
        case "initialize":
            return {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}},
                    "serverInfo": {"name": "web", "version": "1"}}  # fmt: skip
        case "tools/list":
            return {"tools": [{"name": "echo", "inputSchema": {"type": "object"}}]}
    behaviour.calls.append(message["params"])
    return {"content": [{"type": "text", "text": "done"}]}


class _Handler(BaseHTTPRequestHandler):
    behaviour: Behaviour
    protocol_version = "HTTP/1.0"  # a connection each, so that nothing is answered once it is closed

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        if self.path.startswith("/.well-known/"):
            self._tell_of_login()
            return
        self.behaviour.gets += 1
        self._send(200, b"retry: 0\nid: 1\ndata:\n\n", "text/event-stream")

    def do_DELETE(self) -> None:
        self._send(200, b"", "text/plain")

    def do_POST(self) -> None:
        behaviour = self.behaviour
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path in ("/register", "/token"):
            self._let_in(body.decode())
            return
        if "locked" in behaviour.habits and self.headers["authorization"] != "Bearer let-me-in":
            self._send(401, b"", "text/plain", WWW_Authenticate="Bearer")
            return
        message = json.loads(body)
        behaviour.headers.append({name.lower(): value for name, value in self.headers.items()})
        if "id" not in message:
            self._send(202, b"", "text/plain")
            return
        if message["method"] == "server/discover":
            self._send(404, b"", "text/plain")
            return
        if message["method"] == "tools/call" and self._misbehaves(message):
            return
        body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": _answer(message, behaviour)})
        session = {"Mcp-Session-Id": "s1"} if message["method"] == "initialize" else {}
        self._send(200, body.encode(), "application/json", **session)

    def _tell_of_login(self) -> None:
        here = f"http://{self.headers['host']}"
        resource = {"resource": f"{here}/mcp", "authorization_servers": [here]}
        server = {"issuer": here, "authorization_endpoint": f"{here}/authorize", "token_endpoint": f"{here}/token",
                  "registration_endpoint": f"{here}/register", "response_types_supported": ["code"],
                  "code_challenge_methods_supported": ["S256"]}  # fmt: skip
        told = resource if "protected-resource" in self.path else server
        self._send(200, json.dumps(told).encode(), "application/json")

    def _let_in(self, body: str) -> None:
        if self.path == "/register":
            told = {**json.loads(body), "client_id": "segue-1", "token_endpoint_auth_method": "none"}
            self._send(201, json.dumps(told).encode(), "application/json")
            return
        self.behaviour.logins.append(body)
        token = {"access_token": "let-me-in", "token_type": "Bearer", "expires_in": 3600}
        self._send(200, json.dumps(token).encode(), "application/json")

    def _misbehaves(self, message: Any) -> bool:
        habits = self.behaviour.habits
        if "forgets" in habits:
            habits.remove("forgets")
            self._send(404, b"", "text/plain")
        elif "redirects" in habits:
            self._send(307, b"", "text/plain", Location="http://169.254.169.254/latest/meta-data")
        elif "fails" in habits:
            self._send(500, b"oh", "text/plain")
        elif "cuts" in habits:
            self.behaviour.calls.append(message["params"])
            self._send(200, b"id: 1\n", "text/event-stream")
        elif "floods" in habits:
            self._flood()
        else:
            return False
        return True

    def _flood(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b" " * 1_000_000)
        except OSError:
            self.close_connection = True

    def _send(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(behaviour: Behaviour, port: int = 0) -> Iterator[str]:
    """Serve on a port of this machine, and yield the URL."""
    handler = type("Handler", (_Handler,), {"behaviour": behaviour})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/mcp"
        finally:
            server.shutdown()
            thread.join()
