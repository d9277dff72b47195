"""The small tables that the SQL reads beside the inputs: when what was down where, days, and what sets off what.

All that SQL is bad at is worked out here, with the very functions that the rules use: which windows cover a place,
local midnights, working days, fractions. What is left to the database is joining, sorting and adding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa

from pulih.adapters.credit.sql_exposure import GAP, HOME, THERE
from pulih.adapters.credit.sql_rules import Pair, Rule, Shape, shape_of, slots_of
from pulih.compensate.clauses import DaysAfterWorkingDays, LocalDays, Policy
from pulih.compensate.days import day_number, day_of, midnight_us, working_day_after
from pulih.compensate.exposure import EVERY_SERVICE
from pulih.compensate.outages import CreditIncident, Window
from pulih.compensate.regions import EVERYWHERE, depth
from pulih.compensate.runs import Runs, union

_VIAS: Final[Mapping[str, tuple[int, ...]]] = {
    "presence": (THERE,),
    "home": (HOME,),
    "presence_else_home": (THERE, GAP),
    "listed": (),
}
_TYPES: Final = {"BIGINT": pa.int64(), "VARCHAR": pa.string()}
# Spans of time by incident id: from the first start to the last end of the rows that list its subscribers.
Spans = Mapping[str, tuple[int, int]]


class Table(msgspec.Struct, frozen=True):
    """A table of parameters: names and SQL types of its columns (BIGINT or VARCHAR), and its rows."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[int | str | None, ...], ...]


def arrow_table(table: Table) -> pa.Table:
    """The table as Arrow, which every database reads."""
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    arrays = [pa.array(values, _TYPES[kind]) for values, (_, kind) in zip(columns, table.columns, strict=True)]
    return pa.table(arrays, names=[name for name, _ in table.columns])


def _table(name: str, numbers: str, rows: Iterable[tuple[int | str | None, ...]], *, texts: str = "") -> Table:
    """A table whose columns are named in one line: texts first, then numbers."""
    columns = [(column, "VARCHAR") for column in texts.split()] + [(column, "BIGINT") for column in numbers.split()]
    return Table(name, tuple(columns), tuple(rows))


def vias_of(shapes: Iterable[Shape]) -> frozenset[int]:
    """How the table `downtime` is met by these shapes: THERE, GAP, HOME."""
    return frozenset(via for _, _, location, _ in shapes for via in _VIAS[location])


def rule_table(rules: tuple[Rule, ...]) -> Table:
    """The rules, a column for each field."""
    columns = tuple((name, "VARCHAR" if name == "currency" else "BIGINT") for name in Rule.__struct_fields__)
    return Table("rule", columns, tuple(msgspec.structs.astuple(rule) for rule in rules))


def slots_table(shapes: tuple[Shape, ...]) -> Table:
    """How many slots of each shape must be open."""
    return _table("slots", "shape slots", ((number, len(slots_of(shape))) for number, shape in enumerate(shapes)))


def downtime_table(pairs: tuple[Pair, ...], shapes: tuple[Shape, ...], regions: Iterable[str]) -> Table:
    """When each slot was down in each region that occurs in the data, as runs that share no instant.

    Args:
        pairs: evaluated pairs.
        shapes: their shapes.
        regions: every code that presence or a home has.
    """
    places = sorted(set(regions))
    rows: list[tuple[int | str | None, ...]] = []
    for seq, number, incident in _exposures(pairs, shapes):
        vias = _VIAS[shapes[number][2]]
        for slot, services in enumerate(slots_of(shapes[number])):
            windows = [window for window in incident.windows if _heeded(window, services, shapes[number][3])]
            for region, runs in _downtimes(windows, places):
                rows += [(region, via, number, seq, slot, *run) for via in vias for run in runs]
    return _table("downtime", "via shape seq slot from_us to_us", rows, texts="region")


def listed_table(pairs: tuple[Pair, ...], shapes: tuple[Shape, ...]) -> Table:
    """Which service of a listed row opens which slot; without a service every one does."""
    rows: list[tuple[int | str | None, ...]] = []
    for seq, number, incident in _exposures(pairs, shapes):
        if shapes[number][2] == "listed":
            for slot, services in enumerate(slots_of(shapes[number])):
                named = (None,) if services is None else sorted({*services, EVERY_SERVICE})
                rows += [(incident.id, service, number, seq, slot) for service in named]
    return _table("listed", "shape seq slot", rows, texts="incident_id service")


