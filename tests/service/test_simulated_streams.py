"""The simulated streams are what their description says; a false-alarm test is only as good as its quiet."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from simulated_streams import REGENCIES, WIB, Outage, quiet_stream, with_outages

NAME = "Kabelindra"


@pytest.mark.parametrize("per_day", [1, 5, 40])
def test_a_quiet_stream_has_the_asked_mean_with_replies_on_top(per_day: float) -> None:
    weeks = 104 if per_day < 40 else 12
    told = quiet_stream(NAME, per_day=per_day, weeks=weeks, seed=3)
    reports = [text for _, text in told if not text.startswith("<user>")]
    assert len(reports) / (weeks * 7) == pytest.approx(per_day, rel=0.1)
    assert (len(told) - len(reports)) / len(reports) == pytest.approx(0.9, abs=0.15)


def test_a_quiet_stream_repeats_with_its_seed_and_differs_with_another() -> None:
    once = quiet_stream(NAME, per_day=5, weeks=2, seed=1)
    assert once == quiet_stream(NAME, per_day=5, weeks=2, seed=1)
    assert once != quiet_stream(NAME, per_day=5, weeks=2, seed=2)


def test_a_quiet_stream_is_ordered_in_utc_and_sleeps_at_night() -> None:
    told = quiet_stream(NAME, per_day=40, weeks=8, seed=5)
    assert told == sorted(told)
    assert {at.tzinfo for at, _ in told} == {UTC}
    hours = Counter(at.astimezone(WIB).hour for at, _ in told)
    assert hours[3] * 5 < hours[20]


def test_about_one_text_in_ten_names_a_place_and_texts_vary() -> None:
    told = quiet_stream(NAME, per_day=40, weeks=8, seed=5)
    naming = sum(any(name in text for name, _ in REGENCIES) for _, text in told)
    assert naming / len(told) == pytest.approx(0.1, abs=0.02)
    assert len(REGENCIES) == 40
    assert len({text for _, text in told}) > len(told) / 2


def test_an_added_outage_multiplies_the_reports_and_names_its_region_in_a_third_of_them() -> None:
    quiet = quiet_stream(NAME, per_day=40, weeks=4, seed=5)
    start = datetime(2024, 1, 23, 3, 0, tzinfo=UTC)
    outage = Outage(start, timedelta(hours=4), multiplier=10, region="Klaten")
    told = with_outages(quiet, NAME, per_day=40, outages=[outage], seed=5)
    assert set(quiet) <= set(told)
    during = [text for at, text in told if start <= at < start + outage.duration]
    usual = len([at for at, _ in quiet if start <= at < start + outage.duration])
    assert 40 < len(during) - usual < 120
    assert sum("Klaten" in text for text in during) / (len(during) - usual) == pytest.approx(1 / 3, abs=0.15)
