"""Returning: how much everything heard speaks for "it is back", since which moment, and how much for "it is not".

Back is tested against "still broken" as outages are found, only downward: for every window k the product of likelihood
ratios from k on, all of them added (Shiryaev-Roberts). While it is still broken that sum is one for each window so far
on average, at most, however often one looks (Pollak 1985; Shin, Ramdas and Rinaldo 2023, "E-detectors"). So what makes
a verdict grows with the age of the outage: one that has lasted for a day had more chances to look over than one of an
hour. Where reports are many this costs a window or two. Where they are few, as at night, silence alone does not prove
enough, and the verdict waits for answers, for probes, or for more of it.

Customers may come back one after the other. Where half an hour could tell it, reports must also speak against two in
five of those who were cut off being so still, from their best moment on (Page 1954). All of it holds for what is
assumed of people who are still cut off:

- They go on reporting, and tire: their reports halve within the hour, or more slowly. Faster tiring would look like
  recovery, and so reports alone must have been quiet for a while, and prove nothing in a place where few ever speak.
- Whoever of them answers "is it back?" says yes in four of ten cases at most. Those for whom it works again answer less
  often; that only delays the verdict. Whoever does not answer counts as nothing.
- One in ten texts of an outage may claim that it is back, as for some of them it is.

Contradiction of a claim is the opposite test from the claim on: reports that a repair would have ended go on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.restore.expecting import HOUR, TALK_SHARE, Before, Rates, before_each, rates
from pulih.restore.observed import Floats, Windows
from pulih.series.holding import LEAST_RISE
from pulih.series.tuning import JUDGED_S

# By a given moment one outage in four at most is called back by chance, if people tire as fast as is allowed for; far
# fewer where they do not (docs/restore.md). Short ones are weighed as if they had lasted three hours.
OUTAGES_PER_FALSE = 4.0
_LASTS_MIN: Final = 3 * HOUR
# That a part of them is still cut off must be three times less likely than that hardly anybody is, where half an hour
# is expected to tell it nine to one.
NEEDED_PART_NATS: Final = math.log(3.0)
PART_TOLD_NATS: Final = math.log(9.0)
# A claim that holds is called contradicted once in a hundred times at most.
NEEDED_AGAINST_NATS: Final = math.log(100.0)
# Variance of counts beyond Poisson, relative to the squared mean (`series.tuning`).
DISPERSION = 0.05
# A repair that was claimed makes each of the next six windows as likely as twelve others, or all six as all before.
_CLAIM_WINDOWS, _CLAIM_WEIGHT = 6, 12.0
# Half of the outages are over within two hours; so a relapse comes.
_MEDIAN: Final = 2 * HOUR
# What probes and texts of recovery may add at most, each: e^3 = 20 to one; answers, each of another person, a hundred
# to one. Reports must carry the rest.
SIDE_NATS_MAX = 3.0
ANSWERS_NATS_MAX: Final = math.log(100.0)
# At least so many windows of quiet, twice as many where nothing but reports speaks, and so much by reports themselves.
QUIET_MIN, REPORTS_NATS_MIN = 2, 1.0
# Answers "back": of people still cut off at most, of people who are not at least about so many.
BACK_STILL, BACK_OVER = 0.4, 0.8
# Where a part of them is still cut off, two of three.
BACK_PART = 0.65
# Texts that say by themselves that it is back, for each report: during an outage at most, and after it.
TELLS_STILL, TELLS_OVER = 0.1, 0.3
# A claim makes a moment likely whatever was heard. What reports say by themselves counts from any about as likely.
NEAR_NATS = 1.0
# After a repair people go on reporting for a while; it fades within ten minutes.
TAIL_WINDOWS = 600.0 / JUDGED_S


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How the evidence stands after the last window, or after the one in which it sufficed.

    Attributes:
        nats: evidence for back; `needed` makes it a verdict.
        reports_nats, answers_nats, probes_nats, texts_nats: what each kind adds since the likeliest moment.
        part_nats: evidence that no part of those who were cut off still is, by reports and answers.
        begun: the likeliest window in which it came back, None without any evidence.
        reached: window after which it sufficed, None while it does not.
    """

    nats: float
    needed: float
    reports_nats: float = 0.0
    answers_nats: float = 0.0
    probes_nats: float = 0.0
    texts_nats: float = 0.0
    part_nats: float = 0.0
    begun: int | None = None
    reached: int | None = None


