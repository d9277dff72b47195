"""A whole desk is the same on SQLite and on PostgreSQL: findings, incidents, counters (requirement P1)."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from desk_here import desk_here
from intake_in_memory import SetClock
from simulated_streams import FIRST_DAY, Outage, quiet_stream, with_outages
from sqlalchemy import text

from pulih.adapters.config import DeskSettings, DeskTable, ReadingTable, SiteTable, StorageTable
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.sql.engine import writing
from pulih.adapters.sql.upgrading import shape, version_table
from pulih.listen.payload import PayloadReader
from pulih.model.clock import MICROS, iso, to_micros
from pulih.model.errors import ForbiddenMove
from pulih.model.finding import Finding
from pulih.model.incident import Incident
from pulih.ports.intake import SourceCount
from pulih.serve.desk import Desk
from pulih.serve.storage import Storage
from pulih.serve.tokens import create_token

BEGAN = FIRST_DAY + timedelta(days=2, hours=12)
# Reports of so long are heard together, soon enough to count in their windows.
TOGETHER_US = 900 * MICROS
BEGAN_US = to_micros(BEGAN.astimezone(UTC))
Kept = tuple[list[Finding], list[Incident], SourceCount]


def told() -> list[tuple[int, str]]:
    """Return moments and texts of three days, with an outage on the last."""
    quiet = quiet_stream("Smartfren", per_day=40, weeks=1, seed=5)
    hit = Outage(BEGAN, timedelta(hours=1), 40.0, "Jakarta Selatan")
    until = to_micros((BEGAN + timedelta(hours=3)).astimezone(UTC))
    stream = with_outages(quiet, "Smartfren", per_day=40, outages=[hit], seed=5)
    moments = [(to_micros(at.astimezone(UTC)), text) for at, text in stream]
    return [one for one in moments if one[0] < until]


def counted_until(desk: Desk, at_us: int) -> None:
    """Wait until a desk has counted all that was accepted, and closed the windows that were over at a moment."""
    until = datetime.now(UTC) + timedelta(seconds=60)
    while desk.counted_until_us() < at_us:
        assert datetime.now(UTC) < until
        time.sleep(0.02)


def heard_by_a_desk(folder: Path, database: str) -> Kept:
    """Return what a desk on that database found in `told`, each report heard within a quarter of an hour."""
    stream = told()
    clock = SetClock(stream[0][0])
    settings = DeskSettings(
        desk=DeskTable(operators=("smartfren",)),
        storage=StorageTable(database=database),
        reading=ReadingTable(workers=1),
        site=SiteTable(on=False),
    )
    with DataFolder(folder) as opened:
        desk, reader = desk_here(opened, settings, clock), PayloadReader(opened.secret)
        desk.start()
        try:
            for _, group in groupby(enumerate(stream), key=lambda one: one[1][0] // TOGETHER_US):
                together = list(group)
                # An incident bears the moment at which the desk opened it, so from the outage on the clock stands still
                # until all that came is counted: what is found must not hang on how fast the machine is.
                if clock.at_us >= BEGAN_US:
                    counted_until(desk, clock.at_us)
                clock.at_us = together[-1][1][0]
                for number, (at_us, text) in together:
                    said = {"id": f"{number}", "source": "uji", "at": iso(at_us), "text": text}
                    desk.accepting.accept(reader.one(json.dumps(said).encode(), clock.at_us))
            counted_until(desk, clock.at_us)
            clock.at_us += 1800 * MICROS
            counted_until(desk, clock.at_us)
            found = sorted(desk.live.findings(open_only=False), key=lambda one: one.id)
            incidents = [*desk.incidents.current(), *desk.incidents.past()]
            return found, incidents, desk.live.counters()
        finally:
            desk.stop()


def test_two_desks_on_one_postgresql_are_refused_until_the_first_is_gone(tmp_path: Path, postgres_url: str) -> None:
    """Each has a folder of its own, as the standby and a backup that is tried out have."""
    settings = DeskSettings(storage=StorageTable(database=postgres_url))
    with DataFolder(tmp_path / "one") as one, DataFolder(tmp_path / "two") as two:
        first = Storage(one.layout, settings)
        with writing(first.desk) as connection:
            connection.execute(text(f"DELETE FROM {version_table('desk')} WHERE version_num = 'works_0001'"))
        with pytest.raises(ForbiddenMove, match=r"Another desk has the database postgresql.*Stop that one"):
            Storage(two.layout, settings)
        assert shape(first.desk, "desk") == "older", "a desk that is refused changes nothing"
        with writing(first.desk) as connection:
            connection.execute(text(f"INSERT INTO {version_table('desk')} VALUES ('works_0001')"))
        assert create_token(tmp_path / "one", _settings(tmp_path, postgres_url), role="source", name="tickets")
        first.close()
        second = Storage(two.layout, settings)
        with writing(second.desk) as connection:
            # As after the machine of a desk was lost: the server ends what it hears nothing of.
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            connection.execute(text(f"{others} AND datname = current_database()"))
        Storage(one.layout, settings).close()
        second.close()


def _settings(folder: Path, database: str) -> Path:
    path = folder / "pulih.toml"
    path.write_text(f'[storage]\ndatabase = "{database}"\n')
    return path


def test_a_desk_on_postgresql_finds_what_one_on_sqlite_finds(tmp_path: Path, postgres_url: str) -> None:
    found, incidents, counters = heard_by_a_desk(tmp_path / "one", "")
    assert found
    assert all(one.alarm_us > BEGAN_US for one in found), "in the quiet days the clock ran ahead of the counting"
    assert incidents
    assert counters.heard == counters.counted == len(told())
    assert heard_by_a_desk(tmp_path / "two", postgres_url) == (found, incidents, counters)
