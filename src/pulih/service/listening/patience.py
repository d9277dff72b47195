"""Patience: how long a source waits after a failure; a peer that comes back must not be met by all desks at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from pulih.model.errors import OutsideFailed
from pulih.ports.sources import Later

FIRST_S: Final = 1.0
LONGEST_S: Final = 300.0
# After a failure that nobody foresaw; trying sooner would fail alike, and tell the same.
UNFORESEEN_S: Final = 600.0
# What a person or another program must mend is looked at again so often.
REFUSED_S: Final = 600.0
# A peer that asks for more is asked once a day all the same.
_ASKED_S_MAX: Final = 86_400.0
# Doubled more often, a wait is the longest anyhow.
_TRIES_MAX: Final = 20


class Patience(msgspec.Struct, frozen=True):
    """How a source waits: `sleep` for seconds, and by a `chance` from 0 to 1."""

    sleep: Callable[[float], Awaitable[object]]
    chance: Callable[[], float]

    def wait_s(self, tries: int, problem: OutsideFailed) -> float:
        """Return how long to wait: doubled each time, half of it by chance, and never less than the peer asks for.

        Args:
            tries: how many failed before this one.
            problem: what failed.

        >>> from pulih.ports.sources import Later
        >>> patience = Patience(sleep=None, chance=lambda: 1.0)
        >>> [patience.wait_s(tries, OutsideFailed()) for tries in (0, 1, 2, 20)]
        [1.0, 2.0, 4.0, 300.0]
        >>> patience.wait_s(0, Later("busy", 900.0))
        900.0
        """
        longest_s = min(LONGEST_S, FIRST_S * (1 << min(tries, _TRIES_MAX)))
        wait_s = longest_s * (0.5 + 0.5 * self.chance())
        return max(wait_s, min(problem.retry_s, _ASKED_S_MAX)) if isinstance(problem, Later) else wait_s