def course_of(windows: Windows, *, first: int = 0, claimed: int | None = None) -> Course:
    """Return how the evidence for back stands, up to the first window in which it suffices.

    Args:
        windows: what is heard.
        first: window from which on it counts; the onset, or the relapse.
        claimed: window in which a repair was claimed, None while nobody has.
    """
    many = windows.reports.size
    before = before_each(windows, first=first)
    paths = [_path(windows, before, begin, (first, claimed)) for begin in range(max(first + 1, windows.lead), many)]
    if not paths:
        return Course(nats=0.0, needed=float(_needed_nats(np.array([many - first]))[0]))
    weighed = np.full((len(paths), many), -np.inf)
    for row, path in enumerate(paths):
        weighed[row, path.begin :] = path.weight_nats + path.total
    total = np.logaddexp.reduce(weighed, axis=0)
    best = np.argmax(weighed, axis=0)
    needed = _needed_nats(np.arange(many) - first)
    for window in np.flatnonzero(total >= needed).tolist():
        near = [paths[row] for row in np.flatnonzero(weighed[:, window] >= weighed[best[window], window] - NEAR_NATS)]
        course = _course(paths[best[window]], window, near, (float(total[window]), float(needed[window])))
        if _suffices(course, window, windows):
            return msgspec.structs.replace(course, reached=window)
    likeliest = paths[best[-1]]
    return _course(likeliest, many - 1, [likeliest], (float(total[-1]), float(needed[-1])))


def quiet_needed(windows: Windows, *, first: int = 0, claimed: int | None = None) -> int | None:
    """Return for how many windows reports must be as usual from now on to prove alone that it is back.

    None where six hours of it would not do: too few people speak there for their silence to tell anything.

    Args:
        windows: what is heard.
        first, claimed: as for `course_of`.
    """
    many, ahead = windows.reports.size, 6 * HOUR
    if not many:
        return None
    ahead_of = rates(before_each(windows, first=first), np.full(ahead, windows.usual[-1]), many)
    gain = np.cumsum(_gain(ahead_of.over, ahead_of.still, ahead_of.over))
    needed = _needed_nats(many - first + np.arange(ahead)) - _weight_nats(many, first, claimed)
    enough = gain >= needed
    if _tells_part(ahead_of):
        enough &= np.cumsum(_gain(ahead_of.few, ahead_of.part, ahead_of.few)) >= NEEDED_PART_NATS
    return max(2 * QUIET_MIN, int(np.argmax(enough)) + 1) if enough.any() else None


class _Path(msgspec.Struct, frozen=True):
    """The evidence if it came back in one window: what each kind adds up to after each window from there on."""

    begin: int
    weight_nats: float
    reports: Floats
    answers: Floats
    probes: Floats
    texts: Floats
    part: Floats
    total: Floats


def _path(windows: Windows, before: Before, begin: int, since: tuple[int, int | None]) -> _Path:
    first, claimed = since
    span = slice(begin, None)
    due = rates(before, windows.usual[span], begin)
    seen = windows.seen[span]
    y = np.where(seen, windows.reports[span], 0.0)
    reports = np.cumsum(np.where(seen, _gain(y, due.still, due.over), 0.0))
    answers = _answered(windows, span, otherwise=BACK_STILL)
    probes = _capped(_probes(windows, begin, first))
    # Nobody need say so: that nothing is said costs half of the weight at most.
    told = np.cumsum(windows.recoveries[span]) * math.log(TELLS_OVER / TELLS_STILL)
    unsaid = np.cumsum(np.where(seen, due.still, 0.0)) * (TELLS_OVER - TELLS_STILL)
    texts = _capped(np.logaddexp(0.0, told - unsaid) - math.log(2.0))
    # Reports fade for a while; what they said of a part before it was quiet does not count for ever.
    fewer = np.cumsum(np.where(seen, _gain(y, due.part, due.few), 0.0))
    lowest = np.minimum.accumulate(np.minimum(fewer, 0.0))
    part = fewer - lowest + _answered(windows, span, otherwise=BACK_PART)
    return _Path(
        begin=begin,
        weight_nats=_weight_nats(begin, first, claimed),
        reports=reports,
        answers=answers,
        probes=probes,
        texts=texts,
        # Where a part would not show, nothing is asked of it.
        part=part if _tells_part(due) else np.full(y.size, NEEDED_PART_NATS),
        total=reports + answers + probes + texts,
    )


def _gain(y: Floats, still: Floats, over: Floats) -> Floats:
    """Return the evidence of counts for the lower of two rates, in nats: the ratio of negative binomials."""
    scatter = np.log((1.0 + DISPERSION * still) / (1.0 + DISPERSION * over))
    result: Floats = y * np.log(over / still) + (y + 1.0 / DISPERSION) * scatter
    return result


