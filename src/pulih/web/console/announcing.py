"""Announcing: what changes at the desk is told to open pages, which then ask anew for what they show."""

from __future__ import annotations

from pulih.web.frame.rooms import Rooms

# Names of the events that pages of the console listen for.
LIVE = "live"
INCIDENT = "incident"
CREDITS = "credits"


def announce(rooms: Rooms) -> None:
    """Tell open pages whenever an incident moves or the counts do; called once, before the desk is served."""
    rooms.incidents.on_change(lambda incident, _: rooms.hub.tell(INCIDENT, incident.id))
    if rooms.credits is not None:
        rooms.credits.on_change(lambda incident: rooms.hub.tell(CREDITS, incident))
    rooms.live.on_change(lambda: rooms.hub.tell(LIVE))
