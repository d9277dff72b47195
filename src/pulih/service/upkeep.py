"""Upkeep: how a desk itself is kept: its clock and its chores, as people and metrics are told of them.

None of it keeps a desk from taking reports, and all of it wants somebody to look sooner or later.
"""

from __future__ import annotations

from typing import Final

import msgspec

from pulih.model.clock import MICROS

# A clock that is kept right is set back by less than this.
AHEAD_S_MAX: Final = 60.0


def stands_s(closed_until_us: int, now_us: int) -> float:
    """Return for how many seconds reports of now count in no window, since those are closed; 0 where they count.

    >>> stands_s(3_600_000_000, 0), stands_s(60_000_000, 0)
    (3600.0, 0.0)
    """
    ahead_s = (closed_until_us - now_us) / MICROS
    return ahead_s if ahead_s > AHEAD_S_MAX else 0.0


class Chore(msgspec.Struct, frozen=True):
    """One thing that is done again and again.

    Attributes:
        name: of the chore.
        failures: how often it could not be done.
        says: what could not be done or used the last time, "" when all was well.
    """

    name: str
    failures: int = 0
    says: str = ""


class Upkeep(msgspec.Struct, frozen=True, kw_only=True):
    """How a desk is kept.

    Attributes:
        clock_jumps: jumps of the machine's clock that were seen.
        clock_apart_s: how far that clock is ahead of the desk's by a jump, seconds; below 0: behind.
        clock_says: the same in a sentence, "" without a jump.
        stands_s: for how long findings stand still, since windows were closed by a clock that was ahead and set back.
        chores: what is done again and again.
        unread: texts that could not be read since the start; they are counted, and say nothing.
    """

    clock_jumps: int = 0
    clock_apart_s: float = 0.0
    clock_says: str = ""
    stands_s: float = 0.0
    chores: tuple[Chore, ...] = ()
    unread: int = 0

    def failing(self) -> tuple[Chore, ...]:
        """Return the chores of which something could not be done or used the last time.

        >>> Upkeep(chores=(Chore("expiry", 2, "The disk is full."), Chore("calendars", 1))).failing()[0].name
        'expiry'
        """
        return tuple(one for one in self.chores if one.says)

    def chores_say(self) -> str:
        """Return what failed in a sentence each, "" when nothing did.

        >>> Upkeep(chores=(Chore("expiry", 2, "The disk is full."),)).chores_say()
        'expiry: The disk is full.'
        """
        return " ".join(f"{one.name}: {one.says}" for one in self.failing())
