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
def test_few_are_called_restored_while_more_than_a_tenth_are_cut_off_and_next_to_none_of_more_than_a_fifth(
    name: str,
) -> None:
    way = WAYS[name]
    found, regions = ends(way, SEEDS), way.regions > 0
    # Of other lives six in a hundred are (docs/restore.md): of 24 chance makes more than four once in fifty times. Of
    # regions that return one by one twice as many, since a lull before the last of them looks like the end.
    assert still_cut(found, 0.1) <= (0.3 if regions else 0.2) * len(found)
    assert still_cut(found, 0.2) <= (0.125 if way.times < 1.0 or regions else 0.05) * len(found)
    if way.times >= 1.0 and (way.fade or 0.0) <= 2.0:
        assert sum(one is not None and one.minutes <= 30 for one in found) >= 0.85 * len(found)


@pytest.mark.parametrize("name", GOING_ON)
def test_what_nobody_mended_is_next_to_never_called_restored(name: str) -> None:
    found = ends(WAYS[name], SEEDS)
    assert sum(one is not None for one in found) <= (0.25 if WAYS[name].times < 1.0 else 0.125) * len(found)
