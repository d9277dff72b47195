"""Writes a drawn policy as the TOML that a user would write."""

from __future__ import annotations

import json
from typing import Any


def policy_toml(policy: dict[str, Any]) -> str:
    """A policy as text; clauses last."""
    heads = [f"{key} = {_value(value)}" for key, value in policy.items() if key != "clause"]
    clauses = [
        "\n".join(["[[clause]]", *(f"{key} = {_value(value)}" for key, value in clause.items())])
        for clause in policy["clause"]
    ]
    return "\n".join([*heads, *clauses]) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return json.dumps(value) if isinstance(value, (str, bool, int)) else value.isoformat()
