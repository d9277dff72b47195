"""Incidents and planned works in the Statuspage format, each with all that was said of it, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from pulih.communicate.edition import Edition, Said, created_us, done_us, review_text, work_changed_us
from pulih.communicate.statuspage.components import Shelf, is_outage, scopes_on, status_at
from pulih.communicate.statuspage.ids import page_id
from pulih.communicate.statuspage.shapes import (
    Affected,
    Component,
    ComponentStatus,
    IncidentShape,
    MaintenanceShape,
    Update,
)
from pulih.model.bulletin import PublicIncident, Stage, Work


def incident_shape(edition: Edition, shelf: Shelf, incident: PublicIncident) -> IncidentShape:
    """Return an incident.

    Args:
        edition: what the public may know.
        shelf: the components of the page.
        incident: which one.
    """
    name = page_id("incident", incident.id)
    hit = shelf.hit_by(incident.operator, [scope.service for scope in incident.scopes])
    said, review = edition.said(incident), incident.review
    updates = [
        _update(edition, name, one, _affected(shelf, hit, incident, before=before, stage=_stage(one)))
        for before, one in _with_stage_before(said)
    ]
    return IncidentShape(
        id=name,
        page_id=page_id("page", edition.host),
        name=edition.title(incident),
        status=incident.stage,
        impact=incident.severity if is_outage(incident) else "none",
        shortlink=edition.page_of(incident),
        created_at=_time(edition, created_us(incident)),
        updated_at=_time(edition, max(incident.updated_us, created_us(incident))),
        started_at=_time(edition, incident.onset_us),
        monitoring_at=_time_or_null(edition, incident.monitoring_us),
        resolved_at=_time_or_null(edition, incident.ended_us),
        incident_updates=updates[::-1],
        components=hit,
        postmortem_body=msgspec.UNSET if review is None else edition.pick(review_text(review)),
        postmortem_published_at=msgspec.UNSET if review is None else _time(edition, review.published_us),
    )


def maintenance_shape(edition: Edition, shelf: Shelf, work: Work) -> MaintenanceShape:
    """Return planned work.

    Args:
        edition: what the public may know.
        shelf: the components of the page.
        work: which one.
    """
    name = page_id("work", work.id)
    hit = shelf.hit_by(work.operator, work.services)
    said = edition.work_said(work)
    updates = [_update(edition, name, one, _under_work(shelf, hit, one, before=before)) for before, one in _pairs(said)]
    over_us = work.cancelled_us if work.cancelled_us is not None else done_us(work)
    return MaintenanceShape(
        id=name,
        page_id=page_id("page", edition.host),
        name=edition.work_title(work),
        status=work.state,
        impact="maintenance",
        shortlink=edition.page_of_work(work),
        created_at=_time(edition, said[0].at_us),
        updated_at=_time(edition, work_changed_us(work)),
        started_at=_time(edition, work.start_us),
        monitoring_at=None,
        resolved_at=_time(edition, over_us) if work.state == "completed" else None,
        scheduled_for=_time(edition, work.start_us),
        scheduled_until=_time(edition, work.end_us),
        incident_updates=updates[::-1],
        components=hit,
    )


def _update(edition: Edition, event: str, one: Said, affected: list[Affected]) -> Update:
    return Update(
        # Words have ids, and so do turns; what else the desk says by itself is told apart by its stage.
        id=page_id("update", event, one.word or one.turn or one.stage),
        incident_id=event,
        status=one.stage,
        body=one.text,
        created_at=_time(edition, one.at_us),
        updated_at=_time(edition, one.touched_us),
        display_at=_time(edition, one.at_us),
        affected_components=affected or None,
        deliver_notifications=bool(one.word),
    )


def _stage(one: Said) -> Stage:
    stages: dict[str, Stage] = {
        stage: stage for stage in ("investigating", "identified", "monitoring", "resolved", "postmortem")
    }
    return stages[one.stage]


def _pairs(said: Sequence[Said]) -> Iterator[tuple[Said | None, Said]]:
    if said:
        yield None, said[0]
    yield from pairwise(said)


def _with_stage_before(said: Sequence[Said]) -> Iterator[tuple[Stage | None, Said]]:
    return ((None if before is None else _stage(before), one) for before, one in _pairs(said))


def _affected(
    shelf: Shelf, hit: Sequence[Component], incident: PublicIncident, *, before: Stage | None, stage: Stage
) -> list[Affected]:
    everywhere = any(scope.region is None for scope in scopes_on(incident, incident.operator, None))

    def status(at: Stage | None) -> ComponentStatus:
        if at is None or not is_outage(incident):
            return "operational"
        return status_at(at, incident.severity, everywhere=everywhere)

    return [
        Affected(code=one.id, name=shelf.full_name(one), old_status=status(before), new_status=status(stage))
        for one in hit
    ]


def _under_work(shelf: Shelf, hit: Sequence[Component], one: Said, *, before: Said | None) -> list[Affected]:
    def status(at: Said | None) -> ComponentStatus:
        return "under_maintenance" if at is not None and at.stage in {"in_progress", "verifying"} else "operational"

    return [
        Affected(code=part.id, name=shelf.full_name(part), old_status=status(before), new_status=status(one))
        for part in hit
    ]


def _time(edition: Edition, at_us: int) -> str:
    return edition.instant(at_us, timespec="milliseconds")


def _time_or_null(edition: Edition, at_us: int | None) -> str | None:
    return None if at_us is None else _time(edition, at_us)
