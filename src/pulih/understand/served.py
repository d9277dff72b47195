"""Served: how many subscribers of a service there are in a region, from the operator's table or from its people.

A table is exact where it has rows for the region or for regions inside it. Where it only counts a wider area, nobody
knows how many of those are here: perhaps none, perhaps all, by the number of people so many. Without a table there are
lines per person and the operator's share of the market, and wide bounds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from math import isqrt

import msgspec

from pulih.model.errors import RefusedInput
from pulih.model.impact import Bounds, PriorityKind
from pulih.model.scope import Scope
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue
from pulih.understand.priors import ANYBODY, Priors
from pulih.understand.subscribers import COUNTRY, MEDIUM_OF, Medium, SubscriberCount, SubscriberTable, subscribers_in

TABLE = "impact.served.table"
TABLE_WIDER = "impact.served.table_wider"
POPULATION = "impact.served.population"
MARKET_UNKNOWN = "impact.served.market_unknown"
REGION_UNKNOWN = "impact.served.region_unknown"
_Counts = tuple[SubscriberCount, ...]


class Known(msgspec.Struct, frozen=True):
    """What is known besides the scope: regions, operators, priors, and the operator's table where it gave one."""

    gazetteer: Gazetteer
    catalogue: Catalogue
    priors: Priors
    table: SubscriberTable | None = None


class Served(msgspec.Struct, frozen=True):
    """Subscribers in a region, and the ids of the methods and rules that gave the number."""

    subscribers: Bounds
    methods: tuple[str, ...]
    rules: tuple[str, ...] = ()


def served_by(scope: Scope, known: Known) -> Served:
    """Return the subscribers of the scope's operator and service in its region.

    Args:
        scope: operator, service and region; where the service is not told, all services of the operator.
        known: tables and priors.

    Raises: RefusedInput when there is no table, and the gazetteer tells no number of people.
    """
    services = services_of(scope)
    counted = [totals for counts in _tables(scope, known) if (totals := _counted(counts, services))]
    if not counted:
        return _by_people(scope, known)
    return _added(_from_table(totals, scope.region or COUNTRY, known.gazetteer) for totals in counted)


def priority_listed(scope: Scope, kind: PriorityKind, known: Known) -> Served:
    """Return the priority customers of a kind in the scope's region, by the operator's table."""
    services = services_of(scope)
    counted = [totals for counts in _tables(scope, known) if (totals := _counted(counts, services, kind))]
    return _added(_from_table(totals, scope.region or COUNTRY, known.gazetteer) for totals in counted)


def services_of(scope: Scope) -> Collection[str]:
    """Return the services whose lines a scope speaks of: its own, or every one where it names none that is a line."""
    service = scope.service or ""
    return (service,) if service in MEDIUM_OF else tuple(MEDIUM_OF)


