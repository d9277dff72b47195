"""Scan counts: one series or a hundred thousand, bin by bin or a whole history, with the same findings.

Each series is watched alone at the asked false-alarm rate; families of scopes that share one rate are in
`detect.family`. What is said about a bin depends on bins up to it only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.detect.days import Calendar
from pulih.detect.shapes import SHAPES, Shapes
from pulih.detect.watch import Watch, check, checked, zone_of
from pulih.model.errors import RefusedInput, ShapeMismatch
from pulih.series import changepoint as cp
from pulih.series.drift import fresh_drift, take_hour, variance_per_day
from pulih.series.prospects import information, overshoot, prior_weights
from pulih.series.siblings import SiblingMood
from pulih.series.state import (
    ADDEND,
    ALARM,
    BEST,
    DISP_X,
    DISP_Y,
    DRIFT,
    FACTOR,
    ONSET,
    OPEN,
    RATE,
    SHAPE,
    SUM_R,
    Direction,
    fresh_state,
    rises,
)
from pulih.series.tuning import Tuning

Counts = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]
MISSING = -1
# A rhythm is unsure in its first days, by this relative variance, which falls by e in so many days.
EARLY_VARIANCE, EARLY_DAYS = 0.25, 4.0
# A shape that foresaw an hour otherwise by less than this leaves the level as it is.
SHAPES_DIFFER = 0.05
# Until then findings say that they are less sure.
SETTLED_DAYS = 14
# What the shape of an hour is wrong by changes over about so many hours, so the level must follow it.
SHAPE_HOURS = 6.0


class CountFinding(msgspec.Struct, frozen=True):
    """A rise in one series of counts; bins are numbered from the first one scanned.

    Attributes:
        series: row of the counts.
        alarm_bin: bin after which the alarm was raised.
        onset_bin: estimated first bin of the rise.
        cleared_bin: bin after which it was declared over, None while open.
        evidence_nats: log of the evidence of the best explained rise, at its highest.
        less_sure: raised before two weeks were known, when level and rhythm are still half believed.
    """

    series: int
    alarm_bin: int
    onset_bin: int
    cleared_bin: int | None
    evidence_nats: float
    less_sure: bool = False


class _Saved(msgspec.Struct, frozen=True):
    """What `to_bytes` keeps of a scanner: how it was made, and its arrays by name."""

    series: int
    start: str
    zone: str | None
    bin_s: int
    false_alarms_per_week: float
    direction: Direction
    siblings: list[int] | None
    bins: int
    days: int
    arrays: dict[str, bytes]


class CountScanner:
    """Watches `series` series of counts, one bin at a time.

    Args:
        series: how many.
        start: aware moment at which bin 0 begins.
        bin_s: width of a bin in seconds, 60 to 3600 and a divisor of a day.
        false_alarms_per_week: rate asked for, per series; above 0.
        direction: which departures from usual count: complaints rise, success of probes falls, or both.
        timezone: zone of the local rhythm, an IANA name or a tzinfo; None = that of `start`.
        calendar: what is special of a date, a mapping or a function, see `detect.days`; holidays, Ramadan.
        siblings: group of each series, integers of 0 or more; series of a group share a daily mood.

    Raises: RefusedInput when a value cannot be meant.
    """

    def __init__(
        self,
        *,
        series: int,
        start: datetime,
        bin_s: int = 300,
        false_alarms_per_week: float = 0.1,
        direction: Direction = "rise",
        timezone: str | tzinfo | None = None,
        calendar: Calendar | None = None,
        siblings: Sequence[int] | NDArray[np.integer[Any]] | None = None,
    ) -> None:
        watch = checked(Watch(direction, timezone, calendar, siblings), series)
        check(series, start, bin_s, false_alarms_per_week)
        self.series = series
        self.start = start.astimezone(zone_of(watch.timezone, start))
        self._start_utc = self.start.astimezone(UTC)
        self.bins = 0
        self._watch = watch
        self._tuning = Tuning(bin_s=bin_s, false_alarms_per_week=false_alarms_per_week)
        self._cfg = self._tuning.vector()
        self._mixture = rises(bin_s, direction=watch.direction)
        self._per_day = 86_400 // bin_s
        self._per_hour = max(1, self._per_day // 24)
        self._events = np.zeros(series, dtype=np.int64)
        self._states, self._rises = fresh_state(series, self._mixture.shape[0])
        self._drift = fresh_drift(series)
        self._shapes = Shapes(series, start=self.start, calendar=watch.calendar)
        self._mood = None if watch.siblings is None else SiblingMood(np.array(watch.siblings), bin_s=bin_s)
        # Counts, bins seen, rhythm with mood, rhythm, and what each shape foresaw in the hour that runs.
        self._hour = np.zeros((series, 4 + SHAPES))
        # The level at its beginning, shape 0 where a finding has begun or ended since.
        self._before = np.zeros((series, 2))
        self._weights = np.zeros((series, self._mixture.shape[0]))
        self._usual = np.zeros(series)
        self._weigh()

    def update(self, counts: Counts | Sequence[int]) -> list[CountFinding]:
        """Take the counts of the next bin (-1 = missing) and return the findings that are new or changed.

        Args:
            counts: integers, shape (series,).

        Raises: ShapeMismatch when there are not as many counts as series.
        """
        row = np.asarray(counts)
        if row.shape != (self.series,):
            raise ShapeMismatch(
                f"update: expected {self.series} counts, one a series, but the array has shape {row.shape}."
            )
        now = self._local(0)
        if self.bins > 0 and now.hour != self._local(-1).hour:
            self._close_hour()
        shapes = self._shapes.read(now, 0.5 * self._tuning.bin_s)
        rhythm, unsure = self._shapes.say.mix(shapes)
        seen = row != MISSING
        due = rhythm if self._mood is None else rhythm * self._mood.factor()
        heard = np.empty_like(self._hour)
        heard[:, 0], heard[:, 1], heard[:, 2], heard[:, 3], heard[:, 4:] = row, 1.0, due, rhythm, shapes
        self._hour += seen[:, None] * heard
        extra = EARLY_VARIANCE * np.exp(-self._shapes.days / EARLY_DAYS) + unsure
        self._usual = usual = self._level() * rhythm
        cp.step_all(
            self._states, self._rises, row, due, extra, self.bins, self._cfg,
            self._mixture, self._weights, self._events,
        )  # fmt: skip
        if self._mood is not None:
            self._mood.take(row.astype(np.float64), usual, seen)
        self.bins += 1
        self._before[self._events != 0, 0] = 0.0
        return [self._finding(int(i)) for i in np.flatnonzero(self._events)]

    def expected(self) -> Floats:
        """Return what was usual in the bin taken last, as known before it; shape (series,)."""
        return self._usual.copy()

    def needed_nats(self) -> float:
        """Return the evidence that raises an alarm, as the log of a sum over rises and times of their beginning."""
        return float(np.log(self._tuning.threshold()))

    def open_findings(self) -> list[CountFinding]:
        """Return the findings that are open after the last bin."""
        return [self._finding(int(i)) for i in np.flatnonzero(self._states[:, OPEN])]

    def to_bytes(self) -> bytes:
        """Return the whole state; `from_bytes` goes on from it without forgetting.

        A calendar is not kept; give it to `from_bytes` again.
        """
        siblings = self._watch.siblings
        zone = self._watch.timezone
        return msgspec.msgpack.encode(
            _Saved(
                series=self.series,
                start=self.start.isoformat(),
                zone=zone if isinstance(zone, str) else getattr(self.start.tzinfo, "key", None),
                bin_s=self._tuning.bin_s,
                false_alarms_per_week=self._tuning.false_alarms_per_week,
                direction=self._watch.direction,
                siblings=None if siblings is None else [int(group) for group in siblings],
                bins=self.bins,
                days=self._shapes.days,
                arrays={name: array.tobytes() for name, array in self._arrays().items()},
            )
        )

    @classmethod
    def from_bytes(cls, state: bytes, *, calendar: Calendar | None = None) -> CountScanner:
        """Restore a scanner from `to_bytes`.

        Raises: RefusedInput when the bytes are not a saved scanner.
        """
        try:
            saved = msgspec.msgpack.decode(state, type=_Saved)
        except msgspec.DecodeError as error:
            raise RefusedInput(f"from_bytes: these bytes are not the state of a scanner ({error}).") from None
        scanner = cls(
            series=saved.series,
            start=datetime.fromisoformat(saved.start),
            bin_s=saved.bin_s,
            false_alarms_per_week=saved.false_alarms_per_week,
            direction=saved.direction,
            timezone=saved.zone,
            siblings=saved.siblings,
            calendar=calendar,
        )
        scanner.bins, scanner._shapes.days = saved.bins, saved.days
        scanner._shapes.begin_day(scanner._local(-1))
        for name, array in scanner._arrays().items():
            kept = saved.arrays.get(name, b"")
            if len(kept) != array.nbytes:
                raise RefusedInput(f"from_bytes: {name!r} does not fit; this state is of another version of Pulih.")
            array[...] = np.frombuffer(kept, dtype=array.dtype).reshape(array.shape)
        return scanner

    def _arrays(self) -> dict[str, NDArray[Any]]:
        """Return every array that the state consists of, by name."""
        mood = {} if self._mood is None else {"mood_shape": self._mood.shape, "mood_rate": self._mood.rate}
        return (
            mood
            | self._shapes.arrays()
            | {
                "states": self._states,
                "rises": self._rises,
                "drift": self._drift,
                "hour": self._hour,
                "before": self._before,
                "weights": self._weights,
                "usual": self._usual,
            }
        )

    def _finding(self, i: int) -> CountFinding:
        st = self._states[i]
        return CountFinding(
            series=i,
            alarm_bin=int(st[ALARM]),
            onset_bin=int(st[ONSET]),
            cleared_bin=None if st[OPEN] else self.bins - 1,
            evidence_nats=float(st[BEST]),
            less_sure=int(st[ALARM]) < SETTLED_DAYS * self._per_day,
        )

    def _local(self, ahead: int) -> datetime:
        """Return the local time at which the bin `ahead` of the next one begins."""
        passed = timedelta(seconds=(self.bins + ahead) * self._tuning.bin_s)
        return (self._start_utc + passed).astimezone(self.start.tzinfo)

    def _level(self) -> Floats:
        result: Floats = self._states[:, SHAPE] / np.maximum(self._states[:, RATE], 1e-9)
        return result

    def _dispersion(self) -> Floats:
        prior = self._tuning.dispersion_prior * self._tuning.dispersion_weight
        found = (prior + self._states[:, DISP_Y]) / (self._tuning.dispersion_weight + self._states[:, DISP_X])
        result: Floats = np.maximum(found, 0.0)
        return result

    def _close_hour(self) -> None:
        """A local hour is over: add it to the rhythm's book, and learn how the level wanders and what to expect."""
        counts, bins, due = np.ascontiguousarray(self._hour[:, :3].T)
        last, now = self._local(-1), self._local(0)
        level, dispersion = self._level(), self._dispersion()
        usual = level * due
        # An hour of less than half or more than double is an event, and no pace of wandering.
        plain = np.abs(counts - 1.25 * usual) <= 0.75 * usual + 3.0 * np.sqrt(usual) + 1.0
        calm = (self._states[:, OPEN] == 0) & (self._states[:, SUM_R] < 0.01 * self._tuning.threshold()) & plain
        take_hour(self._drift, counts, due, dispersion / self._per_hour, calm)
        doubt = 1.0 / np.maximum(self._states[:, SHAPE], 0.5) + dispersion / self._per_hour
        # The level that the hour began with: by its end it has followed the shape that was believed.
        began = np.where(self._before[:, 0] > 0, self._before[:, 0] / np.maximum(self._before[:, 1], 1e-9), level)
        # A common mood is foreseen too; else its hours would speak for whichever shape errs the same way.
        mood = due / np.maximum(self._hour[:, 3], 1e-9)
        foreseen = (began * mood)[:, None] * self._hour[:, 4:]
        self._shapes.say.hear(np.where(bins > 0, counts, -1.0), foreseen, doubt)
        self._take_again(counts, bins, due, dispersion)
        self._shapes.hear_hour(last, counts, share=bins / self._per_hour, usual=usual)
        self._hour[:] = 0.0
        if now.date() != last.date():
            self._shapes.close_day(last, 1.0 + dispersion * level)
            self._shapes.begin_day(now)
        # What is not known of the shape of an hour is wandering of the level, too.
        _, rivalry = self._shapes.say.mix(self._shapes.read(now, 1800.0))
        unsure = (self._shapes.doubt() + rivalry) / (SHAPE_HOURS * self._per_hour)
        self._states[:, DRIFT] = variance_per_day(self._drift) / self._per_day + unsure
        self._before[:] = self._states[:, [SHAPE, RATE]]
        self._weigh()

    def _take_again(self, counts: Floats, bins: Floats, due: Floats, dispersion: Floats) -> None:
        """Take the hour into the level again where another shape foresaw it than was believed while it ran.

        Else a level that was pressed down by a shape that proved wrong would make the next ordinary hour a rise.
        """
        states, before, rhythm = self._states, self._before, self._hour[:, 3]
        share = (self._shapes.say.share * self._hour[:, 4:]).sum(axis=1) / np.maximum(rhythm, 1e-9)
        better = due * share
        mended = (np.abs(share - 1.0) > SHAPES_DIFFER) & (states[:, OPEN] == 0) & (before[:, 0] > 0)
        usual = before[:, 0] / np.maximum(before[:, 1], 1e-9) * np.maximum(better, due)
        # An hour of outage is no usual one, by whatever shape.
        taken = np.minimum(counts, 2.0 * usual + 3.0)
        worth = 1.0 / (1.0 + dispersion * taken / np.maximum(bins, 1.0))
        shrink = 1.0 / (1.0 + bins * states[:, DRIFT] * before[:, 0])
        states[:, SHAPE] = np.where(mended, before[:, 0] * shrink + worth * taken, states[:, SHAPE])
        states[:, RATE] = np.where(mended, before[:, 1] * shrink + worth * better, states[:, RATE])

    def _weigh(self) -> None:
        """Give each departure its prior weight for the hour that begins, by the level in the middle of an outage."""
        ahead_s = 0.5 * self._tuning.outage_bins() * self._tuning.bin_s
        rhythm, _ = self._shapes.say.mix(self._shapes.read(self._local(0), ahead_s))
        mean = np.maximum(self._level() * rhythm, 1e-6)[:, None]
        doubt = self._dispersion() + 1.0 / np.maximum(self._states[:, SHAPE], 0.5)
        nats = information(mean, self._mixture[:, FACTOR], self._mixture[:, ADDEND], doubt[:, None])
        needed = float(np.log(self._tuning.threshold()))
        weights = prior_weights(nats, needed_nats=needed, outage_bins=self._tuning.outage_bins())
        self._weights[:] = weights / overshoot(nats)


