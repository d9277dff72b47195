"""Usefulness of sources on the running desk, joined: what was heard, incidents, and the verdicts that it weighs."""

from __future__ import annotations

from sqlalchemy import Engine

from pulih.adapters.sql.spoke_store import SqlSpokeStore
from pulih.ports.clock import Clock
from pulih.ports.live import SignalStore
from pulih.serve.knowledge import Known
from pulih.service.incidents import Incidents
from pulih.service.live.desk import LiveDesk
from pulih.service.speaking import Speaking
from pulih.service.usefulness import Usefulness


def usefulness_of(
    desk: Engine, signals: SignalStore, known: Known, *, live: LiveDesk, incidents: Incidents, clock: Clock
) -> Usefulness:
    """Return what knows the worth of sources; from now on verdicts of the live desk are weighed by it.

    Args:
        desk: the desk's database.
        signals: what was heard.
        known: operators.
        live, incidents, clock: the desk's.
    """
    speaking = Speaking(
        signals, network_of=known.catalogue.network_of, members=known.catalogue.on_network, afar=live.afar
    )
    found = Usefulness(SqlSpokeStore(desk), speaking, incidents, clock)
    live.weigh_by(found.of, found.carriers)
    return found
