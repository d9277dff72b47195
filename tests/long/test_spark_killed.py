"""Spark on this machine, killed while it works credits out: nothing half-written, and the same afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import killed_spark
from credit_files import read_credits, write_inputs
from credit_oracle import credits
from test_credit_every_engine import BAD, CASE


def test_spark_killed_in_the_middle_leaves_no_folder_and_goes_on_to_the_rows_of_the_rules(tmp_path: Path) -> None:
    write_inputs(BAD, tmp_path / "in")
    program = Path(killed_spark.__file__)
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, program, tmp_path], stderr=subprocess.PIPE, env=paths) as running:
        while not list(tmp_path.glob(".out.partial/spark-*/rule.parquet")):
            assert running.poll() is None, running.stderr and running.stderr.read().decode()
            time.sleep(0.02)
        os.kill(running.pid, signal.SIGKILL)
    assert not (tmp_path / "out").exists()
    credited = killed_spark.on_spark(tmp_path)
    assert (credited.control.refused, credited.control.credited) == (1, 1)
    assert read_credits(tmp_path / "out" / "credits.parquet") == credits(CASE)[0][:1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "control.json",
        "credits.parquet",
        "explain",
        "totals.json",
    ]
