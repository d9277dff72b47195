"""DuckDB gives the rows and totals of the rules on many more random cases, and on every policy by itself."""

from __future__ import annotations

from pathlib import Path

from credit_cases import draw, paid_again
from credit_policies import on_every_policy
from rules_on_cases import run_rules
from test_credit_duckdb import check_together, run_duckdb

SEEDS = 120


def test_random_cases_come_out_as_the_rules_have_them(tmp_path: Path) -> None:
    check_together([*map(draw, range(SEEDS))], tmp_path)


def test_a_rerun_of_random_cases_gives_what_the_rules_give(tmp_path: Path) -> None:
    cases = [draw(seed) for seed in range(SEEDS, SEEDS + 80)]
    check_together([paid_again(case, run_rules(case)[0]) for case in cases], tmp_path)


def test_every_policy_on_its_own_comes_out_as_the_rules_have_it(tmp_path: Path) -> None:
    for number, case in enumerate(on_every_policy(seeds=3)):
        assert run_duckdb(case, tmp_path / str(number)) == run_rules(case), case.policy["id"]
