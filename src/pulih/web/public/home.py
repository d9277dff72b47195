"""The plain public page: what is broken, since when, what still works, and when the next word is due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get

from pulih.model.clock import MICROS
from pulih.model.errors import OutsideFailed
from pulih.model.incident import Incident
from pulih.service.view import OperatorNow, SourceNow
from pulih.web.frame.rendering import page
from pulih.web.frame.rooms import Rooms, rooms_of
from pulih.web.frame.threads import in_thread
from pulih.web.public.standing import public_incidents, public_levels

# A page that is older says of itself that it is stale.
GOOD_FOR_US = 15 * 60 * MICROS
INCIDENTS_MAX = 50
# Enough for those that ended within the day; which of them are shown is settled by `standing`.
PAST_MAX = 20


# In English below /en/, as the site that takes its place once it is made.
@get(["/", "/en"], include_in_schema=False)
@in_thread
def home(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Show the public page. It is the same for everybody who reads the same language."""
    rooms = rooms_of(request)
    now_us = rooms.clock.now_us()
    own = rooms.settings.own if rooms.settings.mode == "operator" else ()
    operators, sources = _heard(rooms)
    incidents = public_incidents(_incidents(rooms), now_us)
    return page(
        request,
        "public/home.html",
        incidents=[one for one in incidents if not own or one.operator in own],
        levels=public_levels(operators, sources, own),
        now_us=now_us,
        stale_us=now_us + GOOD_FOR_US,
    )


def _incidents(rooms: Rooms) -> Sequence[Incident]:
    if rooms.incidents is None:
        return ()
    return [*rooms.incidents.current(INCIDENTS_MAX), *rooms.incidents.past(PAST_MAX)]


def _heard(rooms: Rooms) -> tuple[Sequence[OperatorNow], Sequence[SourceNow]]:
    """Return what was heard lately; while the counts can not be had, levels are unknown and the page still speaks."""
    if rooms.live is None:
        return (), ()
    try:
        heard: tuple[Sequence[OperatorNow], Sequence[SourceNow]] = rooms.heard.answer(
            lambda: (rooms.live.operators(), rooms.live.sources())
        )
    except OutsideFailed:
        return (), ()
    return heard
