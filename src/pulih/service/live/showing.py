"""Showing: reports of one scope against what is usual, minute by minute, those of open windows among them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pulih.detect.family import level_share
from pulih.detect.live_family import lineage
from pulih.detect.tally import Columns
from pulih.model.clock import MICROS, WEEK_S
from pulih.model.errors import RefusedInput
from pulih.series.alarm_level import alarm_level
from pulih.series.tuning import Tuning
from pulih.service.hierarchy import Family
from pulih.service.live.fold import Fold
from pulih.service.live.waiting import Speaking
from pulih.service.view import Series

Floats = NDArray[np.float64]

SERIES_MAX_S = 13 * WEEK_S


def series_of(fold: Fold, tuning: Tuning, scope: tuple[str, str], *, span_us: tuple[int, int], step_s: int) -> Series:
    """Return reports against usual of one scope.

    Args:
        fold: the state.
        tuning: constants of detection.
        scope: operator, and region or "".
        span_us: first and last moment, microseconds, last excluded.
        step_s: width of a window of the series in seconds.

    Raises: RefusedInput when the span or the step cannot be meant.
    """
    (start_us, end_us), bin_s = span_us, tuning.bin_s
    if not 0 < end_us - start_us <= SERIES_MAX_S * MICROS:
        raise RefusedInput("series: the span must be longer than nothing and at most 13 weeks.")
    if step_s < bin_s or step_s % bin_s:
        raise RefusedInput(f"series: a step must be a multiple of {bin_s} seconds, not {step_s}.")
    per = step_s // bin_s
    first = fold.grid.number(start_us // MICROS)
    windows = math.ceil((end_us / MICROS - fold.grid.second(first)) / step_s)
    counts, expected = _by_bin(fold, scope, first, first + windows * per)
    heard = np.nan_to_num(counts).reshape(-1, per).sum(axis=1)
    unknown: NDArray[np.bool_] = np.atleast_1d(np.isnan(counts).reshape(-1, per).all(axis=1))
    usual, ratio = expected[0].reshape(-1, per).sum(axis=1), expected[1]
    needed = math.log(tuning.threshold() / level_share(scope[1]))
    return Series(
        operator=scope[0],
        region=scope[1],
        start_us=fold.grid.second(first) * MICROS,
        step_s=step_s,
        counts=tuple(None if none else float(one) for one, none in zip(heard, unknown, strict=True)),
        expected=tuple(round(float(one) * ratio, 3) for one in usual),
        alarm_at=tuple(0.0 if math.isnan(one) else round(float(one) * ratio, 1) for one in alarm_level(usual, needed)),
    )


def _by_bin(fold: Fold, scope: tuple[str, str], first: int, last: int) -> tuple[Floats, tuple[Floats, float]]:
    """Return reports by bin (NaN: not known), and usual evidence by bin with the reports behind one of it."""
    operator, region = scope
    counts, expected = np.full(last - first, np.nan), np.zeros(last - first)
    now = fold.grid.number(fold.received_us // MICROS) + 1
    known = slice(max(0, -first), max(0, min(now, last) - first))
    counts[known] = 0.0
    family = family_of(fold, operator)
    if family is None or first >= last:
        return counts, (expected, 1.0)
    scan = fold.scans[operator]
    begin, series = scan.series(region, first)
    columns = fold.tally.between(family.members, fold.grid.second(begin), fold.grid.second(scan.done))
    inside = _inside(columns, fold.tally.codes, region, family)
    bins = (columns.at_s[inside] - fold.grid.start_s) // fold.grid.bin_s
    _add(counts, bins - first, columns.signals[inside])
    waiting = [one for one in fold.waiting() if is_counted(one, family, region)]
    said = [fold.grid.number(one.window_us // MICROS) for one in waiting]
    _add(counts, np.array(said, dtype=np.int64) - first, np.array([one.reports for one in waiting]))
    values = series.expected
    low, high = max(begin, first), min(scan.done, last)
    if high > low:
        expected[low - first : high - first] = values[low - begin : high - begin]
    if values.size and last > scan.done:
        # What is not over yet goes on as usual as it was a minute ago.
        expected[max(scan.done, first) - first :] = values[-1]
    silent = fold.silent(max(first, 0), max(0, min(now, last)))
    counts[known][silent[: counts[known].size]] = np.nan
    evidence = float(columns.y[inside].sum())
    ratio = float(columns.signals[inside].sum()) / evidence if evidence > 0 else 1.0
    return counts, (expected, ratio)


def _add(counts: Floats, places: NDArray[np.int64], many: NDArray[Any]) -> None:
    inside = (places >= 0) & (places < counts.size)
    np.add.at(counts, places[inside], np.asarray(many, dtype=np.float64)[inside])


def family_of(fold: Fold, operator: str) -> Family | None:
    """Return the family of an operator, None when nobody spoke of it."""
    return next((one for one in fold.families if one.operator == operator), None)


def _inside(columns: Columns, codes: Sequence[str], region: str, family: Family) -> NDArray[np.bool_]:
    """Return which entries count, in a region."""
    counting = columns.signals > 0
    if region:
        within = np.array([*(region in lineage(code, family.regions) for code in codes), False])
        counting &= within[columns.region]
    result: NDArray[np.bool_] = counting
    return result


def is_counted(one: Speaking, family: Family, region: str) -> bool:
    """Whether reports that wait will count for a family, in a region ("" anywhere), as far as is known yet."""
    return one.operator in family.members and (not region or region in lineage(one.region, family.regions))
