"""The kernel gives the rows and totals of the rules, on every worked example and on random cases."""

from __future__ import annotations

from pathlib import Path

import pytest
from credit_cases import draw
from credit_engine_cases import run_engine
from credit_examples import EXAMPLES, Example, check_example
from rules_on_cases import run_rules

from pulih.adapters.credit.kernel import KernelEngine

SEEDS = 400


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_kernel_gives_what_the_worked_example_says(example: Example, tmp_path: Path) -> None:
    check_example(example, *run_engine(KernelEngine(), example.case, tmp_path))


def test_the_kernel_agrees_with_the_rules_on_random_cases(tmp_path: Path) -> None:
    for seed in range(SEEDS):
        case = draw(seed)
        assert run_engine(KernelEngine(), case, tmp_path) == run_rules(case), f"seed {seed}"
