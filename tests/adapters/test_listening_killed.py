"""A desk that listens is killed while its peers talk: nothing they still offer is lost or counts twice (L1)."""

from __future__ import annotations

from pathlib import Path

from killed_listening_feed import counted_now, desk, held, kept, talking
from listening_in_memory import wait_for


def test_a_listening_desk_that_is_killed_in_a_commit_misses_nothing(tmp_path: Path) -> None:
    with talking(tmp_path, a_second=20) as (peers, arguments):
        with desk(arguments, tmp_path / "first.log", stage="counting", at=5) as one:
            wait_for(lambda: one.process.poll() is not None, 60)
        with desk(arguments, tmp_path / "second.log") as one:
            wait_for(one.serves, 60)
            peers.hush()
            wait_for(lambda: counted_now(tmp_path / "desk") >= len(peers.said), 60)
            one.stop()
        held(kept(tmp_path / "desk"), peers)
