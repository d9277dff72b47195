"""Lets out statements whose time has come, as a second person scheduled; what no longer holds stays in, and says so.

The desk does it once a minute. Between scheduling and letting out, the incident may have moved on: a statement that is
ahead of it, promises a time that has passed, or names times that facts have overtaken, is not published. Its schedule
is taken back, with the reason on the timeline, and people decide anew.
"""

from __future__ import annotations

from typing import Final

from pulih.model.actor import THE_DESK
from pulih.model.entry import NoticePublished, NoticeScheduled
from pulih.model.errors import ForbiddenMove, RefusedInput, StaleVersion
from pulih.model.incident import Incident
from pulih.model.notice import Notice
from pulih.service.incidents import Incidents

# Incidents among which something may be scheduled; a word about one that is over is said within days.
_CURRENT_MAX: Final = 1_000
_PAST_MAX: Final = 100


def release(incidents: Incidents, now_us: int) -> list[str]:
    """Publish what is due, and return a sentence for each statement that could not be.

    Args:
        incidents: the desk's.
        now_us: the present, microseconds since 1970 UTC.

    Raises: OutsideFailed when nothing could be written; it is tried again the next time.
    """
    told: list[str] = []
    for incident in (*incidents.current(_CURRENT_MAX), *incidents.past(_PAST_MAX)):
        for notice in _due(incident, now_us):
            told += _let_out(incidents, incident.id, notice)
    return told


def _due(incident: Incident, now_us: int) -> list[Notice]:
    scheduled = [one for one in incident.notices if one.state == "drafted" and one.publish_at_us is not None]
    due = [one for one in scheduled if (one.publish_at_us or 0) <= now_us]
    return sorted(due, key=lambda one: one.publish_at_us or 0)


def _let_out(incidents: Incidents, incident_id: str, notice: Notice) -> list[str]:
    incident = incidents.get(incident_id)
    if incident is None:
        return []
    try:
        fact = NoticePublished(notice=notice.id)
        incidents.act(incident_id, fact, actor=THE_DESK, version=incident.version)
    except StaleVersion:
        # Somebody acted in this very moment; the next minute looks again.
        return []
    except (ForbiddenMove, RefusedInput) as refused:
        reason = (
            f"Kabar {notice.id} tidak terbit sesuai jadwal karena keadaan sudah berubah; periksa lalu putuskan lagi.\n"
            f"Statement {notice.id} was not published as scheduled: {_first_line(refused)}"
        )
        taken_back = NoticeScheduled(notice=notice.id, at_us=None)
        incidents.act(incident_id, taken_back, actor=THE_DESK, version=incident.version, reason=reason)
        return [f"{incident_id}: statement {notice.id} was not published as scheduled: {_first_line(refused)}"]
    return []


def _first_line(refused: Exception) -> str:
    return str(refused).partition(" Allowed to ")[0].replace("\n", " ")
