"""No document of a peer ends a source: it would be met again at the same cursor, for ever (issue H)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
import pytest
from platform_peer import Answered, Asked, PlatformPeer

from pulih.adapters.sources.contract import tried_means
from pulih.adapters.sources.people._jetstream import frames_read
from pulih.adapters.sources.people._platform import Platform
from pulih.adapters.sources.people._statuses import Heard, rewound, statuses_read
from pulih.adapters.sources.people._things import Listing, things_of
from pulih.adapters.sources.people._things import _Children as Children
from pulih.adapters.sources.people._tweets import Page, lines_read, moment_of, page_read
from pulih.adapters.sources.people._updates import updates_read
from pulih.adapters.sources.people._words import Words
from pulih.model.errors import OutsideFailed

WORDS = Words("b", ["Biznet"])
DEEP = b'{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}"
POST = (
    b'{"did":"did:plc:a","time_us":1759456081000000,"kind":"commit","commit":{"operation":"create",'
    b'"collection":"app.bsky.feed.post","rkey":"3k","record":%b}}'
)


def of_jetstream() -> tuple[int, int]:
    frames = [POST % DEEP, POST % b'{"text":"Biznet mati","embed":' + DEEP + b"}", POST % b'{"text":"Biznet mati"}']
    batch, _ = frames_read(frames, WORDS, cursor_us=0)
    return len(batch.items), len(batch.refused)


def of_mastodon() -> tuple[int, int]:
    post = b'{"id": "9", "account": {"acct": "ayu"}, "content": "<p>Biznet mati</p>"}'
    heard = [Heard("public", "update", one) for one in (DEEP, post, b'{"id": "8", "account": ' + DEEP + b"}")]
    batch = statuses_read(heard, WORDS, frozenset())
    return len(batch.items), len(batch.refused)


def of_x() -> tuple[int, int]:
    line = b'{"data": {"id": "9", "text": "Biznet mati"}}'
    long = b'{"data": {"id": "' + b"9" * 5_000 + b'", "text": "Biznet mati"}}'
    batch, _ = lines_read([DEEP, b'{"data": ' + DEEP + b"}", line, long], "7")
    page, _ = page_read(Page(data=[msgspec.Raw(DEEP), msgspec.Raw(b'{"id": "9", "text": "Biznet mati"}')]))
    assert (len(page.items), len(page.refused)) == (1, 1)
    return len(batch.items) - 1, len(batch.refused)


def of_reddit() -> tuple[int, int]:
    post = b'{"kind": "t3", "data": {"name": "t3_a", "created_utc": 1759456080.0}}'
    deep = b'{"kind": "t3", "data": ' + DEEP + b"}"
    things, refused = things_of(Listing(data=Children(children=[msgspec.Raw(one) for one in (deep, post, DEEP)])))
    return len(things), len(refused)


def of_telegram() -> tuple[int, int]:
    update = b'{"update_id": 5, "message": {"message_id": 2, "date": 9, "chat": {"id": 3}, "text": "mati"}}'
    deep = b'{"update_id": 6, "message": {"message_id": 3, "date": 9, "chat": {"id": 3}, "text": ' + DEEP + b"}}"
    told, refused, onward = updates_read([msgspec.Raw(DEEP), msgspec.Raw(update), msgspec.Raw(deep)])
    assert onward == 6
    return len(told), len(refused)


@pytest.mark.parametrize("read", [of_jetstream, of_mastodon, of_x, of_reddit, of_telegram])
def test_what_is_nested_deeper_than_anybody_reads_is_told_and_the_next_is_read(
    read: Callable[[], tuple[int, int]],
) -> None:
    assert read() == (1, 2)


def test_a_number_of_thousands_of_digits_is_no_moment() -> None:
    assert (moment_of("9" * 5_000), rewound("9" * 5_000)) == (0, "9" * 5_000)


def test_a_whole_answer_that_is_nested_so_is_a_failure_of_the_peer() -> None:
    async def run() -> None:
        async def give(_: Asked) -> Answered:
            return Answered(body=DEEP)

        peer = PlatformPeer(give)
        await peer.start()
        platform = Platform(tried_means("x"), "X", peer.address)
        try:
            body = (await platform.ask("GET", "/")).body
            with pytest.raises(OutsideFailed, match="answers what cannot be read"):
                platform.read(body, Page)
        finally:
            await platform.close()
            await peer.stop()

    asyncio.run(run())
