"""What a backtest hands to whoever shows it: findings, the series behind them, counters, what was refused."""

from __future__ import annotations

import msgspec

from pulih.model.finding import Finding
from pulih.model.reading import Symptom
from pulih.ports.files import Chosen, RefusedRow


class Counters(msgspec.Struct, frozen=True, kw_only=True):
    """heard = counted + refused + repeated + late (requirement P2); then what the counted were.

    Attributes:
        heard, counted, refused, repeated, late: rows, and what became of them.
        reports: texts that surely tell of trouble.
        unsure: further texts that may do and count in part; findings rest on these and the reports.
        acute: reports of now.
        recovered, near_duplicates, operator_posts: texts that say it is back, near-copies, posts of operators.
    """

    heard: int
    counted: int
    refused: int
    repeated: int
    late: int = 0
    reports: int = 0
    unsure: int = 0
    acute: int = 0
    recovered: int = 0
    near_duplicates: int = 0
    operator_posts: int = 0


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """The drawn series of one operator and region: reports a window against what is usual.

    Attributes:
        operator, operator_name, region, region_name: whose; region None = all regions together.
        start_us: start of the first window.
        step_s: width of a window in seconds.
        reports, expected, alarm_at: one value a window: reports (the signals that findings count), usual reports,
            and about how many reports in that window would alone have raised the alarm (NaN where unknown).
    """

    operator: str
    operator_name: str
    region: str | None
    region_name: str | None
    start_us: int
    step_s: int
    reports: list[float]
    expected: list[float]
    alarm_at: list[float]


class RegionCount(msgspec.Struct, frozen=True):
    """Counting signals that name a region or a place inside it first; `parent` is the region above it, or ""."""

    code: str
    name: str
    signals: int
    in_findings: int
    parent: str = ""


class SymptomCount(msgspec.Struct, frozen=True):
    """Counting signals of one symptom, over the whole data and inside findings; "none" are the unsure ones."""

    symptom: Symptom
    signals: int
    in_findings: int


class TalkCount(msgspec.Struct, frozen=True):
    """Texts by what they are about (model.reading.Talk), and how many of them count as reports, surely or in part."""

    talk: str
    signals: int
    reports: int = 0


class FindingView(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with the series around it, cut out for its small chart, and its own breakdown."""

    finding: Finding
    trace: Trace
    symptoms: tuple[SymptomCount, ...] = ()
    regions: tuple[RegionCount, ...] = ()


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the backtest was asked for; `holidays` is the ISO 3166 code of the country whose holidays it knows."""

    operator: str | None
    bin_s: int
    false_alarms_per_week: float
    zone: str
    version: str
    holidays: str | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a backtest found, complete enough to draw the report without looking at the data again.

    Attributes:
        names: file names as given (no folders), in order.
        digest: digest of the content that does not depend on the order of rows or on repeats.
        chosen: columns and zone, one entry a file.
        first_us, last_us: first and last counted signal; None without any.
        views: findings with their cut-outs, by alarm.
        traces: the whole series of each operator that has a finding (or of the busiest one).
        refused: reasons with their counts; samples hold a few rows each.
        notes: sentences a reader must know (little history, a guessed zone), pairs (English, Indonesian).
        simulated: the data holds rows that label themselves as simulated.
    """

    names: tuple[str, ...]
    digest: str
    chosen: tuple[Chosen, ...]
    first_us: int | None
    last_us: int | None
    settings: Settings
    counters: Counters
    views: tuple[FindingView, ...]
    traces: tuple[Trace, ...]
    regions: tuple[RegionCount, ...]
    symptoms: tuple[SymptomCount, ...]
    talks: tuple[TalkCount, ...]
    refused: tuple[tuple[str, int], ...] = ()
    refused_samples: tuple[RefusedRow, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    simulated: bool = False
