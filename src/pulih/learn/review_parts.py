"""The parts a review document is made of: sections of paragraphs, lists, tables and one curve, in both languages."""

from __future__ import annotations

import msgspec

from pulih.learn.wording import Pair
from pulih.model.record import Curve


class Text(msgspec.Struct, frozen=True, tag="text"):
    """A paragraph; `quiet` is a remark."""

    says: Pair
    quiet: bool = False


class Points(msgspec.Struct, frozen=True, tag="points"):
    """A list."""

    items: tuple[Pair, ...]


class Grid(msgspec.Struct, frozen=True, tag="grid"):
    """A table; `numbers` says which columns hold numbers."""

    caption: Pair
    heads: tuple[Pair, ...]
    rows: tuple[tuple[Pair, ...], ...]
    numbers: tuple[bool, ...]


class Stop(msgspec.Struct, frozen=True):
    """One step on the line of steps: its name, the moment, and how long after the onset."""

    name: Pair
    at_us: int
    at: Pair
    after: Pair


class StepLine(msgspec.Struct, frozen=True, tag="steps"):
    """The steps from onset to restoration as a picture; `finding` is its title."""

    finding: Pair
    stops: tuple[Stop, ...]


class LevelCurve(msgspec.Struct, frozen=True, tag="curve"):
    """Reports over time as a picture with the onset and the restoration; `finding` is its title, `caption` below.

    `ticks` are moments spread evenly from its left end to its right one.
    """

    finding: Pair
    caption: Pair
    curve: Curve
    onset_us: int
    ended_us: int | None
    ticks: tuple[tuple[int, Pair], ...]


Block = Text | Points | Grid | StepLine | LevelCurve


class Section(msgspec.Struct, frozen=True):
    """A heading and its blocks; `id` names it in addresses."""

    id: str
    title: Pair
    blocks: tuple[Block, ...]


class ReviewDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A whole review: the public version, or the one that only the desk reads."""

    incident: str
    title: Pair
    headline: Pair
    remarks: tuple[Pair, ...]
    sections: tuple[Section, ...]
    public: bool


class TimelineLine(msgspec.Struct, frozen=True):
    """One line of an incident's timeline as it is told; `public` are those of which the public knew."""

    at_us: int
    actor: str
    says: Pair
    public: bool
