"""Planned changes out of iCalendar files: when, whose, where and in what words, each occurrence by itself.

Work that was announced explains complaints, so it has to be known before they come. Calendars are what every ticket
system and change board can write. A rule of recurrence can ask for endless work, so rules are held to what calendars of
changes use, and only occurrences near the present are made.

Source: RFC 5545, sections 3.3.10 (recurrence), 3.6.1 (events), 3.8.4.4 (one occurrence moved), 3.8.1.11 (called off).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from hashlib import blake2b
from itertools import takewhile
from typing import Final

import msgspec
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from icalendar import Calendar, Component, Event, vRecur

from pulih.model.clock import DAY_S, MICROS, to_micros
from pulih.model.errors import RefusedInput
from pulih.ports.live import PlannedChange

CALENDAR_BYTES_MAX: Final = 4 << 20
EVENTS_MAX: Final = 10_000
RECURRING_MAX: Final = 500
OCCURRENCES_MAX: Final = 20_000
# How far back and ahead occurrences are made: an incident is looked at for two weeks, changes are planned for months.
BACK_US: Final = 14 * DAY_S * MICROS
AHEAD_US: Final = 180 * DAY_S * MICROS
# Work that lasts longer than this is no explanation of an evening without service.
_LONGEST: Final = timedelta(days=31)
_TEXT_CHARS_MAX: Final = 2_000
_DAYS: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH"})
_MONTHS: Final = _DAYS | {"BYMONTHDAY", "BYSETPOS"}
# What a rule may say, by how often it recurs. With these, no rule searches long for an occurrence that never comes.
_RULES: Final = {"DAILY": _DAYS, "WEEKLY": _DAYS, "MONTHLY": _MONTHS, "YEARLY": _MONTHS}


class Understood(msgspec.Struct, frozen=True):
    """How the words of a calendar become an operator and a region; both may find none.

    Attributes:
        operator: returns the id of the operator that a text names, or "".
        region: returns the code of the region that a text names, or None.
    """

    operator: Callable[[str], str]
    region: Callable[[str], str | None]


class Read(msgspec.Struct, frozen=True):
    """What a calendar holds: the planned changes by start, and a sentence for each event that could not be used."""

    changes: tuple[PlannedChange, ...]
    unusable: tuple[str, ...] = ()


class _Occurrence(msgspec.Struct, frozen=True):
    """One time an event takes place; `recurs` names which of its series it is, None outside of one."""

    event: Event
    start: datetime
    end: datetime


def read_calendar(
    data: bytes, name: str, understood: Understood, *, zone: tzinfo, now_us: int, operator: str = ""
) -> Read:
    """Return the planned changes of a calendar from two weeks ago to half a year ahead.

    Args:
        data: iCalendar, UTF-8.
        name: of the calendar; begins the ids of its changes.
        understood: makes operator and region of words.
        zone: of times that state none.
        now_us: the present, microseconds since 1970 UTC.
        operator: whose changes these are, where their words name none.

    Raises: RefusedInput when this is no calendar, or too large a one.
    """
    events = _events(data, name)
    moved = {(_uid(event), _instant(event.decoded("RECURRENCE-ID"), zone)) for event in events if _is_moved(event)}
    start, end = now_us - BACK_US, now_us + AHEAD_US
    changes: dict[str, PlannedChange] = {}
    unusable: list[str] = []
    for event in events:
        try:
            for one in _occurrences(event, zone, start_us=start, end_us=end):
                if _is_moved(event) or (_uid(event), one.start) not in moved:
                    change = _change(one, name, understood, operator=operator)
                    changes[change.id] = change
        except (RefusedInput, ValueError, TypeError, OverflowError, AttributeError) as problem:
            unusable.append(f"{name}, event {_title(event)!r}: {' '.join(str(problem).split())}")
        if len(changes) > OCCURRENCES_MAX:
            raise RefusedInput(f"{name}: more than {OCCURRENCES_MAX:,} occurrences; right would be a smaller calendar")
    return Read(tuple(sorted(changes.values(), key=lambda one: (one.start_us, one.id))), tuple(unusable))


def check_calendar(data: bytes, name: str) -> None:
    """Look whether a file is a calendar, whatever its events say; they are told when they are used.

    Raises: RefusedInput when this is no calendar, or too large a one.
    """
    _events(data, name)


def _events(data: bytes, name: str) -> list[Event]:
    if len(data) > CALENDAR_BYTES_MAX:
        raise RefusedInput(f"{name} has {len(data):,} bytes; right would be at most {CALENDAR_BYTES_MAX:,}")
    try:
        calendars = Calendar.from_ical(data.decode(), multiple=True)
    except (ValueError, IndexError, KeyError) as problem:
        said = "it is not in UTF-8" if isinstance(problem, UnicodeDecodeError) else " ".join(str(problem).split())
        raise RefusedInput(f"{name} is no iCalendar file ({said[:200]}); right would be BEGIN:VCALENDAR ...") from None
    if not calendars or any(one.name != "VCALENDAR" for one in calendars):
        raise RefusedInput(f"{name} is no iCalendar file; right would be one that begins with BEGIN:VCALENDAR")
    events = [event for calendar in calendars for event in calendar.walk("VEVENT") if isinstance(event, Event)]
    if len(events) > EVENTS_MAX:
        raise RefusedInput(f"{name} holds {len(events):,} events; right would be at most {EVENTS_MAX:,}")
    if (recurring := sum("RRULE" in event for event in events)) > RECURRING_MAX:
        raise RefusedInput(f"{name}: {recurring:,} events recur; right would be at most {RECURRING_MAX:,}")
    return events


def _occurrences(event: Event, zone: tzinfo, *, start_us: int, end_us: int) -> Iterator[_Occurrence]:
    """Yield when an event takes place within [start_us, end_us)."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    first, last = _instant(event.start, zone), _instant(event.end, zone)
    length = last - first
    if not timedelta(0) < length <= _LONGEST:
        raise RefusedInput(f"it lasts {length}; right would be more than nothing and at most {_LONGEST.days} days")
    left_out = {_instant(one, zone) for one in _listed(event, "EXDATE")}
    starts = [first, *(_instant(one, zone) for one in _listed(event, "RDATE"))]
    for rule in _rules(event):
        starts += _recurring(rule, first, length, start_us=start_us, end_us=end_us)
    for start in dict.fromkeys(starts):
        if start not in left_out and to_micros(start) < end_us and to_micros(start + length) > start_us:
            yield _Occurrence(event, start, start + length)