def day_tables(pairs: tuple[Pair, ...], rules: tuple[Rule, ...], spans: Spans) -> tuple[Table, ...]:
    """The tables `local_day` and `grace`: midnights, and the last day that gives nothing.

    A day that a zone has jumped over has no length and is left out.
    """
    days: list[tuple[int, int, int, int]] = []
    counting = [pair for pair in pairs if isinstance(pair.clause.quantity, LocalDays | DaysAfterWorkingDays)]
    for seq, incident in {pair.seq: pair.incident for pair in counting}.items():
        zone = ZoneInfo(incident.zone)
        spans_of_days = (
            (day, midnight_us(day, zone), midnight_us(day + 1, zone)) for day in _days_touched(incident, spans, zone)
        )
        days += [(seq, *span) for span in spans_of_days if span[1] < span[2]]
    grace: list[tuple[int, int, int]] = []
    for pair, rule in zip(pairs, rules, strict=True):
        quantity = pair.clause.quantity
        if isinstance(quantity, DaysAfterWorkingDays):
            holidays = frozenset(day_number(day) for day in quantity.holidays)
            grace += [
                (rule.rule, day, working_day_after(day, quantity, holidays)) for seq, day, *_ in days if seq == pair.seq
            ]
    return (
        _table("local_day", "seq day from_us to_us", days),
        _table("grace", "rule day last_day", grace),
    )


def settled_table(policy: Policy, pairs: tuple[Pair, ...]) -> Table:
    """Which earlier credits are set off against which rule: its incident's and policy's own, or superseded ones."""
    policies = sorted({policy.id, *policy.supersedes})
    rows = [
        (incident_id, policy_id, pair.clause.id, rule)
        for rule, pair in enumerate(pairs)
        for incident_id in sorted({pair.incident.id, *pair.incident.supersedes})
        for policy_id in policies
    ]
    return _table("settled", "rule", rows, texts="incident_id policy_id clause_id")


def _exposures(pairs: tuple[Pair, ...], shapes: tuple[Shape, ...]) -> list[tuple[int, int, CreditIncident]]:
    """Each incident and shape that some clause looks at, once: seq, number of the shape, incident."""
    met = {(pair.seq, shapes.index(shape_of(pair.clause))): pair.incident for pair in pairs}
    return [(seq, number, incident) for (seq, number), incident in sorted(met.items(), key=lambda item: item[0])]


def _heeded(window: Window, services: tuple[str, ...] | None, deepest: int | None) -> bool:
    wanted = services is None or window.service == EVERY_SERVICE or window.service in services
    return wanted and (deepest is None or depth(window.region) <= deepest)


def _downtimes(windows: list[Window], places: list[str]) -> list[tuple[str, Runs]]:
    """Runs by place, without places that no window covers; a country's villages share few sets of windows."""
    by_region: dict[str, list[Window]] = {}
    for window in windows:
        by_region.setdefault(window.region, []).append(window)
    runs_of: dict[tuple[str, ...], Runs] = {}
    told = []
    for place in places:
        covering = tuple(region for region in _regions_over(place) if region in by_region)
        if covering and covering not in runs_of:
            pieces = (window for region in covering for window in by_region[region])
            runs_of[covering] = union((window.start_us, window.end_us) for window in pieces)
        if covering:
            told.append((place, runs_of[covering]))
    return told


def _regions_over(place: str) -> list[str]:
    """Every region that covers a place (`regions.covers`): everywhere, each prefix that ends before a dot, itself."""
    prefixes = [place[:at] for at, letter in enumerate(place) if letter == "."]
    return list(dict.fromkeys((EVERYWHERE, *prefixes, place)))


def _days_touched(incident: CreditIncident, spans: Spans, zone: ZoneInfo) -> range:
    """Local days that affected time can touch."""
    starts = [window.start_us for window in incident.windows]
    ends = [window.end_us for window in incident.windows]
    if incident.id in spans:
        starts.append(spans[incident.id][0])
        ends.append(spans[incident.id][1])
    return range(day_of(min(starts), zone), day_of(max(ends) - 1, zone) + 1)
