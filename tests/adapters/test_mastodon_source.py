"""Mastodon is streamed and asked besides, so that what nobody streamed is heard too (L1, L2)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from mastodon_peer import TOKEN, MastodonPeer, mastodon
from platform_peer import Answered, said

from pulih.adapters.sources.contract import Trial, hold, tried_means
from pulih.adapters.sources.people._statuses import Heard, id_at, statuses_read
from pulih.adapters.sources.people._words import Words
from pulih.adapters.sources.people.mastodon import Mastodon, MastodonSettings
from pulih.model.clock import iso
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Later

BIZNET = Words("mastodon", ("Biznet",))
# What a test listens with; closed at its end.
OPENED: list[Mastodon] = []
TAGGED = frozenset({"tag/biznet"})
POST = {"id": "115307524000000000", "account": {"acct": "ayu"}, "content": "<p>Biznet<br>mati</p>"}


def _with_server(work: Callable[[MastodonPeer], Awaitable[None]], token: str = TOKEN) -> None:
    async def run() -> None:
        async with mastodon(token) as peer:
            try:
                await work(peer)
            finally:
                for source in OPENED:
                    await source.close()
                OPENED.clear()

    asyncio.run(asyncio.wait_for(run(), 60))


def _opened(peer: MastodonPeer, **more: Any) -> Mastodon:
    given = {"address": peer.web.address, "token_file": "token", "tags": ("biznet",), "poll_s": 0.3, **more}
    OPENED.append(
        Mastodon(MastodonSettings(**given), tried_means("mastodon", secrets={"token": TOKEN}, filters=("Biznet",)))
    )
    return OPENED[-1]


async def _heard(batches: AsyncIterator[Batch], enough: Callable[[list[Batch]], bool]) -> list[Batch]:
    heard = list[Batch]()
    async for batch in batches:
        heard.append(batch)
        if enough(heard):
            break
    await batches.aclose()  # type: ignore[attr-defined]
    return heard


def _texts(heard: list[Batch]) -> list[str]:
    return [item.text for batch in heard for item in batch.items]


def test_a_server_is_listened_to_as_the_contract_says() -> None:
    async def work(peer: MastodonPeer) -> None:
        await hold(Trial(open=lambda: _opened(peer), peer=peer, secret=TOKEN))

    _with_server(work)


def test_a_long_absence_is_caught_up_page_by_page_from_the_oldest_on() -> None:
    async def work(peer: MastodonPeer) -> None:
        begun = peer.post("Biznet awal")
        for number in range(130):
            peer.post(f"Biznet mati {number}")
        peer.post("Biznet boost", reblog={"id": "1"})
        source = _opened(peer)
        heard = await _heard(source.listen(json.dumps({"tag/biznet": begun["id"]})), lambda told: len(told) == 4)
        # Ten minutes before the cursor are asked for again, since another server may have brought posts in late.
        assert set(_texts(heard)) == {"Biznet awal", *(f"Biznet mati {number}" for number in range(130))}
        assert json.loads(heard[-1].cursor)["tag/biznet"] == list(peer.posts)[-1]

    _with_server(work)


def test_what_was_said_in_a_span_is_told_once() -> None:
    async def work(peer: MastodonPeer) -> None:
        hour_us = 3_600_000_000
        since_us = 1_759_456_080_000_000
        for number in range(100):
            at_us = since_us - hour_us + number * hour_us // 20
            peer.post(f"Biznet mati {number}", id=str(int(id_at(at_us)) + 1), created_at=iso(at_us))
        told = [batch async for batch in _opened(peer, timeline="local").between(since_us, since_us + hour_us)]
        assert _texts(told) == [f"Biznet mati {number}" for number in range(39, 19, -1)]
        assert [batch.gap for batch in told if batch.gap] == []

    _with_server(work)


def test_a_server_that_asks_for_no_token_is_only_asked_now_and_then() -> None:
    async def work(peer: MastodonPeer) -> None:
        source = _opened(peer, token_file="", timeline="local", poll_s=0.05)
        batches = source.listen("")
        await anext(batches)  # type: ignore[arg-type]
        peer.post("Biznet mati")
        peer.post("cuaca cerah")
        await _heard(batches, lambda told: "Biznet mati" in _texts(told))
        assert not any("streaming" in one.path for one in peer.web.seen)
        assert peer.web.seen[0].query == {"local": "true", "limit": "1"}

    _with_server(work, token="")


def test_what_was_deleted_while_nobody_streamed_is_found_out_by_its_id_after_a_restart_too() -> None:
    async def work(peer: MastodonPeer) -> None:
        given = {"token_file": "", "timeline": "local", "poll_s": 0.05, "look_again_s": 0.1}
        batches = _opened(peer, **given).listen("")
        await anext(batches)  # type: ignore[arg-type]
        posts = [peer.post(f"Biznet mati {number}") for number in range(12)]
        heard = await _heard(batches, lambda told: len(_texts(told)) == 12 and "again" in told[-1].cursor)
        for one in (posts[3], posts[11]):
            del peer.posts[str(one["id"])]
        told = await _heard(
            _opened(peer, **given).listen(heard[-1].cursor), lambda told: sum(len(one.deleted) for one in told) == 2
        )
        assert {name for one in told for name in one.deleted} == {posts[3]["id"], posts[11]["id"]}
        assert posts[3]["id"] not in told[-1].cursor

    _with_server(work, token="")


def test_the_search_is_asked_for_each_word_where_it_is_wanted() -> None:
    async def work(peer: MastodonPeer) -> None:
        source = _opened(peer, search=True)
        await _heard(source.listen(""), lambda told: len(told) == 2)
        found = [one.query for one in peer.web.seen if one.path == "/api/v2/search"]
        assert found[0] == {"q": "Biznet", "type": "statuses", "limit": "1"}

    _with_server(work)


def test_a_server_that_is_asked_too_often_names_when_to_come_again() -> None:
    async def work(peer: MastodonPeer) -> None:
        peer.ahead = [said({"error": "Too many requests"}, 429, X_RateLimit_Reset="2999-01-01T00:00:00.000Z")] * 2
        source = _opened(peer)
        with pytest.raises(Later) as later:
            await _heard(source.listen(""), lambda _: False)
        assert later.value.retry_s == 3_600.0

    _with_server(work)


def test_a_server_whose_last_answer_is_used_up_is_left_in_peace_until_it_may_be_asked() -> None:
    async def work(peer: MastodonPeer) -> None:
        rest = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "30"}
        peer.ahead = [said([], 200, **rest)]
        source = _opened(peer, token_file="", poll_s=0.02)
        batches = source.listen("")
        await anext(batches)  # type: ignore[arg-type]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(batches), 0.4)  # type: ignore[arg-type]
        assert len(peer.web.seen) == 1

    _with_server(work, token="")


class _Counting(asyncio.SelectorEventLoop):
    """A loop that counts how often something is to be done later."""

    timers = 0

    def call_at(self, when: float, callback: Callable[..., object], *given: Any, **named: Any) -> asyncio.TimerHandle:
        self.timers += 1
        return super().call_at(when, callback, *given, **named)


def test_a_server_that_wants_to_be_left_in_peace_is_slept_over_and_not_looked_at_again_and_again() -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, _Counting)
        async with mastodon("") as peer:
            peer.ahead = [said([], 200, X_RateLimit_Remaining="0", X_RateLimit_Reset="30")]
            source = _opened(peer, token_file="", poll_s=0.02)
            batches = source.listen("")
            await anext(batches)  # type: ignore[arg-type]
            before = loop.timers
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(batches), 0.5)  # type: ignore[arg-type]
            assert loop.timers - before < 10
            await source.close()

    with asyncio.Runner(loop_factory=_Counting) as runner:
        runner.run(run())
    OPENED.clear()


def test_a_token_that_has_expired_is_refused_without_being_told() -> None:
    async def work(peer: MastodonPeer) -> None:
        peer.token = "another"
        source = _opened(peer)
        with pytest.raises(RefusedInput, match="refuses the token") as refused:
            await _heard(source.listen(""), lambda _: False)
        assert TOKEN not in str(refused.value) and TOKEN not in repr(source)

    _with_server(work)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answered(body=b"<html>a proxy</html>"), OutsideFailed),
        (Answered(status=502, body=b"Bad Gateway"), OutsideFailed),
        (Answered(status=301, headers={"Location": "http://10.0.0.1/"}), RefusedInput),
        (Answered(status=404), RefusedInput),
        (Answered(body=b"[" + b"1," * (9 << 20) + b"1]"), OutsideFailed),
    ],
)
def test_an_answer_that_is_none_says_so(answer: Answered, problem: type[Exception]) -> None:
    async def work(peer: MastodonPeer) -> None:
        peer.ahead = [answer]
        source = _opened(peer, token_file="")
        with pytest.raises(problem):
            await _heard(source.listen(""), lambda _: False)

    _with_server(work, token="")


def test_posts_are_plain_text_and_each_timeline_lets_through_what_it_should() -> None:
    told = [
        Heard("tag/biznet", "update", json.dumps({**POST, "spoiler_text": "keluhan"}).encode()),
        Heard("public", "update", json.dumps({**POST, "id": "2", "content": "cuaca cerah"}).encode()),
        Heard(
            "tag/biznet", "update", json.dumps({**POST, "id": "3", "content": "mati &amp; lemot #internet"}).encode()
        ),
        Heard("public", "delete", b"7"),
        Heard("public", "delete", b"7"),
        Heard("public", "filters_changed", b""),
    ]
    batch = statuses_read(told, BIZNET, TAGGED)
    assert [item.text for item in batch.items] == ["keluhan. Biznet mati", "mati & lemot #internet"]
    assert (batch.deleted, batch.filters) == (("7",), ("Biznet", "tag/biznet"))


@pytest.mark.parametrize("data", [b"", b"7", b"{}", b'{"id": 3}', b"\xff", json.dumps({**POST, "content": 5}).encode()])
def test_a_post_that_cannot_be_read_is_told_and_the_next_is_read(data: bytes) -> None:
    told = [Heard("tag/biznet", "update", data), Heard("tag/biznet", "update", json.dumps(POST).encode())]
    batch = statuses_read(told, BIZNET, TAGGED)
    assert len(batch.items) == 1 and len(batch.refused) == 1


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"address": "mastodon.example"}, "right would begin with https://"),
        ({"tags": ("#biznet",)}, "one word without #"),
        ({"tags": tuple(f"t{number}" for number in range(41))}, "right would be 1 to 40"),
        ({"search": True}, "asks for a token"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_with_what_would_be_right(
    settings: dict[str, Any], sentence: str
) -> None:
    given = {"address": "https://mastodon.example", **settings}
    with pytest.raises(RefusedInput, match=sentence):
        Mastodon(MastodonSettings(**given), tried_means(filters=("Biznet",)))
