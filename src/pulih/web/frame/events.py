"""`/console/events`: what changed, told to open pages as it happens; ends when the session does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio.to_thread
from litestar import Request, get
from litestar.response import Stream

from pulih.model.errors import OutsideFailed
from pulih.web.frame.guards import require
from pulih.web.frame.rooms import Rooms, rooms_of
from pulih.web.frame.visitor import visitor_of


@get("/console/events", guards=[require("viewer")], include_in_schema=False)
async def events(request: Request[Any, Any, Any]) -> Stream:
    """Stream events: `beat` every 15 s, and whatever the desk tells its hub."""
    rooms = rooms_of(request)
    if rooms.hub.full():
        raise OutsideFailed(
            "Too many pages are open at this desk. Close some; this one is renewed by loading it again."
        )
    return Stream(
        _encoded(rooms, visitor_of(request).session),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _encoded(rooms: Rooms, session: str) -> AsyncIterator[bytes]:
    async for event in rooms.hub.listen():
        if event.name == "beat" and await anyio.to_thread.run_sync(rooms.people.session, session) is None:
            yield b"event: signed_out\ndata:\n\n"
            return
        yield event.encoded()
