"""The desk's own address, for links that leave a page."""

from __future__ import annotations

from typing import Any

from litestar import Request

from pulih.web.frame.rooms import rooms_of


def desk_address(request: Request[Any, Any, Any]) -> str:
    """Return the address of the desk: the configured one, else the one by which it was asked."""
    return rooms_of(request).settings.address or f"{request.url.scheme}://{request.url.netloc}"
