"""The history: incidents that are over, in parts that never move once they are full.

Parts are numbered from the oldest, so that a new incident changes the latest part alone and not a thousand pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from pulih.adapters.site.scene import Scene
from pulih.model.bulletin import Bulletin, PublicIncident
from pulih.model.clock import from_micros

PART: Final = 25


def parts(count: int) -> int:
    """Return how many parts a history of `count` incidents has; the latest is never nearly empty.

    >>> parts(0), parts(49), parts(50), parts(1000)
    (1, 1, 2, 40)
    """
    return max(1, count // PART)


def history_pages(scene: Scene, earlier: Bulletin | None) -> Iterator[tuple[str, bytes]]:
    """Return the parts that may differ from those of `earlier`."""
    past = scene.bulletin.past
    count = parts(len(past))
    before = earlier.past if earlier else ()
    known = parts(len(before)) if earlier else 0
    for number in range(count, 0, -1):
        shown = _part(past, number, count)
        # A part links to the newer one, so the last two of before change when there are more parts or fewer.
        linked = count == known or number < min(count, known) - 1
        same = linked and number <= known and _part(before, number, known) == shown
        if not same:
            yield _part_page(scene, shown, number, count)


def _part(past: Sequence[PublicIncident], number: int, count: int) -> Sequence[PublicIncident]:
    # The latest part takes what fills no part of its own, so that it has between one and two parts' length.
    end = len(past) - (number - 1) * PART
    return past[0 if number == count else end - PART : end]


def _part_page(scene: Scene, shown: Sequence[PublicIncident], number: int, count: int) -> tuple[str, bytes]:
    everything = scene.bulletin.past if number == count else ()
    promises = [promise.state for one in everything for promise in one.promises]
    newer = None
    if number < count:
        newer = scene.to("history") if number + 1 == count else scene.to("history_page", number + 1)
    return scene.made(
        "history.html",
        "history" if number == count else "history_page",
        *(() if number == count else (number,)),
        stamped=False,
        shown=_by_day(scene, shown),
        kept=promises.count("kept"),
        broken=promises.count("broken"),
        newer=newer,
        older=scene.to("history_page", number - 1) if number > 1 else None,
    )


def _by_day(scene: Scene, shown: Sequence[PublicIncident]) -> list[tuple[str, list[PublicIncident]]]:
    zone = scene.t.speech.zone
    days = groupby(shown, key=lambda one: from_micros(one.onset_us).astimezone(zone).date())
    found = [list(ones) for _, ones in days]
    return [(scene.t.day(ones[0].onset_us), ones) for ones in found]
