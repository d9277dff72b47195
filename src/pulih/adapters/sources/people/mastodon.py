"""Mastodon: posts of a server's hashtags and public timeline, streamed and asked for besides (requirement L1).

The stream tells at once, takes back what was deleted, and knows nothing of what was said while nobody followed. So each
timeline is asked for what came since, when listening begins and once a minute; what both tell has one id.
Deletions that happened while nobody followed are not told by any interface of Mastodon.

Source: docs.joinmastodon.org: streaming, timelines, search, rate limits.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Final, Literal
from urllib.parse import quote

import msgspec
from msgspec import Meta

from pulih.adapters.sources.inflow import Inflow
from pulih.adapters.sources.people._platform import Gone, Platform, lines, streaming, until_reset_s
from pulih.adapters.sources.people._statuses import (
    BEGUN,
    DELETE,
    UPDATE,
    Heard,
    age,
    id_at,
    newer,
    rewound,
    statuses_read,
)
from pulih.adapters.sources.people._words import EVERYTHING, Words
from pulih.adapters.sources.troubles import UNREADABLE
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Batch, Means, SourceKind

_PAGE: Final = 40
# A turn reads so many pages of one timeline and goes on with the next turn, at once.
_PAGES_MAX: Final = 50
# A server takes few streams of one client, and each holds a connection.
_STREAMS_MAX: Final = 6
_PLACES_MAX: Final = 40
_SEARCH: Final = "/api/v2/search"
_TAG: Final = re.compile(r"\w{1,100}")
_ID: Final = re.compile(r"\w{1,40}", re.ASCII)
_BACK_PAGES_MAX: Final = 250
_SEEN_MAX: Final = 20_000
# Posts that are asked for again by their ids, so many a time: each is a request, of which a server takes one a second.
# They stand in the cursor beside the timelines, none of which has such a name.
_WATCHED_MAX: Final = 500
_LOOKED_AT_MAX: Final = 10
_WATCHED: Final = "again"


class MastodonSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to listen, and for what.

    Attributes:
        address: of a server.
        token_file: of an account there; servers ask for one to stream or to search.
        tags: hashtags without #; empty = the filters, written as one word.
        timeline: the public timeline too: "public" with what other servers brought, "local", or "" for neither.
        search: ask the server's search for the filters; needs a token, and a server that searches.
        poll_s: seconds between two askings.
        look_again_s: seconds between two looks at ten of the posts that were passed on, whether they were deleted.
    """

    address: str
    token_file: str = ""
    tags: tuple[str, ...] = ()
    timeline: Annotated[Literal["", "public", "local"], Meta(description='"public" or "local"')] = ""
    search: bool = False
    poll_s: Annotated[float, Meta(ge=10, le=3_600, description="10 to 3600 seconds")] = 60.0
    look_again_s: Annotated[float, Meta(ge=30, le=3_600, description="30 to 3600 seconds")] = 60.0


class _Hits(msgspec.Struct, frozen=True):
    statuses: list[msgspec.Raw] = []


class _Place(msgspec.Struct, frozen=True):
    """A timeline: its name in cursors and filters, how it is asked for, and how it is streamed ("" = not)."""

    name: str
    path: str
    asked: dict[str, str] = {}
    stream: str = ""


class _Id(msgspec.Struct, frozen=True):
    id: str


