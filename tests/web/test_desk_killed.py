"""Whenever a whole desk is killed, it counts and finds what one that nobody disturbed does (requirements P2, D1)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from killed_desk_feed import End, Kept, Step, feed, ids, kept, outage, told_at

SEED = 20261126


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    return outage()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, steps: list[Step]) -> Kept:
    folder = tmp_path_factory.mktemp("undisturbed") / "desk"
    feed(folder, steps)
    return kept(folder)


def test_a_desk_that_nobody_disturbs_hears_all_and_opens_an_incident(undisturbed: Kept, steps: list[Step]) -> None:
    assert undisturbed.times == dict.fromkeys(ids(steps), 1)
    assert undisturbed.findings
    assert undisturbed.incidents
    assert any(one.cleared_us for one in undisturbed.findings.values())


def ends_up_the_same(folder: Path, undisturbed: Kept, steps: list[Step], ends: list[tuple[int, End]]) -> None:
    """Kill a desk in these ways behind these steps, and compare what it keeps with what an undisturbed one does."""
    assert feed(folder, steps, ends) == [end.stage or "the clock" for _, end in ends]
    after = kept(folder)
    assert after.times == undisturbed.times
    for one in after.counters:
        assert one.heard == one.counted + one.refused + one.repeated + one.late
    assert sum(one.counted for one in after.counters) == len(after.rows)
    assert after.rows == undisturbed.rows
    assert after.findings == undisturbed.findings
    assert after.incidents == undisturbed.incidents


def test_a_desk_killed_at_stages_and_at_a_random_moment_ends_up_the_same(
    tmp_path: Path, undisturbed: Kept, steps: list[Step]
) -> None:
    told, last = told_at(steps, undisturbed), len(steps)
    # Where a kill could part what belongs together; tests/long has three more, the benchmark all stages.
    ends = [
        (told, End("an entry is written", 1)),
        (last - 15, End(after_s=random.Random(SEED).uniform(0.0, 2.0))),
    ]
    ends_up_the_same(tmp_path / "desk", undisturbed, steps, ends)
