"""Reports that wait for their window take little memory, and no more of them wait than may while windows are closed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import msgspec
from database_here import database_in
from hypothesis import given, settings
from hypothesis import strategies as st
from journal_in_memory import MemoryJournal, MemoryLedger, MemorySnapshots, SetClock, line, post
from live_world import SECOND_US, START_US, TUNING, complaints, fold, heard, report

from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.listen.acceptance import Acceptor
from pulih.model.reading import Reading
from pulih.ports.live import Text
from pulih.service.live.fold import Fold
from pulih.service.live.heard import Ears, Heard
from pulih.service.live.looking import Looks
from pulih.service.live.pipeline import Pipeline, Rooms
from pulih.service.live.waiting import Waiting
from pulih.service.live.watching import Watch
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue

MINUTE_US = 60 * SECOND_US


def ten_seconds(seed: int, many: int) -> list[Heard]:
    """Return so many reports said within ten seconds, in no order."""
    chance = Random(seed)
    moments = [START_US + chance.randrange(10 * SECOND_US) for _ in range(many)]
    readings = [report("alpha", "31.74") for _ in moments]
    return [
        heard(1, n, (at_us, f"id{n:06d}", one)) for n, (at_us, one) in enumerate(zip(moments, readings, strict=True))
    ]


@settings(max_examples=5)
@given(st.integers(0, 1000), st.integers(1, 3_000))
def test_what_waited_comes_back_whole_in_the_order_of_its_moments(seed: int, many: int) -> None:
    told = ten_seconds(seed, many)
    waiting = Waiting()
    for one in told:
        waiting.put(START_US, one)
    in_order = sorted(told, key=lambda one: (one.signal.at_us, one.signal.native_id))
    assert Waiting.of(waiting.saved()).pop(START_US, many) == (in_order, True)
    assert waiting.pop(START_US, many) == (in_order, True)
    assert waiting.held_bytes == 0


def test_of_a_window_that_is_being_counted_what_is_left_still_speaks() -> None:
    waiting = Waiting()
    for one in ten_seconds(2, 3_000):
        waiting.put(START_US, one)
    waiting.put(START_US + MINUTE_US, heard(2, 0, (START_US + MINUTE_US, "later", report("beta", "31.74"))))
    taken, last = waiting.pop(START_US, 500)
    assert not last
    left = {(one.window_us, one.operator): one.reports for one in waiting.speaking()}
    assert left == {(START_US, "alpha"): 3_000 - len(taken), (START_US + MINUTE_US, "beta"): 1}
    waiting.pop(START_US, 3_000)
    assert [one.operator for one in waiting.speaking()] == ["beta"]


def test_many_reports_take_a_third_of_their_packed_size_at_most() -> None:
    told = ten_seconds(1, 5_000)
    waiting = Waiting()
    for one in told:
        waiting.put(START_US, one)
    assert 0 < waiting.held_bytes < len(msgspec.msgpack.encode(told)) / 3


def test_a_snapshot_of_before_whose_reports_wait_unsqueezed_is_taken_alike() -> None:
    told = [heard(1, number, one) for number, one in enumerate(complaints(3, days=1))]
    plain = Waiting.of({START_US: told})
    squeezed = Waiting.of(plain.saved())
    assert squeezed.speaking() == plain.speaking()
    assert squeezed.pop(START_US, 10_000) == plain.pop(START_US, 10_000)


@dataclass
class Noting:
    """Readers that note how much waits whenever texts are read."""

    state: Fold
    held_bytes: list[int] = field(default_factory=list)

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        self.held_bytes.append(self.state.waiting_bytes)
        return [report("alpha", "31.74") for _ in texts]

    def begin(self, texts: Sequence[Text]) -> Callable[[], list[Reading]]:
        return lambda: self.read(texts)


def test_a_desk_that_is_far_behind_leaves_in_the_journal_what_may_not_wait(tmp_path: Path) -> None:
    engine = database_in(tmp_path / "desk.db")
    store = SqlSignalStore(engine)
    state, journal, ledger, most = fold(), MemoryJournal(), MemoryLedger(), 100_000
    readers = Noting(state)
    ears = Ears(Acceptor({}, frozenset()), b"k" * 32, readers, Catalogue(()), Gazetteer("ID", ()))
    rooms = Rooms(journal, ledger, ears, store, MemorySnapshots(), SetClock())
    watch = Watch(state, Looks(store, lambda _: None), str, TUNING)
    pipeline = Pipeline(rooms, state, watch, threading.RLock(), waiting_bytes_max=most)
    for minute in range(40):
        at_us = START_US + minute * MINUTE_US
        post(
            journal,
            ledger,
            [line(f"{minute} {n}", at_us + n, f"mati total {n}", author=f"{n}") for n in range(300)],
            at_us,
        )
    pipeline.advance(START_US + 50 * MINUTE_US)
    assert len(readers.held_bytes) > 2
    assert max(readers.held_bytes) < most
    assert state.tally.columns(["alpha"]).signals.sum() == 12_000
