"""Observed: all that is heard of one scope since trouble began, and the same laid into windows of five minutes.

Evidence counts only up to the last moment at which the sources showed life, and of the window in which that lies so
much as was before it. A feed that falls silent therefore proves nothing by being quiet, however long it is
(requirement L5).
"""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.model.clock import MICROS
from pulih.model.errors import ShapeMismatch
from pulih.series.tuning import JUDGED_S

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# What is usual is never believed to be nothing: one report in a year.
USUAL_MIN = 1e-5


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """Reports of one scope, window by window.

    Attributes:
        start_us: start of the first window, microseconds since 1970 UTC.
        step_s: width of a window, a divisor of 300 s or a multiple of it.
        counts: reports; None where nothing could be heard.
        expected: reports that were usual; as many, never negative.
        thin: windows in which a source brought a part only (`restore.thinning`); as many, or none for nowhere.
    """

    start_us: int
    step_s: int
    counts: tuple[float | None, ...]
    expected: tuple[float, ...]
    thin: tuple[bool, ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """One answer to "is it back for you?": when, by which pseudonym ("" unknown), and whether it is."""

    at_us: int
    author: str
    back: bool


class Probe(msgspec.Struct, frozen=True):
    """One result of an active probe, or an alarm: when, and whether it was well."""

    at_us: int
    well: bool


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """What is heard of one scope.

    Attributes:
        onset_us: when trouble began; microseconds since 1970 UTC.
        now_us: until when this is known.
        counted: its reports, from the onset or before it.
        alive_until_us: last moment at which the sources of its reports showed life; None when they never did.
        claimed_us: when a repair was claimed, None while nobody has.
        answers, probes: in any order.
        recoveries: moments at which somebody said by themselves that it works again.
        silent: names of sources that are silent now.
        cut: it had begun earlier, and only the last part is looked at; `onset_us` is where that part begins.
    """

    onset_us: int
    now_us: int
    counted: Counted
    alive_until_us: int | None
    claimed_us: int | None = None
    answers: tuple[Answer, ...] = ()
    probes: tuple[Probe, ...] = ()
    recoveries: tuple[int, ...] = ()
    silent: tuple[str, ...] = ()
    cut: bool = False


class Windows(msgspec.Struct, frozen=True, kw_only=True):
    """The same in windows of five minutes from the onset on, those that are over.

    Attributes:
        start_us: start of the first, the one of the onset.
        reports, usual: a value a window; shape (windows,).
        seen: how much of it passed before the sources last showed life, 0..1; 0 where nothing could be heard.
        proving: as much of that as its quiet can prove: nothing where a source was thin. Reports of a thin source are
            reports all the same, and so few at least.
        back, still: people whose last answer so far says that it is back, or that it is not, by when they said so.
        recoveries: texts that say so by themselves.
        well, ill: 1 where most probes of the window went well, or did not.
        well_before, ill_before: probe results of the day before the onset.
        lead: windows at the beginning that only show how bad it was, so that chance in one of them decides nothing.
    """

    start_us: int
    reports: Floats
    usual: Floats
    seen: Floats
    proving: Floats
    back: Floats
    still: Floats
    recoveries: Floats
    well: Floats
    ill: Floats
    well_before: int = 0
    ill_before: int = 0
    lead: int = 1

    def moment(self, window: int) -> int:
        """Return when a window begins, microseconds since 1970 UTC."""
        return self.start_us + window * round(JUDGED_S) * MICROS

    def heard_until(self, window: int) -> int:
        """Return until when a window was heard, microseconds since 1970 UTC."""
        return self.moment(window) + round(float(self.seen[window]) * JUDGED_S * MICROS)

    def number(self, at_us: int) -> int:
        """Return the window in which a moment lies; may be outside."""
        return (at_us - self.start_us) // (round(JUDGED_S) * MICROS)


def windows_of(observed: Observed) -> Windows:
    """Return what is heard in windows of five minutes.

    Args:
        observed: what is heard.

    Raises: ShapeMismatch when there are not as many counts as usual ones, or a window does not fit five minutes.

    >>> counted = Counted(start_us=0, step_s=60, counts=(1.0,) * 10, expected=(0.5,) * 10)
    >>> made = windows_of(Observed(onset_us=0, now_us=600 * MICROS, counted=counted, alive_until_us=400 * MICROS))
    >>> made.reports.tolist(), made.usual.tolist(), made.seen.tolist()
    ([5.0, 5.0], [2.5, 2.5], [1.0, 0.3333333333333333])
    """
    width_us = round(JUDGED_S) * MICROS
    counted = observed.counted
    _check(counted)
    start_us = observed.onset_us - observed.onset_us % width_us
    many = max(0, (observed.now_us - start_us) // width_us)
    reports, usual, known, thin = _spread(counted, start_us, many)
    alive_us = -1 if observed.alive_until_us is None else observed.alive_until_us
    begins_us = start_us + width_us * np.arange(many, dtype=np.int64)
    answers = _last_words(observed.answers)
    probes = [one for one in observed.probes if one.at_us >= start_us]
    before = [one.well for one in observed.probes if one.at_us < start_us]

    def laid(moments: list[int]) -> Floats:
        places = (np.array(moments, dtype=np.int64) - start_us) // width_us
        inside = places[(places >= 0) & (places < many)]
        return np.bincount(inside, minlength=many)[:many].astype(np.float64)

    well, ill = (laid([one.at_us for one in probes if one.well is good]) for good in (True, False))
    seen = np.where(known, np.clip((alive_us - begins_us) / width_us, 0.0, 1.0), 0.0)
    return Windows(
        start_us=start_us,
        reports=reports,
        usual=np.maximum(usual, USUAL_MIN),
        seen=seen,
        proving=np.where(thin, 0.0, seen),
        back=laid([one.at_us for one in answers if one.back]),
        still=laid([one.at_us for one in answers if not one.back]),
        recoveries=laid(list(observed.recoveries)),
        well=(well > ill).astype(np.float64),
        ill=((ill > 0) & (ill >= well)).astype(np.float64),
        well_before=sum(before),
        ill_before=len(before) - sum(before),
        lead=round(3_600 / JUDGED_S) if observed.cut else 1,
    )


def _check(counted: Counted) -> None:
    many = len(counted.counts)
    if many != len(counted.expected):
        raise ShapeMismatch(f"{many} counts came with {len(counted.expected)} usual ones; one for each.")
    if len(counted.thin) not in {0, many}:
        raise ShapeMismatch(f"{many} counts came with {len(counted.thin)} that are thin or not; one for each, or none.")
    width = round(JUDGED_S)
    if counted.step_s < 1 or (width % counted.step_s and counted.step_s % width):
        raise ShapeMismatch(f"Windows of {counted.step_s} s do not fit into {width} s; 60 or 300 s would.")


def _spread(counted: Counted, start_us: int, many: int) -> tuple[Floats, Floats, Flags, Flags]:
    """Lay counts into windows; a wider count is spread evenly, and what is not covered is not known."""
    width_us, step_us = round(JUDGED_S) * MICROS, counted.step_s * MICROS
    parts = max(1, math.ceil(step_us / width_us))
    share = 1.0 / parts
    at = counted.start_us + np.arange(len(counted.counts) * parts, dtype=np.int64) * (step_us // parts)
    counts = np.array([np.nan if one is None else one for one in counted.counts], dtype=np.float64).repeat(parts)
    places = (at - start_us) // width_us
    inside = (places >= 0) & (places < many)

    def added(values: NDArray[Any]) -> Floats:
        return np.bincount(places[inside], weights=values[inside], minlength=many)[:many].astype(np.float64)

    lacking = added(np.isnan(counts).astype(np.float64))
    covered = added(np.ones(counts.size))
    whole = covered * min(step_us, width_us) >= width_us
    expected = np.array(counted.expected, dtype=np.float64).repeat(parts)
    thin = np.array(counted.thin or (False,) * len(counted.counts), dtype=np.float64).repeat(parts)
    known = whole & (lacking == 0)
    return added(np.nan_to_num(counts)) * share, added(expected) * share, known, added(thin) > 0


def _last_words(answers: tuple[Answer, ...]) -> list[Answer]:
    """Return one answer a person, their last; whoever is not known speaks for nobody else, and once."""
    last: dict[str, Answer] = {}
    for one in sorted(answers, key=lambda answer: answer.at_us):
        last[one.author] = one
    return list(last.values())
