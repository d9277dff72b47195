"""Desk clock: dates what a probe measured by the desk's clock where the machine's own is wrong.

A small computer gets its time from a network that its probe is there to find dead, and some never get it. The desk
refuses what is dated ahead of its clock, and counts nothing that is older than a day.
"""

from __future__ import annotations

from typing import Final, TextIO

import msgspec

from pulih.adapters.desk_client import DeskClient
from pulih.adapters.homeprobe.waiting import Moment
from pulih.model.clock import HOUR_S, MICROS

# Answers are dated to the second and take a while; clocks that are no further apart are taken for the same.
APART_US: Final = 60 * MICROS
_LOOK_AGAIN_S: Final = HOUR_S


class DeskClock:
    """Compares two clocks, once an hour, and when this machine's was set.

    Args:
        client: of the desk.
        out: where it is told that a clock is wrong.
    """

    def __init__(self, client: DeskClient, out: TextIO) -> None:
        self._client, self._out = client, out
        self._ahead_us = 0
        # When they were compared, and when this machine began by its clock then; None = never.
        self._looked: tuple[float, int] | None = None

    def dated(self, now: Moment) -> Moment:
        """Return the present by the desk's clock; by the machine's own where they agree, or nobody says.

        Args:
            now: by the machine's clock.
        """
        if self._is_due(now) and (desk_us := self._client.clock_us()) is not None:
            ahead_us = now.at_us - desk_us
            self._looked = (now.up_s, _began_us(now))
            self._ahead_us = ahead_us if abs(ahead_us) > APART_US else 0
            if self._ahead_us:
                side = "ahead of" if ahead_us > 0 else "behind"
                self._out.write(
                    f"the clock of this machine is {abs(ahead_us) // MICROS:,} s {side} the desk's; "
                    "what is measured is dated by the desk's\n"
                )
        return msgspec.structs.replace(now, at_us=now.at_us - self._ahead_us)

    def _is_due(self, now: Moment) -> bool:
        if self._looked is None or now.up_s - self._looked[0] >= _LOOK_AGAIN_S:
            return True
        if abs(_began_us(now) - self._looked[1]) <= APART_US:
            return False
        # The machine's clock was set since; what was known of it holds no more, whether the desk answers or not.
        self._looked, self._ahead_us = None, 0
        return True


def _began_us(now: Moment) -> int:
    return now.at_us - round(now.up_s * MICROS)
