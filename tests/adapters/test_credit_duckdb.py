"""DuckDB gives the rows and totals of the rules, whatever the policy, in one range of subscribers or in many."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from credit_cases import CreditCase, CreditRow, Row, draw, subscriber
from credit_examples import EXAMPLES, check_example
from credit_files import read_credits, task_of
from credit_merging import merged, merged_rows, merged_tallies, tallies
from rules_on_cases import run_rules

from pulih.adapters.credit.duckdb_engine import DuckdbEngine
from pulih.adapters.credit.id_ranges import EVERY_ID, id_ranges
from pulih.compensate.policy import read_policy
from pulih.ports.credit import Unsuited

SEEDS = 20


def run_duckdb(
    case: CreditCase, folder: Path, *, range_rows: int | None = None
) -> tuple[list[CreditRow], dict[str, Any]]:
    """Rows and totals of a case."""
    task = task_of(case, folder, ordered=range_rows is not None)
    totals = DuckdbEngine(range_rows=range_rows).run(task, lambda *_: None)
    assert [path.name for path in Path(task.out).parent.iterdir()] == ["credits.parquet"]
    return read_credits(task.out), msgspec.json.decode(msgspec.json.encode(totals))


def check_together(cases: list[CreditCase], folder: Path, *, range_rows: int | None = None) -> None:
    """Run all cases as one, and the rules on each."""
    expected = [run_rules(case) for case in cases]
    rows, totals = run_duckdb(merged(cases), folder, range_rows=range_rows)
    assert rows == merged_rows([rows for rows, _ in expected])
    assert tallies(totals) == merged_tallies([totals for _, totals in expected])
    assert totals["subscribers"] == sum(totals["subscribers"] for _, totals in expected)
    assert totals["credited_subscribers"] == len({row[0] for row in rows})


def test_all_worked_examples_and_random_cases_come_out_as_the_rules_have_them(tmp_path: Path) -> None:
    check_together([*(example.case for example in EXAMPLES), *map(draw, range(SEEDS))], tmp_path)


@pytest.mark.parametrize("name", ["90 minutes", "overlapping incidents", "paid 833", "listed, both services"])
def test_a_worked_example_on_its_own_gives_what_the_document_says(name: str, tmp_path: Path) -> None:
    example = next(one for one in EXAMPLES if one.name == name)
    check_example(example, *run_duckdb(example.case, tmp_path))


def test_ranges_of_ids_one_after_another_give_the_same_as_all_at_once(tmp_path: Path) -> None:
    check_together([draw(seed) for seed in range(20)], tmp_path, range_rows=5)


def test_ranges_follow_the_row_groups_of_a_sorted_file_and_leave_no_id_out(tmp_path: Path) -> None:
    path = tmp_path / "sorted.parquet"
    pq.write_table(pa.table({"subscriber_id": pa.array([3, 5, 8, 9, 12, 13], pa.int64())}), path, row_group_size=2)
    cut = id_ranges(str(path), str(path), 4)
    assert [(one.first, one.last) for one in cut] == [(EVERY_ID.first, 11), (12, EVERY_ID.last)]
    assert id_ranges(str(path), str(path), 100) == (EVERY_ID,)


def test_unless_both_files_are_sorted_there_is_one_range(tmp_path: Path) -> None:
    in_order, mixed = tmp_path / "sorted.parquet", tmp_path / "mixed.parquet"
    pq.write_table(pa.table({"subscriber_id": pa.array([3, 5, 8, 9], pa.int64())}), in_order, row_group_size=2)
    pq.write_table(pa.table({"subscriber_id": pa.array([3, 9, 8, 5], pa.int64())}), mixed, row_group_size=2)
    assert len(id_ranges(str(in_order), str(in_order), 1)) == 2
    assert id_ranges(str(in_order), str(mixed), 1) == id_ranges(str(mixed), str(in_order), 1) == (EVERY_ID,)


def test_letters_of_a_path_that_could_stand_for_other_files_stand_for_themselves(tmp_path: Path) -> None:
    case = next(one for one in EXAMPLES if one.name == "90 minutes").case
    folder = tmp_path / "it's [one]*?"
    assert run_duckdb(case, folder) == run_rules(case)


def test_an_amount_that_no_column_holds_is_left_to_another_engine(tmp_path: Path) -> None:
    clause = {
        "id": "c",
        "quantity": {"kind": "fixed", "units": 10**9},
        "value": {"kind": "fee", "per_s": 86_400, "month": "30"},
        "location": "home",
    }
    case = _ninety_minutes(clause, monthly_fee_minor=10**14)
    with pytest.raises(Unsuited, match="too large"):
        run_duckdb(case, tmp_path)


def test_an_amount_that_a_cap_brings_down_is_exact_however_large_it_was_before(tmp_path: Path) -> None:
    clause = {
        "id": "c",
        "quantity": {"kind": "duration", "measure": "total", "unit_s": 7, "rounding": "exact", "count_from": "start"},
        "value": {"kind": "fee", "per_s": 86_399, "month": "30"},
        "location": "home",
        "multiplier": 10**9,
        "cap": {"fee_percent": 33},
    }
    case = _ninety_minutes(clause, monthly_fee_minor=10**14 + 1)
    assert run_duckdb(case, tmp_path) == run_rules(case)


def test_a_policy_with_numbers_beyond_38_digits_is_left_with_the_key_that_has_them() -> None:
    clause = {
        "id": "c",
        "quantity": {"kind": "fixed", "units": 1},
        "value": {"kind": "benefit", "unit": "MB", "amount": 9},
        "multiplier": 2**60,
    }
    left = DuckdbEngine().leaves(read_policy({"id": "p", "clause": [clause]}))
    assert left == ("clause c: value or multiplier is too large for arithmetic of 38 digits",)


def test_days_begin_where_the_clock_that_was_set_back_over_midnight_says(tmp_path: Path) -> None:
    # St. John's, 29 October 2006: at 00:01 the clock went back to 23:01 of the day before.
    clause = {
        "id": "c",
        "quantity": {"kind": "days_after_working_days", "n": 0, "weekend": []},
        "value": {"kind": "days"},
        "location": "home",
    }
    case = _ninety_minutes(clause)
    windows = [("02:30:30", "05:00:00"), ("02:31:30", "05:00:00"), ("03:31:30", "05:00:00")]
    incidents = [
        {
            "id": f"I{number}",
            "zone": "America/St_Johns",
            "windows": [_window(f"2006-10-29T{start}Z", f"2006-10-29T{end}Z")],
        }
        for number, (start, end) in enumerate(windows)
    ]
    case = replace(case, incidents={"incidents": incidents})
    assert run_duckdb(case, tmp_path) == run_rules(case)


def _window(start: str, end: str) -> Row:
    return {"region": "31.74", "service": "data", "start": start, "end": end}


def _ninety_minutes(clause: Row, **who: Any) -> CreditCase:
    incident = {
        "id": "I",
        "zone": "Asia/Jakarta",
        "windows": [_window("2025-10-03T10:00:00+07:00", "2025-10-03T11:30:00+07:00")],
    }
    return CreditCase({"id": "p", "clause": [clause]}, incident, [subscriber(**who)])
