"""The incidents that credits are worked out for: when which service was down where, in whole microseconds.

`incident_file.read_incidents` reads them; here stand what they are, their order, and which of them and of the clauses
count. Source: docs/credit.md, "Which incidents and clauses count".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from pulih.compensate.clauses import Clause, Policy

IncidentStatus = Literal["no_time", "excluded", "policy_not_in_force", "evaluated"]
ClauseStatus = Literal["no_time", "excluded", "policy_not_in_force", "not_in_force", "requirement_not_met", "evaluated"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Window(msgspec.Struct, frozen=True, order=True):
    """A service ("*": every one) was down in a region ("*": everywhere) in [start_us, end_us), microseconds UTC."""

    region: str
    service: str
    start_us: int
    end_us: int


class CreditIncident(msgspec.Struct, frozen=True, kw_only=True):
    """One outage as credits see it.

    Attributes:
        zone: IANA name; local days, months and dates of the incident are in it.
        windows: existing ones only (end after start); they may overlap, touch, repeat, nest. Empty: `no_time`.
        attributes: whole numbers by name.
        supersedes: earlier incidents that this one takes the place of; none of the file, none twice in the file.
    """

    id: str
    zone: str
    operator: str = ""
    windows: tuple[Window, ...] = ()
    excluded: bool = False
    cause: str | None = None
    attributes: Mapping[str, int] = {}
    supersedes: tuple[str, ...] = ()


def start_us(incident: CreditIncident) -> int | None:
    """When the incident began: the earliest start of its windows, microseconds UTC; None when it has none."""
    return min((window.start_us for window in incident.windows), default=None)


def start_date(incident: CreditIncident) -> date | None:
    """The local date, in the incident's zone, on which it began; None when it has no window.

    >>> windows = (Window("31", "data", 1_759_510_800_000_000, 1_759_514_400_000_000),)
    >>> start_date(CreditIncident(id="A", zone="Asia/Jakarta", windows=windows))
    datetime.date(2025, 10, 4)
    """
    began_us = start_us(incident)
    return None if began_us is None else local_date(began_us, ZoneInfo(incident.zone))


def local_date(at_us: int, zone: ZoneInfo) -> date:
    """The calendar date in `zone` at an instant, given in microseconds since 1970 UTC."""
    return (EPOCH + timedelta(microseconds=at_us)).astimezone(zone).date()


def in_order(incidents: Iterable[CreditIncident]) -> tuple[CreditIncident, ...]:
    """Incidents in the order in which they are worked out: by start, then id (bytes of UTF-8); without time last."""

    def place(incident: CreditIncident) -> tuple[bool, int, bytes]:
        began_us = start_us(incident)
        return (began_us is None, began_us or 0, incident.id.encode())

    return tuple(sorted(incidents, key=place))


def incident_status(incident: CreditIncident, policy: Policy) -> IncidentStatus:
    """Whether the incident counts under the policy, and if not, the first reason why."""
    began = start_date(incident)
    if began is None:
        return "no_time"
    if incident.excluded or (incident.cause is not None and incident.cause in policy.excluded_causes):
        return "excluded"
    if not _in_force(began, policy.valid_from, policy.valid_to):
        return "policy_not_in_force"
    return "evaluated"


def clause_status(incident: CreditIncident, policy: Policy, clause: Clause) -> ClauseStatus:
    """Whether the clause gives credits for the incident, and if not, the first reason why."""
    status = incident_status(incident, policy)
    began = start_date(incident)
    if status != "evaluated" or began is None:
        return status
    if not _in_force(began, clause.valid_from, clause.valid_to):
        return "not_in_force"
    for required in clause.requires:
        value = incident.attributes.get(required.attribute)
        if value is None or value < required.minimum:
            return "requirement_not_met"
    return "evaluated"


def _in_force(began: date, valid_from: date | None, valid_to: date | None) -> bool:
    return (valid_from is None or began >= valid_from) and (valid_to is None or began < valid_to)
