"""States: what probes, alarms and measurements from afar say of a network, and when that is said as evidence."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from pulih.learn.usefulness import Sort
from pulih.model.clock import DAY_S, HOUR_S
from pulih.ports.live import Row

# As for a finding: what is three nats likelier is said.
SAID_NATS: Final = 3.0
# A trouble that nobody repeats or takes back is nothing new after so many seconds; and a service far away may have
# gone before it ended.
HELD_S: Final[Mapping[Sort, int]] = MappingProxyType({"alarm": DAY_S, "afar": 6 * HOUR_S})
# Told before anything.
_NEVER: Final = (-1, -1)


def sort_of(row: Row, afar: Collection[str]) -> Sort:
    """Return what sort of source said a state.

    Args:
        row: a probe or an alarm.
        afar: names of sources that measure from a distance.
    """
    return "afar" if row.source in afar else "probe" if row.kind == "probe" else "alarm"


def firing(rows: Iterable[Row], since_us: int = 0) -> list[Row]:
    """Return the troubles that were told since a moment and not taken back; rows are given oldest first.

    The same alarm, and the same thing seen from afar, has the same author. The end of an alarm takes back what was told
    before it as well as what was before it: an alarm that is told a day late counts as of when it was told, and a desk
    that was away may hear of its end, dated earlier than that, right behind it.
    """
    told = list(rows)
    ended: dict[tuple[str, str], tuple[int, tuple[int, int]]] = {}
    for place, row in enumerate(told):
        if row.recovered:
            _, last = ended.get(_trouble(row), (-1, _NEVER))
            ended[_trouble(row)] = place, max(last, _told(row))
    on: dict[tuple[str, str], Row] = {}
    for place, row in enumerate(told):
        last_place, last = ended.get(_trouble(row), (-1, _NEVER))
        if not row.recovered and place > last_place and (row.kind != "alarm" or _told(row) > last):
            on[_trouble(row)] = row
    return [row for row in on.values() if row.at_us >= since_us]


def decisive(rows: Iterable[Row]) -> list[Row]:
    """Return the rows on which it hangs what is `firing`, of rows oldest first: a few of each trouble.

    Of what is raised and of what is over, the one that was last, and the one that was told last.
    """
    last: dict[tuple[tuple[str, str], bool, str], Row] = {}
    for row in rows:
        which = _trouble(row), row.recovered
        last[*which, "was"] = row
        if _told(row) >= _told(last.get((*which, "told"), row)):
            last[*which, "told"] = row
    kept = {_told(row): row for row in last.values()}
    return sorted(kept.values(), key=lambda row: (row.at_us, _told(row)))


def _trouble(row: Row) -> tuple[str, str]:
    return row.source, row.author


def _told(row: Row) -> tuple[int, int]:
    """Return when something was told, beside other things that were told."""
    return row.frame, row.position


def failure_nats(failed: float, asked: float, failed_before: float, asked_before: float) -> float:
    """Return how much probes speak for trouble, in nats; below 0 against it.

    Usual is a Beta belief of the day before. In trouble they fail more often, and how much more is open: the belief
    has as many failures at least, and one success at most, so that each failure speaks for it.

    Args:
        failed, asked: since the onset.
        failed_before, asked_before: on the day before it.

    >>> failure_nats(9, 10, 1, 100) > 10, failure_nats(0, 10, 1, 100) < 0
    (True, True)
    """
    a, b = failed_before + 0.5, asked_before - failed_before + 0.5
    usual = _beta(failed + a, asked - failed + b) - _beta(a, b)
    worse, better = max(a, 1.0), min(b, 1.0)
    return _beta(failed + worse, asked - failed + better) - _beta(worse, better) - usual


def _beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
