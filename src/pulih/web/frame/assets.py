"""Style, script and images that pages load: all served by the desk, each address bound to its content.

Those of others are vendored at pinned versions with their licences; web/assets/vendor/SHA256SUMS and a test hold them.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

KINDS = {".css": "text/css", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


class Asset(msgspec.Struct, frozen=True):
    """One file: its bytes, the same packed, its type, and a digest of its content."""

    plain: bytes
    packed: bytes
    kind: str
    digest: str


@cache
def assets() -> Mapping[str, Asset]:
    """Return all files by name; read once."""
    return {name: _asset(name, file.read_bytes()) for name, file in _walk("", files("pulih.web") / "assets")}


def asset(name: str) -> str:
    """Return the address of a file; it changes with its content, so browsers may keep it for good.

    Raises: KeyError when there is no such file.

    >>> asset("frame.css").startswith("/assets/frame.css?v=")
    True
    """
    return f"/assets/{name}?v={assets()[name].digest}"


@get("/assets/{name:path}", include_in_schema=False)
async def serve_asset(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """Serve one file, packed where the browser takes that."""
    found = assets().get(str(name).lstrip("/"))
    if found is None:
        raise NotFoundException(f"There is no file {name}.")
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    packed = "gzip" in request.headers.get("accept-encoding", "")
    if packed:
        headers["content-encoding"] = "gzip"
    return Response(found.packed if packed else found.plain, media_type=found.kind, headers=headers)


def _walk(above: str, folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        name = f"{above}{entry.name}"
        if entry.is_dir():
            yield from _walk(f"{name}/", entry)
        else:
            yield name, entry


def _asset(name: str, content: bytes) -> Asset:
    ending = f".{name.rsplit('.', 1)[-1]}"
    kind = KINDS.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(content, gzip.compress(content, mtime=0), kind, hashlib.sha256(content).hexdigest()[:12])
