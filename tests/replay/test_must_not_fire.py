"""Bursts that are no outage, and a sample of years of complaints, raise nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from biznet import TEXTS

from pulih import Wishes, backtest


@pytest.mark.parametrize("operator", [None, "Spectranet"])
@pytest.mark.parametrize("path", sorted((TEXTS / "must_not_fire").glob("*.csv")), ids=lambda path: path.stem)
def test_a_burst_that_is_no_outage_raises_nothing(path: Path, operator: str | None) -> None:
    outcome = backtest([path], wishes=Wishes(operator=operator))
    assert [view.finding.why for view in outcome.views] == []


def test_the_folder_of_bursts_is_not_empty() -> None:
    assert list((TEXTS / "must_not_fire").glob("*.csv"))


def test_two_years_of_a_thin_sample_raise_hardly_anything() -> None:
    """A sample of about two posts a day over 106 weeks, five operators: at most what the asked rate allows them."""
    outcome = backtest([TEXTS / "nigeria_isp.csv"], wishes=Wishes(tz="Africa/Lagos"))
    assert len(outcome.views) <= 5
