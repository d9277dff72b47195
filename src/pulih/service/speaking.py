"""Speaking: which sources spoke of trouble in an hour, from what was said in it and on the day before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from pulih.learn.usefulness import Sort, Spoke
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.finding import Finding
from pulih.ports.files import Wanted
from pulih.ports.live import Row, SignalStore
from pulih.service.live.states import HELD_S, SAID_NATS, decisive, failure_nats, firing, sort_of

HOUR_US: Final = HOUR_S * MICROS
_BEFORE_H: Final = DAY_S // HOUR_S
# A source that brought so much of the reports that raised a finding speaks of it.
CARRIES: Final = 0.1


class _Hour(msgspec.Struct, frozen=True):
    """What was said in one hour.

    Attributes:
        answers: of probes by source and network: how many failed, of how many.
        troubled: whose alarms or views from afar told of trouble: source, sort, network.
        last: alarms and views from afar on which it hangs what stands behind the hour, oldest first.
    """

    answers: Mapping[tuple[str, str], tuple[int, int]]
    troubled: frozenset[tuple[str, Sort, str]]
    last: Sequence[Row]


class Speaking:
    """Tells who spoke; for one thread at a time.

    Args:
        signals: what was heard.
        network_of: the network that carries an operator; also an attribute.
        members: the operators that a network carries, itself among them.
        afar: names of sources that measure from a distance.
    """

    def __init__(
        self,
        signals: SignalStore,
        *,
        network_of: Callable[[str], str],
        members: Callable[[str], Collection[str]],
        afar: Collection[str] = (),
    ) -> None:
        self._signals, self._afar = signals, frozenset(afar)
        self.network_of, self._members = network_of, members
        # Of a day and an hour; what is missing is read again, so nothing hangs on what is here.
        self._hours: dict[int, _Hour] = {}

    def in_hours(self, first: int, last: int) -> list[Spoke]:
        """Return who spoke in hours, by number since 1970 UTC, the last one excluded. Raises OutsideFailed."""
        if last - first > 1 and not self._signals.last_said((first - _BEFORE_H) * HOUR_US, last * HOUR_US):
            # A desk that begins, or was off for long, need not look at every hour in which it heard nothing.
            return []
        told = {one for hour in range(first, last) for one in self._states_in(hour)}
        for finding in self._signals.findings():
            hour = finding.alarm_us // HOUR_US
            if first <= hour < last:
                network = self.network_of(finding.operator)
                told |= {Spoke(source, "complaint", network, hour) for source in self.carriers(finding)}
        return sorted(told)

    def _states_in(self, hour: int) -> set[Spoke]:
        # What is dated earlier still may take back what was told on the day before (`firing`).
        first = hour - 2 * _BEFORE_H
        self._hours = {one: kept for one, kept in self._hours.items() if first <= one <= hour}
        earlier = [self._hour(one) for one in range(first, hour - _BEFORE_H)]
        days = [self._hour(one) for one in range(hour - _BEFORE_H, hour + 1)]
        told = {Spoke(source, "probe", network, hour) for source, network in _failing(days)}
        return told | {Spoke(*who, hour) for who in self._troubled([*earlier, *days], hour * HOUR_US)}

    def carriers(self, finding: Finding) -> Mapping[str, float]:
        """Return the sources that brought the reports by which a finding was raised, with the share of each.

        Those that brought less than a tenth are left out. Raises OutsideFailed.
        """
        end_us = max(finding.alarm_us, finding.onset_us + 1)
        members = frozenset(self._members(self.network_of(finding.operator)))
        brought = Counter[str]()
        for one in self._signals.spells(Wanted(start_us=finding.onset_us, end_us=end_us, operators=members), DAY_S):
            brought[one.source] += one.reports
        total = brought.total()
        return {source: many / total for source, many in brought.items() if many >= CARRIES * total > 0}

    def _hour(self, hour: int) -> _Hour:
        if hour not in self._hours:
            self._hours[hour] = self._read(hour)
        return self._hours[hour]

    def _read(self, hour: int) -> _Hour:
        answers: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
        troubled: set[tuple[str, Sort, str]] = set()
        others: list[Row] = []
        for row in self._signals.states(hour * HOUR_US, (hour + 1) * HOUR_US):
            sort, network = sort_of(row, self._afar), self._network(row)
            if sort == "probe":
                failed, asked = answers[row.source, network]
                answers[row.source, network] = failed + (not row.recovered), asked + 1
                continue
            others.append(row)
            if not row.recovered:
                troubled.add((row.source, sort, network))
        return _Hour(answers, frozenset(troubled), decisive(others))

    def _troubled(self, days: list[_Hour], start_us: int) -> set[tuple[str, Sort, str]]:
        """Return who told of trouble in the last hour, or had before and not taken it back."""
        *before, now = days
        standing = ((row, sort_of(row, self._afar)) for row in firing(row for one in before for row in one.last))
        held = {
            (row.source, sort, self._network(row))
            for row, sort in standing
            if row.at_us >= start_us - HELD_S[sort] * MICROS
        }
        return held | now.troubled

    def _network(self, row: Row) -> str:
        return self.network_of(row.operator) if row.operator else ""


def _failing(days: list[_Hour]) -> Iterator[tuple[str, str]]:
    """Yield whose probes failed so much more often in the last hour than before that it is said."""
    *before, now = days
    for who, (failed, asked) in now.answers.items():
        usual = [one.answers[who] for one in before if who in one.answers]
        failed_before, asked_before = (sum(part) for part in zip(*usual, strict=True)) if usual else (0, 0)
        if failure_nats(failed, asked, failed_before, asked_before) >= SAID_NATS:
            yield who
