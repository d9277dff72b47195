"""What everyone else says, shown to a reporter after they reported: reports like theirs, and the state there.

It is shown after and never before, so that nobody reports what they have only read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from pulih.communicate.affected import Asked, Certain, belonging
from pulih.communicate.promises import promises_of, running
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.errors import OutsideFailed
from pulih.model.incident import Incident
from pulih.service.public_form import CHOICES, Told
from pulih.web.frame.rooms import Rooms
from pulih.web.frame.words import about

Stage = Literal["confirmed", "claimed_fixed", "restored"]
_OPEN_MAX = 200
_PAST_MAX = 50


class There(msgspec.Struct, frozen=True, kw_only=True):
    """The public incident that a report fits: its id, its state there, since when, until when a word is promised."""

    incident: str
    state: Stage
    certain: Certain
    since_us: int
    next_by_us: int | None
    overdue: bool


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What others reported within the hour; what whoever asks reported themselves is not in it.

    Attributes:
        region: code of the region that was found, "" for none; `place` its name.
        here: reports that name the operator from there, as rounded as they are shown; 0 where none is known.
        all: reports that name the operator.
        alike: of those, how many tell of the same symptom.
        there: the incident that it fits, None for none that the public may know.
    """

    region: str = ""
    place: str = ""
    here: int = 0
    all: int = 0
    alike: int = 0
    there: There | None = None


def around(rooms: Rooms, *, operator: str, place: str, symptom: str, own: Sequence[Told] = ()) -> Around:
    """Return what is said around a report.

    Args:
        rooms: of the desk.
        operator: catalogue id, "" where none was named.
        place: as somebody typed it; a name that no region has counts nowhere.
        symptom: as in the form.
        own: what whoever asks reported within the hour. Should some of it not be counted yet, the others are that many
            too few, and never too many.
    """
    region = rooms.find_region(place) if place.strip() else ""
    service = next((one for choice, one in CHOICES.items() if choice == symptom), None)
    there = _there(rooms, Asked(operator=operator, service=service, region=region))
    named = Around(region=region, place=rooms.names.region(region), there=there)
    if not operator:
        return named
    mine = [one for one in own if one.operator == operator]
    return msgspec.structs.replace(named, **_counts(rooms, (operator, region, symptom), mine))


def _counts(rooms: Rooms, asked: tuple[str, str, str], mine: Sequence[Told]) -> dict[str, int]:
    operator, region, symptom = asked
    if rooms.live is None:
        return {}
    now_us = rooms.clock.now_us()
    try:
        heard = next((one for one in rooms.live.operators() if one.operator == operator), None)
        places = rooms.live.regions(operator, now_us - HOUR_S * MICROS, now_us) if region and heard else ()
    except OutsideFailed:
        # Thanks are said even when counts can not be had.
        return {}
    here = next((one.reports for one in places if one.code == region), 0)
    alike = next((many for one, many in heard.symptoms if one == symptom), 0) if heard else 0
    inside = [one for one in mine if _within(rooms.find_region(one.place) if one.place.strip() else "", region)]
    return {
        "here": _others(here, inside),
        "all": _others(heard.reports, mine) if heard else 0,
        "alike": _others(alike, [one for one in mine if one.choice == symptom]),
    }


def _others(count: float, mine: Sequence[Told]) -> int:
    return about(max(0, count - len(mine)))


def _within(region: str, around_it: str) -> bool:
    return bool(around_it) and (region == around_it or region.startswith(f"{around_it}."))


def _there(rooms: Rooms, asked: Asked) -> There | None:
    if rooms.incidents is None:
        return None
    known = [*rooms.incidents.current(_OPEN_MAX), *rooms.incidents.past(_PAST_MAX)]
    parents = {code: code.rpartition(".")[0] for code in rooms.names.regions if "." in code}
    now_us = rooms.clock.now_us()
    found = belonging(asked, [one for one in known if _public(one)], parents=parents, now_us=now_us)
    if found is None:
        return None
    state = next((one for one in _STATES if any(part.state == one for part in found.scopes)), None)
    if state is None:
        return None
    waits = running(promises_of(found.incident, now_us=now_us))
    return There(
        incident=found.incident.id,
        state=state,
        certain=found.certain,
        since_us=found.incident.onset_us,
        next_by_us=waits.due_us if waits and state != "restored" else None,
        overdue=waits is not None and waits.state == "broken",
    )


_STATES: tuple[Stage, ...] = ("confirmed", "claimed_fixed", "restored")


def _public(incident: Incident) -> bool:
    """Whether the public may know of it: a suspicion is a level of complaints and no more (docs/ontology.md)."""
    return incident.state in _STATES
