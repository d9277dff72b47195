"""Reddit: new posts and comments of chosen communities, asked for through the official interface (requirement L1).

A listing is read from its newest post back to where the last reading began. Reddit's own `before` is no help for that:
when the post that it names was deleted, nothing is newer than it for ever. A listing holds about a thousand posts; what
lies between its end and the last reading is told as a gap. Posts that were passed on are looked at again, since Reddit
tells nobody what was deleted.

Source: reddit.com/dev/api (listings, api/info), OAuth2 (application only), rules of the interface (User-Agent, limits).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources.people._platform import Answer, Platform, until_reset_s
from pulih.adapters.sources.people._things import Listing, batch_of, things_of
from pulih.adapters.sources.people._words import Words
from pulih.model.clock import MICROS, iso
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Batch, Means, SourceKind

_PAGE: Final = 100
# A listing ends after about a thousand.
_LISTED: Final = 900
_PAGES_MAX: Final = 12
# Posts can turn up a little after others that are younger.
_OVERLAP_S: Final = 120
_SEEN_MAX: Final = 5_000
# They stand in the cursor, so that a restart forgets none: some 20 KB of it.
_WATCHED_MAX: Final = 2_000
_NAME: Final = re.compile(r"t[13]_[0-9a-z]{1,16}")
_PLACES_MAX: Final = 50
_PLACE: Final = re.compile(r"[A-Za-z0-9_]{2,50}")


class RedditSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to listen; the filter "*" lets through all that is said there.

    Attributes:
        client_id: of the application, as Reddit gave it.
        secret_file: holds its secret.
        user_agent: names the application and who runs it, as Reddit asks: "linux:pulih:v1 (by /u/NAME)".
        subreddits: communities, without r/.
        comments: comments too.
        poll_s: seconds between two askings.
        look_again_s: seconds after which posts that were passed on are looked at again, whether they were deleted.
        api, login: where its interface is reached.
    """

    client_id: str
    secret_file: str
    user_agent: str
    subreddits: tuple[str, ...]
    comments: bool = True
    poll_s: Annotated[float, Meta(ge=5, le=3_600, description="5 to 3600 seconds")] = 30.0
    look_again_s: Annotated[float, Meta(ge=600, le=86_400, description="600 to 86400 seconds")] = 3_600.0
    api: str = "https://oauth.reddit.com"
    login: str = "https://www.reddit.com"


class _Token(msgspec.Struct, frozen=True):
    access_token: str


