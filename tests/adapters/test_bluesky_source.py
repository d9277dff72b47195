"""Bluesky is listened to through a Jetstream, a real WebSocket server here, and written answers of its search (L1)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from jetstream_peer import DID, JetstreamPeer, commit, jetstream, now_us
from platform_peer import Answered, Asked, PlatformPeer, said
from websockets.utils import accept_key

from pulih.adapters.sources.contract import Trial, hold, tried_means
from pulih.adapters.sources.kinds import kind_of
from pulih.adapters.sources.people._jetstream import frames_read
from pulih.adapters.sources.people._words import Words
from pulih.adapters.sources.people.bluesky import Bluesky, BlueskySettings
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Backfilling, Batch

PASSWORD = "abcd-efgh-ijkl-mnop"
BIZNET = Words("bluesky", ("Biznet",))
MOMENT_US = 1_759_456_080_000_000
# Frames as the README of Jetstream shows them: a like, an identity, an account that went.
OTHERS = (
    b'{"did":"did:plc:eygmaihciaxprqvxpfvl6flk","time_us":1725911162329308,"kind":"commit","commit":{"rev":"3l3qo2vutsw2b",'
    b'"operation":"create","collection":"app.bsky.feed.like","rkey":"3l3qo2vuowo2b","record":{"$type":"app.bsky.feed.like",'
    b'"createdAt":"2024-09-09T19:46:02.102Z","subject":{"cid":"bafyreidc6sydkkbchcyg62v77wbhzvb2mvytlmsychqgwf2xojjtirmzj4",'
    b'"uri":"at://did:plc:wa7b35aakoll7hugkrjtf3xf/app.bsky.feed.post/3l3pte3p2e325"}},'
    b'"cid":"bafyreidwaivazkwu67xztlmuobx35hs2lnfh3kolmgfmucldvhd3sgzcqi"}}',
    b'{"did":"did:plc:ufbl4k27gp6kzas5glhz7fim","time_us":1725516665234703,"kind":"identity","identity":'
    b'{"did":"did:plc:ufbl4k27gp6kzas5glhz7fim","handle":"yohenrique.bsky.social","seq":1409752997,'
    b'"time":"2024-09-05T06:11:04.870Z"}}',
    b'{"did":"did:plc:ufbl4k27gp6kzas5glhz7fim","time_us":1725516665333808,"kind":"account","account":{"active":true,'
    b'"did":"did:plc:ufbl4k27gp6kzas5glhz7fim","seq":1409753013,"time":"2024-09-05T06:11:04.870Z"}}',
)


def _with_jetstream(work: Callable[[JetstreamPeer], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with jetstream() as peer:
            await work(peer)

    asyncio.run(asyncio.wait_for(run(), 60))


def _opened(address: str, **more: Any) -> Bluesky:
    return Bluesky(BlueskySettings(address=address, **more), tried_means("bluesky", filters=("Biznet",)))


async def _until(batches: AsyncIterator[Batch], true: Callable[[Batch], bool]) -> Batch:
    async for batch in batches:
        if true(batch):
            return batch
    raise AssertionError("it ended")


def test_a_jetstream_is_listened_to_as_the_contract_says() -> None:
    async def work(peer: JetstreamPeer) -> None:
        await hold(Trial(open=lambda: _opened(peer.address), peer=peer))

    _with_jetstream(work)


def test_the_kind_is_found_by_its_name_and_can_say_what_was_said_before() -> None:
    kind = kind_of("bluesky")
    assert kind.settings is BlueskySettings and "not verified against the vendor" in kind.verified
    assert isinstance(_opened("ws://127.0.0.1:1"), Backfilling)


def test_only_posts_are_asked_for_and_a_cursor_is_wound_back_a_little() -> None:
    async def work(peer: JetstreamPeer) -> None:
        source = _opened(peer.address)
        at_us = now_us() - 60_000_000
        async for first in source.listen(str(at_us)):
            assert (first.cursor, first.gap) == (str(at_us), "")
            break
        assert peer.queries == [{"wantedCollections": ["app.bsky.feed.post"], "cursor": [str(at_us - 5_000_000)]}]

    _with_jetstream(work)


def test_what_the_jetstream_keeps_no_more_is_told_as_a_gap() -> None:
    async def work(peer: JetstreamPeer) -> None:
        source = _opened(peer.address)
        async for first in source.listen(str(now_us() - 3 * 86_400_000_000)):
            assert first.gap.startswith("Jetstream keeps 1 days; from 20")
            break

    _with_jetstream(work)


def test_a_flood_of_posts_comes_in_batches_and_only_what_was_asked_for() -> None:
    async def work(peer: JetstreamPeer) -> None:
        source, heard = _opened(peer.address), list[Batch]()
        for number in range(3_000):
            peer.add(commit(f"k{number}", "Biznet mati" if number % 10 == 0 else "cuaca cerah", at_us=now_us()))
        end = str(now_us() + 1)
        peer.add(commit("last", "Biznet", at_us=int(end)))
        batches = source.listen(str(now_us() - 60_000_000))
        await _until(batches, lambda batch: heard.append(batch) or batch.cursor == end)  # type: ignore[func-returns-value]
        await batches.aclose()  # type: ignore[attr-defined]
        assert len({item.id for batch in heard for item in batch.items}) == 301
        assert len(heard) < 30 and {name for batch in heard for name in batch.filters} == {"Biznet"}

    _with_jetstream(work)


def test_frames_of_others_are_passed_over_and_move_the_cursor_on() -> None:
    batch, came_us = frames_read(OTHERS, BIZNET, cursor_us=0)
    assert batch == Batch(cursor="1725911162329308") and came_us == 1725911162329308


def test_frames_in_any_order_give_the_same_posts_and_the_last_cursor() -> None:
    frames = [commit(f"k{number}", "biznet mati", at_us=MOMENT_US + number) for number in range(3)]
    forth, _ = frames_read(frames, BIZNET, cursor_us=0)
    back, _ = frames_read(frames[::-1], BIZNET, cursor_us=0)
    assert set(forth.items) == set(back.items) and forth.cursor == back.cursor == str(MOMENT_US + 2)
    assert frames_read(frames, BIZNET, cursor_us=MOMENT_US + 9)[0].cursor == str(MOMENT_US + 9)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"did":1,"time_us":2,"kind":"commit"}',
        b'{"did":"d","time_us":"now","kind":"commit"}',
        commit("k", "Biznet", at_us=1).replace(b'"create"', b'"burn"'),
        commit("k", "Biznet", at_us=1).replace(b'"Biznet"', b"[]"),
        commit("k", "Biznet", at_us=1).replace(b'"Biznet"', b'"\xff"'),
        b'{"did":"d","time_us":1,"kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","rkey":"k"}}',
        b"[" * 100_000,
    ],
)
def test_a_frame_that_cannot_be_read_is_told_and_the_next_is_read(frame: bytes) -> None:
    batch, _ = frames_read([frame, commit("k2", "Biznet mati", at_us=MOMENT_US)], BIZNET, cursor_us=0)
    assert [item.id for item in batch.items] == [f"{DID}/k2"]
    assert len(batch.refused) == 1 and len(batch.refused[0]) < 300


@pytest.mark.parametrize(
    ("created", "at_us"),
    [
        ("2025-10-03T01:47:00.000Z", MOMENT_US - 60_000_000),
        ("2025-10-03T08:47:00+07:00", MOMENT_US - 60_000_000),
        ("2031-01-01T00:00:00Z", MOMENT_US),
        ("kemarin", MOMENT_US),
        ("0001-01-01T00:00:00+14:00", MOMENT_US),
    ],
)
def test_a_post_was_said_when_its_writer_says_but_not_later_than_it_was_known(created: str, at_us: int) -> None:
    batch, _ = frames_read([commit("k", "Biznet", at_us=MOMENT_US, created=created)], BIZNET, cursor_us=0)
    assert [item.at_us for item in batch.items] == [at_us]


def test_a_private_address_is_refused_unless_it_is_allowed() -> None:
    source = Bluesky(BlueskySettings(address="ws://127.0.0.1:9/"), tried_means(allow_networks=(), filters=("Biznet",)))
    with pytest.raises(RefusedInput, match="allow_networks"):
        asyncio.run(_first(source.listen("")))


def test_a_jetstream_that_says_no_good_bye_does_not_keep_the_desk_from_ending() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(line.split(": ")[1] for line in asked.splitlines() if line.lower().startswith("sec-websocket-key"))
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept_key(key).encode() + b"\r\n\r\n"
        )
        # It hears the good-bye, and does not answer.
        await reader.read()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        listening = _opened(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/subscribe").listen("")
        await anext(listening)  # type: ignore[arg-type]
        async with asyncio.timeout(2.5):
            await listening.aclose()  # type: ignore[attr-defined]
        server.close()

    asyncio.run(run())


def test_a_server_that_is_no_jetstream_is_tried_again_later() -> None:
    async def run() -> None:
        async def answer(_: Asked) -> Answered:
            return Answered(302, {"Location": "http://10.0.0.1/"})

        peer = PlatformPeer(answer)
        await peer.start()
        with pytest.raises(OutsideFailed, match="Jetstream does not answer"):
            await _first(_opened(peer.address.replace("http", "ws")).listen(""))
        await peer.stop()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("settings", "filters", "sentence"),
    [
        (BlueskySettings(), (), "filters: there are 0"),
        (BlueskySettings(), ("",), "is empty"),
        (BlueskySettings(address="https://bsky.app"), ("Biznet",), "right would begin with wss://"),
        (BlueskySettings(handle="a.example"), ("Biznet",), "app password"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_with_what_would_be_right(
    settings: BlueskySettings, filters: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(RefusedInput, match=sentence):
        Bluesky(settings, tried_means(filters=filters))


def _found(key: str, created: str) -> dict[str, object]:
    record = {"$type": "app.bsky.feed.post", "createdAt": created, "text": f"Biznet mati {key}"}
    return {"uri": f"at://{DID}/app.bsky.feed.post/{key}", "cid": "c", "author": {"did": DID}, "record": record}


async def _first(batches: AsyncIterator[Batch]) -> Batch:
    return await _until(batches, lambda _: True)


def test_the_search_tells_what_was_said_before_page_by_page_under_the_same_ids() -> None:
    async def answer(asked: Asked) -> Answered:
        if asked.path.endswith("createSession"):
            given = json.loads(asked.body)
            right = given == {"identifier": "desk.example", "password": PASSWORD}
            return said({"accessJwt": "jwt-1"} if right else {"error": "AuthenticationRequired"}, 200 if right else 401)
        assert asked.token == "jwt-1"
        if "cursor" not in asked.query:
            return said({"posts": [_found("k2", "2025-10-03T01:49:00Z"), {"uri": 1}], "cursor": "100"})
        return said({"posts": [_found("k1", "2025-10-03T01:48:00Z"), _found("k0", "2025-10-02T01:00:00Z")]})

    async def run(secrets: dict[str, str]) -> list[Batch]:
        peer = PlatformPeer(answer)
        await peer.start()
        settings = BlueskySettings(search=peer.address, handle="desk.example", password_file="p")
        source = Bluesky(settings, tried_means(secrets=secrets, filters=("Biznet",)))
        try:
            told = [batch async for batch in source.between(MOMENT_US - 1, MOMENT_US + 3_600_000_000)]
            assert peer.seen[1].query["since"] == "2025-10-03T01:47:59.999999Z"
            return told
        finally:
            await source.close()
            await peer.stop()

    told = asyncio.run(run({"p": PASSWORD}))
    assert [[item.id for item in batch.items] for batch in told] == [[f"{DID}/k2"], [f"{DID}/k1"]]
    assert [len(batch.refused) for batch in told] == [1, 0]
    with pytest.raises(RefusedInput, match="refuses the token") as refused:
        asyncio.run(run({"p": "wrong-password"}))
    assert "wrong-password" not in str(refused.value)
