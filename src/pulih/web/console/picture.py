"""The picture of one incident: all that its pages show, gathered from the incidents and from what is heard now."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pulih.model.clock import HOUR_S, MICROS
from pulih.model.entry import Entry
from pulih.model.finding import Finding, Phrase, Voice
from pulih.model.incident import Incident
from pulih.service.view import Reason, Series, Side, Verdict
from pulih.web.console.curve import Curve, curve_of, span_of
from pulih.web.console.due import Due, due_of
from pulih.web.console.phrasing import OVER, Tongue, sentence_of
from pulih.web.console.tile_map import TileMap, tile_map
from pulih.web.frame.rooms import Rooms

PHRASES_MAX = 8
VOICES_MAX = 20
# After the last trouble the picture stands still an hour later.
_AFTER_US = HOUR_S * MICROS


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One incident as it is now.

    Attributes:
        incident, entries: what people manage, and its timeline, oldest first.
        sentence: what, where, since when.
        verdict: how sure, and why; None while no finding of it can be looked up.
        curve: reports against the usual, with onset and alarm.
        squares: the tile map.
        dues: the clocks that run, first due first.
        counted: reports of the last hour, and how many were usual; of an incident that is over those of all its time.
        phrases, voices: what is said most, and some of the texts themselves.
    """

    incident: Incident
    entries: tuple[Entry, ...]
    sentence: str
    verdict: Verdict | None
    curve: Curve
    squares: TileMap
    dues: tuple[Due, ...]
    counted: tuple[int, float]
    phrases: tuple[Phrase, ...]
    voices: tuple[Voice, ...]

    def reasons(self, side: Side) -> list[Reason]:
        """Return the reasons of one side, weightiest first."""
        known = self.verdict.reasons if self.verdict else ()
        return sorted((one for one in known if one.side == side), key=lambda one: -one.nats)


def picture_of(rooms: Rooms, tongue: Tongue, incident: Incident) -> Picture:
    """Return the picture of an incident; asks the stores, so it may block."""
    entries = tuple(rooms.incidents.timeline(incident.id))
    findings = findings_of(rooms, incident)
    end_us = ending(incident, entries, rooms.clock.now_us())
    series = series_of(rooms, incident, end_us)
    regions = rooms.live.regions(incident.operator, incident.onset_us, end_us)
    first = max(findings, key=lambda one: one.evidence_nats, default=None)
    return Picture(
        incident=incident,
        entries=entries,
        sentence=sentence_of(tongue, incident, findings),
        verdict=rooms.live.verdict(first.id) if first else None,
        curve=curve_of(series, onset_us=incident.onset_us, alarm_us=alarm_of(findings)),
        squares=tile_map(rooms.names.provinces, regions, hit=regions_of(incident)),
        dues=due_of(incident, rooms.clock.now_us()),
        counted=last_hour(series)
        if incident.ended_us is None
        else between(series, incident.onset_us, incident.ended_us),
        phrases=phrases_of(findings),
        voices=tuple(rooms.live.voices(first.id))[-VOICES_MAX:] if first else (),
    )


def regions_of(incident: Incident) -> list[str]:
    """Return the regions in which an incident goes on."""
    return [one.scope.region for one in incident.scopes if one.scope.region and one.state not in OVER]


def findings_of(rooms: Rooms, incident: Incident) -> list[Finding]:
    """Return the findings of an incident that can still be looked up."""
    looked_up = (rooms.live.finding(one) for one in incident.findings)
    return [one for one in looked_up if one is not None]


def alarm_of(findings: Sequence[Finding]) -> int | None:
    """Return the first alarm, None without findings."""
    return min((one.alarm_us for one in findings), default=None)


def ending(incident: Incident, entries: Sequence[Entry], now_us: int) -> int:
    """Return until when an incident is drawn: now, or an hour after the last move of one that is over."""
    if incident.state not in OVER or not entries:
        return now_us
    return min(now_us, entries[-1].at_us + _AFTER_US)


def series_of(rooms: Rooms, incident: Incident, end_us: int) -> Series:
    """Return the reports of its operator, in its region where that is one alone."""
    span = span_of(incident.onset_us, end_us)
    regions = {one.scope.region for one in incident.scopes}
    region = next(iter(regions)) if len(regions) == 1 else None
    series: Series = rooms.live.series(
        incident.operator, region or "", start_us=span.start_us, end_us=span.end_us, step_s=span.step_s
    )
    return series


def last_hour(series: Series) -> tuple[int, float]:
    """Return the reports of the last hour of a series, and how many were usual.

    >>> last_hour(Series(operator="", region="", start_us=0, step_s=1800, counts=(9, 1, 2), expected=(1, 1, 1.5),
    ...                  alarm_at=(9, 9, 9)))
    (3, 2.5)
    """
    windows = max(1, HOUR_S // series.step_s)
    return round(sum(value or 0.0 for value in series.counts[-windows:])), sum(series.expected[-windows:])


def between(series: Series, start_us: int, end_us: int) -> tuple[int, float]:
    """Return the reports of a series in the windows that begin in [start_us, end_us), and how many were usual.

    >>> between(Series(operator="", region="", start_us=0, step_s=1, counts=(9, 1, 2), expected=(1, 1, 1.5),
    ...                alarm_at=(9, 9, 9)), 1_000_000, 2_000_000)
    (1, 1.0)
    """
    step_us = series.step_s * MICROS
    # The window in which it began counts whole.
    first = max(0, (start_us - series.start_us) // step_us)
    last = max(first, -(-(end_us - series.start_us) // step_us))
    return round(sum(value or 0.0 for value in series.counts[first:last])), float(sum(series.expected[first:last]))


def phrases_of(findings: Sequence[Finding]) -> tuple[Phrase, ...]:
    """Return what is said most; a text may stand behind several findings, so the largest number of each counts."""
    largest: dict[str, int] = {}
    for finding in findings:
        for phrase in finding.phrases:
            largest[phrase.text] = max(largest.get(phrase.text, 0), phrase.signals)
    ordered = sorted(largest.items(), key=lambda one: (-one[1], one[0]))[:PHRASES_MAX]
    return tuple(Phrase(text, signals) for text, signals in ordered)
