"""Clients in a hurry, names that lead to this machine, a certificate made here."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from segue.http.address import Address
from segue.http.client import Client
from segue.http.limits import Limits

NAME = "shop.example"


async def here(host: str, port: int) -> Sequence[Address]:
    """Take every name for one of this machine."""
    return [ipaddress.IPv4Address("127.0.0.1")]


def client(
    *, resolver: Any = here, allow_private: bool = True, sleep: Any = None, tls: Any = None, **limits: Any
) -> Client:
    """Return a client that may call this machine, and waits two seconds for nothing."""
    patient = {"total": timedelta(seconds=20), "connect": timedelta(seconds=5), "silence": timedelta(seconds=10)}
    more = {} if sleep is None else {"sleep": sleep}
    return Client(limits=Limits(**(patient | limits)), allow_private=allow_private, resolver=resolver, tls=tls, **more)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the files of a certificate for `NAME`, signed by itself, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


@pytest.fixture
def server_tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def trusted(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    """Return TLS of a client that trusts the certificate."""
    return ssl.create_default_context(cafile=str(certificate[0]))
