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


@pytest.mark.parametrize(("engine", "stride", "least"), [("auto", 4, 10), ("duckdb", 9, 4)])
def test_a_run_killed_at_any_step_on_the_disk_ends_identical_when_asked_for_again(
    engine: str, stride: int, least: int, tmp_path: Path
) -> None:
    people = [subscriber(1), subscriber(2, monthly_fee_minor=-1), subscriber(3, home_region="31.74.06")]
    case = CreditCase(P, USUAL, people, [present()], [paid(833)])
    inputs = write_inputs(case, tmp_path / "in")
    pv.write_csv(pq.read_table(inputs.subscribers), tmp_path / "subscribers.csv")
    (tmp_path / "incident.json").write_text(json.dumps(case.incidents))
    program = Path(__file__).with_name("killed_credit.py")
    ran = subprocess.run(
        [sys.executable, program, str(tmp_path), str(stride), engine],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) >= least
