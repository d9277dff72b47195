"""Works out one subscriber's credits, clause by clause and incident by incident: the rules as they are written down.

This is the judge of the fast engines and the source of every explanation, so it favours plainness over speed: whole
numbers, fractions, one subscriber at a time. Source: docs/credit.md, "Rules"; requirement K1.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from pulih.compensate.amounts import due_minor, paid_before, unit_worth
from pulih.compensate.clauses import Amount, Clause, Policy, credit_currency
from pulih.compensate.days import SECOND_US
from pulih.compensate.exposure import affected_time
from pulih.compensate.holdings import CreditSubscriber, Holding
from pulih.compensate.outages import ClauseStatus, CreditIncident, clause_status, start_date
from pulih.compensate.quantities import Claimed, Counted, claim, count, meets
from pulih.compensate.runs import NEVER, Runs, total_us
from pulih.model.credit import Credit

# Why a subscriber gets nothing under a clause, the first that holds; "qualified" may still come to nothing.
Standing = Literal["clause_not_evaluated", "does_not_apply", "other_currency", "not_affected", "too_short", "qualified"]


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What one incident and clause come to for one subscriber, with every step on the way.

    Attributes:
        status: of the clause for the incident.
        standing: whether the subscriber qualifies, and if not, why.
        affected, counted: the set S, and what of it counts; None where the subscriber does not qualify.
        unit_worth, raw: exact, before the cap and the one rounding.
        due, off: after it, and how much of that was paid before. What is given is the difference.
    """

    incident: CreditIncident
    clause: Clause
    status: ClauseStatus
    standing: Standing
    currency: str
    affected: Runs = NEVER
    counted: Counted | None = None
    unit_worth: Fraction = Fraction(0)
    raw: Fraction = Fraction(0)
    due: int = 0
    off: int = 0

    @property
    def net(self) -> int:
        """What is given: due, less what was paid before; never negative."""
        return self.due - self.off

    @property
    def affected_s(self) -> int:
        """Whole seconds of affected time S."""
        return total_us(self.affected) // SECOND_US


def accounts(policy: Policy, incidents: tuple[CreditIncident, ...], holding: Holding) -> Iterator[Account]:
    """Work out every clause and incident for one subscriber.

    Args:
        policy: the policy.
        incidents: in the order in which they are worked out (`outages.in_order`).
        holding: all that is known of the subscriber.

    Returns: an account for each clause and incident, clause by clause.
    """
    for clause in policy.clauses:
        claimed = Claimed()
        for incident in incidents:
            account = _account(policy, incident, clause, holding=holding, claimed=claimed)
            if account.counted is not None:
                claimed = claim(claimed, account.affected, account.counted)
            yield account


def credit_of(policy: Policy, subscriber: CreditSubscriber, account: Account) -> Credit:
    """The row of an account that gives something."""
    return Credit(
        subscriber_id=subscriber.subscriber_id,
        incident_id=account.incident.id,
        policy_id=policy.id,
        clause_id=account.clause.id,
        affected_s=account.affected_s,
        amount_minor=account.net,
        currency=account.currency,
    )


def row_order(credit: Credit) -> tuple[int, bytes, bytes]:
    """The order of rows: subscriber, then the bytes of incident and clause."""
    return (credit.subscriber_id, credit.incident_id.encode(), credit.clause_id.encode())


def admits(clause: Clause, subscriber: CreditSubscriber) -> bool:
    """Whether a clause is for subscribers like this one: all its lists admit them."""
    applies = clause.applies
    return (
        (applies.payment is None or subscriber.payment in applies.payment)
        and (applies.segment is None or subscriber.segment in applies.segment)
        and (applies.plans is None or subscriber.plan_id in applies.plans)
    )


def _account(
    policy: Policy, incident: CreditIncident, clause: Clause, *, holding: Holding, claimed: Claimed
) -> Account:
    subscriber = holding.subscriber
    currency = credit_currency(clause, subscriber.currency)
    status = clause_status(incident, policy, clause)
    affected = affected_time(incident, clause, holding) if status == "evaluated" else NEVER
    standing = _standing(clause, subscriber, status, affected)
    account = Account(
        incident=incident, clause=clause, status=status, standing=standing, currency=currency, affected=affected
    )
    began = start_date(incident)
    if standing != "qualified" or began is None:
        return account
    counted = count(clause, affected, claimed, ZoneInfo(incident.zone))
    worth = unit_worth(clause, subscriber.monthly_fee_minor, began)
    raw = clause.multiplier * counted.units * worth
    due = due_minor(raw, clause.cap, subscriber.monthly_fee_minor)
    before = paid_before(
        holding.paid,
        clause.id,
        currency,
        incident_ids=frozenset((incident.id, *incident.supersedes)),
        policy_ids=frozenset((policy.id, *policy.supersedes)),
    )
    return msgspec.structs.replace(account, counted=counted, unit_worth=worth, raw=raw, due=due, off=min(before, due))


def _standing(clause: Clause, subscriber: CreditSubscriber, status: ClauseStatus, affected: Runs) -> Standing:
    if status != "evaluated":
        return "clause_not_evaluated"
    if not admits(clause, subscriber):
        return "does_not_apply"
    if isinstance(clause.value, Amount) and clause.value.currency != subscriber.currency:
        return "other_currency"
    if clause.scope == "all" or meets(clause.threshold, affected):
        return "qualified"
    return "too_short" if affected else "not_affected"
