"""A desk that listens is killed at every stage of a commit and at random moments, again and again (L1)."""

from __future__ import annotations

import random
import time
from pathlib import Path

from killed_listening import STAGES
from killed_listening_feed import counted_now, desk, held, kept, talking
from listening_in_memory import wait_for

SEED = 20261126
AT_RANDOM = 6


def test_a_listening_desk_that_is_killed_at_every_stage_and_at_random_moments_misses_nothing(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    # The first begins to listen; who is killed before that was promised nothing.
    ends = [("counting", 3), *((stage, chance.randint(2, 6)) for stage in STAGES), *[("", 0)] * AT_RANDOM]
    with talking(tmp_path, a_second=100) as (peers, arguments):
        for number, (stage, at) in enumerate(ends):
            log = tmp_path / f"{number}.log"
            with desk(arguments, log, stage=stage, at=at) as one:
                wait_for(one.serves, 120)
                end_s = time.monotonic() + (10 if stage else chance.uniform(0, 3))
                while time.monotonic() < end_s and one.process.poll() is None:
                    time.sleep(0.02)
                ended = one.kill()
            # What is not reached while it listens, such as keeping rows of a window that goes on, ends by the clock.
            assert ended <= bool(stage), log.read_text()
        peers.hush()
        with desk(arguments, tmp_path / "last.log") as one:
            wait_for(lambda: counted_now(tmp_path / "desk") >= len(peers.said), 120)
            one.stop()
        held(kept(tmp_path / "desk"), peers)
