"""What the desk shows of the present: levels, series, sources and reasons, as plain values for pages and interfaces."""

from __future__ import annotations

from typing import Literal

import msgspec

from pulih.model.reading import Service, Symptom

# A source that was never heard, or not for much longer than usual, is unknown and never fine (requirement L5).
Liveness = Literal["live", "silent", "unknown"]
Side = Literal["for", "against", "unknown"]
Certainty = Literal["low", "medium", "high"]


class FilterNow(msgspec.Struct, frozen=True, kw_only=True):
    """One filter of a source: when it let something through last, what gap is usual, and what that says.

    `batches` is how often it let something through so far.
    """

    name: str
    last_us: int | None
    usual_gap_s: float | None
    liveness: Liveness
    batches: int = 0


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a source that the desk listens to by itself is listened to: seconds since it was not, and its filters."""

    away_s: float = 0.0
    filters: tuple[FilterNow, ...] = ()


class SourceNow(msgspec.Struct, frozen=True, kw_only=True):
    """One source: its counters, when it was last heard, how long it is usually silent, and what that says.

    `filters` are those of a source that the desk listens to by itself.
    """

    source: str
    heard: int
    counted: int
    refused: int
    repeated: int
    late: int
    last_heard_us: int | None
    usual_gap_s: float | None
    liveness: Liveness
    filters: tuple[FilterNow, ...] = ()

    def quiet(self) -> tuple[str, ...]:
        """Return what of it is silent: itself, or else filters of it."""
        if self.liveness == "silent":
            return (self.source,)
        return tuple(f"{self.source}: {one.name}" for one in self.filters if one.liveness == "silent")


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Reports of one scope over time: counts, what was usual, and the count that would raise an alarm.

    `step_s` is the width of a window in seconds; a count is None where nothing could be heard.
    """

    operator: str
    region: str
    start_us: int
    step_s: int
    counts: tuple[float | None, ...]
    expected: tuple[float, ...]
    alarm_at: tuple[float, ...]


class Weighed(msgspec.Struct, frozen=True):
    """What reports weigh that were counted, and what is usual of that: copies and many from one hand weigh little."""

    reports: float
    usual: float


class RegionNow(msgspec.Struct, frozen=True, kw_only=True):
    """One region over the asked span: reports, what was usual, and the open finding it is in, or "".

    `weighed` says what these reports weigh; None where each counts in full.
    """

    code: str
    name: str
    parent: str
    reports: int
    usual: float
    finding: str = ""
    weighed: Weighed | None = None


class OperatorNow(msgspec.Struct, frozen=True, kw_only=True):
    """One operator over the last hour: reports, what was usual, services and symptoms most named, open findings.

    `weighed` says what these reports weigh; None where each counts in full.
    """

    operator: str
    name: str
    reports: int
    usual: float
    services: tuple[tuple[Service, int], ...] = ()
    symptoms: tuple[tuple[Symptom, int], ...] = ()
    findings: tuple[str, ...] = ()
    weighed: Weighed | None = None


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason for or against, in both languages; `nats` how much it weighs, 0 where that is not a number."""

    side: Side
    text_id: str
    text_en: str
    nats: float = 0.0


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """All evidence about one finding or incident joined (requirement D3): how sure, and why."""

    certainty: Certainty
    reasons: tuple[Reason, ...]
