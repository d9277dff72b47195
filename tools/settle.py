"""Settle constants of the detector on simulated operators, by rules written down before; docs/decisions/0003 quotes it.

    python tools/settle.py clear      nats that end a finding
    python tools/settle.py lull       minutes that counts must have been usual again, in busy outages
    python tools/settle.py places     days for which the silence of a place is believed beforehand
    python tools/settle.py echo       replies that a report is believed to draw before any are seen
    python tools/settle.py rare       headroom of the threshold in places that hardly ever speak

`clear`: the least time during which the desk shows the wrong state, from the alarm until a day after the true end:
said to be over while people still suffer, or still open when it is over. Pooled over all outages that were found;
of values less than a hundredth of an hour apart the one that says "over" too early less. `lull`: the same for outages
of 30 to 3,000 posts, in which an empty window comes about by chance.

`places`, `echo`, `rare`: among the values that keep the asked rate on every kind of quiet operator (one-sided 99 %
Poisson), the least mean delay of outages, of country-wide ones for `echo` and of local ones for the others; one that is
missed counts as long as it lasted; of values less than a hundredth of an hour apart the quieter. Quiet operators are
of four kinds: customers as people live, three in ten placed texts from one town, the same with replies that name it
too, and replies of which one in ten repeats the place of the post it answers.

The real regions and their people; nothing here knows of any real outage.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from pulih.adapters.gazetteer import indonesia
from pulih.detect.calendar import Calendar, lay_out
from pulih.detect.family import CROWD, FamilyScan, Region, ScopeRise
from pulih.detect.tally import Columns
from pulih.series.rhythm import prior_shape
from pulih.series.tuning import Tuning
from pulih.service.hierarchy import regions_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WEEKS, ASKED = 26, 0.1
VOLUMES = (5.0, 40.0)
BIN_S, HOUR_BINS, DAY_BINS = 300, 12, 288
CLEAR_NATS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
LULL_MINUTES = (0.0, 10.0, 15.0, 20.0)
BELIEF_DAYS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 1e6)
RARE_HEADROOM = (0.25, 0.2, 0.15, 0.1, 0.06)
ECHO_PRIOR = (0.0, 0.05, 0.1, 0.2, 0.3)
CLEAR_OPERATORS, QUIET_OPERATORS, TROUBLED_OPERATORS = 24, 16, 16
# Outages come to the first three kinds of operators.
TROUBLED_KINDS = 3
# Named in a third of the texts; three in ten posts draw one to five replies within 50 minutes, which count half.
PLACED, REPLIED, REPLIES_MOST, REPLY_S, REPLY_WEIGHT = 1 / 3, 0.3, 5, 3000, 0.5
# An outage every ten days from the fifth week on, of half an hour to twelve hours, 4 to 60 posts; some come after.
FIRST_DAY, EVERY_DAYS = 28, 10
STRAGGLERS, STRAGGLE_S = 0.08, 3 * 3600
POSTS, BUSY_POSTS = (4, 60), (30, 3000)


@dataclass(frozen=True)
class Kind:
    """A kind of operator: the share of placed texts from one town, of replies that name a place, or their post's."""

    name: str
    one_town: float = 0.0
    replies_placed: float = 0.1
    replies_repeat: float = 0.0


KINDS = (
    Kind("as people live"),
    Kind("one town", 0.3),
    Kind("one town, replies too", 0.3, 0.4),
    Kind("replies repeat the place", 0.0, 0.0, 0.1),
)


@dataclass(frozen=True)
class Outage:
    """A simulated outage in bins; `region` "" is the country."""

    region: str
    start: int
    end: int


@dataclass
class Told:
    """Texts told so far: moment in seconds, index of the place or -1, weight."""

    at_s: list[Ints] = field(default_factory=list)
    place: list[Ints] = field(default_factory=list)
    weight: list[Floats] = field(default_factory=list)

    def add(self, at_s: Ints, place: Ints, weight: Floats) -> None:
        """Add texts."""
        self.at_s.append(at_s)
        self.place.append(place)
        self.weight.append(weight)

    def columns(self) -> Columns:
        """Return what was told as the detector's columns, by time."""
        at_s, place, weight = np.concatenate(self.at_s), np.concatenate(self.place), np.concatenate(self.weight)
        kept = np.flatnonzero(at_s < WEEKS * 604_800)
        order = kept[np.argsort(at_s[kept], kind="stable")]
        y, region = weight[order].astype(np.float32), place[order].astype(np.int32)
        loss = (y >= 0.3).astype(np.float32)
        here = (region >= 0).astype(np.float32)
        return Columns(
            at_s=at_s[order], y=y, loss=loss, talk=np.ones_like(y), region=region, placed=y * here * 0.95,
            loss_placed=loss * here * 0.95, signals=np.ones(order.size, np.int32),
        )  # fmt: skip


