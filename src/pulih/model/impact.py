"""An Impact says how many subscribers a scope touches, and which groups: bounds with the method that gave each.

Nobody who only reads texts knows how many customers are hit, so no number stands here without a lower and an upper
bound, and none without the id of its method. Reports are reports: they enter as a floor and never as customers.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from pulih.model.reading import Group
from pulih.model.scope import Scope

# Customers whose trouble is others' trouble; who they are, the operator knows.
PriorityKind = Literal["hospital", "emergency_services", "bank", "payment", "government", "utility", "other"]


class Bounds(msgspec.Struct, frozen=True):
    """A whole number that is known between `low` and `high`; `likely` lies between them."""

    low: int
    likely: int
    high: int


class Share(msgspec.Struct, frozen=True):
    """A part of a whole, 0..1, with bounds and the ids of the methods that gave them."""

    low: float
    likely: float
    high: float
    methods: tuple[str, ...]


class GroupTouched(msgspec.Struct, frozen=True):
    """Subscribers touched in one activity, and the ids of the methods that gave the bounds."""

    group: Group
    subscribers: Bounds
    methods: tuple[str, ...]


class PriorityTouched(msgspec.Struct, frozen=True):
    """Priority customers of one kind: `listed` in the region by the operator, and `touched` of them."""

    kind: PriorityKind
    listed: Bounds
    touched: Bounds
    methods: tuple[str, ...]


class EmergencyTouched(msgspec.Struct, frozen=True):
    """Subscribers who may be unable to call for help, and the emergency calls that they make in such a time."""

    subscribers: Bounds
    calls: Bounds
    methods: tuple[str, ...]


class Method(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a number came about: a permanent id, and a sentence in English and in Indonesian."""

    id: str
    english: str
    indonesian: str


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """What one scope does to people in [start, end) (requirement U2); times in microseconds since 1970 UTC.

    Attributes:
        scope, start_us, end_us: whose impact, and in which time.
        emergency: calls for help; None where calls are not what fails.
        priority: priority customers by kind; empty where the operator lists none.
        subscribers: subscribers touched.
        served: subscribers of the service in the region, touched or not.
        share: which part of those is touched.
        groups: by activity, most touched first. What people do with a service besides these is not listed, so they
            sum to less than `subscribers`.
        user_minutes: subscribers touched times minutes, as if each were touched from start to end.
        methods: every method named above, with its sentences.
        rules: ids of the rules of `data/impact` that went in.
    """

    scope: Scope
    start_us: int
    end_us: int
    emergency: EmergencyTouched | None
    priority: tuple[PriorityTouched, ...]
    subscribers: Bounds
    served: Bounds
    share: Share
    groups: tuple[GroupTouched, ...]
    user_minutes: Bounds
    methods: tuple[Method, ...]
    rules: tuple[str, ...]
