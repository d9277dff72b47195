"""What is known of one subscriber when credits are worked out: the row itself, where they were, what was paid before.

Times are whole microseconds since 1970 UTC and intervals half-open. Source: docs/credit.md, "What goes in".
"""

from __future__ import annotations

import msgspec


class CreditSubscriber(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One row of subscribers; money in minor units, 0 or more."""

    subscriber_id: int
    plan_id: str
    segment: str
    monthly_fee_minor: int
    currency: str
    payment: str
    home_region: str


class Presence(msgspec.Struct, frozen=True, gc=False):
    """A subscriber was in a region."""

    region: str
    start_us: int
    end_us: int


class Listed(msgspec.Struct, frozen=True, gc=False):
    """A subscriber was without a service ("*": every one) in an incident, by the operator's own list."""

    incident_id: str
    service: str
    start_us: int
    end_us: int


class Paid(msgspec.Struct, frozen=True, gc=False):
    """A credit given earlier, or its reversal (negative)."""

    incident_id: str
    policy_id: str
    clause_id: str
    amount_minor: int
    currency: str


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of one subscriber; rows in any order, with any overlaps and repetitions."""

    subscriber: CreditSubscriber
    presence: tuple[Presence, ...] = ()
    listed: tuple[Listed, ...] = ()
    paid: tuple[Paid, ...] = ()
