"""Which addresses may be called: everything that is not the public internet is refused, part of it allowed on request.

The tables follow IANA's registries of special-purpose IPv4 and IPv6 addresses (RFC 6890 and its successors).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_METADATA: Final = frozenset(
    map(
        ip_address,
        (
            "100.100.100.200",  # Alibaba
            "168.63.129.16",  # Azure's host agent, though a public address
            "169.254.169.254",
            "192.0.0.192",  # Oracle
            "fd00:ec2::23",  # Amazon's identities of pods
            "fd00:ec2::254",
            "fd20:ce::254",  # Google
        ),
    )
)
"""Where clouds hand out a machine's credentials to whoever asks from it."""

_PRIVATE: Final[dict[Network, str]] = {
    IPv4Network("10.0.0.0/8"): "private",
    IPv4Network("100.64.0.0/10"): "private to a provider",
    IPv4Network("127.0.0.0/8"): "this machine",
    IPv4Network("172.16.0.0/12"): "private",
    IPv4Network("192.168.0.0/16"): "private",
    IPv6Network("::1/128"): "this machine",
    IPv6Network("fc00::/7"): "private",
}
"""Refused unless private addresses are allowed."""

_RESERVED: Final[dict[Network, str]] = {
    IPv4Network("0.0.0.0/8"): "no machine",
    IPv4Network("169.254.0.0/16"): "link-local",
    IPv4Network("192.0.0.0/24"): "reserved",
    IPv4Network("192.0.2.0/24"): "for documentation",
    IPv4Network("192.88.99.0/24"): "reserved",
    IPv4Network("198.18.0.0/15"): "for benchmarks",
    IPv4Network("198.51.100.0/24"): "for documentation",
    IPv4Network("203.0.113.0/24"): "for documentation",
    IPv4Network("224.0.0.0/4"): "multicast",
    IPv4Network("240.0.0.0/4"): "reserved",
    IPv6Network("::/128"): "no machine",
    IPv6Network("2001::/23"): "reserved",  # Teredo among it
    IPv6Network("2001:db8::/32"): "for documentation",
    IPv6Network("3fff::/20"): "for documentation",
    IPv6Network("fe80::/10"): "link-local",
    IPv6Network("ff00::/8"): "multicast",
}
"""Never called."""
_UNICAST: Final = IPv6Network("2000::/3")
"""Outside of it no IPv6 address is public."""
_NAT64: Final = IPv6Network("64:ff9b::/96")


def refusal(address: Address, *, allow_private: bool) -> str:
    """Say why an address must not be called; empty where it may be.

    An IPv6 address that stands for an IPv4 one is judged as that one.

    Args:
        address: Of the machine that would be called.
        allow_private: Whether this machine and private networks are allowed; what hands out a cloud's
            credentials, link-local, multicast and reserved addresses never are.
    """
    meant = _meant(address)
    if meant in _METADATA:
        return "hands out a cloud's credentials"
    for network, reason in _RESERVED.items():
        if meant in network:
            return f"is {reason}"
    for network, reason in _PRIVATE.items():
        if meant in network:
            return "" if allow_private else f"is {reason}"
    return "is reserved" if meant.version == 6 and meant not in _UNICAST else ""


def _meant(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.sixtofour or address
