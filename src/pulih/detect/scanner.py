"""Scan counts: one series or a hundred thousand, bin by bin or a whole history, with the same findings.

Each series is watched alone at the asked false-alarm rate; families of scopes that share one rate are in
`detect.family`. What is said about a bin depends on bins up to it only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.model.errors import RefusedInput, ShapeMismatch
from pulih.series import changepoint as cp
from pulih.series.rhythm import HISTORY_DAYS, between_hours, learn_week, rhythm_variance
from pulih.series.state import ALARM, BEST, ONSET, OPEN, RISE_WIDTH, fresh_state, rises
from pulih.series.tuning import Tuning

Counts = NDArray[np.integer[Any]]
MISSING = -1
BIN_S_MIN, BIN_S_MAX = 60, 3600


class CountFinding(msgspec.Struct, frozen=True):
    """A rise in one series of counts; bins are numbered from the first one scanned.

    Attributes:
        series: row of the counts.
        alarm_bin: bin after which the alarm was raised.
        onset_bin: estimated first bin of the rise.
        cleared_bin: bin after which it was declared over, None while open.
        evidence_nats: log of the evidence of the best explained rise, at its highest.
    """

    series: int
    alarm_bin: int
    onset_bin: int
    cleared_bin: int | None
    evidence_nats: float


class _Saved(msgspec.Struct, frozen=True):
    """What `to_bytes` keeps of a scanner."""

    series: int
    start: str
    bin_s: int
    false_alarms_per_week: float
    bins: int
    states: bytes
    rises: bytes
    history: bytes
    today: bytes
    week: bytes
    days: int


class CountScanner:
    """Watches `series` series of counts, one bin at a time.

    Args:
        series: how many.
        start: aware moment at which bin 0 begins; its zone is the local one.
        bin_s: width of a bin in seconds, 60 to 3600 and a divisor of a day.
        false_alarms_per_week: rate asked for, per series; above 0.

    Raises: RefusedInput when a value cannot be meant.
    """

    def __init__(self, *, series: int, start: datetime, bin_s: int = 300, false_alarms_per_week: float = 0.1) -> None:
        _check(series, start, bin_s, false_alarms_per_week)
        self.series = series
        self.start = start
        self.bins = 0
        self._tuning = Tuning(bin_s=bin_s, false_alarms_per_week=false_alarms_per_week)
        self._cfg = self._tuning.vector()
        self._mixture = rises(bin_s)
        self._states, self._rises = fresh_state(series)
        self._events = np.zeros(series, dtype=np.int64)
        self._per_day = 86_400 // bin_s
        self._first_of_day = (start.hour * 3600 + start.minute * 60 + start.second) // bin_s
        self._history = np.full((series, 0, 24), np.nan)
        self._today = np.full((series, 24), np.nan)
        self._week = learn_week(self._history, np.zeros(0, dtype=np.int64))
        self._days = 0
        self._rhythm = self._day_rhythm()

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
        slot = (self._first_of_day + self.bins) % self._per_day
        if slot == 0 and self.bins > 0:
            self._close_day()
        hour = slot * 24 // self._per_day
        seen = row != MISSING
        self._today[seen, hour] = np.nan_to_num(self._today[seen, hour]) + row[seen]
        extra = np.full(self.series, rhythm_variance(self._days))
        cp.step_all(
            self._states, self._rises, row, self._rhythm[:, slot], extra, self.bins, self._cfg,
            self._mixture, self._events,
        )  # fmt: skip
        self.bins += 1
        return [self._finding(int(i)) for i in np.flatnonzero(self._events)]

    def open_findings(self) -> list[CountFinding]:
        """Return the findings that are open after the last bin."""
        return [self._finding(int(i)) for i in np.flatnonzero(self._states[:, OPEN])]

    def to_bytes(self) -> bytes:
        """Return the whole state; `from_bytes` goes on from it without forgetting."""
        return msgspec.msgpack.encode(
            _Saved(
                series=self.series,
                start=self.start.isoformat(),
                bin_s=self._tuning.bin_s,
                false_alarms_per_week=self._tuning.false_alarms_per_week,
                bins=self.bins,
                states=self._states.tobytes(),
                rises=self._rises.tobytes(),
                history=self._history.tobytes(),
                today=self._today.tobytes(),
                week=self._week.tobytes(),
                days=self._days,
            )
        )

    @classmethod
    def from_bytes(cls, state: bytes) -> CountScanner:
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
        )
        n = saved.series
        scanner.bins = saved.bins
        scanner._days = saved.days
        scanner._states = np.frombuffer(saved.states).reshape(n, -1).copy()
        scanner._rises = np.frombuffer(saved.rises).reshape(n, -1, RISE_WIDTH).copy()
        scanner._history = np.frombuffer(saved.history).reshape(n, -1, 24).copy()
        scanner._today = np.frombuffer(saved.today).reshape(n, 24).copy()
        scanner._week = np.frombuffer(saved.week).reshape(n, 7, 24).copy()
        scanner._rhythm = scanner._day_rhythm()
        return scanner

    def _finding(self, i: int) -> CountFinding:
        st = self._states[i]
        return CountFinding(
            series=i,
            alarm_bin=int(st[ALARM]),
            onset_bin=int(st[ONSET]),
            cleared_bin=None if st[OPEN] else self.bins - 1,
            evidence_nats=float(st[BEST]),
        )

    def _weekday(self) -> int:
        """Return the local weekday of the bin that comes next."""
        day = (self._first_of_day + self.bins) // self._per_day
        return int((self.start.weekday() + day) % 7)

    def _day_rhythm(self) -> NDArray[np.float64]:
        moments = (np.arange(self._per_day) + 0.5) / self._per_day
        return np.ascontiguousarray(between_hours(self._week, self._weekday(), moments))

    def _close_day(self) -> None:
        """A local day is over: learn the week anew and lay out the next day."""
        self._history = np.concatenate([self._history, self._today[:, None, :]], axis=1)[:, -HISTORY_DAYS:]
        self._today = np.full((self.series, 24), np.nan)
        self._days += 1
        last = (self._weekday() - 1) % 7
        count = self._history.shape[1]
        weekdays = (last - np.arange(count)[::-1]) % 7
        self._week = learn_week(self._history, weekdays.astype(np.int64))
        self._rhythm = self._day_rhythm()


def scan_counts(
    counts: Counts, *, start: datetime, bin_s: int = 300, false_alarms_per_week: float = 0.1
) -> list[CountFinding]:
    """Find the rises in series of counts, at a false-alarm rate chosen beforehand.

    Args:
        counts: integers, shape (series, bins); -1 where the feed was missing.
        start: aware moment at which bin 0 begins.
        bin_s: width of a bin in seconds.
        false_alarms_per_week: rate asked for, per series.

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
    scanner = CountScanner(series=table.shape[0], start=start, bin_s=bin_s, false_alarms_per_week=false_alarms_per_week)
    latest: dict[tuple[int, int], CountFinding] = {}
    for t in range(table.shape[1]):
        for finding in scanner.update(table[:, t]):
            latest[finding.alarm_bin, finding.series] = finding
    for finding in scanner.open_findings():
        latest[finding.alarm_bin, finding.series] = finding
    return [latest[key] for key in sorted(latest)]


def _check(series: int, start: datetime, bin_s: int, false_alarms_per_week: float) -> None:
    if series < 1:
        raise RefusedInput(f"series must be 1 or more, not {series}.")
    if start.utcoffset() is None:
        raise RefusedInput(f"start must know its time zone; {start.isoformat()} does not.")
    if not BIN_S_MIN <= bin_s <= BIN_S_MAX or 86_400 % bin_s:
        raise RefusedInput(f"bin_s must divide a day and be {BIN_S_MIN} to {BIN_S_MAX} seconds, not {bin_s}.")
    if not 0 < false_alarms_per_week <= 100:
        raise RefusedInput(f"false_alarms_per_week must be above 0 and at most 100, not {false_alarms_per_week}.")
    if (start + timedelta(0)).microsecond or (start.hour * 3600 + start.minute * 60 + start.second) % bin_s:
        raise RefusedInput(f"start must lie on a bin boundary of its day; {start.isoformat()} does not.")
