"""The worked examples of docs/credit.md hold, for the rules and for the brute force that judges them."""

from __future__ import annotations

import pytest
from credit_cases import CreditCase
from credit_examples import EXAMPLES, Example, check_example
from credit_oracle import credits
from rules_on_cases import run_rules


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_rules_give_what_the_worked_example_says(example: Example) -> None:
    check_example(example, *run_rules(example.case))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_brute_force_gives_what_the_worked_example_says(example: Example) -> None:
    check_example(example, *credits(example.case))


def test_incidents_are_worked_out_by_start_then_id_whatever_their_order_in_the_file() -> None:
    case: CreditCase = next(one for one in EXAMPLES if one.name == "overlapping incidents").case
    turned = {"incidents": list(reversed(case.incidents["incidents"]))}
    assert run_rules(case) == run_rules(CreditCase(case.policy, turned, case.subscribers, case.presence))