class Mastodon:
    """Listens to one server; see `ports.sources.Source` and `Backfilling`."""

    def __init__(self, settings: MastodonSettings, means: Means) -> None:
        self._settings, self._means = settings, means
        self._words = Words(means.name, means.filters or settings.tags)
        self._places = _places(settings, means, self._words)
        self._whole = frozenset(one.name for one in self._places if one.name.startswith("tag/"))
        self._platform = Platform(means, "Mastodon", settings.address)
        self._seen: dict[str, None] = {}
        # What was passed on of late, that which was looked at longest ago first.
        self._watched: dict[str, None] = {}
        # Where a turn that read as many pages as it may goes on; and until when the server wants not to be asked.
        self._onward: dict[str, str] = {}
        self._rests_until_s = 0.0

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield what is posted; see `ports.sources.Source.listen`."""
        newest, loop = _newest(cursor), asyncio.get_running_loop()
        self._watched.update(dict.fromkeys(one for one in newest.pop(_WATCHED, "").split(",") if _ID.fullmatch(one)))
        looked_s = loop.time()
        self._seen.clear()
        self._onward.clear()
        # Since version 4.2 a server streams only to whom it knows.
        streamed = [one for one in self._places if one.stream and self._settings.token_file][:_STREAMS_MAX]
        due_s = loop.time() + (self._settings.poll_s if streamed else 0.0)
        async with Inflow[Heard]() as inflow:
            for place in streamed:
                inflow.feed(self._followed(place, inflow))
            while True:
                heard = await inflow.take(wait_s=max(max(due_s, self._rests_until_s) - loop.time(), 0.01))
                if any(one.event == BEGUN for one in heard):
                    # What came before is asked for when the stream runs, so that nothing falls between.
                    due_s = loop.time()
                batch = self._new(statuses_read(heard, self._words, self._whole))
                if batch.items or batch.deleted or batch.refused:
                    yield batch
                if loop.time() >= max(due_s, self._rests_until_s):
                    async for batch in self._caught_up(newest):
                        yield batch
                    due_s = loop.time() + (0.0 if self._onward else self._settings.poll_s)
                if loop.time() >= max(looked_s + self._settings.look_again_s, self._rests_until_s):
                    looked_s = loop.time()
                    gone = await self._gone()
                    for name in gone:
                        self._watched.pop(name, None)
                    yield Batch(cursor=self._written(newest), deleted=gone)

    async def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        """Yield what was posted in a span; see `ports.sources.Backfilling`."""
        self._seen.clear()
        for place in self._places:
            since = id_at(since_us)
            for number in range(_BACK_PAGES_MAX):
                posts = await self._page(place, {"limit": str(_PAGE), "min_id": since})
                read = statuses_read([Heard(place.name, UPDATE, bytes(one)) for one in posts], self._words, self._whole)
                said = [one.at_us or since_us for one in read.items]
                fitting = tuple(one for one in read.items if since_us <= (one.at_us or since_us) < until_us)
                last = max((one.id for one in map(_id, posts) if one), key=age, default=since)
                over = len(posts) < _PAGE or age(last) <= age(since) or any(one >= until_us for one in said)
                more = not over and number + 1 == _BACK_PAGES_MAX
                gap = f"{place.name} holds more than {_BACK_PAGES_MAX * _PAGE:,} posts" if more else ""
                yield msgspec.structs.replace(self._new(msgspec.structs.replace(read, items=fitting)), gap=gap)
                if over:
                    break
                since = last

    async def close(self) -> None:
        """Give connections back."""
        await self._platform.close()

    async def _caught_up(self, newest: dict[str, str]) -> AsyncIterator[Batch]:
        """Yield what timelines hold since last time, oldest first; `newest` goes along."""
        for place in self._places:
            begins = place.name not in newest
            since = self._onward.pop(place.name, "") or rewound(newest.get(place.name, ""))
            for _ in range(_PAGES_MAX):
                if asyncio.get_running_loop().time() < self._rests_until_s:
                    break
                # The first time, only where to begin is asked for.
                posts = await self._page(place, {"limit": "1"} if begins else {"limit": str(_PAGE), "min_id": since})
                last = max((one.id for one in map(_id, posts) if one), key=age, default=since or "0")
                newest[place.name] = newer(newest.get(place.name, ""), last)
                heard = [] if begins else [Heard(place.name, UPDATE, bytes(one)) for one in posts]
                batch = self._new(statuses_read(heard, self._words, self._whole))
                yield msgspec.structs.replace(batch, cursor=self._written(newest))
                if begins or len(posts) < _PAGE or age(last) <= age(since):
                    break
                since = last
            else:
                self._onward[place.name] = since

    async def _gone(self) -> tuple[str, ...]:
        """Return which of the posts that were looked at longest ago are there no more."""
        gone = list[str]()
        for name in list(self._watched)[:_LOOKED_AT_MAX]:
            try:
                await self._platform.ask("GET", f"/api/v1/statuses/{name}", headers=self._headers())
            except Gone:
                gone.append(name)
                continue
            except RefusedInput:
                # A server may show a timeline to whom it shows no post alone; that ends nothing.
                pass
            # Behind all others.
            self._watched[name] = self._watched.pop(name, None)
        return tuple(gone)

    def _written(self, newest: dict[str, str]) -> str:
        """Return a cursor: the newest of each timeline, and the posts to look at again."""
        again = {_WATCHED: ",".join(self._watched)} if self._watched else {}
        return msgspec.json.encode(newest | again).decode()

    async def _page(self, place: _Place, asked: dict[str, str]) -> list[msgspec.Raw]:
        answer = await self._platform.ask("GET", place.path, params={**place.asked, **asked}, headers=self._headers())
        if answer.headers.get("x-ratelimit-remaining", "").strip() in {"0", "1"}:
            wait_s = until_reset_s(answer.headers, self._means.clock.now_us())
            self._rests_until_s = asyncio.get_running_loop().time() + (wait_s or self._settings.poll_s)
        if place.path == _SEARCH:
            return self._platform.read(answer.body, _Hits).statuses
        return self._platform.read(answer.body, list[msgspec.Raw])

    async def _followed(self, place: _Place, inflow: Inflow[Heard]) -> None:
        where = f"the stream {place.name} of Mastodon"
        given = {"params": place.asked, "headers": self._headers(), "timeout": streaming()}
        async with self._platform.stream("GET", place.stream, **given) as answer:
            await inflow.put(Heard(place.name, BEGUN), 0)
            event = ""
            async for line in lines(answer, self._means.name, where):
                if line.startswith(b"event:"):
                    event = line[6:].decode("ascii", "replace").strip()
                elif line.startswith(b"data:") and event in {UPDATE, DELETE}:
                    # Mastodon writes what an event holds in one line.
                    await inflow.put(Heard(place.name, event, line[5:].strip()), len(line))
                elif not line:
                    event = ""

    def _new(self, batch: Batch) -> Batch:
        """Return a batch without the posts that were heard by another way before."""
        items = tuple(one for one in batch.items if one.id not in self._seen)
        for noted, most in ((self._seen, _SEEN_MAX), (self._watched, _WATCHED_MAX)):
            noted.update(dict.fromkeys(one.id for one in items if _ID.fullmatch(one.id)))
            while len(noted) > most:
                del noted[next(iter(noted))]
        for name in batch.deleted:
            self._watched.pop(name, None)
        return msgspec.structs.replace(batch, items=items)

    def _headers(self) -> dict[str, str]:
        if not self._settings.token_file:
            return {}
        return {"Authorization": f"Bearer {self._means.secret(self._settings.token_file)}"}


def _tags(settings: MastodonSettings, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the hashtags to listen to."""
    tags = settings.tags or [re.sub(r"\W", "", one).lower() for one in wanted]
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _filters(settings: MastodonSettings, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return all that lets something through: words, and each hashtag, of which every post is wanted."""
    words = wanted or settings.tags
    return (*words, *(f"tag/{tag}" for tag in _tags(settings, words)))


def _places(settings: MastodonSettings, means: Means, words: Words) -> tuple[_Place, ...]:
    """Return the timelines to listen to. Raises RefusedInput."""
    for tag in settings.tags:
        if _TAG.fullmatch(tag) is None:
            raise RefusedInput(f'{means.name}: tags: "{tag[:40]}" is no hashtag; right would be one word without #.')
    places = [
        _Place(f"tag/{tag}", f"/api/v1/timelines/tag/{quote(tag)}", {"tag": tag}, "/api/v1/streaming/hashtag")
        for tag in _tags(settings, words.wanted)
    ]
    if settings.timeline:
        local = settings.timeline == "local"
        stream = "/api/v1/streaming/public" + ("/local" if local else "")
        asked = {"local": "true"} if local else {}
        places.insert(0, _Place(settings.timeline, "/api/v1/timelines/public", asked, stream))
    if settings.search:
        if not settings.token_file:
            raise RefusedInput(f"{means.name}: search: Mastodon asks for a token; name its file as token_file.")
        wanted = [one for one in words.wanted if one != EVERYTHING]
        places += [_Place(f"search/{one}", _SEARCH, {"q": one, "type": "statuses"}) for one in wanted]
    if not places or len(places) > _PLACES_MAX:
        raise RefusedInput(
            f"{means.name}: there are {len(places)} hashtags, timelines and filters to ask for; right would be 1 to "
            f"{_PLACES_MAX}, since a server lets itself be asked about 300 times in five minutes."
        )
    return tuple(places)


def _newest(cursor: str) -> dict[str, str]:
    """Return the newest id of each timeline that a cursor names; none of a cursor that is none."""
    try:
        return msgspec.json.decode(cursor, type=dict[str, str]) if cursor else {}
    except UNREADABLE:
        return {}


def _id(post: msgspec.Raw) -> _Id | None:
    try:
        return msgspec.json.decode(post, type=_Id)
    except UNREADABLE:
        return None


KIND = SourceKind(
    name="mastodon",
    settings=MastodonSettings,
    open=Mastodon,
    says="Public posts on a Mastodon server: hashtags, the public timeline, the search.",
    verified="written answers and streams of a real HTTP server, shaped as Mastodon documents them; "
    "not verified against the vendor",
    away="what the timelines hold, up to some thousand posts",
    filters=_filters,
    past=True,
)
