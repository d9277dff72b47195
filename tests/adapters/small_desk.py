"""A small real server that speaks POST /v1/reports as issue D states it, and fails when told to."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "source-token-1"


class SmallDesk(ThreadingHTTPServer):
    """Keeps what it accepted.

    Attributes:
        reports: what was accepted, by (source, id), in order.
        batches: how many lines each call had that was answered with 202.
        refuses: says why the bearer of a token is not let in, "" for one who is; None = one token is.
        answers: what to answer instead, one a call: a status, or (status, headers), or "cut" after keeping.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reports: dict[tuple[str, str], dict[str, Any]] = {}
        self.batches: list[int] = []
        self.answers: list[int | tuple[int, dict[str, str]] | str] = []
        self.calls = 0
        self.refuses: Callable[[str], str] | None = None
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: SmallDesk

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.calls += 1
            told = self.server.answers.pop(0) if self.server.answers else 202
            status, headers = told if isinstance(told, tuple) else (202 if told == "cut" else int(told), {})
            if self.path != "/v1/reports":
                self._answer(404, {"error": "nothing here"})
            elif why := self._barred(self.headers["Authorization"].removeprefix("Bearer ")):
                self._answer(401, {"error": why, "where": "Authorization"})
            elif status != 202:
                self._answer(status, {"error": f"told to answer {status}"}, headers)
            else:
                taken = self._take(gzip.decompress(body).decode())
                if told == "cut":
                    self.connection.close()
                else:
                    self._answer(202, taken)

    def _barred(self, token: str) -> str:
        if self.server.refuses is not None:
            return self.server.refuses(token)
        return "" if token == TOKEN else "this token is not known"

    def _take(self, body: str) -> dict[str, Any]:
        taken: dict[str, Any] = {"accepted": 0, "repeated": 0, "late": 0, "refused": []}
        lines = body.split("\n")
        for number, line in enumerate(lines, 1):
            report = json.loads(line)
            key = (report["source"], report["id"])
            if report["text"] == "refuse me":
                taken["refused"].append({"line": number, "error": "told to refuse it"})
            elif key in self.server.reports:
                taken["repeated"] += 1
            else:
                self.server.reports[key] = report
                taken["accepted"] += 1
        self.server.batches.append(len(lines))
        return taken

    def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def small_desk() -> Iterator[SmallDesk]:
    """Run a small desk on this machine."""
    server = SmallDesk()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
