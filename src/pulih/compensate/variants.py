"""A policy with another clause value: "what if by the hour, what if a flat day", as a policy of its own.

A variant has an id of its own, so that what it gives is never taken for what the policy gives. It takes the place of
the policy and of its other variants, as the policy takes theirs: what one of them gave is set off against the others,
so that nobody is paid for the same outage under two of them. Source: requirement K1.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal

from pulih.model.errors import RefusedInput

Twist = Literal["as_is", "by_hour", "flat_day"]
HOUR_S: Final = 3600
DAY_S: Final = 86_400


def variant(policy: Mapping[str, Any], twist: Twist) -> dict[str, Any]:
    """Return the content of a policy, changed.

    Args:
        policy: as parsed from TOML.
        twist: `by_hour` counts begun hours wherever a share of the fee is counted by time; `flat_day` gives one day of
            the fee to whoever qualifies, however long it took; `as_is` changes no clause.

    Raises: RefusedInput when no clause gives a share of the fee by time, so that nothing would change.

    >>> counted = {"kind": "duration", "unit_s": 60, "rounding": "down"}
    >>> clause = {"quantity": counted, "value": {"kind": "fee", "per_s": 60}}
    >>> variant({"id": "a", "clause": [clause]}, "by_hour")["clause"][0]["value"]["per_s"]
    3600
    """
    if twist == "as_is":
        return {**policy, "supersedes": _others(policy, policy.get("id"))}
    changed = [_clause(one, twist) for one in policy.get("clause", [])]
    if changed == list(policy.get("clause", [])):
        raise RefusedInput(
            f"policy {policy.get('id')}: no clause gives a share of the fee by time, so {twist} changes nothing; "
            "choose it as it is.",
            key="credit.no_twist",
            policy=str(policy.get("id")),
        )
    name = _named(policy, twist)
    return {**policy, "id": name, "supersedes": _others(policy, name), "clause": changed}


def _named(policy: Mapping[str, Any], twist: str) -> str:
    return f"{policy['id']}.{twist.replace('_', '-')}"


def _others(policy: Mapping[str, Any], own: str | None) -> list[str]:
    """Ids of all whose earlier credits count: those that the policy names, itself, and its variants."""
    alike = [str(policy["id"]), *(_named(policy, twist) for twist in ("by_hour", "flat_day"))]
    return [name for name in (*policy.get("supersedes", []), *alike) if name != own]


def _clause(clause: Mapping[str, Any], twist: Twist) -> dict[str, Any]:
    value, quantity = clause.get("value", {}), clause.get("quantity", {})
    if value.get("kind") != "fee" or quantity.get("kind") != "duration":
        return dict(clause)
    if twist == "by_hour":
        counted = {**quantity, "unit_s": HOUR_S, "rounding": "up"}
        return {**clause, "quantity": counted, "value": {**value, "per_s": HOUR_S}}
    return {**clause, "quantity": {"kind": "fixed", "units": 1}, "value": {**value, "per_s": DAY_S}}


def policy_toml(policy: Mapping[str, Any]) -> bytes:
    """Write the content of a policy as TOML.

    >>> policy_toml({"id": "a", "clause": [{"id": "c", "multiplier": 2}]}).decode().splitlines()
    ['id = "a"', '', '[[clause]]', 'id = "c"', 'multiplier = 2']
    """
    lines = [f"{key} = {_written(value)}" for key, value in policy.items() if key != "clause"]
    for clause in policy.get("clause", []):
        lines += ["", "[[clause]]", *(f"{key} = {_written(value)}" for key, value in clause.items())]
    return ("\n".join(lines) + "\n").encode()


def _written(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | date():
            return str(value)
        case list():
            return f"[{', '.join(map(_written, value))}]"
        case dict():
            return "{ " + ", ".join(f"{key} = {_written(one)}" for key, one in value.items()) + " }"
        case _:
            return _quoted(str(value))


def _quoted(text: str) -> str:
    kept = "".join(f"\\u{ord(sign):04X}" if ord(sign) < 32 or ord(sign) == 127 else sign for sign in _escaped(text))
    return f'"{kept}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
