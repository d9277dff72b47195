"""Spark on this machine gives the rows of the rules and of DuckDB; on a real cluster it does so in tests/long."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from credit_examples import EXAMPLES
from credit_files import read_credits, task_of
from rules_on_cases import run_rules
from spark_cluster import BRIEF_SPARK

from pulih.adapters.credit.duckdb_engine import DuckdbEngine
from pulih.adapters.credit.spark_engine import LOCAL, SparkEngine
from pulih.adapters.credit.sql_spark import spark_text
from pulih.model.errors import OutsideFailed


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
