"""Feeds of which a part of the talk comes through, drawn from a seed, and three whole days against which they are held.

Run as a program with a first seed and a number, it prints for feeds of so many texts an hour how soon it is found out
that only a tenth comes through, and how much of a feed that brings everything is taken for thin all the same.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

from pulih.restore.observed import Flags, Floats
from pulih.restore.thinning import thin_windows

HOUR = 12
PER_HOUR = (8, 15, 30, 75, 300)
SOON_MIN = (15, 20, 30, 60)
_BEFORE, _AFTER = 3 * HOUR, 2 * HOUR


def talked(seed: int, per_hour: float, kept: Sequence[float]) -> tuple[Floats, tuple[Floats, ...]]:
    """Return talk of which a part comes through, by window, and the talk of three whole days."""
    rng = np.random.default_rng(seed)
    mean = np.full(len(kept), per_hour / HOUR)
    days = tuple(rng.poisson(mean).astype(np.float64) for _ in range(3))
    return rng.poisson(mean * np.array(kept)).astype(np.float64), days


def thin(talk: Floats, days: Sequence[Floats]) -> Flags:
    """Return where a feed was thin against the middle one of three days."""
    return thin_windows(talk, np.median([usual[: talk.size] for usual in days], axis=0))


def found_out_min(seed: int, per_hour: float) -> int | None:
    """Return after how many minutes it was found out that a tenth comes through; None when not within two hours."""
    talk, days = talked(seed, per_hour, [1.0] * _BEFORE + [0.1] * _AFTER)
    seen = (many for many in range(1, _AFTER + 1) if thin(talk[: _BEFORE + many], days)[-1])
    many = next(seen, None)
    return None if many is None else 5 * many


def line(per_hour: float, seeds: Sequence[int]) -> str:
    """Return what is printed of feeds of so many texts an hour."""
    after = [found_out_min(seed, per_hour) for seed in seeds]
    soon = (f"{within} min {sum(one is not None and one <= within for one in after)}" for within in SOON_MIN)
    wrong = float(np.mean([thin(*talked(seed, per_hour, [1.0] * 24 * HOUR)).mean() for seed in seeds]))
    return f"{per_hour} an hour: of {len(seeds)} found out within {', '.join(soon)}; of a whole feed {wrong:.1%} thin"


if __name__ == "__main__":
    first, number = int(sys.argv[1]), int(sys.argv[2])
    for rate in PER_HOUR:
        sys.stdout.write(f"{line(rate, range(first, first + number))}\n")
