"""A Credit says what one subscriber is owed for one incident under one clause of a policy.

Money is whole minor units with their currency; what is given in kind counts units, and `DAY` days of validity.
"""

from __future__ import annotations

import msgspec


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """What one subscriber is owed for one incident under one clause: a row of credits.parquet, without its words."""

    subscriber_id: int
    incident_id: str
    policy_id: str
    clause_id: str
    affected_s: int
    amount_minor: int
    currency: str
