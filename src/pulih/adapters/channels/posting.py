"""Posting to addresses that strangers gave: push services of browsers and receivers of webhooks.

Whoever may subscribe could otherwise have the desk call the machines around it (server-side request forgery). So each
connection settles its name once, every address it has must be public or in a network that was allowed, and the bytes go
to the address that was looked at. Connections are kept by name, never by address, so that a certificate is always
checked for the very name. Redirects lead to where nobody looked and are not followed; proxies are not asked.

Source: CWE-918; RFC 9110, 10.2.3 (Retry-After).
"""

from __future__ import annotations

import asyncio
import email.utils
import ssl
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpcore
import msgspec

from pulih.adapters.addresses import Lookup, Network, by_dns, settled
from pulih.adapters.config.targets import http_target
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.channels import Outcome

TIMEOUT_S: Final = 15.0
# More of an answer says no more, and the connection is given up then.
_ANSWER_BYTES: Final = 1 << 16
_RETRY_S_MAX: Final = 86_400.0
_CONNECTIONS: Final = 100
_GONE: Final = frozenset({410})


class Answer(msgspec.Struct, frozen=True):
    """What a peer answered: its status, and the seconds after which it wants to be asked again, if it says so."""

    status: int
    retry_s: float | None = None

    @property
    def taken(self) -> bool:
        """Whether the peer took what was posted."""
        return 200 <= self.status < 300


class Reach(msgspec.Struct, frozen=True):
    """How far posts go: which networks beside the public ones, who knows addresses of names, whom to trust."""

    allowed: Sequence[Network] = ()
    lookup: Lookup = by_dns
    trust: ssl.SSLContext | None = None
    timeout_s: float = TIMEOUT_S


class Poster:
    """Posts within one event loop, many at once.

    Args:
        reach: how far it goes.
    """

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        trust = reach.trust or ssl.create_default_context()
        self._encrypted = httpcore.AsyncConnectionPool(
            ssl_context=trust, max_connections=_CONNECTIONS, network_backend=_Settled(reach, public=True)
        )
        # What is not encrypted stays within networks that the desk's people named.
        self._plain = httpcore.AsyncConnectionPool(
            max_connections=_CONNECTIONS, network_backend=_Settled(reach, public=False)
        )

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post once and return what the peer answered.

        Raises:
            RefusedInput: the address is none, or may not be reached; it never will.
            OutsideFailed: nobody answered in time.
        """
        try:
            target = http_target(url)
        except RefusedInput:
            raise RefusedInput(
                "its address is no web address; right would be one such as https://example.id/"
            ) from None
        pool = self._encrypted if target.tls else self._plain
        try:
            async with asyncio.timeout(self._reach.timeout_s):
                return await _posted(pool, url, body, headers)
        except TimeoutError:
            raise OutsideFailed(f"no answer within {self._reach.timeout_s:g} s") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, ssl.SSLError) as error:
            raise OutsideFailed(f"no answer ({type(error).__name__})") from None

    async def close(self) -> None:
        """Close all connections."""
        await self._encrypted.aclose()
        await self._plain.aclose()


def outcome_of(answer: Answer, *, refusals: frozenset[int] = _GONE, gone: frozenset[int] = _GONE) -> Outcome:
    """Return what became of a message whose peer answered.

    Args:
        answer: its answer.
        refusals: statuses that say that it never will take it; `gone` those that also end the subscription.

    >>> outcome_of(Answer(204)).fate, outcome_of(Answer(410)).fate, outcome_of(Answer(503, 30.0))
    ('sent', 'refused', Outcome(fate='later', why='the peer answered 503', retry_s=30.0, gone=False))
    """
    if answer.taken:
        return Outcome("sent")
    why = f"the peer answered {answer.status}"
    refused = Outcome("refused", why, gone=answer.status in gone)
    return refused if answer.status in refusals else Outcome("later", why, answer.retry_s)


def retry_after_s(written: str, now_s: float) -> float | None:
    """Return the seconds a `Retry-After` asks for, at most a day; None for what is neither seconds nor a date.

    >>> retry_after_s("120", 0), retry_after_s("Thu, 01 Jan 1970 00:01:00 GMT", 10), retry_after_s("soon", 0)
    (120.0, 50.0, None)
    """
    if written.isascii() and written.isdecimal():
        return min(float(written[:9]), _RETRY_S_MAX)
    try:
        until_s = email.utils.parsedate_to_datetime(written).timestamp()
    except (ValueError, OverflowError):
        return None
    return min(max(until_s - now_s, 0.0), _RETRY_S_MAX)


async def _posted(pool: httpcore.AsyncConnectionPool, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    sent.append((b"user-agent", b"pulih"))
    async with pool.stream("POST", url, headers=sent, content=body) as response:
        read = 0
        async for part in response.aiter_stream():
            read += len(part)
            if read > _ANSWER_BYTES:
                break
        asked = next(
            (value.decode("ascii", "replace") for name, value in response.headers if name.lower() == b"retry-after"), ""
        )
        return Answer(response.status, retry_after_s(asked, time.time()))


class _Settled(httpcore.AsyncNetworkBackend):
    """Connects to the address that was looked at, and to no other."""

    def __init__(self, reach: Reach, *, public: bool) -> None:
        self._reach, self._public = reach, public
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
        reach = self._reach
        try:
            address = await asyncio.to_thread(
                settled, host, reach.allowed, lookup=reach.lookup, timeout_s=reach.timeout_s
            )
        except RefusedInput:
            raise RefusedInput("its address is not public, and its network is not allowed by the settings") from None
        except OutsideFailed:
            raise OutsideFailed("its name has no address, or nobody says which") from None
        if not self._public and not any(address in one for one in reach.allowed):
            raise RefusedInput("its address is not encrypted; right would be one that begins with https://")
        return await self._backend.connect_tcp(str(address), port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """Wait, between tries to connect."""
        await asyncio.sleep(seconds)
