"""Recovery on the running desk, joined: incidents, levels of reports, single reports, operators and regions."""

from __future__ import annotations

from pulih.adapters.config import DeskSettings
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.ports.clock import Clock
from pulih.serve.chat_asking import asked_in
from pulih.serve.knowledge import Known
from pulih.service.incidents import Incidents
from pulih.service.live.desk import LiveDesk
from pulih.service.recovery import Recoveries
from pulih.service.recovery_view import RecoveryView


def recoveries_of(
    settings: DeskSettings, known: Known, live: LiveDesk, signals: SqlSignalStore, *, incidents: Incidents, clock: Clock
) -> Recoveries:
    """Return what judges the end of incidents.

    Args:
        settings: of the desk.
        known: operators and regions.
        live: levels of reports, and what is usual.
        signals: single reports.
        incidents: of the desk.
        clock: the desk's.
    """
    view = RecoveryView(live, signals, known.catalogue, known.gazetteer, asked=asked_in(settings))
    return Recoveries(incidents, view, clock)
