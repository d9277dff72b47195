"""Testimony: what the texts of one scope tell of impact: how many people wrote, and in which activities they are hit.

People who write are a small and peculiar part of those who are hit. What they say bounds the impact from below and
shifts the priors of groups; it never counts customers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from pulih.model.reading import Group, Reading


class Testimony(msgspec.Struct, frozen=True):
    """What the texts of one scope tell.

    Attributes:
        people: different authors of reports beyond what is usual there, each with the weight of their weightiest
            text; rounded down. None where authors are not known.
        mentions: weighted texts that name an activity as hit, by activity.
    """

    people: int | None = None
    mentions: Mapping[Group, float] = MappingProxyType({})


def beyond_usual(people: float, *, signals: int, expected: float) -> int:
    """Return the people beyond those who write on any day.

    Args:
        people: weighted authors of the scope, 0 or more.
        signals: signals counted in it.
        expected: how many of them were usual.

    >>> beyond_usual(80.0, signals=100, expected=25.0), beyond_usual(80.0, signals=10, expected=25.0)
    (60, 0)
    """
    return int(people * max(0.0, 1.0 - expected / signals)) if signals > 0 else 0


def mentions(texts: Iterable[tuple[Reading, float]]) -> dict[Group, float]:
    """Add up the weights of the texts that name each activity.

    Args:
        texts: readings with the weight each counts with, 0..1.

    >>> reading = Reading(True, 0.9, True, "mobile_data", "no_internet", "xl", groups=("work", "banking"))
    >>> mentions([(reading, 1.0), (reading, 0.5)])
    {'work': 1.5, 'banking': 1.5}
    """
    total: dict[Group, float] = defaultdict(float)
    for reading, weight in texts:
        for group in reading.groups:
            total[group] += weight
    return dict(total)
