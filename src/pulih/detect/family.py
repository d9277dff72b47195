"""Family: all scopes of one operator, country and provinces and regencies, under one false-alarm rate.

Each bin injects one unit of prior weight into the whole family, split over its scopes; every scope raises its
alarm at the family's threshold. The rates add up to at most the asked one, however the scopes depend on
each other. Half of a region's weight follows where people live, half where this operator's customers have
spoken of so far; both are known before the bin is seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.detect.calendar import Calendar
from pulih.detect.daily_rhythm import binned, daily_rhythm
from pulih.detect.tally import Columns
from pulih.series import changepoint as cp
from pulih.series.rhythm import rhythm_variance
from pulih.series.state import EVEN, SLOW_FIRST, fresh_state, rises
from pulih.series.tuning import Tuning

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# How the family's prior weight is split: the whole country, its provinces, its regencies.
COUNTRY_SHARE, PROVINCE_SHARE, REGENCY_SHARE = 0.25, 0.05, 0.7
# One report moves the evidence of a sparse scope by several nats at once, so that an alarm overshoots its threshold:
# simulated quiet places raise at most 0.3 of the bound, and those that speak once in ten days next to nothing
# (tools/headroom.py, docs/decisions/0003). Between the two rates below the headroom falls with the rate.
PLACED_HEADROOM = 0.25
RARE_PER_DAY, OFTEN_PER_DAY = 0.1, 1.0
_RARE_TO_OFTEN = np.log([RARE_PER_DAY, OFTEN_PER_DAY])
# Customers are spread far less evenly than people: a region may well speak ten times more often than its share.
PLACED_SHAPE = 0.15
# A finding of the first hours teaches its place's level all it says, after a week a quarter of it, after four a 25th.
PLACED_LESSON_DAYS = 7.0
# Placed reports after which an operator's own places weigh as much as where people live.
PLACE_SIGNALS = 20.0
# Placed reports a day believed before any is seen, and for how many days that counts: hours, so that a busy
# operator's places are not all taken for risen on the first day.
PLACED_PER_DAY, PLACED_DAYS = 1.0, 0.1
# A region that never had this much within a day cannot have raised an alarm and is not scanned.
ACTIVE_PER_DAY = 1.2
FINDINGS_MAX = 500


# The tuning of complaints by people; the asked rate and the bin are the user's.
CROWD = Tuning(
    # Three people who report a lost service, their place a little unsure, and not drowned by other talk.
    loss_min=2.5,
    loss_share=0.35,
    echo_prior=0.05,
    echo_reports=100.0,
    echo_max=0.3,
    headroom=0.7,
    outage_hours=12.0,
    open_days_max=4.0,
    # The mood of a day moves complaints by a quarter, and that is no outage.
    drift_per_day=0.3,
    # Few reports end an outage of people: twenty to one that it is over must do, or a straggler keeps it open.
    clear_nats=2.0,
    # In a busy outage one empty window comes about by chance, and speaks as loudly; two in a row hardly do.
    lull_minutes=10.0,
    # However few people live in a place, that it is silent is believed beforehand as if so many days had shown it.
    belief_days=10.0,
    # Texts tell who speaks of yesterday; the reader has set them aside.
    news_share=0.0,
    # What one person's post draws, the weights of texts and the echo see to.
    spike_minutes=0.0,
    # The headroom of a place that speaks once in ten days or more rarely.
    rare_headroom=0.15,
)


def place_tuning(tuning: Tuning) -> Tuning:
    """Return the tuning of one place: its level moves slowly, and a reply rarely repeats its name."""
    return msgspec.structs.replace(
        tuning,
        echo_factor=0.25,
        drift_per_day=0.05,
        headroom=PLACED_HEADROOM,
        prior_shape=PLACED_SHAPE,
        lesson_days=PLACED_LESSON_DAYS,
    )


def place_headroom(per_day: Floats, rare: float) -> Floats:
    """Return the threshold over bins per false alarm that suffices in a place that speaks `per_day` times a day.

    Args:
        per_day: reports believed usual; above 0.
        rare: headroom of places that speak at most RARE_PER_DAY times.
    """
    often = np.interp(np.log(per_day), _RARE_TO_OFTEN, [0.0, 1.0])
    result: Floats = rare ** (1.0 - often) * PLACED_HEADROOM**often
    return result


class Region(msgspec.Struct, frozen=True):
    """A region of the hierarchy: its code, its parent's ("" for the country), its share of people."""

    code: str
    parent: str
    share: float


class ScopeRise(msgspec.Struct, frozen=True):
    """One rise of one scope in bins; `ended` is the estimated end, `declared` when that was known."""

    region: str
    alarm: int
    onset: int
    declared: int | None
    ended: int | None
    peak: int
    evidence_nats: float


