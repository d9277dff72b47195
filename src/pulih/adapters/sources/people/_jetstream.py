"""Jetstream: what the frames of Bluesky's stream say: posts that name what the desk listens for, and posts taken back.

Whoever asks for posts is told of accounts as well; one that is deleted, taken down, suspended or put to rest by its
holder is shown nowhere on Bluesky any more, and takes all of its posts back.

Posts have no markup. What a writer gives as the moment may lie in the past, where old posts were brought along, and is
kept so; it never lies after the moment at which Jetstream had it.

Source: github.com/bluesky-social/jetstream (README); lexicon app.bsky.feed.post.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from pulih.adapters.sources.people._platform import moment_us
from pulih.adapters.sources.people._words import Words
from pulih.adapters.sources.troubles import UNREADABLE
from pulih.ports.sources import Batch, Item

POSTS: Final = "app.bsky.feed.post"
# What an account is that shows nothing any more; others ("throttled", "desynchronized") are troubles of its server.
GONE: Final = frozenset({"deleted", "takendown", "suspended", "deactivated"})
_UNREAD: Final = "a frame of Jetstream that cannot be read: {}"


class Post(msgspec.Struct, frozen=True, gc=False):
    """A record of app.bsky.feed.post, as far as it is read."""

    text: str = ""
    createdAt: str = ""  # noqa: N815 -- as the lexicon has it


class _Commit(msgspec.Struct, frozen=True, gc=False):
    operation: Literal["create", "update", "delete"]
    collection: str
    rkey: str
    record: msgspec.Raw = msgspec.Raw()


class Account(msgspec.Struct, frozen=True, gc=False):
    """What became of an account, as far as it is read; the same in a Jetstream as in the firehose."""

    active: bool = True
    status: str = ""

    def is_gone(self) -> bool:
        """Return whether it shows its posts no more."""
        return not self.active and self.status in GONE


class _Event(msgspec.Struct, frozen=True, gc=False):
    did: str
    time_us: int
    kind: str
    commit: _Commit | None = None
    account: Account | None = None


_EVENTS: Final = msgspec.json.Decoder(_Event)
_POSTS: Final = msgspec.json.Decoder(Post)


def post_id(did: str, key: str) -> str:
    """Return the id of a post, the same from the stream as from the search."""
    return f"{did}/{key}"


def said_us(post: Post, known_us: int) -> int:
    """Return when a post was said: as its writer says, but not after it was known."""
    written_us = moment_us(post.createdAt)
    return known_us if written_us is None else min(written_us, known_us)


def frames_read(frames: Sequence[bytes], words: Words, *, cursor_us: int) -> tuple[Batch, int]:
    """Return what frames say, and the moment up to which the stream came, microseconds.

    Args:
        frames: as they came; those of other collections say nothing.
        words: what posts are looked through for.
        cursor_us: up to where the stream had come before.

    >>> frame = (
    ...     b'{"did":"did:plc:a","time_us":1759456081000000,"kind":"commit","commit":{"operation":"create",'
    ...     b'"collection":"app.bsky.feed.post","rkey":"3k","record":{"text":"Biznet mati"}}}'
    ... )
    >>> batch, came_us = frames_read([frame, b"{"], Words("b", ["Biznet"]), cursor_us=0)
    >>> batch.items[0].id, batch.items[0].text, batch.filters, len(batch.refused), came_us
    ('did:plc:a/3k', 'Biznet mati', ('Biznet',), 1, 1759456081000000)
    """
    items, deleted, refused, filters = list[Item](), list[str](), list[str](), dict[str, None]()
    gone = dict[str, None]()
    for frame in frames:
        try:
            event = _EVENTS.decode(frame)
            # Jetstream writes events in its own order; one that came late must not bring the cursor back.
            cursor_us = max(cursor_us, event.time_us)
            if event.account is not None and event.account.is_gone():
                gone[event.did] = None
            if event.commit is None or event.commit.collection != POSTS:
                continue
            found_id = post_id(event.did, event.commit.rkey)
            if event.commit.operation == "delete":
                deleted.append(found_id)
                continue
            post = _POSTS.decode(event.commit.record)
        except UNREADABLE as problem:
            refused.append(_UNREAD.format(problem))
            continue
        if found := words.found(post.text):
            filters.update(dict.fromkeys(found))
            at_us = said_us(post, event.time_us)
            items.append(Item(id=found_id, at_us=at_us, text=post.text, author=event.did))
    batch = Batch(
        cursor=str(cursor_us),
        items=tuple(items),
        deleted=tuple(deleted),
        gone=tuple(gone),
        filters=tuple(filters),
        refused=tuple(refused),
    )
    return batch, cursor_us
