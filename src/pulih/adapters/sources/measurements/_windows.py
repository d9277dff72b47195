"""Windows: single measurements from many places, judged together in windows of time, once all should be there."""

from __future__ import annotations

from collections.abc import Iterator

from pulih.adapters.sources.measurements._polling import Span
from pulih.adapters.sources.measurements._watched import Watch, item_of
from pulih.model.clock import MICROS
from pulih.model.reading import Symptom
from pulih.ports.sources import Item

# So large a share that fails is trouble; below it some probe is always at home with a broken line.
FAILING_SHARE = 0.5


def windows(span: Span, *, width_s: int, grace_s: int) -> Iterator[tuple[int, int]]:
    """Yield the windows that are over, their grace too, within a span: start and end, seconds since 1970 UTC.

    Every window is in exactly one of the spans that follow one another, so that none is judged twice.

    >>> list(windows((600, 1_300), width_s=300, grace_s=60))
    [(300, 600), (600, 900), (900, 1200)]
    >>> list(windows((1_300, 1_600), width_s=300, grace_s=60))
    [(1200, 1500)]
    """
    end_s = -(-(span[0] - grace_s) // width_s) * width_s
    while end_s + grace_s < span[1]:
        yield end_s - width_s, end_s
        end_s += width_s


def judged(watch: Watch, *, of: str, failed: int, asked: int, end_s: int, symptom: Symptom, least: int) -> list[Item]:
    """Return what measurements of one window say together: one item, none when there are fewer than `least`.

    Args:
        watch: of what.
        of: the service and its measurement, one word.
        failed, asked: how many failed, of how many.
        end_s: of the window, seconds since 1970 UTC.
        symptom: what it means when they fail.
        least: fewer say nothing.
    """
    if asked < least:
        return []
    well = failed < FAILING_SHARE * asked
    what = f"{failed} of {asked} measurements failed"
    return [item_of(watch, of=of, what=what, at_us=end_s * MICROS, well=well, symptom=symptom)]


def decided(failed: int, asked: int, expected: int) -> bool:
    """Return whether those that have not told yet cannot turn what a window says, whatever they tell.

    Args:
        failed, asked: how many failed, of how many, so far.
        expected: how many may tell, those included.

    >>> decided(6, 8, 12), decided(0, 8, 12), decided(3, 8, 12)
    (True, True, False)
    """
    return failed >= FAILING_SHARE * expected or failed + expected - asked < FAILING_SHARE * expected
