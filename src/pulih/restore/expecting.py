"""Expecting: how many reports a window would bring if it were still broken, and how many if it were back.

Customers report an outage by the same rhythm of the day by which they always write: fewer at night, and whoever sleeps
does not tire of reporting either. What is usual is known only roughly: the mood of a day moves it, a young desk knows
nights badly, and where reports of an outage are not many times what is usual, the one is easily taken for the other. So
what is usual is not one value but several, each with its weight. Either hypothesis may take what suits it, and evidence
that rests on a wrong idea of usual alone soon stops to grow.
Source: series/holding (the half of the excess, and what is too little to be an outage) and detect/family (echo).
"""

from __future__ import annotations

import math
from typing import Final

import msgspec
import numpy as np

from pulih.restore.observed import Floats, Windows
from pulih.series.holding import LEAST_RISE
from pulih.series.tuning import JUDGED_S

HOUR: Final = round(3_600 / JUDGED_S)
# Reports of people who are cut off halve within an hour awake at the fastest; the mean of an hour is half an hour old.
STILL_SHARE: Final = 0.5**0.5
# A third of them may still be cut off while the others are served again.
PART_SHARE = 1.0 / 3.0
# A tenth of the excess is talk about an outage that is over.
TALK_SHARE = 0.1
# How far what is usual may be off, as a standard deviation of its logarithm; up to twice that is believed.
USUAL_SD = 0.2
# The least that is believed of usual where texts of recovery are set against reports (`detect.family.CROWD`).
MOOD = 0.25
# Variance of counts beyond Poisson, relative to the squared mean (`series.tuning`).
DISPERSION = 0.05

_STEPS: Final = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
_USUAL: Final[Floats] = np.exp(USUAL_SD * _STEPS)[:, None]
_WEIGHTS_NATS: Final[Floats] = (-0.5 * _STEPS**2 - np.logaddexp.reduce(-0.5 * _STEPS**2))[:, None]


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """Reports a window from one window on, for each idea of what is usual; shape (ideas, windows).

    Attributes:
        still, over: if it is still broken at least, and if it is back about; for whole windows, as all of these.
        part: if it is back for most.
        likely: if it is back and the desk is right about what is usual; shape (windows,).
        least: if it is still broken, at the very least; shape (windows,).
        shown: whether the hour before showed more than usual may be off: what was not seen cannot be seen to end.
    """

    still: Floats
    over: Floats
    part: Floats
    likely: Floats
    least: Floats
    shown: bool


def excess_before(windows: Windows, window: int, *, first: int = 0) -> tuple[float, float]:
    """Return the mean excess of reports over usual in the seen windows of the hour before one, and the usual there.

    Args:
        windows: what is heard.
        window: the one before which it is measured.
        first: no window before this one counts.
    """
    mean, usual = _hour_before(windows, window, first)
    return max(0.0, mean - usual), usual


def expected(windows: Windows, begin: int, first: int = 0) -> Expected:
    """Return what either hypothesis expects.

    Args:
        windows: what is heard; `usual` may reach further than `reports`.
        begin: window from which on it is back, or is not.
        first: no window before this one counts.
    """
    mean, then = _hour_before(windows, begin, first)
    usual = windows.usual[begin:]
    # At night the same outage is reported less; that more should come by day proves nothing when it does not.
    rhythm = np.minimum(1.0, usual / then) if then > 0 else np.ones(usual.size)
    awake = np.minimum(1.0, usual / max(windows.usual[: max(begin, 1)].max(), 1e-12))
    fading = rhythm * 0.5 ** ((np.cumsum(awake) - awake) / HOUR)
    excess = np.maximum(0.0, mean - _USUAL * then)
    over = _USUAL * usual + TALK_SHARE * excess * fading
    middle = max(0.0, mean - then)
    likely = usual + TALK_SHARE * middle * fading
    # What is less than LEAST_RISE above usual is no outage, however long it lasts.
    least_rise = 1.0 + LEAST_RISE
    return Expected(
        still=np.maximum(_USUAL * usual + STILL_SHARE * excess * fading, least_rise * over),
        over=over,
        part=np.maximum(_USUAL * usual + PART_SHARE * excess * fading, least_rise * over),
        likely=likely,
        least=np.maximum((1.0 - MOOD) * usual + STILL_SHARE * middle * fading, least_rise * likely),
        shown=mean >= math.exp(USUAL_SD) * then,
    )


def reports_nats(rates: Expected, reports: Floats, seen: Floats) -> tuple[Floats, Floats]:
    """Return how much reports speak for "back" after each window, in nats: against "still broken", against "in part".

    Args:
        rates: what each hypothesis expects.
        reports: that came, a value a window.
        seen: how much of each window can prove something, 0..1.

    Returns: two arrays of shape (windows,).

    >>> from pulih.restore.observed import Windows
    >>> zeros, usual = np.zeros(24), np.ones(24)
    >>> heard = Windows(start_us=0, reports=np.repeat([9.0, 1.0], 12), usual=usual, seen=usual,
    ...                 proving=usual, back=zeros, still=zeros, recoveries=zeros, well=zeros, ill=zeros)
    >>> reports_nats(expected(heard, 12), heard.reports[12:], heard.seen[12:])[0][[0, 2]].round(1).tolist()
    [2.7, 7.6]
    """
    scatter = 1.0 + DISPERSION * rates.least

    def told(rate: Floats) -> Floats:
        gained = np.where(seen > 0, (reports * np.log(rate) - seen * rate) / scatter, 0.0)
        result: Floats = np.logaddexp.reduce(_WEIGHTS_NATS + np.cumsum(gained, axis=1), axis=0)
        return result

    over = told(rates.over)
    return over - told(rates.still), over - told(rates.part)


def _hour_before(windows: Windows, window: int, first: int) -> tuple[float, float]:
    """Return the mean of reports and of what is usual in the seen windows of the hour before one; zeros without any."""
    span = slice(max(first, window - HOUR), window)
    seen = windows.seen[span] >= 1.0
    if not seen.any():
        return 0.0, 0.0
    return float(windows.reports[span][seen].mean()), float(windows.usual[span][seen].mean())
