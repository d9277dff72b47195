"""The second half of the canonical SQL: who qualifies, for how many units, for which amount, and what was paid before.

The table `rule` has a row for each evaluated pair of incident and clause: numbers only, so that one text serves every
policy. Fractions are whole numbers all the way: a unit is worth `num / den` of the base (the fee, or 1), and rounding
half to even looks at the rest of the division. Source: docs/credit.md, "Who qualifies" to "Already paid".
"""

from __future__ import annotations

from typing import Final

from pulih.adapters.credit.sql_exposure import Step, joined_runs

# Kinds of quantity in the table `rule`.
DURATION: Final = 1
DAYS: Final = 2
FIXED: Final = 3

_REACHED: Final = """
SELECT r.rule, r.clause, r.seq, r.shape, s.subscriber_id, s.monthly_fee_minor, s.currency, m.total_us, m.longest_us
FROM measured AS m
JOIN rule AS r ON m.shape = r.shape AND m.seq = r.seq
JOIN subscriber AS s ON m.subscriber_id = s.subscriber_id
WHERE r.everybody = 0 AND CASE WHEN r.need_longest = 1 THEN m.longest_us ELSE m.total_us END >= r.need_us
  AND ({admits})"""

_EVERYBODY: Final = """
SELECT r.rule, r.clause, r.seq, r.shape, s.subscriber_id, s.monthly_fee_minor, s.currency,
       COALESCE(m.total_us, 0) AS total_us, COALESCE(m.longest_us, 0) AS longest_us
FROM subscriber AS s
CROSS JOIN rule AS r
LEFT JOIN measured AS m ON m.subscriber_id = s.subscriber_id AND m.shape = r.shape AND m.seq = r.seq
WHERE r.everybody = 1 AND ({admits})"""

# An instant belongs to the first incident that had it: cut time where any run begins or ends, and take the lowest.
_CLAIMED: Final = (
    (
        "claim",
        """
SELECT q.subscriber_id, q.clause, q.seq, x.from_us, x.to_us
FROM qualified AS q
JOIN run AS x ON q.subscriber_id = x.subscriber_id AND q.shape = x.shape AND q.seq = x.seq""",
    ),
    (
        "cut",
        """
SELECT subscriber_id, clause, from_us AS at_us FROM claim
UNION
SELECT subscriber_id, clause, to_us AS at_us FROM claim""",
    ),
    (
        "slice",
        """
SELECT subscriber_id, clause, at_us AS from_us,
       LEAD(at_us) OVER (PARTITION BY subscriber_id, clause ORDER BY at_us) AS to_us
FROM cut""",
    ),
    (
        "own",
        """
SELECT c.subscriber_id, c.clause, x.from_us, x.to_us, MIN(c.seq) AS seq
FROM slice AS x
JOIN claim AS c ON c.subscriber_id = x.subscriber_id AND c.clause = x.clause
               AND c.from_us <= x.from_us AND c.to_us >= x.to_us
GROUP BY c.subscriber_id, c.clause, x.from_us, x.to_us""",
    ),
    *joined_runs("own", "own_run", "subscriber_id, clause, seq"),
    (
        "fresh",
        """
SELECT subscriber_id, clause, seq,
       CAST(SUM(to_us - from_us) AS BIGINT) AS new_total_us, MAX(to_us - from_us) AS new_longest_us
FROM own_run
GROUP BY subscriber_id, clause, seq""",
    ),
)

_LONG_DAYS: Final = (
    (
        "day_time",
        """
SELECT x.subscriber_id, x.shape, x.seq, d.day,
       SUM(LEAST(x.to_us, d.to_us) - GREATEST(x.from_us, d.from_us)) AS affected_us
FROM run AS x
JOIN local_day AS d ON x.seq = d.seq AND x.from_us < d.to_us AND x.to_us > d.from_us
GROUP BY x.subscriber_id, x.shape, x.seq, d.day""",
    ),
    (
        "long_day",
        """
SELECT q.subscriber_id, q.clause, q.seq, t.day
FROM qualified AS q
JOIN rule AS r ON q.rule = r.rule
JOIN day_time AS t ON q.subscriber_id = t.subscriber_id AND q.shape = t.shape AND q.seq = t.seq
WHERE t.affected_us >= r.day_need_us""",
    ),
)

# `grace` says, for the local day on which a run began, the last day that gives nothing.
_LATE_DAYS: Final = (
    (
        "late_day",
        """
SELECT q.subscriber_id, q.clause, q.seq, d.day
FROM qualified AS q
JOIN run AS x ON q.subscriber_id = x.subscriber_id AND q.shape = x.shape AND q.seq = x.seq
JOIN local_day AS b ON x.seq = b.seq AND x.from_us >= b.from_us AND x.from_us < b.to_us
JOIN grace AS g ON q.rule = g.rule AND b.day = g.day
JOIN local_day AS d ON x.seq = d.seq AND d.day > g.last_day AND x.from_us < d.to_us AND x.to_us > d.from_us""",
    ),
)

_DAY_COUNT: Final = """
SELECT subscriber_id, clause, seq, COUNT(*) AS days
FROM (SELECT subscriber_id, clause, day, MIN(seq) AS seq FROM counted_day GROUP BY subscriber_id, clause, day) AS f
GROUP BY subscriber_id, clause, seq"""

_UNITS: Final = f"""
SELECT q.rule, q.subscriber_id, q.currency, q.monthly_fee_minor, q.total_us, CASE
    WHEN r.kind = {FIXED} THEN CASE WHEN r.everybody = 1 OR {{new_total}} > 0 THEN r.units ELSE 0 END
    WHEN r.kind = {DAYS} THEN {{days}}
    ELSE (GREATEST(CASE WHEN r.new_longest = 1 THEN {{new_longest}} ELSE {{new_total}} END - r.off_us, 0) + r.add_us)
         // r.unit_us END AS units
FROM qualified AS q
JOIN rule AS r ON q.rule = r.rule"""

