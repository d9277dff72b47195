"""Brands: of a network and the brands it carries, the one that holds the trouble tells it, once.

A network is watched with the reports of all its brands. When nearly all of a rise comes from one brand, that
brand's own finding tells it; when it does not, a brand's finding within it is only part of it. Both are judged
by what was known at the alarm.
"""

from __future__ import annotations

from pulih.detect.calendar import Calendar
from pulih.detect.family import ScopeRise
from pulih.detect.tally import Tally
from pulih.service.hierarchy import Family

# As for places: who holds this share of the evidence holds the trouble.
HOLDING_SHARE = 0.6


def held_by_a_brand(rise: ScopeRise, at: int, family: Family, *, tally: Tally, calendar: Calendar) -> bool:
    """Whether one carried brand holds what the network's `rise` rests on up to bin `at`."""
    first_s, last_s = _seconds(rise.onset, at, calendar)
    whole = tally.evidence(list(family.members), first_s, last_s)
    return any(
        tally.evidence([brand], first_s, last_s) >= HOLDING_SHARE * whole
        for brand in family.members[1:]
        if brand in tally.operators()
    )


def part_of_network(rise: ScopeRise, at: int, family: Family, *, tally: Tally, calendar: Calendar) -> bool:
    """Whether a brand's `rise` holds less than its share of what its network's brands report at bin `at`."""
    first_s, last_s = _seconds(rise.onset, at, calendar)
    own = tally.evidence([family.operator], first_s, last_s)
    return own < HOLDING_SHARE * tally.evidence(list(family.carriers), first_s, last_s)


def _seconds(first: int, last: int, calendar: Calendar) -> tuple[int, int]:
    """Return when bin `first` begins and bin `last` ends."""
    return calendar.start_s + first * calendar.bin_s, calendar.start_s + (last + 1) * calendar.bin_s
