"""The clocks that run on an incident, as the desk sees them: what is due, until when, how pressing it is."""

from __future__ import annotations

from typing import Literal

import msgspec

from pulih.confirm.clocks import RULES, ClockKind, clocks
from pulih.model.clock import MICROS
from pulih.model.incident import Incident

# What is left shows as urgent from here on.
SOON_S = 5 * 60
HOUSE = "clock.first_word.house"

Pressure = Literal["calm", "soon", "late"]


class Due(msgspec.Struct, frozen=True):
    """One clock: what is due, of which notice or task, until when, and how much is left (negative: how long over)."""

    kind: ClockKind
    of: str
    at_us: int
    left_s: float

    @property
    def pressure(self) -> Pressure:
        """How pressing it is.

        >>> Due("task", "t1", 0, 61.0).pressure, Due("task", "t1", 0, -1.0).pressure
        ('soon', 'late')
        """
        return "late" if self.left_s < 0 else "soon" if self.left_s <= SOON_S else "calm"


class Limit(msgspec.Struct, frozen=True):
    """How many minutes a rule allows until the first word, and who says so in both languages."""

    minutes: int
    says_id: str
    says_en: str


def due_of(incident: Incident, now_us: int) -> tuple[Due, ...]:
    """Return what waits to be done, by when it is due; of the rules for the first word the one of the house.

    >>> fresh = Incident(id="i", version=1, opened_us=0, onset_us=0, operator="", scopes=())
    >>> [(one.kind, one.left_s) for one in due_of(fresh, 60_000_000)]
    [('first_word', 840.0)]
    """
    return tuple(
        Due(one.kind, one.of, one.due_us, (one.due_us - now_us) / MICROS)
        for one in clocks(incident, now_us)
        if one.met_us is None and (one.kind != "first_word" or one.rule == HOUSE)
    )


def limits() -> tuple[Limit, ...]:
    """Return the rules for the first word, strictest first.

    >>> [limit.minutes for limit in limits()]
    [15, 30]
    """
    rows = [Limit(rule.minutes, rule.says_id, rule.says_en) for rule in RULES if rule.kind == "first_word"]
    return tuple(sorted(rows, key=lambda row: row.minutes))
