"""A live desk on a temporary database with an outage of simulated complaints, whose process may end at any moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from database_here import database_in
from journal_in_memory import MemoryJournal, MemoryLedger, MemorySnapshots, NoChanges, SetClock, line, post
from simulated_streams import FIRST_DAY, Outage, Told, quiet_stream, with_outages

from pulih.adapters.reading_workers import OneReader
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.listen.payload import PayloadReader
from pulih.main_reading import Knowledge
from pulih.model.clock import HOUR_S, MICROS, to_micros
from pulih.model.finding import Finding
from pulih.ports.files import Wanted
from pulih.ports.live import PlannedChanges, ReadersAhead, Snapshots
from pulih.service.live.desk import LiveDesk, LiveRooms, LiveSettings
from pulih.service.live.forgotten import Forgotten
from pulih.service.view import Verdict

OUTAGE = FIRST_DAY + timedelta(days=5, hours=19)
END_US = to_micros(OUTAGE.astimezone(UTC)) + 5 * HOUR_S * MICROS
READER = PayloadReader(b"k" * 32)
SETTINGS = LiveSettings(bin_s=300, false_alarms_per_week=0.5)
ALL = Wanted(start_us=0, end_us=END_US)


def told_of_an_outage() -> list[Told]:
    """Return a week of small talk with an outage in Jakarta Selatan near its end."""
    quiet = quiet_stream("Smartfren", per_day=40, weeks=1, seed=5)
    hit = Outage(OUTAGE, timedelta(hours=2), 25.0, "Jakarta Selatan")
    return [one for one in with_outages(quiet, "Smartfren", per_day=40, outages=[hit], seed=5) if us(one[0]) < END_US]


class Kept(Snapshots, Protocol):
    """Snapshots that a test looks at."""

    kept: list[tuple[int, bytes]]


class World:
    """A desk on a temporary database, whose process may end at any moment."""

    def __init__(
        self,
        folder: Path,
        knowledge: Knowledge,
        *,
        planned: PlannedChanges | None = None,
        settings: LiveSettings = SETTINGS,
    ) -> None:
        folder.mkdir(exist_ok=True)
        engine = database_in(folder / "desk.db")
        self.journal, self.ledger = MemoryJournal(), MemoryLedger()
        self.snapshots: Kept = MemorySnapshots()
        self.store, self.clock = SqlSignalStore(engine), SetClock()
        self.opened: list[tuple[Finding, Verdict]] = []
        self.cleared: list[Finding] = []
        # What is forgotten, as a database keeps it.
        self.taken_back: dict[int, int] = {}
        self._knowledge = knowledge
        self._planned = planned or NoChanges()
        self._settings = settings
        self.desk = self.start()

    def start(self, readers: ReadersAhead | None = None) -> LiveDesk:
        """Begin a desk as a new process would, with what is kept."""
        rooms = LiveRooms(
            journal=self.journal,
            ledger=self.ledger,
            store=self.store,
            snapshots=self.snapshots,
            readers=readers or OneReader(self._knowledge.reader),
            planned=self._planned,
            clock=self.clock,
            catalogue=self._knowledge.catalogue,
            gazetteer=self._knowledge.gazetteer,
            key=b"k" * 32,
            forgotten=Forgotten(READER.key, ["form"], self.taken_back),
        )
        self.desk = LiveDesk(rooms, self._settings)
        self.desk.on_opened(lambda finding, verdict: self.opened.append((finding, verdict)))
        self.desk.on_cleared(self.cleared.append)
        return self.desk

    def post(self, told: Sequence[Told], first: int) -> None:
        """Post some texts, each received when it was said."""
        for number, (at, text) in enumerate(told, first):
            post(self.journal, self.ledger, [line(f"n{number}", us(at), text, author=f"a{number}")], us(at))

    def post_as(self, author: str, text: str, native_id: str, at_us: int) -> None:
        """Post what somebody said, received when it was said."""
        post(self.journal, self.ledger, [line(native_id, at_us, text, author=author)], at_us)

    def advance(self, now_us: int) -> None:
        self.clock.at_us = now_us
        self.desk.advance(now_us)


def us(at: datetime) -> int:
    """Return a moment in microseconds since 1970 UTC."""
    return to_micros(at.astimezone(UTC))
