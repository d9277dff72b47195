"""The objects of the Statuspage v2 wire format, field by field; a value that is missing is null, unless said otherwise.

Source: public descriptions and captures of the read interface; docs/statuspage.md lists what was learnt from them.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Indicator = Literal["none", "minor", "major", "critical", "maintenance"]
ComponentStatus = Literal["operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"]
Impact = Literal["none", "minor", "major", "critical", "maintenance"]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Whose page it is, and when anything on it last changed."""

    id: str
    name: str
    url: str
    time_zone: str
    updated_at: str


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with all of it, as a word for machines and a sentence."""

    indicator: Indicator
    description: str


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """A service of an operator, or as a group the operator; only a group has `components`."""

    id: str
    page_id: str
    name: str
    status: ComponentStatus
    created_at: str
    updated_at: str
    position: int
    description: str | None = None
    showcase: bool = False
    only_show_if_degraded: bool = False
    start_date: str | None = None
    group_id: str | None = None
    group: bool = False
    components: list[str] | msgspec.UnsetType = msgspec.UNSET


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """A component that an update names, with its status before and after; they may be equal."""

    code: str
    name: str
    old_status: ComponentStatus
    new_status: ComponentStatus


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """One word of an incident or a maintenance."""

    id: str
    incident_id: str
    status: str
    body: str
    created_at: str
    updated_at: str
    display_at: str
    affected_components: list[Affected] | None = None
    deliver_notifications: bool = True
    custom_tweet: None = None
    tweet_id: None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What incidents and maintenances have in common."""

    id: str
    page_id: str
    name: str
    status: str
    impact: Impact
    shortlink: str
    created_at: str
    updated_at: str
    started_at: str
    monitoring_at: str | None
    resolved_at: str | None
    incident_updates: list[Update]
    components: list[Component]


class IncidentShape(Event, frozen=True, kw_only=True):
    """An incident; only of one whose review is published there is a `postmortem_body`, and since when."""

    reminder_intervals: None = None
    postmortem_body: str | msgspec.UnsetType = msgspec.UNSET
    postmortem_published_at: str | msgspec.UnsetType = msgspec.UNSET


class MaintenanceShape(Event, frozen=True, kw_only=True):
    """Planned work with its window."""

    scheduled_for: str
    scheduled_until: str
