"""The canonical SQL of one run: the text and its small tables, drawn from the policy and the incidents as data.

Every database that Pulih works out credits on runs this text: DuckDB as it stands, Spark as sqlglot turns it. What
must be known of the inputs beforehand (which regions occur, which time the lists span) is asked in SQL as well.
Source: docs/credit.md; requirement K2.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from pulih.adapters.credit.sql_exposure import GAP, HOME, THERE, Step, exposure_steps
from pulih.adapters.credit.sql_rules import (
    Pair,
    Rule,
    Shape,
    evaluated_pairs,
    rule_rows,
    shape_of,
    slots_of,
    too_large,
)
from pulih.adapters.credit.sql_tables import (
    Spans,
    Table,
    day_tables,
    downtime_table,
    listed_table,
    rule_table,
    settled_table,
    slots_table,
    vias_of,
)
from pulih.adapters.credit.sql_verdict import qualified_steps, verdict_steps
from pulih.compensate.clauses import Amount, Clause, DaysAfterWorkingDays, Duration, LocalDays, Policy
from pulih.ports.credit import CreditTask, Unsuited

# Asked before the plan is drawn: every region that occurs, and from when to when the lists speak of an incident.
_REGIONS_OF: Final = {
    THERE: "SELECT DISTINCT region FROM presence",
    HOME: "SELECT DISTINCT home_region AS region FROM subscriber",
}
SPANS: Final = "SELECT incident_id, MIN(from_us) AS from_us, MAX(to_us) AS to_us FROM affected GROUP BY incident_id"

# Stands for the list of the affected where there is none.
NO_AFFECTED: Final = """
SELECT CAST(0 AS BIGINT) AS subscriber_id, '' AS incident_id, '' AS service, CAST(0 AS BIGINT) AS from_us,
       CAST(0 AS BIGINT) AS to_us WHERE FALSE"""

# Asked of the verdicts: the sums of totals.json, and the credits as they are written.
SUMS: Final = """
SELECT rule, currency, COUNT(*) AS qualified, CAST(SUM(CASE WHEN due > off THEN 1 ELSE 0 END) AS BIGINT) AS credited,
       CAST(SUM(CAST(affected_s AS HUGEINT)) AS VARCHAR) AS affected_s,
       CAST(SUM(CAST(due AS HUGEINT)) AS VARCHAR) AS due, CAST(SUM(CAST(off AS HUGEINT)) AS VARCHAR) AS off
