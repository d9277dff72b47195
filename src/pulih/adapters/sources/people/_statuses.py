"""Statuses: what Mastodon's answers and streams say: posts as plain text, and posts taken back.

A boost says nothing new, so only what somebody wrote is taken. Ids order posts by when they were written, also those
that another server brought in late; so whoever asks what is newer than an id must go back a little (`rewound`).

Source: docs.joinmastodon.org (entities Status; methods timelines, search, streaming), Mastodon's snowflake ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from pulih.adapters.sources.people._platform import moment_us
from pulih.adapters.sources.people._words import Words
from pulih.adapters.sources.troubles import UNREADABLE
from pulih.listen.hooks.plain import joined, plain
from pulih.ports.sources import Batch, Item

# Events of a stream; the first is our own, for a stream that runs.
BEGUN: Final = "begun"
UPDATE: Final = "update"
DELETE: Final = "delete"
# An id holds milliseconds above 16 bits of chance.
_ID_SHIFT: Final = 16
# A number of 64 bits has no more.
_ID_DIGITS_MAX: Final = 20
_REWIND_MS: Final = 10 * 60 * 1000
# A server that counts its posts has small ids, which hold no time; and no post is from before 2016.
_FIRST_MS: Final = 1_450_000_000_000


class _Account(msgspec.Struct, frozen=True):
    acct: str = ""
    id: str = ""


class Status(msgspec.Struct, frozen=True):
    """A post, as far as it is read."""

    id: str
    account: _Account
    content: str = ""
    spoiler_text: str = ""
    created_at: str = ""
    reblog: msgspec.Raw = msgspec.Raw(b"null")


class Heard(msgspec.Struct, frozen=True):
    """Something that a connection brought in.

    Attributes:
        where: the timeline or stream.
        event: what happened there.
        data: as it came: a post, or an id.
    """

    where: str
    event: str
    data: bytes = b""


def newer(one: str, other: str) -> str:
    """Return the newer of two ids; a longer one is newer.

    >>> newer("99", "100"), newer("", "7")
    ('100', '7')
    """
    return max(one, other, key=age)


def age(given: str) -> tuple[int, str]:
    """Return what orders ids by age: their length, then their letters."""
    return len(given), given


def id_at(at_us: int) -> str:
    """Return the id before all posts of a moment.

    >>> id_at(1_759_456_080_000_000)
    '115307713658879999'
    """
    return str((at_us // 1000 << _ID_SHIFT) - 1)


def rewound(newest: str) -> str:
    """Return the id from which to ask again, so that posts that came in late are heard.

    >>> rewound("115307524000000000") < "115307524000000000", rewound("1234"), rewound("01K6")
    (True, '1234', '01K6')
    """
    numbered = newest.isascii() and newest.isdecimal() and len(newest) <= _ID_DIGITS_MAX
    if not numbered or int(newest) >> _ID_SHIFT < _FIRST_MS:
        return newest
    return str(max((int(newest) >> _ID_SHIFT) - _REWIND_MS, 0) << _ID_SHIFT)


def statuses_read(heard: Sequence[Heard], words: Words, whole: frozenset[str]) -> Batch:
    """Return what was heard, as a batch without cursor; what was taken back is named once.

    Args:
        heard: in any order.
        words: what posts are looked through for.
        whole: timelines of which each post is wanted, as those of a hashtag.

    >>> post = b'{"id": "9", "account": {"acct": "ayu"}, "content": "<p>Biznet mati</p>"}'
    >>> batch = statuses_read([Heard("tag/biznet", "update", post)], Words("m", ["Biznet"]), frozenset())
    >>> batch.items[0].text, batch.filters
    ('Biznet mati', ('Biznet',))
    """
    items, deleted, refused, filters = list[Item](), dict[str, None](), list[str](), dict[str, None]()
    for one in heard:
        if one.event == DELETE:
            if found := one.data.decode("ascii", "replace").strip():
                deleted[found] = None
            continue
        if one.event != UPDATE:
            continue
        try:
            status = msgspec.json.decode(one.data, type=Status)
        except UNREADABLE as problem:
            refused.append(f"a post of Mastodon that cannot be read: {problem}")
            continue
        text = joined(plain(status.spoiler_text), plain(status.content))
        found_words = words.found(text)
        if bytes(status.reblog) != b"null" or not text or not (found_words or one.where in whole):
            continue
        filters.update(dict.fromkeys((*found_words, one.where) if one.where in whole else found_words))
        items.append(Item(id=status.id, at_us=moment_us(status.created_at), text=text, author=_author(status)))
    return Batch(items=tuple(items), deleted=tuple(deleted), refused=tuple(refused), filters=tuple(filters))


def _author(status: Status) -> str:
    return status.account.acct or status.account.id
