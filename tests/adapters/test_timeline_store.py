"""One contract for the store of the timeline, in memory, on SQLite and on a real PostgreSQL; and the key beside it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from timeline_in_memory import TimelineInMemory

from pulih.adapters.backup import back_up, restore
from pulih.adapters.data_folder import DataFolder, Layout
from pulih.adapters.sql.engine import open_engine
from pulih.adapters.sql.timeline_store import SqlTimelineStore
from pulih.adapters.sql.upgrading import upgrade
from pulih.adapters.timeline_key import timeline_key
from pulih.model.errors import OutsideFailed, RefusedInput, StaleVersion
from pulih.ports.timeline import Head, KeptLeaf, TimelineStore

LEAVES = [KeptLeaf(0, "a", b"one"), KeptLeaf(1, "b", b"two \xe2\x80\x94"), KeptLeaf(2, "a", b"three")]


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TimelineStore]:
    if request.param == "memory":
        yield TimelineInMemory()
        return
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else f"sqlite:///{tmp_path}/desk.db"
    engine = open_engine(url, "desk")
    upgrade(engine, "desk")
    yield SqlTimelineStore(engine)
    engine.dispose()


def test_leaves_and_heads_come_back_as_they_were_kept(store: TimelineStore) -> None:
    assert (store.head(), store.leaves(0, 9)) == (None, [])
    store.append(LEAVES[:2], Head(2, b"r" * 32, 1_759_461_120_000_000))
    store.append(LEAVES[2:], Head(3, b"s" * 32, 1_759_461_120_000_001))
    assert store.leaves(0, 9) == LEAVES
    assert store.leaves(1, 2) == LEAVES[1:2]
    assert store.of("a") == [LEAVES[0], LEAVES[2]]
    assert store.head() == Head(3, b"s" * 32, 1_759_461_120_000_001)


def test_a_number_is_written_once_and_a_refused_growth_leaves_nothing_behind(store: TimelineStore) -> None:
    store.append(LEAVES[:2], Head(2, b"r" * 32, 1))
    with pytest.raises(StaleVersion):
        store.append([KeptLeaf(1, "b", b"other"), KeptLeaf(2, "b", b"more")], Head(3, b"t" * 32, 2))
    assert store.leaves(0, 9) == LEAVES[:2]
    assert store.head() == Head(2, b"r" * 32, 1)


def test_cosignatures_are_kept_below_their_head_once_each(store: TimelineStore) -> None:
    store.append(LEAVES[:1], Head(1, b"r" * 32, 1))
    store.cosign(1, ["— one AAAA\n"])
    store.cosign(1, ["— one AAAA\n", "— two BBBB\n"])
    store.cosign(7, ["— three CCCC\n"])
    assert store.head() == Head(1, b"r" * 32, 1, ("— one AAAA\n", "— two BBBB\n"))


def test_a_leaf_that_somebody_changed_by_hand_is_read_as_it_stands(tmp_path: Path) -> None:
    """SQLite keeps a text where a text is put; a desk must start all the same, and say what is wrong."""
    engine = open_engine(f"sqlite:///{tmp_path}/desk.db", "desk")
    upgrade(engine, "desk")
    kept = SqlTimelineStore(engine)
    kept.append(LEAVES[:1], Head(1, b"r" * 32, 1))
    with engine.begin() as connection:
        connection.execute(text("UPDATE timeline_leaves SET body = 'other'"))
    assert kept.leaves(0, 1) == [KeptLeaf(0, "a", b"other")]
    engine.dispose()


def test_the_key_is_made_once_closed_to_others_and_named_after_the_desk(tmp_path: Path) -> None:
    path = tmp_path / "timeline.key"
    key = timeline_key(path, address="https://gangguan.example.id")
    assert key.name == "gangguan.example.id/tlog"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert timeline_key(path, address="https://elsewhere.example.id") == key
    assert timeline_key(tmp_path / "other.key", address="").name.startswith("pulih-")


def test_a_key_that_others_may_read_or_that_is_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "timeline.key"
    secret = timeline_key(path, address="").text()
    path.chmod(0o640)
    with pytest.raises(OutsideFailed, match=r"chmod 600"):
        timeline_key(path, address="")
    path.chmod(0o600)
    path.write_text(secret[:-5])
    with pytest.raises(RefusedInput) as told:
        timeline_key(path, address="")
    assert secret[-20:-5] not in str(told.value)


def test_a_backup_brings_the_key_back(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "desk") as folder:
        key = timeline_key(folder.layout.timeline_key, address="")
        back_up(folder.layout, tmp_path / "backup", version="1", now_us=0)
    restore(tmp_path / "backup", tmp_path / "restored")
    assert timeline_key(Layout(tmp_path / "restored").timeline_key, address="") == key
