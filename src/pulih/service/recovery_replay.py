"""Replay of a recovery: what would have been said of the end of a past finding, and when, from its history alone.

At each moment only what had been said by then is looked at. The history gives its own signs of life: the last text that
named the operator at all, whatever it said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from pulih.model.clock import MICROS
from pulih.restore.judging import Judged, judge
from pulih.restore.observed import Counted, Observed
from pulih.service.outcome import FindingView

STEP_S = 300


class Heard(msgspec.Struct, frozen=True):
    """One text of the history: when it was said, and whether it says that service is back."""

    at_us: int
    recovered: bool = False


class JudgedAt(msgspec.Struct, frozen=True):
    """What would have been judged at a moment."""

    at_us: int
    judged: Judged


def replayed(view: FindingView, heard: Sequence[Heard], *, claimed_us: int | None = None) -> Iterator[JudgedAt]:
    """Yield what would have been judged of a finding every five minutes, from its alarm to the end of its cut-out.

    Args:
        view: of a backtest; its cut-out must be in windows of five minutes or parts of them.
        heard: all texts of the history around it, whatever they say.
        claimed_us: when a repair was claimed, None for never.

    Raises: ShapeMismatch when the windows of the cut-out do not fit.
    """
    trace, onset_us = view.trace, view.finding.onset_us
    counted = Counted(
        start_us=trace.start_us,
        step_s=trace.step_s,
        counts=tuple(trace.reports),
        expected=tuple(trace.expected),
    )
    last_us = trace.start_us + len(trace.reports) * trace.step_s * MICROS
    for at_us in range(view.finding.alarm_us, last_us + 1, STEP_S * MICROS):
        before = [one for one in heard if one.at_us < at_us]
        observed = Observed(
            onset_us=onset_us,
            now_us=at_us,
            counted=counted,
            alive_until_us=max((one.at_us for one in before), default=None),
            claimed_us=claimed_us if claimed_us is not None and claimed_us <= at_us else None,
            recoveries=tuple(one.at_us for one in before if one.recovered and one.at_us >= onset_us),
        )
        yield JudgedAt(at_us, judge(observed))
