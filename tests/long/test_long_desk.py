"""A whole desk killed at further stages than in tests/web."""

from __future__ import annotations

from pathlib import Path

from killed_desk_feed import End, feed, kept, outage, told_at
from test_desk_killed import ends_up_the_same


def test_a_desk_killed_before_it_answers_while_it_keeps_its_state_and_when_it_told_ends_up_the_same(
    tmp_path: Path,
) -> None:
    steps = outage()
    feed(tmp_path / "undisturbed", steps)
    undisturbed = kept(tmp_path / "undisturbed")
    told = told_at(steps, undisturbed)
    ends = [
        (told - 9, End("before the answer", 9)),
        (told + 16, End("putting a snapshot in place", 1)),
        (len(steps), End("noting that it was told", 1)),
    ]
    ends_up_the_same(tmp_path / "desk", undisturbed, steps, ends)
