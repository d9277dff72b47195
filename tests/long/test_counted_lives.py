"""Stories lived through as counts, by the hundred: other crowds, slow ends, regions, tired crowds, invented words."""

from __future__ import annotations

import pytest
from counted_lives import WAYS, ends, still_cut

# On these seeds nobody looked at constants. What others show stands in docs/restore.md; chance moves so few by a few.
SEEDS = range(600_000, 600_004)
MENDED = [name for name, way in WAYS.items() if way.mended]
# A crowd that tires by half in forty minutes looks like one that is served again: that is told, and not promised.
GOING_ON = [name for name, way in WAYS.items() if not way.mended and way.halves != 2 / 3]


@pytest.mark.parametrize("name", MENDED)
def test_next_to_none_is_called_restored_while_more_than_a_tenth_are_cut_off(name: str) -> None:
    found = ends(WAYS[name], SEEDS)
    regions = WAYS[name].regions > 0
    # Regions that return one by one end in a step, and a lull before the last of them is taken for it now and then.
    assert still_cut(found, 0.1) <= (0.25 if regions else 0.1) * len(found)
    if WAYS[name].times >= 1.0 and (WAYS[name].fade or 0.0) <= 2.0:
        assert sum(one is not None and one.minutes <= 30 for one in found) >= 0.85 * len(found)


@pytest.mark.parametrize("name", GOING_ON)
def test_what_nobody_mended_is_next_to_never_called_restored(name: str) -> None:
    found = ends(WAYS[name], SEEDS)
    assert sum(one is not None for one in found) <= (0.25 if WAYS[name].times < 1.0 else 0.125) * len(found)
