"""A run of credits killed at more steps on the disk than in tests/adapters."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_credit_killed import check_killed


@pytest.mark.parametrize(("engine", "stride", "least"), [("auto", 2, 20), ("duckdb", 4, 8)])
def test_a_run_killed_at_any_step_on_the_disk_ends_identical_when_asked_for_again(
    engine: str, stride: int, least: int, tmp_path: Path
) -> None:
    check_killed(tmp_path, engine, stride=stride, least=least)
