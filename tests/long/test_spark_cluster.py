"""Spark gives the rows that DuckDB gives from the same SQL, on a real cluster of two workers."""

from __future__ import annotations

import hashlib
from pathlib import Path

from credit_cases import draw
from credit_examples import EXAMPLES
from credit_files import read_credits, task_of
from credit_merging import merged, merged_rows
from credit_policies import on_every_policy
from rules_on_cases import run_rules
from spark_cluster import BRIEF_SPARK, running_cluster

from pulih.adapters.credit.duckdb_engine import DuckdbEngine
from pulih.adapters.credit.spark_engine import SparkEngine
from pulih.ports.credit import CreditTask


def checksum(task: CreditTask) -> str:
    """A digest of the rows of credits in their order, without the explanation."""
    return hashlib.sha256(repr(read_credits(task.out)).encode()).hexdigest()


def test_a_cluster_of_two_workers_gives_duckdbs_rows_on_all_examples_and_policies_and_both_workers_take_tasks(
    tmp_path: Path,
) -> None:
    cases = [*(example.case for example in EXAMPLES), *on_every_policy(seeds=2), *(draw(seed) for seed in range(30))]
    case = merged(cases)
    on_duckdb, on_spark = task_of(case, tmp_path / "duckdb"), task_of(case, tmp_path / "spark")
    totals = DuckdbEngine().run(on_duckdb, lambda *_: None)
    with running_cluster(tmp_path) as cluster:
        engine = SparkEngine(cluster.address, BRIEF_SPARK)
        assert engine.run(on_spark, lambda *_: None) == totals
        taken = cluster.tasks_taken()
    assert checksum(on_spark) == checksum(on_duckdb)
    assert read_credits(on_spark.out) == merged_rows([run_rules(case)[0] for case in cases])
    assert all(tasks > 0 for tasks in taken), taken
