"""One small real web server that answers as public measurement services do: IODA, Radar, RIPE Atlas and OONI.

Its answers are written after the shapes that the services describe, and are no recordings. It gives tags and says "as
before", asks to wait, cuts connections, writes nonsense: whatever a test tells it.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Params = dict[str, str]


class Asked:
    """One question as it came: path, parameters, headers, and the status of the answer."""

    def __init__(self, path: str, params: Params, headers: dict[str, str]) -> None:
        self.path, self.params, self.headers, self.status = path, params, headers, 0


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are written one after the other; the second must not wait for an answer to the first.
    disable_nagle_algorithm = True
    server: Service

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        params = {name: values[0] for name, values in parse_qs(parts.query).items()}
        asked = Asked(parts.path, params, {name.lower(): value for name, value in self.headers.items()})
        self.server.asked.append(asked)
        status, headers, body = self.server.answer(asked)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == 200 and asked.headers.get("if-none-match") == tag:
            status, body = 304, b""
        asked.status = status
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "ETag": tag, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Service(ThreadingHTTPServer):
    """A service on a free port: `answers` by the end of a path; `troubles` come first, once each."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Answering)
        self.asked: list[Asked] = []
        self.answers: dict[str, Callable[[Params], Any] | Any] = {}
        self.troubles: list[tuple[int, dict[str, str], bytes]] = []
        # Whom it answers alone, "" for everybody.
        self.token = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v"

    def answer(self, asked: Asked) -> tuple[int, dict[str, str], bytes]:
        if self.troubles:
            return self.troubles.pop(0)
        if self.token and asked.headers.get("authorization") != f"Bearer {self.token}":
            return 401, {}, b"{}"
        for end, said in self.answers.items():
            if asked.path.endswith(end):
                found = said(asked.params) if callable(said) else said
                return 200, {}, found if isinstance(found, bytes) else json.dumps(found).encode()
        return 404, {}, b"{}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that was cut says nothing."""


@contextmanager
def service() -> Iterator[Service]:
    """Yield a service that runs."""
    made = Service()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()
        thread.join()
