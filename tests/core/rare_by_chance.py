"""How much chance alone gives; scipy's special functions do for it, whose distributions take seconds to import."""

from __future__ import annotations

from scipy.special import pdtr


def chance_allows(expected: float) -> int:
    """Return the number of events that chance exceeds less than once in a hundred times.

    Args:
        expected: the mean of a Poisson distribution, in events.
    """
    events = int(expected)
    while pdtr(events, expected) < 0.99:
        events += 1
    return events
