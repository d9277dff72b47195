"""Reads the public history of another status page in this format; what it leaves out or adds is no reason to refuse it.

Source: as `shapes`; readers take both `Z` and offsets, and `display_at` may be null.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from pulih.model.clock import to_micros
from pulih.model.errors import RefusedInput

HISTORY_BYTES_MAX: Final = 16 << 20


class HeardUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """One word of another page."""

    status: str
    body: str | None = ""
    created_at: datetime | None = None
    display_at: datetime | None = None

    @property
    def at_us(self) -> int | None:
        """When it was said, None where the page does not tell."""
        at = self.display_at or self.created_at
        return None if at is None or at.tzinfo is None else to_micros(at)


class HeardComponent(msgspec.Struct, frozen=True):
    """A component that was hit, by name."""

    name: str


class HeardIncident(msgspec.Struct, frozen=True, kw_only=True):
    """An incident of another page."""

    id: str
    name: str
    status: str
    created_at: datetime
    impact: str | None = "none"
    started_at: datetime | None = None
    resolved_at: datetime | None = None
    shortlink: str | None = ""
    incident_updates: list[HeardUpdate] = []
    components: list[HeardComponent] | None = None


class HeardPage(msgspec.Struct, frozen=True):
    """Whose page it is."""

    name: str = ""
    url: str = ""


class History(msgspec.Struct, frozen=True):
    """The document `incidents.json`."""

    page: HeardPage
    incidents: list[HeardIncident]


def read_history(document: bytes, name: str) -> History:
    """Return what a document `incidents.json` holds.

    Args:
        document: JSON.
        name: where it came from, for the refusal.

    Raises: RefusedInput when it is none, or too large.

    >>> read_history(b'{"page": {"name": "X"}, "incidents": []}', "x.json").page.name
    'X'
    """
    if len(document) > HISTORY_BYTES_MAX:
        raise RefusedInput(f"{name} has {len(document):,} bytes; right would be at most {HISTORY_BYTES_MAX:,}.")
    try:
        history = msgspec.json.decode(document, type=History)
    except msgspec.MsgspecError as error:
        raise RefusedInput(f"{name} is no incidents.json of a status page ({error}); see docs/statuspage.md.") from None
    for one in history.incidents:
        if any(at is not None and at.tzinfo is None for at in (one.created_at, one.started_at, one.resolved_at)):
            raise RefusedInput(f"{name}, incident {one.id[:40]!r}: a time has no offset; right would be +07:00 or Z.")
    return history
