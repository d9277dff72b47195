"""Bluesky: public posts as they are written, from a stream; what was said before, from the search (requirement L1).

A stream carries every post there is, and is sieved here. A Jetstream speaks JSON, is run by Bluesky and can be run by
anybody, and goes on from a moment that it still keeps (a day or three). The firehose below it, which each server of
accounts and each relay offers, speaks CBOR and goes on from a number. What is older the search finds, `pulih listen`
asks it.

Source: github.com/bluesky-social/jetstream; lexicons app.bsky.feed.searchPosts, com.atproto.server.createSession.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec
from msgspec import Meta

from pulih.adapters.sources import troubles, web_socket
from pulih.adapters.sources.inflow import Inflow
from pulih.adapters.sources.people._firehose import METHOD, CursorAhead, blocks_read, cursor_of, number_of
from pulih.adapters.sources.people._jetstream import POSTS, Post, frames_read, post_id, said_us
from pulih.adapters.sources.people._platform import LINE_BYTES_MAX, Platform
from pulih.adapters.sources.people._words import Words
from pulih.model.clock import DAY_S, MICROS, iso
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Batch, Item, Means, SourceKind

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

# Servers of one Jetstream differ by moments; so much is heard again, and counted once.
_REWIND_US: Final = 5 * MICROS
# Posts of late that an account takes with it at once, though the desk may have read none of them yet.
_LATE_MAX: Final = 2_000
# A batch without items only says that the stream lives; it need not be said at every frame.
_LIFE_S: Final = 5.0
_KEPT_DAYS: Final = 1
# A commit has at most 2 MB of blocks by the specification, and the rest of its frame.
_FRAME_BYTES_MAX: Final = 4 << 20
_PAGE: Final = 100
_PAGES_MAX: Final = 100


class BlueskySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to listen.

    Attributes:
        address: of a Jetstream; or of a firehose, then it ends with com.atproto.sync.subscribeRepos.
        kept_days: how long that Jetstream keeps what was said.
        search: address of the server that searches; with a handle, the one where the account is.
        handle, password_file: an account and its app password, where the search asks for one.
    """

    address: str = "wss://jetstream2.us-east.bsky.network/subscribe"
    kept_days: Annotated[float, Meta(gt=0, le=365, description="days, such as 1")] = _KEPT_DAYS
    search: str = "https://api.bsky.app"
    handle: str = ""
    password_file: str = ""


class _Session(msgspec.Struct, frozen=True):
    accessJwt: str  # noqa: N815 -- as the lexicon has it


class _Author(msgspec.Struct, frozen=True):
    did: str


class _Found(msgspec.Struct, frozen=True):
    uri: str
    author: _Author
    record: Post


class _Page(msgspec.Struct, frozen=True):
    posts: list[msgspec.Raw]
    cursor: str = ""


