"""Storage: where a desk keeps things, as its settings and its data folder say: two databases and the journal."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from pulih.adapters.config import DeskSettings, read_config
from pulih.adapters.data_folder import Layout, running_process
from pulih.adapters.journal.disk import Disk
from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import SegmentJournal
from pulih.adapters.sources.kinds import kind_of
from pulih.adapters.sql.alone import Alone
from pulih.adapters.sql.engine import open_engine, sqlite_url
from pulih.adapters.sql.ledger import SqlLedger
from pulih.adapters.sql.schema import Role
from pulih.adapters.sql.upgrading import shape, upgrade
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.web.api.health import Check, storage_check

CONFIG = "pulih.toml"
_STARTING_S: Final = 5.0
_AGAIN_S: Final = 0.1


def settings_of(data: Path, config: Path | None, *, only_source: str = "") -> DeskSettings:
    """Return the settings of a file, else those of the data folder's own, else what holds without any.

    With `only_source`, faults of other sources are passed over, and those sources may be missing.

    Raises: RefusedInput with all faults of the file.
    """
    own = data / CONFIG
    if config is None and not own.is_file():
        return DeskSettings()
    return read_config(config or own, kind_of, only_source=only_source)


def open_storage(layout: Layout, settings: DeskSettings, role: Role) -> Engine:
    """Return the engine of a database that has today's shape.

    Raises: RefusedInput when the settings name none that can be used; OutsideFailed.
    """
    engine = _engine(layout, settings, role)
    upgrade(engine, role)
    return engine


def open_beside(layout: Layout, settings: DeskSettings, role: Role) -> Engine:
    """Return the engine of a database that has today's shape, for a command beside a desk that runs or not.

    Raises: as `open_storage`; ForbiddenMove when the desk runs with the shape of an older version.
    """
    engine = _engine(layout, settings, role)
    until = time.monotonic() + _STARTING_S
    # A desk that starts with this version brings it to today's shape itself.
    while shape(engine, role) == "older" and (process := running_process(layout)) is not None:
        if time.monotonic() < until:
            time.sleep(_AGAIN_S)
            continue
        engine.dispose()
        raise ForbiddenMove(
            f"--data {layout.root}: its desk runs (process {process}) in an older version of Pulih, and this one would "
            "change the database under it. Upgrade the desk first (docs/operate.md), or use the older version."
        )
    upgrade(engine, role)
    return engine


def open_as_it_is(layout: Layout, settings: DeskSettings, role: Role) -> Engine | None:
    """Return the engine of a database, None when there is none; nothing is made or changed.

    Raises: RefusedInput when it has the shape of another version; OutsideFailed.
    """
    if not settings.storage.database and not _path(layout, role).exists():
        return None
    engine = _engine(layout, settings, role)
    found = shape(engine, role)
    if found == "today":
        return engine
    engine.dispose()
    if found == "none":
        return None
    raise RefusedInput(
        f"--data {layout.root}: the {role} database has the shape of an older version of Pulih. Right would be that "
        "version, or to start the desk with this one first; nothing was changed."
    )


class Storage:
    """The databases and the journal of a running desk, open until `close`.

    Args:
        layout: of its data folder.
        settings: its settings.
        disk: how the journal is written; as this machine does when None.

    Raises: RefusedInput when the settings name a database that cannot be used; ForbiddenMove when another desk uses it;
        OutsideFailed.

    Attributes:
        alone: keeps the databases for this desk.
    """

    def __init__(self, layout: Layout, settings: DeskSettings, disk: Disk | None = None) -> None:
        self.intake, self.desk = _engine(layout, settings, "intake"), _engine(layout, settings, "desk")
        try:
            # Before anything is changed: the other may be of an older version.
            self.alone = Alone([self.desk, self.intake])
            upgrade(self.intake, "intake")
            upgrade(self.desk, "desk")
        except BaseException:
            self.intake.dispose()
            self.desk.dispose()
            raise
        self.ledger = SqlLedger(self.intake)
        self.keys = DayKeys(layout.keys, disk or Disk())
        self.journal = SegmentJournal(layout.journal, self.keys, ledger_at=self.ledger.position(), disk=disk)

    def check(self, trouble: Callable[[], str]) -> Check:
        """Return the check that reports can be kept; `trouble` says why the last commit failed."""
        return storage_check(trouble, self.journal.try_disk, room=self.journal.check_room)

    def close(self) -> None:
        """Let go of all."""
        self.journal.close()
        self.intake.dispose()
        self.desk.dispose()
        self.alone.let_go()


def _engine(layout: Layout, settings: DeskSettings, role: Role) -> Engine:
    return open_engine(_address(settings) or sqlite_url(_path(layout, role)), role)


def _path(layout: Layout, role: Role) -> Path:
    return layout.desk_db if role == "desk" else layout.intake_db


def _address(settings: DeskSettings) -> str:
    storage = settings.storage
    if not storage.database or storage.database_password_file is None:
        return storage.database
    try:
        password = storage.database_password_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise RefusedInput(
            f"{storage.database_password_file}: the password cannot be read ({error.strerror}); give a readable file."
        ) from None
    return make_url(storage.database).set(password=password).render_as_string(hide_password=False)
