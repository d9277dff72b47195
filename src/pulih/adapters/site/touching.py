"""What a bulletin holds about one place, operator or service: all that a page of it may say, and no more.

An outage of a province is one of each of its regencies, and one of a regency is told on the page of its province. Two
bulletins whose `Facts` are equal have equal pages, apart from the stamp: so pages are left alone that did not change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from pulih.model.bulletin import Bulletin, ComplaintLevel, Level, Measurement, Place, PublicIncident, Work
from pulih.model.reading import Service

GRAVEST: Final[tuple[Level, ...]] = ("far_above", "above", "usual", "unknown")
# So many that are over are told on a page of a place or service; the history has all.
_PAST_MAX = 5


class Facts(msgspec.Struct, frozen=True):
    """What is known of a place or service: outages that go on, the last that are over, levels, measurements, work.

    `sure` holds the ids of those going on that name it; of the others it is not known whether they hit it.
    """

    current: tuple[PublicIncident, ...] = ()
    past: tuple[PublicIncident, ...] = ()
    levels: tuple[ComplaintLevel, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    works: tuple[Work, ...] = ()
    sure: tuple[str, ...] = ()


class Index:
    """The incidents of one bulletin by place, so that each of some thousand pages finds its own at once."""

    def __init__(self, bulletin: Bulletin) -> None:
        self._bulletin = bulletin
        self.places: Mapping[str, Place] = {place.code: place for place in bulletin.places}
        self._below: dict[str, list[str]] = {}
        for place in bulletin.places:
            self._below.setdefault(place.above, []).append(place.code)
        self._current = _by_place(bulletin.current)
        self._past = _by_place(bulletin.past)

    def below(self, code: str) -> list[Place]:
        """Return the places right below one, in the bulletin's order; "" asks for those right below the country."""
        return [self.places[inner] for inner in self._below.get(code, ())]

    def chain(self, code: str) -> list[Place]:
        """Return a place and those above it, from the widest on."""
        found: list[Place] = []
        # Three levels at most; the bound keeps a slip in the data from hanging the desk.
        while code in self.places and len(found) < 4:
            found.insert(0, self.places[code])
            code = self.places[code].above
        return found

    def of_place(self, code: str) -> Facts:
        """Return what is known of a place; an outage that names no place may hit it too."""
        named = {place.code for place in self.chain(code)} | set(self._below.get(code, ()))
        bulletin = self._bulletin
        current = _gathered(bulletin.current, self._current, named)
        return Facts(
            current=current,
            past=_gathered(bulletin.past, self._past, named)[:_PAST_MAX],
            levels=tuple(sorted((one for one in bulletin.levels if one.region == code), key=_gravity)),
            measurements=tuple(one for one in bulletin.measurements if one.region in named),
            works=tuple(one for one in _ahead(bulletin) if not one.regions or named.intersection(one.regions)),
            sure=tuple(one.id for one in current if named.intersection(regions_of(one))),
        )

    def of_service(self, operator: str, service: Service | None = None) -> Facts:
        """Return what is known of an operator, or of one of its services, and then of the operator beside it."""
        bulletin = self._bulletin
        current = tuple(one for one in bulletin.current if _hits(one, operator, service))
        return Facts(
            current=current,
            past=tuple(one for one in bulletin.past if _hits(one, operator, service))[:_PAST_MAX],
            levels=tuple(
                one
                for wanted in dict.fromkeys((service, None))
                for one in bulletin.levels
                if one.operator == operator and one.service == wanted and one.region is None
            ),
            measurements=tuple(one for one in bulletin.measurements if one.operator == operator and not one.region),
            works=tuple(
                one
                for one in _ahead(bulletin)
                if one.operator == operator and (service is None or not one.services or service in one.services)
            ),
            sure=tuple(
                one.id for one in current if service is None or any(scope.service == service for scope in one.scopes)
            ),
        )


def regions_of(incident: PublicIncident) -> tuple[str | None, ...]:
    """Return where an incident is; None where that is not said."""
    return tuple(dict.fromkeys(scope.region for scope in incident.scopes)) or (None,)


def _gravity(one: ComplaintLevel) -> int:
    return GRAVEST.index(one.level)


def _by_place(incidents: Iterable[PublicIncident]) -> dict[str | None, list[int]]:
    found: dict[str | None, list[int]] = {}
    for number, incident in enumerate(incidents):
        for region in regions_of(incident):
            found.setdefault(region, []).append(number)
    return found


def _gathered(
    incidents: tuple[PublicIncident, ...], by_place: Mapping[str | None, list[int]], named: Iterable[str]
) -> tuple[PublicIncident, ...]:
    numbers = {number for code in (None, *named) for number in by_place.get(code, ())}
    return tuple(incidents[number] for number in sorted(numbers))


def _hits(incident: PublicIncident, operator: str, service: Service | None) -> bool:
    if incident.operator != operator:
        return False
    return service is None or not incident.scopes or any(one.service in {service, None} for one in incident.scopes)


def _ahead(bulletin: Bulletin) -> Iterable[Work]:
    return (one for one in bulletin.works if one.state != "completed")