_PRICED: Final = """
SELECT u.rule, u.subscriber_id, COALESCE(r.currency, u.currency) AS currency, u.total_us,
       CAST(CASE WHEN r.of_fee = 1 THEN u.monthly_fee_minor ELSE 1 END AS HUGEINT) AS base, r.den,
       CAST((CAST(u.units AS HUGEINT) * CAST(r.num AS HUGEINT)) // CAST(r.den AS HUGEINT) AS HUGEINT) AS whole,
       (CAST(u.units AS HUGEINT) * CAST(r.num AS HUGEINT)) % CAST(r.den AS HUGEINT) AS rest,
       CAST(u.monthly_fee_minor AS HUGEINT) * CAST(r.cap_percent AS HUGEINT) AS fee_cap, r.cap_minor
FROM units AS u
JOIN rule AS r ON u.rule = r.rule"""

_RAW: Final = """
SELECT rule, subscriber_id, currency, total_us, CAST(den AS HUGEINT) AS den, fee_cap, cap_minor,
       whole * base + CAST((base * rest) // CAST(den AS HUGEINT) AS HUGEINT) AS floor_minor,
       (base * rest) % CAST(den AS HUGEINT) AS rest
FROM priced"""


# Wide quotients stand in CAST(a // b AS HUGEINT): the form that sql_spark.py knows to turn.
def _half_even(floor: str, rest: str, den: str) -> str:
    """SQL for a non-negative fraction, given as its floor and the rest over `den`, rounded half to even."""
    up = f"2 * ({rest}) > {den} OR (2 * ({rest}) = {den} AND ({floor}) % 2 = 1)"
    return f"({floor}) + CASE WHEN {up} THEN 1 ELSE 0 END"


# Rounding keeps the order of numbers, so that the least of what is rounded is the least, rounded.
_DUE: Final = f"""
SELECT rule, subscriber_id, currency, (total_us // 1000000) AS affected_s, CAST(LEAST(raw, COALESCE(
    {_half_even("CAST(fee_cap // 100 AS HUGEINT)", "fee_cap % 100", "100")}, raw),
    COALESCE(CAST(cap_minor AS HUGEINT), raw)) AS BIGINT) AS due
FROM (SELECT *, {_half_even("floor_minor", "rest", "den")} AS raw FROM floored) AS f"""

_BEFORE: Final = """
SELECT p.subscriber_id, t.rule, p.currency, SUM(CAST(p.amount_minor AS HUGEINT)) AS before_minor
FROM paid AS p
JOIN settled AS t ON p.incident_id = t.incident_id AND p.policy_id = t.policy_id AND p.clause_id = t.clause_id
GROUP BY p.subscriber_id, t.rule, p.currency"""

_SET_OFF: Final = """
SELECT d.rule, d.subscriber_id, d.currency, d.affected_s, d.due,
       CAST(LEAST(GREATEST(COALESCE(b.before_minor, 0), 0), d.due) AS BIGINT) AS off
FROM due AS d
LEFT JOIN before AS b ON d.subscriber_id = b.subscriber_id AND d.rule = b.rule AND d.currency = b.currency"""


def qualified_steps(*, affected: str, everybody: str) -> tuple[Step, ...]:
    """The step `qualified`: a row for each subscriber and rule that holds.

    Args:
        affected, everybody: SQL conditions on `s` and `r`: whom the clauses of that scope admit; "" without such.
            One of the two is given.
    """
    branches = [_REACHED.format(admits=affected)] if affected else []
    branches += [_EVERYBODY.format(admits=everybody)] if everybody else []
    return (("qualified", "\nUNION ALL".join(branches)),)


def verdict_steps(*, several: bool, long_days: bool, late_days: bool, paid: bool) -> tuple[Step, ...]:
    """The steps from `qualified` to `verdict`: rule, subscriber_id, currency, affected_s, due, off.

    Args:
        several: a clause is evaluated for more than one incident, so that time may be claimed by an earlier one.
        long_days, late_days: a clause counts local days, or days after working days.
        paid: there are earlier credits.
    """
    joins, new_total, new_longest, days = "", "q.total_us", "q.longest_us", "0"
    steps: tuple[Step, ...] = ()
    on = "q.subscriber_id = {0}.subscriber_id AND q.clause = {0}.clause AND q.seq = {0}.seq"
    if several:
        steps += _CLAIMED
        joins += f"\nLEFT JOIN fresh AS n ON {on.format('n')}"
        new_total, new_longest = "COALESCE(n.new_total_us, 0)", "COALESCE(n.new_longest_us, 0)"
    if long_days or late_days:
        names = ["long_day"] * long_days + ["late_day"] * late_days
        counted = "\nUNION\n".join(f"SELECT subscriber_id, clause, seq, day FROM {name}" for name in names)
        steps += _LONG_DAYS * long_days + _LATE_DAYS * late_days
        steps += (("counted_day", counted), ("day_count", _DAY_COUNT))
        joins += f"\nLEFT JOIN day_count AS k ON {on.format('k')}"
        days = "COALESCE(k.days, 0)"
    units = _UNITS.format(new_total=new_total, new_longest=new_longest, days=days) + joins
    steps += (("units", units), ("priced", _PRICED), ("floored", _RAW), ("due", _DUE))
    verdict = "SELECT rule, subscriber_id, currency, affected_s, due, CAST(0 AS BIGINT) AS off FROM due"
    return (*steps, ("before", _BEFORE), ("verdict", _SET_OFF)) if paid else (*steps, ("verdict", verdict))
