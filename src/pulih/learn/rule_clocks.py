"""The clocks that a rule sets for one incident: when each begins, until when it runs, and whether it was met.

Minutes are minutes that passed. Days and months are the same time of day so much later where the rule is made: a report
that is due in thirty days is due at that hour there, also where summer time began meanwhile. An hour that a clock on
the wall skips is the first moment after the gap; one that it shows twice is the earlier, which is the safe one.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from pulih.learn.regulator import ClockKind, ClockRow, EveryStep, MetBy, Rule
from pulih.learn.thresholds import MINUTE_US, Reach, called_over_us, calls_fail
from pulih.model.clock import from_micros, to_micros
from pulih.model.record import Record

# at_once: as soon as practicable, and not done yet; waiting: it has not begun; ended: it was over before it fell due.
RuleClockState = Literal["waiting", "at_once", "running", "met", "late", "missed", "ended"]


class RuleClock(msgspec.Struct, frozen=True, kw_only=True):
    """One clock of one rule.

    Attributes:
        rule, clock, kind, met_by: as in its row; `to` who is told, in Indonesian and English.
        start_us: since when it runs, None while that is not known; `due_us` until when, None = as soon as practicable.
        met_us: when it was met; of updates the word that kept the last one.
        state: see `RuleClockState`.
        kept, broken: of updates, how many came in time, how many late or not at all.
        provisional: it runs only if the outage is as large as its upper bounds.
    """

    rule: str
    clock: str
    kind: ClockKind
    to: tuple[str, str]
    met_by: MetBy
    start_us: int | None
    due_us: int | None
    met_us: int | None
    state: RuleClockState
    kept: int = 0
    broken: int = 0
    provisional: bool = False

    @property
    def asks_for_report(self) -> bool:
        """Whether a report is what meets it, and none did."""
        return self.met_by == "filing" and self.state in {"running", "missed", "at_once"}


def rule_clocks(rule: Rule, record: Record, reached: Reach, *, now_us: int) -> tuple[RuleClock, ...]:
    """Return the clocks that a rule sets, in the order of its rows; none where the outage is not large enough, ever.

    Args:
        rule: whose clocks.
        record: of the incident.
        reached: since when it is large enough.
        now_us: the present.
    """
    if reached.possible_us is None:
        return ()
    done: dict[str, RuleClock] = {}
    for row in rule.clock:
        if row.emergency and calls_fail(record) is False:
            continue
        done[row.id] = _clock(rule, row, record, now=_Now(now_us, reached, done))
    return tuple(done.values())


class _Now(msgspec.Struct, frozen=True):
    """The present, since when the outage is large enough, and the clocks of earlier rows."""

    now_us: int
    reached: Reach
    done: Mapping[str, RuleClock]

    @property
    def provisional(self) -> bool:
        sure_us = self.reached.sure_us
        return sure_us is None or sure_us > self.now_us


def _clock(rule: Rule, row: ClockRow, record: Record, *, now: _Now) -> RuleClock:
    started_us = _start(row, record, now)
    met = _met(rule, row, record)
    # What was said before the clock began counts: nobody has to wait for a rule to be fast.
    clock = RuleClock(
        rule=rule.id,
        clock=row.id,
        kind=row.kind,
        to=(row.to_id, row.to_en),
        met_by=row.met_by,
        start_us=started_us,
        due_us=None,
        met_us=met[0] if met else None,
        state="waiting",
        provisional=now.provisional or (row.emergency and calls_fail(record) is None),
    )
    if row.every:
        words, first = _first_and_later(rule, row, record, now), now.done.get(row.after)
        begun_us = None if first is None else first.start_us
        return _updates(clock, row.every, words, record=record, now_us=now.now_us, begun_us=begun_us)
    if started_us is None or started_us > now.now_us:
        return clock if not met else msgspec.structs.replace(clock, state="met")
    due_us = due_after(row, started_us, rule.zone)
    return msgspec.structs.replace(clock, due_us=due_us, state=_state(due_us, clock.met_us, now.now_us))


def _start(row: ClockRow, record: Record, now: _Now) -> int | None:
    known_us = record.detected_us if record.detected_us is not None else record.incident.opened_us
    match row.since:
        case "onset":
            return record.incident.onset_us
        case "known":
            return known_us
        case "restored":
            return called_over_us(record) if record.incident.state == "restored" else None
        case "notifiable":
            sure_us, possible_us = now.reached.sure_us, now.reached.possible_us
            crossed_us = sure_us if sure_us is not None and sure_us <= now.now_us else possible_us
            return None if crossed_us is None else max(known_us, crossed_us)
        case "after":
            before = now.done.get(row.after)
            return None if before is None else before.met_us if before.met_us is not None else before.due_us


def due_after(row: ClockRow, start_us: int, zone: str) -> int | None:
    """Return until when a clock runs that began at `start_us`, None for as soon as practicable.

    >>> row = ClockRow(id="c", kind="final_report", since="onset", to_id="", to_en="", days=1)
    >>> due_after(row, 0, "UTC") // 3_600_000_000
    24
    """
    if row.minutes is not None:
        return start_us + row.minutes * MINUTE_US
    if row.days is None and row.months is None:
        return None
    local = from_micros(start_us).astimezone(ZoneInfo(zone))
    later = local.replace(tzinfo=None, fold=0) + timedelta(days=row.days or 0)
    if row.months:
        later = _months_later(later, row.months)
    return to_micros(_on_the_wall(later, ZoneInfo(zone)))


def _months_later(local: datetime, months: int) -> datetime:
    """Return the same day so many months later, the last of a month that has no such day."""
    year, month = divmod(local.month - 1 + months, 12)
    year, month = local.year + year, month + 1
    return local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))


def _on_the_wall(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment at which a clock on the wall shows a time, the end of the gap where it skips it."""
    moment = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    # Read with the offset after the gap, a skipped time lies before it; with the one before, behind it.
    before, behind = local.replace(tzinfo=zone, fold=1).astimezone(UTC), moment
    old = before.astimezone(zone).utcoffset()
    while behind - before > timedelta(microseconds=1):
        middle = before + (behind - before) / 2
        before, behind = (middle, behind) if middle.astimezone(zone).utcoffset() == old else (before, middle)
    return behind


