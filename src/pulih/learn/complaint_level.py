"""How far complaints of each group rose in an incident, and how long until they were as usual again (requirement N1).

It describes what was heard and decides nothing: whether an outage is over is the business of restoring. Reports are
reports and never customers.
"""

from __future__ import annotations

from math import sqrt

import msgspec

from pulih.model.record import Curve, Level


class GroupLevel(msgspec.Struct, frozen=True, kw_only=True):
    """Complaints of one group.

    Attributes:
        group: as in its curve.
        excess: reports beyond usual, from the onset on.
        peak_us: start of the window with most reports against usual, None where nothing was heard.
        peak_ratio: reports of that window against usual; None where usual is nothing.
        recovered_us: from then on all windows were as usual; None while that is not so, or nothing can be heard.
    """

    group: str
    excess: float
    peak_us: int | None
    peak_ratio: float | None
    recovered_us: int | None


def group_level(curve: Curve, *, onset_us: int) -> GroupLevel:
    """Return how complaints of a group rose and fell.

    Args:
        curve: its reports, windows in order.
        onset_us: windows that end before it are left out.

    >>> rows = tuple(Level(start_us=at, reports=n, usual=4.0) for at, n in ((0, 40.0), (1, 9.0), (2, 3.0)))
    >>> group_level(Curve(group="a", step_s=1, levels=rows), onset_us=0).recovered_us
    1
    """
    seen = [one for one in curve.levels if one.start_us + curve.step_s * 1_000_000 > onset_us]
    heard = [(one, one.reports) for one in seen if one.reports is not None]
    peak = max(heard, key=lambda one: one[1] - one[0].usual, default=None)
    return GroupLevel(
        group=curve.group,
        excess=sum(max(0.0, reports - one.usual) for one, reports in heard),
        peak_us=None if peak is None else peak[0].start_us,
        peak_ratio=None if peak is None or peak[0].usual <= 0 else peak[1] / peak[0].usual,
        recovered_us=_recovered_us(seen),
    )


def _recovered_us(seen: list[Level]) -> int | None:
    """Return the start of the stretch of usual windows that the curve ends with; a silent one says nothing."""
    found: int | None = None
    for one in reversed(seen):
        if one.reports is None or one.reports > usual_most(one.usual):
            break
        found = one.start_us
    return found


def usual_most(usual: float) -> float:
    """Return up to how many reports a window still is as usual: two standard deviations of a Poisson count, and one.

    >>> usual_most(4.0)
    9.0
    """
    return usual + 2 * sqrt(max(0.0, usual)) + 1
