"""What the page of publishing shows: when the public site was made, and what became of it at each place."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from pulih.ports.publishing import OWN_SITE
from pulih.service.courier import CourierNow
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.console.incident_page import spoken
from pulih.web.frame.guards import require
from pulih.web.frame.rendering import page
from pulih.web.frame.threads import in_thread


@get("/console/publishing", guards=[require("viewer")], include_in_schema=False)
@in_thread
def publishing(request: AnyRequest) -> Response[bytes]:
    """Show how the public site is published."""
    return page(request, "console/publishing.html", **publishing_values(asking(request)))


def publishing_values(asked: Asking) -> dict[str, Any]:
    """Return what the page shows; places where something is wrong come first."""
    now = asked.rooms.publishing()
    return {
        **spoken(asked.tongue),
        "site": now,
        "address": asked.rooms.settings.public_address,
        "places": sorted(now.places, key=lambda one: (not one.says, one.name)),
        "fate": fate,
        "own": OWN_SITE,
    }


def fate(place: CourierNow) -> str:
    """Return what became of a place: "failing", "waiting" before the first time, or "well".

    >>> fate(CourierNow(name="own site")), fate(CourierNow(name="own site", put_us=1, says="The disk is full."))
    ('waiting', 'failing')
    """
    if place.says:
        return "failing"
    return "waiting" if place.put_us is None else "well"
