"""Reads the incidents that credits are asked for: a parsed JSON file becomes windows in whole microseconds of UTC.

A time without an offset could be off by hours and an unknown zone by days, so both are refused. Keys that other
systems add are left alone, unless they look like a misspelt one of ours. Source: docs/credit.md, "Incidents".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pulih.compensate.checked_keys import INT64_MAX, Keys, shown
from pulih.compensate.outages import EPOCH, CreditIncident, Window, in_order
from pulih.model.errors import RefusedInput

_MICROSECOND = timedelta(microseconds=1)
_FINER_THAN_MICROSECONDS = re.compile(r"[.,]\d{6}\d*[1-9]", re.ASCII)
_YEARS = range(1900, 9999)
# Files beside the zones of a machine that mean what its owner set: the same incident would pay otherwise elsewhere.
_NO_PLACES = frozenset({"localtime", "posixrules"})


def read_incidents(content: object) -> tuple[CreditIncident, ...]:
    """Check the incidents of a file and put them in the order in which they are worked out.

    Args:
        content: what a JSON parser gave: one incident, or {"incidents": [...]}.

    Returns: the incidents; windows that end before they begin are left out.
    Raises: RefusedInput, naming the incident and the key.

    >>> read_incidents({"id": "A", "zone": "Asia/Jakarta", "windows": [{"region": "31", "service": "data",
    ...     "start": "2025-10-03T10:00:00", "end": "2025-10-03T11:00:00+07:00"}]})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    pulih.model.errors.RefusedInput: incident A: windows 1: start = '2025-10-03T10:00:00'; the offset is missing...
    """
    keys = Keys(content, "incident")
    if "incidents" in keys and "windows" in keys:
        raise RefusedInput("incident: windows and incidents stand side by side; write one incident, or a list of them.")
    listed = keys.tables("incidents") if "incidents" in keys else iter((keys,))
    incidents = tuple(_read_incident(one) for one in listed)
    _check_ids(incidents)
    return in_order(incidents)


def instant_us(text: str) -> int:
    """A written instant in microseconds since 1970 UTC.

    Args:
        text: ISO 8601 with an offset or Z, up to microseconds, of the years 1900 to 9998.

    Raises: ValueError, saying what would be right.

    >>> instant_us("1970-01-01T07:00:00.000001+07:00")
    1
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a time of ISO 8601 belongs here, such as 2025-10-03T10:00:00+07:00") from None
    if at.tzinfo is None:
        raise ValueError("the offset is missing; write +07:00 or Z after the time")
    if _FINER_THAN_MICROSECONDS.search(text):
        raise ValueError("microseconds are the finest; six digits after the point at most")
    if at.year not in _YEARS:
        raise ValueError(f"a year from {_YEARS.start} to {_YEARS.stop - 1} belongs here")
    return (at - EPOCH) // _MICROSECOND


def _read_incident(keys: Keys) -> CreditIncident:
    id_ = keys.text("id")
    keys.where = f"incident {id_}"
    windows = (_read_window(one) for one in keys.tables("windows"))
    incident = CreditIncident(
        id=id_,
        zone=_zone(keys),
        operator=keys.note("operator"),
        windows=tuple(sorted({window for window in windows if window.start_us < window.end_us})),
        excluded=_excluded(keys),
        cause=keys.note("cause") if "cause" in keys and keys.anything("cause") is not None else None,
        attributes=_attributes(keys.table("attributes")) if "attributes" in keys else {},
        supersedes=keys.texts("supersedes") or (),
    )
    keys.finish_with_company()
    return incident


def _read_window(keys: Keys) -> Window:
    window = Window(keys.text("region"), keys.text("service"), _instant(keys, "start"), _instant(keys, "end"))
    keys.finish_with_company()
    return window


def _instant(keys: Keys, key: str) -> int:
    try:
        return instant_us(keys.text(key))
    except ValueError as wrong:
        raise keys.refuse(key, str(wrong)) from None


def _zone(keys: Keys) -> str:
    name = keys.text("zone")
    try:
        if name in _NO_PLACES:
            raise ValueError(name)
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise keys.refuse("zone", "this zone is unknown; an IANA name belongs here, such as Asia/Jakarta") from None
    return name


def _excluded(keys: Keys) -> bool:
    value = keys.anything("excluded") if "excluded" in keys else False
    if not isinstance(value, bool):
        raise keys.refuse("excluded", "true or false belongs here")
    return value


def _attributes(keys: Keys) -> dict[str, int]:
    attributes: dict[str, int] = {}
    for name, value in keys.items():
        if type(value) is not int or abs(value) > INT64_MAX:
            raise keys.refuse(name, "a whole number that fits 64 bits belongs here")
        attributes[name] = value
    return attributes


def _check_ids(incidents: Iterable[CreditIncident]) -> None:
    """Refuse an id given twice, one that supersedes an id of the file, and one superseded twice."""
    ids: set[str] = set()
    for incident in incidents:
        if incident.id in ids:
            raise RefusedInput(f"incident {incident.id}: this id stands in the file twice; each incident has its own.")
        ids.add(incident.id)
    taken: dict[str, str] = {}
    for incident in incidents:
        for earlier in incident.supersedes:
            where = f"incident {incident.id}: supersedes {shown(earlier)}"
            if earlier in ids:
                raise RefusedInput(f"{where}, which is in this file; only earlier incidents can be superseded.")
            if earlier in taken:
                raise RefusedInput(
                    f"{where}, as incident {taken[earlier]} does; one incident takes its place, not two."
                )
            taken[earlier] = incident.id