def _tells_part(due: Rates) -> bool:
    """Whether half an hour of what comes when it is over tells it from a part that is still cut off."""
    ahead = slice(0, HOUR // 2)
    return float(_gain(due.few[ahead], due.part[ahead], due.few[ahead]).sum()) >= PART_TOLD_NATS


def _answered(windows: Windows, span: slice, *, otherwise: float) -> Floats:
    """Return the evidence of answers for "back", against a state in which so many say yes at most."""
    return _capped(
        np.cumsum(windows.back[span]) * math.log(BACK_OVER / otherwise)
        + np.cumsum(windows.still[span]) * math.log((1 - BACK_OVER) / (1 - otherwise)),
        ANSWERS_NATS_MAX,
    )


def _probes(windows: Windows, begin: int, first: int) -> Floats:
    """Return what probes add: nothing where they did not see the outage, else that they go well as often as before."""
    ill, well = windows.ill[first:begin].sum(), windows.well[first:begin].sum()
    known = windows.ill_before + windows.well_before
    usual = (windows.ill_before + 0.5) / (known + 1.0) if known else 0.1
    failing = (ill + 0.5) / (ill + well + 1.0)
    if ill < 1 or failing <= usual:
        return np.zeros(windows.ill.size - begin)
    broken = max(0.5 * failing, 1.5 * usual)
    gain_well, gain_ill = math.log((1 - usual) / (1 - min(broken, 0.95))), math.log(usual / broken)
    return np.cumsum(windows.well[begin:] * gain_well + windows.ill[begin:] * gain_ill)


def _capped(nats: Floats, most: float = SIDE_NATS_MAX) -> Floats:
    result: Floats = np.minimum(nats, most)
    return result


def _needed_nats(windows: NDArray[np.int64]) -> Floats:
    """Return what makes a verdict after so many windows."""
    result: Floats = np.log(OUTAGES_PER_FALSE * np.maximum(windows + 1.0, _LASTS_MIN))
    return result


def _weight_nats(begin: int, first: int, claimed: int | None) -> float:
    """Return the log of the weight of a window: in the half hour after a claim that of all windows before it."""
    if claimed is None or not 0 <= begin - claimed < _CLAIM_WINDOWS:
        return 0.0
    return math.log(max(_CLAIM_WEIGHT, (claimed - first) / _CLAIM_WINDOWS))


def _course(path: _Path, window: int, near: Sequence[_Path], weighed: tuple[float, float]) -> Course:
    """Return how it stands after a window, by the likeliest path and those about as likely; sum and bar as given."""
    at = window - path.begin
    nats, needed = weighed
    return Course(
        nats=nats,
        needed=needed,
        reports_nats=max(float(one.reports[window - one.begin]) for one in near),
        answers_nats=float(path.answers[at]),
        probes_nats=float(path.probes[at]),
        texts_nats=float(path.texts[at]),
        part_nats=float(path.part[at]),
        begun=path.begin,
    )


def _suffices(course: Course, window: int, windows: Windows) -> bool:
    """Whether it is back: evidence enough, reports among it, quiet for long enough, and nothing that says otherwise."""
    aside = max(course.answers_nats, course.probes_nats, course.texts_nats)
    quiet = QUIET_MIN if aside >= 1.0 else 2 * QUIET_MIN
    begun = window if course.begun is None else course.begun
    heard = int(windows.seen[begun : window + 1].sum())
    probing = windows.ill[max(0, window - 1) : window + 1].sum() > 0 and windows.ill_before < windows.well_before
    return (
        course.nats >= course.needed
        and course.reports_nats >= REPORTS_NATS_MIN
        and course.part_nats >= NEEDED_PART_NATS
        and course.answers_nats > -REPORTS_NATS_MIN
        and heard >= quiet
        and bool(windows.seen[window])
        and not probing
    )


def against(windows: Windows, *, since: int, excess: float, tail: bool) -> tuple[float, int | None]:
    """Return the evidence that it is broken although it should be over, and the window in which that sufficed.

    Args:
        windows: what is heard.
        since: window of the claim, or from which on it was back.
        excess: excess of reports a window while it was broken.
        tail: whether people may still be reporting what a repair has just ended.

    >>> from pulih.restore.observed import Windows
    >>> zeros, ones = np.zeros(12), np.ones(12)
    >>> heard = Windows(start_us=0, reports=9 * ones, usual=ones, seen=ones > 0, back=zeros, still=zeros,
    ...                 recoveries=zeros, well=zeros, ill=zeros)
    >>> against(heard, since=2, excess=8.0, tail=True)[1]
    7
    """
    usual, seen, y = windows.usual[since:], windows.seen[since:], windows.reports[since:]
    fading = excess * np.exp(-np.arange(usual.size) / TAIL_WINDOWS) if tail else np.zeros(usual.size)
    fine = (1.0 + LEAST_RISE) * usual + TALK_SHARE * excess + fading
    broken = np.maximum(usual + 0.5 * excess + fading, (1.0 + LEAST_RISE) * fine)
    gain = np.where(seen, (fine - broken + y * np.log(broken / fine)) / (1.0 + DISPERSION * fine), 0.0)
    told = windows.still[since:] * math.log((1 - BACK_STILL) / (1 - BACK_OVER))
    told -= windows.back[since:] * math.log(BACK_OVER / BACK_STILL)
    nats, answered, reached = -math.inf, 0.0, None
    for step in range(usual.size):
        # Most claims that are wrong are wrong from the beginning; but it may break again at any moment.
        weight = 0.5 if step == 0 else 0.5 * _MEDIAN / (_MEDIAN + step) ** 2
        nats = float(np.logaddexp(nats, math.log(max(weight, 1e-300))) + gain[step])
        answered = min(SIDE_NATS_MAX, answered + float(told[step]))
        if seen[step] and nats >= 0.0 and nats + answered >= NEEDED_AGAINST_NATS:
            reached = since + step
            break
    return nats + answered, reached