FROM verdict GROUP BY rule, currency"""
CREDITS: Final = """
SELECT subscriber_id, rule, affected_s, due - off AS amount_minor, currency
FROM verdict WHERE due > off ORDER BY subscriber_id, rule"""


class Needs(msgspec.Struct, frozen=True):
    """What a run asks of the inputs.

    Attributes:
        pairs: evaluated pairs of incident and clause, in the order of credits; without one there is nothing to run.
        shapes: ways to be affected.
        hull_us: from the first start to the last end of the windows of their incidents.
        regions: the question which regions occur in presence or as a home; "" when it does not matter.
        listed, spans: whether the list of the affected is read, and whether its spans must be known.
    """

    pairs: tuple[Pair, ...]
    shapes: tuple[Shape, ...]
    hull_us: tuple[int, int]
    regions: str
    listed: bool
    spans: bool


class SqlPlan(msgspec.Struct, frozen=True):
    """The steps that end in `verdict` (rule, subscriber_id, currency, affected_s, due, off), and their tables."""

    steps: tuple[Step, ...]
    tables: tuple[Table, ...]

    @property
    def text(self) -> str:
        """The steps as one statement."""
        named = ",\n".join(f"{name} AS ({text}\n)" for name, text in self.steps)
        return f"WITH {named}\nSELECT rule, subscriber_id, currency, affected_s, due, off FROM verdict\n"


def leaves(policy: Policy) -> tuple[str, ...]:
    """Kinds of clause that the SQL leaves to another engine: only numbers of more than 38 digits."""
    return too_large(policy)


def needs(task: CreditTask) -> Needs:
    """What must be known of the inputs before the plan is drawn.

    Raises: Unsuited where the policy is left to another engine.
    """
    left = leaves(task.policy)
    if left:
        raise Unsuited(f"policy {task.policy.id}: {'; '.join(left)}. The engine rules works it out.")
    pairs = evaluated_pairs(task.policy, task.incidents)
    shapes = tuple(sorted({shape_of(pair.clause) for pair in pairs}, key=repr))
    windows = [window for pair in pairs for window in pair.incident.windows]
    hull_us = (min((w.start_us for w in windows), default=0), max((w.end_us for w in windows), default=0))
    listed = any(location == "listed" for _, _, location, _ in shapes)
    vias = {HOME if via == GAP else via for via in vias_of(shapes)}
    regions = "\nUNION\n".join(_REGIONS_OF[via] for via in sorted(vias))
    days = any(isinstance(pair.clause.quantity, LocalDays | DaysAfterWorkingDays) for pair in pairs)
    return Needs(pairs, shapes, hull_us, regions, listed, listed and days)


def draw_plan(task: CreditTask, asked: Needs, regions: Iterable[str], spans: Spans) -> SqlPlan:
    """The plan of a run.

    Args:
        task: the run.
        asked: what `needs` said of it; with at least one pair.
        regions: every region that occurs in presence or as a home.
        spans: by incident id, from the first start to the last end of its listed rows.
    """
    rules = rule_rows(asked.pairs, asked.shapes)
    tables = (
        rule_table(rules),
        slots_table(asked.shapes),
        downtime_table(asked.pairs, asked.shapes, regions),
        listed_table(asked.pairs, asked.shapes),
        *day_tables(asked.pairs, rules, spans),
        settled_table(task.policy, asked.pairs),
    )
    return SqlPlan(_steps(asked, rules, paid=task.inputs.paid is not None), tables)


def _steps(asked: Needs, rules: tuple[Rule, ...], *, paid: bool) -> tuple[Step, ...]:
    clauses = {pair.number: pair.clause for pair in asked.pairs}
    quantities = [clause.quantity for clause in clauses.values()]
    late_days = any(isinstance(quantity, DaysAfterWorkingDays) for quantity in quantities)
    longest = any(isinstance(quantity, Duration) and quantity.measure == "longest" for quantity in quantities)
    return (
        *exposure_steps(
            asked.hull_us,
            vias=vias_of(asked.shapes),
            listed=asked.listed,
            all_slots=any(len(slots_of(shape)) > 1 for shape in asked.shapes),
            maximal=late_days or longest or any(rule.need_longest for rule in rules),
        ),
        *qualified_steps(
            affected=_admitted(clauses, everybody=False),
            everybody=_admitted(clauses, everybody=True),
        ),
        *verdict_steps(
            several=len(asked.pairs) > len(clauses),
            long_days=any(isinstance(quantity, LocalDays) for quantity in quantities),
            late_days=late_days,
            paid=paid,
        ),
    )


def _admitted(clauses: dict[int, Clause], *, everybody: bool) -> str:
    """A condition on `r` and `s`: whom the clauses of one scope admit; "" when there is none of it."""
    conditions = (_admits(number, clause) for number, clause in clauses.items() if (clause.scope == "all") == everybody)
    return " OR ".join(conditions)


def _admits(number: int, clause: Clause) -> str:
    conditions = [f"r.clause = {number}"]
    applies = clause.applies
    lists = (("payment", applies.payment), ("segment", applies.segment), ("plan_id", applies.plans))
    for column, admitted in lists:
        if admitted is not None:
            named = ", ".join(_quoted(value) for value in admitted)
            conditions.append(f"s.{column} IN ({named})" if admitted else "FALSE")
    if isinstance(clause.value, Amount):
        conditions.append(f"s.currency = {_quoted(clause.value.currency)}")
    return f"({' AND '.join(conditions)})"


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
