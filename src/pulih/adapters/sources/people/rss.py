"""News and other feeds, RSS or Atom, asked for as often as they may change.

News are no complaints: an article of a newspaper that says "ribuan pengguna mengeluh" is one voice about many, hours
later, and copied by ten others. It is worth hearing, since the desk wants to know that the press writes, and it counts
for nothing. So whoever writes a feed is taken for press (model.signal.Role): the entries come in as any other report,
are kept and shown, and weigh zero. A feed in which people themselves write, such as that of a forum, says so in its
settings, and its entries count as posts do.

Source: RSS 2.0; RFC 4287 (Atom); RFC 9110, 13.1 (If-None-Match, If-Modified-Since).
"""

from __future__ import annotations

import asyncio
import calendar
import io
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from pulih.adapters.channels.missing import missing
from pulih.adapters.sources import troubles
from pulih.adapters.sources.people._answers import Answer, Peer
from pulih.adapters.sources.people._keys import Address
from pulih.listen.hooks.plain import joined, plain
from pulih.listen.payload import NAME_CHARS_MAX, TEXT_CHARS_MAX
from pulih.model.clock import DAY_S, MICROS, iso
from pulih.model.signal import PRESS
from pulih.ports.sources import Batch, Item, Means, SourceKind

_ENTRIES_MAX: Final = 500
# Reading takes ten seconds for a megabyte of what is no feed, and one of so many entries has not half of it.
_FEED_BYTES_MAX: Final = 1 << 20
# Each of these has the reader look through all others.
_NAMESPACES_MAX: Final = 2_000
# How a text is written that no feed is written in, and that takes the square of its length to read.
_WRITTEN: Final = re.compile(rb"encoding\s*=\s*[\"']\s*(?:punycode|idna)", re.IGNORECASE)
# An editor may date an article before it appears.
_OVERLAP_US: Final = DAY_S * MICROS
_UNCHANGED: Final = 304


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a [[source]] of this kind.

    Attributes:
        address: of the feed.
        speaks: "press", whose entries weigh nothing, or "people".
        every_s: seconds between two times that the feed is asked for.
    """

    address: Address
    speaks: Annotated[Literal["press", "people"], Meta(description='"press" or "people"')] = "press"
    every_s: Annotated[float, Meta(ge=30, le=86_400, description="seconds from 30 to 86400")] = 300.0


class _Cursor(msgspec.Struct, frozen=True):
    """Since when entries are new, and what the feed answered when it last changed."""

    since_us: int
    etag: str = ""
    modified: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed says: its entries in its order, and what could not be read."""

    items: tuple[Item, ...] = ()
    refused: tuple[str, ...] = ()


def told(body: bytes, settings: Settings) -> Told:
    """Return what a feed says.

    Args:
        body: the feed.
        settings: of the source.

    Raises: OutsideFailed when the package is missing.
    """
    try:
        import feedparser  # noqa: PLC0415 -- optional
    except ImportError:
        raise missing("Feeds", "feeds") from None
    if why := _unfit(body):
        return Told(refused=(why,))
    # A stream and not the bytes, which would be opened as an address or a file where they look like one.
    feed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    entries = feed.entries[:_ENTRIES_MAX]
    items = [_item(entry, settings) for entry in entries]
    refused = [
        f"Entry {number} of the feed has no id, no link and no title." for number, one in enumerate(items, 1) if not one
    ]
    if not feed.get("version") and not entries:
        refused.append("What was answered is no feed; right would be RSS or Atom.")
    elif feed.bozo and not isinstance(feed.bozo_exception, feedparser.CharacterEncodingOverride):
        refused.append(f"The feed is broken ({type(feed.bozo_exception).__name__}); what can be read of it was.")
    return Told(items=tuple(one for one in items if one is not None), refused=tuple(refused))


def _unfit(body: bytes) -> str:
    """Return why a feed is not read at all, since that would take minutes; "" where it is."""
    if len(body) > _FEED_BYTES_MAX:
        return f"The feed has {len(body):,} bytes; right would be at most {_FEED_BYTES_MAX:,}."
    if (many := body.count(b"xmlns")) > _NAMESPACES_MAX:
        return f"The feed names {many:,} namespaces; right would be at most {_NAMESPACES_MAX:,}."
    if _WRITTEN.search(body):
        return "The feed is written in no alphabet of feeds; right would be UTF-8."
    return ""


def _item(entry: Any, settings: Settings) -> Item | None:
    said = plain(_text(entry, "summary"))
    title = plain(_text(entry, "title"))
    name = _text(entry, "id") or _text(entry, "link") or title
    if not name:
        return None
    # The entry's own way of looking warns of one for the other, where a moment cannot be read.
    at = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
    host = urlsplit(settings.address).hostname or ""
    author = f"{PRESS}{host}" if settings.speaks == "press" else f"{host}:{_text(entry, 'author')}"
    return Item(
        id=name,
        at_us=_moment_us(at),
        text=joined(title, said if not said.startswith(title) else said[len(title) :].lstrip(" .-:"))[:TEXT_CHARS_MAX],
        author="" if author.endswith(":") else author[:NAME_CHARS_MAX],
    )


def _text(entry: Any, name: str) -> str:
    said = entry.get(name)
    return said.strip() if isinstance(said, str) else ""


def _moment_us(parsed: Any) -> int | None:
    try:
        return calendar.timegm(parsed) * MICROS if parsed else None
    except (ValueError, OverflowError, TypeError):
        return None


