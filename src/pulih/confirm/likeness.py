"""Finds past incidents like one at hand: what they share, how long they took, what it was that time.

Shared traits are counted, not learnt: a desk has tens of past incidents, and people must see at once why one is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from pulih.model.clock import MICROS
from pulih.model.incident import Incident
from pulih.model.scope import Scope, nested

Trait = Literal["operator", "service", "symptom", "region", "place"]
# "region" is one within the other, "place" the very same.
_POINTS: Final[Mapping[Trait, int]] = MappingProxyType(
    {"operator": 2, "service": 2, "symptom": 1, "region": 1, "place": 1}
)
# Less than this is no likeness worth a look: the operator alone, or a service alone.
_POINTS_MIN: Final = 3


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """A past incident that is like another one.

    Attributes:
        incident: the past one; its `cause_id`, `cause_en` say what it was, its state whether it was an outage at all.
        shared: what both have, most telling first.
        minutes: from its onset until it was restored; None when it was not.
    """

    incident: Incident
    shared: tuple[Trait, ...]
    minutes: int | None


def similar(
    incident: Incident, past: Iterable[Incident], *, parents: Mapping[str, str], most: int
) -> tuple[Similar, ...]:
    """Return past incidents like one, the likest first, then the latest.

    Args:
        incident: the one at hand.
        past: incidents to look through; itself is left out.
        parents: code of the region above each region.
        most: how many at most.
    """
    found = [
        Similar(incident=old, shared=traits, minutes=_minutes(old))
        for old in past
        if old.id != incident.id and _points(traits := _shared(incident, old, parents)) >= _POINTS_MIN
    ]
    found.sort(key=lambda one: (-_points(one.shared), -one.incident.onset_us, one.incident.id))
    return tuple(found[:most])


def is_like(one: Incident, other: Incident, parents: Mapping[str, str]) -> bool:
    """Return whether two incidents share enough to be worth a look: more than the operator alone, or a service alone.

    Args:
        one, other: in any order.
        parents: code of the region above each region.
    """
    return _points(_shared(one, other, parents)) >= _POINTS_MIN


def _shared(one: Incident, other: Incident, parents: Mapping[str, str]) -> tuple[Trait, ...]:
    """Return the traits of the pair of scopes that has most in common."""
    pairs = (_traits(first.scope, second.scope, parents) for first in one.scopes for second in other.scopes)
    best = max(pairs, key=_points, default=())
    return best if one.operator != other.operator or "operator" in best else ("operator", *best)


def _traits(one: Scope, other: Scope, parents: Mapping[str, str]) -> tuple[Trait, ...]:
    named: list[Trait] = []
    if one.operator and one.operator == other.operator:
        named.append("operator")
    if one.service is not None and one.service == other.service:
        named.append("service")
    if one.symptom is not None and one.symptom == other.symptom:
        named.append("symptom")
    # Two troubles of unknown place share none.
    if one.region is not None and other.region is not None and nested(one.region, other.region, parents):
        named.append("region")
        if one.region == other.region:
            named.append("place")
    return tuple(named)


def _points(traits: Iterable[Trait]) -> int:
    return sum(_POINTS[trait] for trait in traits)


def _minutes(incident: Incident) -> int | None:
    if incident.state != "restored" or incident.ended_us is None:
        return None
    return round((incident.ended_us - incident.onset_us) / (60 * MICROS))
