"""Activity: which part of a region's subscribers is doing what at an hour, moved by the few texts that say so.

One text in fifteen names an activity, so most of the answer is a prior: what people use the internet for, tilted by
service, hour, day and kind of place. Texts are then added as if the prior were so many texts already read, and the
bounds are Wilson's (1927), which hold for few texts as for many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import tzinfo
from math import sqrt

import msgspec

from pulih.model.clock import MICROS, WEEK_S, from_micros
from pulih.model.reading import Group
from pulih.model.scope import Scope
from pulih.understand.gazetteer import Gazetteer, Region
from pulih.understand.priors import ACTIVITIES, OTHER, Activity, Kind, Priors, Spread, Texts, Tilt

# Every zone in use differs from UTC by a whole number of quarter hours.
_SLICE_US = 900 * MICROS
_WEEK_US = WEEK_S * MICROS
# Of ten such bounds nine hold what they are to hold.
_WILSON_Z = 1.645
_SATURDAY = 5


class Hour(msgspec.Struct, frozen=True):
    """An hour of the local day, 0..23, on a workday or at the weekend."""

    hour: int
    weekend: bool


def hours_between(start_us: int, end_us: int, zone: tzinfo) -> dict[Hour, float]:
    """Return which part of [start_us, end_us) falls into each local hour; the parts sum to 1.

    Args:
        start_us, end_us: microseconds since 1970 UTC; an empty time stands for its moment, more than a week for a week.
        zone: local zone.

    >>> from datetime import UTC
    >>> hours_between(0, 3_600_000_000, UTC)
    {Hour(hour=0, weekend=False): 1.0}
    """
    last_us = max(start_us + 1, min(end_us, start_us + _WEEK_US))
    lengths: Counter[Hour] = Counter()
    at_us = start_us
    while at_us < last_us:
        next_us = min(last_us, (at_us // _SLICE_US + 1) * _SLICE_US)
        local = from_micros(at_us).astimezone(zone)
        lengths[Hour(local.hour, local.weekday() >= _SATURDAY)] += next_us - at_us
        at_us = next_us
    return {hour: length / (last_us - start_us) for hour, length in lengths.items()}


def kinds_of(region: str | None, gazetteer: Gazetteer, *, rural_below: int) -> dict[Kind, float]:
    """Return which part of a region's people lives in cities, regencies and rural ones; the parts sum to 1.

    Args:
        region: a code; None or an unknown one stands for the whole country.
        gazetteer: regions with their people; where none are known every regency counts the same.
        rural_below: regencies of fewer people are rural.
    """
    regencies = [one for one in gazetteer.regions.values() if one.level == "regency"]
    inside = [one for one in regencies if region in gazetteer.ancestors(one.code)] or regencies
    if not inside:
        return {"regency": 1.0}
    people: dict[Kind, float] = {}
    for one in inside:
        kind = _kind(one, rural_below)
        people[kind] = people.get(kind, 0.0) + max(one.population, 1)
    total = sum(people.values())
    return {kind: count / total for kind, count in people.items()}


def _kind(region: Region, rural_below: int) -> Kind:
    if region.city:
        return "city"
    # Where the number of people is not known, a regency is an ordinary one.
    return "rural" if 0 < region.population < rural_below else "regency"


def prior_shares(
    priors: Priors, scope: Scope, hours: Mapping[Hour, float], kinds: Mapping[Kind, float]
) -> tuple[dict[Activity, float], tuple[str, ...]]:
    """Return which part of the scope's subscribers is doing what, and the ids of the rules that say so.

    Args:
        priors: uses and tilts.
        scope: its service counts.
        hours, kinds: parts of the time and of the people; each sums to 1.

    Returns: a share for every activity, "other" included; they sum to 1.
    """
    shares = dict.fromkeys(ACTIVITIES, 0.0)
    used: dict[str, None] = {use.id: None for use in priors.uses}
    for hour, length in hours.items():
        for kind, people in kinds.items():
            tilts = [tilt for tilt in priors.tilts if _holds(tilt, scope, hour, kind)]
            used.update({tilt.id: None for tilt in tilts})
            weights = {use.activity: use.reach for use in priors.uses}
            for tilt in tilts:
                for activity, factor in tilt.factors.items():
                    weights[activity] *= factor
            total = sum(weights.values())
            for activity, weight in weights.items():
                shares[activity] += length * people * weight / total
    return shares, tuple(used)


def _holds(tilt: Tilt, scope: Scope, hour: Hour, kind: Kind) -> bool:
    if tilt.services and scope.service not in tilt.services:
        return False
    if tilt.kinds and kind not in tilt.kinds:
        return False
    if tilt.days != "any" and hour.weekend != (tilt.days == "weekend"):
        return False
    # Hours past midnight are those of the next day, written on: [22, 30) is ten in the evening until six.
    return tilt.hours is None or any(tilt.hours[0] <= one < tilt.hours[1] for one in (hour.hour, hour.hour + 24))


def group_shares(
    shares: Mapping[Activity, float], mentions: Mapping[Group, float], texts: Texts
) -> dict[Group, Spread]:
    """Return the part of subscribers in each group with bounds, after what the texts say.

    Texts tell how the activities divide among those in any of them; how many are in none is the prior's to say, since
    nobody writes of what they do not miss.

    Args:
        shares: prior shares that sum to 1, "other" among them.
        mentions: weighted texts by activity named.
        texts: how much they count.

    Returns: lowest, likely and highest share of each group, 0..1; the likely ones sum to at most 1.
    """
    active = 1.0 - shares[OTHER]
    said = sum(mentions.values())
    counted = min(said, texts.most)
    total = texts.prior + counted
    result: dict[Group, Spread] = {}
    for group, prior in shares.items():
        if group == OTHER:
            continue
        heard = counted * mentions.get(group, 0.0) / said if said else 0.0
        # Whoever is in none of the named activities cannot be in one of them either.
        part = (texts.prior * (prior / active if active else 0.0) + heard) / total
        low, high = wilson(part, total)
        result[group] = (low * active / texts.slack, part * active, min(1.0, high * active * texts.slack))
    return result


def wilson(part: float, total: float) -> tuple[float, float]:
    """Return Wilson's 90 per cent bounds of a proportion.

    Args:
        part: the proportion seen, 0..1.
        total: of how many; above 0.

    >>> [round(bound, 2) for bound in wilson(0.5, 20)]
    [0.33, 0.67]
    """
    square = _WILSON_Z**2 / total
    centre, width = part + square / 2, _WILSON_Z * sqrt(part * (1 - part) / total + square / (4 * total))
    # The bounds hold the proportion itself; at 0 and 1 the arithmetic misses it by a hair.
    return min(part, max(0.0, (centre - width) / (1 + square))), max(part, min(1.0, (centre + width) / (1 + square)))
