"""Ed25519 signatures, by the cryptography library: the private key is a file, the public key 64 hexadecimal digits."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from segue.errors import EnvironmentFault, UsageError

# cryptography is loaded when something is signed or checked: nothing else needs it


class PrivateKey:
    """What signs; made by whoever signs first, and kept outside the database."""

    def __init__(self, path: Path) -> None:
        """Read the key, or make it, readable for its owner alone.

        Raises:
            UsageError: The file holds no such key.
            EnvironmentFault: It cannot be read or written.
        """
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

        self.is_new = not path.exists()
        try:
            if self.is_new:
                _make(path)
            found = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except OSError as error:
            raise EnvironmentFault(f"{path}: {error.strerror}") from error
        except (ValueError, TypeError) as error:
            raise UsageError(f"{path}: no private key in PEM without a password") from error
        if not isinstance(found, Ed25519PrivateKey):
            raise UsageError(f"{path}: a private key, but not of Ed25519")
        self._key = found
        self.public = found.public_key().public_bytes_raw().hex()

    def sign(self, text: str) -> str:
        """Return the signature of a text, 128 hexadecimal digits."""
        return self._key.sign(text.encode()).hex()


def is_signed(text: str, signature: str, public: str) -> bool:
    """Say whether the owner of a public key signed this text."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), text.encode())
    except (ValueError, InvalidSignature):
        return False
    return True


def _make(path: Path) -> None:
    """Write a new key; of two processes that do so at once, one is first and the other reads its key."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(unfinished)
    unfinished.unlink()
