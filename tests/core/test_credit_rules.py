"""The rules of credits agree with brute force on random small cases, and a rerun pays nothing twice."""

from __future__ import annotations

import pytest
from credit_cases import CreditCase, CreditRow, draw, paid_again
from credit_oracle import credits
from rules_on_cases import run_rules

SEEDS = 320
BATCHES = 8


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_rules_agree_with_brute_force_on_random_cases(batch: int) -> None:
    for seed in range(batch, SEEDS, BATCHES):
        case = draw(seed)
        assert run_rules(case) == credits(case), f"seed {seed}"


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_rerun_gives_nothing_but_what_the_earlier_sum_was_below_zero(batch: int) -> None:
    for seed in range(batch, SEEDS, BATCHES):
        case = draw(seed)
        first, _ = run_rules(case)
        rerun = paid_again(case, first)
        again, _ = run_rules(rerun)
        assert run_rules(rerun) == credits(rerun), f"seed {seed}"
        assert all(_earlier_sum(case, row) < 0 for row in again), f"seed {seed}"


def test_random_cases_reach_every_kind_of_clause_and_pay_in_each() -> None:
    paid: set[str] = set()
    for seed in range(SEEDS):
        case = draw(seed)
        kinds = {clause["id"]: clause for clause in case.policy["clause"]}
        for row in run_rules(case)[0]:
            clause = kinds[row[3]]
            paid |= {clause["quantity"]["kind"], clause["value"]["kind"], clause["location"], clause.get("scope", "")}
    assert paid >= {"duration", "local_days", "days_after_working_days", "fixed", "fee", "amount", "days", "benefit"}
    assert paid >= {"presence", "home", "presence_else_home", "listed", "all"}


def _earlier_sum(case: CreditCase, row: CreditRow) -> int:
    incidents = case.incidents.get("incidents", [case.incidents])
    incident = next(one for one in incidents if one["id"] == row[1])
    ids = {row[1], *incident.get("supersedes", [])}
    policies = {row[2], *case.policy.get("supersedes", [])}
    return sum(
        paid["amount_minor"]
        for paid in case.paid
        if (paid["subscriber_id"], paid["clause_id"], paid["currency"]) == (row[0], row[3], row[6])
        and paid["incident_id"] in ids
        and paid["policy_id"] in policies
    )
