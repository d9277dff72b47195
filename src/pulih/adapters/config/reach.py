"""What of the desk's own targets it would refuse to connect to, as far as the settings tell without a look-up.

A name is looked up when it is asked, and its addresses are judged then (adapters/addresses); an address written as a
number is judged here too, so that whoever writes 10.0.0.5 hears of it before the desk serves.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence

from pulih.adapters.addresses import may_be_reached, networks
from pulih.adapters.config.files import Wrong
from pulih.adapters.config.lines import Spot


def private(host: str, written: Sequence[str], allow: str, spot: Spot) -> Iterator[Wrong]:
    """Return what is wrong with a host that is an address and no public one.

    Args:
        host: a name or an address.
        written: the networks that are allowed all the same, as they stand in the settings.
        allow: the key that they stand in, for the sentence.
        spot: of the key that names the host.

    >>> [wrong[1] for wrong in private("10.0.0.5", ["10.1.0.0/16"], "allow_networks", ())]
    ['10.0.0.5 is not public']
    >>> list(private("10.1.0.5", ["10.1.0.0/16"], "allow_networks", ())), list(private("a.example", [], "", ()))
    ([], [])
    """
    try:
        address, allowed = ipaddress.ip_address(host), networks(written)
    except ValueError:
        # A name; or a network that is none, which is a fault of its own.
        return
    if not may_be_reached(address, allowed):
        right = f'{allow} with its network, such as ["{ipaddress.ip_network(address)}"], or a public one'
        yield spot, f"{address} is not public", right
