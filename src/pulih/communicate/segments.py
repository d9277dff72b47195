"""Segments: whom a published word is for, so that an operator's own platforms can tell exactly those.

An operator has platforms that reach millions, and lists of customers that must not leave them. So a segment names no
customer: it is an operator, a place and a service, and whoever has the list decides who is in it. What is not known of
a customer speaks for telling them: they are in it *perhaps*.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from pulih.model.bulletin import PublicIncident, Word
from pulih.model.reading import Service

# Surely: a segment holds the customer's place and service. Perhaps: of one of them too little is known.
Membership = Literal["surely", "perhaps"]
# The country, four levels of regions and a slip in the data.
_LEVELS_MAX: Final = 5


class Segment(msgspec.Struct, frozen=True, order=True):
    """Whom a word is for: an operator's customers in a region ("" everywhere) with a service ("any" all of them)."""

    operator: str
    region: str
    service: Service


def segments_of(incident: PublicIncident, word: Word, parents: Mapping[str, str]) -> tuple[Segment, ...]:
    """Return whom a word is for: the parts of the incident that it speaks of, none of them inside another.

    Args:
        incident: as the public knows it.
        word: one of its words; where it names regions or services, it speaks of those alone.
        parents: code of the region above each region.

    >>> from pulih.model.bulletin import PublicScope
    >>> scopes = tuple(PublicScope(stage="identified", service="mobile_data", region=one) for one in ("31", "31.74"))
    >>> one = PublicIncident(id="a", operator="xl", title_id="", title_en="", stage="identified", severity="major",
    ...     scopes=scopes, onset_us=0, updated_us=0)
    >>> word = Word(id="n1", number=1, kind="update", stage="identified", published_us=0, text_id="", text_en="")
    >>> segments_of(one, word, {"31.74": "31"})
    (Segment(operator='xl', region='31', service='mobile_data'),)
    """
    parts = [(scope.region or "", scope.service or "any") for scope in incident.scopes] or [("", "any")]
    spoken: set[Segment] = set()
    for region, service in parts:
        for place in _narrowed(region, word.regions, parents):
            spoken |= {Segment(incident.operator, place, kind) for kind in _kinds(service, word.services)}
    if not spoken:
        # The word is about what no scope has: it says whom it is for, and is believed.
        spoken = {
            Segment(incident.operator, place, kind)
            for place in word.regions or ("",)
            for kind in word.services or ("any",)
        }
    return tuple(sorted(one for one in spoken if not any(_holds(other, one, parents) for other in spoken - {one})))


def membership(
    segment: Segment, *, region: str, service: Service | None, parents: Mapping[str, str]
) -> Membership | None:
    """Return whether a customer of the segment's operator is in it, None when they are not.

    Args:
        segment: which.
        region: code of where the customer is, "" when it is not known.
        service: what the customer has, None when it is not known or all of them.
        parents: code of the region above each region.

    >>> segment, above = Segment("xl", "31.74", "mobile_data"), {"31.74": "31"}
    >>> [membership(segment, region=one, service="mobile_data", parents=above) for one in ("31.74", "31", "32")]
    ['surely', 'perhaps', None]
    """
    if service not in {None, "any"} and segment.service not in {"any", service}:
        return None
    # Whoever has all services, or unknown ones, may well not use the one that is hit.
    known = segment.service == "any" or service not in {None, "any"}
    if _within(region, segment.region, parents):
        return "surely" if known else "perhaps"
    return "perhaps" if not region or _within(segment.region, region, parents) else None


def _narrowed(region: str, named: tuple[str, ...], parents: Mapping[str, str]) -> list[str]:
    """Return the part of a region that a word speaks of; the narrower of two that lie in each other."""
    if not named:
        return [region]
    return [
        one if _within(one, region, parents) else region
        for one in named
        if _within(one, region, parents) or _within(region, one, parents)
    ]


def _kinds(service: Service, named: tuple[Service, ...]) -> list[Service]:
    if not named or "any" in named:
        return [service]
    return list(named) if service == "any" else [one for one in named if one == service]


def _holds(wide: Segment, narrow: Segment, parents: Mapping[str, str]) -> bool:
    return wide.service in {"any", narrow.service} and _within(narrow.region, wide.region, parents)


def _within(code: str, other: str, parents: Mapping[str, str]) -> bool:
    """Whether a region is another or lies in it; everything lies in ""."""
    for _ in range(_LEVELS_MAX):
        if other in {"", code}:
            return True
        code = parents.get(code, "")
        if not code:
            return False
    return False
