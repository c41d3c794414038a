"""Only the public internet is called, and private networks where that is allowed."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.http.address import refusal
from segue.http.failure import ForbiddenAddress
from segue.http.target import literal, target

PUBLIC = ["1.1.1.1", "93.184.216.34", "172.15.255.255", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111",
          "64:ff9b::1.1.1.1", "2002:101:101::1", "::ffff:1.1.1.1"]  # fmt: skip
PRIVATE = ["127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
           "::1", "fc00::1", "fdff::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1",
           "2002:7f00:1::1", "2002:c0a8:101::1"]  # fmt: skip
NEVER = ["0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.1.1", "192.0.0.8", "192.0.2.1", "198.18.0.1",  # noqa: S104
         "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
         "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.88.99.1",
         "::", "fe80::1", "febf::1", "fec0::1", "ff02::1", "2001::1", "2001:db8::1", "3fff::1", "100::1",
         "64:ff9b:1::1", "::7f00:1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
         "fd00:ec2::254", "fd20:ce::254", "4000::1"]  # fmt: skip


@pytest.mark.parametrize("text", PUBLIC)
def test_what_is_public_is_called(text: str) -> None:
    assert refusal(ip_address(text), allow_private=False) == ""


@pytest.mark.parametrize("text", PRIVATE)
def test_what_is_private_is_called_only_where_that_is_allowed(text: str) -> None:
    assert refusal(ip_address(text), allow_private=False)
    assert refusal(ip_address(text), allow_private=True) == ""


@pytest.mark.parametrize("text", NEVER)
def test_what_is_neither_is_never_called(text: str) -> None:
    assert refusal(ip_address(text), allow_private=False)
    assert refusal(ip_address(text), allow_private=True)


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_judged_the_same_however_ipv6_writes_it(number: int) -> None:
    plain = IPv4Address(number)
    for form in (f"::ffff:{plain}", f"64:ff9b::{plain}", str(IPv6Address((0x2002 << 112) | (number << 80) | 1))):
        for allowed in (False, True):
            same = refusal(plain, allow_private=allowed)
            assert refusal(ip_address(form), allow_private=allowed) == same


@given(st.ip_addresses())
def test_what_the_standard_library_calls_private_is_not_public_here(address: IPv4Address | IPv6Address) -> None:
    if not address.is_global and not (address.version == 6 and (address.ipv4_mapped or address.sixtofour)):
        assert refusal(address, allow_private=False)


@pytest.mark.parametrize(
    "host",
    [
        "0x7f.1",
        "2130706433",
        "127.1",
        "0177.0.0.1",
        "0x7f000001",
        "127.0.0.01",
        "1.2.3",
        "256.1.1.1",
        "127.0.0.1.",
        "1.2.3.4.5",
        "[::1",
        "fe80::1%25eth0",
        "0x",
        "a.b.0x10",
    ],
)
def test_an_address_in_a_notation_that_programs_read_differently_is_none(host: str) -> None:
    with pytest.raises(ForbiddenAddress):
        target(f"http://{host}/")


@pytest.mark.parametrize("host", ["example.com", "a.b.c", "1.example.com", "x1", "0x7f.com", "xn--mller-kva.de"])
def test_a_name_is_a_name(host: str) -> None:
    assert literal(host) is None
    assert target(f"https://{host}/a?b#c").raw_path == b"/a?b"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.com/", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("gopher://example.com/_x", "only http and https"),
        ("javascript:alert(1)", "only http and https"),
        ("//example.com/", "only http and https"),
        ("example.com/x", "only http and https"),
        ("", "only http and https"),
        ("http://user:pw@example.com/", "name or password"),
        ("http:///x", "no host"),
        ("http://exa mple.com/", "no name of a host"),
        ("http://exa%6dple.com/", "no name of a host"),
        ("http://example..com/", "no name of a host"),
        ("http://example.com:99999/", "no port"),
        ("http://example.com:0/", "no port"),
        ("http://example.com\n/", "no URL"),
        ("http://\ud800.com/", "no URL"),
        ("http://" + "a" * 9_000, "too long"),
    ],
)
def test_what_is_no_url_to_call_is_refused_with_its_reason(url: str, why: str) -> None:
    with pytest.raises(ForbiddenAddress, match=why) as caught:
        target(url)
    assert not caught.value.was_sent
    assert "pw" not in str(caught.value)


@given(st.text())
def test_any_text_is_a_url_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"https://host/{text}"):
        with suppress(ForbiddenAddress):
            target(url)
