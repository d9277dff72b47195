"""Leading a browser elsewhere, and only within the desk."""

from __future__ import annotations

import re

from litestar import Response
from litestar.datastructures import Cookie

# One slash, then no second one and no backslash: else browsers read what follows as another host.
OWN = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")


def led(path: str, *, cookies: tuple[Cookie, ...] = ()) -> Response[bytes]:
    """Return the answer to a form that leads to a page of the desk (303: with GET)."""
    return Response(b"", status_code=303, headers={"location": path}, cookies=list(cookies), media_type="text/html")


def own_path(path: str, *, otherwise: str) -> str:
    """Return a path that stays within the desk.

    >>> own_path("/console/now", otherwise="/"), own_path("//evil.example/", otherwise="/")
    ('/console/now', '/')
    """
    return path if OWN.fullmatch(path) else otherwise
