"""The affected time S of one subscriber: when they were where a service was down that the clause is about.

S is a set of instants: whatever overlaps, and however often a subscriber moves between regions that are down, no
instant counts twice (requirement K1). Source: docs/credit.md, "Affected time".
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from pulih.compensate.clauses import Clause
from pulih.compensate.holdings import Holding
from pulih.compensate.outages import CreditIncident, Window
from pulih.compensate.regions import covers, depth
from pulih.compensate.runs import NEVER, Runs, difference, intersection, union

EVERY_SERVICE = "*"

# A piece of time in which a service ("*": every one) was down for the subscriber.
Outage = tuple[str, int, int]


def affected_time(incident: CreditIncident, clause: Clause, holding: Holding) -> Runs:
    """The set S.

    Args:
        incident: the incident, with its windows.
        clause: says which services, places and windows matter.
        holding: the subscriber's own rows.

    Returns: all instants at which the subscriber is affected.

    >>> from pulih.compensate.clauses import Fixed, ValidityDays
    >>> from pulih.compensate.holdings import CreditSubscriber, Presence
    >>> who = CreditSubscriber(subscriber_id=1, plan_id="a", segment="residential", monthly_fee_minor=0,
    ...     currency="IDR", payment="prepaid", home_region="31.74")
    >>> windows = (Window("31", "data", 0, 60), Window("32", "data", 50, 90))
    >>> moved = (Presence("31.74", 0, 40), Presence("32.71", 40, 70))
    >>> clause = Clause(id="c", quantity=Fixed(1), value=ValidityDays())
    >>> affected_time(CreditIncident(id="A", zone="Asia/Jakarta", windows=windows), clause,
    ...     Holding(subscriber=who, presence=moved))
    ((0, 40), (50, 70))
    """
    if clause.location == "listed":
        outages = [(row.service, row.start_us, row.end_us) for row in holding.listed if row.incident_id == incident.id]
    else:
        outages = _outages(_heeded(incident.windows, clause), clause, holding)
    if clause.services is None:
        return union((start, end) for _, start, end in outages)
    downs = [_down(outages, service) for service in clause.services]
    if clause.service_mode == "any":
        return union(run for down in downs for run in down)
    return reduce(intersection, downs)


def _down(outages: Iterable[Outage], service: str) -> Runs:
    return union((start, end) for named, start, end in outages if named in (service, EVERY_SERVICE))


def _heeded(windows: tuple[Window, ...], clause: Clause) -> list[Window]:
    deepest = clause.window_max_depth
    return [window for window in windows if deepest is None or depth(window.region) <= deepest]


def _outages(windows: list[Window], clause: Clause, holding: Holding) -> list[Outage]:
    """When which service was down where the clause puts the subscriber."""
    outages: list[Outage] = []
    for window in windows:
        for start, end in _there(window, clause, holding):
            outages.append((window.service, start, end))
    return outages


def _there(window: Window, clause: Clause, holding: Holding) -> Runs:
    """When, during a window, one of the subscriber's places was covered by it."""
    during: Runs = ((window.start_us, window.end_us),)
    at_home = during if covers(window.region, holding.subscriber.home_region) else NEVER
    if clause.location == "home":
        return at_home
    present = union((row.start_us, row.end_us) for row in holding.presence if covers(window.region, row.region))
    there = intersection(during, present)
    if clause.location == "presence":
        return there
    seen = union((row.start_us, row.end_us) for row in holding.presence)
    return union((*there, *difference(at_home, seen)))
