"""Words of an explanation, in Indonesian and English: why a credit is what it is.

The rows of one incident and clause share one sentence, so that a hundred million of them cost nothing; the minutes,
the formula and the amount of one subscriber are told by `pulih explain`.
"""

from __future__ import annotations

from pulih.compensate.clauses import Clause, Policy
from pulih.compensate.outages import CreditIncident


def row_explanation(policy: Policy, incident: CreditIncident, clause: Clause) -> str:
    """The text of the column `explanation`: the same for every row of an incident and clause.

    >>> from pulih.compensate.clauses import Benefit, Fixed
    >>> clause = Clause(id="quota", quantity=Fixed(1), value=Benefit("MB", 1024))
    >>> row_explanation(Policy(id="p", clauses=(clause,)), CreditIncident(id="INC-1", zone="Asia/Jakarta"), clause)
    'INC-1: clause quota of policy p'
    """
    return f"{incident.id}: clause {clause.id} of policy {policy.id}"
