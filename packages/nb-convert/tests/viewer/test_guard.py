from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from antiphon_nb_convert.viewer.errors import BadAddress, Forbidden, UpstreamFailed
from antiphon_nb_convert.viewer.guard import GuardedResolver, checked, is_in, is_public, system_lookup


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "192.0.0.192",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1111%1",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "2001:db8::1",
    ],
)
def test_not_public(address: str) -> None:
    assert not is_public(address)


def test_networks() -> None:
    assert is_in("10.1.2.3", ["192.168.0.0/16", "10.1.0.0/16"])
    assert is_in("::ffff:10.1.2.3", ["10.1.0.0/16"])
    assert not is_in("10.2.2.3", ["10.1.0.0/16", "fd00::/8"])


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("ftp://example.org/", Forbidden),
        ("file:///etc/passwd", Forbidden),
        ("http://example.org:8080/", Forbidden),
        ("http://example.org:22/", Forbidden),
        ("http://user@example.org/", Forbidden),
        ("http://u:p@example.org/", Forbidden),
        ("http://", BadAddress),
        ("http://example.org\\@evil.example/", BadAddress),
        ("http://exam ple.org/", BadAddress),
        ("http://example.org:x/", BadAddress),
        ("http://[::1", BadAddress),
    ],
)
def test_addresses_that_are_not_tried(url: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        checked(url)


def test_ports_and_fragments() -> None:
    assert checked("http://example.org:8080/x#y", (80, 8080)).geturl() == "http://example.org:8080/x"


def resolved(answers: Sequence[str], networks: Sequence[str] = ()) -> list[tuple[int, object]]:
    async def lookup(host: str, port: int) -> Sequence[str]:
        return answers

    return asyncio.run(GuardedResolver(networks=networks, lookup=lookup).resolve("name.example", 80))


def test_what_was_checked_is_what_is_connected_to() -> None:
    assert [target for _, target in resolved(["8.8.8.8", "2606:4700::1111"])] == [
        ("8.8.8.8", 80),
        ("2606:4700::1111", 80),
    ]


def test_one_private_address_is_enough() -> None:
    with pytest.raises(Forbidden, match="not a public address"):
        resolved(["8.8.8.8", "10.0.0.1"])


def test_a_private_network_may_be_allowed() -> None:
    assert resolved(["10.1.0.1"], ["10.1.0.0/16"])
    with pytest.raises(Forbidden):
        resolved(["10.2.0.1"], ["10.1.0.0/16"])


def test_no_addresses() -> None:
    with pytest.raises(UpstreamFailed, match="no such host"):
        resolved([])


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "2130706433", "0177.0.0.1", "localhost", "::1", "0"])
def test_all_spellings_of_this_machine(host: str) -> None:
    """As the system reads them, which is as the connection would."""

    async def resolve() -> None:
        await GuardedResolver(lookup=system_lookup).resolve(host, 80)

    with pytest.raises((Forbidden, UpstreamFailed)):
        asyncio.run(resolve())
