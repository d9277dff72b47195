"""A subscriber table is what an operator says of its own customers: how many, where, with which service and plan.

It is plain frozen data, loaded by an adapter; docs/impact.md has the format of the file. A subscriber is a line (a SIM,
a fixed connection), not a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from pulih.model.impact import PriorityKind
from pulih.model.reading import Service

Medium = Literal["mobile", "fixed"]
# The services a line can have, and the medium that carries each. App and billing are nobody's line.
MEDIUM_OF: Mapping[str, Medium] = MappingProxyType(
    {"mobile_data": "mobile", "mobile_voice": "mobile", "sms": "mobile", "fixed_broadband": "fixed", "tv": "fixed"}
)
# The region of rows that count a whole country.
COUNTRY = ""


class SubscriberCount(msgspec.Struct, frozen=True, gc=False):
    """Subscribers of one operator, region, service and plan.

    Attributes:
        operator: catalogue id.
        region: code of the gazetteer, or COUNTRY.
        service: one of MEDIUM_OF.
        plan: as the operator calls it, or "".
        subscribers: how many, 0 or more.
        priority: of which kind they all are, None for ordinary customers.
    """

    operator: str
    region: str
    service: Service
    plan: str
    subscribers: int
    priority: PriorityKind | None = None


class SubscriberTable(msgspec.Struct, frozen=True):
    """Subscriber counts by operator and region."""

    counts: Mapping[str, Mapping[str, tuple[SubscriberCount, ...]]]

    def of(self, operator: str) -> Mapping[str, tuple[SubscriberCount, ...]]:
        """Return the counts of one operator by region; empty when it has none."""
        return self.counts.get(operator, {})

    def kinds(self, operators: Collection[str]) -> tuple[PriorityKind, ...]:
        """Return the kinds of priority customers that these operators list, in the order of the alphabet."""
        counts = (count for one in operators for rows in self.of(one).values() for count in rows)
        return tuple(sorted({count.priority for count in counts if count.priority is not None}))


def subscriber_table(counts: Iterable[SubscriberCount]) -> SubscriberTable:
    """Gather counts into a table."""
    gathered: dict[str, dict[str, list[SubscriberCount]]] = defaultdict(lambda: defaultdict(list))
    for count in counts:
        gathered[count.operator][count.region].append(count)
    return SubscriberTable(
        {operator: {region: tuple(rows) for region, rows in regions.items()} for operator, regions in gathered.items()}
    )


def plan_key(plan: str) -> str:
    """Return by what a plan is told apart from others: capitals and further spaces make no other plan.

    >>> plan_key("Unlimited  Harian") == plan_key("unlimited harian")
    True
    """
    return " ".join(plan.casefold().split())


def subscribers_in(counts: Iterable[SubscriberCount], *, services: Collection[str]) -> int:
    """Return the subscribers of any of `services`, each once.

    One line carries data, calls and SMS, so the rows of one plan count the same people: of its services on one medium
    the largest count stands. Rows of different plans, regions or media are different lines.

    >>> rows = [SubscriberCount("xl", "31", "mobile_data", "A", 90), SubscriberCount("xl", "31", "sms", "A", 100)]
    >>> subscribers_in(rows, services=["mobile_data"]), subscribers_in(rows, services=["mobile_data", "sms"])
    (90, 100)
    """
    lines: dict[tuple[str, str, str, str | None, Medium], int] = {}
    for count in counts:
        if count.service in services:
            line = (count.operator, count.region, plan_key(count.plan), count.priority, MEDIUM_OF[count.service])
            lines[line] = max(lines.get(line, 0), count.subscribers)
    return sum(lines.values())
