"""Journal repair: what a person is told of damage in a desk's journal, and what is done when they go on without it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TextIO

from sqlalchemy import Engine

from pulih.adapters.data_folder import DataFolder, Layout, known_layout
from pulih.adapters.journal.disk import Disk
from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.salvage import Found, Harm, set_aside, survey
from pulih.adapters.sql.ledger import SqlLedger
from pulih.adapters.sql.people_store import SqlPeopleStore
from pulih.model.person import Deed
from pulih.ports.clock import Clock
from pulih.ports.intake import Accepted
from pulih.serve.storage import open_as_it_is, open_storage, settings_of
from pulih.service.accepting import GROUP_REPORTS_MAX

_BY: Final = "command line"
_HARMED: Final = 1
_RESTORE: Final = "Bring the files back from a backup if you have them. To go on without: pulih repair-journal --data"


def check_journal(data: Path, config: Path | None, out: TextIO) -> int:
    """Tell what is damaged in the journal of a desk, which may run; return 0 without damage, 1 with some.

    Args:
        data: folder of the desk.
        config: its settings, None for those in the folder.
        out: where to say it.

    Raises: RefusedInput; OutsideFailed.
    """
    layout = known_layout(data)
    ledger = _Ledger(open_as_it_is(layout, settings_of(data, config), "intake"))
    try:
        found = _surveyed(layout, ledger)
        harms = [harm for one in found for harm in one.harms]
        out.writelines(f"{ledger.said_of(harm)}\n" for harm in harms)
    finally:
        ledger.close()
    out.write(f"{layout.journal}: no damage found.\n" if not harms else f"{_RESTORE} {data}\n")
    return _HARMED if harms else 0


def repair_journal(data: Path, config: Path | None, out: TextIO, clock: Clock) -> int:
    """Set aside what is damaged in the journal of a stopped desk, say what is lost, and note it in the audit log.

    Args:
        data: folder of the desk.
        config: its settings, None for those in the folder.
        out: where to say it.
        clock: that the audit log is dated by.

    Raises: RefusedInput; ForbiddenMove while the desk runs; OutsideFailed.
    """
    known_layout(data)
    with DataFolder(data) as folder:
        layout = folder.layout
        ledger = _Ledger(open_storage(layout, settings_of(data, config), "intake"))
        desk = open_storage(layout, settings_of(data, config), "desk")
        people = SqlPeopleStore(desk)
        try:
            found = _surveyed(layout, ledger)
            for one in found:
                said = [ledger.said_of(harm) for harm in one.harms]
                aside = set_aside(one, Disk())
                kept = f"The damaged file is kept as {aside}." if aside else "There was no damaged file to keep."
                out.writelines(f"{sentence}\n" for sentence in (*said, kept))
                people.add_deed(
                    Deed(
                        at_us=clock.now_us(),
                        actor=_BY,
                        action="journal_repaired",
                        subject=one.path.name,
                        detail=" ".join((*said, kept)),
                    )
                )
        finally:
            ledger.close()
            desk.dispose()
    out.write("The desk can be started.\n" if found else f"{layout.journal}: no damage found, nothing was changed.\n")
    return 0


def _surveyed(layout: Layout, ledger: _Ledger) -> list[Found]:
    return survey(layout.journal, DayKeys(layout.keys), ledger.position, ledger_from=ledger.begins)


class _Ledger:
    """The ledger of a desk, which knows how many reports counted in a frame that nobody can read any more."""

    def __init__(self, engine: Engine | None) -> None:
        """Know what is in the database of `engine`, nothing without one."""
        self._engine = engine
        self._ledger = SqlLedger(engine) if engine else None
        self.position = self._ledger.position() if self._ledger else 0
        self.begins = next((one.frame for one in self._accepted(0, 1)), 0)

    def close(self) -> None:
        if self._engine:
            self._engine.dispose()

    def said_of(self, harm: Harm) -> str:
        """Return a sentence about damage: where it is, and how many reports are lost at most."""
        where = f"{harm.path}, byte {harm.byte:,}"
        if harm.last < harm.first:
            return f"{where}: damaged, but no frame is lost."
        known = [one for one in self._accepted(harm.first - 1, harm.last - harm.first + 1) if one.frame <= harm.last]
        counted = sum(len(one.counted) for one in known)
        strange = max(0, harm.last - max(harm.first - 1, self.position))
        more = GROUP_REPORTS_MAX if harm.reports is None else min(harm.reports, GROUP_REPORTS_MAX)
        frames = f"frame {harm.first:,}" if harm.first == harm.last else f"frames {harm.first:,} to {harm.last:,}"
        lost = f"{counted:,} reports that were counted have lost their texts"
        beyond = f", and at most {strange * more:,} that were acknowledged and not counted are lost" if strange else ""
        if harm.gone:
            stand = "stands" if harm.first == harm.last else "stand"
            return f"{where}: {frames} {stand} in no file, here or behind; {lost}{beyond}."
        return f"{where}: {frames} cannot be read; {lost}{beyond}."

    def _accepted(self, after: int, limit: int) -> list[Accepted]:
        return self._ledger.accepted(after, limit) if self._ledger else []
