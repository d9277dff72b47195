"""Which addresses a probe or a source may reach, and the one look-up that settles it.

Whoever can name a target could otherwise have the desk ask the machines around it (server-side request forgery). So a
name is resolved once, every address it has must be public or allowed, and the connection goes to the address that was
looked at; a name that answers differently the second time is not asked a second time.

Source: CWE-918; IANA special-purpose address registries (RFC 6890) as kept by `ipaddress`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from typing import Final

import dns.exception
import dns.resolver

from pulih.model.errors import OutsideFailed, RefusedInput

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# Returns the addresses of a name, given the seconds it may take.
Lookup = Callable[[str, float], Sequence[str]]

# IPv6 addresses that stand for an IPv4 address in their last 32 bits (RFC 6052, RFC 4291, RFC 2765).
_CARRYING_IPV4: Final = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96")))
# Networks of IPv6 that no packet leaves although `ipaddress` calls them global: translated addresses (RFC 8215), the
# site-local ones of old (RFC 3879), which routers still know, and segments within an operator's network (RFC 9602).
_OURS: Final = tuple(map(ipaddress.IPv6Network, ("64:ff9b:1::/48", "fec0::/10", "5f00::/16")))


def networks(written: Sequence[str]) -> tuple[Network, ...]:
    """Return networks as they are written in the settings.

    >>> networks(["10.0.0.0/8"])
    (IPv4Network('10.0.0.0/8'),)
    """
    return tuple(ipaddress.ip_network(one) for one in written)


def may_be_reached(address: Address, allowed: Sequence[Network]) -> bool:
    """Say whether an address is public, or in a network that was allowed.

    An IPv6 address that stands for an IPv4 address is judged as that.

    >>> may_be_reached(ipaddress.ip_address("9.9.9.9"), ()), may_be_reached(ipaddress.ip_address("127.0.0.1"), ())
    (True, False)
    """
    meant = _meant(address)
    if any(one.version == meant.version and meant in one for one in allowed):
        return True
    # Multicast is global by the registry, and nobody to be asked.
    return meant.is_global and not meant.is_multicast and not any(meant in one for one in _OURS)


def settled(host: str, allowed: Sequence[Network], *, lookup: Lookup, timeout_s: float) -> Address:
    """Return the one address to connect to.

    Args:
        host: a name or an address.
        allowed: networks beside the public ones.
        lookup: asked once, unless `host` is an address.
        timeout_s: seconds the look-up may take.

    Raises:
        RefusedInput: one of its addresses may not be reached.
        OutsideFailed: the name has none, or nobody says which.
    """
    try:
        found: list[Address] = [ipaddress.ip_address(host)]
    except ValueError:
        found = [ipaddress.ip_address(one) for one in lookup(host, timeout_s)]
    if not found:
        raise OutsideFailed(f"{host} has no address")
    for address in found:
        if not may_be_reached(address, allowed):
            named = host if str(address) == host else f"{host} ({address})"
            raise RefusedInput(
                f"{named} is not public, and probes reach public addresses only; "
                "to probe it all the same, put its network into [probes] allow_networks of pulih.toml"
            )
    return found[0]


def by_dns(host: str, timeout_s: float) -> list[str]:
    """Return the addresses of a name, IPv4 first, as the name servers of this machine tell.

    Raises: OutsideFailed when they do not within `timeout_s`.
    """
    try:
        answers = dns.resolver.Resolver().resolve_name(host, lifetime=timeout_s)
    except dns.exception.Timeout:
        raise OutsideFailed(f"looking up {host} took longer than {timeout_s:g} s") from None
    except (dns.exception.DNSException, OSError) as error:
        raise OutsideFailed(f"looking up {host} failed: {str(error) or type(error).__name__}") from None
    return sorted(answers.addresses(), key=lambda address: ":" in address)


def _meant(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    carried = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if carried is not None:
        return carried
    if any(address in one for one in _CARRYING_IPV4) and int(address) > 1:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
