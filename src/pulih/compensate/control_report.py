"""The control report: what finance and auditors look at before credits are approved, and after they were handed over.

Every subscriber of the file is accounted for, under every clause; sums stand by plan, region, segment and way of
paying; the largest amounts, and those far from the usual, are named by id. A public variant names nobody and
hides small cells.
Source: docs/credit.md, "The control report"; requirements K1, K3.
"""

from __future__ import annotations

from typing import Final

import msgspec

from pulih.compensate.cells import Cell, without_small_cells
from pulih.compensate.control import Control
from pulih.compensate.handed_over import HandOver
from pulih.compensate.totals import Totals

DIMENSIONS: Final = ("plan", "region", "segment", "payment")
# An amount above so many times the median of its clause is looked at.
OUTLIER_TIMES: Final = 10
LISTED_MAX: Final = 20


class ClauseAccount(msgspec.Struct, frozen=True, kw_only=True):
    """All subscribers under one clause of one incident.

    subscribers = credited + nothing_due + not_affected + not_for, where the clause counts; else all of them have no
    credit because of `status`.

    Attributes:
        not_for: whose plan, segment, way of paying or currency the clause does not admit.
        not_affected: not affected, or not long enough for the threshold.
        nothing_due: who qualify, and to whom nothing is left to give: the amount is nothing, or was paid before.
    """

    incident_id: str
    clause_id: str
    status: str
    credited: int
    nothing_due: int
    not_affected: int
    not_for: int
    gross_minor: dict[str, int]
    already_paid_minor: dict[str, int]
    net_minor: dict[str, int]


class NamedCredit(msgspec.Struct, frozen=True, kw_only=True):
    """One credit, named by the id of its subscriber."""

    subscriber_id: int
    incident_id: str
    clause_id: str
    amount: int
    unit: str


class Outliers(msgspec.Struct, frozen=True, kw_only=True):
    """Credits of one incident, clause and unit that are far above the median.

    Attributes:
        median: to one part in 32, rounded down.
        limit: amounts above it are outliers.
        largest: of them, at most LISTED_MAX.
    """

    incident_id: str
    clause_id: str
    unit: str
    median: int
    limit: int
    count: int
    largest: tuple[NamedCredit, ...]


class OverFee(msgspec.Struct, frozen=True, kw_only=True):
    """Subscribers whose credits of money come to more than a monthly fee: how many, and the ids of the first."""

    count: int
    subscriber_ids: tuple[int, ...]


class ControlReport(msgspec.Struct, frozen=True, kw_only=True):
    """The report as it is for finance; it names subscribers by id. `title_id` is the policy's title in Indonesian."""

    at: str
    policy_id: str
    title: str
    title_id: str
    source: str
    incidents: dict[str, str]
    control: Control
    credits_sha256: str
    clauses: tuple[ClauseAccount, ...]
    by_clause: tuple[Cell, ...]
    groups: dict[str, tuple[Cell, ...]]
    subscribers: dict[str, dict[str, int]]
    largest: tuple[NamedCredit, ...]
    outliers: tuple[Outliers, ...]
    over_fee: OverFee
    handed_over: HandOver | None
    schema: int = 1

    @property
    def balanced(self) -> bool:
        """Whether every subscriber is accounted for, as a whole and under each clause that counts."""
        control = self.control
        whole = control.subscribers_in_file == control.credited + control.not_eligible + control.refused
        each = all(
            one.credited + one.nothing_due + one.not_affected + one.not_for
            == control.subscribers_in_file - control.refused
            and min(one.nothing_due, one.not_affected) >= 0
            for one in self.clauses
            if one.status == "evaluated"
        )
        return whole and each


class PublicTotals(msgspec.Struct, frozen=True, kw_only=True):
    """What may be published: no ids, no plans of few people, no cell that could be traced to somebody.

    Attributes:
        least: fewest people of a shown cell.
        credited: subscribers with a credit; None when they are fewer than that, or a unit of the total is hidden.
        total: by unit.
    """

    at: str
    policy_id: str
    title: str
    title_id: str
    source: str
    incidents: tuple[str, ...]
    least: int
    credited: int | None
    total: tuple[Cell, ...]
    by_clause: tuple[Cell, ...]
    groups: dict[str, tuple[Cell, ...]]
    schema: int = 1


def clause_accounts(totals: Totals, not_for: dict[str, int]) -> tuple[ClauseAccount, ...]:
    """Account for every subscriber under every clause.

    Args:
        totals: of the run.
        not_for: subscribers whom a clause does not admit, by clause.
    """
    told = []
    for incident in totals.incidents:
        for clause in incident.clauses:
            counts = clause.status == "evaluated"
            outside = not_for[clause.clause_id] if counts else 0
            told.append(
                ClauseAccount(
                    incident_id=incident.incident_id,
                    clause_id=clause.clause_id,
                    status=clause.status,
                    credited=clause.credited,
                    nothing_due=clause.qualified - clause.credited,
                    not_affected=totals.subscribers - outside - clause.qualified if counts else 0,
                    not_for=outside,
                    gross_minor=clause.gross_minor,
                    already_paid_minor=clause.already_paid_minor,
                    net_minor=clause.net_minor,
                )
            )
    return tuple(told)


def public_totals(report: ControlReport, least: int) -> PublicTotals:
    """What of a report may be published.

    Args:
        report: the whole one.
        least: fewest people of a shown cell; 2 or more.
    """
    credited = report.control.credited
    # Ways of paying and segments have the same total, so one table stands for it.
    whole = without_small_cells(_added(report.groups["payment"]), least)
    # Where a unit is hidden, all subscribers less those of the other units could tell of it.
    told = credited == 0 or (credited >= least and all(cell.credited is not None for cell in whole))
    return PublicTotals(
        at=report.at,
        policy_id=report.policy_id,
        title=report.title,
        title_id=report.title_id,
        source=report.source,
        incidents=tuple(sorted(report.incidents)),
        least=least,
        credited=credited if told else None,
        total=whole,
        by_clause=without_small_cells(report.by_clause, least),
        groups={name: without_small_cells(cells, least) for name, cells in report.groups.items()},
    )


def _added(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """One cell for each unit, which is the sum of all of it."""
    units = sorted({cell.unit for cell in cells})
    return tuple(
        Cell(
            name="",
            unit=unit,
            credited=sum(cell.credited or 0 for cell in cells if cell.unit == unit),
            credits=sum(cell.credits or 0 for cell in cells if cell.unit == unit),
            net=sum(cell.net or 0 for cell in cells if cell.unit == unit),
        )
        for unit in units
    )
