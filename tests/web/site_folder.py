"""The site in a folder behind a plain web server, as a host of static files has it; every kind of page by its path."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sample_bulletin import bulletin

from pulih.adapters.site.pages import SitePages

# One of each kind; with what stands there in the sample bulletin.
KINDS: Mapping[str, str] = {
    "home": "", "places": "wilayah/", "province": "wilayah/31/", "regency": "wilayah/11.71/",
    "operator": "layanan/smartfren/", "service": "layanan/xl/sms/", "going on": "gangguan/20251003-k7qm/",
    "over": "gangguan/20251002-b3xd/", "taken back": "gangguan/20250928-9wha/", "history": "riwayat/",
    "works": "pemeliharaan/", "register": "daftar-gangguan/",
}  # fmt: skip
_ENGLISH = (
    ("daftar-gangguan/", "register/"), ("wilayah/", "place/"), ("layanan/", "service/"), ("gangguan/", "incident/"),
    ("riwayat/", "history/"), ("pemeliharaan/", "maintenance/"),
)  # fmt: skip
TILES = {"31": (3, 5, "JK"), "32": (3, 6, "JB"), "11": (0, 0, "AC")}


def path_of(kind: str, language: str) -> str:
    """Return the path of a kind of page in a language."""
    path = KINDS[kind]
    if language == "id":
        return path
    for indonesian, english in _ENGLISH:
        path = path.replace(indonesian, english)
    return f"en/{path}"


def site(**more: Any) -> dict[str, bytes]:
    """Return all pages of the sample bulletin, in which `more` is replaced."""
    return dict(SitePages(tiles=TILES).pages(bulletin(**more), None))


def text(pages: Mapping[str, bytes], kind: str, language: str = "id") -> str:
    """Return one page."""
    return pages[f"{path_of(kind, language)}index.html"].decode()


def laid_out(pages: Mapping[str, bytes], folder: Path) -> None:
    """Write pages into a folder."""
    for path, content in pages.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        before_s = file.stat().st_mtime if file.exists() else None
        file.write_bytes(content)
        if before_s is not None:
            # The plain server tells versions apart by the second, and tests publish twice within one.
            os.utime(file, (before_s + 2, before_s + 2))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the tests do."""


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine; give the address, with a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
