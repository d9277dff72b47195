"""The control account of a run: every subscriber of the file is credited, not eligible or refused, and sums agree.

What was written is read back and held against what the engine said; credits that do not add up are not handed out.
Source: docs/credit.md, "What comes out".
"""

from __future__ import annotations

import msgspec

from pulih.compensate.totals import Totals


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one run.

    Attributes:
        subscribers_in_file: rows of the file of subscribers = credited + not_eligible + refused.
        set_aside: rows set aside, by table; of subscribers they are `refused`.
    """

    engine: str
    policy_id: str
    subscribers_in_file: int
    credited: int
    not_eligible: int
    refused: int
    rows: int
    net_minor: dict[str, int]
    set_aside: dict[str, int]


def control_of(totals: Totals, set_aside: dict[str, int], engine: str) -> Control:
    """Draw up the account.

    Args:
        totals: of the run.
        set_aside: rows set aside, by table.
        engine: name of the engine that ran.

    >>> totals = Totals(policy_id="p", subscribers=10, rows=3, credited_subscribers=2, net_minor={}, incidents=())
    >>> control_of(totals, {"subscribers": 1}, "rules").not_eligible
    8
    """
    refused = set_aside.get("subscribers", 0)
    return Control(
        engine=engine,
        policy_id=totals.policy_id,
        subscribers_in_file=totals.subscribers + refused,
        credited=totals.credited_subscribers,
        not_eligible=totals.subscribers - totals.credited_subscribers,
        refused=refused,
        rows=totals.rows,
        net_minor=totals.net_minor,
        set_aside=set_aside,
    )