class ScopeSeries(msgspec.Struct, frozen=True):
    """Counted evidence and usual level of one scope; shape (bins,)."""

    region: str
    y: Floats
    expected: Floats


class Shared(msgspec.Struct, frozen=True):
    """What all scopes of a family share; one value a bin.

    Attributes:
        bin_s: width of a bin in seconds.
        silent: the source was off.
        rhythm, extra: rhythm of each bin, and its relative variance.
        placed: placed reports before the hour of each bin.
        passed: rhythm heard before each bin.
    """

    bin_s: int
    silent: Flags
    rhythm: Floats
    extra: Floats
    placed: Floats
    passed: Floats


class Counts(msgspec.Struct, frozen=True):
    """Evidence, reports of a loss and talk of one scope; one value a bin."""

    y: Floats
    loss: Floats
    talk: Floats


class FamilyScan:
    """The scan of every scope of one operator.

    Args:
        columns: the operator's tally.
        codes: region code of each index in `columns.region`.
        regions: hierarchy of all regions that may be named.
        calendar: the bins.
        tuning: constants; the rate is that of the whole family.

    Attributes:
        rises: what was found, by alarm and region.
    """

    def __init__(
        self, columns: Columns, codes: list[str], regions: Mapping[str, Region], *, calendar: Calendar, tuning: Tuning
    ) -> None:
        self._columns = columns
        self._bin_of = (columns.at_s - calendar.start_s) // calendar.bin_s
        self._regions = regions
        self._tuning = tuning
        self._calendar = calendar
        self._parts = parts_of(codes, regions)
        national = self._binned(columns.y)
        extra = np.array([rhythm_variance(day) for day in range(calendar.weekdays.size)])[calendar.day]
        placed = _before_each_hour(self._binned(columns.placed), calendar)
        rhythm = daily_rhythm(national, calendar)
        passed = np.concatenate([[0.0], np.cumsum(rhythm * ~calendar.silent)[:-1]])
        self._shared = Shared(calendar.bin_s, calendar.silent, rhythm, extra, placed, passed)
        found = [rise for code in ("", *self._parts) for rise in self._scan(code)[0]]
        self.rises = tuple(sorted(found, key=lambda rise: (rise.alarm, rise.region)))

    def series(self, code: str) -> ScopeSeries:
        """Return the series of a region, "" the country.

        Scanned again when asked for: few are looked at, and a year of all of them would not fit in memory.
        """
        return self._scan(code)[1]

    def _scan(self, code: str) -> tuple[list[ScopeRise], ScopeSeries]:
        columns = self._columns
        if not code:
            counts = Counts(self._binned(columns.y), self._binned(columns.loss), self._binned(columns.talk))
            return _scan_scope("", counts, self._shared, inject=None, tuning=self._tuning)
        entries = np.flatnonzero(self._parts[code][columns.region])
        local = self._binned(columns.placed, entries)
        if not is_active(columns.placed[entries], columns.at_s[entries]):
            return [], ScopeSeries(code, local, np.zeros_like(local))
        # Talk that names no place belongs to the country; in a place only its own reports are weighed.
        loss = self._binned(columns.loss_placed, entries)
        spoken = _before_each_hour(local, self._calendar)
        inject = place_weight(self._regions[code], spoken, self._shared.placed)
        return _scan_scope(code, Counts(local, loss, loss), self._shared, inject=inject, tuning=self._tuning)

    def _binned(self, weights: NDArray[np.floating[Any]], entries: Ints | slice = slice(None)) -> Floats:
        return binned(self._bin_of[entries], weights[entries], self._calendar.bins)


def place_weight(region: Region, spoken: Floats, placed: Floats) -> Floats:
    """Return the prior weight of a region in each bin, half by people and half by where customers have spoken.

    Args:
        region: which.
        spoken, placed: reports placed in it, and in any region, before the hour of each bin.
    """
    learnt = (spoken + PLACE_SIGNALS * region.share) / (placed + PLACE_SIGNALS)
    return level_share(region.code) * (0.5 * region.share + 0.5 * learnt)


def level_share(code: str) -> float:
    """Return the prior weight of all regions of the level of `code` together ("" is the country)."""
    if not code:
        return COUNTRY_SHARE
    return REGENCY_SHARE if "." in code else PROVINCE_SHARE


def _before_each_hour(signals: Floats, calendar: Calendar) -> Floats:
    """Return the sum of all signals before the hour of each bin; shape (bins,)."""
    hour = np.arange(calendar.bins) * calendar.bin_s // 3600
    by_hour = binned(hour, signals, int(hour[-1]) + 1)
    return np.concatenate([[0.0], np.cumsum(by_hour)[:-1]])[hour]


