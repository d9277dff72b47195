"""Pictures of a review as inline SVG: the line of steps, and the curve of complaints; numbers in, coordinates out."""

from __future__ import annotations

from typing import Final

import msgspec

from pulih.learn.review_parts import LevelCurve, StepLine, Stop

WIDTH: Final = 600
HEIGHT: Final = 160


class DrawnStop(msgspec.Struct, frozen=True):
    """One step on the line: where, and the step."""

    x: float
    stop: Stop


class DrawnCurve(msgspec.Struct, frozen=True):
    """The paths of a curve in a box of `WIDTH` by `HEIGHT`; `onset_x`, `ended_x` None where they lie outside.

    `top` is the highest count or usual level; where it is 0 there is nothing to see, and no picture.
    """

    reports: str
    usual: str
    top: int
    onset_x: float | None
    ended_x: float | None


def drawn_steps(line: StepLine) -> tuple[DrawnStop, ...]:
    """Return where each step lies on a line of `WIDTH`, by the time that passed."""
    if not line.stops:
        return ()
    first, last = line.stops[0].at_us, line.stops[-1].at_us
    long_us = max(1, last - first)
    return tuple(DrawnStop(round((one.at_us - first) * WIDTH / long_us, 1), one) for one in line.stops)


def drawn_curve(block: LevelCurve) -> DrawnCurve:
    """Return the paths of a curve; a window in which nothing could be heard is left open."""
    levels, step_us = block.curve.levels, block.curve.step_s * 1_000_000
    heard = [one.reports for one in levels if one.reports is not None]
    highest = max([*heard, *(one.usual for one in levels)], default=0.0)
    top = max(highest, 1.0)
    start_us = levels[0].start_us if levels else 0
    long_us = max(1, len(levels) * step_us)

    def x(at_us: int) -> float:
        return round((at_us - start_us) * WIDTH / long_us, 1)

    def y(count: float) -> float:
        return round(HEIGHT - count * HEIGHT / top, 1)

    reports: list[str] = []
    open_now = False
    for one in levels:
        if one.reports is None:
            open_now = False
            continue
        reports.append(f"{'L' if open_now else 'M'}{x(one.start_us)} {y(one.reports)}H{x(one.start_us + step_us)}")
        open_now = True
    usual = [f"{'L' if index else 'M'}{x(one.start_us)} {y(one.usual)}" for index, one in enumerate(levels)]
    marks = [None if at is None or not 0 <= x(at) <= WIDTH else x(at) for at in (block.onset_us, block.ended_us)]
    return DrawnCurve("".join(reports), "".join(usual), round(highest), marks[0], marks[1])
