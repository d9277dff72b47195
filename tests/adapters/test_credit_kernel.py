"""The kernel gives the rows and totals of the rules, on every worked example and on random cases, or refuses."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from credit_cases import CreditCase, CreditRow, draw, subscriber
from credit_examples import EXAMPLES, USUAL, Example, P, check_example, present
from credit_files import SCHEMAS, read_credits, task_of, write_inputs
from hypothesis import given
from hypothesis import strategies as st
from rules_on_cases import run_rules

from pulih.adapters.credit.kernel import KernelEngine
from pulih.adapters.credit.kernel_amounts import TOO_LARGE, rounded_product
from pulih.adapters.credit.kernel_coding import sources
from pulih.adapters.credit.kernel_streams import ReadAhead, SortedRows, blocks, empty_batch, ints
from pulih.adapters.credit.rule_files import packaged_policies, policy_text
from pulih.compensate.policy import read_policy
from pulih.model.errors import RefusedInput
from pulih.ports.credit import CreditInputs, CreditTask, Unsuited

SEEDS = 300
SEEDS_OF_A_POLICY = 12
WORD = st.one_of(st.integers(0, 2**63 - 1), st.integers(0, 10**6), st.sampled_from((2**32, 2**63 - 1, 10**14)))


def _quiet(doing: str, part: float) -> None:
    """Progress that nobody watches."""


def _run(case: CreditCase, folder: Path) -> tuple[list[CreditRow], dict[str, Any]]:
    return _finish(task_of(case, folder, ordered=True))


def _finish(task: CreditTask) -> tuple[list[CreditRow], dict[str, Any]]:
    totals = KernelEngine().run(task, _quiet)
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
        policy = tomllib.loads(policy_text(name))
        for seed in range(20_000, 20_000 + SEEDS_OF_A_POLICY):
            case = msgspec.structs.replace(draw(seed), policy=policy) if False else draw(seed)
            case.policy = policy
            assert _run(case, tmp_path) == run_rules(case), f"{name}, seed {seed}"


def test_a_subscriber_who_moves_thousands_of_times_in_no_order_is_worked_out_as_by_the_rules(tmp_path: Path) -> None:
    chance = Random(7)
    case = next(draw(seed) for seed in range(30_000, 40_000) if run_rules(draw(seed))[0])
    pool = [row for row in case.presence if row["subscriber_id"] == case.subscribers[0]["subscriber_id"]]
    first, last = min(row["start"] for row in case.presence), max(row["end"] for row in case.presence)
    for _ in range(3000):
        start = chance.randrange(first, last)
        pool.append({**case.presence[0], **subscriber_of(case), "start": start, "end": start + chance.randrange(10**8)})
    case.presence = pool
    assert _run(case, tmp_path) == run_rules(case)


def subscriber_of(case: CreditCase) -> dict[str, Any]:
    """The key of the first subscriber of a case."""
    return {"subscriber_id": case.subscribers[0]["subscriber_id"]}
