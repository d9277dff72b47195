"""A whole desk listens by itself: it hears each thing once, and forgets what was taken back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import made_up_source
import paid_source
import pytest
from desk_here import desk_here
from installed_sources import installed
from listening_in_memory import wait_for

from pulih.adapters.config import DeskSettings, ReadingTable, SiteTable
from pulih.adapters.config.source_tables import SourceTable
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.sql.listening_store import SqlListeningStore
from pulih.listen.payload import PayloadReader
from pulih.ports.intake import SourceCount
from pulih.serve.clocks import WorldClock
from pulih.serve.desk import Desk
from pulih.serve.storage import Storage
from pulih.service.listening.spending import Spent


@pytest.fixture(autouse=True)
def kinds(tmp_path: Path) -> Iterator[None]:
    """Let the kinds of the tests be found."""
    with installed(tmp_path / "packages"):
        yield


def counted(desk: Desk, source: str) -> SourceCount:
    found = {one.source: one for one in desk.live.sources()}.get(source)
    return SourceCount(source) if found is None else SourceCount(source, found.heard, found.counted, 0, found.repeated)


def say(*texts: str) -> None:
    for text in texts:
        asyncio.run(made_up_source.PEER.say(text))


def greet(desk: Desk) -> SourceCount:
    """Say something now and then until the desk hears it; return what it heard of that."""
    for number in range(1_000):
        say(f"halo{number}")
        time.sleep(0.02)
        if counted(desk, "lists").counted:
            break
    said = len(made_up_source.PEER.log)
    wait_for(lambda: desk._storage.ledger.cursor("lists") == str(said), 60)
    return counted(desk, "lists")


def test_a_desk_hears_each_thing_once_forgets_what_was_taken_back_and_keeps_to_its_budget(tmp_path: Path) -> None:
    (tmp_path / "x.token").write_text("s3cr3t")
    lists = SourceTable(name="lists", kind="made-up", own=made_up_source.MadeUpSettings())
    own = paid_source.PaidSettings(token_file="x.token")
    paid = SourceTable(name="paid", kind="paid", budget=2.2, own=own, folder=tmp_path)
    settings = DeskSettings(source=(lists, paid), reading=ReadingTable(workers=1), site=SiteTable(on=False))
    with DataFolder(tmp_path / "desk") as folder:
        desk = desk_here(folder, settings, WorldClock())
        desk.start()
        wait_for(lambda: desk.listening.one("paid").standing.state == "spent", 60)
        assert counted(desk, "paid") == SourceCount("paid", 4, 4)
        assert desk.listening.one("paid").spent == Spent(micros=2_000_000, budget_micros=2_200_000)
        first = greet(desk).counted
        say("mati1", "mati2", "mati1")
        asyncio.run(made_up_source.PEER.delete("mati2"))
        wait_for(lambda: counted(desk, "lists") == SourceCount("lists", first + 3, first + 2, 0, 1), 60)
        key = PayloadReader(folder.secret).key("lists", "mati2")
        wait_for(lambda: key in SqlListeningStore(desk._storage.desk).forgotten(), 60)
        desk.stop()
        storage = Storage(folder.layout, settings)
        assert storage.ledger.cursor("lists") == str(len(made_up_source.PEER.log))
        assert SqlListeningStore(storage.desk).pasts()["lists"].item_us is not None
        storage.close()
    kept = b"".join(path.read_bytes() for path in (tmp_path / "desk").rglob("*") if path.is_file())
    assert b"s3cr3t" not in kept
