"""A feed that loses most of what is said while an outage goes on never makes the desk call it restored."""

from __future__ import annotations

from pathlib import Path

from thinned_lives import THINNINGS, restored_at, story


def test_an_outage_of_which_a_tenth_and_then_nothing_is_heard_is_not_restored(tmp_path: Path) -> None:
    assert restored_at(story(14, 1), THINNINGS["a tenth, then nothing"], tmp_path) == []
