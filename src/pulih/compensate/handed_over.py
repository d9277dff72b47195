"""Adds up what is handed over: what was owed, what is paid in whole cash units, and the difference that is booked.

Every credit of the folder is in one of three heaps: a balance adjustment, a rate on a bill, or too small to be paid.
Source: docs/credit.md, "Handed over"; requirement K3.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Route = Literal["TMF654", "TMF678", "too_small"]


class UnitSum(msgspec.Struct, kw_only=True):
    """Credits in one currency, or one unit in kind; amounts in minor units of money, or in units.

    Attributes:
        net: what was owed; handed: what is paid; rounding: handed - net, to be booked.
        too_small: credits that round to nothing and are not handed over.
    """

    unit: str
    money: bool
    credits: int = 0
    net: int = 0
    handed: int = 0
    rounding: int = 0
    too_small: int = 0


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """The account of a hand-over: `hand-over.json`."""

    policy_id: str
    incidents: tuple[str, ...]
    credits_sha256: str
    credits: int
    subscribers: int
    routes: dict[Route, int]
    sums: tuple[UnitSum, ...]
    schema: int = 1


class HandOverSums:
    """What gathers while credits pass."""

    def __init__(self) -> None:
        self._routes: dict[Route, int] = {"TMF654": 0, "TMF678": 0, "too_small": 0}
        self._sums: dict[tuple[str, bool], UnitSum] = {}

    def add(self, unit: str, route: Route, credits_: int, *, money: bool, net: int, handed: int) -> None:
        """Count credits that went one way.

        Args:
            unit, money: currency, or unit in kind.
            route: the way.
            credits_: how many.
            net, handed: their sums.

        >>> sums = HandOverSums()
        >>> sums.add("IDR", "TMF654", 1, money=True, net=2_083_333, handed=2_083_300)
        >>> sums.account("p", ("INC-1",), credits_sha256="", subscribers=1).sums[0].rounding
        -33
        """
        self._routes[route] += credits_
        found = self._sums.setdefault((unit, money), UnitSum(unit=unit, money=money))
        found.credits += credits_
        found.net += net
        found.handed += handed
        found.rounding += handed - net
        found.too_small += credits_ if route == "too_small" else 0

    def net(self) -> dict[str, int]:
        """Sums of what was owed, by currency or unit."""
        told: dict[str, int] = {}
        for found in self._sums.values():
            told[found.unit] = told.get(found.unit, 0) + found.net
        return told

    @property
    def credits(self) -> int:
        """Credits counted."""
        return sum(self._routes.values())

    def account(self, policy_id: str, incidents: tuple[str, ...], *, credits_sha256: str, subscribers: int) -> HandOver:
        """The account of all that was counted.

        Args:
            policy_id, incidents: what the credits are for.
            credits_sha256: of the file they were read from.
            subscribers: who have one.
        """
        return HandOver(
            policy_id=policy_id,
            incidents=incidents,
            credits_sha256=credits_sha256,
            credits=self.credits,
            subscribers=subscribers,
            routes=self._routes,
            sums=tuple(self._sums[key] for key in sorted(self._sums)),
        )
