"""Thinning: in which windows a source brought only a part of what it usually brings, told by its talk of other things.

A feed that is limited, sampled or half blocked still speaks, and fewer reports look like an end. What it says beside
reports of the outage tells the two apart: that has no reason to fade because something was mended. Each window brings
the likelihood ratio of "a fifth comes through" against "all of it"; the two meet at half of what is usual, so a source
that brings more than that is believed to be whole. A stretch over which the ratios add up to fifty to one is thin,
from where they began to rise, until they speak as much for the opposite: then it was whole from where they stood
highest (Page 1954, in both directions).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from pulih.restore.expecting import DISPERSION
from pulih.restore.observed import Flags, Floats

# The part of its talk that a thin source brings: set against all of it, half speaks for neither.
PART: Final = 0.2
# Fifty to one: a lull of chance in what a small source says would keep an end from being seen.
NEEDED_NATS: Final = 4.0


def thin_windows(talk: Floats, usual: Floats) -> Flags:
    """Return in which windows a source was thin.

    Args:
        talk: texts that are no reports of the outage, a value a window.
        usual: how many are usual.

    >>> thin_windows(np.repeat([5.0, 0.0, 5.0], 3), np.full(9, 5.0)).tolist()
    [False, False, False, True, True, True, False, False, False]
    """
    found = np.zeros(talk.size, dtype=np.bool_)
    # Talk scatters more than Poisson counts do, most where there is much of it.
    gains = ((1.0 - PART) * usual + talk * math.log(PART)) / (1.0 + DISPERSION * usual)
    score = highest = 0.0
    begin = last = 0
    for at, gain in enumerate(gains.tolist()):
        score += gain
        if score > highest:
            highest, last = score, at
        if highest >= NEEDED_NATS:
            found[begin : at + 1] = True
        if score <= 0.0 or highest - score >= NEEDED_NATS:
            # It is whole again, and was since the ratios stood highest.
            found[last + 1 : at + 1] = False
            score = highest = 0.0
            begin = last = at + 1
    return found
