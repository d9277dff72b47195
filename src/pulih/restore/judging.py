"""Judging: the verdict on one scope from all that is heard of it: not yet, restored, contradicted, or unknown.

Restored needs evidence enough that it is back, live reports among it, and nothing that says otherwise. Contradicted is
a repair that was claimed while reports go on. Unknown is said where the sources are silent, and where so few people
ever speak that their silence proves nothing; it is never said as "fine" (requirements R1, L5).
"""

from __future__ import annotations

from typing import Final

import msgspec

from pulih.model.recovery import RecoveryVerdict
from pulih.restore.expecting import HOUR, excess_before
from pulih.restore.observed import Observed, Windows, windows_of
from pulih.restore.returning import NEEDED_AGAINST_NATS, Course, against, course_of, quiet_needed

# Sources that showed no sign of life for so many windows are silent.
SILENT_WINDOWS: Final = 3
# Reports of the last half hour beyond so many times what is usual go on; below that, nobody can tell.
_LATELY: Final = HOUR // 2


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one scope, and what it rests on.

    Attributes:
        verdict: see `RecoveryVerdict`.
        course: how the evidence for back stands, or stood when it sufficed.
        against_nats: evidence that a claimed repair does not hold; `against_needed` makes it a verdict.
        since_us: since when it is back or contradicted; None where that is not the verdict.
        known_us: when the verdict could first be given; None where there is none.
        silent: whether the sources show no life, or speak so much less than usual that their quiet proves nothing.
        relapsed_us: when it broke again after it had been back; None if never.
        quiet_s: how long reports must be as usual from now on to prove it alone; None where they never can.
        share: excess of reports over usual in the last half hour that was heard, relative to its height, 0..1.
        lately, usual_lately: reports of the last half hour, and how many were usual.
        answered: people who said since the onset that it is back, and that it is not.
        told: texts that say by themselves that it is back.
        probed: windows in which probes went well, and ill, since the likeliest moment of recovery.
    """

    verdict: RecoveryVerdict
    course: Course
    against_nats: float = 0.0
    against_needed: float = NEEDED_AGAINST_NATS
    since_us: int | None = None
    known_us: int | None = None
    silent: bool = False
    relapsed_us: int | None = None
    quiet_s: int | None = None
    share: float = 1.0
    lately: float = 0.0
    usual_lately: float = 0.0
    answered: tuple[int, int] = (0, 0)
    told: int = 0
    probed: tuple[int, int] = (0, 0)


def judge(observed: Observed) -> Judged:
    """Return the verdict on one scope.

    Args:
        observed: all that is heard of it.

    Raises: ShapeMismatch when its counts cannot be laid into windows.

    >>> from pulih.restore.observed import Counted
    >>> minute_us, counts = 60_000_000, (40.0,) * 60 + (1.0,) * 30
    >>> counted = Counted(start_us=0, step_s=60, counts=counts, expected=(1.0,) * 90)
    >>> def at(minute):
    ...     now_us = minute * minute_us
    ...     return judge(Observed(onset_us=0, now_us=now_us, counted=counted, alive_until_us=now_us)).verdict
    >>> at(60), at(85)
    ('not_yet', 'restored')
    """
    windows = windows_of(observed)
    claimed = None if observed.claimed_us is None else max(0, windows.number(observed.claimed_us))
    first, relapsed_us = 0, None
    while True:
        claim = claimed if claimed is not None and claimed >= first else None
        course = course_of(windows, first=first, claimed=claim)
        again = _relapse(windows, course, first)
        if again is None:
            break
        first, relapsed_us = again, windows.moment(again)
    said = _facts(windows, course, first)
    if course.reached is not None:
        begun = course.reached if course.begun is None else course.begun
        return said(
            verdict="restored",
            since_us=windows.moment(begun),
            known_us=windows.heard_until(course.reached),
            relapsed_us=relapsed_us,
        )
    judged = _not_back(windows, said, claim, first=first, relapsed_us=relapsed_us)
    contradicted = judged.verdict == "contradicted"
    return msgspec.structs.replace(judged, since_us=observed.claimed_us) if contradicted else judged


class _Facts(msgspec.Struct, frozen=True):
    """What is told with every verdict."""

    base: Judged

    def __call__(self, **values: object) -> Judged:
        return msgspec.structs.replace(self.base, **values)


def _facts(windows: Windows, course: Course, first: int) -> _Facts:
    lately = slice(max(first, windows.reports.size - _LATELY), None)
    begun = windows.reports.size if course.begun is None else course.begun
    return _Facts(
        Judged(
            verdict="not_yet",
            course=course,
            share=share_of(windows, first=first),
            lately=float(windows.reports[lately].sum()),
            usual_lately=float(windows.usual[lately].sum()),
            answered=(int(windows.back[first:].sum()), int(windows.still[first:].sum())),
            told=int(windows.recoveries[first:].sum()),
            probed=(int(windows.well[begun:].sum()), int(windows.ill[begun:].sum())),
        )
    )


def _relapse(windows: Windows, course: Course, first: int) -> int | None:
    """Return the window in which it was seen to be broken again after it was back, None while it is not."""
    if course.reached is None or course.begun is None:
        return None
    excess, _ = excess_before(windows, course.begun, first=first)
    _, again = against(windows, since=course.reached + 1, excess=excess, tail=False)
    return again


def _not_back(windows: Windows, said: _Facts, claim: int | None, *, first: int, relapsed_us: int | None) -> Judged:
    seen, proving = windows.seen, windows.proving
    usual = said.base.lately <= 2.0 * said.base.usual_lately + 1.0
    # What a thin source reports beyond usual tells that it goes on.
    silent = seen.size > 0 and not ((proving if usual else seen)[-SILENT_WINDOWS:] >= 1.0).any()
    nats = 0.0
    if claim is not None and claim < seen.size:
        excess, _ = excess_before(windows, claim, first=first)
        nats, reached = against(windows, since=claim, excess=excess, tail=True)
        if reached is not None:
            return said(
                verdict="contradicted",
                against_nats=nats,
                known_us=windows.heard_until(reached),
                silent=silent,
                relapsed_us=relapsed_us,
            )
    quiet = quiet_needed(windows, first=first, claimed=claim)
    mute = quiet is None and usual
    return said(
        verdict="unknown" if silent or mute else "not_yet",
        against_nats=max(nats, 0.0),
        silent=silent,
        quiet_s=None if quiet is None else quiet * 300,
        relapsed_us=relapsed_us,
    )


def share_of(windows: Windows, *, first: int = 0) -> float:
    """Return the excess of the last half hour that was heard, relative to the highest since `first`; 1 when unknown.

    Where sources are silent or thin nothing fades that anybody could see.

    Args:
        windows: what is heard.
        first: window from which on the height is looked for.
    """
    heard = slice(first, windows.reports.size)
    excess = (windows.reports - windows.usual)[heard][windows.proving[heard] >= 1.0]
    if excess.size == 0:
        return 1.0
    width = min(_LATELY, excess.size)
    runs = [float(excess[at : at + width].mean()) for at in range(excess.size - width + 1)]
    highest = max(runs)
    return 1.0 if highest <= 0 else float(min(1.0, max(0.0, runs[-1] / highest)))
