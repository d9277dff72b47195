"""Who asks for a page of the console, and what it takes to answer: language, times, names, the desk's rooms."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request
from litestar.exceptions import NotFoundException

from pulih.communicate.speech import Speech
from pulih.model.actor import Actor
from pulih.model.incident import Incident
from pulih.model.signal import SIMULATION
from pulih.web.console.phrasing import Tongue
from pulih.web.frame.guards import person_of
from pulih.web.frame.moments import Moments
from pulih.web.frame.rooms import Names, Rooms, WebSettings, rooms_of
from pulih.web.frame.visitor import visitor_of
from pulih.web.frame.words import words

AnyRequest = Request[Any, Any, Any]


class Asking(msgspec.Struct, frozen=True):
    """One who asks: the rooms they ask, how they are spoken to, and as whom they act."""

    rooms: Rooms
    tongue: Tongue
    actor: Actor

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the desk."""
        return self.tongue.when.zone

    def simulated(self) -> bool:
        """Tell whether some of what is heard was made up, as in the demo; every page then says so."""
        return any(one.source == SIMULATION for one in self.rooms.live.sources())

    def incident(self, incident_id: str) -> Incident:
        """Return an incident.

        Raises: NotFoundException when there is none of that id.
        """
        found: Incident | None = self.rooms.incidents.get(incident_id)
        if found is None:
            raise NotFoundException(f"There is no incident {incident_id[:40]}.")
        return found


def asking(request: AnyRequest) -> Asking:
    """Return who asks.

    Raises: NotSignedIn when nobody is; a guard makes sure that somebody is.
    """
    rooms, visitor, person = rooms_of(request), visitor_of(request), person_of(request)
    when = Moments(visitor.language, ZoneInfo(rooms.settings.zone), rooms.clock.now_us())
    tongue = Tongue(words(visitor.language), when, rooms.names, speech_of(rooms.settings, rooms.names))
    return Asking(rooms, tongue, Actor(person.name, person.role))


def speech_of(settings: WebSettings, names: Names) -> Speech:
    """Return how the desk speaks in public."""
    return Speech(
        zone=ZoneInfo(settings.zone),
        operators=names.operators,
        regions=names.regions,
        parents={code: code.rpartition(".")[0] for code in names.regions if "." in code},
        independent=settings.mode == "independent",
        speaker=settings.speaker,
        office=settings.office,
    )
