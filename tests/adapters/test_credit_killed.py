"""A run of credits that is killed at any step on the disk ends identical when it is asked for again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow.csv as pv
import pyarrow.parquet as pq
import pytest
from credit_cases import CreditCase, subscriber
from credit_examples import USUAL, P, paid, present
from credit_files import write_inputs


def check_killed(folder: Path, engine: str, *, stride: int, least: int) -> None:
    """Look that a run killed after each `stride` steps, at `least` times, ends identical when asked for again."""
    people = [subscriber(1), subscriber(2, monthly_fee_minor=-1), subscriber(3, home_region="31.74.06")]
    case = CreditCase(P, USUAL, people, [present()], [paid(833)])
    inputs = write_inputs(case, folder / "in")
    pv.write_csv(pq.read_table(inputs.subscribers), folder / "subscribers.csv")
    (folder / "incident.json").write_text(json.dumps(case.incidents))
    program = Path(__file__).with_name("killed_credit.py")
    ran = subprocess.run(
        [sys.executable, program, str(folder), str(stride), engine],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) >= least


@pytest.mark.parametrize(("engine", "stride", "least"), [("auto", 15, 2), ("duckdb", 18, 2)])
def test_a_run_killed_at_a_step_on_the_disk_ends_identical_when_asked_for_again(
    engine: str, stride: int, least: int, tmp_path: Path
) -> None:
    """More of the steps are in tests/long."""
    check_killed(tmp_path, engine, stride=stride, least=least)
