"""The documents of the Statuspage v2 read interface, by path: what badges and exporters ask of a status page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from pulih.communicate.edition import Edition, changed_us, created_us
from pulih.communicate.speech import Pair
from pulih.communicate.statuspage.components import Shelf, is_outage, shelf_of, status_at
from pulih.communicate.statuspage.events import incident_shape, maintenance_shape
from pulih.communicate.statuspage.ids import page_id
from pulih.communicate.statuspage.shapes import IncidentShape, Indicator, MaintenanceShape, Page, Status
from pulih.communicate.turns import doubted

# Documents list so many at most.
LISTED_MAX: Final = 50
OVER: Final = ("resolved", "postmortem")
Name = Literal[
    "summary",
    "status",
    "components",
    "incidents",
    "incidents/unresolved",
    "scheduled-maintenances",
    "scheduled-maintenances/upcoming",
    "scheduled-maintenances/active",
]
PATHS: Final[Mapping[Name, str]] = {
    "summary": "api/v2/summary.json",
    "status": "api/v2/status.json",
    "components": "api/v2/components.json",
    "incidents": "api/v2/incidents.json",
    "incidents/unresolved": "api/v2/incidents/unresolved.json",
    "scheduled-maintenances": "api/v2/scheduled-maintenances.json",
    "scheduled-maintenances/upcoming": "api/v2/scheduled-maintenances/upcoming.json",
    "scheduled-maintenances/active": "api/v2/scheduled-maintenances/active.json",
}

_RANK: Final[tuple[Indicator, ...]] = ("none", "maintenance", "minor", "major", "critical")
_SENTENCES: Final[Mapping[Indicator, Pair]] = {
    "none": ("Semua layanan berjalan normal", "All Systems Operational"),
    "minor": ("Sebagian layanan terganggu ringan", "Minor Service Outage"),
    "major": ("Sebagian layanan terganggu", "Partial System Outage"),
    "critical": ("Gangguan besar", "Major Service Outage"),
    "maintenance": ("Sedang ada pemeliharaan terencana", "Service Under Maintenance"),
}
# Who cannot know that all is well does not say so.
_NOTHING_CONFIRMED: Final[Pair] = ("Tidak ada gangguan yang dikonfirmasi", "No confirmed outages")
_DOUBTED: Final[Pair] = (
    "Gangguan yang dinyatakan pulih mungkin belum selesai",
    "An outage that was called restored may not be over",
)


def documents(edition: Edition) -> Mapping[str, bytes]:
    """Return all documents of one language, by path below the site's root.

    Args:
        edition: what the public may know.

    Returns: path ("api/v2/status.json", English "en/api/v2/status.json") to JSON.
    """
    shelf = shelf_of(edition)
    page, status = _page(edition), _status(edition)
    incidents = _incidents(edition, shelf)
    unresolved = [one for one in incidents if one.status not in OVER]
    works = _works(edition, shelf)
    ahead = [one for one in works if one.status == "scheduled"]
    active = [one for one in works if one.status in {"in_progress", "verifying"}]
    components = list(shelf.components)
    contents: Mapping[Name, Mapping[str, object]] = {
        "summary": {
            "page": page,
            "components": components,
            "incidents": unresolved,
            "scheduled_maintenances": [*active, *ahead],
            "status": status,
        },
        "status": {"page": page, "status": status},
        "components": {"page": page, "components": components},
        "incidents": {"page": page, "incidents": incidents[:LISTED_MAX]},
        "incidents/unresolved": {"page": page, "incidents": unresolved},
        "scheduled-maintenances": {"page": page, "scheduled_maintenances": works[:LISTED_MAX]},
        "scheduled-maintenances/upcoming": {"page": page, "scheduled_maintenances": ahead},
        "scheduled-maintenances/active": {"page": page, "scheduled_maintenances": active},
    }
    prefix = edition.prefix.removeprefix("/")
    return {f"{prefix}/{path}" if prefix else path: msgspec.json.encode(contents[name]) for name, path in PATHS.items()}


def _page(edition: Edition) -> Page:
    return Page(
        id=page_id("page", edition.host),
        name=edition.bulletin.desk,
        url=f"{edition.address}{edition.prefix}",
        time_zone=edition.bulletin.zone,
        updated_at=edition.instant(changed_us(edition.bulletin), timespec="milliseconds"),
    )


def _status(edition: Edition) -> Status:
    bulletin = edition.bulletin
    found: list[Indicator] = ["none"]
    for one in bulletin.current:
        if not is_outage(one) or status_at(one.stage, one.severity) == "operational":
            continue
        found.append("minor" if one.stage == "monitoring" else one.severity)
    found += ["maintenance" for work in bulletin.works if work.state in {"in_progress", "verifying"}]
    indicator = max(found, key=_RANK.index)
    surely = bulletin.mode == "operator" and bulletin.heard and not bulletin.current
    sentence = _NOTHING_CONFIRMED if indicator == "none" and not surely else _SENTENCES[indicator]
    if indicator == "none" and doubted(bulletin):
        # Reports that nobody confirmed change no component, and yet nobody may say that all is well.
        sentence = _DOUBTED
    return Status(indicator=indicator, description=edition.pick(sentence))


def _incidents(edition: Edition, shelf: Shelf) -> list[IncidentShape]:
    """Return those that go on and the latest that are over, newest first."""
    bulletin = edition.bulletin
    known = sorted((*bulletin.current, *bulletin.past[:LISTED_MAX]), key=lambda one: (-created_us(one), one.id))
    return [incident_shape(edition, shelf, one) for one in known]


def _works(edition: Edition, shelf: Shelf) -> list[MaintenanceShape]:
    known = sorted(edition.bulletin.works, key=lambda one: (-(one.announced_us or one.start_us), one.id))
    return [maintenance_shape(edition, shelf, one) for one in known]
