"""Whenever a whole desk is killed, it counts and finds what one that nobody disturbed does (requirements P2, D1)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from killed_desk_feed import HIT, End, Kept, Step, feed, ids, kept, outage

from pulih.model.clock import to_micros

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


# Where a kill could part what belongs together; the benchmark goes through all stages.
STAGES = (
    ("half written", 5), ("before the answer", 9), ("telling a finding", 2), ("an entry is written", 1),
    ("putting a snapshot in place", 2),
)  # fmt: skip


def test_a_desk_killed_at_stages_and_at_random_moments_ends_up_the_same(
    tmp_path: Path, undisturbed: Kept, steps: list[Step]
) -> None:
    chance = random.Random(SEED)
    ends = [End(stage, at) for stage, at in STAGES]
    ends += [End(after_s=chance.uniform(0.0, 0.4)) for _ in range(1)]
    chance.shuffle(ends)
    first = next(number for number, step in enumerate(steps) if step.now_us > to_micros(HIT))
    bounds = sorted(chance.sample(range(first + 5, len(steps)), len(ends)))
    folder = tmp_path / "desk"
    feed(folder, steps, list(zip(bounds, ends, strict=True)))
    after = kept(folder)
    assert after.times == undisturbed.times
    for one in after.counters:
        assert one.heard == one.counted + one.refused + one.repeated + one.late
    assert sum(one.counted for one in after.counters) == len(after.rows)
    assert after.rows == undisturbed.rows
    assert after.findings == undisturbed.findings
    assert after.incidents == undisturbed.incidents
