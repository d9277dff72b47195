"""Polling: asks a public service again and again, politely, and hands on what is new.

Manners: few questions a second; a question that was answered before carries the tag of that answer
(If-None-Match, RFC 9110 section 13), so that an unchanged answer costs nothing; who asks to wait is waited for
(Retry-After); an answer that never ends is not read to its end. What an answer taught is forgotten when a batch could
not be kept: the next `listen` asks for all of it again.
"""

from __future__ import annotations

import asyncio
import email.utils
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

import httpx
import msgspec

from pulih.adapters.sources import reach
from pulih.adapters.sources.answering import whole
from pulih.model.clock import DAY_S, MICROS, to_micros
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Item, Later, Means
from pulih.service.pace import Pace

# How long a service is left alone when it says that it is too much and not how long.
_LATER_S: Final = 60.0
_LATER_S_MAX: Final = 3_600.0
_TAGS_MAX: Final = 500
_SEEN_MAX: Final = 20_000
# Whoever was away for longer asks for the last week, and says that something may be missing.
BACK_S_MAX: Final = 7 * DAY_S

# Tags of answers by what was asked, for as long as one `listen` runs.
Tags = dict[str, str]
# First and last moment, the last one excluded; seconds since 1970 UTC.
Span = tuple[int, int]


class Read(msgspec.Struct, frozen=True):
    """What an answer says: items, and a sentence for each part that could not be read."""

    items: tuple[Item, ...] = ()
    refused: tuple[str, ...] = ()


class Asking:
    """Asks one service by HTTP.

    Args:
        means: of the source.
        address: where it is, such as "https://api.example/v2".
        token: proves who asks, "" for none.
        scheme: how it is sent (RFC 9110 section 11.4).
        per_s: questions a second at most, 0 for as many as there are.

    Raises: RefusedInput when the address is none.
    """

    def __init__(self, means: Means, address: str, token: str = "", *, scheme: str = "Bearer", per_s: float) -> None:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
            raise RefusedInput(f"{means.name}: address cannot be used; right would be like https://api.example/v2.")
        self._name, self._host, self._address = means.name, parts.hostname, address.rstrip("/")
        self._clock = means.clock
        self._has_token = bool(token)
        headers = {"Accept": "application/json", "User-Agent": "pulih"}
        self._client = reach.client(means, headers=headers | ({"Authorization": f"{scheme} {token}"} if token else {}))
        self._pace = Pace(per_s)

    async def get(self, path: str, params: Mapping[str, str | int], tags: Tags) -> bytes | None:
        """Return the answer, None when it is that of the last time.

        Args:
            path: behind the address, with its leading "/".
            params: of the question, without secrets.
            tags: of what was asked before; the answer's is put in.

        Raises: Later, OutsideFailed, RefusedInput.
        """
        await self._pace.turn()
        url = httpx.URL(self._address + path, params={name: str(value) for name, value in params.items()})
        asked = str(url)
        headers = {"If-None-Match": tags[asked]} if asked in tags else {}
        try:
            async with self._client.stream("GET", url, headers=headers) as answer:
                if answer.status_code == httpx.codes.NOT_MODIFIED:
                    return None
                self._check(answer, path)
                body = await whole(answer, self._name, self._host)
                tag = answer.headers.get("ETag")
        except httpx.HTTPError as problem:
            raise reach.silent(self._name, self._host, type(problem).__name__) from None
        if tag:
            while len(tags) >= _TAGS_MAX:
                del tags[next(iter(tags))]
            tags[asked] = tag
        return body

    async def close(self) -> None:
        """Give connections back."""
        await self._client.aclose()

    def _check(self, answer: httpx.Response, path: str) -> None:
        """Raise what an answer other than 200 means."""
        status = answer.status_code
        if status == httpx.codes.OK:
            return
        said = f"{self._name}: {self._host}{path} answers {status}"
        told = {"name": self._name, "status": str(status)}
        if status in {401, 403} and self._has_token:
            raise RefusedInput(
                f"{said}: the token is not taken; right would be a valid one in its file.", key="source.token", **told
            )
        if status in {403, 429, 503}:
            wait_s = retry_s_of(answer.headers.get("Retry-After", ""), self._clock.now_us())
            raise Later(f"{said}: asks to come again later.", wait_s, key="source.later", **told)
        if 300 <= status < 500 and status != httpx.codes.REQUEST_TIMEOUT:
            raise RefusedInput(
                f"{said}; right would be the address and the watched places as the service names them.",
                key="source.unknown",
                **told,
            )
        raise OutsideFailed(f"{said}.", key="source.answered", **told)


def retry_s_of(header: str, now_us: int) -> float:
    """Return the seconds that a header Retry-After asks to wait, by a number or a date; a minute when by neither.

    >>> retry_s_of("120", 0), retry_s_of("soon", 0), retry_s_of("Thu, 01 Jan 1970 00:02:00 GMT", 0)
    (120.0, 60.0, 120.0)
    """
    if header.isascii() and header.strip().isdecimal():
        wanted_s = float(header)
    else:
        try:
            wanted_s = (to_micros(email.utils.parsedate_to_datetime(header)) - now_us) / MICROS
        except (ValueError, TypeError):
            wanted_s = _LATER_S
    return min(max(wanted_s, 1.0), _LATER_S_MAX)