class World:
    """The country: its regions, the regencies by index, and the bins of half a year."""

    def __init__(self) -> None:
        self.regions: dict[str, Region] = regions_of(indonesia(), frozenset())
        self.codes = [code for code, region in self.regions.items() if region.parent]
        self.people = np.array([self.regions[code].share for code in self.codes])
        self.calendar: Calendar = lay_out(0, WEEKS * 604_800 - 1, bin_s=BIN_S, zone=UTC)

    def scan(self, told: Told, tuning: Tuning) -> tuple[ScopeRise, ...]:
        """Return the rises of one operator."""
        return FamilyScan(told.columns(), self.codes, self.regions, calendar=self.calendar, tuning=tuning).rises


def main() -> None:
    """Print the table that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("constant", choices=("clear", "lull", "places", "rare", "echo"))
    constant = parser.parse_args().constant
    if constant == "clear":
        _settle_end(World(), "clear_nats", CLEAR_NATS, posts=POSTS)
    elif constant == "lull":
        _settle_end(World(), "lull_minutes", LULL_MINUTES, posts=BUSY_POSTS)
    elif constant == "places":
        _settle_by_delay(World(), "belief_days", BELIEF_DAYS, local=1.0)
    elif constant == "rare":
        _settle_by_delay(World(), "rare_headroom", RARE_HEADROOM, local=1.0)
    else:
        _settle_by_delay(World(), "echo_prior", ECHO_PRIOR, local=0.0)


def _settle_end(world: World, name: str, values: tuple[float, ...], *, posts: tuple[int, int]) -> None:
    print(f"{name} | outages found | hours of the wrong state an outage | of these said over too early")
    seeds = range(CLEAR_OPERATORS)
    told = [_troubled(world, per_day, seed, local=0.7, posts=posts) for per_day in VOLUMES for seed in seeds]
    for value in values:
        tuning = msgspec.structs.replace(CROWD, false_alarms_per_week=ASKED, **{name: value})
        rows = [row for texts, outages in told for row in _misjudged(world.scan(texts, tuning), outages)]
        wrong, early = np.mean(rows, axis=0) / HOUR_BINS
        print(f"{value:{len(name)}g} | {len(rows):13} | {wrong:34.3f} | {early:.3f}", flush=True)


def _settle_by_delay(world: World, name: str, values: tuple[float, ...], *, local: float) -> None:
    kinds = ", ".join(kind.name for kind in KINDS)
    print(f"{name} | false alarms a week: {kinds} | mean delay in hours, missed")
    quiet = [[_quiet(world, v, s, kind)[0] for v in VOLUMES for s in range(QUIET_OPERATORS)] for kind in KINDS]
    troubled = [_troubled(world, v, 500 + s, local=local) for v in VOLUMES for s in range(TROUBLED_OPERATORS)]
    for value in values:
        tuning = msgspec.structs.replace(CROWD, false_alarms_per_week=ASKED, **{name: value})
        rates = [_rate(world, told, tuning) for told in quiet]
        delays = [row for told, outages in troubled for row in _delays(world.scan(told, tuning), outages)]
        missed = sum(missing for _, missing in delays)
        mean = np.mean([delay for delay, _ in delays]) / HOUR_BINS
        print(f"{value:11g} | {', '.join(rates)} | {mean:.3f}, {missed} of {len(delays)}", flush=True)


def _rate(world: World, told: list[Told], tuning: Tuning) -> str:
    # One false suspicion in several nested scopes is one alarm to those on duty.
    alarms = sum(len({rise.onset // 72 for rise in world.scan(one, tuning)}) for one in told)
    weeks = WEEKS * len(told)
    return f"{alarms / weeks:.3f}{'' if alarms <= poisson.ppf(0.99, ASKED * weeks) else ' (too many)'}"


def _quiet(world: World, per_day: float, seed: int, kind: Kind) -> tuple[Told, np.random.Generator]:
    rng = np.random.default_rng([seed, round(per_day), len(kind.name)])
    mood = np.repeat(rng.gamma(20.0, 1 / 20.0, 7 * WEEKS), 24)
    hour = np.repeat(np.arange(mood.size), rng.poisson(np.tile(prior_shape() / 24, 7 * WEEKS) * per_day * mood))
    at_s = hour * 3600 + rng.integers(0, 3600, hour.size)
    home = np.arange(world.people.size) == rng.choice(world.people.size, p=world.people)
    spread = (1 - kind.one_town) * world.people + kind.one_town * home
    told = Told()
    named = _places(spread, at_s.size, PLACED, rng)
    told.add(at_s, named, rng.uniform(0.6, 1.0, at_s.size))
    replies = np.where(rng.random(at_s.size) < REPLIED, rng.integers(1, REPLIES_MOST + 1, at_s.size), 0)
    first = np.repeat(np.arange(at_s.size), replies)
    later = at_s[first] + rng.integers(30, REPLY_S, first.size)
    place = _places(spread, later.size, kind.replies_placed, rng)
    if kind.replies_repeat:
        place = np.where(rng.random(later.size) < kind.replies_repeat, named[first], place)
    told.add(later, place, np.where(place >= 0, 1.0, REPLY_WEIGHT) * rng.uniform(0.6, 1.0, later.size))
    return told, rng


def _places(spread: Floats, size: int, named: float, rng: np.random.Generator) -> Ints:
    places = rng.choice(spread.size, size, p=spread)
    places[rng.random(size) >= named] = -1
    return places


def _troubled(
    world: World, per_day: float, seed: int, *, local: float, posts: tuple[int, int] = POSTS
) -> tuple[Told, list[Outage]]:
    """Return the texts of an operator with an outage every ten days, `local` of them in one regency."""
    told, rng = _quiet(world, per_day, 1000 + seed, KINDS[seed % TROUBLED_KINDS])
    outages = []
    for day in range(FIRST_DAY, WEEKS * 7 - 2, EVERY_DAYS):
        start = day * 86_400 + int(rng.integers(0, 86_400))
        length = int(np.clip(rng.lognormal(np.log(2.0), 0.9), 0.5, 12.0) * 3600)
        place = int(rng.choice(world.people.size, p=world.people)) if rng.random() < local else -1
        count = int(np.exp(rng.uniform(np.log(posts[0]), np.log(posts[1]))))
        # Most people write early on; who comes home writes late.
        at_s = start + (rng.beta(1.0, 1.5, count) * length).astype(np.int64)
        late = rng.random(count) < STRAGGLERS
        at_s[late] = start + length + rng.integers(0, STRAGGLE_S, int(late.sum()))
        says = rng.random(count) < 0.5
        told.add(at_s, np.where(says, place, -1), rng.uniform(0.7, 1.0, count))
        region = world.codes[place] if place >= 0 else ""
        outages.append(Outage(region, start // BIN_S, (start + length) // BIN_S))
    return told, outages


def _its_own(rises: tuple[ScopeRise, ...], outage: Outage) -> Iterator[ScopeRise]:
    """Return the rises raised of an outage's own region, until a day after it."""
    return (r for r in rises if r.region == outage.region and outage.start <= r.alarm < outage.end + DAY_BINS)


def _misjudged(rises: tuple[ScopeRise, ...], outages: list[Outage]) -> Iterator[tuple[int, int]]:
    """Return for each outage that was found the bins of the wrong state, and those said over too early."""
    for outage in outages:
        own = [rise for rise in _its_own(rises, outage) if rise.alarm < outage.end]
        if not own:
            continue
        first, last = min(rise.alarm for rise in own), outage.end + DAY_BINS
        shown = np.zeros(last - first, dtype=np.bool_)
        for rise in _its_own(rises, outage):
            shown[rise.alarm - first : (last if rise.declared is None else rise.declared) - first] = True
        on = np.arange(first, last) < outage.end
        yield int((shown != on).sum()), int((on & ~shown).sum())


def _delays(rises: tuple[ScopeRise, ...], outages: list[Outage]) -> Iterator[tuple[int, bool]]:
    """Return for each outage the bins until its region was raised, and whether it was missed."""
    for outage in outages:
        raised = [rise.alarm for rise in _its_own(rises, outage) if rise.alarm < outage.end]
        yield min(raised, default=outage.end) - outage.start, not raised


if __name__ == "__main__":
    main()
