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
from typing import Any, Final

import msgspec
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from icalendar import Calendar, Component, Event, vRecur
from icalendar.timezone import tzp

from pulih.adapters.calendar_zones import check_zone
from pulih.model.clock import DAY_S, MICROS, to_micros
from pulih.model.errors import RefusedInput
from pulih.ports.live import PlannedChange

CALENDAR_BYTES_MAX: Final = 4 << 20
EVENTS_MAX: Final = 10_000
RECURRING_MAX: Final = 500
OCCURRENCES_MAX: Final = 20_000
# Days, weeks, months or years that are walked through for all series of a calendar together: some seconds of work.
STEPS_MAX: Final = 500_000
# So many are walked through, to the end of all years, for a series that never comes.
_STEPS_IN_VAIN: Final = 150_000
_STEP_DAYS: Final = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
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


# What an event can be wrong in, whatever stands in it.
_UNUSABLE: Final = (RefusedInput, ValueError, TypeError, OverflowError, AttributeError, LookupError)


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
    """One time an event takes place."""

    start: datetime
    end: datetime


class _Effort:
    """What may still be walked through for the series of one calendar."""

    def __init__(self) -> None:
        self._left = STEPS_MAX

    def take(self, steps: int) -> None:
        """Take steps; raise RefusedInput when there are not so many left."""
        self._left -= steps
        if self._left < 0:
            raise RefusedInput(
                "the series of this calendar take too long to work out; right would be fewer of them, or later begins"
            )


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
    unusable: list[str] = []
    moved = _moved(events, zone, lambda event, why: unusable.append(_told(name, event, why)))
    span, effort = (now_us - BACK_US, now_us + AHEAD_US), _Effort()
    changes: dict[str, PlannedChange] = {}
    for event in events:
        try:
            whole: PlannedChange | None = None
            for one in _occurrences(event, zone, span, effort):
                if _is_moved(event) or (_uid(event), one.start) not in moved:
                    # Every occurrence has the words of its event, and looking for places in them takes longest.
                    whole = whole or _meant(event, name, understood, operator=operator)
                    change = _at(one, whole)
                    changes[change.id] = change
        except _UNUSABLE as problem:
            unusable.append(_told(name, event, problem))
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
        # What another calendar calls a zone is nothing to this one, and zones would be kept for ever.
        tzp.use_default()
        calendars = Calendar.from_ical(data.decode(), multiple=True)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as problem:
        said = "it is not in UTF-8" if isinstance(problem, UnicodeDecodeError) else " ".join(str(problem).split())
        raise RefusedInput(f"{name} is no iCalendar file ({said[:200]}); right would be BEGIN:VCALENDAR ...") from None
    if not calendars or any(one.name != "VCALENDAR" for one in calendars):
        raise RefusedInput(f"{name} is no iCalendar file; right would be one that begins with BEGIN:VCALENDAR")
    for zone in (zone for calendar in calendars for zone in calendar.walk("VTIMEZONE")):
        check_zone(zone, name)
    events = [event for calendar in calendars for event in calendar.walk("VEVENT") if isinstance(event, Event)]
    if len(events) > EVENTS_MAX:
        raise RefusedInput(f"{name} holds {len(events):,} events; right would be at most {EVENTS_MAX:,}")
    if (recurring := sum("RRULE" in event for event in events)) > RECURRING_MAX:
        raise RefusedInput(f"{name}: {recurring:,} events recur; right would be at most {RECURRING_MAX:,}")
    return events


def _moved(
    events: Sequence[Event], zone: tzinfo, wrong: Callable[[Event, Exception], object]
) -> set[tuple[str, datetime]]:
    """Return which occurrences of which series stand elsewhere; `wrong` is told of events that do not say it."""
    found = set()
    for event in events:
        try:
            if _is_moved(event):
                found.add((_uid(event), _instant(event.decoded("RECURRENCE-ID"), zone)))
        except _UNUSABLE as problem:
            wrong(event, problem)
    return found


