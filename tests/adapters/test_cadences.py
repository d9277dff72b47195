"""Cadences are data: each proposes what its rule says, and a slip in the file is refused with its row."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.adapters.cadences import load_cadences
from pulih.communicate.cadence import next_by_us
from pulih.confirm.clocks import RULES
from pulih.model.errors import RefusedInput

MINUTE_US = 60_000_000
CADENCES = load_cadences()
ROW = """[[cadence]]
id = "c.one"
name = "one"
first_min = 15
says_id = "a"
says_en = "b"
source = "c"
steps = {steps}
"""


def promised(name: str, *, first: int, now: int) -> int:
    return next_by_us(CADENCES[name], first_us=first * MINUTE_US, now_us=now * MINUTE_US) // MINUTE_US


def test_the_house_promises_half_hours_while_least_is_known_and_then_hours() -> None:
    assert (promised("house", first=0, now=0), promised("house", first=0, now=30)) == (30, 60)
    assert promised("house", first=0, now=60) == 120


def test_japan_asks_for_hours_and_australia_for_six_of_them_and_then_for_days() -> None:
    assert promised("japan_2023", first=0, now=300) == 360
    assert promised("acma_2024", first=0, now=300) == 660
    assert promised("acma_2024", first=0, now=24 * 60) == 48 * 60


@given(st.sampled_from(sorted(CADENCES)), st.integers(0, 5_000), st.integers(0, 5_000))
def test_a_promise_is_ahead_on_a_full_five_minutes_and_never_later_than_the_rule(
    name: str, first: int, since: int
) -> None:
    by = promised(name, first=first, now=first + since)
    allowed = [step.every_min for step in CADENCES[name].steps if step.from_min <= since][-1]
    assert by % 5 == 0
    assert first + since + allowed - 5 < by <= first + since + allowed


def test_the_clocks_of_the_first_word_allow_what_the_cadences_say() -> None:
    clocks = {rule.id: rule.minutes for rule in RULES if rule.kind == "first_word"}
    for name in ("house", "japan_2023"):
        assert clocks[f"clock.first_word.{name}"] == CADENCES[name].first_min


def test_every_cadence_names_its_source() -> None:
    assert [one.id for one in CADENCES.values() if not one.source or not one.says_id or not one.says_en] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROW.format(steps="[]"), "must begin at 0 minutes"),
        (ROW.format(steps="[{ from_min = 0, every_min = 60 }, { from_min = 0, every_min = 30 }]"), "and rise"),
        (ROW.format(steps="[{ from_min = 0, every_min = 1 }]"), "no fewer than 5 minutes"),
        (2 * ROW.format(steps="[{ from_min = 0, every_min = 60 }]"), "c.one is there twice"),
        ("[[cadence]]", "can not be used"),
    ],
)
def test_a_slip_in_the_file_is_refused_with_its_row(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "cadences.toml").write_text(text)
    with pytest.raises(RefusedInput, match=said):
        load_cadences(tmp_path / "cadences.toml")
