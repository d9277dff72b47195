"""Runs the rules of `compensate` on a whole case in memory, as an engine would run on files."""

from __future__ import annotations

from typing import Any

import msgspec
from credit_cases import CreditCase, CreditRow

from pulih.compensate.crediting import accounts, credit_of, row_order
from pulih.compensate.holdings import CreditSubscriber, Holding, Listed, Paid, Presence
from pulih.compensate.incident_file import read_incidents
from pulih.compensate.policy import read_policy
from pulih.compensate.totals import Sums, totals_of


def holdings(case: CreditCase) -> list[Holding]:
    """The case's rows, gathered for each subscriber."""
    return [
        Holding(
            subscriber=CreditSubscriber(**row),
            presence=tuple(Presence(r["region"], r["start"], r["end"]) for r in _of(case.presence, row)),
            listed=tuple(Listed(r["incident_id"], r["service"], r["start"], r["end"]) for r in _of(case.affected, row)),
            paid=tuple(
                Paid(r["incident_id"], r["policy_id"], r["clause_id"], r["amount_minor"], r["currency"])
                for r in _of(case.paid, row)
            ),
        )
        for row in case.subscribers
    ]


def run_rules(case: CreditCase) -> tuple[list[CreditRow], dict[str, Any]]:
    """Rows of credits and totals of a case, as the oracle gives them."""
    policy, incidents = read_policy(case.policy), read_incidents(case.incidents)
    sums: dict[tuple[str, str], Sums] = {}
    credits_given = []
    for holding in holdings(case):
        for account in accounts(policy, incidents, holding):
            if account.standing == "qualified":
                sum_ = sums.setdefault((account.incident.id, account.clause.id), Sums())
                sum_.add(account.currency, affected_s=account.affected_s, due=account.due, off=account.off)
            if account.net > 0:
                credits_given.append(credit_of(policy, holding.subscriber, account))
    credits_given.sort(key=row_order)
    totals = totals_of(
        policy,
        incidents,
        sums,
        subscribers=len(case.subscribers),
        credited_subscribers=len({one.subscriber_id for one in credits_given}),
    )
    return [msgspec.structs.astuple(one) for one in credits_given], msgspec.json.decode(msgspec.json.encode(totals))


def _of(rows: list[dict[str, Any]], subscriber: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in rows if row["subscriber_id"] == subscriber["subscriber_id"]]
