"""What a run of credits adds up to, per incident and clause: encoded as it stands, it is `totals.json`.

Engines begin with `Sums` per incident and clause, add to them, and end with `totals_of`, so that statuses, order and
names are the same whatever engine ran. Source: docs/credit.md, "What comes out".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from pulih.compensate.clauses import Policy
from pulih.compensate.outages import (
    ClauseStatus,
    CreditIncident,
    IncidentStatus,
    clause_status,
    incident_status,
)


class ClauseTotals(msgspec.Struct, frozen=True, kw_only=True):
    """One clause of one incident: who qualified, and sums by currency of due, set off and given."""

    clause_id: str
    status: ClauseStatus
    qualified: int
    credited: int
    affected_s: int
    gross_minor: dict[str, int]
    already_paid_minor: dict[str, int]
    net_minor: dict[str, int]


class IncidentTotals(msgspec.Struct, frozen=True):
    """One incident, with every clause of the policy in order of its id."""

    incident_id: str
    status: IncidentStatus
    clauses: tuple[ClauseTotals, ...]


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """The whole run: rows of subscribers, rows of credits, and every incident in order of its id."""

    policy_id: str
    subscribers: int
    rows: int
    credited_subscribers: int
    net_minor: dict[str, int]
    incidents: tuple[IncidentTotals, ...]


class Sums:
    """What gathers for one incident and clause while subscribers pass; sums are whole numbers of any size."""

    def __init__(self) -> None:
        self.qualified = 0
        self.credited = 0
        self.affected_s = 0
        self.gross_minor: dict[str, int] = defaultdict(int)
        self.already_paid_minor: dict[str, int] = defaultdict(int)
        self.net_minor: dict[str, int] = defaultdict(int)

    def add(self, currency: str, *, affected_s: int, due: int, off: int) -> None:
        """Count one subscriber who qualified: seconds affected, amount due and how much of it was paid before."""
        self.qualified += 1
        self.affected_s += affected_s
        self.credited += due > off
        self.gross_minor[currency] += due
        self.already_paid_minor[currency] += off
        self.net_minor[currency] += due - off


def totals_of(
    policy: Policy,
    incidents: tuple[CreditIncident, ...],
    sums: Mapping[tuple[str, str], Sums],
    *,
    subscribers: int,
    credited_subscribers: int,
) -> Totals:
    """Put sums in their order, with the status of each incident and clause.

    Args:
        policy: the policy.
        incidents: all incidents of the file, in any order.
        sums: by (incident id, clause id); a missing one has nothing.
        subscribers: rows of subscribers.
        credited_subscribers: distinct subscribers with a credit.

    Returns: the totals; currencies with a zero sum are left out.
    """
    by_id = sorted(incidents, key=lambda incident: incident.id.encode())
    told = tuple(_incident_totals(policy, incident, sums) for incident in by_id)
    clauses = [clause for incident in told for clause in incident.clauses]
    net_minor: dict[str, int] = defaultdict(int)
    for clause in clauses:
        for currency, amount_minor in clause.net_minor.items():
            net_minor[currency] += amount_minor
    return Totals(
        policy_id=policy.id,
        subscribers=subscribers,
        rows=sum(clause.credited for clause in clauses),
        credited_subscribers=credited_subscribers,
        net_minor=_told(net_minor),
        incidents=told,
    )


def _incident_totals(policy: Policy, incident: CreditIncident, sums: Mapping[tuple[str, str], Sums]) -> IncidentTotals:
    clauses = []
    for clause in sorted(policy.clauses, key=lambda clause: clause.id.encode()):
        sum_ = sums.get((incident.id, clause.id)) or Sums()
        clauses.append(
            ClauseTotals(
                clause_id=clause.id,
                status=clause_status(incident, policy, clause),
                qualified=sum_.qualified,
                credited=sum_.credited,
                affected_s=sum_.affected_s,
                gross_minor=_told(sum_.gross_minor),
                already_paid_minor=_told(sum_.already_paid_minor),
                net_minor=_told(sum_.net_minor),
            )
        )
    return IncidentTotals(incident.id, incident_status(incident, policy), tuple(clauses))


def _told(sums: Mapping[str, int]) -> dict[str, int]:
    return {currency: sums[currency] for currency in sorted(sums) if sums[currency]}
