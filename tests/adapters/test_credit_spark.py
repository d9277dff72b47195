"""Spark gives the rows that DuckDB gives from the same SQL: on a real cluster of two workers, and on this machine."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from credit_cases import draw
from credit_examples import EXAMPLES
from credit_files import read_credits, task_of
from credit_merging import merged, merged_rows
from credit_policies import on_every_policy
from rules_on_cases import run_rules
from spark_cluster import BRIEF_SPARK, running_cluster

from pulih.adapters.credit.duckdb_engine import DuckdbEngine
from pulih.adapters.credit.spark_engine import LOCAL, SparkEngine
from pulih.adapters.credit.sql_spark import spark_text
from pulih.model.errors import OutsideFailed
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


def test_spark_on_this_machine_gives_the_rows_of_the_rules_without_optional_tables_and_leaves_nothing_else(
    tmp_path: Path,
) -> None:
    example = next(one for one in EXAMPLES if one.name == "a gigabyte").case
    (clause,) = example.policy["clause"]
    case = replace(example, policy={**example.policy, "clause": [clause, {**clause, "id": "l", "location": "listed"}]})
    task = task_of(case, tmp_path / "it's [one]{a}*?")
    task = msgspec.structs.replace(task, inputs=msgspec.structs.replace(task.inputs, paid=None, affected=None))
    SparkEngine(LOCAL, {**BRIEF_SPARK, "spark.sql.shuffle.partitions": "1"}).run(task, lambda *_: None)
    rows = read_credits(task.out)
    assert rows == run_rules(case)[0]
    assert rows
    assert [path.name for path in Path(task.out).parent.iterdir()] == ["credits.parquet"]
    DuckdbEngine().run(task, lambda *_: None)
    assert read_credits(task.out) == rows


def test_text_with_quotes_and_backslashes_stays_itself_in_sparks_dialect() -> None:
    assert spark_text("SELECT s.plan_id IN ('it''s', 'a\\b') AS c FROM s") == (
        "SELECT s.plan_id IN ('it\\'s', 'a\\\\b') AS c FROM s"
    )


def test_a_module_that_is_missing_is_named_with_the_command_that_installs_it() -> None:
    with pytest.raises(OutsideFailed, match=r"pip install pulih\[spark\]"):
        SparkEngine(LOCAL, package="pyspark_that_is_not_there")


@pytest.mark.parametrize("address", ["spark://127.0.0.1:1", "spark://nowhere", "spark://127.0.0.1:x"])
def test_a_master_that_does_not_listen_is_said_at_once(address: str, tmp_path: Path) -> None:
    with pytest.raises(OutsideFailed, match="no master of Spark listens there"):
        SparkEngine(address).run(task_of(EXAMPLES[0].case, tmp_path), lambda *_: None)