def scan_counts(
    counts: Counts,
    *,
    start: datetime,
    bin_s: int = 300,
    false_alarms_per_week: float = 0.1,
    direction: Direction = "rise",
    timezone: str | tzinfo | None = None,
    calendar: Calendar | None = None,
    siblings: Sequence[int] | NDArray[np.integer[Any]] | None = None,
) -> list[CountFinding]:
    """Find the rises in series of counts, at a false-alarm rate chosen beforehand.

    Args:
        counts: integers, shape (series, bins); -1 where the feed was missing.
        start: aware moment at which bin 0 begins.
        bin_s: width of a bin in seconds.
        false_alarms_per_week: rate asked for, per series.
        direction, timezone, calendar, siblings: as for `CountScanner`.

    Returns: findings by alarm, then series; `cleared_bin` None where still open at the end.
    Raises: ShapeMismatch; RefusedInput.

    >>> from datetime import UTC
    >>> quiet = np.tile(np.array([2, 1, 3, 2]), 500)[None, :]
    >>> quiet[0, 1500:1520] += 30
    >>> [(f.alarm_bin, f.onset_bin) for f in scan_counts(quiet, start=datetime(2025, 1, 6, tzinfo=UTC))]
    [(1500, 1500)]
    """
    table = np.asarray(counts)
    if table.ndim != 2:
        raise ShapeMismatch(
            f"scan_counts: counts must have shape (series, bins), but they have {table.ndim} dimension(s)."
        )
    if not np.issubdtype(table.dtype, np.integer) or (table.size and table.min() < MISSING):
        raise RefusedInput("scan_counts: counts must be integers of 0 or more, or -1 where the feed is missing.")
    scanner = CountScanner(
        series=table.shape[0],
        start=start,
        bin_s=bin_s,
        false_alarms_per_week=false_alarms_per_week,
        direction=direction,
        timezone=timezone,
        calendar=calendar,
        siblings=siblings,
    )
    said = [finding for t in range(table.shape[1]) for finding in scanner.update(table[:, t])]
    return last_words([*said, *scanner.open_findings()])


def last_words(said: Iterable[CountFinding]) -> list[CountFinding]:
    """Return what was said last of each finding, by alarm, then series: a finding is said again when it clears."""
    latest = {(finding.alarm_bin, finding.series): finding for finding in said}
    return [latest[key] for key in sorted(latest)]