class Reddit:
    """Listens to some communities; see `ports.sources.Source` and `Backfilling`."""

    def __init__(self, settings: RedditSettings, means: Means) -> None:
        self._settings, self._means = settings, means
        self._words = Words(means.name, means.filters)
        wrong = [one for one in settings.subreddits if _PLACE.fullmatch(one) is None]
        if wrong or not settings.subreddits or len(settings.subreddits) > _PLACES_MAX:
            told = f'"{wrong[0][:40]}" is none' if wrong else f"there are {len(settings.subreddits)}"
            raise RefusedInput(f"{means.name}: subreddits: {told}; right would be 1 to {_PLACES_MAX} names without r/.")
        if not settings.user_agent.strip().isprintable() or len(settings.user_agent.strip()) < 10:
            raise RefusedInput(
                f"{means.name}: user_agent: Reddit asks for the application's name and who runs it; right would be "
                '"linux:pulih:v1 (by /u/NAME)".'
            )
        self._api, self._login = Platform(means, "Reddit", settings.api), Platform(means, "Reddit", settings.login)
        self._token = ""
        # What was passed on lately, and the names to look at again.
        self._seen: dict[str, None] = {}
        self._watched: dict[str, None] = {}
        # Where a source without a cursor began, so that a Reddit which fails the first time loses nothing.
        self._began_s: int | None = None

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield what is posted; see `ports.sources.Source.listen`."""
        loop = asyncio.get_running_loop()
        said_s, watched = _read(cursor)
        since_s = self._begun_s() if said_s is None else said_s
        self._seen.clear()
        looked_s = loop.time()
        if watched and not self._watched:
            # What was passed on before the desk was started may have been deleted since.
            self._watched.update(dict.fromkeys(watched[-_WATCHED_MAX:]))
            looked_s -= self._settings.look_again_s
        while True:
            begun_s = loop.time()
            newest_s = since_s
            async for batch, batch_s in self._turn(since_s):
                newest_s = max(newest_s, batch_s)
                yield batch
            # Only a whole turn moves the cursor: a listing is read from its newest end.
            # A post that is dated ahead of the clock passes over nothing.
            since_s = max(since_s, min(newest_s, self._means.clock.now_us() // MICROS))
            yield Batch(cursor=self._written(since_s))
            if loop.time() - looked_s >= self._settings.look_again_s:
                looked_s = loop.time()
                async for batch in self._looked_again():
                    yield batch
            await asyncio.sleep(max(0.0, begun_s + self._settings.poll_s - loop.time()))

    async def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        """Yield what was posted in a span; see `ports.sources.Backfilling`."""
        self._seen.clear()
        async for batch, _ in self._turn(since_us // MICROS):
            items = tuple(one for one in batch.items if since_us <= (one.at_us or since_us) < until_us)
            yield msgspec.structs.replace(batch, items=items)

    async def close(self) -> None:
        """Give connections back."""
        await self._api.close()
        await self._login.close()

    def _begun_s(self) -> int:
        if self._began_s is None:
            self._began_s = self._means.clock.now_us() // MICROS
        return self._began_s

    async def _turn(self, since_s: int) -> AsyncIterator[tuple[Batch, int]]:
        """Yield what listings hold since a moment, with the newest moment of each batch."""
        joined = "+".join(self._settings.subreddits)
        for path in (f"/r/{joined}/new", *((f"/r/{joined}/comments",) if self._settings.comments else ())):
            after: str | None = None
            read = 0
            for number in range(_PAGES_MAX):
                asked = {"limit": str(_PAGE), "raw_json": "1"} | ({"after": after} if after else {})
                listing = self._api.read((await self._asked(path, asked)).body, Listing)
                things, refused = things_of(listing)
                read, after = read + len(listing.data.children), listing.data.after
                moments_s = [int(one.created_utc) for one in things] or [since_s]
                last = not after or number + 1 == _PAGES_MAX
                reached = min(moments_s) < since_s - _OVERLAP_S
                # A community with few posts lists them all; one that lists so many has more than it lists.
                lost = last and not reached and read >= _LISTED
                gap = f"Reddit lists no more of {path} than from {iso(min(moments_s) * MICROS)} on" if lost else ""
                recent = [one for one in things if one.created_utc >= since_s - _OVERLAP_S]
                batch = self._new(batch_of(recent, self._words))
                yield msgspec.structs.replace(batch, refused=tuple(refused), gap=gap), max(moments_s)
                if reached or last:
                    break

    async def _looked_again(self) -> AsyncIterator[Batch]:
        """Yield what was deleted of that which was passed on."""
        names = list(self._watched)
        for begin in range(0, len(names), _PAGE):
            asked = {"id": ",".join(names[begin : begin + _PAGE]), "raw_json": "1"}
            things, _ = things_of(self._api.read((await self._asked("/api/info", asked)).body, Listing))
            gone = tuple(one.name for one in things if one.gone())
            for name in gone:
                self._watched.pop(name, None)
            yield Batch(deleted=gone)

    def _written(self, since_s: int) -> str:
        """Return a cursor: since when to read, and the names to look at again."""
        return f"{since_s} {','.join(self._watched)}".rstrip()

    def _new(self, batch: Batch) -> Batch:
        """Return a batch without what was passed on before, and note the rest."""
        items = tuple(one for one in batch.items if one.id not in self._seen)
        for noted, most in ((self._seen, _SEEN_MAX), (self._watched, _WATCHED_MAX)):
            noted.update(dict.fromkeys(one.id for one in items))
            while len(noted) > most:
                del noted[next(iter(noted))]
        return msgspec.structs.replace(batch, items=items)

    async def _asked(self, path: str, asked: dict[str, str]) -> Answer:
        """Ask the interface, with a new token when the old one has expired (after an hour or a day)."""
        fresh = not self._token
        if fresh:
            self._token = await self._logged_in()
        headers = {"Authorization": f"Bearer {self._token}", "User-Agent": self._settings.user_agent}
        try:
            answer = await self._api.ask("GET", path, params=asked, headers=headers)
        except RefusedInput:
            self._token = ""
            if fresh:
                raise
            return await self._asked(path, asked)
        left = answer.headers.get("x-ratelimit-remaining", "")
        if left.replace(".", "", 1).isdecimal() and float(left) < 1:
            await asyncio.sleep(until_reset_s(answer.headers, self._means.clock.now_us()) or self._settings.poll_s)
        return answer

    async def _logged_in(self) -> str:
        who = (self._settings.client_id, self._means.secret(self._settings.secret_file))
        given = {"auth": who, "headers": {"User-Agent": self._settings.user_agent}}
        answer = await self._login.ask(
            "POST", "/api/v1/access_token", data={"grant_type": "client_credentials"}, **given
        )
        return self._login.read(answer.body, _Token).access_token


def _read(cursor: str) -> tuple[int | None, list[str]]:
    """Return since when to read, None where a cursor does not say, and the names to look at again.

    >>> _read("1759456080 t3_a,t1_b"), _read("1759456080"), _read("other ../x")
    ((1759456080, ['t3_a', 't1_b']), (1759456080, []), (None, []))
    """
    since, _, names = cursor.partition(" ")
    since_s = int(since) if since.isascii() and since.isdecimal() and len(since) < 12 else None
    return since_s, [one for one in names.split(",") if _NAME.fullmatch(one)]


KIND = SourceKind(
    name="reddit",
    settings=RedditSettings,
    open=Reddit,
    says="New posts and comments of chosen communities on Reddit.",
    verified="written answers of a real HTTP server, shaped as Reddit documents them; not verified against the vendor",
    away="about a thousand posts of each listing",
    filters=lambda _, wanted: wanted,
    past=True,
)
