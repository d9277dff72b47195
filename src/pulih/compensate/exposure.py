"""The affected time S of one subscriber: when they were where a service was down that the clause is about.

S is a set of instants: whatever overlaps, and however often a subscriber moves between regions that are down, no
instant counts twice (requirement K1). Source: docs/credit.md, "Affected time".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce

from pulih.compensate.clauses import Clause
from pulih.compensate.holdings import Holding
from pulih.compensate.outages import CreditIncident, Window
from pulih.compensate.regions import covers, depth
from pulih.compensate.runs import Runs, difference, intersection, union

EVERY_SERVICE = "*"

# Before and after all instants of 64 bits.
_ALWAYS = (-(2**63), 2**63)

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
        outages = list(_outages(_heeded(incident.windows, clause), clause, holding))
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


def _outages(windows: list[Window], clause: Clause, holding: Holding) -> Iterator[Outage]:
    """When which service was down where the clause puts the subscriber; pieces without time among them."""
    for region, start_us, end_us in _places(clause, holding):
        for window in windows:
            if covers(window.region, region):
                yield window.service, max(window.start_us, start_us), min(window.end_us, end_us)


def _places(clause: Clause, holding: Holding) -> Iterator[tuple[str, int, int]]:
    """Where the clause puts the subscriber, and when."""
    home = holding.subscriber.home_region
    if clause.location == "home":
        yield (home, *_ALWAYS)
        return
    for row in holding.presence:
        yield row.region, row.start_us, row.end_us
    if clause.location == "presence_else_home":
        seen = union((row.start_us, row.end_us) for row in holding.presence)
        for start_us, end_us in difference((_ALWAYS,), seen):
            yield home, start_us, end_us
