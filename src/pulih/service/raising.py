"""Raising: scan the family of one operator, localise, and say which rises stand; nobody has read their texts yet.

What is scanned, a whole history at once or the state of a desk that runs, is not known here: `Scans` brings it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from pulih.detect.calendar import Calendar
from pulih.detect.family import FamilyScan, ScopeRise, ScopeSeries
from pulih.detect.localise import Localiser, Locator, Placed
from pulih.detect.tally import NOTHING_ASIDE, Aside, Columns, Tally
from pulih.model.clock import HOUR_S
from pulih.series.tuning import Tuning
from pulih.service.brands import held_by_a_brand, part_of_network
from pulih.service.hierarchy import Family

# Findings of comparable scopes closer than this are one outage.
INCIDENT_GAP_S = 6 * HOUR_S
# An operator with less counted evidence than this in all cannot have a finding.
EVIDENCE_MIN = 2.0


class Scanned(msgspec.Struct, frozen=True):
    """The scopes of one family, scanned.

    Attributes:
        columns: all that was said of it, `counted` what of that counts.
        rises: of all its scopes, by alarm and region.
        series: returns the series of a region, "" the country.
        localiser: that of earlier looks at the same counts, None without any.
    """

    columns: Columns
    counted: Columns
    rises: tuple[ScopeRise, ...]
    series: Callable[[str], ScopeSeries]
    localiser: Localiser | None = None


class Scans(msgspec.Struct, frozen=True):
    """What rises are looked for in.

    Attributes:
        scan: returns a family as scanned without what is set aside, None when it has next to no reports.
        tally: the counts of all operators.
        calendar: the bins.
    """

    scan: Callable[[Family, Aside], Scanned | None]
    tally: Tally
    calendar: Calendar


class Raised(msgspec.Struct, frozen=True):
    """The rises of one family that stand, by the bin in which each was raised, and the scan that shows them."""

    family: Family
    placed: tuple[Placed, ...]
    scanned: Scanned
    locator: Locator


def whole_scans(tally: Tally, calendar: Calendar, tuning: Tuning) -> Scans:
    """Return scans of a whole history."""

    def scan(family: Family, aside: Aside) -> Scanned | None:
        columns = tally.columns(list(family.members))
        counted = tally.columns(list(family.members), aside) if aside else columns
        if counted.y.sum() < EVIDENCE_MIN:
            return None
        found = FamilyScan(counted, tally.codes, family.regions, calendar=calendar, tuning=tuning)
        return Scanned(columns, counted, found.rises, found.series)

    return Scans(scan, tally, calendar)


def raise_rises(
    family: Family, scans: Scans, *, networks: Mapping[str, Raised], aside: Aside = NOTHING_ASIDE
) -> Raised | None:
    """Return which rises of one operator stand, None when it has next to no reports.

    Args:
        family: the operator and its brands.
        scans: counts and their scans.
        networks: what was raised of the networks that carry others.
        aside: whose word does not count towards a rise, and when; people still read all that was written.
    """
    scanned = scans.scan(family, aside)
    if scanned is None:
        return None
    calendar = scans.calendar
    bin_of = (scanned.counted.at_s - calendar.start_s) // calendar.bin_s
    locator = Locator(scanned.counted, scans.tally.codes, family.regions, bin_of=bin_of)
    localiser = scanned.localiser or Localiser(INCIDENT_GAP_S // calendar.bin_s)
    standing = localiser.placed(scanned.rises, locator, bins=calendar.bins, first=calendar.start_s)
    return Raised(family, tuple(_told_once(standing, family, scans, networks)), scanned, locator)


def end_of(placed: Placed, calendar: Calendar) -> int:
    """Return the bin behind the last one of a rise: not before it was raised, and that of the data while it is open."""
    return calendar.bins if placed.rise.ended is None else max(placed.rise.ended, placed.alarm + 1)


def _told_once(placed: list[Placed], family: Family, scans: Scans, networks: Mapping[str, Raised]) -> list[Placed]:
    """Leave out what a brand tells for its network, or the network for its brand."""
    tally, calendar = scans.tally, scans.calendar
    if len(family.members) > 1:
        return [
            one for one in placed if not held_by_a_brand(one.rise, one.alarm, family, tally=tally, calendar=calendar)
        ]
    carrier = networks.get(family.carriers[0]) if family.carriers else None
    if carrier is None:
        return placed
    return [
        one
        for one in placed
        if not _open_at(carrier, one.alarm, calendar)
        or not part_of_network(one.rise, one.alarm, family, tally=tally, calendar=calendar)
    ]


def _open_at(carrier: Raised, at: int, calendar: Calendar) -> bool:
    """Whether one of the carrier's rises was raised before bin `at` begins, and not over by then."""
    return any(
        one.alarm + 1 <= at and (one.rise.ended is None or one.rise.declared is None or at <= end_of(one, calendar))
        for one in carrier.placed
    )
