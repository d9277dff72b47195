"""Who is called when an outage waits: people with a way to reach them, shifts of a rota, and exceptions from it.

Recipients of reports stand beside them: like people on the rota they are named by the settings and hear no words.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from pulih.model.subscription import ChannelKind, Language

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A person on the rota: name, and the one way in which they are called, in their language."""

    name: str
    channel: ChannelKind
    address: str
    language: Language = "id"


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """Who gets reports of some rules, by their ids: a regulator, or whoever reports to it; nobody calls them."""

    name: str
    channel: ChannelKind
    address: str
    rules: tuple[str, ...]


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the week with its people.

    Attributes:
        days: on which it begins.
        start_min, end_min: minutes since midnight, local; an end that is not later is on the next day.
        people: names, in the order in which they are called.
        rotate_days: after so many days the first becomes the last; 0 never.
        since_day: day from which that is counted, as `date.toordinal` has it.
    """

    days: tuple[Weekday, ...] = WEEKDAYS
    start_min: int = 0
    end_min: int = 0
    people: tuple[str, ...]
    rotate_days: int = 0
    since_day: int = 1


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """An exception: `who` is called first in [start_us, end_us), whatever the rota says.

    `made_by` and `made_us` say who decided it and when; of two at one moment the later decision holds.
    """

    id: str
    who: str
    start_us: int
    end_us: int
    made_by: str
    made_us: int


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """Who is called at one moment, first to last, and the exception that put the first one there, if any."""

    people: tuple[str, ...]
    override: Override | None = None
