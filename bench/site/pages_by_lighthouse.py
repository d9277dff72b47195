"""Measures the public pages: how fast they are made, how large they are, and Lighthouse's scores as a phone has them.

    python bench/site/pages_by_lighthouse.py [--rounds 5]

Needs Chromium, Node and the test peers (`make peers`). Pages are served packed, as a desk or nginx does, and each is
looked at several times; what counts is the median, since Lighthouse depends on what else the machine does.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests" / "core")]

import sample_bulletin  # noqa: E402

from pulih.adapters.gazetteer import indonesia  # noqa: E402
from pulih.adapters.site.pages import SitePages  # noqa: E402

SHOWN = ("", "wilayah/31/", "gangguan/20251003-k7qm/")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
KINDS = {"js": "text/javascript", "json": "application/json"}


def main() -> None:
    """Make the site of the whole country and print what was measured."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=5)
    rounds = asked.parse_args().rounds
    pages = _made()
    _sizes(pages)
    with _served(pages) as address:
        _scores(address, rounds)


def _made() -> Mapping[str, bytes]:
    now_us = time.time_ns() // 1_000
    made = sample_bulletin.bulletin(
        places=sample_bulletin.whole_country(),
        past=sample_bulletin.many_past(1_000),
        made_us=now_us,
        stale_us=now_us + 900_000_000,
    )
    squares = ((one.code, one.tile, one.short) for one in indonesia().regions.values())
    maker = SitePages(tiles={code: (*tile, letters) for code, tile, letters in squares if tile})
    maker.pages(made, None)
    began = time.process_time()
    pages = maker.pages(made, None)
    print(
        f"pages of a whole country in two languages and 1,000 incidents: {len(pages)} in {_since(began)} s of one core"
    )
    later = sample_bulletin.bulletin(
        places=made.places, past=made.past, current=(), made_us=now_us + 1, stale_us=made.stale_us + 1
    )
    began = time.process_time()
    print(f"pages after one change: {len(maker.pages(later, made))} in {_since(began)} s of one core")
    return pages


def _since(began: float) -> float:
    return round(time.process_time() - began, 2)


def _sizes(pages: Mapping[str, bytes]) -> None:
    packed = {path: len(gzip.compress(content, 9)) for path, content in pages.items() if path.endswith(".html")}
    largest = max(packed, key=lambda path: packed[path])
    print(f"home packed: {packed['index.html']} bytes; largest page: {largest}, {packed[largest]} bytes")


def _scores(address: str, rounds: int) -> None:
    found: dict[str, dict[str, list[int]]] = {}
    for _ in range(rounds):
        for one in _lighthouse(address):
            for name in CATEGORIES:
                found.setdefault(one["address"], {}).setdefault(name, []).append(one[name])
    for page, scores in found.items():
        medians = ", ".join(f"{name} {statistics.median(scores[name]):.0f}" for name in CATEGORIES)
        print(f"/{page.removeprefix(address)}: {medians} (median of {rounds})")


def _lighthouse(address: str) -> list[dict[str, Any]]:
    node, chromium = shutil.which("node"), shutil.which("chromium")
    if node is None or chromium is None:
        raise SystemExit("Node or Chromium is missing. Install them with: apt-get install nodejs chromium")
    command = [node, "lighthouse_pages.js", chromium, ",".join(CATEGORIES), *(address + path for path in SHOWN)]
    done = subprocess.run(command, cwd=ROOT / "tests" / "node", capture_output=True, text=True, check=True)
    scores: list[dict[str, Any]] = json.loads(done.stdout.strip().splitlines()[-1])
    return scores


@contextmanager
def _served(pages: Mapping[str, bytes]) -> Iterator[str]:
    packed = {path: gzip.compress(content) for path, content in pages.items()}

    class Host(BaseHTTPRequestHandler):
        """Answers with packed pages."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.lstrip("/")
            path += "index.html" if path == "" or path.endswith("/") else ""
            content = packed.get(path)
            self.send_response(404 if content is None else 200)
            self.send_header("content-type", KINDS.get(path.rpartition(".")[2], "text/html; charset=utf-8"))
            self.send_header("content-length", str(len(content or b"")))
            if content is not None:
                self.send_header("content-encoding", "gzip")
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


if __name__ == "__main__":
    main()
