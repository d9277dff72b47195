"""Living: the room that counts and finds what is heard now, with all that it is given at this desk."""

from __future__ import annotations

from typing import Final

from pulih.adapters.calendars import holidays_of
from pulih.adapters.config import DeskSettings
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.snapshots import SnapshotFolder
from pulih.adapters.sources.kinds import kind_of
from pulih.main import zone_name
from pulih.ports.clock import Clock
from pulih.ports.live import PlannedChanges, ReadersAhead, SignalStore
from pulih.serve.knowledge import Known
from pulih.serve.listening import forgotten_of
from pulih.serve.storage import Storage
from pulih.service.live.desk import LiveDesk, LiveRooms, LiveSettings

# Width of the windows of the live desk.
BIN_S: Final = 60


def live_of(
    folder: DataFolder,
    settings: DeskSettings,
    storage: Storage,
    known: Known,
    *,
    signals: SignalStore,
    readers: ReadersAhead,
    planned: PlannedChanges,
    clock: Clock,
) -> LiveDesk:
    """Return the live room of a desk.

    Args:
        folder: of the desk; its secret is the key of pseudonyms.
        settings: of the desk.
        storage: journal and ledger, what was accepted.
        known: operators and places.
        signals: where rows are kept.
        readers: read texts.
        planned: what work was announced.
        clock: the desk's.

    Raises: RefusedInput when the newest snapshot is of another version; OutsideFailed when the store cannot be used.
    """
    rooms = LiveRooms(
        journal=storage.journal,
        ledger=storage.ledger,
        store=signals,
        snapshots=SnapshotFolder(folder.layout.snapshot, folder.secret),
        readers=readers,
        planned=planned,
        clock=clock,
        catalogue=known.catalogue,
        gazetteer=known.gazetteer,
        key=folder.secret,
        forgotten=forgotten_of(settings, storage, folder.secret),
    )
    desk = settings.desk
    asked = LiveSettings(
        bin_s=BIN_S,
        false_alarms_per_week=desk.false_alarms_per_week,
        zone=zone_name(desk.zone),
        special=holidays_of(desk.holidays or None),
        afar=frozenset(one.name for one in settings.source if kind_of(one.kind).afar),
    )
    return LiveDesk(rooms, asked)
