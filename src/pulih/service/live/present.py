"""Present: regions, operators and sources as they are now, out of the fold, the store and the ledger's counters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

import msgspec

from pulih.detect.live_family import lineage
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.finding import Finding
from pulih.ports.files import Wanted
from pulih.ports.intake import SourceCount
from pulih.ports.live import Pace, SignalStore
from pulih.service.hierarchy import Family
from pulih.service.live.fold import Fold
from pulih.service.live.showing import family_of, is_counted
from pulih.service.view import Alive, Liveness, OperatorNow, RegionNow, SourceNow, Weighed

# Silent is who has said nothing for so many usual gaps: people pause at night, probes never.
PAUSES, PROBE_PAUSES, SILENT_S_MIN = 60, 5, 300
# What was heard less often has no usual gap yet.
SIGNALS_MIN = 10
# Services and symptoms shown of an operator.
MOST = 3
_NOT_OURS = Alive()


def regions_of(
    fold: Fold, operator: str, span_us: tuple[int, int], *, name: Callable[[str], str], findings: Iterable[Finding]
) -> list[RegionNow]:
    """Return the regions of an operator that were named or are in an open finding, most reports first.

    Args:
        fold: the state.
        operator: whose reports.
        span_us: first and last moment, microseconds, last excluded.
        name: names a region.
        findings: open ones.
    """
    family = family_of(fold, operator)
    if family is None:
        return []
    first_s, last_s = span_us[0] // MICROS, -(-span_us[1] // MICROS)
    columns = fold.tally.between(family.members, first_s, last_s)
    reports, weights = Counter[str](), defaultdict[str, float](float)
    told = (columns.region.tolist(), columns.signals.tolist(), columns.placed.tolist())
    for index, many, weight in zip(*told, strict=True):
        for code in lineage(fold.tally.codes[index], family.regions) if index >= 0 else ():
            reports[code] += many
            weights[code] += weight
    for one in fold.waiting():
        if is_counted(one, family, "") and one.region and span_us[0] <= one.window_us < span_us[1]:
            reports.update(dict.fromkeys(lineage(one.region, family.regions), one.reports))
    found = {one.region: one.id for one in findings if one.operator == operator and one.region}
    bins = fold.grid.number(first_s), fold.grid.number(last_s)
    scan = fold.scans[operator]
    evidence = float(columns.y.sum())
    ratio = float(columns.signals.sum()) / evidence if evidence > 0 else 1.0
    usual = {code: scan.usual(code, *bins) for code in reports.keys() | found.keys() if code in family.regions}
    return [
        RegionNow(
            code=code,
            name=name(code),
            parent=family.regions[code].parent,
            reports=reports[code],
            usual=round(usual[code] * ratio, 3),
            finding=found.get(code, ""),
            weighed=Weighed(round(weights[code], 3), round(usual[code], 3)),
        )
        for code in sorted(usual, key=lambda code: (-reports[code], code))
    ]


def operators_of(fold: Fold, now_us: int, findings: Iterable[Finding]) -> list[tuple[OperatorNow, frozenset[str]]]:
    """Return every operator heard of within the kept weeks, with whoever counts for it; see `said_of`.

    Those with open findings come first, then those of most reports.
    """
    open_of: dict[str, tuple[str, ...]] = {}
    for one in findings:
        open_of[one.operator] = (*open_of.get(one.operator, ()), one.id)
    told = [
        (
            msgspec.structs.replace(_operator(fold, family, now_us), findings=open_of.get(family.operator, ())),
            frozenset(family.members),
        )
        for family in fold.families
    ]
    return sorted(told, key=lambda one: (not one[0].findings, -one[0].reports, one[0].operator))


def said_of(heard: tuple[OperatorNow, frozenset[str]], store: SignalStore, now_us: int) -> OperatorNow:
    """Return an operator with what its reports of the last hour say, which the store knows."""
    one, members = heard
    if not one.reports:
        return one
    said = store.count(Wanted(start_us=now_us - HOUR_S * MICROS, end_us=now_us, operators=members))
    return msgspec.structs.replace(
        one,
        services=tuple(Counter(said.services).most_common(MOST)),
        symptoms=tuple(Counter(said.symptoms).most_common(MOST)),
    )


def _operator(fold: Fold, family: Family, now_us: int) -> OperatorNow:
    since_us = now_us - HOUR_S * MICROS
    columns = fold.tally.between(family.members, since_us // MICROS, fold.open_us // MICROS)
    waiting = sum(one.reports for one in fold.waiting() if is_counted(one, family, ""))
    evidence, signals = float(columns.y.sum()), int(columns.signals.sum())
    bins = fold.grid.number(since_us // MICROS), fold.grid.number(now_us // MICROS)
    usual = fold.scans[family.operator].usual("", *bins)
    return OperatorNow(
        operator=family.operator,
        name=family.name,
        reports=signals + waiting,
        usual=round(usual * (signals / evidence if evidence > 0 else 1.0), 3),
        weighed=Weighed(round(evidence, 3), round(usual, 3)),
    )


def sources_of(
    counts: Iterable[SourceCount],
    paces: Mapping[str, Pace],
    now_us: int,
    alive: Mapping[str, Alive],
    *,
    afar: Collection[str] = (),
) -> list[SourceNow]:
    """Return every source with its counters and liveness, by name.

    Args:
        counts: of the ledger.
        paces: how often each source spoke of late.
        now_us: the desk's clock.
        alive: sources that the desk listens to by itself, also such as were never heard.
        afar: those that measure from a distance: they are live while they answer, and say nothing while all is well.
    """
    heard = {one.source: one for one in counts}
    return [
        _source(
            heard.get(name, SourceCount(name)),
            None if name in afar else paces.get(name),
            alive.get(name, _NOT_OURS),
            now_us,
        )
        for name in sorted(heard.keys() | alive.keys())
    ]


def _source(one: SourceCount, pace: Pace | None, alive: Alive, now_us: int) -> SourceNow:
    if alive.away_s >= SILENT_S_MIN:
        liveness: Liveness = "silent"
    else:
        liveness = _shown_alive(alive) if pace is None else liveness_of(one.last_heard_us, pace, now_us)
    return SourceNow(
        source=one.source,
        heard=one.heard,
        counted=one.counted,
        refused=one.refused,
        repeated=one.repeated,
        late=one.late,
        last_heard_us=one.last_heard_us,
        usual_gap_s=round(pace.gap_s, 1) if pace else None,
        liveness=liveness,
        filters=alive.filters,
    )


def _shown_alive(alive: Alive) -> Liveness:
    """Return what the filters of a source without a pace of its own say: that they all answer, or nothing."""
    return "live" if alive.filters and all(one.liveness == "live" for one in alive.filters) else "unknown"


def liveness_of(last_heard_us: int | None, pace: Pace | None, now_us: int) -> Liveness:
    """Return whether a source is live, silent, or spoke too rarely to know (requirement L5).

    >>> liveness_of(0, Pace(60.0, 500, True), 3_600_000_000), liveness_of(0, Pace(60.0, 500, True), 240_000_000)
    ('silent', 'live')
    """
    if last_heard_us is None or pace is None or pace.signals < SIGNALS_MIN:
        return "unknown"
    pauses = PROBE_PAUSES if pace.probes else PAUSES
    silent_s = max(SILENT_S_MIN, pauses * pace.gap_s)
    return "silent" if now_us - last_heard_us >= silent_s * MICROS else "live"
