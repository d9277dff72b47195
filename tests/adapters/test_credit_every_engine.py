"""Every engine refuses the same bad tables, survives a full disk and a kill, and knows strange days and far times."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from credit_cases import CreditCase, subscriber, us
from credit_clocks import near_jumps
from credit_examples import USUAL, P, present
from credit_files import quiet, read_credits, run_credit, task_of, wishes_for, write_inputs
from credit_merging import merged, merged_rows
from credit_oracle import credits
from rules_on_cases import run_rules

from pulih.adapters.credit.duckdb_engine import DuckdbEngine
from pulih.adapters.credit.kernel import KernelEngine
from pulih.main_credit import credit
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.credit import CreditInputs

FAST = ("kernel", "duckdb", "rules")
# Those of Spark are refused before its Java starts, which takes seconds.
ENGINES = (*FAST, "local-spark")
CASE = CreditCase(P, USUAL, [subscriber(1), subscriber(2, home_region="94.01"), subscriber(3)], [present()])
BAD = CreditCase(P, USUAL, [*CASE.subscribers[:2], subscriber(3, monthly_fee_minor=-5)], [present()])
LAST_US = 2**63 - 1


def _column(name: str, values: pa.Array) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        table = pq.read_table(path)
        pq.write_table(table.set_column(table.schema.get_field_index(name), name, values), path)

    return change


def _dropped(name: str) -> Callable[[Path], None]:
    return lambda path: pq.write_table(pq.read_table(path).drop_columns([name]), path)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


BROKEN: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "missing column": ("presence", _dropped("region"), "there is no column region"),
    "wrong type": ("subscribers", _column("monthly_fee_minor", pa.array([1.5, 2.0, 3.0])), "monthly_fee_minor holds"),
    "times without a zone": ("presence", _column("start", pa.array([0], pa.timestamp("us"))), "start holds"),
    "null": ("subscribers", _column("plan_id", pa.array(["a", None, "b"])), "row 2: plan_id is empty"),
    "null in presence": ("presence", _column("region", pa.array([None], pa.string())), "row 1: region is empty"),
    "twice": ("subscribers", _column("subscriber_id", pa.array([2, 3, 3])), "row 3: subscriber 3 has a row already"),
    "negative fee": (
        "subscribers",
        _column("monthly_fee_minor", pa.array([1, 2, -3])),
        "row 3: monthly_fee_minor is -3",
    ),
    "no footer": ("subscribers", _cut, "the file is damaged or not what its name says"),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_broken_table_is_refused_by_file_row_and_reason_whatever_the_engine(
    engine: str, name: str, tmp_path: Path
) -> None:
    table, change, says = BROKEN[name]
    wishes = wishes_for(tmp_path, CASE, engine=engine)
    change(Path(getattr(wishes.inputs, table)))
    with pytest.raises(RefusedInput, match=rf"{table}\.parquet.*{says}"):
        credit(wishes, quiet)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "incident.json"]


@pytest.mark.parametrize("engine", FAST)
def test_broken_rows_are_set_aside_and_the_others_worked_out_whatever_the_engine(engine: str, tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in", ordered=True)
    _column("monthly_fee_minor", pa.array([10_000_000, 10_000_000, -5]))(Path(inputs.subscribers))
    people = pq.read_table(inputs.subscribers)
    pq.write_table(pa.concat_tables([people.slice(0, 1), people]), inputs.subscribers)
    control = run_credit(tmp_path, CASE, inputs=inputs, lenient=True, engine=engine).control
    assert (control.subscribers_in_file, control.refused, control.credited, control.not_eligible) == (4, 2, 1, 1)
    refused = pq.read_table(tmp_path / "out" / "refused.parquet").to_pylist()
    assert [(row["row"], row["reason"].split(";")[0]) for row in refused] == [
        (2, "subscriber 1 has a row already"),
        (4, "monthly_fee_minor is -5"),
    ]
    assert [row[:6] for row in read_credits(tmp_path / "out" / "credits.parquet")] == [credits(CASE)[0][0][:6]]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_full_disk_ends_every_engine_with_a_sentence_and_leaves_nothing(engine: str, tmp_path: Path) -> None:
    wishes = wishes_for(tmp_path, CASE, engine=engine)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OutsideFailed, match="the disk is full; free some space there and start again"):
            credit(wishes, quiet)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "incident.json"]


def test_the_engines_agree_about_days_on_which_the_clock_was_set_over_midnight(tmp_path: Path) -> None:
    cases = near_jumps(12)
    expected = [credits(case) for case in cases]
    assert [run_rules(case) for case in cases] == expected
    for number, case in enumerate(cases):
        task = task_of(case, tmp_path / str(number))
        assert KernelEngine().run(task, quiet).net_minor == expected[number][1]["net_minor"], case
    together = task_of(merged(cases), tmp_path / "together")
    DuckdbEngine().run(together, quiet)
    assert read_credits(together.out) == merged_rows([rows for rows, _ in expected])


@pytest.mark.parametrize("engine", FAST)
@pytest.mark.parametrize(("start", "end"), [(-LAST_US - 1, LAST_US), (us("2025-10-03T10:30:00+07:00"), LAST_US)])
def test_presence_without_a_beginning_or_an_end_counts_whatever_the_engine(
    engine: str, start: int, end: int, tmp_path: Path
) -> None:
    there = {"subscriber_id": 2, "region": "31.74", "start": start, "end": end}
    case = CreditCase(P, USUAL, [subscriber(2, home_region="94.01")], [there])
    run_credit(tmp_path, case, engine=engine)
    assert read_credits(tmp_path / "out" / "credits.parquet") == run_rules(case)[0] != []


@pytest.mark.parametrize("engine", FAST)
def test_a_listed_row_without_an_end_is_refused_or_set_aside_whatever_the_engine(engine: str, tmp_path: Path) -> None:
    policy = tmp_path / "listed.toml"
    policy.write_text(LISTED_POLICY)
    end = us("9999-12-31T00:00:00Z")
    row = {
        "subscriber_id": 1,
        "incident_id": "INC-1",
        "service": "data",
        "start": us("2025-10-03T10:00:00Z"),
        "end": end,
    }
    sound = {**row, "end": us("2025-10-05T10:00:00Z")}
    nothing = {**row, "start": end + 1}
    case = CreditCase(P, USUAL, [subscriber(1)], affected=[nothing, row, sound])
    asked = {"engine": engine, "policy": str(policy)}
    with pytest.raises(RefusedInput, match=r"affected\.parquet, row 2: start and end of a listed row lie in the years"):
        run_credit(tmp_path, case, **asked)
    assert run_credit(tmp_path, case, lenient=True, **asked).control.set_aside == {"affected": 1}
    assert [row[5:] for row in read_credits(tmp_path / "out" / "credits.parquet")] == [(3, "DAY")]


def test_a_number_of_csv_is_decimal_and_open_ends_stand_beside_a_broken_row(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    (tmp_path / "presence.csv").write_text(
        "subscriber_id,region,start,end\n2,31.74,2025-10-03T09:00:00+07:00,9999-12-31T00:00:00Z\n"
        "0x3,31.74,2025-10-03T09:00:00Z,2025-10-03T10:00:00Z\n2,31.74,yesterday,2025-10-03T10:00:00Z\n"
    )
    csv = CreditInputs(subscribers=inputs.subscribers, presence=str(tmp_path / "presence.csv"))
    run_credit(tmp_path, CASE, inputs=csv, lenient=True)
    refused = pq.read_table(tmp_path / "out" / "refused.parquet").to_pylist()
    assert [row["reason"].split(";")[0] for row in refused] == ["subscriber_id is '0x3'", "start is 'yesterday'"]
    assert [row[0] for row in read_credits(tmp_path / "out" / "credits.parquet")] == [1, 2, 3]


LISTED_POLICY = """
id = "p"
[[clause]]
id = "listed-days"
location = "listed"
quantity = { kind = "local_days", op = ">", seconds = 0 }
value = { kind = "days" }
"""
