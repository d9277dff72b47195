"""Shapes: what the rhythm of a moment may be, by what was learnt, by the last days, and by what a calendar announces.

A calendar that moves a day leaves open whether all of it moves or the evening alone, as in Ramadan; both are carried
along, and hours tell which is right.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pulih.detect.days import NO_SHIFT, Calendar, DayShift, shift_of
from pulih.series.recent import RecentShape
from pulih.series.rhythm import RhythmBook, read_day
from pulih.series.say import Say

Floats = NDArray[np.float64]

# Learnt (moved as a whole where announced), the last days, learnt with its evening moved.
SHAPES = 3
# The last days are believed little until they have foreseen better.
SAY_BEFOREHAND = np.array([0.485, 0.03, 0.485])
# No announcement says exactly how people will move: an hour of such a day may be off by a third.
MOVED_VARIANCE = 0.1
# Local hours: a night is over, the afternoon begins, the evening begins.
MORNING, NOON, EVENING = 4.0, 12.0, 17.0


class Shapes:
    """The rival shapes of the day of several series.

    Args:
        series: how many.
        start: local time of the first bin.
        calendar: what is special of a date.
    """

    def __init__(self, series: int, *, start: datetime, calendar: Calendar | None) -> None:
        self.book = RhythmBook(series)
        self.recent = RecentShape(series)
        self.say = Say(series, SAY_BEFOREHAND)
        self.week = self.book.learn()
        self.days = 0
        self._calendar = calendar
        self.shift: DayShift = NO_SHIFT
        self.begin_day(start)

    def begin_day(self, local: datetime) -> None:
        """A local day begins: ask the calendar about it."""
        before, self.shift = self.shift, shift_of(self._calendar, local.date())
        if self.shift.later_hours != before.later_hours:
            # What was right yesterday says nothing about a day that is announced to be another.
            self.say.share[:] = SAY_BEFOREHAND

    def read(self, local: datetime, ahead_s: float) -> Floats:
        """Return what each shape says of a moment some seconds after `local`; shape (series, shapes)."""
        hour = (local.hour + (local.minute * 60 + local.second + ahead_s) / 3600) % 24
        later = self.shift.later_hours
        moments = [(hour - later) % 24, *(before_evening_moved(hour, later) if later else ())]
        learnt = read_day(self.week, self._weekday(local), np.array(moments) / 24)
        recent = self.recent.read(np.array([hour / 24]))[:, 0] if self.days else learnt[:, 0]
        shapes = np.empty((learnt.shape[0], SHAPES))
        shapes[:, 0], shapes[:, 1], shapes[:, 2] = learnt[:, 0], recent, learnt[:, -2:].max(axis=1)
        return shapes

    def hear_hour(self, local: datetime, counts: Floats, *, share: Floats, usual: Floats) -> None:
        """Take the hour of `local`, of which `share` was seen, into what was learnt and into the last days."""
        # A moved day would smear the learnt shape; only the last days learn from it.
        if not self.shift.later_hours:
            self.book.add(self._weekday(local), local.hour, counts, share)
        self.recent.add(local.hour, counts, share, usual)

    def close_day(self, local: datetime, scatter: Floats) -> None:
        """The day of `local` is over: learn from it; `scatter` is the variance of an hour's count over its mean."""
        self.days += 1
        if not self.shift.later_hours:
            self.book.forget()
            self.week = self.book.learn(scatter, into=self.week)
        self.recent.close_day(self.week, self._weekday(local), scatter)

    def doubt(self) -> Floats:
        """Return the relative variance by which the shape of an hour may be off; shape (series,)."""
        return self.week.variance + (MOVED_VARIANCE if self.shift.later_hours else 0.0)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return every array that the state consists of, by name."""
        return {
            "seen": self.book.seen,
            "known": self.book.known,
            "recent_seen": self.recent.seen,
            "recent_known": self.recent.known,
            "recent_day": self.recent.day,
            "say": self.say.share,
            "day_shape": self.week.day,
            "weekday": self.week.weekday,
            "cells": self.week.cells,
            "variance": self.week.variance,
        }

    def _weekday(self, local: datetime) -> int:
        return local.weekday() if self.shift.weekday is None else self.shift.weekday


def before_evening_moved(hour: float, later: float) -> tuple[float, float]:
    """Return the usual hours that a moment of a day with a moved evening is like; the busier one counts.

    The afternoon is stretched, evening and night move as they are, and where a late night meets the morning there is
    both.

    >>> before_evening_moved(10.0, 3.0), before_evening_moved(23.0, 3.0), before_evening_moved(5.0, 3.0)
    ((10.0, 10.0), (20.0, 20.0), (5.0, 2.0))
    """
    since = hour if hour >= MORNING else hour + 24
    evening = max(EVENING + later, NOON + 0.5)
    if since >= evening:
        moved = min(since - later, MORNING + 24)
    else:
        moved = float(np.interp(since, [NOON, evening], [NOON, EVENING])) if since > NOON else since
    late = hour - later if MORNING <= hour < MORNING + later else moved
    return moved % 24, late % 24
