"""Credits over files: what a run leaves, how a killed one goes on, and that a folder appears whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq
import pytest
from credit_cases import CreditCase, draw, subscriber
from credit_examples import EXAMPLES, USUAL, Example, P, check_example, present
from credit_files import (
    SCHEMAS,
    quiet,
    read_credits,
    read_totals,
    run_credit,
    task_of,
    wishes_for,
    write_inputs,
)
from credit_oracle import credits

from pulih.adapters.credit.rule_files import packaged_policies, parse_policy, policy_text
from pulih.adapters.credit.rules_engine import RulesEngine
from pulih.main_credit import credit, explain
from pulih.model.errors import RefusedInput
from pulih.ports.credit import CreditInputs

CASE = CreditCase(P, USUAL, [subscriber(1), subscriber(2, home_region="94.01"), subscriber(3)], [present()])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_rules_engine_gives_over_files_what_the_worked_example_says(example: Example, tmp_path: Path) -> None:
    task = task_of(example.case, tmp_path)
    totals = RulesEngine().run(task, quiet)
    check_example(example, read_credits(task.out), json.loads(msgspec.json.encode(totals)))


def test_the_rules_engine_over_files_agrees_with_brute_force(tmp_path: Path) -> None:
    for seed in range(5000, 5030):
        case = draw(seed)
        task = task_of(case, tmp_path / str(seed))
        totals = RulesEngine().run(task, quiet)
        assert (read_credits(task.out), json.loads(msgspec.json.encode(totals))) == credits(case), f"seed {seed}"


def test_every_packaged_policy_loads_under_the_id_of_its_file() -> None:
    assert len(packaged_policies()) == 10
    assert [parse_policy(policy_text(name), name).id for name in packaged_policies()] == list(packaged_policies())


def test_a_run_leaves_credits_totals_and_a_control_account_that_balances(tmp_path: Path) -> None:
    credited = run_credit(tmp_path, CASE)
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == ["control.json", "credits.parquet", "explain", "totals.json"]
    assert read_credits(out / "credits.parquet") == credits(CASE)[0]
    assert read_totals(out / "totals.json") == credits(CASE)[1]
    control = credited.control
    assert control.subscribers_in_file == control.credited + control.not_eligible + control.refused == 3
    assert not list(tmp_path.glob(".*"))


def test_a_second_run_with_the_first_runs_credits_as_paid_gives_none(tmp_path: Path) -> None:
    run_credit(tmp_path / "first", CASE)
    inputs = write_inputs(CASE, tmp_path / "again" / "in")
    paid = str(tmp_path / "first" / "out" / "credits.parquet")
    again = CreditInputs(subscribers=inputs.subscribers, presence=inputs.presence, paid=paid)
    assert run_credit(tmp_path / "again", CASE, inputs=again).totals.rows == 0
    assert pq.read_schema(tmp_path / "again" / "out" / "credits.parquet").names[-1] == "explanation"


def test_csv_gives_the_same_credits_as_parquet(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    paths = {}
    for name in SCHEMAS:
        paths[name] = str(tmp_path / f"{name}.csv")
        pv.write_csv(pq.read_table(getattr(inputs, name)), paths[name])
    run_credit(tmp_path / "csv", CASE, inputs=CreditInputs(**paths))
    run_credit(tmp_path / "parquet", CASE, inputs=inputs)
    read = [read_credits(tmp_path / kind / "out" / "credits.parquet") for kind in ("csv", "parquet")]
    assert read[0] == read[1] != []


def test_the_same_run_asked_again_changes_nothing_and_another_is_refused(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    first = run_credit(tmp_path, CASE, inputs=inputs)
    written = (tmp_path / "out" / "credits.parquet").stat().st_mtime_ns
    assert run_credit(tmp_path, CASE, inputs=inputs) == first
    assert (tmp_path / "out" / "credits.parquet").stat().st_mtime_ns == written
    with pytest.raises(RefusedInput, match="holds something already"):
        run_credit(tmp_path, CASE, inputs=inputs, policy="rogers-2022")


def test_an_interrupted_run_goes_on_from_its_finished_credits(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")

    def stop_at(doing: str, part: float) -> None:
        if doing == "reconciling":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        credit(wishes_for(tmp_path, CASE, inputs=inputs), stop_at)
    assert not (tmp_path / "out").exists()
    said: list[str] = []
    credit(wishes_for(tmp_path, CASE, inputs=inputs), lambda doing, part: said.append(doing))
    assert "working out credits" not in said
    assert read_credits(tmp_path / "out" / "credits.parquet") == credits(CASE)[0]
    assert not list(tmp_path.glob(".*"))


def test_a_refused_run_leaves_nothing_behind(tmp_path: Path) -> None:
    wishes = wishes_for(tmp_path, CASE)
    Path(wishes.inputs.presence).write_bytes(b"PAR1 nothing")
    with pytest.raises(RefusedInput):
        credit(wishes, quiet)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "incident.json"]


def test_text_may_be_dictionary_encoded_and_rows_in_any_order(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    people = pq.read_table(inputs.subscribers).take([2, 0, 1])
    coded = people.set_column(6, "home_region", people.column("home_region").dictionary_encode())
    pq.write_table(coded, inputs.subscribers)
    run_credit(tmp_path, CASE, inputs=inputs)
    assert read_credits(tmp_path / "out" / "credits.parquet") == credits(CASE)[0]


def test_one_subscribers_account_is_told_in_two_languages_with_what_does_not_count(tmp_path: Path) -> None:
    overlapping = next(one for one in EXAMPLES if one.name == "overlapping incidents").case
    run_credit(tmp_path, overlapping)
    english, indonesian = (explain(tmp_path / "out", 1, language) for language in ("en", "id"))
    assert "Counted for another outage already: 30 min" in english
    assert "60 units × IDR 100,000.00 × 1/43,200 = IDR 138.8888..." in english
    assert "Sudah dihitung pada gangguan lain: 30 menit" in indonesian
    assert "Diberikan: IDR 138,89" in indonesian


def test_an_account_is_refused_for_unknown_subscribers_and_for_tables_that_have_changed(tmp_path: Path) -> None:
    wishes = wishes_for(tmp_path, CASE)
    credit(wishes, quiet)
    with pytest.raises(RefusedInput, match="--subscriber 77: the table of subscribers has no such row"):
        explain(tmp_path / "out", 77, "en")
    people = pq.read_table(wishes.inputs.subscribers)
    pq.write_table(people.set_column(3, "monthly_fee_minor", pa.array([1, 1, 1])), wishes.inputs.subscribers)
    with pytest.raises(RefusedInput, match="the tables are not those of the run any more"):
        explain(tmp_path / "out", 1, "en")
    Path(wishes.inputs.subscribers).unlink()
    assert "Given: IDR 208.33" in explain(tmp_path / "out", 1, "en")


def test_empty_tables_and_no_incident_give_no_credits_and_all_columns(tmp_path: Path) -> None:
    nobody = CreditCase(P, {"incidents": []}, [])
    totals = run_credit(tmp_path, nobody).totals
    assert (totals.subscribers, totals.rows, totals.incidents) == (0, 0, ())
    written = pq.read_table(tmp_path / "out" / "credits.parquet")
    assert (written.num_rows, written.num_columns) == (0, 8)


def test_a_header_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    (tmp_path / "presence.csv").write_text("subscriber_id,region,start,end\n")
    (tmp_path / "nothing.csv").write_text("")
    csv = CreditInputs(subscribers=inputs.subscribers, presence=str(tmp_path / "presence.csv"))
    assert run_credit(tmp_path, CASE, inputs=csv).control.credited == 2
    with pytest.raises(RefusedInput, match=r"nothing.csv: the file is empty; its first line names the columns"):
        run_credit(
            tmp_path / "other", CASE, inputs=msgspec.structs.replace(csv, presence=str(tmp_path / "nothing.csv"))
        )


@pytest.mark.parametrize(
    "kind",
    [
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.int8(), pa.string()),
        pa.dictionary(pa.int32(), pa.large_string()),
    ],
)
def test_text_of_every_kind_is_text(kind: pa.DataType, tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    for path, column in ((inputs.presence, "region"), (inputs.subscribers, "currency")):
        table = pq.read_table(path)
        at = table.schema.get_field_index(column)
        plain = table.column(column)
        coded = plain.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else plain.cast(kind)
        pq.write_table(table.set_column(at, column, coded), path)
    for lenient in (False, True):
        out = tmp_path / str(lenient)
        run_credit(out, CASE, inputs=inputs, lenient=lenient)
        assert read_credits(out / "out" / "credits.parquet") == credits(CASE)[0]


def test_a_breakdown_sums_what_was_written_by_plan_segment_and_region(tmp_path: Path) -> None:
    people = [
        subscriber(7, plan_id="plus", monthly_fee_minor=10**14),
        subscriber(2, segment="business"),
        subscriber(5, home_region="31.74.06"),
        subscriber(9, home_region="94.01"),
    ]
    policy = {"id": "p", "clause": [{**P["clause"][0], "location": "home"}]}
    case = CreditCase(policy, USUAL, people)
    (tmp_path / "policy.toml").write_text(PLAIN_HOME_POLICY)
    run_credit(tmp_path, case, policy=str(tmp_path / "policy.toml"), breakdown=True)
    told = json.loads((tmp_path / "out" / "breakdown.json").read_bytes())
    rows = {row[0]: row[5] for row in credits(case)[0]}
    assert sorted(rows) == [2, 5, 7]
    assert told["by_plan"] == {"basic": {"IDR": rows[2] + rows[5]}, "plus": {"IDR": rows[7]}}
    assert told["by_segment"] == {"business": {"IDR": rows[2]}, "residential": {"IDR": rows[5] + rows[7]}}
    assert told["by_region"] == {"31.74": {"IDR": rows[2] + rows[7]}, "31.74.06": {"IDR": rows[5]}}
    assert [one["subscriber_id"] for one in told["largest"]["IDR"]] == [7, 2, 5]


PLAIN_HOME_POLICY = """
id = "p"
[[clause]]
id = "pro-rata-minute"
services = ["data", "voice", "sms", "fixed"]
location = "home"
threshold = { measure = "total", op = ">=", seconds = 3600 }
quantity = { kind = "duration", measure = "total", unit_s = 60, rounding = "down", count_from = "start" }
value = { kind = "fee", per_s = 60, month = "30" }
cap = { fee_percent = 100 }
"""


def test_an_empty_table_whose_writer_knew_no_types_is_empty(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    for name in ("paid", "affected", "presence"):
        columns = {column: pa.nulls(0) for column in SCHEMAS[name].names}
        pq.write_table(pa.table(columns), getattr(inputs, name))
    run_credit(tmp_path, CASE, inputs=inputs)
    assert read_credits(tmp_path / "out" / "credits.parquet") == credits(CreditCase(P, USUAL, CASE.subscribers))[0]
