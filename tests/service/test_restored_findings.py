"""A desk that was restored from a backup finds what the desk that went on finds (requirement P2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from database_here import database_in
from live_world import SECOND_US, complaints, fold, framed

from pulih.adapters.backup import back_up, restore
from pulih.adapters.data_folder import DataFolder, Layout
from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import SegmentJournal
from pulih.adapters.sql.ledger import SqlLedger
from pulih.listen.payload import PayloadReader, report_of
from pulih.model.clock import iso
from pulih.ports.intake import Frame as KeptFrame
from pulih.ports.intake import Keyed
from pulih.service.live.fold import Fold, Frame
from pulih.service.live.heard import Heard

LONG_US = 2 * 3600 * SECOND_US
SNAPSHOT = "state"


@contextmanager
def _intake(layout: Layout) -> Iterator[tuple[SegmentJournal, SqlLedger, PayloadReader]]:
    """Open journal and ledger of a folder, and take in what the ledger lacks, as the desk does at its start."""
    engine = database_in(layout.intake_db, "intake")
    ledger, reader = SqlLedger(engine), PayloadReader(layout.secret.read_bytes())
    journal = SegmentJournal(layout.journal, DayKeys(layout.keys), ledger_at=ledger.position())
    for frame in journal.frames(ledger.position()):
        _accept(ledger, reader, frame)
    try:
        yield journal, ledger, reader
    finally:
        journal.close()
        engine.dispose()


def _accept(ledger: SqlLedger, reader: PayloadReader, frame: KeptFrame) -> None:
    keyed = [Keyed(one.key, one.source) for line in frame.reports for one in reader.one(line, frame.received_us).heard]
    ledger.accept(frame.number, keyed, [], at_us=frame.received_us)


def _hear(layout: Layout, frames: Sequence[Frame], *, settled: int) -> None:
    """Write frames as the intake does; the ledger is on the disk up to frame number `settled`."""
    with _intake(layout) as (journal, ledger, reader):
        for frame in frames:
            lines = tuple(
                msgspec.json.encode(
                    {"id": one.signal.native_id, "source": "form", "at": iso(one.signal.at_us), "text": one.signal.text}
                )
                for one in frame.heard
            )
            number = journal.append(lines, frame.received_us)
            _accept(ledger, reader, KeptFrame(number, frame.received_us, lines))
            if number == settled:
                ledger.settle()


def _folded(layout: Layout, world: dict[str, tuple[int, Heard]], state: Fold) -> Fold:
    """Add up what of a folder's journal lies behind `state`, with the readings of the world."""
    with _intake(layout) as (journal, ledger, _):
        counted = {one.frame: one.counted for one in ledger.accepted(0, 100_000)}
        for kept in journal.frames(state.frame):
            reports = [(position, report_of(kept.reports[position])) for position in counted[kept.number]]
            heard = tuple(
                Heard(kept.number, position, world[report.id][1].signal, world[report.id][1].reading)
                for position, report in reports
            )
            list(state.take(Frame(kept.number, kept.received_us, heard)))
    return state


def _ended(state: Fold) -> Fold:
    list(state.close(state.received_us + LONG_US))
    state.settle()
    return state


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_restored_desk_finds_what_the_undisturbed_one_finds(tmp_path: Path, seed: int) -> None:
    """A snapshot, a ledger behind the journal, a backup, a fire; the rest is heard by the restored desk."""
    frames = [frame for frame in framed(complaints(seed, days=2), seed) if frame.heard]
    world = {one.signal.native_id: (frame.received_us, one) for frame in frames for one in frame.heard}
    half, most = len(frames) // 2, len(frames) * 4 // 5
    with DataFolder(tmp_path / "whole") as folder:
        _hear(folder.layout, frames, settled=len(frames))
        whole = _ended(_folded(folder.layout, world, fold()))
    with DataFolder(tmp_path / "burnt") as folder:
        _hear(folder.layout, frames[:half], settled=half)
        saved = _folded(folder.layout, world, fold()).to_bytes()
        (folder.layout.snapshot / SNAPSHOT).write_bytes(saved)
        _hear(folder.layout, frames[half:most], settled=(half + most) // 2)
        back_up(folder.layout, tmp_path / "b.tar.zst", version="1", now_us=0)
    restore(tmp_path / "b.tar.zst", tmp_path / "restored")
    with DataFolder(tmp_path / "restored") as folder:
        state = fold()
        state.restore((folder.layout.snapshot / SNAPSHOT).read_bytes())
        assert state.frame == half
        _hear(folder.layout, frames[most:], settled=len(frames))
        again = _ended(_folded(folder.layout, world, state))
    assert {name: scan.rises() for name, scan in again.scans.items()} == {
        name: scan.rises() for name, scan in whole.scans.items()
    }
    assert any(scan.rises() for scan in whole.scans.values())
    assert again.to_bytes() == whole.to_bytes()
