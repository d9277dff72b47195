"""The outages that last, and one that goes from town to town, lived through again; their tests are the short ones'."""

from __future__ import annotations

import pytest
from scenario_stories import LONG_STORIES
from test_scenarios import (
    Lived,
    lived_through,
    test_a_repair_that_was_claimed_too_early_is_contradicted,
    test_clocks_of_rules_and_promises_end_as_history_and_habit_make_them,
    test_each_subscriber_gets_what_was_worked_out_by_hand_and_the_book_its_total,
    test_it_is_called_restored_when_customers_are_and_not_before,
    test_it_is_found_while_it_goes_on_and_told_of_at_once,
    test_the_review_tells_the_story_in_both_languages_and_keeps_the_inside_in,
)

__all__ = [
    "test_a_repair_that_was_claimed_too_early_is_contradicted",
    "test_clocks_of_rules_and_promises_end_as_history_and_habit_make_them",
    "test_each_subscriber_gets_what_was_worked_out_by_hand_and_the_book_its_total",
    "test_it_is_called_restored_when_customers_are_and_not_before",
    "test_it_is_found_while_it_goes_on_and_told_of_at_once",
    "test_the_review_tells_the_story_in_both_languages_and_keeps_the_inside_in",
]


@pytest.fixture(scope="module", params=LONG_STORIES.values(), ids=lambda story: story.id)
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Live through one story; every test of it looks at the same life."""
    return lived_through(request.param, tmp_path_factory.mktemp(request.param.id))
