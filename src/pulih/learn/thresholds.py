"""From which moment an outage is large enough for a rule: surely, by its lower bounds, and perhaps, by its upper ones.

While an outage goes on its minutes and user-minutes grow, so both moments can be told before they come. Numbers are
whole and a moment is exact to the microsecond. Source: the thresholds of docs/regulators.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from pulih.learn.regulator import Rule, SizeTest
from pulih.model.clock import MICROS
from pulih.model.impact import Bounds
from pulih.model.incident import Incident
from pulih.model.record import Affected, Record, Whole

MINUTE_US: Final = 60 * MICROS
# Nobody counted: none, or all of mankind and then some.
UNCOUNTED: Final = Bounds(0, 0, 10_000_000_000)


class Reach(msgspec.Struct, frozen=True):
    """Since when an outage is large enough: surely, and perhaps; None = never, as far as is known.

    A moment that is still to come supposes that the outage goes on.
    """

    sure_us: int | None
    possible_us: int | None


class Hit(msgspec.Struct, frozen=True):
    """People without service from `start_us` until `end_us`, None while it goes on."""

    start_us: int
    end_us: int | None
    users: Bounds


# Whoever is out entirely has all within it out entirely: a province its districts.
_HOLDS: Final[Mapping[Whole, frozenset[Whole]]] = MappingProxyType(
    {
        "district": frozenset({"district", "province", "country"}),
        "province": frozenset({"province", "country"}),
        "country": frozenset({"country"}),
    }
)
_AT_ONCE: Final = Reach(0, 0)
_NEVER: Final = Reach(None, None)
_PERHAPS: Final = Reach(None, 0)


def reach(rule: Rule, record: Record) -> Reach:
    """Return since when a record is large enough for a rule.

    Args:
        rule: whose thresholds.
        record: of the incident.

    >>> from pulih.model.incident import Incident
    >>> one = Record(incident=Incident(id="i", version=1, opened_us=0, onset_us=0, operator="", scopes=()))
    >>> half_hour = SizeTest(minutes_min=30)
    >>> size_reached(half_hour, one).sure_us // MINUTE_US
    30
    """
    if rule.unplanned and record.incident.maintenance:
        return _NEVER
    if not rule.tests:
        return _since_onset(_AT_ONCE, record)
    found = [size_reached(test, record, expected=rule.expected) for test in rule.tests]
    return Reach(_least(one.sure_us for one in found), _least(one.possible_us for one in found))


def size_reached(test: SizeTest, record: Record, *, expected: bool = False) -> Reach:
    """Return since when one test holds; `expected` counts a duration from the moment it is expected."""
    parts = [_people(test, record, expected=expected), *_conditions(test, record)]
    if test.user_minutes_min is not None:
        parts.append(_user_minutes(test.user_minutes_min, record))
    return _since_onset(Reach(_all(one.sure_us for one in parts), _all(one.possible_us for one in parts)), record)


def affected_rows(record: Record) -> tuple[Hit, ...]:
    """Return whom it hit; where nobody counted, one row from the onset with all there might be."""
    rows = record.figures.affected or (Affected(users=record.estimate or _all_served(record)),)
    onset_us, over_us = record.incident.onset_us, ended_us(record)
    return tuple(
        Hit(
            onset_us if one.start_us is None else one.start_us, over_us if one.end_us is None else one.end_us, one.users
        )
        for one in rows
    )


def _all_served(record: Record) -> Bounds:
    served = record.figures.served
    return UNCOUNTED if served is None else Bounds(0, 0, served.high)


def ended_us(record: Record) -> int | None:
    """Return when the outage was over, None while it goes on; a claimed repair ends nothing.

    That is since when it was back by what reports proved last, in the last of its scopes; whoever then calls it
    restored may come hours later. Where that is not proved of every scope, it is the moment at which they did.
    """
    called_us = called_over_us(record)
    proved_us = _proved_us(record.incident)
    return called_us if called_us is None or proved_us is None else min(called_us, proved_us)


def called_over_us(record: Record) -> int | None:
    """Return when somebody called it restored, or no outage; None while it goes on. What is owed ends with that."""
    return record.incident.ended_us if record.incident.state in {"restored", "rejected"} else None


def ends_on_word(record: Record) -> bool:
    """Return whether it is restored on the desk's word, without proof of every scope.

    >>> from pulih.model.incident import Incident
    >>> one = Incident(id="i", version=1, opened_us=0, onset_us=0, operator="", scopes=(), state="restored", ended_us=9)
    >>> ends_on_word(Record(incident=one)), ended_us(Record(incident=one))
    (True, 9)
    """
    return record.incident.state == "restored" and _proved_us(record.incident) is None


def _proved_us(incident: Incident) -> int | None:
    """Return since when the last of its scopes was back by reports, None where that is not proved of every one."""
    held = {one.scope: one for one in incident.recovery if one.verdict == "restored"}
    since = [held[part.scope].since_us for part in incident.scopes if part.scope in held]
    proved = [at_us for at_us in since if at_us is not None]
    if incident.state != "restored" or incident.overridden or not proved or len(proved) < len(incident.scopes):
        return None
    return max(incident.onset_us, *proved)


def user_minutes(record: Record, until_us: int) -> Bounds:
    """Return user-minutes until a moment, whole ones.

    Args:
        record: of the incident.
        until_us: counts what passed before it.
    """
    rows = affected_rows(record)
    passed = [max(0, min(until_us, one.end_us if one.end_us is not None else until_us) - one.start_us) for one in rows]
    low, likely, high = (
        sum(getattr(one.users, name) * span for one, span in zip(rows, passed, strict=True)) // MINUTE_US
        for name in ("low", "likely", "high")
    )
    return Bounds(low, likely, high)


def users_hit(record: Record, until_us: int) -> Bounds:
    """Return how many different people were hit until a moment."""
    rows = [one.users for one in affected_rows(record) if one.start_us <= until_us]
    return Bounds(sum(one.low for one in rows), sum(one.likely for one in rows), sum(one.high for one in rows))


def _people(test: SizeTest, record: Record, *, expected: bool) -> Reach:
    """Return since when enough people have been without service for long enough."""
    lasted = [(_lasted(test, one, record, expected=expected), one.users) for one in affected_rows(record)]
    arrivals = sorted(((at_us, users) for at_us, users in lasted if at_us is not None), key=lambda one: one[0])
    begun_us = arrivals[0][0] if arrivals else None
    parts = [Reach(begun_us, begun_us)]
    if test.users_min is not None:
        beyond = test.users_min - 1
        parts.append(Reach(_first(arrivals, "low", beyond=beyond), _first(arrivals, "high", beyond=beyond)))
    if test.share_over_percent is not None:
        served, percent = record.figures.served, test.share_over_percent
        least = 0 if served is None else percent * served.low
        sure_us = None if served is None else _first(arrivals, "low", beyond=percent * served.high, times=100)
        parts.append(Reach(sure_us, _first(arrivals, "high", beyond=least, times=100)))
    return Reach(_all(one.sure_us for one in parts), _all(one.possible_us for one in parts))


def _lasted(test: SizeTest, row: Hit, record: Record, *, expected: bool) -> int | None:
    """Return when a row has lasted long enough, None when it ended before."""
    span_us = _span_us(test)
    end_us = row.end_us
    reached_us = row.start_us + span_us if end_us is None or end_us >= row.start_us + span_us else None
    figures = record.figures
    if not (expected and span_us) or figures.expected_end_us is None:
        return reached_us
    if figures.expected_end_us < row.start_us + span_us:
        return reached_us
    foreseen_us = max(row.start_us, figures.expected_since_us or row.start_us)
    return foreseen_us if reached_us is None else min(reached_us, foreseen_us)


def _span_us(test: SizeTest) -> int:
    at_least = (test.minutes_min or 0) * MINUTE_US
    # Longer than so many minutes: the first microsecond beyond.
    return at_least if test.minutes_over is None else max(at_least, test.minutes_over * MINUTE_US + 1)


def _first(
    arrivals: Sequence[tuple[int, Bounds]], bound: Literal["low", "high"], *, beyond: int, times: int = 1
) -> int | None:
    """Return when people by one of their bounds, that many times, first are more than `beyond`."""
    total = 0
    for at_us, users in arrivals:
        total += users.low if bound == "low" else users.high
        if total * times > beyond:
            return at_us
    return None


def _user_minutes(least: int, record: Record) -> Reach:
    rows = affected_rows(record)
    return Reach(
        _grown(least * MINUTE_US, [(one.start_us, one.end_us, one.users.low) for one in rows]),
        _grown(least * MINUTE_US, [(one.start_us, one.end_us, one.users.high) for one in rows]),
    )


def _grown(least: int, rows: Sequence[tuple[int, int | None, int]]) -> int | None:
    """Return the first microsecond at which users times microseconds reach `least`."""
    edges = sorted({start for start, _, _ in rows} | {end for _, end, _ in rows if end is not None})
    total = 0
    for index, edge_us in enumerate(edges):
        rate = sum(users for start, end, users in rows if start <= edge_us and (end is None or end > edge_us))
        until_us = edges[index + 1] if index + 1 < len(edges) else None
        wait_us = -(-(least - total) // rate) if rate else None
        if wait_us is not None and (until_us is None or edge_us + wait_us <= until_us):
            return edge_us + wait_us
        if until_us is None:
            return None
        total += rate * (until_us - edge_us)
    return None


def _conditions(test: SizeTest, record: Record) -> list[Reach]:
    """Return what holds or not, whatever the time."""
    figures, parts = record.figures, []
    if test.area is not None:
        parts.append(_known(None if figures.area is None else figures.area == test.area))
    if test.whole is not None:
        whole = figures.whole
        parts.append(_known(None if whole is None else bool(_HOLDS[test.whole] & set(whole))))
    if test.emergency_calls:
        parts.append(_known(calls_fail(record)))
    if test.personal_data:
        parts.append(_known(figures.personal_data))
    if test.judged:
        parts.append(_known(None))
    if test.services:
        parts.append(_known(_serves(test, record)))
    return parts


def calls_fail(record: Record) -> bool | None:
    """Return whether calls for help fail, None while nobody knows."""
    failed, said = record.figures.emergency_calls_failed, record.incident.emergency_calls
    if said == "not_reachable" or (failed is not None and failed.low > 0):
        return True
    return False if said == "reachable" else None


def _serves(test: SizeTest, record: Record) -> bool | None:
    named = {part.scope.service for part in record.incident.scopes}
    if named & set(test.services):
        return True
    return None if not named or None in named or "any" in named else False


def _known(holds: bool | None) -> Reach:
    return _PERHAPS if holds is None else _AT_ONCE if holds else _NEVER


def _since_onset(found: Reach, record: Record) -> Reach:
    onset_us = record.incident.onset_us
    sure, possible = (None if at_us is None else max(at_us, onset_us) for at_us in (found.sure_us, found.possible_us))
    return Reach(sure, possible)


def _all(moments: Iterable[int | None]) -> int | None:
    known = list(moments)
    return None if None in known else max(one for one in known if one is not None)


def _least(moments: Iterable[int | None]) -> int | None:
    return min((one for one in moments if one is not None), default=None)
