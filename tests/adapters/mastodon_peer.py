"""A Mastodon on this machine, as far as sources ask it: timelines by id, a search, streams that keep nothing."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from platform_peer import Answered, Asked, Channel, PlatformPeer, said

TOKEN = "t0ken-of-an-account-0123456789"


class MastodonPeer:
    """Answers as docs.joinmastodon.org shows; `token` is what it takes now, "" = anybody may ask.

    Attributes:
        posts: by id, oldest first.
        ahead: answers that are given before any other, such as one that asks to come later.
    """

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.posts: dict[str, dict[str, object]] = {}
        self.ahead: list[Answered] = []
        self.web = PlatformPeer(self._answer)
        self._stream = Channel()
        self._last = 0

    def post(self, text: str, **more: object) -> dict[str, object]:
        """Return a new post, kept, and not told to streams."""
        self._last = max(self._last + 1, (time.time_ns() // 1_000_000) << 16)
        made: dict[str, object] = {
            "id": str(self._last),
            "created_at": "2025-10-03T01:48:00.000Z",
            "account": {"id": "108", "acct": "ayu@lain.example", "bot": False},
            "content": f"<p>{text}</p>",
            "spoiler_text": "",
            "reblog": None,
            **more,
        }
        self.posts[str(made["id"])] = made
        return made

    def tell(self, event: str, data: str) -> None:
        """Tell all streams of something."""
        self._stream.send(f"event: {event}\ndata: {data}\n\n".encode())

    async def say(self, text: str) -> None:
        self.tell("update", json.dumps(self.post(f"Biznet {text}")))

    async def repeat(self, text: str) -> None:
        self.tell("update", json.dumps(next(one for one in self.posts.values() if text in str(one["content"]))))

    async def say_late(self, text: str) -> None:
        """Have a post come from another server, dated before the last one; streams are not told."""
        at_ms = time.time_ns() // 1_000_000 - 5_000
        self.post(f"Biznet {text}", id=str((at_ms << 16) + len(self.posts)))

    async def expire(self) -> None:
        self.token = "revoked"
        await self.restart()

    async def renew(self) -> str:
        self.token = TOKEN
        return ""

    async def garble(self) -> None:
        self.tell("update", '{"id": 7, "account"')

    async def delete(self, text: str) -> None:
        gone = next(key for key, one in self.posts.items() if text in str(one["content"]))
        del self.posts[gone]
        self.tell("delete", gone)

    async def restart(self) -> None:
        await self.cut()
        await self.heal()

    async def cut(self) -> None:
        await self.web.stop()

    async def heal(self) -> None:
        await self.web.start()

    async def _answer(self, asked: Asked) -> Answered:
        if self.ahead:
            return self.ahead.pop(0)
        if self.token and asked.token != self.token:
            return said({"error": "The access token is invalid"}, 401)
        if asked.path.startswith("/api/v1/streaming/"):
            return Answered(headers={"Content-Type": "text/event-stream"}, chunks=self._stream.follow(b":)\n:thump\n"))
        if asked.path.startswith("/api/v1/statuses/"):
            one = self.posts.get(asked.path.rpartition("/")[2])
            return said({"error": "Record not found"}, 404) if one is None else said(one)
        found = self._page(asked.query)
        return said({"statuses": found, "accounts": []} if asked.path == "/api/v2/search" else found)

    def _page(self, query: object) -> list[dict[str, object]]:
        """Return the posts next to `min_id`, newest first; without it, the newest."""
        asked: dict[str, str] = dict(query)  # type: ignore[call-overload]
        limit, since = int(asked["limit"]), int(asked.get("min_id", -1))
        found = [one for key, one in sorted(self.posts.items(), key=lambda one: int(one[0])) if int(key) > since]
        return (found[:limit] if "min_id" in asked else found[-limit:])[::-1]


@asynccontextmanager
async def mastodon(token: str = TOKEN) -> AsyncIterator[MastodonPeer]:
    """Yield a server that runs."""
    peer = MastodonPeer(token)
    await peer.heal()
    try:
        yield peer
    finally:
        await peer.cut()
