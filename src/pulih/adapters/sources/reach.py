"""How far a source reaches: one look-up settles a name, and what is neither public nor allowed is not connected to.

The settings name where a source listens, but what a peer answers (a link to a next page, another server of a cluster)
is the peer's word; so every connection goes through here (CWE-918, as adapters/addresses.py says). Redirects are
not followed, and proxies of the environment not asked. Nor does any log tell an address, since some hold tokens.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from typing import Any, Final

import httpcore
import httpx

from pulih.adapters.addresses import by_dns, may_be_reached, networks, settled
from pulih.adapters.sources.answering import ACCEPTED, Bounded, BoundedClient
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Means

AGENT: Final = "pulih (outage desk)"
TIMEOUT_S: Final = 30.0
# Nobody can break off a look-up, and a desk that ends waits for it.
_LOOK_UP_S: Final = 5.0
_CONNECTIONS: Final = 8
# They tell addresses, and the headers of answers, in which a peer may say back what it was shown.
_LOGGERS: Final = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy")
_ENCRYPTED: Final = "an address with https://"


async def address(means: Means, host: str) -> str:
    """Return the one address to connect to, for a library that connects by itself.

    Args:
        means: of the source.
        host: a name or an address.

    Raises: RefusedInput when it may not be reached; OutsideFailed when nobody knows it.
    """
    allowed = networks(means.allow_networks)
    try:
        found = await asyncio.to_thread(settled, host, allowed, lookup=means.look_up or by_dns, timeout_s=_LOOK_UP_S)
    except RefusedInput:
        raise RefusedInput(
            f"{means.name}: {host} is not public; to listen there all the same, put its network into allow_networks "
            "of this source.",
            key="source.private",
            name=means.name,
            host=host,
        ) from None
    return str(found)


def keep_from_clear(means: Means, where: str, right: str) -> None:
    """See that nothing that may hold a password goes in clear over networks that are everybody's.

    Args:
        means: of the source.
        where: the address that is connected to without encryption.
        right: what the settings should say.

    Raises: RefusedInput when it is public.
    """
    if may_be_reached(ipaddress.ip_address(where), ()):
        raise RefusedInput(
            f"{means.name}: what it says, a password or token too, would go in clear to {where}; right would be "
            f"{right}.",
            key="source.clear",
            name=means.name,
            where=where,
        )


def silent(name: str, peer: str, why: str) -> OutsideFailed:
    """Return the error of a peer that does not answer.

    Args:
        name: of the source.
        peer: what the peer is called in a sentence.
        why: the kind of failure, without words that may hold an address.

    >>> silent("x", "X", "ReadTimeout")
    OutsideFailed('x: X does not answer (ReadTimeout).')
    """
    return OutsideFailed(f"{name}: {peer} does not answer ({why}).", key="source.silent", name=name, why=why)


async def opened(means: Means, host: str, port: int) -> socket.socket:
    """Return a connected socket, for a library that takes one.

    Raises: as `address`; OutsideFailed when nobody answers.
    """
    where = await address(means, host)
    made = socket.socket(socket.AF_INET6 if ":" in where else socket.AF_INET, socket.SOCK_STREAM)
    made.setblocking(False)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            await asyncio.get_running_loop().sock_connect(made, (where, port))
    except (OSError, TimeoutError) as problem:
        made.close()
        raise silent(means.name, f"{host}:{port}", type(problem).__name__) from None
    return made


def client(
    means: Means, *, timeout_s: float = TIMEOUT_S, reads_in_clear: bool = False, **given: Any
) -> httpx.AsyncClient:
    """Return a client for HTTP that reaches as far as the source may, and reads answers within bounds.

    Args:
        means: of the source.
        timeout_s: seconds for each step of a request.
        reads_in_clear: whether it may ask public addresses over http:// where it shows no password or token. Others may
            not at all, since secrets stand in paths and forms too.
        given: further arguments of `httpx.AsyncClient`, such as headers; no transport.
    """
    for logger in _LOGGERS:
        logging.getLogger(logger).addFilter(_UNLOGGED)
    transport = httpx.AsyncHTTPTransport(retries=0, limits=httpx.Limits(max_connections=_CONNECTIONS))
    pool = transport._pool
    assert isinstance(pool, httpcore.AsyncConnectionPool)
    # httpx has no argument for it; a test tries that a private address is refused.
    backend = pool._network_backend = _Settled(means)

    async def keep(request: httpx.Request) -> None:
        if request.url.scheme == "http" and not (reads_in_clear and "Authorization" not in request.headers):
            keep_from_clear(means, await address(means, request.url.host), _ENCRYPTED)
            # Its name is looked up again to connect, and may have got another address.
            backend.in_clear.add(request.url.host)

    made = BoundedClient(
        transport=Bounded(transport, means.name),
        timeout=timeout_s,
        trust_env=False,
        follow_redirects=False,
        event_hooks={"request": [keep]},
        **given,
    )
    made.headers["Accept-Encoding"] = ACCEPTED
    return made


class _Unlogged(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno > logging.INFO


# One for all: a logger takes the same filter once.
_UNLOGGED: Final = _Unlogged()


class _Settled(httpcore.AsyncNetworkBackend):
    """Connects to the address that was looked at, and to no other."""

    def __init__(self, means: Means) -> None:
        self.in_clear: set[str] = set()
        self._means = means
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(  # type: ignore[override] # httpcore gives all of them by name
        self,
        host: str,
        port: int,
        *,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to `host`, if it may be reached. Raises RefusedInput; OutsideFailed."""
        where = await address(self._means, host)
        if host in self.in_clear:
            keep_from_clear(self._means, where, _ENCRYPTED)
        return await self._backend.connect_tcp(where, port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """Wait, between tries to connect."""
        await asyncio.sleep(seconds)
