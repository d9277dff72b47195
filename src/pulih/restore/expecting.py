"""Expecting: how many reports a window brings if it is still broken, if a part is still cut off, and if it is over.

What an outage brings is measured on itself: in the hour before the moment at which it may have come back, and in the
hours before that, faded by how fast people tire. Nothing is expected of an hour that showed no outage: reports that
were as usual while it went on cannot tell by being usual that it is over.
Source: series/holding (what is too little to be an outage) and detect/family (echo, mood).
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from pulih.restore.observed import Flags, Floats, Windows
from pulih.series.holding import LEAST_RISE
from pulih.series.tuning import JUDGED_S

HOUR: Final = round(3_600 / JUDGED_S)
# Reports of people who are cut off halve within the hour at the fastest; the mean of that hour is half an hour old.
STILL_SHARE: Final = 0.5**0.5
# A tenth of the excess is talk about an outage that is over.
TALK_SHARE = 0.1
# Customers may come back one after the other. Two in five of them, still cut off, are no end; an eighth of the reports
# may be talk, or the last of them.
PART_SHARE, FEW_SHARE = 0.4, 1 / 8
# The mood of a day moves what is usual by a quarter (`detect.family.CROWD`).
MOOD = 0.25
# What raised reports by less than this cannot be told from what is usual, as that is only roughly known at night.
SEEN_RISE: Final = 0.7
# The height of an outage is looked for so far back; after that it has faded to a sixty-fourth.
_BACK: Final = 6 * HOUR


class Before(msgspec.Struct, frozen=True):
    """What the hour before each window showed, from the first window to the end of the last; shape (windows + 1,).

    Attributes:
        excess: mean reports beyond usual, a window; 0 where nothing was seen.
        usual: mean of what was usual; 0 where nothing was seen.
        height: largest excess of the hours before, faded by half each hour and to the hour of the day.
    """

    excess: Floats
    usual: Floats
    height: Floats


class Rates(msgspec.Struct, frozen=True):
    """Reports a window under each hypothesis; `still` and `over` are equal where no outage showed.

    Attributes:
        still, over: if it is still broken at least, and if it is back about.
        part, few: if two in five of those who were cut off still are, and if hardly anybody is.
    """

    still: Floats
    over: Floats
    part: Floats
    few: Floats


def before_each(windows: Windows, *, first: int = 0) -> Before:
    """Return what the hour before each window showed.

    Args:
        windows: what is heard.
        first: no window before this one counts.
    """
    counts = windows.seen.astype(np.float64)
    counts[:first] = 0.0
    seen, reports, usual = (
        _of_the_hour(counts * values) for values in (np.ones(counts.size), windows.reports, windows.usual)
    )
    known: Flags = seen > 0
    then = np.where(known, usual / np.maximum(seen, 1.0), 0.0)
    excess = np.where(known, np.maximum(0.0, reports / np.maximum(seen, 1.0) - then), 0.0)
    now = np.append(windows.usual, windows.usual[-1:] if windows.usual.size else 1.0)
    height = excess.copy()
    for ago in range(HOUR // 2, min(_BACK, excess.size - 1) + 1, HOUR // 2):
        asleep = np.minimum(1.0, now[ago:] / np.maximum(then[:-ago], 1e-9))
        height[ago:] = np.maximum(height[ago:], excess[:-ago] * asleep * 0.5 ** (ago / HOUR))
    return Before(excess, then, height)


def rates(before: Before, usual: Floats, begin: int) -> Rates:
    """Return the reports a window from one on.

    Args:
        before: what the hours before showed.
        usual: what is usual from `begin` on, a value a window.
        begin: the window.

    >>> seen, zeros = np.ones(13) > 0, np.zeros(13)
    >>> heard = Windows(start_us=0, reports=np.full(13, 9.0), usual=np.ones(13), seen=seen, back=zeros, still=zeros,
    ...                 recoveries=zeros, well=zeros, ill=zeros)
    >>> found = rates(before_each(heard), heard.usual[12:], 12)
    >>> [round(float(one[0]), 1) for one in (found.still, found.over, found.part, found.few)]
    [6.4, 1.8, 4.2, 2.0]
    """
    excess, then = float(before.excess[begin]), float(before.usual[begin])
    # At night the same outage is reported less; that more should come by day proves nothing when it does not.
    rhythm = np.minimum(1.0, usual / then) if then > 0 else np.ones(usual.size)
    fading = rhythm * 0.5 ** (np.arange(usual.size) / HOUR)
    over = usual + TALK_SHARE * excess * fading
    height = float(before.height[begin])
    few, part = (usual + share * height * fading for share in (FEW_SHARE, PART_SHARE))
    if excess < SEEN_RISE * then:
        return Rates(over, over, part, few)
    still = (1.0 - MOOD) * usual + STILL_SHARE * excess * fading
    # What is less than this above usual is no outage, however long it lasts.
    return Rates(np.maximum(still, (1.0 + LEAST_RISE) * over), over, part, few)


def _of_the_hour(values: Floats) -> Floats:
    """Return the sum of the hour before each window, and of the last hour."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    result: Floats = total - total[np.maximum(0, np.arange(total.size) - HOUR)]
    return result
