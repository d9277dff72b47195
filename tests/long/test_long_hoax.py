"""Floods by few hands over streams of few and of many reports; one more is in tests/service."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_hoax import check_nameless, check_reworded, check_short


@pytest.mark.parametrize(("seed", "per_day", "hours"), [(1, 1, 6), (2, 12, 2), (3, 40, 6), (4, 300, 24)])
def test_twenty_thousand_reworded_copies_by_a_thousand_authors_raise_nothing_above_suspected(
    tmp_path: Path, seed: int, per_day: float, hours: float
) -> None:
    check_reworded(tmp_path, seed, per_day=per_day, hours=hours)


@pytest.mark.parametrize(("seed", "per_day", "hours"), [(2, 12, 24), (3, 40, 12), (4, 300, 6)])
def test_twenty_thousand_short_copies_by_a_thousand_authors_raise_nothing_above_suspected(
    tmp_path: Path, seed: int, per_day: float, hours: float
) -> None:
    check_short(tmp_path, seed, per_day=per_day, hours=hours)


def test_nor_do_they_where_no_author_is_known(tmp_path: Path) -> None:
    check_nameless(tmp_path)
