"""Live family: all scopes of one operator taken on bin by bin, with the findings that a scan of the whole would give.

`FamilyScan` looks at a history at once; a desk that runs for months cannot look at all of it every minute. So the state
of each scope is kept and goes on from where it stands. A region that was too quiet for any alarm is not scanned; when
it speaks, it is caught up from the kept history. At the beginning of each local day the state is put aside as a mark,
from which what was usual in any kept hour can be worked out again, and from which a scan can fork that hears
otherwise. A property test holds it equal to `FamilyScan` to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.detect.calendar import LocalTimes, local_times
from pulih.detect.daily_rhythm import binned, day_table, from_table, teach_day
from pulih.detect.days import Calendar, weekdays_of
from pulih.detect.family import (
    Counts,
    Region,
    ScopeRise,
    ScopeScan,
    ScopeSeries,
    Shared,
    is_active,
    parts_of,
    place_weight,
    rise_of,
)
from pulih.detect.live_state import ROW_WIDTH, Mark, Scope, marks_from_bytes, marks_to_bytes
from pulih.detect.tally import Columns
from pulih.model.clock import DAY_S, HOUR_S
from pulih.series.rhythm import rhythm_variance
from pulih.series.state import OPEN, RATE, SHAPE, SUM_R
from pulih.series.tuning import Tuning

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Of each of the last days a mark is kept, and of older ones each seventh.
DAYS_KEPT, STRIDE_DAYS = 8, 7
# Below this part of its threshold no scope raises an alarm in a bin in which nobody speaks: what a bin adds to the sum
# of suspicion without a report is next to nothing.
TENSE = 0.25


class Feed(msgspec.Struct, frozen=True):
    """Where a family hears from.

    Attributes:
        between: entries of the operator's tally in [first_s, last_s), seconds since 1970 UTC, by time.
        codes: region code of each index in `Columns.region`; may grow.
        silent: in which bins, first to last, last excluded, nothing could be heard.
    """

    between: Callable[[int, int], Columns]
    codes: Sequence[str]
    silent: Callable[[int, int], Flags]


class Grid(msgspec.Struct, frozen=True):
    """The bins of a desk.

    Attributes:
        start_s: when bin 0 begins, seconds since 1970 UTC, a multiple of `bin_s`.
        bin_s: width of a bin in seconds.
        zone: the local zone.
        special: holidays, which behave like Sundays.
    """

    start_s: int
    bin_s: int
    zone: tzinfo
    special: Calendar | None = None

    def number(self, at_s: int) -> int:
        """Return the bin that holds a moment, seconds since 1970 UTC."""
        return (at_s - self.start_s) // self.bin_s

    def second(self, number: int) -> int:
        """Return the moment at which a bin begins, seconds since 1970 UTC."""
        return self.start_s + number * self.bin_s

    def weekday(self, day: int) -> int:
        """Return the weekday that a local day behaves like, Monday 0; days since 1970."""
        return int(weekdays_of(np.array([day]), self.special)[0])


class LiveFamily:
    """Scans every scope of one operator, and goes on when time does.

    Args:
        regions: hierarchy of all regions that may be named.
        grid: the bins.
        tuning: constants; the rate is that of the whole family.
        feed: what was heard.
        marks: where to go on from, the last one; see `to_bytes`. `[Mark(first)]` begins anew.
    """

    def __init__(
        self, regions: Mapping[str, Region], grid: Grid, *, tuning: Tuning, feed: Feed, marks: list[Mark]
    ) -> None:
        self._regions = regions
        self._grid = grid
        self._tuning = tuning
        self._feed = feed
        *self._marks, self._now = marks
        self._wakes = True
        # Of a fork that is kept: the mark that it began from, which learns of regions that wake later.
        self._origin: Mark | None = None
        self._heard: dict[str, list[tuple[Floats, Floats]]] = {}
        self._scans: dict[str, ScopeScan] = {}
        # The rhythm of the local day, empty until somebody asks.
        self._today = np.zeros(0)
        self._parts: dict[str, Flags] = {}
        self._parts_size = -1

    @property
    def done(self) -> int:
        """The number of the next bin."""
        return self._now.done

    @property
    def first(self) -> int:
        """The first bin that is kept."""
        return self._marks[0].done if self._marks else self._now.done

    def rises(self) -> tuple[ScopeRise, ...]:
        """Return what was found by now and is kept, by alarm and region."""
        found = [rise_of(code, row) for code, scope in self._now.scopes.items() for row in scope.rows]
        return tuple(sorted(found, key=lambda rise: (rise.alarm, rise.region)))

    def is_tense(self) -> bool:
        """Whether the next bin may raise or clear something even if nobody speaks in it."""
        limit = TENSE * self._tuning.threshold()
        return any(one.state[OPEN] > 0 or one.state[SUM_R] >= limit for one in self._now.scopes.values())

    def take(self, until: int) -> None:
        """Take all bins before number `until` that were not taken yet."""
        grid = self._grid
        if self._origin is not None:
            self._catch_up(self._origin, frozenset(self._origin.scopes.keys() - self._now.scopes.keys()))
        while self.done < until:
            # A local day and an hour more; what is of the next day waits for its turn.
            last = min(until, self.done + (DAY_S + HOUR_S) // grid.bin_s)
            times = local_times(grid.start_s, grid.bin_s, zone=grid.zone, bins=(self.done, last))
            today = int(np.searchsorted(times.day, times.day[0], side="right"))
            self._take(LocalTimes(times.day[:today], times.hour[:today], times.fraction[:today]))

    def series(self, code: str, since: int) -> tuple[int, ScopeSeries]:
        """Return the series of a region, "" the country, until now.

        Args:
            code: which.
            since: a bin from which on it is asked for.

        Returns: the bin that the series begins with, `since` or before it as far as that is kept; and the series.
        """
        return self.follow(code, since).series()

    def follow(self, code: str, since: int) -> Followed:
        """Return the series of a region as one that goes on; arguments as of `series`."""
        mark = self._mark_at(since)
        known = code in self._now.scopes
        fork = self._fork(mark, self._feed, frozenset({code}) if known else frozenset())
        fork._heard[code] = []
        return Followed(self, fork, code, begin=mark.done)

    def usual(self, code: str, first: int, last: int) -> float:
        """Return about how much evidence is usual in bins first to last, last excluded, by today's level and rhythm."""
        scope, grid = self._now.scopes.get(code), self._grid
        if scope is None or scope.state[RATE] <= 0.0 or self._now.day < 0 or last <= first:
            return 0.0
        times = local_times(grid.start_s, grid.bin_s, zone=grid.zone, bins=(first, last))
        second = np.rint(times.fraction * DAY_S).astype(np.int64)
        rhythm = from_table(self._rhythm(self._now.day, int(second[0])), second, bin_s=grid.bin_s)
        return float(scope.state[SHAPE] / scope.state[RATE] * rhythm.sum())

    def fork(self, since: int, feed: Feed) -> LiveFamily:
        """Return the scan as it would stand had it heard from `feed` since bin `since`, or the last mark before it."""
        mark = self._mark_at(since)
        fork = self._fork(mark, feed, None)
        # Its series are asked for too, and begin here.
        fork._marks = [mark.copy()]
        fork._origin = mark
        fork.take(self.done)
        return fork

    def goes_on(self, fork: LiveFamily, since: int) -> bool:
        """Whether a fork of before, once it took all bins until now, is what `fork` would return for the same feed."""
        return bool(self._marks) and fork._origin is self._mark_at(since)

    def mark_before(self, number: int) -> int:
        """Return the bin of the last kept mark that is not behind bin `number`, or of the first one."""
        return self._mark_at(number).done

    def forget(self, before: int) -> None:
        """Drop what was kept of bins before number `before`."""
        self._marks = [mark for mark in self._marks if mark.done >= before]
        for scope in self._now.scopes.values():
            scope.rows = [row for row in scope.rows if row[2] < 0 or row[2] >= before]

    def to_bytes(self) -> bytes:
        """Return the whole state; `marks_of` makes of it what the constructor takes."""
        return marks_to_bytes(self._marks, self._now)

    def _mark_at(self, number: int) -> Mark:
        before = [mark for mark in self._marks if mark.done <= number]
        return before[-1] if before else (self._marks or [self._now])[0]

    def _fork(self, mark: Mark, feed: Feed, codes: frozenset[str] | None) -> LiveFamily:
        fork = LiveFamily(self._regions, self._grid, tuning=self._tuning, feed=feed, marks=[mark.copy(codes)])
        fork._wakes = False
        if mark.day == self._now.day:
            # It was worked out at the beginning of the day, and so it would be again.
            fork._today = self._today
        return fork

    def _take(self, times: LocalTimes) -> None:
        """Take bins of one local day."""
        now, grid, bins = self._now, self._grid, times.day.size
        first, last = now.done, now.done + bins
        if times.day[0] != now.day:
            self._turn(int(times.day[0]))
        columns = self._feed.between(grid.second(first), grid.second(last))
        silent = self._feed.silent(first, last)
        if self._wakes:
            self._wake(columns, first, last)
        bin_of = grid_bins(columns, grid, first)
        shared = self._shared(times, silent, binned(bin_of, columns.placed, bins))
        for code, scope in now.scopes.items():
            counts = self._counts(code, columns, bin_of, bins)
            self._run(code, scope, counts, shared)
        for code in self._heard.keys() - now.scopes.keys():
            local = self._counts(code, columns, bin_of, bins).y
            self._heard[code].append((local, np.zeros(bins)))
        national = binned(bin_of, columns.y, bins)
        # Summed in the order of time, as a scan of the whole day would.
        hours = np.concatenate([np.arange(24), times.hour])
        now.hourly = binned(hours, np.concatenate([now.hourly, national]), 24)
        now.unheard = binned(hours, np.concatenate([now.unheard, silent.astype(np.float64)]), 24)
        now.done = last

    def _rhythm(self, day: int, second: int) -> Floats:
        """Return the rhythm of the local day, worked out once; `second` is one of it at which a bin begins.

        What was taken up from bytes has taken no bin yet and may be asked all the same.
        """
        if self._today.size == 0:
            weekday, bin_s = self._grid.weekday(day), self._grid.bin_s
            self._today = day_table(self._now.book.learn(), weekday, second % bin_s, bin_s=bin_s)
        return self._today

    def _turn(self, day: int) -> None:
        """A local day begins: learn from the one before, and put a mark aside."""
        now = self._now
        # The first day of a history is rarely whole, so it does not teach.
        if now.days > 0:
            known = 1.0 - now.unheard * (self._grid.bin_s / HOUR_S)
            teach_day(now.book, self._grid.weekday(now.day), now.hourly, known)
        now.day, now.days = day, now.days + 1
        now.hourly, now.unheard = np.zeros(24), np.zeros(24)
        self._today = np.zeros(0)
        newest = self._marks[-1:]
        kept = [mark for mark in self._marks if mark.days % STRIDE_DAYS == 0 or mark.days > now.days - DAYS_KEPT]
        if not newest or newest[0].done < now.done:
            self._marks = [*kept, now.copy()]

    def _shared(self, times: LocalTimes, silent: Flags, placed: Floats) -> Shared:
        now, grid, bins = self._now, self._grid, times.day.size
        second = np.rint(times.fraction * DAY_S).astype(np.int64)
        rhythm = from_table(self._rhythm(int(times.day[0]), int(second[0])), second, bin_s=grid.bin_s)
        passed = np.cumsum(np.concatenate([[now.passed], rhythm * ~silent]))
        now.passed = float(passed[-1])
        before, now.placed, now.lately = self._before_each_hour(placed, now.placed, now.lately)
        extra = np.full(bins, rhythm_variance(now.days))
        return Shared(grid.bin_s, silent, rhythm, extra, before, passed[:-1])

    def _before_each_hour(self, signals: Floats, before: float, lately: float) -> tuple[Floats, float, float]:
        """Return the sum of signals before the hour of each next bin, and both sums after the last of them."""
        if signals.size == 1:
            # The same sums for a single bin, as a desk that runs asks for them.
            if self.done * self._grid.bin_s // HOUR_S == (self.done - 1) * self._grid.bin_s // HOUR_S:
                return np.array([before]), before, lately + float(signals[0])
            return np.array([before + lately]), before + lately, float(signals[0])
        numbers = np.arange(self.done - 1, self.done + signals.size) * self._grid.bin_s // HOUR_S
        hour = numbers - numbers[0]
        by_hour = binned(hour, np.concatenate([[lately], signals]), int(hour[-1]) + 1)
        sums = np.cumsum(np.concatenate([[before], by_hour]))
        return sums[hour[1:]], float(sums[-2]), float(by_hour[-1])

    def _counts(self, code: str, columns: Columns, bin_of: NDArray[np.int64], bins: int) -> Counts:
        if not code:
            return Counts(*(binned(bin_of, part, bins) for part in (columns.y, columns.loss, columns.talk)))
        entries = np.flatnonzero(self._within(code)[columns.region])
        # Talk that names no place belongs to the country; in a place only its own reports are weighed.
        loss = binned(bin_of[entries], columns.loss_placed[entries], bins)
        return Counts(binned(bin_of[entries], columns.placed[entries], bins), loss, loss)

    def _within(self, code: str) -> Flags:
        """Return for each index of a region, and for -1, whether it lies within `code`."""
        codes = self._feed.codes
        if len(codes) != self._parts_size:
            self._parts = parts_of(codes, self._regions)
            self._parts_size = len(codes)
        known = self._parts.get(code)
        return np.zeros(len(codes) + 1, dtype=np.bool_) if known is None else known

    def _run(self, code: str, scope: Scope, counts: Counts, shared: Shared) -> None:
        inject = None
        if code:
            spoken, scope.spoken, scope.lately = self._before_each_hour(counts.y, scope.spoken, scope.lately)
            inject = place_weight(self._regions[code], spoken, shared.placed)
        scan = self._scans.get(code)
        if scan is None:
            scan = self._scans[code] = ScopeScan(code, self._tuning, bin_s=self._grid.bin_s)
        # A finding takes a bin to be raised and one to be cleared.
        out = np.zeros((counts.y.size // 2 + 2, ROW_WIDTH))
        open_rows = int(scope.state[OPEN])
        if open_rows:
            out[0] = scope.rows.pop()
        found, expected = scan.go_on(
            (scope.state, scope.alt), counts, shared, inject=inject, out=out, first=self.done, found=open_rows
        )
        scope.rows.extend(out[:found].copy())
        if code in self._heard:
            self._heard[code].append((counts.y, expected))

    def _wake(self, columns: Columns, first: int, last: int) -> None:
        """Catch up the regions that spoke so much in these bins for the first time that they may raise an alarm."""
        named = {self._feed.codes[index] for index in set(columns.region.tolist()) if index >= 0}
        above = {code for one in named for code in lineage(one, self._regions)} - self._now.scopes.keys()
        if not above:
            return
        recent = self._feed.between(self._grid.second(first) - DAY_S, self._grid.second(last))
        parts = {code: np.flatnonzero(self._within(code)[recent.region]) for code in above}
        awake = {code for code, rows in parts.items() if is_active(recent.placed[rows], recent.at_s[rows])}
        self._catch_up((self._marks or [self._now])[0], frozenset(awake))

    def _catch_up(self, mark: Mark, codes: frozenset[str]) -> None:
        """Take regions that were not scanned from a mark of this history on to where this scan stands.

        Every mark that is kept learns of them, the first one too: a scan that forks there has all that are awake.
        """
        if not codes:
            return
        fork = self._fork(mark, self._feed, codes)
        fork._marks = [mark.copy(codes)]
        fork.take(self.done)
        marks = {one.done: one for one in [*fork._marks, fork._now]}
        for one in [*self._marks, self._now]:
            then = marks.get(one.done)
            if then is not None:
                one.scopes.update({code: then.scopes[code].copy() for code in codes})
                one.packed = None


class Followed:
    """The series of one region, of which only the bins that are new are worked out when it is asked for again."""

    def __init__(self, live: LiveFamily, fork: LiveFamily, code: str, *, begin: int) -> None:
        self._live, self._fork, self._code, self._begin = live, fork, code, begin
        # What was never scanned has no usual level; once it is, its series begins anew.
        self._known = code in live._now.scopes

    def goes_on(self) -> bool:
        """Whether it may be asked again."""
        return self._known

    def series(self) -> tuple[int, ScopeSeries]:
        """Return the bin that the series begins with, and the series until now."""
        self._fork.take(self._live.done)
        parts = self._fork._heard[self._code] or [(np.zeros(0), np.zeros(0))]
        y, expected = (np.concatenate(one) for one in zip(*parts, strict=True))
        self._fork._heard[self._code] = [(y, expected)]
        return self._begin, ScopeSeries(self._code, y, expected)


def marks_of(state: bytes) -> list[Mark]:
    """Return the marks that `LiveFamily.to_bytes` wrote. Raises RefusedInput when the bytes are none."""
    return marks_from_bytes(state)


def lineage(code: str, regions: Mapping[str, Region]) -> list[str]:
    """Return a region that may be named and all above it, from the inside out."""
    found = []
    while code in regions:
        found.append(code)
        code = regions[code].parent
    return found


def grid_bins(columns: Columns, grid: Grid, first: int) -> NDArray[np.int64]:
    """Return the bin of each entry, counted from bin `first`."""
    result: NDArray[np.int64] = (columns.at_s - grid.start_s) // grid.bin_s - first
    return result
