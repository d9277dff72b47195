"""Cadence: how soon the first word is due and how often the next one, as a regulator or the house asks for it.

Cadences are rows with permanent ids and sources (data/cadences.toml); a desk chooses one. It proposes the time that a
draft promises; people may promise an earlier or a later one, and it is their promise that is kept or broken.
"""

from __future__ import annotations

from typing import Final

import msgspec

from pulih.model.clock import MICROS
from pulih.model.incident import Incident

# A promise names a time that people can remember, and never one behind what the cadence allows.
_ROUND_US: Final = 5 * 60 * MICROS


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From so many minutes after the first word on, the next word comes within `every_min`."""

    from_min: int
    every_min: int


class Cadence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row.

    Attributes:
        id: permanent; `name` is what the settings call it.
        first_min: minutes from the onset to the first word, 0 where the rule names none.
        steps: by `from_min`, the first from 0 on.
        says_id, says_en: the rule in a sentence; `source` who asks it; `comment` what to know about it.
    """

    id: str
    name: str
    first_min: int
    steps: tuple[Step, ...]
    says_id: str
    says_en: str
    source: str
    comment: str = ""


def next_by_us(cadence: Cadence, *, first_us: int, now_us: int) -> int:
    """Return until when the next word is to be promised: on a full five minutes, never later than the cadence allows.

    Args:
        cadence: which.
        first_us: when the first word was said; now, where this is it.
        now_us: when the promise is made.

    >>> hourly = Cadence(id="c", name="c", first_min=30, steps=(Step(0, 60),), says_id="", says_en="", source="")
    >>> next_by_us(hourly, first_us=0, now_us=61 * 60_000_000) // 60_000_000
    120
    """
    passed_min = (now_us - first_us) // (60 * MICROS)
    every_min = next(step.every_min for step in reversed(cadence.steps) if step.from_min <= max(0, passed_min))
    return (now_us + every_min * 60 * MICROS) // _ROUND_US * _ROUND_US


def proposed_us(cadence: Cadence, incident: Incident, *, now_us: int) -> int:
    """Return the time that the next draft of an incident should promise.

    >>> hourly = Cadence(id="c", name="c", first_min=30, steps=(Step(0, 60),), says_id="", says_en="", source="")
    >>> one = Incident(id="i", version=1, opened_us=0, onset_us=0, operator="", scopes=())
    >>> proposed_us(hourly, one, now_us=0) // 60_000_000
    60
    """
    said = [one.published_us for one in incident.notices if one.published_us is not None]
    return next_by_us(cadence, first_us=min(said, default=now_us), now_us=now_us)
