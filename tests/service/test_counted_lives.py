"""One story lived through as counts, again and again: it ends soon, and neither a tired crowd nor a lie ends it."""

from __future__ import annotations

from counted_lives import TOLD, WAYS, end_of, life

SEEDS = range(610_000, 610_008)
STORY = next(story for story in TOLD if story.id == "kt-2021")


def _ends(name: str) -> list[float | None]:
    found = [end_of(life(STORY, WAYS[name], seed)) for seed in SEEDS]
    return [None if one is None else one.minutes for one in found]


def test_it_is_called_restored_within_half_an_hour_of_the_last_customer_and_not_before() -> None:
    minutes = _ends("as told")
    assert all(one is not None and 0 <= one <= 30 for one in minutes), minutes


def test_a_crowd_that_tires_while_nothing_is_mended_is_no_recovery() -> None:
    assert _ends("never mended, people tire by half in two hours") == [None] * len(SEEDS)


def test_two_hundred_invented_answers_and_texts_are_no_recovery() -> None:
    assert _ends("never mended, two hundred authors invent") == [None] * len(SEEDS)
