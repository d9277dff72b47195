"""Serves the published site beside the pages of the desk: the same bytes as everywhere, with tags, packed when wanted.

Only paths that were published are served, so no address leads out of the folder. A page is public and the same for all,
so caches may keep it a moment, and for a day when the desk does not answer: it says by itself when it is stale.
Source: RFC 9110 (13.1.2 If-None-Match, 12.5.3 Accept-Encoding), RFC 9111, RFC 5861 (stale-if-error).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import anyio
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from pulih.ports.publishing import Shelf, StoredPage
from pulih.web.frame.headers import TRANSPORT

CACHE_CONTROL: Final = b"public, max-age=30, stale-if-error=86400"
# The pages carry their style with them, and nothing else: no script but the desk's own files.
PAGE_POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    b"manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_OF_ALL: Final = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin"))
_HTML: Final = "text/html"
_OF_PAGES: Final = (
    (b"content-security-policy", PAGE_POLICY),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
# Feeds, files for machines and the widget are there for other sites too.
_OF_FILES: Final = ((b"access-control-allow-origin", b"*"), (b"cross-origin-resource-policy", b"cross-origin"))
_INDEX: Final = "index.html"


class SiteLayer:
    """Answers GET and HEAD of published paths, and hands all else on.

    Args:
        app: what answers all else.
        shelf: what was published.
        encrypted: the desk is reached over TLS.
    """

    def __init__(self, app: ASGIApp, shelf: Shelf, *, encrypted: bool) -> None:
        self._app, self._shelf = app, shelf
        self._always = (*_OF_ALL, TRANSPORT) if encrypted else _OF_ALL

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP or scope["method"] not in {"GET", "HEAD", "OPTIONS"}:
            await self._app(scope, receive, send)
            return
        asked, path = scope, scope["path"].removeprefix("/")
        held = path + _INDEX if path == "" or path.endswith("/") else path
        if scope["method"] == "OPTIONS":
            await (self._tell_methods(send) if self._shelf.holds(held) else self._app(scope, receive, send))
            return
        if self._shelf.holds(held):
            page = await anyio.to_thread.run_sync(lambda: self._shelf.page(held, packed=_unpacks(asked)))
            if page is not None:
                await self._answer(asked, send, page)
                return
        elif self._shelf.holds(f"{path}/{_INDEX}"):
            await self._lead(send, f"/{path}/")
            return
        await self._app(scope, receive, send)

    async def _answer(self, scope: HTTPScope, send: Send, page: StoredPage) -> None:
        tag = f'"{page.etag}"'.encode()
        same = _has(_header(scope, b"if-none-match"), tag)
        headers = [
            (b"etag", tag),
            (b"cache-control", CACHE_CONTROL),
            (b"vary", b"accept-encoding"),
            *self._always,
            *(_OF_PAGES if page.kind.startswith(_HTML) else _OF_FILES),
        ]
        if not same:
            headers += [(b"content-type", page.kind.encode()), (b"content-length", str(len(page.content)).encode())]
            headers += [(b"content-encoding", b"gzip")] * page.packed
        await send({"type": "http.response.start", "status": 304 if same else 200, "headers": headers})
        body = b"" if same or scope["method"] == "HEAD" else page.content
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _tell_methods(self, send: Send) -> None:
        headers = [(b"allow", b"GET, HEAD, OPTIONS"), *self._always]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _lead(self, send: Send, to: str) -> None:
        headers = [(b"location", to.encode()), (b"content-length", b"0"), (b"cache-control", CACHE_CONTROL)]
        await send({"type": "http.response.start", "status": 308, "headers": [*headers, *self._always]})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _header(scope: HTTPScope, name: bytes) -> bytes:
    return b", ".join(value for key, value in scope["headers"] if key.lower() == name)


def _has(asked: bytes, tag: bytes) -> bool:
    return any(one in {tag, b"*"} for one in (part.strip().removeprefix(b"W/") for part in asked.split(b",")))


def _unpacks(scope: HTTPScope) -> bool:
    """Whether the reader takes gzip, by name or by a star, and does not rule it out.

    >>> _unpacks({"headers": [(b"accept-encoding", b"br, gzip;q=0.5")]})
    True
    """
    weights = dict(_weights(_header(scope, b"accept-encoding").split(b",")))
    return weights.get(b"gzip", weights.get(b"*", 0.0)) > 0


def _weights(parts: Iterable[bytes]) -> Iterable[tuple[bytes, float]]:
    for part in parts:
        name, _, asked = part.partition(b";")
        weight = asked.strip().removeprefix(b"q=")
        try:
            yield name.strip().lower(), float(weight) if asked else 1.0
        except ValueError:
            yield name.strip().lower(), 0.0
