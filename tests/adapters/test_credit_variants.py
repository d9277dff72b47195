"""Variants of a policy stand for one another: each takes the place of the others, and its TOML loses nothing."""

from __future__ import annotations

import tomllib

import pytest

from pulih.adapters.credit.rule_files import packaged_policies, policy_text
from pulih.compensate.policy import read_policy
from pulih.compensate.variants import policy_toml, variant
from pulih.model.errors import RefusedInput


@pytest.mark.parametrize("name", packaged_policies())
def test_a_policy_as_it_is_keeps_its_clauses_and_counts_what_its_variants_gave(name: str) -> None:
    content = tomllib.loads(policy_text(name).decode())
    plain = tomllib.loads(policy_toml(variant(content, "as_is")).decode())
    assert read_policy(plain).clauses == read_policy(content).clauses
    assert plain["supersedes"][-2:] == [f"{name}.by-hour", f"{name}.flat-day"]
    try:
        hourly = read_policy(variant(content, "by_hour"))
    except RefusedInput:
        return
    assert hourly.id == f"{name}.by-hour"
    assert {name, f"{name}.flat-day"} <= set(hourly.supersedes)
    assert hourly.id not in hourly.supersedes
