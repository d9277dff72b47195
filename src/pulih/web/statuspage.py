"""Answers the Statuspage read interface over HTTP as clients of it expect: headers, weak tags, an empty 404.

It stands beside the pages and without their framework: what it serves are documents made beforehand, it keeps no
session and sets no cookie, and anybody may read it from any site.

Source: RFC 9110, sections 8.8.3 (weak tags), 13.1.2 (If-None-Match) and 15.4.5 (304); docs/statuspage.md.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, Final

import anyio

ROOTS: Final = ("/api/v2/", "/en/api/v2/")
_CACHE: Final = b"max-age=10, public, s-maxage=10, stale-while-revalidate=20, stale-if-error=3600"
_ANYBODY: Final = (b"access-control-allow-origin", b"*")
# Anybody may ask from any site, with whatever headers a browser asks about first.
_ASKED: Final = (
    (b"allow", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"*"),
)
_KEPT: Final = ((b"cache-control", _CACHE), _ANYBODY, (b"x-content-type-options", b"nosniff"))


class StatuspageApp:
    """A bare ASGI application for what lies below `ROOTS`.

    Args:
        read: returns a document by its path below the site's root ("api/v2/status.json"), None where there is none;
            it may read a disk, and is asked in a thread.
    """

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read

    @staticmethod
    def takes(path: str) -> bool:
        """Tell whether a path is of this interface."""
        return path.startswith(ROOTS)

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        """Answer one request."""
        asked = scope["method"]
        if asked == "OPTIONS":
            await _answer(send, 204, [*_ASKED, _ANYBODY])
            return
        if asked not in {"GET", "HEAD"}:
            await _answer(send, 405, [(b"allow", b"GET, HEAD"), _ANYBODY])
            return
        content = await anyio.to_thread.run_sync(self._read, scope["path"].lstrip("/"))
        if content is None:
            await _answer(send, 404, [_ANYBODY])
            return
        tag = b'W/"' + blake2b(content, digest_size=12).hexdigest().encode() + b'"'
        headers = [(b"etag", tag), *_KEPT]
        if _has(scope, tag):
            await _answer(send, 304, headers)
            return
        headers += [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", b"%d" % len(content))]
        await _answer(send, 200, headers, b"" if asked == "HEAD" else content)


def _has(scope: Any, tag: bytes) -> bool:
    """Tell whether the caller has it already; tags are compared weakly."""
    named = b",".join(value for name, value in scope["headers"] if name == b"if-none-match")
    opaque = tag.removeprefix(b"W/")
    tags = (one.strip().removeprefix(b"W/") for one in named.split(b","))
    return any(one in {b"*", opaque} for one in tags)


async def _answer(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
    if not body and status >= 400:
        headers = [*headers, (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
