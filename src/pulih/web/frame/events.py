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

# Numbers of events are nanoseconds since 1970; these are enough until the year 5138.
NUMBER_DIGITS_MAX = 20


@get("/console/events", guards=[require("viewer")], include_in_schema=False)
async def events(request: Request[Any, Any, Any]) -> Stream:
    """Stream events: `beat` every 15 s, and whatever the desk tells its hub since the page was made or last heard."""
    rooms = rooms_of(request)
    if rooms.hub.full():
        raise OutsideFailed(
            "Too many pages are open at this desk. Close some; this one is renewed by loading it again."
        )
    return Stream(
        _encoded(rooms, visitor_of(request).session, _since(request)),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


def _since(request: Request[Any, Any, Any]) -> int | None:
    """Return the last event the page knows of: the last that it heard, else the newest when it was made."""
    said = request.headers.get("last-event-id") or request.query_params.get("since") or ""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= NUMBER_DIGITS_MAX else None


async def _encoded(rooms: Rooms, session: str, since: int | None) -> AsyncIterator[bytes]:
    async for event in rooms.hub.listen(since):
        if event.name == "beat" and await anyio.to_thread.run_sync(rooms.people.session, session) is None:
            yield b"event: signed_out\ndata:\n\n"
            return
        yield event.encoded()
