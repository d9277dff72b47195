"""Finding out: read the texts behind each rise that stands, and put what they say and how they count into a Finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import blake2b

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.detect.calendar import Calendar
from pulih.detect.localise import Locator, Placed
from pulih.detect.standing import Standing, Told, stand
from pulih.detect.tally import Columns
from pulih.model.clock import DAY_S, MICROS, iso
from pulih.model.finding import Finding
from pulih.ports.files import Wanted
from pulih.series.tuning import Tuning
from pulih.service.closeup import Closeup
from pulih.service.drawing import Reports, close_trace, whole_trace
from pulih.service.hierarchy import Family
from pulih.service.outcome import FindingView, RegionCount, SymptomCount, Trace
from pulih.service.raising import INCIDENT_GAP_S, Raised, end_of
from pulih.service.wording import sentences, standing_sentences

# With fewer reports that name a place, nothing can be said of where: a stray place or two stand in any talk.
SCATTERED_MIN = 3


class Asked(msgspec.Struct, frozen=True):
    """The scope and time of one finding, its region ("" the country), and the moment of its alarm."""

    wanted: Wanted
    region: str
    alarm_us: int


class Desk(msgspec.Struct, frozen=True):
    """What finding out needs besides the counts.

    Attributes:
        look: returns what the texts of a finding say.
        stand: returns how a finding stands, of which so much evidence is usual.
        region_name: names a region.
        calendar, tuning: the bins, and the constants of the scans.
    """

    look: Callable[[Asked], Closeup]
    stand: Callable[[Asked, float], Standing]
    region_name: Callable[[str], str]
    calendar: Calendar
    tuning: Tuning


class Found(msgspec.Struct, frozen=True):
    """The findings of one operator with their cut-outs, and its whole series."""

    views: tuple[FindingView, ...]
    trace: Trace


def find_out(raised: Raised, desk: Desk) -> Found:
    """Return the findings of one operator and its series."""
    family, scanned, calendar = raised.family, raised.scanned, desk.calendar
    named = (family.operator, family.name, "")
    reports = _Times(scanned.columns, calendar=calendar, region="", locator=raised.locator).reports()
    trace = whole_trace(scanned.series(""), calendar, desk.tuning, names=named, reports=reports)
    return Found(tuple(view_all(raised, desk)), trace)


def view_all(raised: Raised, desk: Desk) -> list[FindingView]:
    """Return the findings of one operator, by the bin in which each was raised."""
    views = [_view(one, raised, desk) for one in raised.placed]
    return _with_incidents(views, raised.placed, raised.locator)


def _view(placed: Placed, raised: Raised, desk: Desk) -> FindingView:
    family, locator, calendar, rise = raised.family, raised.locator, desk.calendar, placed.rise
    series = raised.scanned.series(rise.region)
    end_bin = end_of(placed, calendar)
    times = _Times(raised.scanned.columns, calendar=calendar, region=rise.region, locator=locator)
    wanted = Wanted(
        start_us=times.at(rise.onset),
        end_us=times.at(end_bin),
        operators=frozenset(family.members),
        within=(lambda code: locator.contains(rise.region, code)) if rise.region else None,
    )
    asked = Asked(wanted, rise.region, times.at(placed.alarm + 1))
    closeup = desk.look(asked)
    finding = _with_standing(
        _finding(placed, family, closeup, times=times, usual=series.expected, desk=desk),
        desk.stand(asked, float(series.expected[rise.onset : end_bin].sum())),
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
    end_bin = end_of(placed, desk.calendar)
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


def standing_of(told: Callable[[Wanted, int], Told], wanted: Wanted, usual: float) -> Standing:
    """Return how a finding stands; who reports again and again is seen from a day before it began.

    Args:
        told: returns who reported in which words, from a moment on that stands second, as far as is known.
        wanted: scope and time of the finding.
        usual: evidence that is usual there.
    """
    days = (wanted.end_us - wanted.start_us) / MICROS / DAY_S
    return stand(told(wanted, wanted.start_us - DAY_S * MICROS), usual=usual, days=days)


def _with_standing(finding: Finding, standing: Standing) -> Finding:
    why, mengapa = standing_sentences(standing)
    return msgspec.structs.replace(finding, standing=standing.level, standing_why=why, standing_mengapa=mengapa)


def _with_incidents(views: list[FindingView], placed: Sequence[Placed], locator: Locator) -> list[FindingView]:
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
