"""The policies that come with Pulih, each met by random subscribers, places and windows."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from credit_cases import CreditCase, Row, draw

POLICIES: list[Row] = [
    tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(files("pulih").joinpath("data", "policies").iterdir(), key=lambda path: path.name)
    if path.name.endswith(".toml")
]


def on_every_policy(seeds: int) -> list[CreditCase]:
    """Random cases under each policy, in force whenever their incidents began."""
    return [
        CreditCase(_always(policy), case.incidents, case.subscribers, case.presence, affected=case.affected)
        for policy in POLICIES
        for case in map(draw, range(seeds))
    ]


def _always(policy: Row) -> Row:
    clauses = [_undated(clause) for clause in policy["clause"]]
    return {**_undated(policy), "clause": clauses}


def _undated(rule: Row) -> Row:
    return {key: value for key, value in rule.items() if key not in ("valid_from", "valid_to", "requires")}
