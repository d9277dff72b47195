"""RIPE Atlas on this machine: a real WebSocket server that streams results, and its interface that keeps them.

Messages are shaped as the documentation of the stream shows them. Whoever subscribes hears what comes in from then on,
and nothing of before. A text that is "said" is five minutes of results, one window after the other.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from measurement_services import Params, Service
from stream_server import StreamServer
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from pulih.adapters.sources.contract import tried_means
from pulih.adapters.sources.kinds import kind_of
from pulih.adapters.sources.measurements._watched import Watch
from pulih.ports.sources import Batch, Source

MEASUREMENT = 7
KEY = "atlas-key-of-a-test"
TELKO = Watch(asn=64500, operator="alpha", service="mobile_data")
WINDOW_S = 300
# More windows than these lie between a window and the moment at which all of it is there.
_OVER_S = 3 * WINDOW_S


class AtlasClock:
    """The desk's and the platform's clock, which a peer sets."""

    def __init__(self, at_s: int) -> None:
        self.at_s = at_s

    def now_us(self) -> int:
        return self.at_s * 1_000_000


def pings(at_s: int, lost: int, of: int, measurement: int = MEASUREMENT) -> list[dict[str, Any]]:
    """Return what probes 0 to `of` measured, of which the first reached nothing."""
    told = {"msm_id": measurement, "timestamp": at_s, "type": "ping", "sent": 3}
    return [{**told, "prb_id": number, "rcvd": 0 if number < lost else 3} for number in range(of)]


class AtlasPeer(StreamServer):
    """Streams results, and keeps them for who asks.

    Attributes:
        clock: of all.
        heard: what was sent to the server.
        refuses: what the stream says to who subscribes, instead of taking it on; "" for nothing.
        streams: whether results come by the stream, beside the interface.
        named: texts that were said, by the end of their windows.
    """

    def __init__(self, served: Service) -> None:
        super().__init__()
        self.clock = AtlasClock(int(time.time()) // WINDOW_S * WINDOW_S + 10)
        self.heard: list[Any] = []
        self.refuses = ""
        self.streams = True
        self.named: dict[int, str] = {}
        self._kept: list[dict[str, Any]] = []
        self._frames: list[bytes] = []
        self.served = served
        self._answer(up=True)

    @property
    def address(self) -> str:
        """Return where the stream is."""
        return f"ws://127.0.0.1:{self.port}/stream/?client=pulih"

    def came(self, results: list[dict[str, Any]]) -> None:
        """Have results come in."""
        self._kept += results
        if self.streams:
            self._frames += [json.dumps(["atlas_result", one]).encode() for one in results]
            self.came_in()

    async def say(self, text: str) -> None:
        """Say something in the next window, and have the clock go on until all of it is there."""
        start_s = self.clock.at_s // WINDOW_S * WINDOW_S + WINDOW_S
        self.named[start_s + WINDOW_S] = text
        self.clock.at_s = start_s + 10
        self.came(pings(start_s + 5, 6, 8))
        # A busy machine has the results of a window before it is over.
        await asyncio.sleep(0.05)
        self.clock.at_s = start_s + _OVER_S

    async def repeat(self, text: str) -> None:
        end_s = next(end_s for end_s, one in self.named.items() if one == text)
        self.came([one for one in self._kept if end_s - WINDOW_S <= one["timestamp"] < end_s])

    async def garble(self) -> None:
        self._frames += [b'["atlas_result",{"msm_id":7,', b'["atlas_result",{"msm_id":7,"prb_id":"x"}]']
        self.came_in()

    async def cut(self) -> None:
        self._answer(up=False)
        await super().cut()

    async def heal(self) -> None:
        self._answer(up=True)
        await super().heal()

    async def delete(self, text: str) -> None:
        raise NotImplementedError

    async def play(self, connection: ServerConnection) -> None:
        at = len(self._frames)
        talk = asyncio.ensure_future(self._subscribed(connection))
        try:
            while connection.close_code is None:
                more = self.more
                while at < len(self._frames):
                    await connection.send(self._frames[at].decode(), text=True)
                    at += 1
                waits = [asyncio.ensure_future(more.wait()), asyncio.ensure_future(connection.wait_closed())]
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for one in waits:
                    one.cancel()
        except ConnectionClosed:
            return
        finally:
            talk.cancel()

    async def _subscribed(self, connection: ServerConnection) -> None:
        async for message in connection:
            what, params = json.loads(message)
            self.heard.append([what, params])
            answer = ["atlas_error", {"detail": self.refuses}] if self.refuses else ["atlas_subscribed", params]
            await connection.send(json.dumps(answer))

    def _answer(self, *, up: bool) -> None:
        self.served.answers[f"/measurements/{MEASUREMENT}/results/"] = self._results if up else b"<html>not now</html>"
        self.served.answers["/probes/"] = _probes if up else b"<html>not now</html>"

    def _results(self, params: Params) -> list[dict[str, Any]]:
        return [one for one in self._kept if int(params["start"]) <= one["timestamp"] <= int(params["stop"])]


def _probes(params: Params) -> dict[str, Any]:
    numbers = [int(one) for one in params["id__in"].split(",")]
    return {"results": [{"id": one, "asn_v4": 64500 if one < 8 else 64501, "country_code": "ID"} for one in numbers]}


class Named:
    """A source whose items bear the text that the peer said in their window, so that the contract finds it."""

    def __init__(self, source: Any, peer: AtlasPeer) -> None:
        self._source: Source = source
        self._peer = peer

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        batches = self._source.listen(cursor)
        try:
            async for batch in batches:
                named = (self._peer.named.get((one.at_us or 0) // 1_000_000, "") for one in batch.items)
                items = tuple(
                    msgspec.structs.replace(one, text=f"{one.text} {text}")
                    for one, text in zip(batch.items, named, strict=True)
                )
                yield msgspec.structs.replace(batch, items=items)
        finally:
            await batches.aclose()  # type: ignore[attr-defined]

    async def close(self) -> None:
        await self._source.close()


def opened(peer: AtlasPeer, *, stream: bool = True, **more: Any) -> Any:
    """Return the source as settings open it; `more` are further keys."""
    means = msgspec.structs.replace(tried_means("atlas", secrets={"key": KEY}), clock=peer.clock)
    told = {"watch": (TELKO,), "measurements": (MEASUREMENT,), "every_s": 0.02, "per_s": 0.0, "stream": stream}
    address = {"address": peer.served.address, "stream_address": peer.address}
    kind = kind_of("atlas")
    return kind.open(kind.settings(**{**told, **address, **more}), means)


@asynccontextmanager
async def atlas_peer(served: Service) -> AsyncIterator[AtlasPeer]:
    """Yield a platform that runs."""
    peer = AtlasPeer(served)
    await peer.heal()
    try:
        yield peer
    finally:
        await peer.cut()