class Polling(msgspec.Struct, frozen=True, kw_only=True):
    """How a service is polled.

    Attributes:
        every_s: seconds between two rounds.
        back_s: so far behind the last round is asked again, for what a service notices late.
        grace_s: a service has all of a moment so many seconds later.
        ask: reads what was said in a span; more may be given.
        filters: what is watched, named as alive with each round.
    """

    every_s: float
    back_s: int = 0
    grace_s: int = 0
    ask: Callable[[Span, Tags], Awaitable[Read]]
    filters: tuple[str, ...]


class Poller:
    """A source that asks (ports.Source, ports.Backfilling); its cursor is until when it has asked.

    Args:
        means: of the source.
        asking: the service.
        polling: how.
    """

    def __init__(self, means: Means, asking: Asking, polling: Polling) -> None:
        self._means, self._asking, self._polling = means, asking, polling

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield what is new, round after round."""
        how, tags, seen, announced = self._polling, Tags(), Seen(), Announced()
        asked_s = asked_of(cursor)
        while True:
            now_s = self._means.clock.now_us() // MICROS
            since_s, gap = since_of(asked_s, now_s, how.back_s)
            read = await how.ask((since_s, now_s), tags)
            fresh = announced.due([item for item in read.items if item.id not in seen], self._means.clock.now_us())
            yield Batch(cursor=str(now_s), items=fresh, refused=seen.new(read.refused), filters=how.filters, gap=gap)
            # Asked for more, so what was given is kept.
            seen.add(item.id for item in fresh)
            asked_s = now_s
            await asyncio.sleep(how.every_s)

    async def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        """Yield what was said in [since_us, until_us), a day at a time."""
        how = self._polling
        first_s, last_s = since_us // MICROS, -(-until_us // MICROS)
        for start_s in range(first_s, last_s, DAY_S):
            end_s = min(start_s + DAY_S, last_s)
            read = await how.ask((start_s + how.grace_s, end_s + how.grace_s), {})
            start_us, end_us = max(start_s * MICROS, since_us), min(end_s * MICROS, until_us)
            items = tuple(item for item in read.items if start_us <= (item.at_us or 0) < end_us)
            yield Batch(items=items, refused=read.refused, filters=how.filters)

    async def close(self) -> None:
        """Give connections back."""
        await self._asking.close()


def asked_of(cursor: str) -> int | None:
    """Return until when a cursor says that was asked, seconds since 1970 UTC; None when it says nothing."""
    return int(cursor) if cursor.isdecimal() else None


def since_of(asked_s: int | None, now_s: int, back_s: int) -> tuple[int, str]:
    """Return from when on is asked, and what may be missing before, "" when nothing may.

    Args:
        asked_s: until when was asked, None for never.
        now_s: the present.
        back_s: so far behind is asked again.

    >>> since_of(None, 600, 60), since_of(500, 600, 0), since_of(0, 30 * DAY_S, 0)
    ((540, ''), (500, ''), (1987200, 'nothing was asked for 30 days'))
    """
    since_s = max((now_s if asked_s is None else min(asked_s, now_s)) - back_s, now_s - BACK_S_MAX)
    away = asked_s is not None and now_s - asked_s > BACK_S_MAX
    return since_s, f"nothing was asked for {(now_s - (asked_s or 0)) // DAY_S} days" if away else ""


class Announced:
    """Items of moments that are still to come, until they are there.

    People who annotate an outage may say when it is to end. That it is over is not heard before: an item that is dated
    ahead of the clock counts as said when it is heard.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, Item] = {}

    def due(self, items: Iterable[Item], now_us: int) -> tuple[Item, ...]:
        """Return what has come to pass of items and of those before; an unchanged answer is told once only."""
        all_of_them = self._waiting | {one.id: one for one in items}
        self._waiting = {name: one for name, one in all_of_them.items() if (one.at_us or 0) > now_us}
        while len(self._waiting) > _SEEN_MAX:
            del self._waiting[next(iter(self._waiting))]
        return tuple(one for name, one in all_of_them.items() if (one.at_us or 0) <= now_us)


class Seen:
    """Remembers ids and sentences that were handed on, the last ones."""

    def __init__(self) -> None:
        self._seen: dict[str, None] = {}

    def __contains__(self, one: str) -> bool:
        return one in self._seen

    def add(self, many: Iterable[str]) -> None:
        """Remember them."""
        self._seen |= dict.fromkeys(many)
        while len(self._seen) > _SEEN_MAX:
            del self._seen[next(iter(self._seen))]

    def new(self, many: Iterable[str]) -> tuple[str, ...]:
        """Return those that were not told yet, and remember them."""
        found = tuple(one for one in dict.fromkeys(many) if one not in self._seen)
        self.add(found)
        return found
