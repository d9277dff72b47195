"""Networks: what of an address tells one customer's network from another's, for limits and weights.

Who has an address of IPv6 has at least 2 to the 64th of them, mostly 256 times as many: to limit each by itself limits
nobody. Source: RFC 6177 (a site gets a /48 to a /64, homes mostly a /56).
"""

from __future__ import annotations

import ipaddress
from typing import Final

_SITE_BITS: Final = 56


def network_of(address: str) -> str:
    """Return the network of an address: itself in IPv4, its /56 in IPv6; what is no address by itself stands for one.

    >>> network_of("192.0.2.7"), network_of("::ffff:192.0.2.7"), network_of("2001:db8:0:12ab::1")
    ('192.0.2.7', '192.0.2.7', '2001:db8:0:1200::/56')
    >>> network_of("192.0.2.7:5123"), network_of("[2001:db8::1]:443"), network_of("unknown")
    ('192.0.2.7', '2001:db8::/56', 'unknown')
    """
    bare = address.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return bare
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _SITE_BITS), strict=False))
