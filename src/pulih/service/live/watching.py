"""Watching: after each window that matters, say what is found now, and what of that is new (requirements D1, D2, U3).

The scans say which scopes have risen. Those of one outage, from a while before it began until now, are localised and
attributed by the same steps as in a backtest, on bins counted from a day's mark before it; so what a window costs
depends on the outage, and not on how long the desk has run. What was told once stays told: people acted on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import msgspec

from pulih.detect.calendar import lay_out
from pulih.detect.family import ScopeRise, ScopeSeries
from pulih.detect.live_family import Followed, LiveFamily, lineage
from pulih.detect.localise import Localiser
from pulih.detect.tally import Aside
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.finding import Finding, Voice
from pulih.series.tuning import Tuning
from pulih.service.attribution import Attribution
from pulih.service.finding_out import Desk, view_all
from pulih.service.hierarchy import Family
from pulih.service.live.failing import Failing, suspected
from pulih.service.live.fold import Closed, Fold
from pulih.service.live.looking import Look, Looks
from pulih.service.outcome import FindingView
from pulih.service.raising import INCIDENT_GAP_S, Raised, Scanned, Scans, raise_rises

# A rise is looked at until so long after it was over: incidents join across six hours, and people still read it.
AFTER_S = DAY_S
# Bins before an outage that its charts show, at least.
BEFORE_S = 3 * HOUR_S
# An outage is looked at from so many days ago at most; marks of every day are kept so long.
OUTAGE_DAYS_MAX = 7
# So many scans without somebody's word go on from one look to the next, each with so many answers about the past at
# most: two networks of three that rise and name each other ask for as many.
FORKS_MAX, FORK_REMEMBERED = 256, 2_000
# So many findings are at hand; older ones are in the store.
TOLD_MAX = 2_000


class News(msgspec.Struct, frozen=True):
    """What changed: findings told for the first time, those that are over now, and all that differ from before."""

    opened: tuple[Finding, ...] = ()
    cleared: tuple[Finding, ...] = ()
    changed: tuple[Finding, ...] = ()


NOTHING_NEW = News()


class Watched(msgspec.Struct, frozen=True, array_like=True):
    """What must be kept between two windows: what stands told, and how it was looked at last."""

    told: list[Finding]
    shown: list[str]
    looks: dict[str, Look]


# Whose scan, of which members, without whose word when.
_Without = tuple[str, tuple[str, ...], tuple[tuple[str, tuple[tuple[int, int], ...]], ...]]


class _Fork(msgspec.Struct, frozen=True):
    """A scan without somebody's word, and what was decided about its rises."""

    scan: LiveFamily
    localiser: Localiser