def parts_of(codes: Sequence[str], regions: Mapping[str, Region]) -> dict[str, Flags]:
    """Return for each region that was named, roll-ups included, which indices of `codes` lie within it."""
    parts: dict[str, Flags] = {}
    for index, named in enumerate(codes):
        code = named
        while code in regions:
            # One more, for the index -1 of what names no place.
            parts.setdefault(code, np.zeros(len(codes) + 1, dtype=np.bool_))[index] = True
            code = regions[code].parent
    return dict(sorted(parts.items()))


def is_active(local: NDArray[np.floating[Any]], at_s: Ints) -> bool:
    """Whether some day holds enough signals for any alarm."""
    if local.sum() < ACTIVE_PER_DAY:
        return False
    total = np.concatenate([[0.0], np.cumsum(local, dtype=np.float64)])
    first = np.searchsorted(at_s, at_s - 86_400)
    return bool((total[1:] - total[first]).max() >= ACTIVE_PER_DAY)


def _scan_scope(
    code: str, counts: Counts, shared: Shared, *, inject: Floats | None, tuning: Tuning
) -> tuple[list[ScopeRise], ScopeSeries]:
    """Scan one scope; `inject` is its prior weight in each bin, None for the country."""
    state, rise_state = fresh_state(1)
    out = np.zeros((FINDINGS_MAX, 7))
    scan = ScopeScan(code, tuning, bin_s=shared.bin_s)
    found, expected = scan.go_on((state[0], rise_state[0]), counts, shared, inject=inject, out=out)
    return [rise_of(code, row) for row in out[:found]], ScopeSeries(code, counts.y, expected)


class ScopeScan:
    """Takes bins of one scope of a family, all at once or a few at a time.

    Args:
        code: region, "" the country.
        tuning: constants of the family.
        bin_s: width of a bin in seconds.
    """

    def __init__(self, code: str, tuning: Tuning, *, bin_s: int) -> None:
        self._code = code
        self._tuning = tuning
        self._cfg = (place_tuning(tuning) if code else tuning).vector()
        self._mixture = rises(bin_s, SLOW_FIRST if code else EVEN)

    def go_on(
        self,
        state: tuple[Floats, Floats],
        counts: Counts,
        shared: Shared,
        *,
        inject: Floats | None,
        out: Floats,
        first: int = 0,
        found: int = 0,
    ) -> tuple[int, Floats]:
        """Take bins from number `first` on; return the rows of `out` filled by now, and what was usual in each bin.

        Args:
            state: of the series, and under each rise; changed in place.
            counts, shared: of these bins.
            inject: prior weight of the region in each of them, None for the country.
            out: rows of findings, of which `found` are filled; see `series.changepoint.run`.
        """
        bins = counts.y.size
        if inject is None:
            weight, prior = np.full(bins, COUNTRY_SHARE), np.zeros(bins)
        else:
            weight, prior = self._believed(inject, shared)
        expected = np.zeros(bins)
        heard = np.where(shared.silent, -1.0, counts.y)
        now = cp.run(
            state[0], state[1], heard, counts.loss, counts.talk, shared.rhythm, weight, prior, shared.extra,
            self._cfg, self._mixture, out, expected, first, found,
        )  # fmt: skip
        return int(now), expected

    def _believed(self, inject: Floats, shared: Shared) -> tuple[Floats, Floats]:
        """Return the weight of a region in each bin, and the reports believed usual there at a rhythm of 1."""
        bins_per_day = 86_400 / shared.bin_s
        least = PLACED_SHAPE / (self._tuning.belief_days * bins_per_day)
        # The usual placed reports of each bin, as known at the start of its hour.
        believed = PLACED_DAYS * 86_400 / shared.bin_s
        placed_rate = (shared.placed + PLACED_PER_DAY * PLACED_DAYS) / (shared.passed + believed)
        prior = np.maximum(placed_rate * inject / level_share(self._code), least)
        # Evidence grows with what is injected, so a lower threshold is as much more weight.
        weight = inject * PLACED_HEADROOM / place_headroom(prior * bins_per_day, self._tuning.rare_headroom)
        return weight, prior


def rise_of(code: str, row: Floats) -> ScopeRise:
    """Return a row of `series.changepoint.run` as a rise of region `code`."""
    return ScopeRise(
        region=code,
        alarm=int(row[0]),
        onset=int(row[1]),
        declared=int(row[2]) if row[2] >= 0 else None,
        ended=int(row[3]) if row[3] >= 0 else None,
        peak=int(row[4]),
        evidence_nats=float(row[5]),
    )
