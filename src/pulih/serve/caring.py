"""Caring: what agents are answered from, joined: incidents, readers, the operator's own list of subscribers."""

from __future__ import annotations

from pulih.adapters.config import DeskSettings
from pulih.adapters.subscriber_lines import read_lines
from pulih.ports.clock import Clock
from pulih.ports.live import Readers
from pulih.serve.knowledge import Known
from pulih.service.care import Care
from pulih.service.incidents import Incidents


def care_of(
    settings: DeskSettings, known: Known, incidents: Incidents, *, readers: Readers, clock: Clock, key: bytes
) -> Care:
    """Return what answers agents.

    Args:
        settings: of the desk.
        known: operators and regions.
        incidents: of the desk.
        readers: read texts.
        clock: the desk's.
        key: with which subscriber numbers are digested.

    Raises: RefusedInput when the list of subscribers cannot be used; OutsideFailed when the disk fails.
    """
    file = settings.care.subscribers_file
    return Care(
        incidents,
        readers,
        clock,
        find_region=known.gazetteer.find_code,
        handles=known.catalogue.handles(),
        lines=None
        if file is None
        else read_lines(str(file), gazetteer=known.gazetteer, catalogue=known.catalogue, key=key),
        address=(settings.site.address or settings.server.address).rstrip("/") if settings.site.on else "",
    )
