"""The first half of the canonical SQL: from where subscribers were to the runs in which each of them was affected.

Written in DuckDB's dialect with window functions and integers only, so that sqlglot can turn it into Spark's. A step
is a named SELECT that reads the steps before it. `shape` numbers a way to be affected (services, mode, location,
depth), `seq` an incident in its order; clauses that look at the same shape share its runs. Source: docs/credit.md,
"Affected time S".
"""

from __future__ import annotations

from typing import Final

Step = tuple[str, str]

# Which places a row of the table `downtime` meets: rows of presence, the gaps between them, or the home alone.
THERE: Final = 1
GAP: Final = 2
HOME: Final = 3

_THERE: Final = f"""
SELECT p.subscriber_id, d.shape, d.seq, d.slot,
       GREATEST(p.from_us, d.from_us) AS from_us, LEAST(p.to_us, d.to_us) AS to_us
FROM presence AS p
JOIN downtime AS d ON p.region = d.region AND p.from_us < d.to_us AND p.to_us > d.from_us
WHERE d.via = {THERE}"""

_AT_HOME: Final = f"""
SELECT s.subscriber_id, d.shape, d.seq, d.slot, d.from_us, d.to_us
FROM subscriber AS s
JOIN downtime AS d ON s.home_region = d.region
WHERE d.via = {HOME}"""

_IN_GAPS: Final = f"""
SELECT g.subscriber_id, d.shape, d.seq, d.slot,
       GREATEST(g.from_us, d.from_us) AS from_us, LEAST(g.to_us, d.to_us) AS to_us
FROM gap AS g
JOIN downtime AS d ON g.region = d.region AND g.from_us < d.to_us AND g.to_us > d.from_us
WHERE d.via = {GAP}"""

_LISTED: Final = """
SELECT a.subscriber_id, l.shape, l.seq, l.slot, a.from_us, a.to_us
FROM affected AS a
JOIN listed AS l ON a.incident_id = l.incident_id AND (l.service IS NULL OR a.service = l.service)"""

# A row of no length at the end of the hull closes the last gap, and is the only one of who has no presence.
_GAP_STEPS: Final = (
    (
        "resident",
        f"""
SELECT subscriber_id, home_region AS region
FROM subscriber
WHERE home_region IN (SELECT region FROM downtime WHERE via = {GAP})""",
    ),
    (
        "stay",
        """
SELECT r.subscriber_id, r.region, p.from_us, p.to_us
FROM presence AS p JOIN resident AS r ON p.subscriber_id = r.subscriber_id
UNION ALL
SELECT subscriber_id, region, {until_us} AS from_us, {until_us} AS to_us FROM resident""",
    ),
    (
        "seen",
        """
SELECT subscriber_id, region, from_us, MAX(to_us) OVER (
    PARTITION BY subscriber_id ORDER BY from_us ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS seen_us
FROM stay""",
    ),
    (
        "gap",
        """
SELECT subscriber_id, region, COALESCE(seen_us, {since_us}) AS from_us, from_us AS to_us
FROM seen
WHERE from_us > COALESCE(seen_us, {since_us})""",
    ),
)

# What earlier pieces of the same slot reach over is cut off: no instant is left in two parts.
_PART: Final = (
    (
        "reached",
        """
SELECT subscriber_id, shape, seq, slot, from_us, to_us, MAX(to_us) OVER (
    PARTITION BY subscriber_id, shape, seq, slot ORDER BY from_us
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached_us
FROM piece""",
    ),
    (
        "part",
        """
SELECT subscriber_id, shape, seq, slot, GREATEST(from_us, COALESCE(reached_us, from_us)) AS from_us, to_us
FROM reached
WHERE to_us > COALESCE(reached_us, from_us)""",
    ),
)

# Every listed service down at once: as many slots are open as the shape has.
_ALL_SLOTS: Final = (
    (
        "edge",
        """
SELECT subscriber_id, shape, seq, from_us AS at_us, 1 AS step FROM part
UNION ALL
SELECT subscriber_id, shape, seq, to_us AS at_us, -1 AS step FROM part""",
    ),
    (
        "turn",
        """
SELECT subscriber_id, shape, seq, at_us, SUM(step) AS step
FROM edge
GROUP BY subscriber_id, shape, seq, at_us""",
    ),
    (
        "level",
        """
SELECT subscriber_id, shape, seq, at_us AS from_us,
       LEAD(at_us) OVER (PARTITION BY subscriber_id, shape, seq ORDER BY at_us) AS to_us,
       SUM(step) OVER (PARTITION BY subscriber_id, shape, seq ORDER BY at_us
                       ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS open_slots
FROM turn""",
    ),
    (
        "solid",
        """
SELECT l.subscriber_id, l.shape, l.seq, l.from_us, l.to_us
FROM level AS l JOIN slots AS n ON l.shape = n.shape AND l.open_slots = n.slots
WHERE l.to_us IS NOT NULL""",
    ),
)

_MEASURED: Final = """
SELECT subscriber_id, shape, seq,
       CAST(SUM(to_us - from_us) AS BIGINT) AS total_us, MAX(to_us - from_us) AS longest_us
FROM run
GROUP BY subscriber_id, shape, seq"""


def joined_runs(source: str, name: str, keys: str) -> tuple[Step, ...]:
    """Steps that join touching pieces of `source`, which share no instant, into maximal runs named `name`."""
    ordered = f"PARTITION BY {keys} ORDER BY from_us"
    return (
        (
            f"{name}_start",
            f"""
SELECT {keys}, from_us, to_us,
       CASE WHEN LAG(to_us) OVER ({ordered}) = from_us THEN 0 ELSE 1 END AS fresh
FROM {source}""",
        ),
        (
            f"{name}_numbered",
            f"""
SELECT {keys}, from_us, to_us,
       SUM(fresh) OVER ({ordered} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS nr
FROM {name}_start""",
        ),
        (name, f"SELECT {keys}, MIN(from_us) AS from_us, MAX(to_us) AS to_us FROM {name}_numbered GROUP BY {keys}, nr"),
    )


def exposure_steps(
    hull_us: tuple[int, int], *, vias: frozenset[int], listed: bool, all_slots: bool, maximal: bool
) -> tuple[Step, ...]:
    """The steps up to `run` and `measured`.

    Args:
        hull_us: from the first start to the last end of a window; the table `presence` has rows that meet it.
        vias: which of THERE, GAP and HOME the table `downtime` has.
        listed: a shape looks at the list of the affected.
        all_slots: a shape has more than one slot (services that must all be down).
        maximal: runs must be maximal, since a longest run or a run's first day is asked for; else they only share
            no instant, which their sum and days need.
    """
    branches = [text for via, text in ((THERE, _THERE), (GAP, _IN_GAPS), (HOME, _AT_HOME)) if via in vias]
    branches += [_LISTED] if listed else []
    since_us, until_us = (f"CAST({at_us} AS BIGINT)" for at_us in hull_us)
    gaps = tuple((name, text.format(since_us=since_us, until_us=until_us)) for name, text in _GAP_STEPS)
    steps = (gaps if GAP in vias else ()) + (("piece", "\nUNION ALL".join(branches)), *_PART)
    steps += _ALL_SLOTS if all_slots else (("solid", "SELECT subscriber_id, shape, seq, from_us, to_us FROM part"),)
    if maximal:
        steps += joined_runs("solid", "run", "subscriber_id, shape, seq")
    else:
        steps += (("run", "SELECT subscriber_id, shape, seq, from_us, to_us FROM solid"),)
    return (*steps, ("measured", _MEASURED))
