"""The desk as `pulih serve` runs it, on a folder, that also notes when what it acknowledged was told to open pages.

    python bench/desk/desk_process.py FOLDER PORT WORKERS

GET /bench answers as JSON how many commits brought reports, how many of them are counted and told, and how many
milliseconds passed from each 202 since the last such GET until the hub was told of it. A commit is one frame of the
journal of a new folder, so frames are counted from 1.
"""

from __future__ import annotations

import bisect
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from pulih.adapters.config import DeskSettings
from pulih.adapters.config.settings import ReadingTable
from pulih.adapters.data_folder import DataFolder
from pulih.serve.clocks import WorldClock
from pulih.serve.desk import Desk
from pulih.serve.running import server_of


class Watched:
    """The application of a desk, with the moments at which it acknowledged and told."""

    def __init__(self, desk: Desk) -> None:
        self._app, self._live = desk.app, desk.live
        self._frames = 0
        # Moments of acknowledgements with the last frame by then; and of tellings, with the last frame told.
        self._acknowledged: list[tuple[float, int]] = []
        self._told: list[tuple[int, float]] = []
        desk.accepting.on_accepted(self._committed)
        desk.live.on_change(lambda: self._told.append((self._live.position(), time.perf_counter())))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path") == "/bench":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": msgspec.json.encode(self._said())})
            return

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start" and message["status"] == 202:
                self._acknowledged.append((time.perf_counter(), self._frames))
            await send(message)

        await self._app(scope, receive, sent if scope.get("path") == "/v1/reports" else send)

    def _committed(self) -> None:
        self._frames += 1

    def _said(self) -> dict[str, Any]:
        told, position = self._told, self._live.position()
        self._told = []
        acknowledged, self._acknowledged = self._acknowledged, []
        waits_ms = []
        for at_s, frame in acknowledged:
            place = bisect.bisect_left(told, (frame, 0.0))
            if place < len(told):
                waits_ms.append(1000 * max(0.0, told[place][1] - at_s))
        return {
            "frames": self._frames,
            "position": position,
            "untold": len(acknowledged) - len(waits_ms),
            "ms": waits_ms,
        }


def main() -> None:
    """Serve until SIGTERM."""
    folder, port, workers = sys.argv[1:]
    settings = DeskSettings(reading=ReadingTable(workers=int(workers)))
    with DataFolder(Path(folder)) as data:
        desk = Desk(data, settings, WorldClock())
        token = desk.people.tokens.create("bench", "source", by="bench").secret
        desk.app = Watched(desk)
        try:
            desk.start()
            print(token, flush=True)
            server_of(desk, "127.0.0.1", int(port), sys.stdout).run()
        finally:
            desk.stop()


if __name__ == "__main__":
    main()