def operators_of(scope: Scope, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the scope's operator and the brands on its network; nobody where it names none."""
    return catalogue.on_network(scope.operator) if scope.operator else ()


def population_of(region: str, gazetteer: Gazetteer) -> int:
    """Return the people of a region or, for COUNTRY, of all provinces; 0 when unknown."""
    if region == COUNTRY:
        return sum(one.population for one in gazetteer.provinces())
    found = gazetteer.region(region)
    return found.population if found else 0


def middle(low: int, high: int) -> int:
    """Return the geometric mean of two whole numbers, rounded down; 0 counts as 1.

    Where only the order of magnitude is open, each one between the bounds is as likely as the next.

    >>> middle(100, 1_000_000), middle(0, 900)
    (10000, 30)
    """
    return isqrt(max(low, 1) * max(high, 1))


def _tables(scope: Scope, known: Known) -> list[Mapping[str, _Counts]]:
    """Return the counts of the scope's operator and of the brands on its network."""
    return [] if known.table is None else [known.table.of(one) for one in operators_of(scope, known.catalogue)]


def _counted(
    counts: Mapping[str, _Counts], services: Collection[str], kind: PriorityKind | None = None
) -> dict[str, int]:
    """Return the subscribers of the services by region, only those of one kind where it is named.

    Regions without a row of the services are left out; those that have rows of other subscribers have 0 of the kind.
    """
    return {
        region: subscribers_in((row for row in rows if kind in (None, row.priority)), services=services)
        for region, rows in counts.items()
        if any(row.service in services for row in rows)
    }


def _from_table(totals: Mapping[str, int], region: str, gazetteer: Gazetteer) -> Served:
    """Return what one operator's totals say of a region: exact, or part of the nearest wider area they count."""
    chain = (*gazetteer.ancestors(region), COUNTRY) if region != COUNTRY else (COUNTRY,)
    for area in chain:
        inside = [count for code, count in totals.items() if _lies_in(code, area, gazetteer)]
        if not inside:
            continue
        total = sum(inside)
        if area == region:
            return Served(Bounds(total, total, total), (TABLE,))
        here, there = population_of(region, gazetteer), population_of(area, gazetteer)
        # Whole numbers all the way, so that a wider region never gets fewer.
        likely = total * here // there if here and there else middle(0, total)
        return Served(Bounds(0, min(likely, total), total), (TABLE_WIDER,))
    return Served(Bounds(0, 0, 0), (TABLE,))


def _lies_in(code: str, area: str, gazetteer: Gazetteer) -> bool:
    return area == COUNTRY or area in gazetteer.ancestors(code)


def _by_people(scope: Scope, known: Known) -> Served:
    """Return people times lines per person times market share; one region may hold all of an operator's lines."""
    medium = _medium(scope, known.catalogue)
    lines = known.priors.lines_of(medium)
    market = known.priors.market_of(scope.operator if _share_known(scope, known.catalogue, medium) else ANYBODY)
    country = population_of(COUNTRY, known.gazetteer)
    if not country:
        raise RefusedInput(
            f"impact: the gazetteer of {known.gazetteer.country} tells no number of people, and there is no table of "
            "subscribers for this operator; give one of the two (docs/impact.md)"
        )
    low, likely, high = (people * share for people, share in zip(lines.per_person, market.share, strict=True))
    methods = (POPULATION, MARKET_UNKNOWN) if market.operator == ANYBODY else (POPULATION,)
    rules = (lines.id, market.id)
    everywhere = int(country * high)
    if not scope.region:
        return Served(Bounds(int(country * low), int(country * likely), everywhere), methods, rules)
    here = population_of(scope.region, known.gazetteer)
    if not here:
        return Served(Bounds(0, middle(0, everywhere), everywhere), (*methods, REGION_UNKNOWN), rules)
    most = min(int(here * lines.per_person[2]), everywhere)
    return Served(Bounds(0, min(int(here * likely), most), most), methods, rules)


def _medium(scope: Scope, catalogue: Catalogue) -> str:
    kind = _kind(scope, catalogue)
    # Who sells fixed lines alone carries calls over them too.
    told = None if kind == "fixed" else MEDIUM_OF.get(scope.service or "")
    return told or kind or "either"


def _share_known(scope: Scope, catalogue: Catalogue, medium: str) -> bool:
    """Tell whether a share of the market would be of this medium: a mobile operator's says nothing of fixed lines."""
    return _kind(scope, catalogue) in (None, medium)


def _kind(scope: Scope, catalogue: Catalogue) -> Medium | None:
    """Return the one medium of the scope's operator; None where it has both, or nobody knows."""
    operator = catalogue.get(scope.operator)
    return operator.kind if operator is not None and operator.kind in ("mobile", "fixed") else None


def _added(parts: Iterable[Served]) -> Served:
    """Return the sum of what several operators have."""
    all_parts = list(parts)
    bounds = [part.subscribers for part in all_parts]
    return Served(
        Bounds(sum(b.low for b in bounds), sum(b.likely for b in bounds), sum(b.high for b in bounds)),
        tuple(dict.fromkeys(method for part in all_parts for method in part.methods)) or (TABLE,),
    )
