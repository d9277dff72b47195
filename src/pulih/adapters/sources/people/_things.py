"""Things: what Reddit's listings say: posts and comments by their full names, and those taken back.

Source: reddit.com/dev/api (listings, t1 comments, t3 links).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from pulih.adapters.sources.people._words import Words
from pulih.adapters.sources.troubles import UNREADABLE
from pulih.listen.hooks.plain import joined, plain
from pulih.model.clock import MICROS
from pulih.ports.sources import Batch, Item

# What Reddit writes where a post, or its writer, went.
_GONE: Final = frozenset({"[deleted]", "[removed]"})


class Data(msgspec.Struct, frozen=True):
    """A post or a comment, as far as it is read."""

    name: str
    created_utc: float
    author: str | None = None
    author_fullname: str = ""
    title: str = ""
    selftext: str = ""
    body: str = ""

    def gone(self) -> bool:
        """Say whether it was deleted, or removed by a moderator."""
        return self.author is None or self.author in _GONE or self.selftext in _GONE or self.body in _GONE


class Thing(msgspec.Struct, frozen=True):
    """What stands in a listing; `kind` is in the name too."""

    data: Data


class _Children(msgspec.Struct, frozen=True):
    children: list[msgspec.Raw] = []
    after: str | None = None


class Listing(msgspec.Struct, frozen=True):
    """A page of a listing."""

    data: _Children


def things_of(listing: Listing) -> tuple[list[Data], list[str]]:
    """Return what a page holds, in its order, and a sentence for each that cannot be read."""
    found, refused = list[Data](), list[str]()
    for raw in listing.data.children:
        try:
            found.append(msgspec.json.decode(raw, type=Thing).data)
        except UNREADABLE as problem:
            refused.append(f"a post of Reddit that cannot be read: {problem}")
    return found, refused


def batch_of(things: Sequence[Data], words: Words) -> Batch:
    """Return what things say, as a batch without cursor; what was taken back is in `deleted`.

    >>> told = Data(name="t3_a", created_utc=1759456080.0, author="ayu", title="Biznet mati", selftext="dari pagi")
    >>> batch = batch_of([told], Words("reddit", ["Biznet"]))
    >>> batch.items[0].text, batch.items[0].at_us
    ('Biznet mati. dari pagi', 1759456080000000)
    """
    items, deleted, filters = list[Item](), list[str](), dict[str, None]()
    for one in things:
        if one.gone():
            deleted.append(one.name)
            continue
        text = joined(plain(one.title), plain(one.selftext), plain(one.body))
        if found := words.found(text):
            filters.update(dict.fromkeys(found))
            author = one.author_fullname or one.author or ""
            items.append(Item(id=one.name, at_us=int(one.created_utc) * MICROS, text=text, author=author))
    return Batch(items=tuple(items), deleted=tuple(deleted), filters=tuple(filters))
