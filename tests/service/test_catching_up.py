"""A desk that is killed while it catches up goes on from what it kept on its way, and finds the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from simulated_streams import Outage, Told, quiet_stream, with_outages
from started_desk import END_US, OUTAGE, SETTINGS, World, us

from pulih.adapters.reading_workers import OneReader
from pulih.main_reading import Knowledge, load_knowledge
from pulih.model.errors import OutsideFailed
from pulih.model.reading import Reading
from pulih.ports.live import ReadersAhead, Text
from pulih.service.live.pipeline import FRAMES_AT_ONCE

# Every moment that it may be: no more is spent on it than on all the rest.
OFTEN = msgspec.structs.replace(SETTINGS, catch_up_s=0.0)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="module")
def told() -> list[Told]:
    """Return more than is read at once, three times, with an outage in the last of it."""
    quiet = quiet_stream("Smartfren", per_day=150, weeks=1, seed=5)
    hit = Outage(OUTAGE, timedelta(hours=2), 25.0, "Jakarta Selatan")
    stream = with_outages(quiet, "Smartfren", per_day=150, outages=[hit], seed=5)
    return [one for one in stream if us(one[0]) < END_US]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge, told: list[Told]) -> World:
    """A desk that took everything at once."""
    world = World(tmp_path_factory.mktemp("undisturbed"), knowledge)
    world.post(told, 0)
    world.advance(END_US)
    return world


class Killed(Exception):
    """The process ends here."""


class Killing:
    """Readers in the middle of whose work the process is killed."""

    def __init__(self, inner: ReadersAhead, at: int) -> None:
        self._inner, self._left = inner, at

    def begin(self, texts: Sequence[Text]) -> Callable[[], list[Reading]]:
        def answered() -> list[Reading]:
            self._left -= 1
            if self._left == 0:
                raise Killed
            return self._inner.read(texts)

        return answered

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        return self._inner.read(texts)


def test_killed_in_a_long_catch_up_a_desk_goes_on_from_its_middle_and_finds_the_same(
    tmp_path: Path, knowledge: Knowledge, told: list[Told], undisturbed: World
) -> None:
    assert len(told) > 3 * FRAMES_AT_ONCE
    world = World(tmp_path, knowledge, settings=OFTEN)
    world.start(Killing(OneReader(knowledge.reader), 4))
    world.post(told, 0)
    with pytest.raises(Killed):
        world.advance(END_US)
    assert world.start().position() >= FRAMES_AT_ONCE
    world.advance(END_US)
    assert undisturbed.desk.findings(open_only=False)
    assert world.desk.findings(open_only=False) == undisturbed.desk.findings(open_only=False)
    assert world.store.findings() == undisturbed.store.findings()
    assert [one.id for one, _ in world.opened] == [one.id for one, _ in undisturbed.opened]


class FullOnce:
    """Snapshots on a disk that is full once."""

    def __init__(self) -> None:
        self.kept: list[tuple[int, bytes]] = []
        self.asked = 0

    def save(self, frame: int, state: bytes) -> None:
        self.asked += 1
        if self.asked == 1:
            raise OutsideFailed("the disk is full")
        self.kept.append((frame, state))

    def latest(self) -> tuple[int, bytes] | None:
        return self.kept[-1] if self.kept else None


def test_a_disk_that_takes_no_snapshot_on_the_way_costs_nothing_of_what_was_taken(
    tmp_path: Path, knowledge: Knowledge, told: list[Told], undisturbed: World
) -> None:
    world = World(tmp_path, knowledge, settings=OFTEN)
    world.snapshots = FullOnce()
    world.start()
    world.post(told, 0)
    with pytest.raises(OutsideFailed, match="the disk is full"):
        world.advance(END_US)
    assert world.desk.position() >= FRAMES_AT_ONCE
    world.advance(END_US)
    assert world.desk.findings(open_only=False) == undisturbed.desk.findings(open_only=False)


def test_who_never_takes_long_keeps_the_state_as_seldom_as_before(undisturbed: World) -> None:
    assert len(undisturbed.snapshots.kept) == 1


def test_a_desk_that_has_read_all_says_for_how_long_its_windows_are_over_until_they_are_closed(
    tmp_path: Path, knowledge: Knowledge, told: list[Told]
) -> None:
    world = World(tmp_path, knowledge)
    desk = world.start()
    world.post(told, 0)
    seen: list[float] = []
    desk.on_change(lambda: seen.append(desk.over_s()))
    world.advance(END_US)
    assert max(seen) > 3_600
    assert desk.over_s() == 0.0