class Feed:
    """Asks for one feed.

    Args:
        settings: which.
        means: of the source.
    """

    def __init__(self, settings: Settings, means: Means) -> None:
        self._settings, self._means = settings, means
        self._peer = Peer(means, "the feed")
        self._began_us: int | None = None

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield entries that are new, each time the feed was asked for. Raises: as its peer; RefusedInput."""
        at = self._at(cursor)
        # Of a feed that is heard for the first time what stands there already is old.
        begins, known = not cursor, frozenset[str]()
        while True:
            answer = await self._peer.get(self._settings.address, headers=_asked(at))
            if answer.status == _UNCHANGED:
                yield Batch(cursor=_written(at))
            else:
                heard = await asyncio.to_thread(told, answer.body, self._settings)
                asked_us = self._means.clock.now_us()
                fresh = () if begins else self._fresh(heard, at, known)
                gap = "" if begins else _gap(heard, at, known)
                if begins:
                    fresh = tuple(one for one in heard.items if one.at_us is not None and one.at_us >= at.since_us)
                # An answer that could not be read at all is asked for again, and not taken for the last word.
                if heard.items or not heard.refused:
                    at, begins = _later(at, answer, heard, asked_us), False
                    known = frozenset(one.id for one in heard.items)
                passed, filters = self._passed(fresh)
                yield Batch(cursor=_written(at), items=passed, refused=heard.refused, filters=filters, gap=gap)
            await asyncio.sleep(self._settings.every_s)

    async def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        """Yield the entries of a span that the feed still holds; see `ports.sources.Backfilling`."""
        answer = await self._peer.get(self._settings.address, headers=_asked(_Cursor(since_us)))
        heard = await asyncio.to_thread(told, answer.body, self._settings)
        dated = [one for one in heard.items if one.at_us is not None]
        passed, filters = self._passed(tuple(one for one in dated if since_us <= (one.at_us or 0) < until_us))
        begins_us = min((one.at_us or 0 for one in dated), default=until_us)
        gap = f"The feed holds nothing from before {iso(begins_us)}." if begins_us > since_us else ""
        undated = len(heard.items) - len(dated)
        if undated:
            gap = f"{gap} {undated:,} of its entries bear no moment, and were left out.".strip()
        yield Batch(items=passed, refused=heard.refused, filters=filters, gap=gap)

    async def close(self) -> None:
        """Give connections back."""
        await self._peer.close()

    def _at(self, cursor: str) -> _Cursor:
        if not cursor:
            if self._began_us is None:
                self._began_us = self._means.clock.now_us()
            return _Cursor(self._began_us)
        try:
            return msgspec.json.decode(cursor, type=_Cursor)
        except msgspec.MsgspecError:
            raise troubles.stranger_s_cursor(self._means.name) from None

    def _fresh(self, heard: Told, at: _Cursor, known: frozenset[str]) -> tuple[Item, ...]:
        since_us = at.since_us - _OVERLAP_US
        return tuple(one for one in heard.items if one.id not in known and (one.at_us is None or one.at_us >= since_us))

    def _passed(self, items: tuple[Item, ...]) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        """Return the items that name what the desk wants to hear of, all where it names nothing, and those names."""
        if not self._means.filters:
            return items, ()
        named = {one: _names(one.text, self._means.filters) for one in items}
        passed = tuple(one for one in items if named[one])
        return passed, tuple(sorted({name for one in passed for name in named[one]}))


def _names(text: str, filters: tuple[str, ...]) -> tuple[str, ...]:
    spaced = f" {' '.join(''.join(letter if letter.isalnum() else ' ' for letter in text.casefold()).split())} "
    return tuple(one for one in filters if f" {' '.join(one.casefold().replace('.', ' ').split())} " in spaced)


def _asked(at: _Cursor) -> dict[str, str]:
    named = {"If-None-Match": at.etag, "If-Modified-Since": at.modified}
    return {name: value for name, value in named.items() if value}


def _later(at: _Cursor, answer: Answer, heard: Told, asked_us: int) -> _Cursor:
    """Return the cursor behind an answer; an entry that is dated ahead of the clock passes over nothing."""
    dated = [one.at_us for one in heard.items if one.at_us is not None and one.at_us <= asked_us]
    marks = (answer.headers.get("etag", "")[:500], answer.headers.get("last-modified", "")[:100])
    return _Cursor(max((at.since_us, *dated)), *marks)


def _gap(heard: Told, at: _Cursor, known: frozenset[str]) -> str:
    """Say so when everything in the feed is new, since what fell out of it between nobody can know."""
    if not heard.items:
        return ""
    overlaps = any(one.id in known for one in heard.items)
    reaches_back = any(one.at_us is None or one.at_us <= at.since_us for one in heard.items)
    if overlaps or reaches_back:
        return ""
    return f"All {len(heard.items)} entries of the feed are new; others may have come and gone since it was last read."


def _written(at: _Cursor) -> str:
    return msgspec.json.encode(at).decode()


KIND: Final = SourceKind(
    name="rss",
    settings=Settings,
    open=Feed,
    says="News and other feeds, RSS or Atom; what the press writes weighs nothing.",
    verified="a real web server with feeds of our own and answers of 304; feedparser reads them",
    away="what the feed still holds; a feed that went on without an entry we know is told as a gap",
    extra="feeds",
    filters=lambda _, wanted: wanted,
    past=True,
)
