"""Firehose: posts that name what the desk listens for, and posts and accounts that are taken back.

It is what com.atproto.sync.subscribeRepos says.

Each server of accounts (PDS) and each relay offers it; it numbers its frames, and goes on from a number that it still
keeps. A frame is a header and a body; that of a commit names the records that changed and brings them as blocks, of
which only those with posts are opened. Their signatures are not checked: whom the desk listens to, it believes.

Source: atproto.com/specs/event-stream, atproto.com/specs/sync; lexicon com.atproto.sync.subscribeRepos.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from pulih.adapters.sources.people._dag_cbor import Link, Unreadable, blocks, read
from pulih.adapters.sources.people._jetstream import POSTS, Account, Post, post_id, said_us
from pulih.adapters.sources.people._platform import moment_us
from pulih.adapters.sources.people._words import Words
from pulih.model.errors import OutsideFailed
from pulih.ports.sources import Batch, Item

# In the path of the address of each firehose.
METHOD: Final = "com.atproto.sync.subscribeRepos"
_UNREAD: Final = "a frame of the firehose that cannot be read: {}"
_MARK: Final = "seq:"
_MESSAGE, _ERROR = 1, -1


class CursorAhead(OutsideFailed):
    """The firehose has not come to the number that was asked for: it counts anew."""


class _Op(msgspec.Struct, frozen=True, gc=False):
    action: str
    path: str
    cid: Link | None = None


class _Commit(msgspec.Struct, frozen=True):
    repo: str
    time: str
    ops: list[_Op]
    blocks: bytes = b""


class _Told(Account, frozen=True, gc=False):
    did: str = ""


class _Found(msgspec.Struct):
    items: list[Item] = []
    deleted: list[str] = []
    gone: dict[str, None] = {}
    refused: list[str] = []
    filters: dict[str, None] = {}
    gap: str = ""


def cursor_of(number: int) -> str:
    """Return the cursor of a number, "" of none.

    >>> cursor_of(7), cursor_of(0), number_of("seq:7"), number_of("1759456081000000")
    ('seq:7', '', 7, 0)
    """
    return f"{_MARK}{number}" if number else ""


def number_of(cursor: str) -> int:
    """Return the number of a cursor, 0 where it has none or is of a Jetstream."""
    rest = cursor.removeprefix(_MARK)
    return int(rest) if cursor.startswith(_MARK) and rest.isascii() and rest.isdecimal() else 0


def blocks_read(frames: Sequence[bytes], words: Words, *, number: int) -> tuple[Batch, int]:
    """Return what frames say, and the number up to which the firehose came.

    Args:
        frames: as they came; those of other collections say nothing.
        words: what posts are looked through for.
        number: up to where it had come before.

    Raises: CursorAhead; OutsideFailed when the firehose says that it ends.
    """
    found = _Found()
    for frame in frames:
        try:
            header, at = read(frame)
            body, _ = read(frame, at)
            if not (isinstance(header, dict) and isinstance(body, dict)):
                raise Unreadable("no header with a body")
            if header.get("op") == _ERROR:
                raise _ended(body)
            if isinstance(seq := body.get("seq"), int):
                number = max(number, seq)
            if header.get("op") == _MESSAGE:
                _take(header.get("t"), body, words, found)
        except (Unreadable, msgspec.ValidationError) as problem:
            found.refused.append(_UNREAD.format(problem))
    batch = Batch(
        cursor=cursor_of(number),
        items=tuple(found.items),
        deleted=tuple(found.deleted),
        gone=tuple(found.gone),
        filters=tuple(found.filters),
        refused=tuple(found.refused),
        gap=found.gap,
    )
    return batch, number


def _take(kind: object, body: dict[str, Any], words: Words, found: _Found) -> None:
    if kind == "#info" and body.get("name") == "OutdatedCursor":
        found.gap = "The firehose no longer keeps all that came since the desk was last there."
    if kind == "#account" and (told := msgspec.convert(body, _Told)).did and told.is_gone():
        found.gone[told.did] = None
    if kind != "#commit":
        return
    commit = msgspec.convert(body, _Commit)
    changed = [(op, op.path.partition("/")[2]) for op in commit.ops if op.path.startswith(f"{POSTS}/")]
    found.deleted += [post_id(commit.repo, key) for op, key in changed if op.action == "delete"]
    written = [(op, key) for op, key in changed if op.action != "delete"]
    held = blocks(commit.blocks) if written else {}
    for op, key in written:
        try:
            post = _post(op, key, held)
        except (Unreadable, msgspec.ValidationError) as problem:
            # The other posts of the commit are whole.
            found.refused.append(_UNREAD.format(problem))
            continue
        if named := words.found(post.text):
            found.filters.update(dict.fromkeys(named))
            known_us = moment_us(commit.time) or 0
            at_us = said_us(post, known_us) if known_us else None
            made = Item(id=post_id(commit.repo, key), at_us=at_us, text=post.text, author=commit.repo)
            found.items.append(made)


def _post(op: _Op, key: str, held: Mapping[Link, memoryview]) -> Post:
    """Return the post of a change. Raises: Unreadable; msgspec.ValidationError when its block is no post."""
    if op.cid is None or (block := held.get(op.cid)) is None:
        raise Unreadable(f"the post {key} has no block; those that are too large are not sent")
    return msgspec.convert(read(block)[0], Post)


def _ended(body: dict[str, Any]) -> OutsideFailed:
    # Its own words are a stranger's, and are not told on but for the name.
    name = str(body.get("error", ""))[:80]
    if name == "FutureCursor":
        return CursorAhead("The firehose has not come so far as the desk remembers.")
    return OutsideFailed(f"The firehose ended: {name}.", key="source.broken", name="firehose", why=name)
