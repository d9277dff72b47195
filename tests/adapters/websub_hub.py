"""A WebSub hub for tests, as W3C describes one: it asks subscribers whether they mean it, fetches what was published,
and hands it to them.

It listens on a port of this machine together with a site and a subscriber, so that a whole round can be walked.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx


class HubWorld:
    """A site that serves `site`, a hub at /hub, and a subscriber at /reader that keeps what it was handed.

    Attributes:
        site: path to content.
        handed: what the subscriber was handed, with the links it was told.
        told: topics of which the hub was told that they changed.
        refuses: the hub answers 503 while it is set.
    """

    def __init__(self) -> None:
        self.site: dict[str, bytes] = {}
        self.handed: list[tuple[bytes, str]] = []
        self.told: list[str] = []
        self.refuses = False
        self._subscribers: dict[str, list[str]] = {}
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path == "/reader":
                    self._say(200, parse_qs(parts.query)["hub.challenge"][0].encode())
                    return
                content = world.site.get(parts.path)
                self._say(404 if content is None else 200, content or b"")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.path == "/reader":
                    world.handed.append((body, self.headers["link"]))
                    self._say(200)
                    return
                self._say(503 if world.refuses else world.asked(parse_qs(body.decode())))

            def _say(self, status: int, content: bytes = b"") -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Write nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.hub = f"{self.address}/hub"

    def asked(self, asked: Mapping[str, list[str]]) -> int:
        """Do as a hub is asked; return the status of its answer."""
        mode = asked["hub.mode"][0]
        if mode == "subscribe":
            return self._subscribe(asked["hub.topic"][0], asked["hub.callback"][0])
        for topic in asked["hub.url"]:
            self.told.append(topic)
            content = httpx.get(topic).content
            for reader in self._subscribers.get(topic, []):
                links = f'<{self.hub}>; rel="hub", <{topic}>; rel="self"'
                httpx.post(reader, content=content, headers={"link": links})
        return 204

    def subscribe(self, topic: str) -> int:
        """Subscribe the reader to a topic, over HTTP; return the hub's answer."""
        body = {"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": f"{self.address}/reader"}
        return httpx.post(self.hub, data=body).status_code

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _subscribe(self, topic: str, reader: str) -> int:
        asked = {"hub.mode": "subscribe", "hub.topic": topic, "hub.challenge": "c-47", "hub.lease_seconds": "600"}
        if httpx.get(f"{reader}?{urlencode(asked)}").text != "c-47":
            return 403
        self._subscribers.setdefault(topic, []).append(reader)
        return 202
