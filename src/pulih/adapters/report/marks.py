"""What is marked on a chart: moments by shape and word, and shaded stretches of time with their numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import msgspec
from markupsafe import Markup

from pulih.adapters.report.thinning import Steps
from pulih.adapters.report.words import Words

MarkKind = Literal["onset", "alarm", "peak", "cleared"]
_ROW_PX = 18
# What a letter of a number takes of the width on a phone, and the space after it, in per cent.
_LETTER, _SPACE = 2.6, 2.0
_ENDS = re.compile(", |–")
# Moments closer than this share of the width are one place on the paper.
_SAME_GAP = 0.35
# Which shape stands where several moments fall together.
_RANK: dict[MarkKind, int] = {"alarm": 0, "onset": 1, "cleared": 2, "peak": 3}


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time to shade, with the number it goes by and what a pointer shows over it."""

    number: str
    start_us: int
    end_us: int
    title: str


class Moment(msgspec.Struct, frozen=True):
    """A moment to mark by shape and word."""

    kind: MarkKind
    at_us: int


class Band(msgspec.Struct, frozen=True):
    """A shaded stretch in per cent of the width, its number ("" for none), and what a pointer shows over it."""

    x: float
    width: float
    number: str
    anchor: str
    title: str


class Mark(msgspec.Struct, frozen=True):
    """A marked moment: per cent across, pixels down of its label, words, and the side the label stands on."""

    kind: MarkKind
    x: float
    y: int
    text: str
    anchor: str


def bands_of(steps: Steps, periods: Sequence[Period]) -> list[Band]:
    """Return the stretches to shade: what overlaps is one, and numbers that would collide stand together.

    Two shades on one another would be darker, as if more had happened there.
    """
    bands: list[Band] = []
    for period in sorted(periods, key=lambda p: (p.start_us, p.end_us)):
        x = 100 * steps.position(period.start_us)
        # A stretch of an hour in a year would be too thin to see.
        end = max(x + 0.4, 100 * steps.position(period.end_us))
        last = bands[-1] if bands else None
        if last is not None and x <= last.x + last.width:
            joined = max(end, last.x + last.width)
            bands[-1] = Band(
                last.x, joined - last.x, _both(last.number, period.number), "", f"{last.title}; {period.title}"
            )
        else:
            bands.append(Band(min(x, 99.6), end - x, period.number, "", period.title))
    return [
        Band(round(b.x, 2), round(b.width, 2), b.number, "end" if _ends(b) else "start", b.title) for b in _apart(bands)
    ]


def _apart(bands: Sequence[Band]) -> list[Band]:
    """Give the number of a band whose label would run into the one before it to that one."""
    result = list(bands)
    labelled: list[int] = []
    for index, band in enumerate(bands):
        if band.number:
            labelled.append(index)
        # A joined label is longer, and may reach the one before it in turn.
        while len(labelled) > 1 and _left(result[labelled[-1]]) < _right(result[labelled[-2]]):
            last, before = result[labelled[-1]], result[labelled[-2]]
            result[labelled[-2]] = msgspec.structs.replace(before, number=_both(before.number, last.number))
            result[labelled[-1]] = msgspec.structs.replace(last, number="")
            labelled.pop()
    return result


def _left(band: Band) -> float:
    return band.x - _room(band.number) if _ends(band) else band.x


def _right(band: Band) -> float:
    return band.x + (_SPACE if _ends(band) else _room(band.number))


def _ends(band: Band) -> bool:
    """Whether a label ends at its band, because there is no room for it to the right."""
    return band.x + _room(band.number) > 100


def _room(number: str) -> float:
    return len(number) * _LETTER + _SPACE


def _both(first: str, second: str) -> str:
    """Join numbers: "3" and "4" give "3, 4", and with "5" give "3–5".

    >>> _both("3", "4"), _both("3, 4", "5"), _both("3–5", "6, 7"), _both("", "2")
    ('3, 4', '3–5', '3–7', '2')
    """
    if not first or not second:
        return first or second
    ends = [*_ENDS.split(first), *_ENDS.split(second)]
    return f"{first}, {second}" if len(ends) == 2 else f"{ends[0]}–{ends[-1]}"


def marks_of(words: Words, steps: Steps, moments: Sequence[Moment]) -> list[Mark]:
    """Stagger the labels: each stands a row below the one before it, so that near moments do not collide.

    Moments that fall on one place share one label.
    """
    placed = _together(steps, moments)
    mirrored = bool(placed) and placed[0][0] > 60
    marks: list[Mark] = []
    for row, (x, group) in enumerate(placed):
        y = (len(placed) - 1 - row if mirrored else row) * _ROW_PX + 14
        first = min(group, key=lambda m: _RANK[m.kind])
        marks.append(Mark(first.kind, x, y, _label(words, group), "end" if mirrored or x > 50 else "start"))
    return marks


def rows_of(marks: Sequence[Mark]) -> int:
    """Return how many rows the labels of `marks` take."""
    return len({mark.y for mark in marks})


def _together(steps: Steps, moments: Sequence[Moment]) -> list[tuple[float, list[Moment]]]:
    placed: list[tuple[float, list[Moment]]] = []
    for moment in sorted(moments, key=lambda m: (m.at_us, _RANK[m.kind])):
        x = round(100 * steps.position(moment.at_us), 2)
        if placed and x - placed[-1][0] < _SAME_GAP:
            placed[-1][1].append(moment)
        else:
            placed.append((x, [moment]))
    return placed


def _label(words: Words, group: Sequence[Moment]) -> str:
    if len(group) == 1:
        return str(words.say(f"mark.{group[0].kind}", clock=words.clock(group[0].at_us)))
    kinds = words.listed([words.say(f"mark.{m.kind}_word") for m in group])
    clocks = list(dict.fromkeys(words.clock(m.at_us) for m in group))
    return str(Markup("{} {}").format(kinds, "–".join([clocks[0], *clocks[-1:]] if len(clocks) > 1 else clocks)))
