"""One outage from the first complaint to restored, by mouse in Indonesian; the walk is that of tests/web."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chromium import launched
from living_desk import LivingDesk
from served import Server, serving_here
from test_desk_end_to_end import (
    Seats,
    living,
    test_one_outage_is_seen_spoken_of_decided_signed_and_ended_and_all_of_it_is_told,
)

__all__ = ["living", "test_one_outage_is_seen_spoken_of_decided_signed_and_ended_and_all_of_it_is_told"]


@pytest.fixture
def serving() -> Iterator[Server]:
    with serving_here() as serve:
        yield serve


@pytest.fixture
def seats(living: LivingDesk) -> Iterator[Seats]:
    with launched() as browser:
        made = Seats(browser, living.address, "id", 1280)
        yield made
        made.close()
