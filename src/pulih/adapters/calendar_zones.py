"""Zones that a calendar defines by itself: held to what zones are, before anybody asks them what time it is.

A zone says by rules of recurrence when its clocks change. Whoever asks it for an offset walks through all of them, so a
rule that recurs each second would be walked through for years.

Source: RFC 5545, section 3.6.5 (time zone component).
"""

from __future__ import annotations

from typing import Final

from icalendar import Component, vRecur

from pulih.model.errors import RefusedInput

# Clocks of the oldest zones have changed their rules so often since they were set by law.
CHANGES_MAX: Final = 100
DATES_MAX: Final = 1_000
_YEARLY: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY"})


def check_zone(zone: Component, name: str) -> None:
    """Look whether a zone can be meant.

    Args:
        zone: a component VTIMEZONE.
        name: of the calendar.

    Raises: RefusedInput when clocks change otherwise than some times a year.
    """
    changes = zone.subcomponents
    called = f"{name}: the time zone {str(zone.get('TZID', ''))[:80]!r}"
    if len(changes) > CHANGES_MAX:
        raise RefusedInput(f"{called} changes its rules {len(changes):,} times; right would be at most {CHANGES_MAX}")
    for change in changes:
        for rule in _all(change, "RRULE"):
            if not _is_of_zones(rule):
                right = "a rule that recurs yearly, by month and day"
                raise RefusedInput(f"{called} changes its clocks by {str(rule)[:80]}; right would be {right}")
        if sum(len(getattr(one, "dts", ())) for one in _all(change, "RDATE")) > DATES_MAX:
            raise RefusedInput(f"{called} changes its clocks on more than {DATES_MAX:,} dates; right would be fewer")


def _is_of_zones(rule: object) -> bool:
    if not isinstance(rule, vRecur):
        return False
    parts = {str(key).upper(): value for key, value in rule.items()}
    return [str(one).upper() for one in parts.get("FREQ", [])] == ["YEARLY"] and parts.keys() <= _YEARLY


def _all(component: Component, key: str) -> list[object]:
    """Return the values of a property, which may stand once or several times."""
    found = component.get(key, [])
    return list(found) if isinstance(found, list) else [found]
