"""Standing: whether a finding rests on independent voices, or may be one hand that writes much.

Requirement L4. A count cannot tell a thousand people from one who posts a thousand times; what tells them apart is who
wrote, how often, and in whose words. A report is an independent voice when its wording was not heard again and again,
its author did not report again and again, and its account was not opened this week and does not advertise. When
reports that are none make up more than half of a rise, or fewer than three voices remain, the finding is only
suspected: somebody has to look. Assumed is that most who are hit report once, and few more than three times a day:
docs/decisions/0006-weights.md.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.model.finding import Level

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# A long wording that was heard so often is passed on, its first text included.
COPIES_MIN = 4
# An author reports at most so often within a day, and once more on each further day.
REPORTS_MOST = 3
# Of the texts of a campaign up to one in twenty may be changed beyond recognition; they look independent and are not.
UNRECOGNISED = 0.05
# The rise is one of independent voices as long as others make up no more than this share of it.
OTHERS_SHARE = 0.5
# As for the gate of the detector: fewer people than this are no outage that anybody can judge from texts.
VOICES_MIN = 3


class Told(msgspec.Struct, frozen=True):
    """Who reported in which words around a finding; one value a report, of whichever operator and place.

    Attributes:
        author: number of the author, -1 where nobody knows.
        wording: number of the long wording, 0 for a short text.
        evidence: how much it counts, above 0.
        doubtful: its account was opened this week, or advertises.
        inside: it is one of the finding.
    """

    author: Ints
    wording: Ints
    evidence: Floats
    doubtful: Flags
    inside: Flags


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a finding stands, and the reports behind that.

    Attributes:
        level: likely when independent voices carry the rise, else suspected.
        reports: reports of the finding.
        copies, busy, doubtful: those of a wording heard again and again, else of authors who report again and again,
            else of doubtful accounts; the rest are independent.
        voices: authors of the independent ones; one whose author is not known is a voice of its own.
        anonymous: independent reports whose author is not known.
    """

    level: Level
    reports: int
    copies: int
    busy: int
    doubtful: int
    voices: int
    anonymous: int


def stand(told: Told, *, usual: float, days: float) -> Standing:
    """Return how a finding stands.

    Args:
        told: all reports from a day before the finding began until it was over or, where that is known, until a day
            after it began.
        usual: evidence that is usual in the time and scope of the finding.
        days: length of the finding in days.

    >>> crowd = Told(np.arange(9), np.zeros(9, int), np.ones(9), np.zeros(9, bool), np.ones(9, bool))
    >>> stand(crowd, usual=1.0, days=0.1).level
    'likely'
    """
    inside = told.inside
    copied = inside & (told.wording > 0) & (_times(told.wording) >= COPIES_MIN)
    often = (told.author >= 0) & (_times(told.author) > REPORTS_MOST + math.floor(days))
    busy = inside & often & ~copied
    doubtful = inside & told.doubtful & ~often & ~copied
    own = inside & ~copied & ~busy & ~doubtful
    anonymous = int((own & (told.author < 0)).sum())
    voices = anonymous + np.unique(told.author[own & (told.author >= 0)]).size
    rise = max(float(told.evidence[inside].sum()) - usual, 0.0)
    others = float(told.evidence[inside & ~own].sum()) + UNRECOGNISED * int(copied.sum())
    return Standing(
        level="likely" if others <= OTHERS_SHARE * rise and voices >= VOICES_MIN else "suspected",
        reports=int(inside.sum()),
        copies=int(copied.sum()),
        busy=int(busy.sum()),
        doubtful=int(doubtful.sum()),
        voices=voices,
        anonymous=anonymous,
    )


def _times(numbers: Ints) -> Ints:
    """Return how often each value stands in `numbers`; same shape."""
    _, index, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    return counts[index]
