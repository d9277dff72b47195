"""Rota: who is on duty at a moment, by shifts of the week, turns between people, and exceptions.

Shifts are by the local clock, so that a night shift begins at 22.00 whatever the zone does; in an hour that a clock
strikes twice it is the same shift both times. Source: the usual on-call schedules (layers and overrides).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

from pulih.model.clock import from_micros
from pulih.model.on_call import WEEKDAYS, Duty, Override, Shift

_DAY_MIN: Final = 24 * 60


def on_duty(shifts: Sequence[Shift], overrides: Iterable[Override], at_us: int, zone: tzinfo) -> Duty:
    """Return who is called at a moment.

    Args:
        shifts: of the rota; where several hold, the people of the first come first.
        overrides: exceptions.
        at_us: the moment, microseconds since 1970 UTC.
        zone: of the desk.

    >>> from datetime import UTC
    >>> on_duty([Shift(people=("sari", "budi"))], [], 0, UTC).people
    ('sari', 'budi')
    """
    local = from_micros(at_us).astimezone(zone)
    people = [name for shift in shifts for name in _people_of(shift, local)]
    holding = [one for one in overrides if one.start_us <= at_us < one.end_us]
    override = max(holding, key=lambda one: (one.made_us, one.id), default=None)
    first = [] if override is None else [override.who]
    return Duty(people=tuple(dict.fromkeys([*first, *people])), override=override)


def _people_of(shift: Shift, local: datetime) -> tuple[str, ...]:
    """Return the people of a shift that holds at a moment, none when it does not."""
    day = _began_on(shift, local)
    if day is None or not shift.people:
        return ()
    turn = 0
    if shift.rotate_days:
        turn = (day - shift.since_day) // shift.rotate_days % len(shift.people)
    return (*shift.people[turn:], *shift.people[:turn])


def _began_on(shift: Shift, local: datetime) -> int | None:
    """Return the day on which the shift that holds began, None when it does not hold."""
    minute = local.hour * 60 + local.minute
    length = (shift.end_min - shift.start_min) % _DAY_MIN or _DAY_MIN
    for back in (0, 1):
        day = local.date() - timedelta(days=back)
        since = minute + back * _DAY_MIN - shift.start_min
        if WEEKDAYS[day.weekday()] in shift.days and 0 <= since < length:
            return day.toordinal()
    return None
