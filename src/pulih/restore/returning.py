"""Returning: how much everything heard speaks for "it is back", since which moment, and how much for "it is not".

Back is tested against "still broken" as outages are found, only downward: for every window k the product of likelihood
ratios from k on, all of them added (Shiryaev-Roberts). While it is still broken that sum is one for each window so far
on average, at most, however often one looks (Pollak 1985; Shin, Ramdas and Rinaldo 2023, "E-detectors"). So what makes
a verdict grows with the age of the outage: one that has lasted for a day had more chances to look over than one of an
hour. That holds for what is assumed of people who are still cut off:

- They go on reporting, and tire: their reports halve within the hour, or more slowly. Faster tiring would look like
  recovery, and so reports alone must have been quiet for a while, and prove nothing in a place where few ever speak.
- Whoever of them answers "is it back?" says yes in four of ten cases at most. Those for whom it works again answer less
  often; that only delays the verdict. Whoever does not answer counts as nothing.
- One in ten texts of an outage may claim that it is back, as for some of them it is.

What reports either expects, and how roughly the desk knows what is usual, stands in `expecting`.

Contradiction of a claim is the opposite test from the claim on: reports that a repair would have ended go on.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.restore.expecting import DISPERSION, HOUR, TALK_SHARE, expected, reports_nats
from pulih.restore.observed import Floats, Windows
from pulih.series.holding import LEAST_RISE
from pulih.series.tuning import JUDGED_S

# By a given moment one outage in three at most is called back by chance if people tire as fast as is allowed for, far
# fewer where they do not (docs/restore.md); short ones are weighed as if they had lasted four hours.
WINDOWS_PER_FALSE, OUTAGES_PER_FALSE = 144.0, 3.0
# A claim that holds is called contradicted once in a hundred times at most.
NEEDED_AGAINST_NATS: Final = math.log(100.0)
# A repair that was claimed makes each of the next six windows as likely as twelve others.
_CLAIM_WINDOWS, _CLAIM_WEIGHT = 6, 12.0
# Half of the outages are over within two hours; so a relapse comes.
_MEDIAN: Final = 2 * HOUR
# What probes may add at most, and what all that people say of it together: e^3 = 20 to one; reports carry the rest.
SIDE_NATS_MAX = 3.0
# At least so many windows of quiet, twice as many where nothing but reports speaks, and so much by reports themselves.
QUIET_MIN, REPORTS_NATS_MIN = 2, 1.0
# A beginning from which "a third is still cut off" explains reports better than "back" does is none; where reports
# would not do alone, they must tell the two apart: whoever only claims that it is back could pick any lull else.
PART_NATS_MIN, PART_ASIDE_NATS_MIN = 0.0, 1.0
# Answers "back": of people still cut off at most, of people who are not at least about so many.
BACK_STILL, BACK_OVER = 0.4, 0.8
# Texts that say by themselves that it is back, for each report: during an outage at most, and after it.
TELLS_STILL, TELLS_OVER = 0.1, 0.3
# After a repair people go on reporting for a while; it fades within ten minutes.
TAIL_WINDOWS = 600.0 / JUDGED_S


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How the evidence stands after the last window, or after the one in which it sufficed.

    Attributes:
        nats: evidence for back; `needed` makes it a verdict.
        reports_nats, answers_nats, probes_nats, texts_nats: what each kind adds since the likeliest moment.
        begun: the likeliest window in which it came back, None without any evidence.
        reached: window after which it sufficed, None while it does not.
    """

    nats: float
    needed: float
    reports_nats: float = 0.0
    answers_nats: float = 0.0
    probes_nats: float = 0.0
    texts_nats: float = 0.0
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
    looked_at = (_path(windows, begin, first, claimed) for begin in range(max(first + 1, windows.lead), many))
    paths = [path for path in looked_at if path.shown]
    if not paths:
        return Course(nats=0.0, needed=math.log(WINDOWS_PER_FALSE))
    weighed = np.full((len(paths), many), -np.inf)
    needed = _needed_nats(np.arange(1, many + 1) - first)
    for row, path in enumerate(paths):
        alone = path.weight_nats + path.reports >= needed[path.begin :]
        whole = path.part >= np.where(alone, PART_NATS_MIN, PART_ASIDE_NATS_MIN)
        weighed[row, path.begin :] = np.where(whole, path.weight_nats + path.total, -np.inf)
    total = np.logaddexp.reduce(weighed, axis=0)
    best = np.argmax(weighed, axis=0)
    for window in np.flatnonzero(total >= needed).tolist():
        course = _course(paths[best[window]], window, nats=float(total[window]), needed=float(needed[window]))
        if _suffices(course, window, windows):
            return msgspec.structs.replace(course, reached=window)
    if not np.isfinite(total[-1]):
        return Course(nats=0.0, needed=float(needed[-1]))
    return _course(paths[best[-1]], many - 1, nats=float(total[-1]), needed=float(needed[-1]))


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
    usual = np.concatenate([windows.usual, np.full(ahead, windows.usual[-1])])
    longer = msgspec.structs.replace(windows, usual=usual)
    rates = expected(longer, many, first)
    gained, _ = reports_nats(rates, rates.likely, np.ones(ahead))
    needed = _needed_nats(np.arange(1, ahead + 1) + many - first)
    enough = gained + _prior_nats(None if claimed is None else many - claimed) >= needed
    return max(2 * QUIET_MIN, int(np.argmax(enough)) + 1) if enough.any() else None


