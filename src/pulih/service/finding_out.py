"""Finding out: scan the family of one operator, localise, and put each standing rise into a Finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from hashlib import blake2b

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.detect.calendar import Calendar
from pulih.detect.family import FamilyScan
from pulih.detect.localise import Locator, Placed, localise
from pulih.detect.standing import stand
from pulih.detect.tally import NOTHING_ASIDE, Aside, Columns, Tally
from pulih.model.clock import DAY_S, HOUR_S, MICROS, iso
from pulih.model.finding import Finding
from pulih.ports.files import Archive, Wanted
from pulih.series.tuning import Tuning
from pulih.service.brands import held_by_a_brand, part_of_network
from pulih.service.closeup import Closeup, look_closely
from pulih.service.drawing import Reports, close_trace, whole_trace
from pulih.service.hierarchy import Family
from pulih.service.outcome import FindingView, RegionCount, SymptomCount, Trace
from pulih.service.understanding import Read
from pulih.service.wording import sentences, standing_sentences

# Findings of comparable scopes closer than this are one outage.
INCIDENT_GAP_S = 6 * HOUR_S
# An operator with less counted evidence than this in all cannot have a finding.
EVIDENCE_MIN = 2.0
# With fewer reports that name a place, nothing can be said of where: a stray place or two stand in any talk.
SCATTERED_MIN = 3


class Desk(msgspec.Struct, frozen=True):
    """What finding out needs besides the counts: the texts, how to read them, names of regions."""

    archive: Archive
    read: Read
    region_name: Callable[[str], str]
    calendar: Calendar
    tuning: Tuning


class Found(msgspec.Struct, frozen=True):
    """The findings of one operator with their cut-outs, and its whole series."""

    views: tuple[FindingView, ...]
    trace: Trace
    placed: tuple[Placed, ...]


def find_out(
    family: Family, tally: Tally, desk: Desk, *, networks: Mapping[str, Found], aside: Aside = NOTHING_ASIDE
) -> Found | None:
    """Return what was found about one operator, None when it has next to no reports.

    Args:
        family: the operator and its brands.
        tally, desk: counts, and the rest.
        networks: what was found about the networks that carry others.
        aside: whose word does not count towards a rise, and when; people still read all that was written.
    """
    columns = tally.columns(list(family.members))
    counted = tally.columns(list(family.members), aside) if aside else columns
    if counted.y.sum() < EVIDENCE_MIN:
        return None
    calendar = desk.calendar
    scan = FamilyScan(counted, tally.codes, family.regions, calendar=calendar, tuning=desk.tuning)
    bin_of = (counted.at_s - calendar.start_s) // calendar.bin_s
    locator = Locator(counted, tally.codes, family.regions, bin_of=bin_of)
    standing = localise(scan.rises, locator, bins=calendar.bins, together_bins=INCIDENT_GAP_S // calendar.bin_s)
    placed = _told_once(standing, family, tally, desk, networks=networks)
    views = [_view(one, family, columns, scan=scan, desk=desk, locator=locator) for one in placed]
    named = (family.operator, family.name, "")
    reports = _Times(columns, calendar=calendar, region="", locator=locator).reports()
    trace = whole_trace(scan.series(""), calendar, desk.tuning, names=named, reports=reports)
    return Found(tuple(_with_incidents(views, placed, locator)), trace, tuple(placed))


def _told_once(
    placed: list[Placed], family: Family, tally: Tally, desk: Desk, *, networks: Mapping[str, Found]
) -> list[Placed]:
    """Leave out what a brand tells for its network, or the network for its brand."""
    calendar = desk.calendar
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
        if not _open_at(carrier, (calendar.start_s + one.alarm * calendar.bin_s) * MICROS)
        or not part_of_network(one.rise, one.alarm, family, tally=tally, calendar=calendar)
    ]


def _open_at(found: Found, at_us: int) -> bool:
    findings = [view.finding for view in found.views]
    return any(one.alarm_us <= at_us and (one.cleared_us is None or at_us <= one.cleared_us) for one in findings)


def _view(
    placed: Placed, family: Family, columns: Columns, *, scan: FamilyScan, desk: Desk, locator: Locator
) -> FindingView:
    rise = placed.rise
    series = scan.series(rise.region)
    calendar = desk.calendar
    end_bin = calendar.bins if rise.ended is None else max(rise.ended, placed.alarm + 1)
    times = _Times(columns, calendar=calendar, region=rise.region, locator=locator)
    wanted = Wanted(
        start_us=times.at(rise.onset),
        end_us=times.at(end_bin),
        operators=frozenset(family.members),
        within=(lambda code: locator.contains(rise.region, code)) if rise.region else None,
    )
    closeup = look_closely(desk.archive, desk.read, wanted, alarm_us=times.at(placed.alarm + 1))
    finding = _with_standing(
        _finding(placed, family, closeup, times=times, usual=series.expected, desk=desk),
        desk.archive,
        wanted,
        usual=float(series.expected[rise.onset : end_bin].sum()),
    )
    named = (family.operator, family.name, desk.region_name(rise.region) if rise.region else "")
    return FindingView(
        finding=finding,
        trace=close_trace(
            series, calendar, desk.tuning, names=named, reports=times.reports(), span=(rise.onset, end_bin)
        ),
        symptoms=tuple(
            SymptomCount(one, count, count)
            for one, count in sorted(closeup.symptoms.items(), key=lambda item: (-item[1], item[0]))
        ),
        regions=_region_counts(closeup, family, desk),
    )


def _region_counts(closeup: Closeup, family: Family, desk: Desk) -> tuple[RegionCount, ...]:
    """Return the texts by region, those of the regions inside it included, most named first."""
    counts: Counter[str] = Counter()
    for code, count in closeup.regions.items():
        above = code
        while above:
            counts[above] += count
            above = _parent(above, family)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        RegionCount(code, desk.region_name(code), count, count, _parent(code, family)) for code, count in ranked
    )


def _parent(code: str, family: Family) -> str:
    region = family.regions.get(code)
    return region.parent if region else ""


def _scattered(closeup: Closeup) -> bool:
    """Whether the texts name several places: one that only a single text names may be anything."""
    return len(closeup.regions) > 1 and sum(closeup.regions.values()) >= SCATTERED_MIN


class _Times:
    """Counts the signals of one scope within bins, and turns bins into moments."""

    def __init__(self, columns: Columns, *, calendar: Calendar, region: str, locator: Locator) -> None:
        self._calendar = calendar
        entries = columns.signals > 0
        if region:
            entries &= locator.mask(columns, region)
        self._at_s = columns.at_s[entries]
        self._signals = columns.signals[entries]
        self._so_far = np.concatenate([[0], np.cumsum(self._signals)])
        # The usual level is of weighted evidence; people read whole reports.
        self._per_evidence = float(self._so_far[-1]) / max(float(columns.y[entries].sum()), 1e-9)

    def at(self, bin_number: int) -> int:
        """Return the moment in microseconds at which a bin begins."""
        return (self._calendar.start_s + bin_number * self._calendar.bin_s) * MICROS

    def signals(self, first: int, last: int) -> int:
        """Return the counted signals of bins first to last, last excluded."""
        edges = [self.at(first) // MICROS, self.at(last) // MICROS]
        low, high = np.searchsorted(self._at_s, edges)
        return int(self._so_far[high] - self._so_far[low])

    def first_signal(self, onset: int) -> int:
        """Return the moment of the first counted signal from `onset` on: nobody knows of an earlier one."""
        index = int(np.searchsorted(self._at_s, self.at(onset) // MICROS))
        return int(self._at_s[index]) * MICROS if index < self._at_s.size else self.at(onset)

    def usual(self, expected: float) -> float:
        """Return expected weighted evidence as whole reports."""
        return expected * self._per_evidence

    def reports(self) -> Reports:
        """Return the counted signals of every bin."""
        bins = (self._at_s - self._calendar.start_s) // self._calendar.bin_s
        per_bin = np.bincount(bins, weights=self._signals, minlength=self._calendar.bins).astype(np.float64)
        return Reports(per_bin, self._per_evidence)


def _finding(
    placed: Placed,
    family: Family,
    closeup: Closeup,
    *,
    times: _Times,
    usual: NDArray[np.float64],
    desk: Desk,
) -> Finding:
    rise = placed.rise
    end_bin = usual.size if rise.ended is None else max(rise.ended, placed.alarm + 1)
    alarm_us = times.at(placed.alarm + 1)
    onset_us = min(times.first_signal(rise.onset), alarm_us)
    place = desk.region_name(rise.region) if rise.region else None
    why, mengapa = sentences(
        name=family.name,
        place=place,
        reports=times.signals(rise.onset, placed.alarm + 1),
        usual=times.usual(float(usual[rise.onset : placed.alarm + 1].sum())),
        minutes=max(1, round((alarm_us - onset_us) / MICROS / 60)),
        symptom=closeup.symptom,
        told=(closeup.symptoms[closeup.symptom], closeup.total) if closeup.symptom else (0, 0),
    )
    identity = f"{family.operator}|{rise.region}|{iso(alarm_us)}"
    return Finding(
        id=blake2b(identity.encode(), digest_size=6).hexdigest(),
        incident="",
        operator=family.operator,
        operator_name=family.name,
        service=closeup.service,
        region=rise.region or None,
        region_name=place,
        symptom=closeup.symptom,
        onset_us=onset_us,
        alarm_us=alarm_us,
        peak_us=times.at(rise.peak + 1),
        cleared_us=None if rise.ended is None or rise.declared is None else times.at(end_bin),
        signals=times.signals(rise.onset, end_bin),
        expected=round(times.usual(float(usual[rise.onset : end_bin].sum())), 3),
        evidence_nats=round(rise.evidence_nats, 2),
        false_alarms_per_week=desk.tuning.false_alarms_per_week,
        phrases=closeup.phrases,
        rules=closeup.rules,
        voices=closeup.voices,
        why=why,
        mengapa=mengapa,
        last_us=closeup.last_us,
        scattered=not rise.region and _scattered(closeup),
    )


def _with_standing(finding: Finding, archive: Archive, wanted: Wanted, *, usual: float) -> Finding:
    """Return the finding with how it stands; who reports again and again is seen from a day before it began."""
    told = archive.told(wanted, since_us=wanted.start_us - DAY_S * MICROS)
    standing = stand(told, usual=usual, days=(wanted.end_us - wanted.start_us) / MICROS / DAY_S)
    why, mengapa = standing_sentences(standing)
    return msgspec.structs.replace(finding, standing=standing.level, standing_why=why, standing_mengapa=mengapa)


def _with_incidents(views: list[FindingView], placed: list[Placed], locator: Locator) -> list[FindingView]:
    """Give findings of nested regions less than six hours apart one incident, and link what was narrowed."""
    outages = _outages([view.finding for view in views], locator)
    result: list[FindingView] = []
    for view, one, first in zip(views, placed, outages, strict=True):
        linked = msgspec.structs.replace(
            view.finding,
            incident=views[first].finding.id,
            narrowed_to="" if one.narrowed_to is None else views[one.narrowed_to].finding.id,
        )
        result.append(msgspec.structs.replace(view, finding=linked))
    return result


def _outages(findings: list[Finding], locator: Locator) -> list[int]:
    """Return for each finding the position of the first one of its outage."""
    first = list(range(len(findings)))
    for new in range(len(findings)):
        joined = {first[old] for old in range(new) if _same_outage(findings[old], findings[new], locator)}
        # A wide finding may join several that stood apart until then.
        earliest = min(joined, default=new)
        first = [earliest if one in joined or position == new else one for position, one in enumerate(first)]
    return first


def _same_outage(old: Finding, new: Finding, locator: Locator) -> bool:
    outer, inner = old.region or "", new.region or ""
    nested = locator.contains(outer, inner) or locator.contains(inner, outer)
    gap_us = new.onset_us - (new.onset_us if old.cleared_us is None else old.cleared_us)
    return nested and gap_us < INCIDENT_GAP_S * MICROS
