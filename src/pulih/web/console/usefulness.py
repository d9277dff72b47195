"""What the pages of sources show of their usefulness: how often each was right when it spoke of trouble."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from pulih.learn.usefulness import Worth
from pulih.web.frame.rooms import Rooms


def usefulness_values(rooms: Rooms) -> dict[str, Any]:
    """Return what is known by source; `judged` is False where a desk does not learn it."""
    found = () if rooms.usefulness is None else rooms.usefulness.worths()
    worths: dict[str, list[Worth]] = defaultdict(list)
    for one in found:
        # Of what nobody has decided yet nothing is known.
        if one.agreed + one.alone:
            worths[one.source].append(one)
    return {"judged": rooms.usefulness is not None, "worths": dict(worths), "percent": percent}


def percent(worth: Worth) -> int:
    """Return a usefulness in whole percent; it is never 0 or 100, since nothing is ever sure.

    >>> percent(Worth(source="a", sort="afar", agreed=0, missed=0, alone=999, undecided=0, usefulness=0.001))
    1
    """
    return min(99, max(1, round(worth.usefulness * 100)))
