"""Lives with a feed that grows thin, at any time of the day: never restored by that, and known once it is whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from journal_in_memory import MINUTE_US
from scenario_desk import cut_off, us
from test_scenarios import NEARLY_NONE
from thinned_lives import HOURS_OF_DAY, THINNINGS, restored_at, story

SEEDS = (1, 2)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("hour", HOURS_OF_DAY)
@pytest.mark.parametrize("name", THINNINGS)
def test_what_a_thin_feed_does_not_bring_ends_no_outage(tmp_path: Path, name: str, hour: int, seed: int) -> None:
    told, whole_again = story(hour, seed), THINNINGS[name].part(9.0) == 1.0
    ends = restored_at(told, THINNINGS[name], tmp_path)
    assert [(at_us - us(told.relief)) // MINUTE_US for at_us in ends if cut_off(told, at_us) > NEARLY_NONE] == []
    if whole_again:
        assert ends
        assert ends[0] <= us(told.relief) + 30 * MINUTE_US
    else:
        assert not ends
