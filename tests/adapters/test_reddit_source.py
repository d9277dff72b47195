"""Reddit's listings are read back to the last reading, and what was deleted is found out (L1, L2)."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest
from platform_peer import Answered, Asked, PlatformPeer, said

from pulih.adapters.sources.contract import Trial, hold, tried_means
from pulih.adapters.sources.people._things import Listing, batch_of, things_of
from pulih.adapters.sources.people._words import Words
from pulih.adapters.sources.people.reddit import Reddit, RedditSettings
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch

SECRET = "s3cret-of-the-application"
AGENT = "linux:pulih:v1 (by /u/desk)"


class RedditPeer:
    """Listings as Reddit shows them, newest first; a token of it lives for `asks_max` answers.

    Attributes:
        posts: what was posted, oldest first.
        opened: the sources that a test listens with; they are closed at its end.
        ahead: answers that are given before any other.
    """

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.opened: list[Reddit] = []
        self.ahead: list[Answered] = []
        self.asks_max, self._asks, self._token = 1_000, 0, ""
        self._secret = SECRET
        self.web = PlatformPeer(self._answer)

    def post(self, text: str, at_s: float | None = None) -> dict[str, Any]:
        """Post something."""
        data = {
            "name": f"t3_{len(self.posts):x}",
            "created_utc": float(int(time.time() if at_s is None else at_s)),
            "author": "ayu",
            "author_fullname": "t2_9",
            "title": text,
            "selftext": "",
        }
        self.posts.append({"kind": "t3", "data": data})
        return data

    async def say(self, text: str) -> None:
        self.post(f"Biznet {text}")

    async def repeat(self, text: str) -> None:
        self.posts.append(next(one for one in self.posts if text in str(one["data"].get("title"))))

    async def say_late(self, text: str) -> None:
        self.post(f"Biznet {text}", time.time() - 30)

    async def expire(self) -> None:
        self._secret, self._token = "revoked", ""

    async def renew(self) -> str:
        self._secret = SECRET
        return ""

    async def garble(self) -> None:
        self.posts.append({"kind": "t3", "data": {"name": 5}})

    async def delete(self, text: str) -> None:
        data = next(one["data"] for one in self.posts if text in str(one["data"].get("title")))
        data.update(author="[deleted]", selftext="[deleted]")

    async def restart(self) -> None:
        await self.cut()
        await self.heal()

    async def cut(self) -> None:
        await self.web.stop()

    async def heal(self) -> None:
        await self.web.start()

    async def _answer(self, asked: Asked) -> Answered:
        if asked.path == "/api/v1/access_token":
            right = base64.b64encode(f"client:{self._secret}".encode()).decode()
            if asked.headers.get("authorization") != f"Basic {right}":
                return said({"message": "Unauthorized", "error": 401}, 401)
            self._token, self._asks = f"jwt{time.monotonic_ns()}", 0
            return said({"access_token": self._token, "token_type": "bearer", "expires_in": 86_400, "scope": "*"})
        self._asks += 1
        if self.ahead:
            return self.ahead.pop(0)
        if asked.token != self._token or self._asks > self.asks_max or asked.headers["user-agent"] != AGENT:
            return said({"message": "Unauthorized", "error": 401}, 401)
        if asked.path == "/api/info":
            named = asked.query["id"].split(",")
            return _listed([one for one in self.posts if one["data"]["name"] in named], None)
        if asked.path.endswith("/comments"):
            return _listed([], None)
        # Reddit lists about a thousand.
        known = self.posts[::-1][:1_000]
        names = [one["data"]["name"] for one in known]
        begin = names.index(asked.query["after"]) + 1 if "after" in asked.query else 0
        page = known[begin : begin + int(asked.query["limit"])]
        return _listed(page, names[begin + len(page) - 1] if begin + len(page) < len(known) else None)


def _listed(children: list[dict[str, Any]], after: str | None) -> Answered:
    return said(
        {"kind": "Listing", "data": {"after": after, "before": None, "dist": len(children), "children": children}}
    )


def _with_reddit(work: Callable[[RedditPeer], Awaitable[None]]) -> None:
    async def run() -> None:
        peer = RedditPeer()
        await peer.heal()
        try:
            await work(peer)
        finally:
            for source in peer.opened:
                await source.close()
            await peer.cut()

    asyncio.run(asyncio.wait_for(run(), 60))


def _opened(peer: RedditPeer, **more: Any) -> Reddit:
    given = {
        "client_id": "client",
        "secret_file": "s",
        "user_agent": AGENT,
        "subreddits": ("indonesia", "biznet"),
        **more,
    }
    settings = RedditSettings(**{"poll_s": 0.05, **given}, api=peer.web.address, login=peer.web.address)
    peer.opened.append(Reddit(settings, tried_means("reddit", secrets={"s": SECRET}, filters=("Biznet",))))
    return peer.opened[-1]


async def _heard(batches: AsyncIterator[Batch], enough: Callable[[Batch], bool]) -> list[Batch]:
    heard = list[Batch]()
    async for batch in batches:
        heard.append(batch)
        if enough(batch):
            break
    await batches.aclose()  # type: ignore[attr-defined]
    return heard


def test_reddit_is_listened_to_as_the_contract_says() -> None:
    async def work(peer: RedditPeer) -> None:
        await hold(Trial(open=lambda: _opened(peer), peer=peer, secret=SECRET))

    _with_reddit(work)


def test_a_post_that_is_dated_ahead_passes_over_none_that_comes_after_it() -> None:
    async def work(peer: RedditPeer) -> None:
        peer.post("Biznet besok", time.time() + 86_400)
        batches = _opened(peer).listen(str(int(time.time()) - 60))
        told = [await anext(batches) for _ in range(8)]  # type: ignore[arg-type]
        await batches.aclose()  # type: ignore[attr-defined]
        assert "Biznet besok" in [item.text for batch in told for item in batch.items]
        assert max(int(batch.cursor.split()[0]) for batch in told if batch.cursor) <= time.time()

    _with_reddit(work)


def test_a_long_absence_is_read_back_page_by_page_though_the_last_post_was_deleted() -> None:
    async def work(peer: RedditPeer) -> None:
        begun_s = int(time.time()) - 3_600
        peer.post("Biznet lama", begun_s - 600)
        for number in range(250):
            peer.post(f"Biznet mati {number}", begun_s + number)
        del peer.posts[0]
        source = _opened(peer)
        heard = await _heard(source.listen(str(begun_s)), lambda batch: batch.cursor.startswith(str(begun_s + 249)))
        assert {item.text for batch in heard for item in batch.items} == {
            f"Biznet mati {number}" for number in range(250)
        }
        assert [batch.gap for batch in heard if batch.gap] == []

    _with_reddit(work)


def test_what_reddit_lists_no_more_is_told_as_a_gap() -> None:
    async def work(peer: RedditPeer) -> None:
        begun_s = int(time.time()) - 36_000
        for number in range(1_200):
            peer.post(f"Biznet mati {number}", begun_s + 1_000 + number)
        source = _opened(peer)
        heard = await _heard(source.listen(str(begun_s)), lambda batch: batch.cursor.startswith(str(begun_s + 2_199)))
        [gap] = [batch.gap for batch in heard if batch.gap]
        assert gap.startswith("Reddit lists no more of /r/indonesia+biznet/new than from 20")

    _with_reddit(work)


def test_what_was_said_in_a_span_is_told_once() -> None:
    async def work(peer: RedditPeer) -> None:
        for number in range(120):
            peer.post(f"Biznet mati {number}", 1_759_456_080 + number)
        told = _opened(peer).between(1_759_456_090_000_000, 1_759_456_100_000_000)
        texts = [item.text async for batch in told for item in batch.items]
        assert texts == [f"Biznet mati {number}" for number in range(19, 9, -1)]

    _with_reddit(work)


def test_a_token_that_expires_is_renewed_and_a_wrong_secret_is_refused() -> None:
    async def work(peer: RedditPeer) -> None:
        peer.asks_max = 1
        source = _opened(peer)
        batches = source.listen("")
        await anext(batches)  # type: ignore[arg-type]
        peer.post("Biznet mati")
        heard = await _heard(batches, lambda batch: bool(batch.items))
        assert heard[-1].items[0].text == "Biznet mati"
        assert sum(one.path == "/api/v1/access_token" for one in peer.web.seen) >= 1
        wrong = _opened(peer, client_id="other")
        with pytest.raises(RefusedInput, match="refuses the token") as refused:
            await _heard(wrong.listen(""), lambda _: False)
        assert SECRET not in str(refused.value)

    _with_reddit(work)


def test_posts_that_were_passed_on_are_looked_at_again() -> None:
    async def work(peer: RedditPeer) -> None:
        data = peer.post("Biznet mati", time.time() - 3_000)
        peer.post("cuaca cerah")
        source = _opened(peer, look_again_s=0.2)
        batches = source.listen(str(int(time.time()) - 3_001))
        last = str(int(peer.posts[1]["data"]["created_utc"]))
        while not (await anext(batches)).cursor.startswith(last):  # type: ignore[arg-type]
            pass
        data.update(author=None)
        # It is out of sight of the listing's overlap by now, and found by its name.
        heard = await _heard(batches, lambda batch: bool(batch.deleted))
        assert heard[-1].deleted == (data["name"],)
        assert any(one.path == "/api/info" for one in peer.web.seen)

    _with_reddit(work)


def test_what_was_passed_on_before_a_restart_is_looked_at_at_once() -> None:
    async def work(peer: RedditPeer) -> None:
        data = peer.post("Biznet mati", time.time() - 3_000)
        last = peer.post("cuaca cerah")
        moved = str(int(last["created_utc"]))
        heard = await _heard(
            _opened(peer).listen(str(int(time.time()) - 3_001)), lambda batch: batch.cursor.startswith(moved)
        )
        assert heard[-1].cursor == f"{moved} {data['name']}"
        data.update(author=None)
        again = _opened(peer, look_again_s=86_400.0)
        told = await _heard(again.listen(heard[-1].cursor), lambda batch: bool(batch.deleted))
        assert told[-1].deleted == (data["name"],)

    _with_reddit(work)


def test_reddit_is_left_in_peace_when_little_is_left_to_ask() -> None:
    async def work(peer: RedditPeer) -> None:
        rest = {"X_Ratelimit_Remaining": "0.0", "X_Ratelimit_Reset": "30"}
        peer.ahead = [said({"data": {"children": []}}, 200, **rest)]
        source = _opened(peer)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(_heard(source.listen(""), lambda _: False), 0.4)
        assert len(peer.web.seen) == 2

    _with_reddit(work)


def test_an_answer_that_is_no_listing_is_tried_again_later() -> None:
    async def work(peer: RedditPeer) -> None:
        peer.ahead = [Answered(body=b"<html>You broke reddit</html>")]
        source = _opened(peer)
        with pytest.raises(OutsideFailed, match="cannot be read"):
            await _heard(source.listen(""), lambda _: False)

    _with_reddit(work)


def test_only_the_words_asked_for_pass_and_what_went_is_taken_back() -> None:
    said_it = [
        {"name": "t3_a", "created_utc": 1759456080.0, "author": "a", "title": "Biznet &amp; lemot", "selftext": "mati"},
        {"name": "t1_b", "created_utc": 1759456081.0, "author": "b", "body": "cuaca cerah"},
        {"name": "t3_c", "created_utc": 1759456082.0, "author": "c", "title": "Biznet", "selftext": "[removed]"},
    ]
    children = [json.dumps({"kind": "t3", "data": data}) for data in said_it]
    listing = f'{{"data": {{"children": [{",".join(children)}, 7]}}}}'
    things, refused = things_of(msgspec.json.decode(listing, type=Listing))
    batch = batch_of(things, Words("reddit", ("Biznet",)))
    assert [(item.id, item.text) for item in batch.items] == [("t3_a", "Biznet & lemot. mati")]
    assert batch.deleted == ("t3_c",) and len(refused) == 1
    assert len(batch_of(things, Words("reddit", ("*",))).items) == 2


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"subreddits": ()}, "there are 0"),
        ({"subreddits": ("r/indonesia",)}, "without r/"),
        ({"user_agent": "x"}, "Reddit asks for"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_with_what_would_be_right(
    settings: dict[str, Any], sentence: str
) -> None:
    given = {
        "client_id": "c",
        "secret_file": "s",
        "user_agent": AGENT,
        "subreddits": ("indonesia",),
    }
    with pytest.raises(RefusedInput, match=sentence):
        Reddit(RedditSettings(**{**given, **settings}), tried_means(filters=("Biznet",)))
