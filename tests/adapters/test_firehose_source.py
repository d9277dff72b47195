"""Bluesky's firehose: recorded frames of its own server, any damage to them, and the contract of sources (L1, L2)."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from firehose_peer import FirehosePeer, car, commit, firehose, link_of, packed
from hypothesis import given
from hypothesis import strategies as st

from pulih.adapters.sources.contract import Trial, hold, tried_means
from pulih.adapters.sources.people._dag_cbor import Link, Unreadable, blocks, read
from pulih.adapters.sources.people._firehose import CursorAhead, blocks_read
from pulih.adapters.sources.people._words import Words
from pulih.adapters.sources.people.bluesky import Bluesky, BlueskySettings
from pulih.model.errors import OutsideFailed
from pulih.ports.sources import Batch

# What a PDS said to somebody who posted, answered, liked, edited and deleted; the last is its answer to a wrong cursor.
RECORDED = [base64.b64decode(line) for line in Path(__file__).with_name("recorded_firehose.txt").read_text().split()]
BIZNET = Words("sky", ("Biznet",))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 64), (1 << 64) - 1) | st.binary(max_size=40) | st.text(max_size=40),
    lambda held: st.lists(held, max_size=4) | st.dictionaries(st.text(max_size=5), held, max_size=4),
    max_leaves=12,
)


def _with_firehose(work: Callable[[FirehosePeer], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with firehose() as peer:
            await work(peer)

    asyncio.run(asyncio.wait_for(run(), 60))


def _opened(peer: FirehosePeer) -> Bluesky:
    return Bluesky(BlueskySettings(address=peer.address), tried_means("sky", filters=("Biznet",)))


async def _first(source: Bluesky, cursor: str, count: int = 1) -> list[Batch]:
    batches = source.listen(cursor)
    told = [await anext(batches) for _ in range(count)]
    await batches.aclose()  # type: ignore[attr-defined]
    return told


def test_what_bluesky_s_own_server_said_is_read() -> None:
    batch, number = blocks_read(RECORDED[:-1], BIZNET, number=0)
    assert [one.text for one in batch.items] == [
        "Biznet mati total di Bandung \U0001f622",
        "punya saya juga, Biznet los dari pagi",
        "Biznet lambat 1",
        "Biznet lambat 2",
        "Biznet lambat 3",
        "punya saya juga, Biznet putus dari pagi",
    ]
    first, reply, *_, edited = batch.items
    assert (batch.deleted, edited.id, batch.refused, batch.filters) == ((first.id,), reply.id, (), ("Biznet",))
    assert (batch.cursor, number, first.at_us) == ("seq:11", 11, 1_759_456_080_000_000)
    with pytest.raises(CursorAhead):
        blocks_read(RECORDED[-1:], BIZNET, number=0)


def test_blocks_are_known_by_the_digest_of_what_they_hold() -> None:
    commits = [body for frame in RECORDED[:-1] if "blocks" in (body := read(frame, read(frame)[1])[0])]
    held = [pair for body in commits for pair in blocks(body["blocks"]).items()]
    assert len(held) > 10
    assert all(link == link_of(bytes(block)) for link, block in held)


def test_a_firehose_is_listened_to_as_the_contract_says() -> None:
    async def work(peer: FirehosePeer) -> None:
        # A first number, as each firehose has when the desk comes.
        await peer.say("halo")
        await hold(Trial(open=lambda: _opened(peer), peer=peer))

    _with_firehose(work)


def test_a_firehose_that_counts_anew_or_keeps_no_more_is_a_gap_and_is_listened_to_all_the_same() -> None:
    async def work(peer: FirehosePeer) -> None:
        for number in range(5):
            await peer.say(f"mati {number}")
        _, anew = await _first(_opened(peer), "seq:900", 2)
        assert "counts anew" in anew.gap
        peer.first = 4
        _, rest = await _first(_opened(peer), "seq:1", 2)
        assert "no longer keeps" in rest.gap
        assert [one.text for one in rest.items] == ["Biznet mati 3", "Biznet mati 4"]

    _with_firehose(work)


def test_a_firehose_that_says_it_ends_is_tried_again_and_a_post_without_its_block_is_told() -> None:
    slow = packed({"op": -1}) + packed({"error": "ConsumerTooSlow", "message": "too slow"})
    with pytest.raises(OutsideFailed, match="ConsumerTooSlow"):
        blocks_read([slow], BIZNET, number=0)
    op = {"action": "create", "path": "app.bsky.feed.post/3k", "cid": Link(bytes(36))}
    body = {"seq": 7, "repo": "did:plc:a", "time": "", "ops": [op], "blocks": car(packed("another"))}
    batch, number = blocks_read(
        [packed({"op": 1, "t": "#commit"}) + packed(body), commit(8, "k", "Biznet mati")], BIZNET, number=0
    )
    assert (number, len(batch.items), batch.refused) == (
        8,
        1,
        (
            "a frame of the firehose that cannot be read: "
            "the post 3k has no block; those that are too large are not sent",
        ),
    )


def test_a_post_that_cannot_be_read_costs_no_other_post_of_its_commit() -> None:
    whole, other = (
        packed({"text": f"Biznet {word}", "createdAt": "2030-01-01T00:00:00Z"}) for word in ("mati", "lagi")
    )
    no_post = packed({"text": 7})
    links = {"a": link_of(whole), "b": Link(bytes(36)), "c": link_of(no_post), "d": None, "e": link_of(other)}
    ops = [{"action": "create", "path": f"app.bsky.feed.post/{key}", "cid": link} for key, link in links.items()]
    body = {"seq": 7, "repo": "did:plc:a", "time": "", "ops": ops, "blocks": car(whole, no_post, other)}
    batch, number = blocks_read([packed({"op": 1, "t": "#commit"}) + packed(body)], BIZNET, number=0)
    assert [item.id for item in batch.items] == ["did:plc:a/a", "did:plc:a/e"]
    assert number == 7 and len(batch.refused) == 3
    assert "the post b has no block" in batch.refused[0] and "`str`" in batch.refused[1]


@given(VALUES)
def test_what_was_packed_is_read_as_it_was(value: Any) -> None:
    assert read(packed(value) + b"more") == (value, len(packed(value)))


@given(st.integers(0, len(RECORDED) - 1), st.integers(0, 1 << 16), st.binary(max_size=3), st.integers(0, 1 << 16))
def test_a_damaged_frame_is_refused_and_never_a_failure(number: int, at: int, put: bytes, end: int) -> None:
    frame = RECORDED[number]
    at %= len(frame)
    damaged = (frame[:at] + put + frame[at + len(put) :])[: end % (2 * len(frame)) or None]
    try:
        batch, _ = blocks_read([damaged], BIZNET, number=0)
    except OutsideFailed:
        return
    assert len(batch.refused) <= 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x81" * 40 + b"\x01", "deeper than 32 levels"),
        (b"\x9a\xff\xff\xff\xff", "4,294,967,295 bytes at 5, where 0 are left"),
        (b"\xbb" + b"\xff" * 8, "where 0 are left"),
        (b"\xa1\x01\x01", "no text"),
        (b"\x5f", "unknown length"),
        (b"\xf7", "that DAG-CBOR has not"),
        (b"\xd8\x2a\x41\x01", "no link"),
        (b"\x62\xff\xff", "not of UTF-8"),
        (b"", "an end at 0"),
    ],
)
def test_what_is_no_dag_cbor_is_refused_without_taking_its_word_for_lengths(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read(data)


def test_a_file_of_blocks_that_is_cut_or_lies_about_lengths_is_refused() -> None:
    whole = car(packed("mati"))
    for damaged in (whole[:-1], whole + b"\x05abcde", b"\xff" * 12, b"\x7f"):
        with pytest.raises(Unreadable):
            blocks(damaged)
