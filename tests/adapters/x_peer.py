"""X as its documentation shows it: rules, a stream that keeps nothing, a search that knows what is too new for it."""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from typing import Any

from platform_peer import Answered, Asked, Channel, PlatformPeer, said

from pulih.adapters.sources.people._tweets import id_at
from pulih.model.clock import iso
from pulih.ports.clock import Clock

TOKEN = "AAAAAAAAAAAAAAAAAAAAAbearer"
PRICE = 5_000


# X's rules are of seconds, and a search waits for 40 of them; the tests live in a time that runs so much faster.
SPEED = 40


class FastClock:
    """A clock that is right when it is made, and runs `SPEED` times as fast as the machine's.

    Args:
        ahead_us: by how much it is wrong.
    """

    def __init__(self, ahead_us: int = 0) -> None:
        self._began_us, self._began_ns = time.time_ns() // 1000 + ahead_us, time.monotonic_ns()

    def now_us(self) -> int:
        return self._began_us + (time.monotonic_ns() - self._began_ns) * SPEED // 1000


def _written(at_us: int) -> str:
    return iso(at_us // 10**6 * 10**6)


def _invalid(message: str) -> Answered:
    told = {"title": "Invalid Request", "detail": "One or more parameters to your request was invalid."}
    return said({**told, "errors": [{"message": message}], "type": "https://api.x.com/2/problems/invalid-request"}, 400)


class XPeer:
    """Rules, a stream that keeps nothing and a search of a week, as docs.x.com shows them.

    The search refuses moments that are less than 10 s or more than a week ago, and ends 30 s ago unless told.

    Attributes:
        clock: its own.
        posts: what was posted, oldest first.
        rules: those that stand, by id.
        ahead: answers to the stream or the search that are given before any other.
        dated: whether its answers have a Date.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or FastClock()
        self.token = TOKEN
        self.posts: list[dict[str, Any]] = []
        self.rules: dict[str, dict[str, str]] = {}
        self.ahead: list[Answered] = []
        self.dated = False
        self.web = PlatformPeer(self._answer)
        self._stream = Channel()

    def post(self, text: str, at_us: int | None = None) -> dict[str, Any]:
        """Return a new post, found by the search, and not told to the stream."""
        at_us = self.clock.now_us() if at_us is None else at_us
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

    async def say_late(self, text: str) -> None:
        # 99 % of the posts of the stream take less than seven seconds.
        self.tell(self.told(self.post(f"Biznet {text}", self.clock.now_us() - 5 * 10**6)))

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
        dated = {"Date": formatdate(self.clock.now_us() / 1e6, usegmt=True)} if self.dated else {}
        if asked.path.endswith("/stream"):
            return Answered(chunks=self._stream.follow(b"\r\n"), headers=dated)
        return self._found(asked)

    def _found(self, asked: Asked) -> Answered:
        now_us = self.clock.now_us()
        since, until = asked.query["start_time"], asked.query.get("end_time") or _written(now_us - 30 * 10**6)
        for name, at in (("start_time", since), ("end_time", until)):
            if at > _written(now_us - 10 * 10**6):
                return _invalid(
                    f"Invalid '{name}':'{at}'. '{name}' must be a minimum of 10 seconds prior to the request time."
                )
        if since < _written(now_us - 7 * 86_400 * 10**6):
            return _invalid(f"Invalid 'start_time':'{since}'. 'start_time' must be within the last seven days.")
        found = [one for one in self.posts[::-1] if since <= one["created_at"] < until]
        begin = int(asked.query.get("next_token", "0"))
        page = found[begin : begin + 100]
        more = {"next_token": str(begin + 100)} if begin + 100 < len(found) else {}
        meta = {"result_count": len(page), **more}
        return said({"data": page, "meta": meta} if page else {"meta": meta})

    def _ruled(self, asked: Asked) -> Answered:
        if asked.method == "GET":
            return said({"data": [{"id": key, **one} for key, one in self.rules.items()], "meta": {}})
        wanted = json.loads(asked.body)
        for key in wanted.get("delete", {}).get("ids", []):
            del self.rules[key]
        invalid = [one for one in wanted.get("add", []) if "from:" in one["value"]]
        for one in wanted.get("add", []):
            self.rules[f"r{time.monotonic_ns()}{len(self.rules)}"] = one
        errors = [{"title": "UnprocessableEntity", "value": one["value"]} for one in invalid]
        return said({"meta": {"summary": {"created": 1, "invalid": len(invalid)}}, "errors": errors}, 201)