def _recurring(rule: vRecur, first: datetime, length: timedelta, *, start_us: int, end_us: int) -> Iterator[datetime]:
    """Yield the starts of a series that touch [start_us, end_us), by the clock on the wall."""
    parts = {str(key).upper(): value for key, value in rule.items()}
    often = str(parts["FREQ"][0]).upper()
    strange = sorted(set(parts) - _RULES.get(often, frozenset()))
    if strange or int(parts.get("INTERVAL", [1])[0]) < 1:
        said = "FREQ=" + often if often not in _RULES else f"{strange[0]} with FREQ={often}" if strange else "INTERVAL"
        raise RefusedInput(f"its recurrence ({said}) is none of changes; right would be daily, weekly, monthly, yearly")
    zone = first.tzinfo
    until = _instant(parts.pop("UNTIL")[0], zone, day_ends=True) if "UNTIL" in parts else None
    written = ";".join(f"{key}={','.join(str(value) for value in values)}" for key, values in parts.items())
    series = rrulestr(written, dtstart=first.replace(tzinfo=None))
    for wall in takewhile(lambda wall: to_micros(wall.replace(tzinfo=zone)) < end_us, series):
        start = wall.replace(tzinfo=zone)
        if until is not None and start > until:
            return
        if to_micros(start + length) > start_us:
            yield start


def _change(one: _Occurrence, name: str, understood: Understood, *, operator: str) -> PlannedChange:
    event = one.event
    words = [str(event.get(key, "")) for key in ("SUMMARY", "LOCATION")]
    words += [str(category) for category in _categories(event)]
    text = " · ".join(" ".join(word.split()) for word in (*words, str(event.get("DESCRIPTION", ""))) if word.strip())
    start_us = to_micros(one.start)
    # The place has a field of its own, and what that says goes before what the title may mean.
    region = understood.region(words[1]) if words[1] else None
    return PlannedChange(
        id=f"{name[:60]}/{blake2b(_uid(event).encode(), digest_size=8).hexdigest()}/{start_us}",
        operator=understood.operator(text[:_TEXT_CHARS_MAX]) or operator,
        start_us=start_us,
        end_us=to_micros(one.end),
        region=region or understood.region(text[:_TEXT_CHARS_MAX]),
        text=text[:_TEXT_CHARS_MAX],
    )


def _instant(value: date, zone: tzinfo | None, *, day_ends: bool = False) -> datetime:
    """Return an aware moment: a day is its midnight (or its end) in `zone`, a time without zone is in `zone`."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time.max if day_ends else time.min, tzinfo=zone)
    return value if value.tzinfo is not None else value.replace(tzinfo=zone)


def _listed(event: Event, key: str) -> Iterator[date]:
    """Yield the moments of a property that lists them, and may stand several times."""
    found = event.get(key, [])
    for one in found if isinstance(found, list) else [found]:
        for moment in one.dts:
            # A period is a start with an end, and its length is the event's here.
            yield moment.dt[0] if isinstance(moment.dt, tuple) else moment.dt


def _rules(event: Event) -> Sequence[vRecur]:
    found = event.get("RRULE", [])
    return found if isinstance(found, list) else [found]


def _categories(event: Component) -> list[object]:
    found = event.get("CATEGORIES")
    return list(getattr(found, "cats", []))


def _is_moved(event: Event) -> bool:
    return "RECURRENCE-ID" in event


def _uid(event: Event) -> str:
    return str(event.get("UID", "")) or f"{_title(event)}/{event.get('DTSTART', '')}"


def _title(event: Event) -> str:
    return " ".join(str(event.get("SUMMARY", "")).split())[:80]