class Watch:
    """Watches the scans of a fold.

    Args:
        fold: what the journal adds up to.
        looks: looks at texts.
        region_name: names a region.
        tuning: constants of detection.
    """

    def __init__(self, fold: Fold, looks: Looks, region_name: Callable[[str], str], tuning: Tuning) -> None:
        self._fold = fold
        self._looks = looks
        self._names = region_name
        self._tuning = tuning
        self._rising: set[str] = set()
        # What was shown at the last look; what is missing from the next was taken back.
        self._shown: set[str] = set()
        # Of operators that are rising; each look goes on from the last.
        self._localisers: dict[str, Localiser] = {}
        # Series that this look has drawn so far, and those of the last one, which it goes on from; by operator, region
        # and first bin.
        self._followed: dict[tuple[str, str, int], Followed] = {}
        self._drawn: dict[tuple[str, str, int], Followed] = {}
        # Scans without somebody's word that this look has asked for so far, and those of the last one, likewise.
        self._forks: dict[_Without, _Fork] = {}
        self._forked: dict[_Without, _Fork] = {}
        # Never changed, only replaced: whoever shows findings need not wait for a look.
        self.told: Mapping[str, Finding] = {}
        self.views: dict[str, FindingView] = {}

    def look(self, closed: Closed, ready: Callable[[], None]) -> News:
        """Return what is new once a window was closed; `ready` is called before the store is asked."""
        for operator in closed.moved:
            if self._current(operator, closed.number + 1):
                self._rising.add(operator)
        self._rising = {one for one in self._rising if self._current(one, closed.number + 1)}
        self._localisers = {one: kept for one, kept in self._localisers.items() if one in self._rising}
        views = []
        if self._rising:
            ready()
            views = self._views(closed.number + 1)
        now_us = self._fold.grid.second(closed.number + 1) * MICROS
        failing = self._fold.probed.look(now_us, self._tuning, partial(self._is_told, views))
        if not self._rising and not self._shown and not failing:
            return NOTHING_NEW
        # Whoever is told asks the store for what probes said.
        ready()
        self.views = {view.finding.id: view for view in views}
        return self._news([*(view.finding for view in views), *map(self._suspected, failing)], now_us)

    def saved(self) -> Watched:
        """Return what must be kept."""
        return Watched(list(self.told.values()), sorted(self._shown), dict(self._looks.seen))

    def restore(self, saved: Watched) -> None:
        """Go on from what `saved` returned."""
        self.told = {one.id: one for one in saved.told}
        self._shown = set(saved.shown)
        self._looks.seen = dict(saved.looks)
        self._rising = set(self._fold.scans)
        self._localisers, self._followed, self._forks = {}, {}, {}

    def forget_quotes(self, may_quote: Callable[[Voice], bool]) -> None:
        """Take out of findings the texts that may be quoted no more; the findings stay."""
        kept = {one.id: tuple(voice for voice in one.voices if may_quote(voice)) for one in self.told.values()}
        self.told = {
            name: one if len(kept[name]) == len(one.voices) else msgspec.structs.replace(one, voices=kept[name])
            for name, one in self.told.items()
        }
        self._looks.forget_quotes(may_quote)

    def _current(self, operator: str, end: int) -> list[ScopeRise]:
        """Return the rises of the outage that is on or was lately, and of all that ran into it."""
        rises = self._fold.scans[operator].rises()
        after = AFTER_S // self._tuning.bin_s
        held = [rise for rise in rises if rise.declared is None or rise.declared >= end - after]
        found: list[ScopeRise] = []
        while len(held) > len(found):
            found, first = held, min(rise.onset for rise in held)
            held = [rise for rise in rises if rise.declared is None or rise.declared >= min(first, end - after)]
        return found

    def _views(self, end: int) -> list[FindingView]:
        fold, bin_s = self._fold, self._tuning.bin_s
        self._drawn, self._followed = self._followed, {}
        self._forked, self._forks = self._forks, {}
        families = [family for family in fold.families if family.operator in self._rising]
        scans = self._scans(families, end)
        raised: dict[str, Raised] = {}
        for family in families:
            found = raise_rises(family, scans, networks=raised)
            if found is not None:
                raised[family.operator] = found
        if len(raised) > 1:
            raised = Attribution(families, scans).settle(raised)
        self._looks.begin(fold.grid.second(end) * MICROS)
        desk = Desk(
            look=self._looks.look,
            stand=self._looks.stand,
            region_name=self._names,
            calendar=scans.calendar,
            tuning=msgspec.structs.replace(self._tuning, bin_s=bin_s),
        )
        return [view for one in raised.values() for view in view_all(one, desk)]

    def _scans(self, families: Sequence[Family], end: int) -> Scans:
        """Return the scans of `families` on bins counted from a day's mark before their outages."""
        fold, grid = self._fold, self._fold.grid
        for family in families:
            fold.scans[family.operator].take(end)
        onset = min(rise.onset for family in families for rise in self._current(family.operator, end))
        day = DAY_S // grid.bin_s
        wanted = max(onset - BEFORE_S // grid.bin_s, end - OUTAGE_DAYS_MAX * day)
        first = max(0, fold.scans[families[0].operator].mark_before(wanted))
        first_s, end_s = grid.second(first), grid.second(end)
        calendar = lay_out(first_s, end_s - 1, bin_s=grid.bin_s, zone=grid.zone, special=grid.special)

        def scan(family: Family, aside: Aside) -> Scanned:
            live = fold.scans[family.operator]
            columns = fold.tally.between(family.members, first_s, end_s)
            if aside:
                fork = self._fork(family, aside, first=first, end=end)
                counted = fold.tally.between(family.members, first_s, end_s, aside=aside)
                rises = _shifted(fork.scan.rises(), first)
                return Scanned(columns, counted, rises, _series(fork.scan.series, first), fork.localiser)
            localiser = self._localisers.setdefault(family.operator, Localiser(INCIDENT_GAP_S // grid.bin_s))

            def follow(code: str, since: int) -> tuple[int, ScopeSeries]:
                return self._follow(family.operator, code, since).series()

            return Scanned(columns, columns, _shifted(live.rises(), first), _series(follow, first), localiser)

        return Scans(scan, fold.tally, calendar)

    def _fork(self, family: Family, aside: Aside, *, first: int, end: int) -> _Fork:
        """Return the scan of a family without somebody's word, as the last look left it where it asked for it too."""
        live = self._fold.scans[family.operator]
        asked = (family.operator, tuple(family.members), tuple(sorted(aside.items())))
        fork = self._forks.get(asked) or self._forked.get(asked)
        if fork is None or not live.goes_on(fork.scan, first):
            gap = INCIDENT_GAP_S // self._tuning.bin_s
            fork = _Fork(live.fork(first, self._fold.feed(family, aside)), Localiser(gap, FORK_REMEMBERED))
        fork.scan.take(end)
        if len(self._forks) < FORKS_MAX:
            self._forks[asked] = fork
        return fork

    def _follow(self, operator: str, code: str, since: int) -> Followed:
        """Return the series of a region, as the last look left it where it drew it too."""
        asked = (operator, code, since)
        followed = self._followed.get(asked) or self._drawn.get(asked)
        if followed is None or not followed.goes_on():
            followed = self._fold.scans[operator].follow(code, since)
        self._followed[asked] = followed
        return followed

    def _is_told(self, views: Iterable[FindingView], operator: str, region: str) -> bool:
        """Whether complaints of an operator, or of its network, are told by now in or around a region."""
        for finding in (view.finding for view in views if view.finding.cleared_us is None):
            family = self._fold.family(finding.operator)
            place = finding.region or ""
            nested = not place or not region or place in lineage(region, family.regions)
            if operator in family.members and (nested or region in lineage(place, family.regions)):
                return True
        return False

    def _suspected(self, failing: Failing) -> Finding:
        """Return what probes alone say as a finding, which is no more than suspected."""
        name = self._fold.family(failing.operator).name
        place = self._names(failing.region) if failing.region else None
        return suspected(failing, name, place, rate=self._tuning.false_alarms_per_week)

    def _news(self, now: Iterable[Finding], now_us: int) -> News:
        found = {one.id: one for one in now}
        shown = set(found)
        gone = [self.told[one] for one in self._shown - found.keys() if one in self.told]
        # What does not stand any more, since its evidence turned out to be another's, is over.
        found |= {one.id: msgspec.structs.replace(one, cleared_us=now_us) for one in gone if one.cleared_us is None}
        changed = [one for one in found.values() if self.told.get(one.id) != one]
        opened = [one for one in changed if one.id not in self.told]
        cleared = [one for one in changed if one.cleared_us is not None and not self._was_over(one.id)]
        told = {**self.told, **found}
        self._shown = shown
        if len(told) > TOLD_MAX:
            over = [one for one in told.values() if one.id not in shown]
            for one in sorted(over, key=_by_alarm)[: len(told) - TOLD_MAX]:
                del told[one.id]
        self.told = told
        return News(*(tuple(sorted(part, key=_by_alarm)) for part in (opened, cleared, changed)))

    def _was_over(self, finding: str) -> bool:
        before = self.told.get(finding)
        return before is not None and before.cleared_us is not None


def _by_alarm(finding: Finding) -> tuple[int, str, str]:
    return finding.alarm_us, finding.operator, finding.region or ""


def _shifted(rises: Iterable[ScopeRise], first: int) -> tuple[ScopeRise, ...]:
    """Return the rises from bin `first` on, in bins counted from there."""
    return tuple(
        msgspec.structs.replace(
            one,
            alarm=one.alarm - first,
            onset=one.onset - first,
            declared=None if one.declared is None else one.declared - first,
            ended=None if one.ended is None else one.ended - first,
            peak=one.peak - first,
        )
        for one in rises
        if one.onset >= first
    )


def _series(draw: Callable[[str, int], tuple[int, ScopeSeries]], first: int) -> Callable[[str], ScopeSeries]:
    known: dict[str, ScopeSeries] = {}

    def series(code: str) -> ScopeSeries:
        if code not in known:
            begin, whole = draw(code, first)
            known[code] = ScopeSeries(code, whole.y[first - begin :], whole.expected[first - begin :])
        return known[code]

    return series
