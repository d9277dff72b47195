"""Reads a compensation policy: a parsed TOML file becomes frozen clauses, or a refusal that says what to mend.

A policy that is understood in part would pay in part, so unknown keys, half-given tables and combinations without a
meaning are refused. Source: docs/credit.md, "Policies".
"""

from __future__ import annotations

from typing import cast

from pulih.compensate.checked_keys import Keys
from pulih.compensate.clause_parts import read_cap, read_quantity, read_threshold, read_value
from pulih.compensate.clauses import (
    Applies,
    Cap,
    Clause,
    Duration,
    Fixed,
    Location,
    Mode,
    Policy,
    Requirement,
    ScopeOf,
)
from pulih.model.errors import RefusedInput


def read_policy(content: object) -> Policy:
    """Check a policy and freeze it.

    Args:
        content: what a TOML parser gave: a table with dates as dates.

    Returns: the policy.
    Raises: RefusedInput, naming the clause and the key.

    >>> read_policy({"id": "p", "clause": [{"id": "c", "quantity": {"kind": "fixed", "units": 1}, "value": {"kind":
    ...     "days"}, "servces": ["data"]}]})
    Traceback (most recent call last):
    ...
    pulih.model.errors.RefusedInput: policy p: clause 1 (c): there is no key 'servces' here; did you mean services?
    """
    keys = Keys(content, "policy")
    id_ = keys.text("id")
    keys.where = f"policy {id_}"
    supersedes = keys.texts("supersedes") or ()
    policy = Policy(
        id=id_,
        valid_from=keys.day("valid_from"),
        valid_to=keys.day("valid_to"),
        excluded_causes=keys.texts("excluded_causes") or (),
        supersedes=tuple(other for other in supersedes if other != id_),
        title=keys.note("title"),
        source=keys.note("source"),
        assumptions=keys.note("assumptions"),
        clauses=tuple(_read_clause(clause) for clause in keys.tables("clause")),
    )
    keys.finish()
    if not policy.clauses:
        raise keys.refuse("clause", "a policy has one clause or more, each under [[clause]]")
    seen: set[str] = set()
    for number, clause in enumerate(policy.clauses, start=1):
        if clause.id in seen:
            raise RefusedInput(
                f"{keys.where}: clause {number}: the id {clause.id!r} is taken; each clause has its own."
            )
        seen.add(clause.id)
    return policy


def _read_clause(keys: Keys) -> Clause:
    id_ = keys.text("id")
    keys.where = f"{keys.where} ({id_})"
    value = read_value(keys.table("value"))
    clause = Clause(
        id=id_,
        scope=cast(ScopeOf, keys.choice("scope", ("affected", "all"), default="affected")),
        applies=_read_applies(keys.table("applies")) if "applies" in keys else Applies(),
        services=keys.texts("services"),
        service_mode=cast(Mode, keys.choice("service_mode", ("any", "all"), default="any")),
        location=cast(
            Location,
            keys.choice("location", ("presence", "home", "presence_else_home", "listed"), default="presence"),
        ),
        window_max_depth=keys.integer("window_max_depth", least=0) if "window_max_depth" in keys else None,
        valid_from=keys.day("valid_from"),
        valid_to=keys.day("valid_to"),
        requires=tuple(_read_requirement(one) for one in keys.tables("requires")) if "requires" in keys else (),
        threshold=read_threshold(keys.table("threshold")) if "threshold" in keys else None,
        quantity=read_quantity(keys.table("quantity")),
        value=value,
        multiplier=keys.integer("multiplier", least=0) if "multiplier" in keys else 1,
        cap=read_cap(keys.table("cap"), value) if "cap" in keys else Cap(),
    )
    keys.finish()
    _check_together(keys, clause)
    return clause


def _read_applies(keys: Keys) -> Applies:
    applies = Applies(payment=keys.texts("payment"), segment=keys.texts("segment"), plans=keys.texts("plans"))
    keys.finish()
    return applies


def _read_requirement(keys: Keys) -> Requirement:
    required = Requirement(keys.text("attribute"), keys.integer("min", least=-(2**63)))
    keys.finish()
    return required


def _check_together(keys: Keys, clause: Clause) -> None:
    """Refuse what has a meaning alone and none together."""
    if clause.services == ():
        raise keys.refuse("services", "name a service, or leave the key out for any service")
    if clause.scope == "all" and clause.threshold is not None:
        raise keys.refuse("threshold", 'a clause of scope "all" reaches everybody and has no threshold')
    if clause.scope == "all" and not isinstance(clause.quantity, Fixed):
        raise keys.refuse("quantity", 'a clause of scope "all" has a quantity of kind "fixed"')
    from_threshold = isinstance(clause.quantity, Duration) and clause.quantity.count_from == "threshold"
    if from_threshold and clause.threshold is None:
        raise keys.refuse("quantity", 'count_from "threshold" needs a threshold in the clause; else it is "start"')
