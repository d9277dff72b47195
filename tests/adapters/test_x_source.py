"""X is streamed by the desk's own rules, searched for what was missed, and never read beyond its budget (L1, L2)."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from platform_peer import Answered, Asked, Channel, PlatformPeer, said

from pulih.adapters.sources.contract import Trial, hold, tried_means
from pulih.adapters.sources.people._tweets import Page, id_at, lines_read, page_read
from pulih.adapters.sources.people.x import Purse, X, XSettings
from pulih.model.clock import iso
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Later, SpendReached

TOKEN = "AAAAAAAAAAAAAAAAAAAAAbearer"
PRICE = 5_000


def _now_us() -> int:
    return time.time_ns() // 1000


class XPeer:
    """Rules, a stream that keeps nothing and a search of a week, as docs.x.com shows them.

    Attributes:
        posts: what was posted, oldest first.
        rules: those that stand, by id.
        ahead: answers to the stream or the search that are given before any other.
        opened: the sources that a test listens with; they are closed at its end.
    """

    def __init__(self) -> None:
        self.token = TOKEN
        self.posts: list[dict[str, Any]] = []
        self.rules: dict[str, dict[str, str]] = {}
        self.ahead: list[Answered] = []
        self.opened: list[X] = []
        self.web = PlatformPeer(self._answer)
        self._stream = Channel()

    def post(self, text: str, at_us: int | None = None) -> dict[str, Any]:
        """Return a new post, found by the search, and not told to the stream."""
        at_us = _now_us() if at_us is None else at_us
        made = str(int(id_at(at_us)) + len(self.posts) % 4_000)
        tweet = {"id": made, "text": text, "author_id": "2244994945", "edit_history_tweet_ids": [made]}
        self.posts.append({**tweet, "created_at": iso(at_us // 10**6 * 10**6)})
        return self.posts[-1]

    def tell(self, line: object) -> None:
        """Tell the stream something."""
        self._stream.send(json.dumps(line).encode() + b"\r\n")

    def told(self, tweet: dict[str, Any]) -> dict[str, Any]:
        """Return a post as the stream tells it."""
        return {"data": tweet, "matching_rules": [{"id": key, "tag": one["tag"]} for key, one in self.rules.items()]}

    async def say(self, text: str) -> None:
        self.tell(self.told(self.post(f"Biznet {text}")))

    async def repeat(self, text: str) -> None:
        self.tell(self.told(next(one for one in self.posts if text in one["text"])))

    async def expire(self) -> None:
        self.token = "revoked"
        await self.restart()

    async def renew(self) -> str:
        self.token = TOKEN
        return ""

    async def garble(self) -> None:
        self._stream.send(b'{"data":{"id":\r\n\r\n')

    async def restart(self) -> None:
        await self.cut()
        await self.heal()

    async def cut(self) -> None:
        await self.web.stop()

    async def heal(self) -> None:
        await self.web.start()

    async def _answer(self, asked: Asked) -> Answered:
        if asked.token != self.token:
            return said({"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}, 401)
        if asked.path.endswith("/rules"):
            return self._ruled(asked)
        if self.ahead:
            return self.ahead.pop(0)
        if asked.path.endswith("/stream"):
            return Answered(chunks=self._stream.follow(b"\r\n"))
        until = asked.query.get("end_time", "9")
        found = [one for one in self.posts[::-1] if asked.query["start_time"] <= one["created_at"] < until]
        begin = int(asked.query.get("next_token", "0"))
        page = found[begin : begin + 100]
        more = {"next_token": str(begin + 100)} if begin + 100 < len(found) else {}
        return said(
            {"data": page, "meta": {"result_count": len(page), **more}} if page else {"meta": {"result_count": 0}}
        )

    def _ruled(self, asked: Asked) -> Answered:
        if asked.method == "GET":
            return said({"data": [{"id": key, **one} for key, one in self.rules.items()], "meta": {}})
        wanted = json.loads(asked.body)
        for key in wanted.get("delete", {}).get("ids", []):
            del self.rules[key]
        invalid = [one for one in wanted.get("add", []) if "from:" in one["value"]]
        for one in wanted.get("add", []):
            self.rules[f"r{_now_us()}{len(self.rules)}"] = one
        errors = [{"title": "UnprocessableEntity", "value": one["value"]} for one in invalid]
        return said({"meta": {"summary": {"created": 1, "invalid": len(invalid)}}, "errors": errors}, 201)


def _with_x(work: Callable[[XPeer], Awaitable[None]]) -> None:
    async def run() -> None:
        peer = XPeer()
        await peer.heal()
        try:
            await work(peer)
        finally:
            for source in peer.opened:
                await source.close()
            await peer.cut()

    asyncio.run(asyncio.wait_for(run(), 60))


def _opened(peer: XPeer, budget: int = 1 << 40, filters: tuple[str, ...] = ("Biznet",), **more: Any) -> X:
    settings = XSettings(**{"token_file": "t", "api": peer.web.address, **more})
    peer.opened.append(X(settings, tried_means("x", secrets={"t": TOKEN}, budget=budget, filters=filters)))
    return peer.opened[-1]


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
        begun_us = _now_us() - 3_600_000_000
        for number in range(150):
            peer.post(f"Biznet mati {number}", begun_us + number * 1_000_000)
        heard = await _heard(_opened(peer).listen(id_at(begun_us)), lambda told: len(told) == 4)
        assert set(_texts(heard)) == {f"Biznet mati {number}" for number in range(150)}
        assert [batch.cursor for batch in heard] == [id_at(begun_us), "", "", peer.posts[-1]["id"]]
        assert heard[1].filters == ("Biznet",)

    _with_x(work)


def test_what_is_older_than_the_search_is_told_as_a_gap() -> None:
    async def work(peer: XPeer) -> None:
        peer.post("Biznet lama", _now_us() - 8 * 86_400_000_000)
        since_us = _now_us() - 9 * 86_400_000_000
        heard = await _heard(_opened(peer).listen(id_at(since_us)), lambda told: len(told) == 4)
        assert heard[1].gap.startswith("X searches the last seven days; from 20") and _texts(heard) == []
        [batch] = [one async for one in _opened(peer).between(since_us, since_us + 1)]
        assert batch.gap

    _with_x(work)


def test_a_short_gap_is_streamed_again_where_the_contract_has_backfill() -> None:
    async def work(peer: XPeer) -> None:
        source = _opened(peer, backfill_minutes=5)
        await _heard(source.listen(id_at(_now_us() - 60_000_000)), lambda _: True)
        [asked] = _asked(peer, "/2/tweets/search/stream")
        assert asked.query["backfill_minutes"] == "5" and _asked(peer, "/2/tweets/search/recent") == []
        await _heard(source.listen(id_at(_now_us() - 600_000_000)), lambda told: len(told) > 1)
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
            peer.post("Biznet mati", _now_us() - 60_000_000)
        source = _opened(peer, budget=120 * PRICE)
        with pytest.raises(SpendReached):
            await _heard(source.between(_now_us() - 120_000_000, _now_us()), lambda _: False)
        assert len(_asked(peer, "/2/tweets/search/recent")) == 1

    _with_x(work)


def test_what_was_paid_for_a_stream_that_x_refuses_is_given_back_and_tries_use_up_no_budget() -> None:
    async def work(peer: XPeer) -> None:
        # The rules are answered, the stream is not: as for a token whose plan has no stream.
        means = tried_means("x", secrets={"t": TOKEN}, budget=30 * PRICE, filters=("Biznet",))
        settings = XSettings(token_file="t", api=peer.web.address)
        for _ in range(5):
            peer.ahead.append(said({"title": "Forbidden"}, 403))
            peer.opened.append(X(settings, means))
            with pytest.raises(RefusedInput):
                await _heard(peer.opened[-1].listen(""), lambda _: False)
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
        purse = Purse(5, spend)
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
        peer.ahead = [said({"title": "ConnectionException"}, 429, x_rate_limit_reset=str(_now_us() // 10**6 + 600))]
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
