"""The kernel gives the rows and totals of the rules: on worked examples, random cases, policies and large files."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from credit_cases import CreditCase, CreditRow, draw, subscriber
from credit_examples import EXAMPLES, P_CLAUSE, USUAL, Example, check_example, incident, one_clause, window
from credit_files import SCHEMAS, read_credits, task_of
from rules_on_cases import run_rules

from pulih.adapters.credit.kernel import KernelEngine
from pulih.adapters.credit.rule_files import packaged_policies, policy_text

SEEDS = 150
SEEDS_OF_A_POLICY = 10
MOVES = 2000


def _run(case: CreditCase, folder: Path) -> tuple[list[CreditRow], dict[str, Any]]:
    task = task_of(case, folder, ordered=True)
    totals = KernelEngine().run(task, lambda _doing, _part: None)
    return read_credits(task.out), json.loads(msgspec.json.encode(totals))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_kernel_gives_what_the_worked_example_says(example: Example, tmp_path: Path) -> None:
    check_example(example, *_run(example.case, tmp_path))


def test_the_kernel_agrees_with_the_rules_on_random_cases(tmp_path: Path) -> None:
    for seed in range(10_000, 10_000 + SEEDS):
        case = draw(seed)
        assert _run(case, tmp_path) == run_rules(case), f"seed {seed}"


def test_the_kernel_agrees_with_the_rules_on_every_packaged_policy(tmp_path: Path) -> None:
    for name in packaged_policies():
        for seed in range(20_000, 20_000 + SEEDS_OF_A_POLICY):
            case = draw(seed)
            case.policy = tomllib.loads(policy_text(name).decode())
            assert _run(case, tmp_path) == run_rules(case), f"{name}, seed {seed}"


def test_a_subscriber_who_moves_thousands_of_times_in_no_order_is_worked_out_as_by_the_rules(tmp_path: Path) -> None:
    chance = Random(7)
    regions = ("31", "31.74", "31.74.06", "51.71", "32.73")
    windows = [window(f"{hour:02}:00", f"{hour:02}:45", region=regions[hour % 5]) for hour in range(1, 20)]
    voice = [window(f"{hour:02}:30", f"{hour + 2:02}:10", region="31", service="voice") for hour in range(1, 20, 3)]
    first_us = 1_759_420_800_000_000
    moves = []
    for _ in range(MOVES):
        start_us = first_us + chance.randrange(86_400_000_000)
        lasts_us = chance.randrange(60_000_000)
        moves.append({"region": chance.choice(regions), "start": start_us, "end": start_us + lasts_us})
    clauses = [
        {**P_CLAUSE, "id": "else-home", "threshold": {"measure": "total", "op": ">", "seconds": 0}},
        {**P_CLAUSE, "id": "there", "location": "presence"},
        {**P_CLAUSE, "id": "both", "services": ["data", "voice"], "service_mode": "all"},
    ]
    case = CreditCase(
        {"id": "p", "clause": clauses},
        {"incidents": [incident(*windows[:8]), incident(*voice, id="INC-2"), incident(*windows[5:], id="INC-3")]},
        [subscriber(1), subscriber(2, home_region="31.74.06")],
        [{"subscriber_id": who, **move} for who in (1, 2) for move in moves],
    )
    rows, totals = _run(case, tmp_path)
    assert len(rows) > 8
    assert (rows, totals) == run_rules(case)


def test_more_credits_than_a_row_group_holds_are_written_in_order_and_add_up(tmp_path: Path) -> None:
    people = 600_000
    clause = one_clause()["clause"][0] | {
        "scope": "all",
        "quantity": {"kind": "fixed", "units": 1},
        "value": {"kind": "amount", "amount_minor": 10**14, "currency": "IDR"},
    }
    policy = {"id": "p", "clause": [{**clause, "id": "b"}, {**clause, "id": "a"}]}
    task = task_of(CreditCase(policy, USUAL, []), tmp_path, ordered=True)
    row = pa.Table.from_pylist([subscriber()], schema=SCHEMAS["subscribers"])
    columns = {name: pa.repeat(row.column(name)[0], people) for name in row.column_names}
    columns["subscriber_id"] = pa.array(np.arange(-people // 2, people // 2))
    pq.write_table(pa.table(columns), task.inputs.subscribers, row_group_size=250_000)
    totals = KernelEngine().run(task, lambda _doing, _part: None)
    written = pq.read_table(task.out, columns=["subscriber_id", "clause_id", "amount_minor"])
    assert pq.read_metadata(task.out).num_row_groups == 2
    assert written.column("clause_id").to_pylist() == ["a", "b"] * people
    assert pc.all(pc.equal(written.column("amount_minor"), 10**14)).as_py()
    assert written.column("subscriber_id").to_pylist() == [
        id_ for id_ in range(-people // 2, people // 2) for _ in "ab"
    ]
    assert (totals.rows, totals.credited_subscribers) == (2 * people, people)
    assert totals.net_minor == {"IDR": 2 * people * 10**14}
