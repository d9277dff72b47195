"""A door at which the network's own machines knock: where it is, and who may come in.

A source that listens on a port hears whoever can reach it, and a datagram says of itself where it comes from. So the
settings must name the networks of those who may send, and everybody else is told about and not heard.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Annotated, Final

from msgspec import Meta

from pulih.adapters.addresses import Network
from pulih.model.errors import OutsideFailed, RefusedInput

Port = Annotated[int, Meta(ge=1, le=65535, description="a port number from 1 to 65535")]
Bind = Annotated[str, Meta(min_length=1, description="an address of this machine, such as 127.0.0.1 or 0.0.0.0")]
Senders = Annotated[
    tuple[str, ...],
    Meta(min_length=1, max_length=1_000, description='networks whose machines may send, such as ["10.20.0.0/16"]'),
]
# Strangers are named once each, and no more of them.
_NAMED_MAX: Final = 100


class Door:
    """Knows who may come in.

    Args:
        name: of the source.
        senders: networks as written.

    Raises: RefusedInput when one of them is no network.
    """

    def __init__(self, name: str, senders: Sequence[str]) -> None:
        self._name = name
        self._networks: list[Network] = []
        for one in senders:
            try:
                self._networks.append(ipaddress.ip_network(one))
            except ValueError:
                raise RefusedInput(f"{name}: senders: {one!r} is no network; right would be 10.20.0.0/16.") from None
        self._strangers: set[str] = set()

    def lets_in(self, address: str) -> bool:
        """Return whether a sender may come in.

        >>> Door("noc", ["10.0.0.0/8"]).lets_in("10.1.2.3"), Door("noc", ["10.0.0.0/8"]).lets_in("::ffff:9.9.9.9")
        (True, False)
        """
        try:
            sender = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if isinstance(sender, ipaddress.IPv6Address) and sender.ipv4_mapped is not None:
            sender = sender.ipv4_mapped
        return any(sender.version == one.version and sender in one for one in self._networks)

    def strange(self, address: str) -> str:
        """Return what is to be told of a stranger, "" when it has been told."""
        if address in self._strangers or len(self._strangers) >= _NAMED_MAX:
            return ""
        self._strangers.add(address)
        return f"{address} is not among the senders of this source; put its network into senders to hear it."

    def shut(self, at: str, problem: OSError) -> OutsideFailed:
        """Return the error of a door that cannot be opened.

        Args:
            at: address and port.
            problem: what the system said.
        """
        return OutsideFailed(
            f"{self._name}: cannot listen at {at} ({problem.strerror or type(problem).__name__}); right would be "
            "an address of this machine, and a port that no other program has; those below 1024 are for root.",
            key="source.port",
            name=self._name,
            at=at,
        )
