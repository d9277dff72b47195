"""X is streamed by the desk's own rules, searched for what was missed, and never read beyond its budget (L1, L2)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest
from platform_peer import Asked, said
from x_peer import PRICE, TOKEN, FastClock, XPeer

from pulih.adapters.sources.contract import Trial, hold, tried_means
from pulih.adapters.sources.people._tweets import Page, id_at, lines_read, page_read
from pulih.adapters.sources.people._x_search import Purse
from pulih.adapters.sources.people.x import X, XSettings
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Later, SpendReached

# The sources that a test listens with; they are closed at its end.
OPENED: list[X] = []


def _with_x(work: Callable[[XPeer], Awaitable[None]]) -> None:
    async def run() -> None:
        peer = XPeer()
        await peer.heal()
        try:
            await work(peer)
        finally:
            for source in OPENED:
                await source.close()
            OPENED.clear()
            await peer.cut()

    asyncio.run(asyncio.wait_for(run(), 60))


def _opened(peer: XPeer, budget: int = 1 << 40, filters: tuple[str, ...] = ("Biznet",), **more: Any) -> X:
    settings = XSettings(**{"token_file": "t", "api": peer.web.address, **more})
    given = tried_means("x", secrets={"t": TOKEN}, budget=budget, filters=filters)
    OPENED.append(X(settings, msgspec.structs.replace(given, clock=peer.clock)))
    return OPENED[-1]


async def _heard(batches: AsyncIterator[Batch], enough: Callable[[list[Batch]], bool]) -> list[Batch]:
    heard = list[Batch]()
    try:
        async for batch in batches:
            heard.append(batch)
            if enough(heard):
                break
    finally:
        await batches.aclose()  # type: ignore[attr-defined]
    return heard


def _texts(heard: list[Batch]) -> list[str]:
    return [item.text for batch in heard for item in batch.items]


def _asked(peer: XPeer, path: str) -> list[Asked]:
    return [one for one in peer.web.seen if one.path == path]


def test_x_is_listened_to_as_the_contract_says() -> None:
    async def work(peer: XPeer) -> None:
        await hold(Trial(open=lambda: _opened(peer), peer=peer, secret=TOKEN, cannot=frozenset({"delete"})))

    _with_x(work)


def test_rules_are_made_once_and_those_of_others_are_left_alone() -> None:
    async def work(peer: XPeer) -> None:
        peer.rules = {"a": {"value": "cats", "tag": "other"}, "b": {"value": "old", "tag": "pulih:x:old"}}
        for _ in range(2):
            await _heard(_opened(peer, filters=("Biznet", 'by"U')).listen(""), lambda _: True)
        assert [(one["value"], one["tag"]) for one in peer.rules.values()] == [
            ("cats", "other"),
            ('"Biznet" -is:retweet', "pulih:x:Biznet"),
            ('"byU" -is:retweet', 'pulih:x:by"U'),
        ]
        assert sum(one.method == "POST" for one in _asked(peer, "/2/tweets/search/stream/rules")) == 2

    _with_x(work)


def test_a_rule_that_x_refuses_is_told() -> None:
    async def work(peer: XPeer) -> None:
        with pytest.raises(RefusedInput, match="X refuses the rule"):
            await _heard(_opened(peer, also="from:").listen(""), lambda _: True)

    _with_x(work)


def test_what_was_missed_is_searched_page_by_page_and_only_then_the_cursor_moves() -> None:
    async def work(peer: XPeer) -> None:
        begun_us = peer.clock.now_us() - 3_600_000_000
        for number in range(150):
            peer.post(f"Biznet mati {number}", begun_us + number * 1_000_000)
        heard = await _heard(_opened(peer).listen(id_at(begun_us)), lambda told: len(told) == 4)
        assert set(_texts(heard)) == {f"Biznet mati {number}" for number in range(150)}
        assert [batch.cursor for batch in heard] == [id_at(begun_us), "", "", peer.posts[-1]["id"]]
        assert heard[1].filters == ("Biznet",)

    _with_x(work)


def test_what_is_older_than_the_search_is_told_as_a_gap() -> None:
    async def work(peer: XPeer) -> None:
        peer.post("Biznet lama", peer.clock.now_us() - 8 * 86_400_000_000)
        since_us = peer.clock.now_us() - 9 * 86_400_000_000
        heard = await _heard(_opened(peer).listen(id_at(since_us)), lambda told: len(told) == 4)
        assert heard[1].gap.startswith("X searches the last seven days; from 20") and _texts(heard) == []
        [batch] = [one async for one in _opened(peer).between(since_us, since_us + 1)]
        assert batch.gap

    _with_x(work)


def test_a_short_gap_is_streamed_again_where_the_contract_has_backfill() -> None:
    async def work(peer: XPeer) -> None:
        source = _opened(peer, backfill_minutes=5)
        await _heard(source.listen(id_at(peer.clock.now_us() - 60_000_000)), lambda _: True)
        [asked] = _asked(peer, "/2/tweets/search/stream")
        assert asked.query["backfill_minutes"] == "5" and _asked(peer, "/2/tweets/search/recent") == []
        await _heard(source.listen(id_at(peer.clock.now_us() - 600_000_000)), lambda told: len(told) > 1)
        assert len(_asked(peer, "/2/tweets/search/recent")) == 1

    _with_x(work)


def test_the_stream_is_left_before_a_post_that_the_budget_does_not_pay() -> None:
    async def work(peer: XPeer) -> None:
        heard = list[str]()

        async def spend_all() -> None:
            async for batch in _opened(peer, budget=40 * PRICE).listen(""):
                heard.extend(item.text for item in batch.items)
                if len(heard) < 40 and not batch.items:
                    for number in range(60):
                        await peer.say(f"mati{number}")

        with pytest.raises(SpendReached):
            await spend_all()
        assert heard == [f"Biznet mati{number}" for number in range(40)]

    _with_x(work)


def test_the_search_is_not_asked_for_a_page_that_the_budget_does_not_pay() -> None:
    async def work(peer: XPeer) -> None:
        for _ in range(150):
            peer.post("Biznet mati", peer.clock.now_us() - 60_000_000)
        source = _opened(peer, budget=120 * PRICE)
        with pytest.raises(SpendReached):
            await _heard(source.between(peer.clock.now_us() - 120_000_000, peer.clock.now_us()), lambda _: False)
        assert len(_asked(peer, "/2/tweets/search/recent")) == 1

    _with_x(work)


def test_what_was_paid_for_a_stream_that_x_refuses_is_given_back_and_tries_use_up_no_budget() -> None:
    async def work(peer: XPeer) -> None:
        # The rules are answered, the stream is not: as for a token whose plan has no stream.
        means = tried_means("x", secrets={"t": TOKEN}, budget=30 * PRICE, filters=("Biznet",))
        settings = XSettings(token_file="t", api=peer.web.address)
        for _ in range(5):
            peer.ahead.append(said({"title": "Forbidden"}, 403))
            OPENED.append(X(settings, means))
            with pytest.raises(RefusedInput):
                await _heard(OPENED[-1].listen(""), lambda _: False)
        await means.spend(30 * PRICE)

    _with_x(work)


def test_a_desk_that_is_started_again_and_again_pays_for_what_x_handed_over_and_no_more() -> None:
    async def work(peer: XPeer) -> None:
        means = tried_means("x", secrets={"t": TOKEN}, budget=40 * PRICE, filters=("Biznet",))
        for number in range(5):
            source = X(XSettings(token_file="t", api=peer.web.address), means)
            batches = source.listen("")
            await anext(batches)  # type: ignore[arg-type]
            await peer.say(f"mati {number}")
            assert _texts(await _heard(batches, lambda heard: any(one.items for one in heard)))
            await source.close()
        await means.spend(35 * PRICE)
        with pytest.raises(SpendReached):
            await means.spend(1)

    _with_x(work)


def test_a_purse_pays_only_for_what_it_lacks() -> None:
    paid = list[int]()

    async def spend(micros: int) -> None:
        paid.append(micros)

    async def run() -> None:
        purse = Purse(5, spend, FastClock())
        await purse.hold(20)
        purse.take(15)
        await purse.hold(10)
        purse.take(11)
        assert purse.empty

    asyncio.run(run())
    assert paid == [100, 25]


def test_x_says_when_it_ends_a_stream_and_when_to_come_again() -> None:
    async def work(peer: XPeer) -> None:
        ended = {"title": "operational-disconnect", "disconnect_type": "UpstreamOperationalDisconnect"}
        source = _opened(peer)
        batches = source.listen("")
        await anext(batches)  # type: ignore[arg-type]
        peer.tell({"errors": [ended]})
        with pytest.raises(OutsideFailed, match="operational-disconnect"):
            await _heard(batches, lambda _: False)
        peer.ahead = [
            said({"title": "ConnectionException"}, 429, x_rate_limit_reset=str(peer.clock.now_us() // 10**6 + 600))
        ]
        with pytest.raises(Later) as later:
            await _heard(source.listen(""), lambda _: False)
        assert 590 < later.value.retry_s <= 600

    _with_x(work)


def test_a_line_without_end_is_not_held_for_ever() -> None:
    async def work(peer: XPeer) -> None:
        batches = _opened(peer).listen("")
        await anext(batches)  # type: ignore[arg-type]
        peer._stream.send(b"[" * (1_100 << 10))
        with pytest.raises(OutsideFailed, match="has more than 1,048,576 bytes"):
            await _heard(batches, lambda _: False)

    _with_x(work)


def test_a_token_that_is_good_no_more_is_refused_without_being_told() -> None:
    async def work(peer: XPeer) -> None:
        peer.token = "another"
        with pytest.raises(RefusedInput, match="refuses the token") as refused:
            await _heard(_opened(peer).listen(""), lambda _: False)
        assert TOKEN not in str(refused.value)

    _with_x(work)


@pytest.mark.parametrize("line", [b"{", b"[]", b"{}", b'{"data": 5}', b'{"data": {"id": 7}}', b"\xff", b"<html>"])
def test_a_line_that_cannot_be_read_is_told_and_the_next_is_read(line: bytes) -> None:
    batch, ends = lines_read([line, b"", b'{"data": {"id": "9", "text": "Biznet &amp; kami"}}'], "7")
    assert [item.text for item in batch.items] == ["Biznet & kami"]
    assert (len(batch.refused), batch.cursor, ends) == (1, "9", "")


def test_an_edited_post_is_the_same_and_a_long_one_is_read_whole() -> None:
    tweet = {
        "id": "10",
        "text": "Biznet ma…",
        "note_tweet": {"text": "Biznet mati"},
        "edit_history_tweet_ids": ["8", "10"],
    }
    batch, _ = lines_read([json.dumps({"data": tweet}).encode()], "11")
    assert [(item.id, item.text) for item in batch.items] == [("8", "Biznet mati")] and batch.cursor == "11"
    assert page_read(Page(data=[]))[0] == Batch()


@pytest.mark.parametrize(
    ("settings", "filters", "sentence"),
    [
        ({}, ("*",), "names or phrases"),
        ({}, (), "there are 0"),
        ({"api": "x.com"}, ("Biznet",), "right would begin with https://"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_with_what_would_be_right(
    settings: dict[str, Any], filters: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(RefusedInput, match=sentence):
        X(XSettings(**{"token_file": "t", **settings}), tried_means(filters=filters))
