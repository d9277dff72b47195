"""How far a source would reach, as far as its settings tell without a look-up: addresses that are written as numbers.

The desk looks at each address again when it connects (adapters/sources/reach.py); here whoever writes 10.0.0.5 hears of
it before anybody waits.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from pulih.adapters.addresses import Address, may_be_reached, networks
from pulih.adapters.config.files import Wrong
from pulih.adapters.config.lines import Spot
from pulih.adapters.config.source_tables import SourceTable

# Keys whose values are peers although they are no addresses with a scheme.
_PEERS: Final = ("host", "servers")
_IN_CLEAR: Final = ("http", "ws")


class Setting(NamedTuple):
    """One text of the settings of a kind: where it stands, its own key, and what it says."""

    spot: Spot
    key: str
    value: str


def settings_of(table: msgspec.Struct, spot: Spot) -> Iterator[Setting]:
    """Return every text in the keys of a kind, in tables within too."""
    for key, value in msgspec.structs.asdict(table).items():
        for number, one in enumerate(value) if isinstance(value, tuple) else ((None, value),):
            if isinstance(one, msgspec.Struct):
                yield from settings_of(one, (*spot, key) if number is None else (*spot, key, number))
            elif isinstance(one, str):
                yield Setting((*spot, key), key, one)


def unreachable(source: SourceTable, spot: Spot) -> Iterator[Wrong]:
    """Return what a source may not connect to, of the addresses that are written as numbers.

    Args:
        source: with networks that are networks.
        spot: of its table.
    """
    if source.own is None:
        return
    allowed = networks(source.allow_networks)
    said = list(settings_of(source.own, spot))
    has_secret = any(one.key.endswith("_file") and one.value for one in said)
    in_clear = getattr(source.own, "tls", None) is False
    for one in said:
        scheme, address = _peer(one)
        if address is None:
            continue
        if not may_be_reached(address, allowed):
            right = f'allow_networks with its network, such as ["{ipaddress.ip_network(address)}"], or a public one'
            yield one.spot, f"{address} is not public", right
        elif has_secret and may_be_reached(address, ()) and (in_clear or scheme in _IN_CLEAR):
            what = f"a password or a token would go in clear to {address}, which is public"
            yield one.spot, what, f"{scheme}s://" if scheme else "tls = true"


def _peer(one: Setting) -> tuple[str, Address | None]:
    """Return the scheme and the address of a peer; None where it is none, or a name.

    >>> _peer(Setting((), "api", "http://10.0.0.5:80/a")), _peer(Setting((), "servers", "[::1]:9092"))
    (('http', IPv4Address('10.0.0.5')), ('', IPv6Address('::1')))
    >>> _peer(Setting((), "host", "::1")), _peer(Setting((), "bind", "127.0.0.1"))
    (('', IPv6Address('::1')), ('', None))
    """
    try:
        if "://" in one.value:
            parts = urlsplit(one.value)
            return parts.scheme, ipaddress.ip_address(parts.hostname or "")
        if one.key in _PEERS:
            bare = one.value.count(":") > 1 and not one.value.startswith("[")
            return "", ipaddress.ip_address(one.value if bare else urlsplit(f"//{one.value}").hostname or "")
    except ValueError:
        pass
    return "", None
