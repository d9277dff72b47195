"""Widths of counting windows as people write them, which of them work, and which work instead of one that does not.

A window must be long enough to count something and short enough to tell when trouble began, and a day must be a whole
number of windows, since the rhythm is that of a day.
"""

from __future__ import annotations

import re
from typing import Final

from pulih.model.clock import DAY_S, HOUR_S
from pulih.model.errors import RefusedInput

WIDTH_S_MIN: Final = 60
WIDTH_S_MAX: Final = 3600
_UNITS: Final = {"s": 1, "m": 60, "min": 60, "h": HOUR_S, "d": DAY_S}
_WRITTEN: Final = re.compile(rf"(\d{{1,9}})\s*({'|'.join(_UNITS)})")
# People think in whole minutes, so these are offered.
_OFFERED: Final = tuple(width for width in range(WIDTH_S_MIN, WIDTH_S_MAX + 1, 60) if DAY_S % width == 0)


def seconds(width: str) -> int:
    """Return the seconds of a width such as 60s, 5m or 1h.

    Raises: RefusedInput when it is no width, or has no unit.

    >>> seconds("5m"), seconds("1h")
    (300, 3600)
    """
    plain = width.strip().lower()
    found = _WRITTEN.fullmatch(plain)
    if found is not None:
        return int(found[1]) * _UNITS[found[2]]
    if plain.isdecimal():
        meant = [plain + unit for unit in ("m", "s") if works(int(plain) * _UNITS[unit])]
        raise RefusedInput(f"--bin {width}: this needs a unit; give {' or '.join(meant) or 'minutes, such as 5m'}.")
    raise RefusedInput(f"--bin {width!r}: this is no width of time; give 60s to 1h, such as 5m.")


def works(width_s: int) -> bool:
    """Say whether windows of this width can be counted in.

    >>> works(300), works(420)
    (True, False)
    """
    return WIDTH_S_MIN <= width_s <= WIDTH_S_MAX and DAY_S % width_s == 0


def written(width_s: int) -> str:
    """Write a width as people do.

    >>> written(300), written(90), written(3600), written(86_400)
    ('5m', '90s', '1h', '1 day')
    """
    if width_s % DAY_S == 0:
        return f"{width_s // DAY_S} day{'s' if width_s > DAY_S else ''}"
    for unit, size in (("h", HOUR_S), ("m", 60)):
        if width_s % size == 0:
            return f"{width_s // size}{unit}"
    return f"{width_s}s"


def those_that_work(width_s: int) -> str:
    """Say which widths work, for somebody who asked for one that does not.

    >>> those_that_work(420)
    'windows of 1m to 1h that divide a day do; the nearest are 6m and 8m'
    >>> those_that_work(86_400)
    'windows of 1m to 1h that divide a day do; the nearest is 1h'
    """
    below = max((width for width in _OFFERED if width < width_s), default=None)
    above = min((width for width in _OFFERED if width > width_s), default=None)
    near = [written(width) for width in (below, above) if width is not None]
    nearest = f"the nearest are {near[0]} and {near[1]}" if len(near) == 2 else f"the nearest is {near[0]}"
    return f"windows of {written(WIDTH_S_MIN)} to {written(WIDTH_S_MAX)} that divide a day do; {nearest}"
