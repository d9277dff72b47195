"""Tweets: what X's stream and search say: posts whole, under the id that an edit does not change.

An id holds milliseconds since X's own beginning above 22 bits, so it says how long ago a post was.

Source: docs.x.com (objects Post, filtered stream, recent search); Twitter's snowflake ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from pulih.adapters.sources.people._platform import moment_us
from pulih.adapters.sources.troubles import UNREADABLE
from pulih.listen.hooks.plain import plain
from pulih.ports.sources import Batch, Item

_ID_SHIFT: Final = 22
_BEGAN_MS: Final = 1_288_834_974_657
FIELDS: Final = {"tweet.fields": "created_at,author_id,note_tweet,edit_history_tweet_ids"}
# A number of 64 bits has no more.
_ID_DIGITS_MAX: Final = 20
_TOLD_MAX: Final = 200


class _Note(msgspec.Struct, frozen=True):
    text: str = ""


class _Tweet(msgspec.Struct, frozen=True):
    id: str
    text: str = ""
    author_id: str = ""
    created_at: str = ""
    note_tweet: _Note = _Note()
    edit_history_tweet_ids: list[str] = []


class _Rule(msgspec.Struct, frozen=True):
    tag: str = ""


class _Problem(msgspec.Struct, frozen=True):
    title: str = ""
    detail: str = ""


class _Line(msgspec.Struct, frozen=True):
    data: _Tweet | None = None
    matching_rules: list[_Rule] = []
    errors: list[_Problem] = []


class _Meta(msgspec.Struct, frozen=True):
    next_token: str = ""


class Page(msgspec.Struct, frozen=True):
    """A page of a search."""

    data: list[msgspec.Raw] = []
    meta: _Meta = _Meta()


def moment_of(tweet: str) -> int:
    """Return when a post was said, by its id, microseconds; 0 when it is no id.

    >>> moment_of(id_at(1_759_456_080_000_000))
    1759456080000000
    """
    known = tweet.isascii() and tweet.isdecimal() and len(tweet) <= _ID_DIGITS_MAX
    return ((int(tweet) >> _ID_SHIFT) + _BEGAN_MS) * 1000 if known else 0


def id_at(at_us: int) -> str:
    """Return the id before all posts of a moment."""
    return str(max(at_us // 1000 - _BEGAN_MS, 0) << _ID_SHIFT)


def newest_of(ids: Sequence[str]) -> str:
    """Return the newest of ids, "" of none."""
    return max((one for one in ids if one), key=lambda one: (len(one), one), default="")


def lines_read(told: Sequence[bytes], newest: str) -> tuple[Batch, str]:
    """Return what lines of a stream say, with the newest id as cursor, and why the stream says it ends, "" else.

    Args:
        told: lines; an empty one is a beat.
        newest: id known before.

    >>> line = b'{"data": {"id": "9", "text": "Biznet mati"}, "matching_rules": [{"tag": "pulih:x:Biznet"}]}'
    >>> batch, _ = lines_read([line], "7")
    >>> batch.items[0].text, batch.filters, batch.cursor
    ('Biznet mati', ('Biznet',), '9')
    """
    tweets, refused, filters, ends = list[_Tweet](), list[str](), dict[str, None](), ""
    for line in told:
        if not line:
            continue
        try:
            read = msgspec.json.decode(line, type=_Line)
        except UNREADABLE as problem:
            refused.append(f"a line of X that cannot be read: {problem}")
            continue
        if read.data is not None:
            tweets.append(read.data)
            filters.update((rule.tag.split(":", 2)[-1], None) for rule in read.matching_rules if rule.tag)
        elif read.errors:
            ends = (read.errors[0].title or read.errors[0].detail)[:_TOLD_MAX]
        else:
            refused.append("a line of X without a post.")
    batch = _batch(tweets, filters, refused)
    return msgspec.structs.replace(batch, cursor=newest_of([newest, *(one.id for one in tweets)])), ends


def page_read(page: Page) -> tuple[Batch, str]:
    """Return what a page of a search says, without cursor, and the newest id on it."""
    tweets, refused = list[_Tweet](), list[str]()
    for raw in page.data:
        try:
            tweets.append(msgspec.json.decode(raw, type=_Tweet))
        except UNREADABLE as problem:
            refused.append(f"a post that X found cannot be read: {problem}")
    return _batch(tweets, {}, refused), newest_of([one.id for one in tweets])


def _batch(tweets: Sequence[_Tweet], filters: dict[str, None], refused: Sequence[str]) -> Batch:
    items = [
        Item(
            id=one.edit_history_tweet_ids[0] if one.edit_history_tweet_ids else one.id,
            at_us=moment_us(one.created_at) or moment_of(one.id) or None,
            text=plain(one.note_tweet.text or one.text),
            author=one.author_id,
        )
        for one in tweets
    ]
    return Batch(items=tuple(items), filters=tuple(filters), refused=tuple(refused))
