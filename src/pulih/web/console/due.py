"""The clocks of an incident: until when the first word is due, or the next one that was promised.

A goal of the house stands beside the strictest rule known, so that the desk knows what is manners and what is law.
Source: the 03:00 rule of the product; Japan, Ministry of Internal Affairs, guideline on reports of incidents, 2023.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from pulih.model.clock import MICROS
from pulih.model.incident import Incident
from pulih.web.console.phrasing import OVER

FIRST_WORD_S = 15 * 60
# What is left shows as urgent from here on.
SOON_S = 5 * 60

Which = Literal["first", "next"]
Pressure = Literal["calm", "soon", "late"]


class Due(msgspec.Struct, frozen=True):
    """One clock: which, until when, and how much is left (negative: how long it is over)."""

    which: Which
    at_us: int
    left_s: float

    @property
    def pressure(self) -> Pressure:
        """How pressing it is.

        >>> Due("first", 0, 61.0).pressure, Due("first", 0, -1.0).pressure
        ('soon', 'late')
        """
        return "late" if self.left_s < 0 else "soon" if self.left_s <= SOON_S else "calm"


def due_of(incident: Incident, now_us: int) -> Due | None:
    """Return the clock that runs, None where nothing is due: it is over, or the last word promised no other.

    >>> fresh = Incident(id="i", version=1, opened_us=0, onset_us=0, operator="", scopes=())
    >>> due_of(fresh, 60_000_000).left_s
    840.0
    """
    said = [notice for notice in incident.notices if notice.state == "published"]
    if said:
        last = max(said, key=lambda notice: notice.published_us or 0)
        which, at_us = "next", last.next_update_by_us
    else:
        which, at_us = "first", None if incident.state in OVER else incident.onset_us + FIRST_WORD_S * MICROS
    if at_us is None:
        return None
    return Due("first" if which == "first" else "next", at_us, (at_us - now_us) / MICROS)
