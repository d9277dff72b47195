"""When a word falls due: at once, by the hour, by the day, and not at night for who wants to sleep."""

from __future__ import annotations

from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.model.clock import from_micros, to_micros
from pulih.model.subscription import Pace
from pulih.service.due_times import due_us, dues_of

JAKARTA = ZoneInfo("Asia/Jakarta")


def at(clock: str) -> int:
    return to_micros(datetime.fromisoformat(f"2025-10-03T{clock}").replace(tzinfo=JAKARTA))


@pytest.mark.parametrize(
    ("now", "pace", "quiet", "due"),
    [
        ("09:12", "each", False, "09:12"),
        ("23:30", "each", False, "23:30"),
        ("21:59", "each", True, "21:59"),
        ("02:00", "each", True, "06:00"),
        ("06:00", "each", True, "06:00"),
        ("09:12", "hourly", False, "10:00"),
        ("03:12", "hourly", True, "06:00"),
        ("06:59", "daily", False, "07:00"),
    ],
)
def test_a_word_falls_due_on_the_same_day(now: str, pace: Pace, quiet: bool, due: str) -> None:
    assert due_us(at(now), JAKARTA, pace=pace, quiet=quiet) == at(due)


@pytest.mark.parametrize(
    ("now", "pace", "quiet", "due"),
    [
        ("22:00", "each", True, "06:00"),
        ("07:00", "daily", True, "07:00"),
        ("21:30", "hourly", True, "06:00"),
    ],
)
def test_a_word_falls_due_on_the_next_day(now: str, pace: Pace, quiet: bool, due: str) -> None:
    assert due_us(at(now), JAKARTA, pace=pace, quiet=quiet) == at(due) + 86_400_000_000


@given(st.integers(at("00:00"), at("23:59")), st.sampled_from(get_args(Pace)))
def test_who_wants_quiet_is_never_written_to_at_night_and_nobody_waits_longer_than_a_day(
    at_us: int, pace: Pace
) -> None:
    due = due_us(at_us, JAKARTA, pace=pace, quiet=True)
    assert 6 <= from_micros(due).astimezone(JAKARTA).hour < 22
    assert at_us <= due <= at_us + 86_400_000_000


def test_that_calls_for_help_fail_waits_for_nothing() -> None:
    assert {one.at_us for one in dues_of(at("23:30"), JAKARTA, urgent=True)} == {at("23:30")}
    assert len(dues_of(at("23:30"), JAKARTA, urgent=False)) == 6
