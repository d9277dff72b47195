"""A whole desk with an outage that is over, and small tables of an operator: what credits are worked out from."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from desk_here import desk_here

from pulih.adapters.data_folder import DataFolder
from pulih.model import entry
from pulih.model.actor import Actor
from pulih.model.incident import Incident
from pulih.model.person import Person
from pulih.model.scope import Scope
from pulih.ports.credit_desk import CreditPress, Preview, PreviewOrder, Scenario, Told
from pulih.serve.clocks import WorldClock
from pulih.serve.credit_work import preview, told_as
from pulih.serve.desk import Desk
from pulih.serve.storage import settings_of

DEWI = Actor("dewi", "duty")
CITRA = Actor("citra", "approver")
AYU = Person(name="ayu", role="admin")
MINUTE_US = 60_000_000
MIN = timedelta(minutes=1)
PASSWORD = "hujan sore di bogor"
SETTINGS = """[desk]
operators = ["smartfren"]
[credit]
subscribers = "subscribers.parquet"
presence = "presence.parquet"
[site]
on = false
"""
JAKARTA = Scope(operator="smartfren", service="mobile_data", region="31", symptom="no_internet")
EVERYTHING = Scope(operator="smartfren", service="any", region="36")
# Ids, plan, segment, monthly fee in sen, home. The last is not hit.
SUBSCRIBERS = (
    (1, "Nonstop 50", "residential", 5_000_000, "31.74"),
    (2, "Nonstop 50", "residential", 5_000_000, "31.71"),
    (3, "Kuota 100", "residential", 10_000_000, "31.74.06"),
    (4, "Bisnis 300", "business", 30_000_000, "36.03"),
    (5, "Nonstop 50", "residential", 5_000_000, "51.71"),
)
_TIME = pa.timestamp("us", tz="UTC")


def write_tables(folder: Path, now: datetime) -> None:
    """Write the operator's tables: subscriber 3 was in Jakarta, and left it after half the outage."""
    columns = ("subscriber_id", "plan_id", "segment", "monthly_fee_minor", "home_region")
    rows = [{**dict(zip(columns, one, strict=True)), "currency": "IDR", "payment": "prepaid"} for one in SUBSCRIBERS]
    presence = [
        {"subscriber_id": 3, "region": "31.74", "start": now - 600 * MIN, "end": now - 120 * MIN},
        {"subscriber_id": 3, "region": "51.71", "start": now - 120 * MIN, "end": now},
    ]
    schema = pa.schema([("subscriber_id", pa.int64()), ("region", pa.string()), ("start", _TIME), ("end", _TIME)])
    pq.write_table(pa.Table.from_pylist(rows), folder / "subscribers.parquet")
    pq.write_table(pa.Table.from_pylist(presence, schema=schema), folder / "presence.parquet")
    for file in folder.glob("*.parquet"):
        file.chmod(0o600)


class ThreadPress:
    """Works previews out in a thread of the test's own process, which takes a tenth of the time of a new one."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def begin(self, order: PreviewOrder, told: Callable[[Told], None]) -> None:
        def work() -> None:
            told(told_as(preview(order, told), order))

        self._thread = threading.Thread(target=work, daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Nothing: it is over soon."""

    def close(self) -> None:
        if self._thread is not None:
            self._thread.join(20)


@contextmanager
def credit_desk(home: Path, *, settings: str = SETTINGS, press: CreditPress | None = None) -> Iterator[Desk]:
    """Run a whole desk over a folder; the tables are written when they are not there."""
    if not (home / "pulih.toml").exists():
        (home / "pulih.toml").write_text(settings)
        (home / "pulih.toml").chmod(0o600)
        write_tables(home, datetime.now(UTC))
    with DataFolder(home / "data") as folder:
        desk = desk_here(folder, settings_of(home / "data", home / "pulih.toml"), WorldClock(), press=press)
        desk.start()
        try:
            yield desk
        finally:
            desk.stop()


def with_people(desk: Desk) -> None:
    """Add ayu (admin), citra (approver), dewi (duty)."""
    first = desk.people.first_link()
    assert first is not None
    desk.people.accept(first, "ayu", PASSWORD)
    for name, role in (("citra", "approver"), ("dewi", "duty")):
        desk.people.accept(desk.people.add(name, role, by=AYU), "", PASSWORD)  # type: ignore[arg-type]


def did(desk: Desk, incident: Incident, *facts: entry.Fact, actor: Actor = DEWI) -> Incident:
    """Let somebody act, one act after the other."""
    for fact in facts:
        incident = desk.incidents.act(incident.id, fact, actor=actor, version=incident.version, reason="Ya")
    return incident


def outage(desk: Desk, *scopes: Scope, restored: bool = True, minutes: int = 240) -> Incident:
    """Return an outage of mobile data in Jakarta that began so long ago, confirmed and, unless not, restored."""
    onset_us = (time.time_ns() // 1_000) - minutes * MINUTE_US
    opened = entry.Opened(operator="smartfren", onset_us=onset_us, scopes=scopes or (JAKARTA,))
    incident = did(desk, desk.incidents.open(opened, actor=DEWI, reason="Alarm"), entry.Confirmed())
    return did(desk, incident, entry.ClaimedFixed(), entry.Restored(overrides=True)) if restored else incident


def until(true: Callable[[], bool], *, seconds: float = 60.0) -> None:
    """Wait for something to become so."""
    end_s = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end_s, "It did not become so in time."
        time.sleep(0.02)


def previewed(desk: Desk, incident: Incident, *scenarios: Scenario) -> Preview:
    """Preview scenarios, idn-default when none is named, and wait for the end."""
    desk.credits.begin(incident.id, scenarios or (Scenario("idn-default"),), actor=DEWI)
    until(lambda: (found := desk.credits.preview(incident.id)) is not None and found.told.state != "running")
    found = desk.credits.preview(incident.id)
    assert found is not None
    return found
