"""Web socket: a stream of frames from a peer, no further than a source may reach, and not trusted when it is silent.

Source: RFC 6455.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pulih.adapters.channels.missing import missing
from pulih.adapters.sources import troubles
from pulih.adapters.sources.reach import AGENT, TIMEOUT_S, opened, silent
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Means

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection
    from websockets.exceptions import ConnectionClosed

    from pulih.adapters.sources.inflow import Inflow

# A wire that carries nothing any more and never ends answers no ping.
_PING_S: Final = 20.0
# A desk that stops does not wait for the last word of a peer.
_CLOSE_S: Final = 1.0


def host_of(means: Means, address: str, what: str) -> tuple[str, int]:
    """Return whom an address of a stream names, and the port.

    Args:
        means: of the source.
        address: as in its settings.
        what: such an address is of.

    Raises: RefusedInput when it is none.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"ws", "wss"} or not parts.hostname or parts.username:
        raise RefusedInput(
            f'{means.name}: "{parts.hostname or address[:80]}" is no {what}; right would begin with wss://'
        )
    return parts.hostname, parts.port or (443 if parts.scheme == "wss" else 80)


async def connected(means: Means, address: str, *, called: str, extra: str, bytes_max: int) -> ClientConnection:
    """Return a connection that stands; redirects are not followed, and proxies of the environment not used.

    Args:
        means: of the source.
        address: with all that is asked.
        called: what the peer is called in errors.
        extra: what is missing without the library, as in "Bluesky needs".
        bytes_max: of a frame; a larger one ends the connection.

    Raises: RefusedInput; OutsideFailed.
    """
    try:
        from websockets.asyncio.client import connect  # noqa: PLC0415 -- optional
        from websockets.exceptions import WebSocketException  # noqa: PLC0415 -- optional
    except ImportError:
        raise missing(extra, "streams") from None
    sock = await opened(means, *host_of(means, address, "address of a stream"))
    try:
        return await connect(
            address,
            sock=sock,
            proxy=None,
            open_timeout=TIMEOUT_S,
            ping_interval=_PING_S,
            ping_timeout=_PING_S,
            close_timeout=_CLOSE_S,
            max_size=bytes_max,
            user_agent_header=AGENT,
        )
    except (WebSocketException, OSError, TimeoutError, ValueError) as problem:
        # A ValueError is a redirect, which is not followed.
        sock.close()
        raise silent(means.name, called, type(problem).__name__) from None


async def sent(means: Means, stream: ClientConnection, text: str, called: str) -> None:
    """Send a frame of text. Raises: OutsideFailed when the connection ended."""
    from websockets.exceptions import ConnectionClosed as Closed  # noqa: PLC0415 -- optional

    try:
        await stream.send(text)
    except Closed as closed:
        raise _broken(means, closed, called) from None


async def received(means: Means, stream: ClientConnection, inflow: Inflow[bytes], called: str) -> None:
    """Put frames in as they come, for ever.

    Raises: OutsideFailed when the connection ends.
    """
    from websockets.exceptions import ConnectionClosed as Closed  # noqa: PLC0415 -- optional

    try:
        while True:
            frame = await stream.recv(decode=False)
            await inflow.put(frame, len(frame))
    except Closed as closed:
        raise _broken(means, closed, called) from None


def _broken(means: Means, closed: ConnectionClosed, called: str) -> OutsideFailed:
    return troubles.broken(means.name, called, str(closed.rcvd.code) if closed.rcvd else "cut")