class _Path(msgspec.Struct, frozen=True):
    """The evidence if it came back in one window: what each kind adds up to after each window from there on."""

    shown: bool
    begin: int
    weight_nats: float
    reports: Floats
    part: Floats
    answers: Floats
    probes: Floats
    texts: Floats
    total: Floats


def _path(windows: Windows, begin: int, first: int, claimed: int | None) -> _Path:
    rates = expected(windows, begin, first)
    span = slice(begin, None)
    proving = windows.proving[span]
    reports, part = reports_nats(rates, windows.reports[span], proving)
    answers = _capped(
        np.cumsum(windows.back[span]) * math.log(BACK_OVER / BACK_STILL)
        + np.cumsum(windows.still[span]) * math.log((1 - BACK_OVER) / (1 - BACK_STILL))
    )
    probes = _capped(_probes(windows, begin, first))
    # Nobody need say so: that nothing is said costs half of the weight at most.
    told = np.cumsum(windows.recoveries[span]) * math.log(TELLS_OVER / TELLS_STILL)
    due = np.cumsum(proving * rates.least) * (TELLS_OVER - TELLS_STILL)
    texts = _capped(np.logaddexp(0.0, told - due) - math.log(2.0))
    return _Path(
        rates.shown,
        begin,
        _prior_nats(None if claimed is None else begin - claimed),
        reports,
        part,
        answers,
        probes,
        texts,
        # Answers and texts are both words: whoever invents the one can invent the other.
        reports + _capped(answers + texts) + probes,
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


def _capped(nats: Floats) -> Floats:
    result: Floats = np.minimum(nats, SIDE_NATS_MAX)
    return result


def _prior_nats(since_claim: int | None) -> float:
    """Return the log of the weight of a window, so many windows after a claim."""
    return math.log(_CLAIM_WEIGHT) if since_claim is not None and 0 <= since_claim < _CLAIM_WINDOWS else 0.0


def _needed_nats(age: NDArray[np.int64]) -> Floats:
    """Return what makes a verdict of an outage that has lasted for so many windows, for each age."""
    result: Floats = np.log(np.maximum(WINDOWS_PER_FALSE, OUTAGES_PER_FALSE * age))
    return result


def _course(path: _Path, window: int, *, nats: float, needed: float) -> Course:
    at = window - path.begin
    return Course(
        nats=nats,
        needed=needed,
        reports_nats=float(path.reports[at]),
        answers_nats=float(path.answers[at]),
        probes_nats=float(path.probes[at]),
        texts_nats=float(path.texts[at]),
        begun=path.begin,
    )


def _suffices(course: Course, window: int, windows: Windows) -> bool:
    """Whether it is back: evidence enough, reports among it, quiet for long enough, and nothing that says otherwise."""
    aside = max(course.answers_nats, course.probes_nats, course.texts_nats)
    quiet = QUIET_MIN if aside >= 1.0 else 2 * QUIET_MIN
    begun = window if course.begun is None else course.begun
    heard = float(windows.proving[begun : window + 1].sum())
    probing = windows.ill[max(0, window - 1) : window + 1].sum() > 0 and windows.ill_before < windows.well_before
    return (
        course.nats >= course.needed
        and course.reports_nats >= REPORTS_NATS_MIN
        and course.answers_nats > -REPORTS_NATS_MIN
        and heard >= quiet
        and bool(windows.proving[window] > 0)
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
    >>> heard = Windows(start_us=0, reports=9 * ones, usual=ones, seen=ones, proving=ones, back=zeros, still=zeros,
    ...                 recoveries=zeros, well=zeros, ill=zeros)
    >>> against(heard, since=2, excess=8.0, tail=True)[1]
    7
    """
    # Of a window that was heard in part, reports of the whole may be known: they must not look like more than usual.
    usual, seen, y = windows.usual[since:], windows.seen[since:] >= 1.0, windows.reports[since:]
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
