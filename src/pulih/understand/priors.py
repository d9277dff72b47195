"""Priors are what is known or assumed of subscribers before any text is read: frozen rows with ids and sources.

An adapter loads them from `data/impact`. Where no source exists the row says that it is an assumption; such rows bound
an impact loosely and are there to be replaced by an operator's own figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

from pulih.model.impact import Method
from pulih.model.reading import Group, Service, Symptom

# What people do with a service besides the activities that readings know: chat, news, maps, nothing at all.
OTHER: Literal["other"] = "other"
Activity = Group | Literal["other"]
ACTIVITIES: tuple[Activity, ...] = (*get_args(Group), OTHER)
Kind = Literal["city", "regency", "rural"]
Days = Literal["any", "workday", "weekend"]
# Lowest, likely, highest.
Spread = tuple[float, float, float]
# A market row of this name holds for operators without one of their own.
ANYBODY = "*"


class Use(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which part of those who use the internet uses it for an activity, 0 or more; "other" sums several uses."""

    id: str
    activity: Activity
    reach: float
    source: str = ""
    comment: str = ""


class Tilt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much more or less an activity weighs under a condition; without one of the conditions it always holds.

    Attributes:
        id: permanent id of the rule.
        factors: by activity, 0 or more.
        services: of the scope.
        hours: local hours [from, to); past midnight as [22, 30].
        days: of the week.
        kinds: of place.
    """

    id: str
    factors: Mapping[Activity, float]
    services: tuple[Service, ...] = ()
    hours: tuple[int, int] | None = None
    days: Days = "any"
    kinds: tuple[Kind, ...] = ()
    source: str = ""
    comment: str = ""


class Lines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines per person: SIM cards, fixed connections, or either where the medium is not told."""

    id: str
    medium: Literal["mobile", "fixed", "either"]
    per_person: Spread
    source: str = ""
    comment: str = ""


class Market(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An operator's share of all lines of its medium in the country, 0..1; its brands on its network included."""

    id: str
    operator: str
    share: Spread
    source: str = ""
    comment: str = ""


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which regencies are rural: those of fewer people."""

    id: str
    rural_below: int
    comment: str = ""


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far texts move the priors of groups.

    Attributes:
        id: permanent id of the rule.
        prior: the priors weigh as much as so many texts; above 0.
        most: texts weigh as so many at most, however many there are: who writes is no sample of who is hit.
        slack: the part of people in any of the named activities may be so many times smaller or larger; 1 or more.
    """

    id: str
    prior: float
    most: float
    slack: float
    comment: str = ""


class Emergency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When calls for help fail, and how many are made.

    Attributes:
        id: permanent id of the rule.
        services, symptoms: of scopes in which calls fail.
        calls: emergency calls per line and year.
    """

    id: str
    services: tuple[Service, ...]
    symptoms: tuple[Symptom, ...]
    calls: Spread
    source: str = ""
    comment: str = ""


class Priors(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, and the methods by id."""

    uses: tuple[Use, ...]
    tilts: tuple[Tilt, ...]
    lines: tuple[Lines, ...]
    markets: tuple[Market, ...]
    place: Place
    texts: Texts
    emergency: Emergency
    methods: Mapping[str, Method]

    def lines_of(self, medium: str) -> Lines:
        """Return the lines per person of a medium."""
        return next(one for one in self.lines if one.medium == medium)

    def market_of(self, operator: str) -> Market:
        """Return the market share of an operator; that of anybody where none is known."""
        found = (one for one in self.markets if one.operator == operator)
        return next(found, None) or next(one for one in self.markets if one.operator == ANYBODY)