def _occurrences(event: Event, zone: tzinfo, span: tuple[int, int], effort: _Effort) -> Iterator[_Occurrence]:
    """Yield when an event takes place within a span of time, its end excluded."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    first, last = _instant(event.start, zone), _instant(event.end, zone)
    length = last - first
    if not timedelta(0) < length <= _LONGEST:
        raise RefusedInput(f"it lasts {length}; right would be more than nothing and at most {_LONGEST.days} days")
    left_out = {_instant(one, zone) for one in _listed(event, "EXDATE")}
    starts = [first, *(_instant(one, zone) for one in _listed(event, "RDATE"))]
    for rule in _rules(event):
        starts += _recurring(rule, (first, length), span, effort)
    for start in dict.fromkeys(starts):
        if start not in left_out and to_micros(start) < span[1] and to_micros(start + length) > span[0]:
            yield _Occurrence(start, start + length)


def _recurring(
    rule: vRecur, event: tuple[datetime, timedelta], span: tuple[int, int], effort: _Effort
) -> Iterator[datetime]:
    """Yield the starts of a series that touch a span of time, by the clock on the wall.

    Args:
        rule: of the series.
        event: the first start, and how long each lasts.
        span: from when until when, microseconds since 1970 UTC.
        effort: of the calendar.
    """
    first, length = event
    parts, often = _parts(rule)
    zone = first.tzinfo
    until = _instant(parts.pop("UNTIL")[0], zone, day_ends=True) if "UNTIL" in parts else None
    written = ";".join(f"{key}={','.join(str(value) for value in values)}" for key, values in parts.items())
    days = max(0, span[1] - to_micros(first)) // (DAY_S * MICROS)
    effort.take(1 + days // (_STEP_DAYS[often] * int(parts.get("INTERVAL", [1])[0])))
    came = 0
    for wall in rrulestr(written, dtstart=first.replace(tzinfo=None)):
        came += 1
        start = wall.replace(tzinfo=zone)
        if to_micros(start) >= span[1] or (until is not None and start > until):
            return
        if to_micros(start + length) > span[0]:
            yield start
    if came < int(parts.get("COUNT", [came + 1])[0]):
        effort.take(_STEPS_IN_VAIN)
        raise RefusedInput("its recurrence never comes; right would be days that there are")


def _parts(rule: vRecur) -> tuple[dict[str, Any], str]:
    """Return what a rule says, and how often it recurs; raise RefusedInput when calendars of changes have none such."""
    parts = {str(key).upper(): value for key, value in rule.items()}
    often = str(parts["FREQ"][0]).upper()
    strange = sorted(set(parts) - _RULES.get(often, frozenset()))
    if strange or int(parts.get("INTERVAL", [1])[0]) < 1:
        said = "FREQ=" + often if often not in _RULES else f"{strange[0]} with FREQ={often}" if strange else "INTERVAL"
        raise RefusedInput(f"its recurrence ({said}) is none of changes; right would be daily, weekly, monthly, yearly")
    return parts, often


def _meant(event: Event, name: str, understood: Understood, *, operator: str) -> PlannedChange:
    """Return what an event says, without a time; its id is that of its series."""
    words = [str(event.get(key, "")) for key in ("SUMMARY", "LOCATION")]
    words += [str(category) for category in _categories(event)]
    text = " · ".join(" ".join(word.split()) for word in (*words, str(event.get("DESCRIPTION", ""))) if word.strip())
    # The place has a field of its own, and what that says goes before what the title may mean.
    region = understood.region(words[1]) if words[1] else None
    return PlannedChange(
        id=f"{name[:60]}/{blake2b(_uid(event).encode(), digest_size=8).hexdigest()}",
        operator=understood.operator(text[:_TEXT_CHARS_MAX]) or operator,
        start_us=0,
        end_us=0,
        region=region or understood.region(text[:_TEXT_CHARS_MAX]),
        text=text[:_TEXT_CHARS_MAX],
    )


def _at(one: _Occurrence, whole: PlannedChange) -> PlannedChange:
    start_us = to_micros(one.start)
    return msgspec.structs.replace(whole, id=f"{whole.id}/{start_us}", start_us=start_us, end_us=to_micros(one.end))


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


def _told(name: str, event: Event, why: Exception) -> str:
    return f"{name}, event {_title(event)!r}: {' '.join(str(why).split()) or type(why).__name__}"


def _title(event: Event) -> str:
    return " ".join(str(event.get("SUMMARY", "")).split())[:80]