def _met(rule: Rule, row: ClockRow, record: Record) -> tuple[int, ...]:
    """Return when a clock was met, earliest first: by public words, or by reports that were marked as sent."""
    if row.met_by == "statement":
        return tuple(sorted(one.published_us for one in record.incident.notices if one.published_us is not None))
    sent = (one.at_us for one in record.filings if one.rule == rule.id and one.clock == row.id)
    return tuple(sorted(sent))


def _first_and_later(rule: Rule, row: ClockRow, record: Record, now: _Now) -> tuple[int, ...]:
    """Return the words that updates follow: the one that met the clock before, and all after it."""
    words = _met(rule, row, record)
    first = now.done.get(row.after)
    if first is None or first.met_us is None or row.met_by == first.met_by:
        return words
    first_us = first.met_us
    return (first_us, *(one for one in words if one > first_us))


def _updates(
    clock: RuleClock,
    steps: Sequence[EveryStep],
    words: Sequence[int],
    *,
    record: Record,
    now_us: int,
    begun_us: int | None,
) -> RuleClock:
    """Return the clock of the next update, and how earlier ones were kept.

    What fell due before the clock of the first word began, since the outage was not that large yet, was not owed then.
    """
    if not words:
        return clock
    over_us, owed_us = called_over_us(record), begun_us or 0
    dues = [_next_due(steps, words[0], at_us) for at_us in words]
    kept = broken = 0
    for (before_us, after_us), due_us in zip(pairwise(words), dues, strict=False):
        if over_us is not None and before_us >= over_us:
            # Whoever was told that it is over is owed nothing more.
            break
        in_time = after_us <= due_us
        excused = due_us < owed_us or (over_us is not None and over_us <= due_us)
        kept, broken = kept + in_time, broken + (not in_time and not excused)
    due_us = dues[-1]
    if due_us < owed_us <= now_us and over_us is None:
        return msgspec.structs.replace(
            clock, start_us=owed_us, due_us=None, met_us=None, state="at_once", kept=kept, broken=broken
        )
    ended = over_us is not None and over_us <= due_us
    missed = now_us > due_us
    state: RuleClockState = "ended" if ended else "missed" if missed else "running"
    return msgspec.structs.replace(
        clock,
        start_us=words[-1],
        due_us=due_us,
        met_us=None,
        state=state,
        kept=kept,
        broken=broken + (state == "missed"),
    )


def _next_due(steps: Sequence[EveryStep], first_us: int, at_us: int) -> int:
    passed_min = (at_us - first_us) // MINUTE_US
    every_min = next(step.every_min for step in reversed(steps) if step.from_min <= passed_min)
    return at_us + every_min * MINUTE_US


def _state(due_us: int | None, met_us: int | None, now_us: int) -> RuleClockState:
    if met_us is not None:
        return "met" if due_us is None or met_us <= due_us else "late"
    if due_us is None:
        return "at_once"
    return "running" if now_us <= due_us else "missed"
