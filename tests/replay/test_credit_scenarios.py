"""What packaged policies give for real outages: the order of a stated total where they were in force, else labelled."""

from __future__ import annotations

import pytest
from credit_scenarios import TRIALS, Trial, scenarios, work_out

# An order of magnitude: less than half of one, either way.
ORDER = 10**0.5


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: f"{trial.scenario} under {trial.policy}, {trial.reading}")
def test_a_real_outage_gives_what_the_policy_says(trial: Trial) -> None:
    outcome = work_out(trial)
    expected = {"policy_not_in_force"} if trial.reading == "not_in_force" else {"evaluated"}
    assert outcome.statuses == expected
    assert outcome.each == trial.each
    print(f"{trial.scenario} / {trial.policy}: {trial.reading}, {outcome.sums}; {trial.assumed}")


@pytest.mark.parametrize("trial", [one for one in TRIALS if one.total], ids=lambda trial: trial.scenario)
def test_a_stated_total_is_met_in_its_order_of_magnitude(trial: Trial) -> None:
    assert trial.total is not None
    assert trial.total / ORDER < work_out(trial).sums[trial.unit] < trial.total * ORDER


def test_stated_totals_are_those_of_the_source() -> None:
    told = scenarios()
    assert told["rogers-2022"]["compensation"]["total_cad"] == 150_000_000
    assert told["kddi-2022"]["compensation"]["total_jpy"] == 7_300_000_000
    assert sum(told["rogers-2022"]["subscribers"].values()) == 12_250_000
    assert told["xlsmart-context"]["computed"]["one_day_of_arpu_idr"] == 800
    assert told["xlsmart-context"]["computed"]["one_day_for_35_9m_idr"] == "28.7 billion"


def test_every_scenario_is_worked_out() -> None:
    assert {one.scenario for one in TRIALS} == {name for name in scenarios() if name != "xlsmart-context"}


def test_every_scenario_that_states_a_total_under_a_policy_in_force_is_held_to_it() -> None:
    totals = {
        name
        for name, one in scenarios().items()
        if isinstance(given := one.get("compensation"), dict) and any(key.startswith("total_") for key in given)
    }
    held = {one.scenario for one in TRIALS if one.total and one.reading == "in_force"}
    outside = {one.scenario for one in TRIALS if one.reading == "not_in_force"}
    assert totals == {"rogers-2022", "kddi-2022", "kt-2021"}
    assert totals - held <= outside
