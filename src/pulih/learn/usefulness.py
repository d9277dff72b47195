"""Usefulness: how often a source was right when it spoke of trouble, learned from incidents that people judged.

A source speaks in an hour when what it says would be told as evidence then. It agreed with an outage that people
confirmed when it spoke while that went on; it spoke alone on a day when it spoke and nothing was, or what was suspected
was rejected. An outage counts once, and so does a day without one, however much was said: a source that never stops
agrees with every outage, and has a year of days against it.

Agreeing is a Bernoulli trial with an unknown share; the belief about that share is a Beta, which a trial makes another
Beta, and the usefulness is its mean: (agreed + a) / (agreed + alone + a + b). Sources: Gelman et al., Bayesian Data
Analysis, 3rd ed., section 2.4; as the reputation of whoever reports: Jøsang and Ismail, The Beta Reputation System,
15th Bled eConference, 2002. What a and b are before anything was learned is a matter of the sort of source; they weigh
as much as three to five judged cases, so that few coincidences prove nothing. What is not decided yet does not count,
and after 400 days a case is forgotten: sources change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from pulih.model.clock import DAY_S, HOUR_S, MICROS

# `afar` measures the network from a distance, as public services do; `probe` asks by itself or on the spot.
Sort = Literal["complaint", "probe", "alarm", "afar"]

# What is believed of a source before it was ever right or wrong, as cases: right ones, and wrong ones.
# A probe's failures are compared with those of the day before already; complaints with what is usual at that hour.
# An alarm may mean a fan; a measurement from afar may mean a rerouted cable that nobody noticed.
PRIORS: Final[Mapping[Sort, tuple[float, float]]] = MappingProxyType(
    {"complaint": (4.0, 1.0), "probe": (4.0, 1.0), "alarm": (1.0, 2.0), "afar": (1.0, 3.0)}
)
KEPT_DAYS: Final = 400
# An alarm may come before customers notice, and clear long after they are well again.
_BEFORE_US: Final = HOUR_S * MICROS
_AFTER_US: Final = 3 * HOUR_S * MICROS
_HOUR_US: Final = HOUR_S * MICROS
_HOURS_A_DAY: Final = DAY_S // HOUR_S


class Spoke(msgspec.Struct, frozen=True, order=True):
    """A source spoke of trouble on a network ("" = on all of them) in an hour, by number since 1970 UTC."""

    source: str
    sort: Sort
    network: str
    hour: int


class Judged(msgspec.Struct, frozen=True):
    """An outage as people judged it: of which network, when, and whether it was one; None while nobody has decided.

    `end_us` is excluded, and None while it goes on.
    """

    network: str
    start_us: int
    end_us: int | None
    real: bool | None


class Worth(msgspec.Struct, frozen=True, kw_only=True):
    """What a source is worth.

    Attributes:
        source, sort: which source, and as what it spoke.
        agreed: confirmed outages that it spoke of.
        missed: confirmed ones on networks it had spoken of before, of which it did not speak.
        alone: days on which it spoke and nothing was.
        undecided: outages it spoke of that nobody has judged yet.
        usefulness: share of cases in which it is right, by what is known; above 0 and below 1.
    """

    source: str
    sort: Sort
    agreed: int
    missed: int
    alone: int
    undecided: int
    usefulness: float


def usefulness(sort: Sort, agreed: int = 0, alone: int = 0) -> float:
    """Return the share of cases in which a source is right, as far as is known.

    >>> usefulness("alarm"), usefulness("alarm", agreed=3), usefulness("alarm", alone=9)
    (0.3333333333333333, 0.6666666666666666, 0.08333333333333333)
    """
    right, wrong = PRIORS[sort]
    return (agreed + right) / (agreed + alone + right + wrong)


def worths(spoke: Iterable[Spoke], outages: Sequence[Judged]) -> tuple[Worth, ...]:
    """Return what each source is worth, by name and sort; the order of what is given does not matter.

    Args:
        spoke: the hours in which sources spoke.
        outages: all that were suspected or more, in the time of those hours.

    >>> storm = [Judged("a", 0, 7_200_000_000, True)]
    >>> worths([Spoke("noc", "alarm", "a", 0), Spoke("noc", "alarm", "a", 100)], storm)[0].usefulness
    0.4
    """
    hours: dict[tuple[str, Sort], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for one in spoke:
        hours[one.source, one.sort][one.network].add(one.hour)
    return tuple(_worth(source, sort, hours[source, sort], outages) for source, sort in sorted(hours))


def unknown(source: str, sort: Sort) -> Worth:
    """Return what is believed of a source before it was ever right or wrong."""
    return Worth(source=source, sort=sort, agreed=0, missed=0, alone=0, undecided=0, usefulness=usefulness(sort))


def _worth(source: str, sort: Sort, hours: Mapping[str, set[int]], outages: Sequence[Judged]) -> Worth:
    counts = {True: 0, False: 0, None: 0}
    missed = 0
    excused: dict[str, set[int]] = defaultdict(set)
    for one in outages:
        heard = [network for network in hours if network in {one.network, ""}]
        within = {network: _during(hours[network], one) for network in heard}
        if any(within.values()):
            counts[one.real] += 1
        elif one.real and any(min(hours[network]) * _HOUR_US < one.start_us for network in heard):
            missed += 1
        if one.real is not False:
            for network, some in within.items():
                excused[network] |= some
    days = {(network, hour // _HOURS_A_DAY) for network in hours for hour in hours[network] - excused[network]}
    return Worth(
        source=source,
        sort=sort,
        agreed=counts[True],
        missed=missed,
        alone=len(days),
        undecided=counts[None],
        usefulness=usefulness(sort, counts[True], len(days)),
    )


def _during(hours: set[int], outage: Judged) -> set[int]:
    """Return the hours that overlap an outage, and the time around it in which speaking is no error."""
    first = (outage.start_us - _BEFORE_US) // _HOUR_US
    last = max(hours) if outage.end_us is None else (outage.end_us + _AFTER_US - 1) // _HOUR_US
    return {hour for hour in range(first, last + 1) if hour in hours}