class Bluesky:
    """Listens to one Jetstream; see `ports.sources.Source` and `Backfilling`."""

    def __init__(self, settings: BlueskySettings, means: Means) -> None:
        self._settings, self._means = settings, means
        self._words = Words(means.name, means.filters)
        parts = urlsplit(settings.address)
        web_socket.host_of(means, settings.address, "Jetstream and no firehose")
        if settings.handle and not settings.password_file:
            raise RefusedInput(f"{means.name}: a handle needs a password_file with its app password.")
        self._firehose = parts.path.endswith(METHOD)
        self._called = "the firehose" if self._firehose else "Jetstream"
        self._search: Platform | None = None
        self._late = deque[str](maxlen=_LATE_MAX)

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield what is posted; see `ports.sources.Source.listen`."""
        batches = self._numbered(cursor) if self._firehose else self._dated(cursor)
        async with aclosing(batches):
            async for batch in batches:
                yield batch

    async def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        """Yield what was posted in a span; see `ports.sources.Backfilling`."""
        self._search = self._search or Platform(self._means, "Bluesky's search", self._settings.search)
        headers = await self._signed_in(self._search)
        for word in self._words.wanted:
            cursor = ""
            for number in range(_PAGES_MAX):
                asked = {"q": f'"{word}"', "sort": "latest", "limit": str(_PAGE)}
                asked |= {"since": iso(since_us), "until": iso(until_us)} | ({"cursor": cursor} if cursor else {})
                answer = await self._search.ask("GET", "/xrpc/app.bsky.feed.searchPosts", params=asked, headers=headers)
                page = self._search.read(answer.body, _Page)
                batch, cursor = _searched(page, word, since_us=since_us, until_us=until_us), page.cursor
                more = bool(cursor) and number + 1 == _PAGES_MAX
                gap = f'Bluesky finds more than {_PAGES_MAX * _PAGE:,} posts for "{word}"' if more else ""
                yield msgspec.structs.replace(batch, gap=gap)
                if not cursor:
                    break

    async def close(self) -> None:
        """Give connections back."""
        if self._search is not None:
            await self._search.close()

    async def _dated(self, cursor: str) -> AsyncGenerator[Batch]:
        """Yield what a Jetstream says, which goes on from a moment."""
        now_us = self._means.clock.now_us()
        came_us = _cursor_us(cursor, now_us)
        asked = {"wantedCollections": POSTS, "cursor": str(came_us - _REWIND_US if cursor else came_us)}
        # Only after this is it known that nothing said from now on is missed; so the first batch keeps the moment.
        async with await self._connected(asked) as stream:
            yield Batch(cursor=str(came_us), gap=self._gap(came_us, now_us))
            heard = self._heard(stream, lambda frames, at: frames_read(frames, self._words, cursor_us=at), came_us)
            async with aclosing(heard):
                async for batch in heard:
                    yield batch

    async def _numbered(self, cursor: str) -> AsyncGenerator[Batch]:
        """Yield what a firehose says, which goes on from a number."""
        number, gap = number_of(cursor), ""
        while True:
            async with await self._connected({"cursor": str(number)} if number else {}) as stream:
                yield Batch(cursor=cursor_of(number), gap=gap)
                heard = self._heard(stream, lambda frames, at: blocks_read(frames, self._words, number=at), number)
                try:
                    async with aclosing(heard):
                        async for batch in heard:
                            yield batch
                except CursorAhead:
                    number, gap = 0, "The firehose counts anew; what it said since the desk was last there is missing."

    async def _heard(
        self, stream: ClientConnection, read: Callable[[list[bytes], int], tuple[Batch, int]], came: int
    ) -> AsyncGenerator[Batch]:
        """Yield what frames say, and now and then that the stream lives."""
        async with Inflow[bytes]() as inflow:
            inflow.feed(web_socket.received(self._means, stream, inflow, self._called))
            loop = asyncio.get_running_loop()
            shown_s, life = loop.time(), came
            while True:
                batch, came = read(await inflow.take(), came)
                batch = self._with_late(batch)
                says = batch.items or batch.deleted or batch.gone or batch.refused or batch.gap
                if says or (came > life and loop.time() - shown_s >= _LIFE_S):
                    shown_s, life = loop.time(), came
                    yield batch

    def _with_late(self, batch: Batch) -> Batch:
        """Return a batch that takes back by its ids what a gone account said of late: it may not be read yet."""
        self._late.extend(item.id for item in batch.items)
        if not batch.gone:
            return batch
        gone = frozenset(batch.gone)
        said = tuple(one for one in dict.fromkeys(self._late) if one.partition("/")[0] in gone)
        return msgspec.structs.replace(batch, deleted=(*batch.deleted, *said))

    def _gap(self, came_us: int, now_us: int) -> str:
        oldest_us = now_us - int(self._settings.kept_days * DAY_S * MICROS)
        if came_us >= oldest_us:
            return ""
        return (
            f"Jetstream keeps {self._settings.kept_days:g} days; from {iso(came_us)} to {iso(oldest_us)} may be missing"
        )

    async def _connected(self, query: dict[str, str]) -> ClientConnection:
        asked = urlencode(query)
        parts = urlsplit(self._settings.address)
        address = urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, asked)))))
        bytes_max = _FRAME_BYTES_MAX if self._firehose else LINE_BYTES_MAX
        return await web_socket.connected(
            self._means, address, called=self._called, extra="Bluesky", bytes_max=bytes_max
        )

    async def _signed_in(self, search: Platform) -> dict[str, str]:
        if not self._settings.handle:
            return {}
        who = {"identifier": self._settings.handle, "password": self._means.secret(self._settings.password_file)}
        answer = await search.ask("POST", "/xrpc/com.atproto.server.createSession", json=who)
        return {"Authorization": f"Bearer {search.read(answer.body, _Session).accessJwt}"}


def _cursor_us(cursor: str, now_us: int) -> int:
    # A cursor of the future would have Jetstream begin at the present, and what was missed would stay so.
    return min(int(cursor), now_us) if cursor.isascii() and cursor.isdecimal() else now_us


def _searched(page: _Page, word: str, *, since_us: int, until_us: int) -> Batch:
    items, refused = list[Item](), list[str]()
    for raw in page.posts:
        try:
            found = msgspec.json.decode(raw, type=_Found)
        except troubles.UNREADABLE as problem:
            refused.append(f"a post that Bluesky found cannot be read: {problem}")
            continue
        at_us = said_us(found.record, until_us)
        if since_us <= at_us < until_us:
            made = post_id(found.author.did, found.uri.rsplit("/", 1)[-1])
            items.append(Item(id=made, at_us=at_us, text=found.record.text, author=found.author.did))
    return Batch(items=tuple(items), filters=(word,) if items else (), refused=tuple(refused))


KIND = SourceKind(
    name="bluesky",
    settings=BlueskySettings,
    open=Bluesky,
    says="Public posts on Bluesky, from a Jetstream or the firehose; the search for what was said before.",
    verified="the firehose of Bluesky's own server (PDS 0.4 of npm @atproto/dev-env): restarts, cuts, a gap, posts and "
    "accounts taken back; for Jetstream a real WebSocket server that speaks its frames as its README shows them, and "
    "written answers of the search; not verified against the vendor",
    away="what the Jetstream keeps, a day by default, or the firehose; what is older is told as a gap",
    extra="streams",
    filters=lambda _, wanted: wanted,
    past=True,
)
