"""Where the viewer may connect to: names are resolved first, and only public addresses are reached.

The address that was checked is the one that is connected to: what a name means is asked once for each connection, here,
so that no second answer can lead elsewhere. The name stays in `Host` and in TLS.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

from tornado.netutil import Resolver

from .errors import BadAddress, Forbidden, UpstreamFailed

Lookup: TypeAlias = "Callable[[str, int], Awaitable[Sequence[str]]]"
"""A name and a port to numeric addresses. Raises OSError."""

Reach: TypeAlias = "Callable[[str, int], tuple[str, int]]"
"""A checked address and port to where the connection is made: the same, but for tests and networks behind others."""

_SPECIAL: Final = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
"""For protocols and relays; older Pythons take a part of them for public."""

_TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""IPv4 behind a translator (RFC 6052): the last four bytes count."""


def is_public(address: str) -> bool:
    """Whether anybody may be found at a numeric address: neither private nor loopback, link-local, multicast, reserved.

    Addresses of IPv6 that carry one of IPv4 are what they carry; tunnels (6to4, Teredo) are refused.
    """
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        if found.scope_id or found.sixtofour is not None or found.teredo is not None or found.is_site_local:
            return False
        inner = found.ipv4_mapped
        if inner is None and found in _TRANSLATED:
            inner = IPv4Address(found.packed[-4:])
        if inner is not None:
            return _is_public(inner)
    return _is_public(found)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
        and not address.is_private
        and not address.is_loopback
        and not address.is_link_local
        and not any(address in network for network in _SPECIAL)
    )


def is_in(address: str, networks: Sequence[str]) -> bool:
    """Whether a numeric address is in one of these networks, itself or as the IPv4 that it carries."""
    found: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in ip_network(network, strict=False) for network in networks)


def checked(url: str, ports: Sequence[int] = (80, 443)) -> SplitResult:
    """An address that may be tried. Raises `BadAddress`, `Forbidden`."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise BadAddress(f"{url}: not an address") from None
    if parts.scheme not in ("http", "https"):
        raise Forbidden(f"{url}: only http and https are fetched")
    if not parts.hostname or any(sign.isspace() or sign == "\\" for sign in url):
        raise BadAddress(f"{url}: not an address")
    if parts.username is not None or parts.password is not None:
        raise Forbidden(f"{parts.hostname}: addresses with a name or a password are not fetched")
    if port not in ports:
        raise Forbidden(f"{parts.hostname}: port {port} is not fetched from, only {', '.join(map(str, ports))}")
    return parts._replace(fragment="")


async def system_lookup(host: str, port: int) -> list[str]:
    """What the system says a name means."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class GuardedResolver(Resolver):
    """Resolves for one client of HTTP; one address of a name that may not be reached is enough to refuse the name."""

    def initialize(
        self, networks: Sequence[str] = (), lookup: Lookup = system_lookup, reach: Reach | None = None
    ) -> None:
        self._networks = networks
        self._lookup = lookup
        self._reach = reach

    async def resolve(
        self, host: str, port: int, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[tuple[int, Any]]:
        """The addresses to connect to. Raises `Forbidden`, `UpstreamFailed`."""
        try:
            addresses = await self._lookup(host, port)
        except (OSError, UnicodeError):
            addresses = ()
        if not addresses:
            raise UpstreamFailed(f"{host}: there is no such host")
        for address in addresses:
            if not is_public(address) and not is_in(address, self._networks):
                raise Forbidden(f"{host}: not a public address; nothing is fetched from private networks")
        targets = [self._reach(address, port) if self._reach else (address, port) for address in addresses]
        return [(socket.AF_INET6 if ":" in target[0] else socket.AF_INET, target) for target in targets]
